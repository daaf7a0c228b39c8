"""Say how soon an outage of a group's region would be noticed: what the group may expect, and what it may not.

Two failures are asked about. "api": the whole service answers 5xx, so reads fail, runs are refused and canaries too.
"build": reads are well, and every build fails. Noticed means that the region is an OUTAGE, hold included, and a move is
wanted.

The model, on the careful side wherever it is simple:
- What convicts is asked of `conviction.lacking`, and how long the hold is of `conviction.hold_for`; no quorum is
  repeated here.
- Runs of a template come at random, as often as its habits show. One of which no two runs were seen counts as if it
  never ran; where that decides, the answer is that it is not known.
- Several witnesses must fail so close together that all of it still counts. That is waited for as a first failure that
  enough others follow within the window, again and again until it succeeds; the first is taken to be the busiest, which
  leaves the fewest to follow. The window is the run window without the time until a failure is seen, and without the
  hold.
- A refused run is told by the Activity Log, at its latest. A build that fails is seen after as long as a build takes. A
  canary that the API refuses is answered at once; one that fails to build takes as long as a build.
- Nothing is expected of Service Health: its first notices came after 81 s and after 74 min. What it brings is more.
- Schedules are not random: two nightly builds at one hour are seen sooner than this says, two at different hours never.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aibwatch.core.canary.plan import BETWEEN, spent
from aibwatch.core.conviction import hold_for, lacking
from aibwatch.core.evidence import Evidence, Kind
from aibwatch.core.model import Region
from aibwatch.core.policy import GroupSpec, Pace, Policy, Setup
from aibwatch.core.sentences import count, listing, span
from aibwatch.core.signals import canary as canary_signal
from aibwatch.core.signals import probe as probe_signal
from aibwatch.core.state import State
from aibwatch.core.votes import SERVICE_WEIGHT
from aibwatch.core.witnesses import Witnesses, time_to_fail, witnesses_of

LOG_LAG = timedelta(minutes=20)
"""After a refused call, until the Activity Log tells it: 3 to 20 minutes."""

BUILD = timedelta(minutes=20)
"""How long a build takes until it fails: as long as one that ends well, which is the most that is usual."""

REFUSED = timedelta(minutes=1)
"""After a canary was asked for, until the API has refused it: ARM gives up on a region after a minute."""

MOST_BUILDS = 4
"""Failing builds that are waited for at the most. Policies that need more are not promised anything."""

PERHAPS = 1 / 3600
"""Builds a second of a witness that is not known yet, when it is asked whether it could make a difference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """How soon one kind of failure would be noticed."""

    after: timedelta | None
    """None: never by itself, or not known."""
    known: bool
    sentence: str

    @property
    def seconds(self) -> float:
        """Return it as metrics say it: infinity for never, and no number where it is not known."""
        if self.after is not None:
            return self.after.total_seconds()
        return float("inf") if self.known else float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """How soon an outage of a region would be noticed."""

    api: Expectation
    build: Expectation


UNSEEN = Expectation(after=None, known=False, sentence="not known yet: Azure has not listed its active template")


@dataclass(frozen=True, slots=True)
class _Course:
    """One way to a conviction."""

    after: timedelta
    runs: int
    canaries: int
    hold: timedelta


