"""Weigh the runs of the customer's own templates.

Rules: a template has one vote, its latest ended run that was not cancelled. A failure of class service weighs in full,
an ambiguous one half, every other class nothing (a broken script says nothing about the region). Templates that share a
script, identity, subnet, source or gallery are one witness: the first counts in full, the second a quarter, the rest
nothing.
A run that is stuck votes like one that failed. What failed before a canary ended well is not the region's: the canary
built while, or after, it failed. The canary's own runs are for signals/canary.py.
Old successes prove little; a run *started after* the trouble began that ends well, or gets as far as Customizing, is
proof of life.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType

from aibwatch.core.canary import PROGRESS, Canary, CanaryResult
from aibwatch.core.evidence import Evidence, Kind
from aibwatch.core.habits import Habit
from aibwatch.core.model import FailureClass, Region, RunState, TemplateId, template_name
from aibwatch.core.observation import TemplateSeen
from aibwatch.core.sentences import count, listing
from aibwatch.core.stuck import RULES, stuck
from aibwatch.core.window import RunSeen, Window, ended_at

SERVICE_WEIGHT = 2.9
AMBIGUOUS_WEIGHT = SERVICE_WEIGHT / 2
SECOND_VOTE = 0.25
"""What the second failing template of one witness adds, as a share of its weight; later ones add nothing."""

NEW_RUN_WELL = -2.25
NEW_RUN_PROGRESS = -1.5

WELL_STATES = frozenset({RunState.SUCCEEDED, RunState.PARTIALLY_SUCCEEDED})

SUSPICIOUS = {FailureClass.SERVICE: SERVICE_WEIGHT, FailureClass.AMBIGUOUS: AMBIGUOUS_WEIGHT}


def weigh(
    window: Window,
    region: Region,
    *,
    canary: Canary | None = None,
    asked_since: datetime | None = None,
    habits: Mapping[TemplateId, Habit] = MappingProxyType({}),
    run_window: timedelta,
    trouble_since: datetime | None,
    now: datetime,
) -> tuple[Evidence, ...]:
    """Return what runs say: failures that ended within `run_window`, and proofs of life since `trouble_since`.

    Of canaries that ended well only those count that were asked for since `asked_since`.
    """
    own = canary.template if canary else None
    here = [t for t in window.templates.values() if t.region == region and t.template != own]
    ended = (r for r in window.runs if r.region == region and r.template != own and ended_at(r.run) > now - run_window)
    latest = _latest_per_template([*ended, *_stuck(here, habits, now)])
    found = (
        _failures(latest, _built_well_at(canary, asked_since), now),
        _successes(latest, trouble_since),
        _progress(here, trouble_since),
    )
    return tuple(evidence for evidence in found if evidence)


def _built_well_at(canary: Canary | None, asked_since: datetime | None) -> datetime | None:
    return max(
        (
            run.ended_at
            for run in (canary.runs if canary else ())
            if run.result is CanaryResult.WELL
            and run.ended_at is not None
            and (asked_since is None or run.asked_at >= asked_since)
        ),
        default=None,
    )


def _stuck(here: Iterable[TemplateSeen], habits: Mapping[TemplateId, Habit], now: datetime) -> list[RunSeen]:
    """Return the runs that are stuck, as if they had failed when they had been there too long."""
    found: list[RunSeen] = []
    for seen in here:
        known = stuck(seen, habits.get(seen.template), now)
        if known is not None and seen.run is not None:
            run = replace(seen.run, state=RunState.FAILED, ended=known.since, diagnosis=known.diagnosis)
            found.append(RunSeen(template=seen.template, region=seen.region, run=run, shares=seen.shares))
    return found


def _latest_per_template(runs: Iterable[RunSeen]) -> list[RunSeen]:
    votes = (
        r for r in runs if r.run.state is not RunState.CANCELED and r.run.diagnosis.cls is not FailureClass.EXPECTED
    )
    return list({r.template: r for r in sorted(votes, key=lambda r: (ended_at(r.run), r.run.started))}.values())


def _failures(latest: list[RunSeen], built_well_at: datetime | None, now: datetime) -> Evidence | None:
    failed = [r for r in latest if r.run.state is RunState.FAILED]
    if not failed:
        return None
    suspicious = _suspicious(failed, built_well_at)
    if not suspicious:
        return Evidence(kind=Kind.RUNS, weight=0.0, sentence=_excused(failed))
    witnesses = [w for w in (_suspicious(witness, built_well_at) for witness in independent(latest)) if w]
    ends = [ended_at(r.run) for r in suspicious]
    names = listing(sorted(template_name(r.template) for r in suspicious))
    voices = count(len(witnesses), "independent witness", "independent witnesses")
    return Evidence(
        kind=Kind.RUNS,
        weight=sum(_vote(witness) for witness in witnesses),
        witnesses=len(witnesses),
        since=min(ends),
        # A stuck run fails at this moment; since when it counts says nothing of whether it still does.
        last=now if any(r.run.diagnosis.rule in RULES for r in suspicious) else max(ends),
        onset=max(ends),
        sentence=f"{count(len(suspicious), 'run')} failed ({names}), {voices}: {suspicious[-1].run.diagnosis.summary}",
        brief=f"{count(len(suspicious), 'run')} failed",
    )


def independent(runs: list[RunSeen]) -> list[list[RunSeen]]:
    """Group runs whose templates share something, directly or through a third; each group is one witness.

    Good runs are grouped too: that the template between two others is well does not make them strangers.
    """
    root = list(range(len(runs)))

    def top(number: int) -> int:
        while root[number] != number:
            root[number] = number = root[root[number]]
        return number

    first: dict[str, int] = {}
    for number, run in enumerate(runs):
        for thing in run.shares:
            root[top(number)] = top(first.setdefault(thing, number))
    witnesses: dict[int, list[RunSeen]] = {}
    for number, run in enumerate(runs):
        witnesses.setdefault(top(number), []).append(run)
    return list(witnesses.values())


def _excused(failed: list[RunSeen]) -> str:
    runs = count(len(failed), "run")
    if any(r.run.diagnosis.cls in SUSPICIOUS for r in failed):
        return f"{runs} failed, but a canary built well at that time or later: not the region's fault"
    kinds = listing(sorted({r.run.diagnosis.cls for r in failed}))
    return f"{runs} failed, but for reasons that are not the region's ({kinds})"


def _suspicious(runs: list[RunSeen], built_well_at: datetime | None) -> list[RunSeen]:
    return [
        r
        for r in runs
        if r.run.state is RunState.FAILED
        and r.run.diagnosis.cls in SUSPICIOUS
        and (built_well_at is None or ended_at(r.run) > built_well_at)
    ]


def _vote(witness: list[RunSeen]) -> float:
    weights = sorted((SUSPICIOUS[r.run.diagnosis.cls] for r in witness), reverse=True)
    return weights[0] + SECOND_VOTE * sum(weights[1:2])


def _successes(latest: list[RunSeen], trouble_since: datetime | None) -> Evidence | None:
    well = [r for r in latest if r.run.state in WELL_STATES]
    if trouble_since is None or not well:
        return None
    new = [r for r in well if r.run.started > trouble_since]
    if not new:
        sentence = f"{count(len(well), 'run')} ended well, but started before the trouble"
        return Evidence(kind=Kind.RUNS, weight=0.0, sentence=sentence)
    names = listing(sorted(template_name(r.template) for r in new))
    return Evidence(
        kind=Kind.RUNS,
        weight=NEW_RUN_WELL * len(new),
        last=max(ended_at(r.run) for r in new),
        sentence=f"{count(len(new), 'run')} started after the trouble began and ended well ({names})",
    )


def _progress(here: Iterable[TemplateSeen], trouble_since: datetime | None) -> Evidence | None:
    if trouble_since is None:
        return None
    alive = [
        t
        for t in here
        if t.run is not None
        and t.run.state is RunState.RUNNING
        and t.run.phase in PROGRESS
        and t.run.started > trouble_since
    ]
    if not alive:
        return None
    names = listing(sorted(template_name(t.template) for t in alive))
    return Evidence(
        kind=Kind.RUNS,
        weight=NEW_RUN_PROGRESS * len(alive),
        last=max(t.at for t in alive),
        sentence=f"{count(len(alive), 'run')} started after the trouble began and got past Building ({names})",
    )