class Protections:
    """What groups may expect at one moment; each region is looked at once for each set of thresholds."""

    def __init__(self, state: State, setup: Setup, now: datetime) -> None:
        self._state, self._setup, self._now = state, setup, now
        self._known: dict[tuple[Region, Policy], Protection] = {}

    def of(self, spec: GroupSpec) -> Protection:
        """Return what the group may expect where it is active now."""
        group = self._state.groups.get(spec.name)
        region = self._state.window.region_of(group.active if group else spec.primary)
        if region is None:
            return Protection(api=UNSEEN, build=UNSEEN)
        if (region, spec.policy) not in self._known:
            self._known[region, spec.policy] = self._judge(region, spec.policy)
        return self._known[region, spec.policy]

    def _judge(self, region: Region, policy: Policy) -> Protection:
        state, now = self._state, self._now
        spec, canary = self._setup.canaries.get(region), state.canaries.get(region)
        left, without = 0, "no canary"
        if spec is not None:
            left, without = spec.max_per_day, ""
        if spec is not None and canary is not None and canary.template == spec.template:
            left = spec.max_per_day - spent(canary, now)
            without = f"a canary that cannot be asked ({canary.unusable})" if canary.unusable else ""
            without = f"a broken canary ({canary.broken})" if canary.broken else without
        if not without and left < 1:
            without = "a canary that has used up its runs of the day"
        case = _Case(
            witnesses=witnesses_of(state, region, spec.template if spec else None),
            canaries=0 if without else min(2, left),
            without=without,
            again=spec.retry_after if spec else timedelta(0),
            policy=policy,
            pace=self._setup.pace,
            now=now,
        )
        return Protection(api=case.expect(case.api_courses()), build=case.expect(case.build_courses(), builds=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """What there is to notice with in one region."""

    witnesses: Witnesses
    canaries: int
    """Canaries that could be run now and count: none, one or two."""
    without: str
    """Why there is none, in words."""
    again: timedelta
    """From the start of one canary to the next while fewer than two have failed."""
    policy: Policy
    pace: Pace
    now: datetime

    def expect(self, courses: Iterator[_Course], *, builds: bool = False) -> Expectation:
        """Return the soonest of the courses in words, or why there is none."""
        best = min(courses, key=lambda course: (course.after, course.runs), default=None)
        if best is not None:
            return Expectation(after=best.after, known=True, sentence=self._soonest(best, builds=builds))
        if self._could_be(builds=builds):
            names = listing(list(self.witnesses.unknown))
            sentence = f"not known yet: of {names} no two runs were seen, so how often they run is not known"
            return Expectation(after=None, known=False, sentence=sentence)
        return Expectation(after=None, known=True, sentence=self._never(builds=builds))

    def api_courses(self) -> Iterator[_Course]:
        """Return all ways to notice that the API fails: reads always, canaries and refused runs as far as needed."""
        row = probe_signal.ROW * self.pace.probe
        for canaries in self._numbers():
            canaried = row + REFUSED + (canaries - 1) * self.again if canaries else row
            for lasting in (False, True):
                reads = max(canaried, probe_signal.LASTING + 2 * self.pace.probe) if lasting else canaried
                for runs in range(MOST_BUILDS + 1):
                    evidence = (_probe(self.now, lasting=lasting), *_beside(canaries, runs, self.now))
                    yield from self._course(evidence, reads, runs, canaries, LOG_LAG + self.pace.activity_log)

    def build_courses(self) -> Iterator[_Course]:
        """Return all ways to notice that builds fail: the first is a build of the customer's, then canaries."""
        for canaries in self._numbers():
            canaried = canaries * (BUILD + self.again * BETWEEN)
            for runs in range(1, MOST_BUILDS + 1):
                evidence = _beside(canaries, runs, self.now)
                yield from self._course(evidence, timedelta(0), runs, canaries, BUILD + self.pace.templates, canaried)

    def _numbers(self) -> range:
        """Return how many canaries may have failed: none only where there is none, because else one is waited for."""
        return range(min(1, self.canaries), self.canaries + 1)

    def _course(
        self,
        evidence: tuple[Evidence, ...],
        least: timedelta,
        runs: int,
        canaries: int,
        seen_after: timedelta,
        canaried: timedelta = timedelta(0),
    ) -> Iterator[_Course]:
        """Return the course that this evidence is, if it convicts and can be expected at all.

        `canaried` is how long canaries take that only a failed build sets going.
        """
        if lacking(evidence, self.policy, self.now):
            return
        hold = hold_for(evidence, self.policy)
        waits = timedelta(0)
        if runs:
            # All of it must still count at the end of the hold; what is seen late counts from when it happened.
            late = seen_after if not canaried else self.pace.templates
            window = self.policy.run_window - late - canaried - hold
            failed = time_to_fail(self.witnesses.rates, runs, window) if window > timedelta(0) else None
            if failed is None:
                return
            waits = failed + seen_after + canaried
        noticed = max(max(least, waits) + hold, self.policy.min_outage_age)
        yield _Course(noticed, runs, canaries, hold)

    def _could_be(self, *, builds: bool) -> bool:
        """Return whether builds that nothing is known of could make it noticed."""
        if not self.witnesses.unknown:
            return False
        perhaps = (PERHAPS,) * self.witnesses.unknown_number
        rates = tuple(sorted((*self.witnesses.rates, *perhaps), reverse=True))
        hopeful = replace(self, witnesses=replace(self.witnesses, rates=rates))
        return any(hopeful.build_courses() if builds else hopeful.api_courses())

    def _soonest(self, course: _Course, *, builds: bool) -> str:
        parts = [] if builds else ["reads that fail"]
        if course.runs:
            together = " that share nothing" if course.runs > 1 else ""
            often = f"{self.witnesses.region} sees one in {span(self.witnesses.every)}"
            parts.append(f"{count(course.runs, 'failed build')} of yours{together} ({often})")
        parts += [count(course.canaries, "failed canary", "failed canaries")] if course.canaries else []
        return f"about {span(course.after)}: it takes {listing(parts)}, and a hold of {span(course.hold)}"

    def _never(self, *, builds: bool) -> str:
        reads = () if builds else (_probe(self.now, lasting=True),)
        needed = range(1 if builds else 0, MOST_BUILDS + 1)
        seen = ((*reads, *_beside(self.canaries, number, self.now)) for number in needed)
        enough = (n for n, evidence in zip(needed, seen, strict=True) if not lacking(evidence, self.policy, self.now))
        number = next(enough, None)
        if number is None and builds:
            needs = "builds alone convict nobody, it takes a Service Health event beside two of them that share nothing"
        elif number is None:
            needs = f"reads, canaries and {MOST_BUILDS} failed builds do not reach {self.policy.confirm_score:g} points"
        else:
            together = f" that share nothing, all within {span(self.policy.run_window)}" if number > 1 else ""
            needs = f"it takes {count(number, 'failed build')} of yours{together}"
            needs += "" if builds else ", beside reads that fail"
        return f"it cannot be noticed by itself: {needs}; {self._have()}"

    def _have(self) -> str:
        number = len(self.witnesses.rates) + self.witnesses.unknown_number
        here = f"{self.witnesses.region} has {count(number, 'independent build') if number else 'no build'}"
        often = f", one run in {span(self.witnesses.every)}" if self.witnesses.rates else ""
        return f"{here}{often}{f', and {self.without}' if self.without else ''}"


def _beside(canaries: int, runs: int, now: datetime) -> tuple[Evidence, ...]:
    """Return what so many failed canaries and so many failed builds that share nothing say."""
    weight = canary_signal.FIRST + (canary_signal.SECOND if canaries > 1 else 0.0)
    canary = (_against(Kind.CANARY, weight, canaries, now),) if canaries else ()
    return (*canary, *((_against(Kind.RUNS, runs * SERVICE_WEIGHT, runs, now),) if runs else ()))


def _probe(now: datetime, *, lasting: bool) -> Evidence:
    weight = probe_signal.LASTING_WEIGHT if lasting else probe_signal.WEIGHT
    return _against(Kind.PROBE, weight, 1, now)


def _against(kind: Kind, weight: float, witnesses: int, now: datetime) -> Evidence:
    return Evidence(kind=kind, weight=weight, sentence="", witnesses=witnesses, since=now, last=now)
