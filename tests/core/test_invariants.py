"""The invariants of the design that live in the core, over random facts and random stories.

Numbers are those of the design, section 7: 1 silence, 2 two kinds of source, 4 one move and one effect, 5 a reason for
everything, 7 order, duplicates and good evidence, 8 only a human leaves HALTED or goes back. Beside them: a closed gate
lets no move begin, and canaries keep to their limits.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from aibwatch.core.actions import (
    Action,
    AskStatus,
    DispatchStep,
    ExcludeFromLatest,
    PollAfresh,
    ReadOutputs,
    RunCanary,
    WriteEpoch,
)
from aibwatch.core.approval import Answered
from aibwatch.core.canary.canary import Canary, CanaryResult, CanaryRun
from aibwatch.core.conviction import score_of
from aibwatch.core.engine import step
from aibwatch.core.events import (
    ApprovalAnswered,
    CanaryAnswered,
    ClockStepped,
    Event,
    JournalFailed,
    JournalRecovered,
    LeaseChecked,
    MoveOrdered,
    Observed,
    Paused,
    PolledAfresh,
    Reset,
    Resumed,
    Started,
    StepEnded,
    Ticked,
)
from aibwatch.core.evidence import OURS, Evidence, Kind, Standing
from aibwatch.core.failover import TABLE, Trigger
from aibwatch.core.gates import gates_of
from aibwatch.core.model import WELL, FailureClass, Mode, Region, Run, TemplateId
from aibwatch.core.move.move import MoveKind, Order, StepResult
from aibwatch.core.observation import Observation, TemplateGone
from aibwatch.core.policy import CanarySpec, Freeze, Policy, StepSpec
from aibwatch.core.readiness.finding import Ready
from aibwatch.core.state import Phase, State
from aibwatch.core.verdict import VerdictKind, judge
from aibwatch.core.weigh import Known, weigh
from aibwatch.core.window import Window, add
from tests.core.builders import (
    BASE_FRANCE,
    BASE_NORTH,
    BASE_WEST,
    FRANCE,
    MINUTE,
    NORTH,
    SEEN,
    WEST,
    Play,
    a_call,
    a_canary,
    a_canary_run,
    a_check,
    a_dependency,
    a_diagnosis,
    a_group,
    a_move,
    a_peer,
    a_policy,
    a_poll,
    a_probe,
    a_report,
    a_run,
    a_template,
    a_template_id,
    a_world,
    an_event,
    at,
    minutes_of,
    step_answer,
)

QUICK = settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))

REGIONS = st.sampled_from([WEST, NORTH])
CLASSES = st.sampled_from(["ok", "service", "ambiguous", "customer", "throttled", "auth", "network"])
MUTE = st.sampled_from(["throttled", "auth", "network"])
NAMES = st.sampled_from(["base", "web", "sql", "app"])
SECONDS = st.integers(min_value=0, max_value=3600)
NOW = at(60)


def after(seconds: int) -> float:
    return seconds / 60


@st.composite
def runs(draw: st.DrawFn, how: st.SearchStrategy[str] = CLASSES) -> Run:
    """Return a run of which everything follows from its start: a run has one truth."""
    started = draw(st.integers(min_value=0, max_value=55))
    return a_run(draw(how), started=started, ended=started + 2 + started % 3)


@st.composite
def facts(draw: st.DrawFn) -> Observation:
    """Return a fact of the first hour. What it says follows from its second, so no source contradicts itself."""
    second = draw(SECONDS)
    when, region = at(after(second)), draw(REGIONS)
    cls = ["ok", "service", "ambiguous", "network", "customer"][second % 5]
    kinds = ["poll", "probe", "template", "gone", "event", "dependency", "call", "peer", "report", "check"]
    match draw(st.sampled_from(kinds)):
        case "poll":
            return a_poll(cls, when=when, subject=region)
        case "probe":
            return a_probe(region, cls, when=when)
        case "template":
            started = second // 600
            phase = "building" if second % 600 < 300 else "customizing"
            how = ["ok", "service", "running"][started % 3]
            run = a_run(how, started=started * 10, ended=started * 10 + 4, phase=phase)
            return a_template(draw(NAMES), region, run=run if second % 7 else None, when=when, shares={"a.sh"})
        case "gone":
            return TemplateGone(at=at(after(second) + 0.001), template=a_template_id(draw(NAMES), region))
        case "call":
            how = ["service", "ambiguous", "customer"][second % 3]
            return a_call(draw(NAMES), how, region=region, called=after(second) - 5, call=str(second % 4))
        case "event":
            return an_event(region, when=when, updated=at(second // 300), active=bool(second // 300 % 2), began=at(0))
        case "peer":
            return a_peer(troubled=bool(second % 2), region=region, when=when)
        case "report":
            return a_report(list(Ready)[second % 4], when=when)
        case "check":
            return a_check(well=bool(second % 2), when=when)
        case _:
            return a_dependency(["available", "degraded"][second % 2], region=region, resource=f"/{region}", when=when)


def evidence_of(
    window: Window, *, canary: Canary | None = None, trouble_since: datetime | None = None
) -> list[tuple[Evidence, ...]]:
    """Return the evidence about both regions, of which the west may have a canary."""
    known = {WEST: Known(window=window, canary=canary), NORTH: Known(window=window)}
    return [weigh(known[r], r, policy=Policy(), trouble_since=trouble_since, now=NOW) for r in (WEST, NORTH)]


@st.composite
def canary_runs(draw: st.DrawFn, results: Sequence[CanaryResult] = tuple(CanaryResult)) -> CanaryRun:
    """Return a run of a canary in the first hour that ended by now, if it did."""
    asked, takes = draw(st.integers(min_value=-30, max_value=55)), draw(st.integers(min_value=1, max_value=30))
    cls = draw(st.sampled_from(["service", "ambiguous"]))
    how = draw(st.sampled_from(results))
    run = a_canary_run(how, asked=asked, ended=min(60, asked + takes))
    return replace(run, diagnosis=a_diagnosis(cls)) if how in {CanaryResult.FAILED, CanaryResult.STUCK} else run


def in_order(runs: list[CanaryRun]) -> list[CanaryRun]:
    """Return the runs as a canary has them: one after the other, only the last of them open."""
    by_start = sorted({run.asked_at: run for run in runs}.values(), key=lambda run: run.asked_at)
    return [run for run in by_start[:-1] if not run.result.open] + by_start[-1:]


# 7 order and duplicates


@QUICK
@given(st.data())
def test_neither_order_nor_duplicates_within_a_batch_change_window_or_evidence(data: st.DataObject) -> None:
    batch = data.draw(st.lists(facts(), max_size=25))
    shuffled = data.draw(st.permutations(batch + batch[: len(batch) // 2]))
    straight, mixed = add(Window(), batch, NOW), add(Window(), shuffled, NOW)
    assert mixed == straight
    assert evidence_of(mixed) == evidence_of(straight)


@QUICK
@given(st.lists(facts(), max_size=25), st.lists(st.integers(min_value=0, max_value=25), max_size=4))
def test_cutting_a_batch_in_pieces_does_not_change_the_window(batch: list[Observation], cuts: list[int]) -> None:
    batch = sorted(batch, key=lambda o: o.at)
    window, edges = Window(), [0, *sorted(cuts), len(batch)]
    for start, end in pairwise(edges):
        window = add(window, batch[start:end], NOW)
    assert window == add(Window(), batch, NOW)


@QUICK
@given(st.data())
def test_neither_order_nor_duplicates_change_a_decision(data: st.DataObject) -> None:
    play = Play().run(1)
    batch = data.draw(st.lists(facts(), max_size=20))
    shuffled = data.draw(st.permutations(batch + batch))
    play.now = NOW
    one, other = (step(play.state, Observed(observations=tuple(o)), play.setup, NOW) for o in (batch, shuffled))
    assert one == other


# 7 good evidence


@QUICK
@given(st.lists(facts(), max_size=25), st.sampled_from(["probe", "run", "event", "dependency"]), SECONDS, NAMES)
def test_more_good_evidence_never_raises_the_score(batch: list[Observation], kind: str, second: int, name: str) -> None:
    batch = [o for o in batch if not isinstance(o, TemplateGone)]
    good: Observation
    match kind:
        case "probe":
            good = a_probe(WEST, "ok", when=at(after(second) + 0.001))
        case "run":
            run = a_run("ok", started=after(second) - 3.001, ended=after(second) + 0.001)
            good = a_template(name, WEST, run=run, when=at(after(second) + 0.001), shares={"a.sh"})
        case "event":
            good = an_event(WEST, active=False, when=at(after(second)), updated=at(61))
        case _:
            good = a_dependency("available", region=WEST, resource=f"/{WEST}", when=at(after(second) + 0.001))
    before, afterwards = (add(Window(), o, NOW) for o in (batch, [*batch, good]))
    assert score_of(evidence_of(afterwards)[0]) <= score_of(evidence_of(before)[0]) + 1e-9


TROUBLE = st.integers(min_value=-30, max_value=59).map(at)
"""When a trouble that is known already began: without one, what is left of the evidence says when it did."""


@QUICK
@given(st.lists(facts(), max_size=25), TROUBLE, st.sampled_from(["peer", "maintenance", "report", "check"]))
def test_no_good_word_of_others_raises_the_score(batch: list[Observation], trouble: datetime, kind: str) -> None:
    good: Observation
    match kind:
        case "peer":
            good = a_peer(troubled=False, when=at(60.001))
        case "maintenance":
            good = an_event(maintenance=True, when=NOW, tracking_id="M1")
        case "report":
            good = a_report("ready", when=NOW)
        case _:
            good = a_check(well=True, when=NOW)
    before, after_it = (evidence_of(add(Window(), o, NOW), trouble_since=trouble)[0] for o in (batch, [*batch, good]))
    assert score_of(after_it) <= score_of(before) + 1e-9


UNDER_WAY = tuple(result for result in CanaryResult if result.open)


@QUICK
@given(
    st.lists(facts(), max_size=15),
    st.lists(canary_runs(), max_size=4),
    canary_runs(UNDER_WAY),
    st.sampled_from([CanaryResult.ALIVE, CanaryResult.WELL]),
    TROUBLE,
)
@example([], [a_canary_run("well", asked=-20)], a_canary_run("alive", asked=20), CanaryResult.WELL, at(-30))
@example([], [a_canary_run("failed", asked=0)], a_canary_run("stuck", asked=20), CanaryResult.ALIVE, at(-30))
def test_a_canary_that_gets_on_or_ends_well_never_raises_the_score(
    batch: list[Observation], earlier: list[CanaryRun], run: CanaryRun, good: CanaryResult, trouble: datetime
) -> None:
    known = [r for r in in_order(earlier) if not r.result.open and r.asked_at < run.asked_at]
    ended = NOW if good is CanaryResult.WELL else None
    better = replace(run, result=good, alive_at=NOW, ended_at=ended, diagnosis=WELL)
    window = add(Window(), batch, NOW)
    scores = [
        score_of(evidence_of(window, canary=a_canary(*known, last), trouble_since=trouble)[0]) for last in (run, better)
    ]
    assert scores[1] <= scores[0] + 1e-9


@QUICK
@given(st.lists(facts(), max_size=15), st.lists(canary_runs(), max_size=4), TROUBLE)
def test_a_further_canary_that_ends_well_never_raises_the_score(
    batch: list[Observation], earlier: list[CanaryRun], trouble: datetime
) -> None:
    known = [r for r in in_order(earlier) if not r.result.open]
    further = a_canary_run("well", asked=59, ended=60)
    window = add(Window(), batch, NOW)
    before, afterwards = (
        score_of(evidence_of(window, canary=a_canary(*runs), trouble_since=trouble)[0])
        for runs in (known, [*known, further])
    )
    assert afterwards <= before + 1e-9


# 1 silence


SAYS_NOTHING = [CanaryResult.ASKED, CanaryResult.RUNNING, CanaryResult.LOST, CanaryResult.BROKEN]


@QUICK
@given(st.lists(canary_runs(SAYS_NOTHING), max_size=6), st.none() | TROUBLE)
def test_a_canary_of_which_nothing_is_known_never_speaks_against_its_region(
    runs: list[CanaryRun], trouble: datetime | None
) -> None:
    (west, _) = evidence_of(Window(), canary=a_canary(*in_order(runs)), trouble_since=trouble)
    assert (score_of(west), [e for e in west if e.against or e.forbids]) == (0, [])


@QUICK
@given(st.lists(st.tuples(SECONDS, REGIONS, MUTE), max_size=60), st.lists(SECONDS, max_size=10))
@example([(s, WEST, "network") for s in range(0, 3600, 30)], [])
def test_polls_without_an_answer_never_give_trouble(polls: list[tuple[int, Region, str]], ticks: list[int]) -> None:
    play = Play().run(1)
    happenings: list[tuple[int, Event]] = [(second, Ticked()) for second in ticks]
    for second, region, cls in polls:
        when = at(1 + after(second))
        seen = (a_poll(cls, when=when, subject=region), a_probe(region, cls, when=when))
        happenings.append((second, Observed(observations=seen)))
    for second, event in sorted(happenings, key=lambda h: h[0]):
        play.now = at(1 + after(second))
        play.tell(event)
        kinds = {v.kind for v in play.state.verdicts.values()}
        assert kinds <= {VerdictKind.LEARNING, VerdictKind.HEALTHY, VerdictKind.BLIND}
    assert (play.wanted, play.state.incidents) == ([], {})


# 2 two kinds of source


@st.composite
def proofs(draw: st.DrawFn) -> Evidence:
    """Return any evidence against a region, however strong."""
    kind = draw(st.sampled_from(Kind))
    return Evidence(
        kind=kind,
        weight=draw(st.sampled_from([0.0, 1.0, 5.0, 50.0])),
        sentence="so it is",
        since=at(0),
        last=at(draw(st.sampled_from([0, 30, 59]))),
        witnesses=draw(st.integers(min_value=0, max_value=5)),
        names_service=kind is Kind.EVENTS and draw(st.booleans()),
        standing=draw(st.sampled_from([None, *Standing])) if kind is Kind.CANARY else None,
        momentary=kind is Kind.CANARY and draw(st.booleans()),
        forbids="a canary built well" if kind is Kind.CANARY and draw(st.integers(0, 9)) == 0 else "",
    )


NAMES_OF_TROUBLE = st.sampled_from([((), ""), ((NORTH,), ""), ((), "announced")])


@QUICK
@given(
    st.lists(st.tuples(st.lists(proofs(), max_size=5), NAMES_OF_TROUBLE), min_size=1, max_size=12),
    st.integers(min_value=1, max_value=20),
)
def test_no_conviction_and_no_outage_without_two_kinds_one_of_them_ours(
    looks: Sequence[tuple[list[Evidence], tuple[tuple[Region, ...], str]]], pace: int
) -> None:
    before = None
    for number, (evidence, (elsewhere, maintenance)) in enumerate(looks):
        now = at(60 + number * pace)
        verdict = judge(
            WEST,
            evidence=tuple(evidence),
            sight=SEEN,
            troubled_elsewhere=elsewhere,
            maintenance=maintenance,
            before=before,
            policy=Policy(),
            now=now,
        )
        against = {e.kind for e in evidence if e.weight > 0}
        was_outage = before is not None and before.alone is VerdictKind.OUTAGE
        if verdict.warrants_move or (verdict.confirmed_since is not None and not was_outage):
            assert len({kind.family for kind in against}) >= 2
            assert against & OURS
            assert not any(e.forbids for e in evidence)
        if verdict.alone is VerdictKind.OUTAGE and not was_outage:
            assert verdict.confirmed_since is not None
        assert verdict.why
        before = verdict


# 4, 5, 8 over random stories


FAST = a_policy(
    hold_min=MINUTE / 2,
    hold_max=MINUTE,
    min_outage_age=MINUTE / 2,
    recovery_min=MINUTE,
    cooldown=MINUTE,
    max_moves_per_day=50,
    confirm_score=5.0,
)
STEPS = (StepSpec(handler="one", retries=1), StepSpec(handler="two", retries=1))
SECONDARIES = (BASE_NORTH, BASE_FRANCE)
BROKEN = st.sampled_from([WEST, WEST, NORTH, FRANCE])


A_DAY = timedelta(hours=24)
CANARIES_A_DAY = 3
CANARIES = {
    region: CanarySpec(
        region=region, template=a_template_id("canary", region), max_per_day=CANARIES_A_DAY, routine=A_DAY / 2
    )
    for region in (WEST, NORTH)
}
HOLDS = ("pause", "freeze", "lease", "handler", "peer", "maintenance", "readiness", "journal", "mode")
"""Whatever may hold a move from outside."""


class Life(RuleBasedStateMachine):
    """A daemon's life: regions break and mend, answers come late, twice or never, and it is restarted."""

    @initialize(canaries=st.booleans(), answers=st.integers(min_value=-1, max_value=4))
    def begin(self, canaries: bool, answers: int = -1) -> None:
        """Begin in quiet, or with so many answers of a move, so that most lives see one."""
        group = a_group(secondaries=SECONDARIES, policy=FAST, steps=STEPS)
        specs = CANARIES.values() if canaries else ()
        self.play = Play(group, world=a_world(WEST, NORTH, FRANCE), policy=FAST, canaries=specs)
        self.play.unanswered = {
            PollAfresh,
            WriteEpoch,
            DispatchStep,
            AskStatus,
            ReadOutputs,
            ExcludeFromLatest,
            RunCanary,
        }
        self.holding: set[str] = set()
        self.asked: list[RunCanary] = []
        self.unsent: list[tuple[str, int]] = []
        self.open: list[Action] = []
        self.given: list[Event] = []
        self.seen = 0
        self.before: State = self.play.state
        self.called: set[tuple[str, int, int]] = set()
        self.play.run(1)
        self.collect(resets=False)
        if answers >= 0:
            self.only_the_active_region_is_broken(held=False)
            self.all_goes_well(answers)

    # what happens

    @rule(halves=st.integers(min_value=1, max_value=6))
    def time_passes_with_polls(self, halves: int) -> None:
        for _ in range(halves):
            self.play.now += timedelta(seconds=30)
            self.happen(Observed(observations=self.play.world.polls(self.play.now)))

    @rule(seconds=st.integers(min_value=0, max_value=200))
    def time_passes_in_silence(self, seconds: int) -> None:
        self.play.now += timedelta(seconds=seconds)
        self.happen(Ticked())

    @rule(region=BROKEN)
    def a_region_breaks_for_good(self, region: Region) -> None:
        self.play.break_region(region)
        self.time_passes_with_polls(6)

    @rule(held=st.booleans())
    def only_the_active_region_is_broken(self, held: bool) -> None:
        if not held:
            self.nothing_holds_any_more()
        for region in self.play.world.probe:
            self.play.mend_region(region)
        active = self.play.world.templates[self.play.group().active]
        self.play.break_region(active.region)
        self.time_passes_with_polls(1)
        self.the_requests_for_canaries_are_answered("service", uncertain=False)
        self.time_passes_with_polls(6)

    @rule(region=BROKEN)
    def a_region_mends(self, region: Region) -> None:
        self.play.mend_region(region)

    @rule(region=BROKEN, cls=CLASSES)
    def a_probe_changes(self, region: Region, cls: str) -> None:
        self.play.world.probe[region] = cls

    @rule(event=st.sampled_from([ClockStepped(seconds=60), JournalFailed(why="disk full"), JournalRecovered()]))
    def the_host_has_trouble(self, event: Event) -> None:
        self.happen(event)

    @rule(crash=st.booleans())
    def the_daemon_is_restarted(self, crash: bool) -> None:
        if crash:
            self.open = []
        self.happen(Started())

    @rule(which=st.integers(min_value=0, max_value=99), result=st.sampled_from([*StepResult, StepResult.APPLIED]))
    def an_answer_comes(self, which: int, result: StepResult) -> None:
        if self.open:
            action = self.open.pop(which % len(self.open))
            self.answer(action, result)

    @rule(answers=st.integers(min_value=1, max_value=4))
    def all_goes_well(self, answers: int) -> None:
        for _ in range(answers):
            moves = [a for a in self.open if not isinstance(a, RunCanary)]
            if moves:
                self.open.remove(moves[-1])
                self.answer(moves[-1], StepResult.APPLIED)

    @rule(results=st.lists(st.sampled_from(StepResult), min_size=1, max_size=6))
    def the_handlers_answer(self, results: list[StepResult]) -> None:
        for result in results:
            calls = [a for a in self.open if isinstance(a, DispatchStep | AskStatus)]
            if calls:
                self.open.remove(calls[0])
                self.answer(calls[0], result)

    @rule(which=st.integers(min_value=0, max_value=99))
    def an_answer_comes_again(self, which: int) -> None:
        if self.given:
            self.happen(self.given[which % len(self.given)])

    @rule(attempt=st.integers(min_value=0, max_value=3), number=st.integers(min_value=0, max_value=2))
    def an_answer_comes_that_nobody_waits_for(self, attempt: int, number: int) -> None:
        for epoch in (self.play.group().epoch, self.play.group().epoch + 2):
            self.happen(
                StepEnded(
                    group="base",
                    activation_id=f"base-{epoch}",
                    step=number + (10 if epoch == self.play.group().epoch else 0),
                    attempt=attempt,
                    result=StepResult.APPLIED,
                    why="from another time",
                )
            )

    @rule()
    def a_human_resets(self) -> None:
        self.happen(Reset(group="base", owner="ann", reason="seen to"), resets=True)

    @rule(kind=st.sampled_from(MoveKind), over=st.sets(st.sampled_from(sorted(gates_of(MoveKind.FAILOVER)))),
          to=st.sampled_from([None, None, *SECONDARIES]))  # fmt: skip
    def a_human_orders(self, kind: MoveKind, over: set[str], to: TemplateId | None) -> None:
        order = Order(owner="ann", reason="so she wants", at=self.play.now, overrides=tuple(sorted(over)))
        self.happen(MoveOrdered(group="base", kind=kind, to=to, order=order))

    @rule(kind=st.sampled_from(MoveKind), answers=st.integers(min_value=1, max_value=5))
    def a_human_orders_and_all_goes_well(self, kind: MoveKind, answers: int) -> None:
        for region in self.play.world.probe:
            self.play.mend_region(region)
        self.nothing_holds_any_more()
        self.time_passes_with_polls(6)
        self.a_human_orders(kind, set(gates_of(kind)), None)
        self.all_goes_well(answers)

    @rule(answer=st.sampled_from(Answered), id_=st.sampled_from(["", "base-1", "base-2"]))
    def a_human_answers(self, answer: Answered, id_: str) -> None:
        asked = self.play.group().approval
        known = id_ or (asked.id if asked else "base-9")
        self.happen(ApprovalAnswered(group="base", id=known, answer=answer, owner="ben", reason="so he says"))

    @rule(how=st.sampled_from(["running", "ok", "service", "customer"]))
    def the_primary_is_run(self, how: str) -> None:
        self.play.world.ran(BASE_WEST, a_run(how, started=self.play.minute, ended=self.play.minute))
        self.time_passes_with_polls(1)

    @rule(hours=st.integers(min_value=1, max_value=25))
    def hours_pass(self, hours: int) -> None:
        self.play.now += timedelta(hours=hours)
        self.happen(Started())
        self.time_passes_with_polls(2)

    @rule(cls=CLASSES, uncertain=st.booleans())
    def the_requests_for_canaries_are_answered(self, cls: str, uncertain: bool) -> None:
        for action in [a for a in self.open if isinstance(a, RunCanary)]:
            self.open.remove(action)
            diagnosis, doubt = a_diagnosis(cls), uncertain and cls != "ok"
            self.happen(
                CanaryAnswered(region=action.region, asked_at=action.asked_at, diagnosis=diagnosis, uncertain=doubt)
            )

    @rule(region=st.sampled_from([WEST, NORTH]), how=st.sampled_from(["running", "ok", "service", "auth", "canceled"]),
          phase=st.sampled_from(["building", "customizing"]), late=st.booleans())  # fmt: skip
    def a_canary_shows(self, region: Region, how: str, phase: str, late: bool) -> None:
        asked = [a for a in self.asked if a.region == region]
        if asked:
            started = minutes_of(asked[-1].asked_at) + (0.1 if not late else -30)
            run = a_run(how, started=started, ended=max(started, self.play.minute), phase=phase)
            self.play.world.ran(CANARIES[region].template, run)
            self.time_passes_with_polls(1)

    @rule(what=st.sampled_from(HOLDS))
    def something_holds(self, what: str) -> None:
        self.hold(what, begin=True)

    @rule()
    def nothing_holds_any_more(self) -> None:
        for what in sorted({*self.holding, "peer", "readiness"}):  # the word of these two grows old
            self.hold(what, begin=False)

    def hold(self, what: str, *, begin: bool) -> None:
        """Let something hold moves, or hold them no more, as the world would tell it."""
        (self.holding.add if begin else self.holding.discard)(what)
        match what:
            case "pause" if begin:
                until = self.play.now + timedelta(days=99)
                self.happen(Paused(group="", owner="ann", reason="so it is", until=until))
            case "pause":
                self.happen(Resumed(group="", owner="ann", reason="so it is"))
            case "freeze":
                ends = self.play.now + timedelta(days=99)
                freezes = (Freeze(starts=self.play.now, ends=ends, reason="so it is"),) if begin else ()
                self.play.setup = replace(self.play.setup, freezes=freezes)
            case "mode":
                policy = replace(FAST, mode=Mode.APPROVE if begin else Mode.AUTO)
                group = a_group(secondaries=SECONDARIES, policy=policy, steps=STEPS)
                self.play.setup = replace(self.play.setup, groups={"base": group})
            case "lease":
                self.happen(LeaseChecked(held=not begin))
            case "journal":
                self.happen(JournalFailed(why="disk full") if begin else JournalRecovered())
            case "maintenance":
                event = an_event(self.where(), maintenance=True, active=begin, when=self.play.now, tracking_id="M1")
                self.play.world.events = [event]
                self.time_passes_with_polls(1)
            case _:
                self.happen(Observed(observations=self.told(what, begin=begin)))

    def told(self, what: str, *, begin: bool) -> tuple[Observation, ...]:
        match what:
            case "handler":
                when = self.play.now
                return tuple(a_check(well=not begin, handler="two", step=1, when=when, target=t) for t in SECONDARIES)
            case "peer":
                return (a_peer(troubled=not begin, region=self.where(), when=self.play.now),)
            case _:
                self.play.world.ready = "not_ready" if begin else "ready"
                return tuple(a_report(self.play.world.ready, template=t, when=self.play.now) for t in SECONDARIES)

    def where(self) -> Region:
        """Return the region that the group is in."""
        return self.play.world.templates[self.play.group().active].region

    # how it is checked

    def answer(self, action: Action, result: StepResult) -> None:
        match action:
            case RunCanary():
                event: Event = CanaryAnswered(
                    region=action.region, asked_at=action.asked_at, diagnosis=a_diagnosis("service")
                )
            case DispatchStep() | AskStatus():
                event = step_answer(action, result)
            case WriteEpoch():
                event = self.play.epoch_answer(action, written=result is not StepResult.REFUSED)
            case PollAfresh():
                self.happen(Observed(observations=self.play.world.polls(self.play.now)))
                event = PolledAfresh(group=action.group, activation_id=action.activation_id)
            case ReadOutputs() | ExcludeFromLatest():
                (event,) = self.play.answers(action)
        self.given.append(event)
        self.happen(event)

    def happen(self, event: Event, *, resets: bool = False) -> None:
        self.before = self.play.state
        if isinstance(event, StepEnded) and event.result is StepResult.NOT_SENT:
            self.unsent.append((event.activation_id, event.step))
        if isinstance(event, JournalFailed):
            self.holding.add("journal")
        if isinstance(event, JournalRecovered | Started):
            self.holding.discard("journal")
        self.play.tell(event)
        self.collect(resets=resets)

    def collect(self, *, resets: bool) -> None:
        fresh, self.seen = self.play.wanted[self.seen :], len(self.play.wanted)
        self.open += [a for a in fresh if type(a) in self.play.unanswered]
        for action in fresh:
            if isinstance(action, DispatchStep):
                call = (action.call.activation_id, action.call.step, action.call.attempt)
                assert call not in self.called, "4: never a second effect for one activation"
                tries = self.retries(action) + 1 + self.unsent.count(call[:2])
                assert action.call.attempt <= tries, "9: every retry has a limit"
                self.called.add(call)
            if isinstance(action, WriteEpoch) and self.before.groups["base"].phase is Phase.CHECKING:
                assert not self.really_holding(), "no move begins while something holds it"
            if isinstance(action, RunCanary):
                self.check_canary(action)
            if isinstance(action, DispatchStep | AskStatus):
                assert action.wait <= timedelta(minutes=5), "9: every wait has a limit"
        self.compare(resets=resets)

    def retries(self, action: DispatchStep) -> int:
        move = self.play.group().move
        assert move is not None
        assert move.activation_id == action.call.activation_id, "4: one move of a group at a time"
        return move.steps[action.call.step].retries

    def really_holding(self) -> set[str]:
        """Return what holds the move that is checked, and was neither overridden nor approved by a human."""
        group = self.before.groups["base"]
        held = self.holding & {"pause", "freeze", "lease", "journal", "mode", "handler"}
        if group.move is not None and group.move.order is not None:
            over = group.move.order.overrides
            gates = {"pause": "paused", "freeze": "frozen", "handler": "handler_ok"}
            return {what for what in held - {"mode"} if gates.get(what) not in over}
        approved = group.approval is not None and group.approval.answer is Answered.APPROVED
        return held - ({"mode"} if approved else set())

    def check_canary(self, action: RunCanary) -> None:
        known = self.before.canaries.get(action.region)
        assert known is None or known.last is None or not self.play.canary(action.region).runs[-2:-1] or (
            not self.play.canary(action.region).runs[-2].result.open
        ), "never two canaries of a region at a time"  # fmt: skip
        self.asked.append(action)
        today = [a for a in self.asked if a.region == action.region and action.asked_at - a.asked_at < A_DAY]
        assert len(today) <= CANARIES_A_DAY, "9: never more canaries in a day than allowed"
        assert self.play.verdict(action.region).kind is not VerdictKind.BLIND, "what nobody sees is not begun"
        assert "journal" not in self.holding, "3: nothing is done that cannot be put on record"

    def compare(self, *, resets: bool) -> None:
        group, before = self.play.group(), self.before.groups.get("base")
        assert group.why, "5: doing nothing has a reason"
        assert all(n.what and n.why for n in self.play.said), "5: every note has a reason"
        if before is None:
            return
        assert group.epoch >= before.epoch, "the epoch never falls"
        committed = before.phase is Phase.COMMITTING and group.phase is Phase.MOVING
        assert group.epoch == before.epoch + committed, "the epoch counts moves, each with its commit"
        if group.active != before.active:
            kind = (before.move or group.move or group.last or a_move()).kind
            assert kind is (MoveKind.FAILBACK if group.active == BASE_WEST else MoveKind.FAILOVER)
            assert committed or (kind is MoveKind.FAILBACK and before.phase is Phase.MOVING)
        if group.move is not None and group.move.kind is not MoveKind.FAILOVER:
            assert group.move.order is not None, "8: only a human begins a drill or a failback"
        if before.phase is Phase.HALTED and group.phase is not Phase.HALTED:
            assert resets, "8: only a human leaves HALTED"

    @invariant()
    def the_state_makes_sense(self) -> None:
        group = self.play.group()
        at_work = group.phase in {Phase.CHECKING, Phase.COMMITTING, Phase.MOVING}
        assert group.active in (BASE_WEST, *SECONDARIES)
        assert (group.move is not None) == at_work
        if group.move is not None:
            assert (group.move.committed_at is not None) == (group.phase is Phase.MOVING)
            assert (group.move.epoch == group.epoch) == (group.phase is Phase.MOVING)
            assert group.move.current < len(group.move.steps)
        assert group.phase is Phase.HELD or group.held_by == ()
        assert sum(i.closed_at is None for i in self.play.state.incidents.values()) <= 3
        assert all(v.why and v.score >= -3 for v in self.play.state.verdicts.values())
        for canary in self.play.state.canaries.values():
            assert all(not run.result.open for run in canary.runs[:-1]), "one canary of a region at a time"


Life.TestCase.settings = settings(
    max_examples=25, stateful_step_count=35, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
TestLife = Life.TestCase


# the stories above must not be too tame: they move, halt and come back


def test_the_way_of_the_random_stories_leads_through_a_whole_move() -> None:
    life = Life()
    life.begin(canaries=False)
    life.a_region_breaks_for_good(WEST)
    life.all_goes_well(4)
    assert (life.play.group().active, life.called) == (BASE_NORTH, {("base-1", 0, 1), ("base-1", 1, 1)})


def test_the_way_of_the_random_stories_leads_to_halted_and_back() -> None:
    life = Life()
    life.begin(canaries=False)
    life.a_region_breaks_for_good(WEST)
    life.all_goes_well(2)
    life.an_answer_comes(0, StepResult.PARTIAL)
    assert life.play.phase() == "halted"
    life.a_human_resets()
    assert life.play.phase() == "watching"


def test_the_way_of_the_random_stories_leads_through_canaries_that_convict() -> None:
    life = Life()
    life.begin(canaries=True)
    life.the_requests_for_canaries_are_answered("ok", False)
    life.a_canary_shows(WEST, "ok", "building", False)
    life.a_region_breaks_for_good(WEST)
    life.the_requests_for_canaries_are_answered("service", False)
    life.time_passes_with_polls(6)
    assert [r.result for r in life.play.canary().runs][:2] == ["well", "failed"]
    life.all_goes_well(4)
    assert life.play.group().active == BASE_NORTH


@pytest.mark.parametrize("what", HOLDS)
def test_the_way_of_the_random_stories_leads_to_every_gate_and_past_it_again(what: str) -> None:
    life = Life()
    life.begin(canaries=False)
    life.something_holds(what)
    life.a_region_breaks_for_good(WEST)
    assert not [a for a in life.play.wanted if isinstance(a, PollAfresh)]
    life.nothing_holds_any_more()
    life.time_passes_with_polls(4)
    life.all_goes_well(4)
    assert life.play.group().active in SECONDARIES


@QUICK
@given(st.lists(st.sampled_from(Trigger), max_size=40))
def test_no_walk_through_the_table_leaves_halted_without_a_reset(triggers: list[Trigger]) -> None:
    phase = Phase.WATCHING
    for trigger in triggers:
        row = TABLE[phase, trigger]
        assert phase is not Phase.HALTED or row.to is Phase.HALTED or trigger is Trigger.RESET
        phase = row.to


def test_a_step_is_a_function_the_same_arguments_give_the_same_decision() -> None:
    play = Play().run(2)
    play.break_region()
    event = Observed(observations=play.world.polls(at(3)))
    assert step(play.state, event, play.setup, at(3)) == step(play.state, event, play.setup, at(3))


def test_of_all_classes_only_service_and_ambiguous_weigh_in_runs() -> None:
    for cls in set(FailureClass) - {FailureClass.SERVICE, FailureClass.AMBIGUOUS, FailureClass.OK}:
        window = add(Window(), [a_template(run=a_run(cls, started=50, ended=55), when=NOW)], NOW)
        assert score_of(evidence_of(window)[0]) == 0, cls


def test_the_way_of_the_random_stories_leads_there_and_back_by_order() -> None:
    life = Life()
    life.begin(canaries=False)
    life.a_human_orders_and_all_goes_well(MoveKind.DRILL, 5)
    life.a_human_orders_and_all_goes_well(MoveKind.FAILOVER, 5)
    assert life.play.group().active == BASE_NORTH
    life.a_human_orders_and_all_goes_well(MoveKind.FAILBACK, 3)
    life.the_primary_is_run("ok")
    life.all_goes_well(3)
    assert life.play.group().active == BASE_WEST
    assert set(life.play.group().committed) == set(MoveKind)


def test_the_way_of_the_random_stories_leads_through_an_approval() -> None:
    life = Life()
    life.begin(canaries=False)
    life.hold("mode", begin=True)
    life.a_region_breaks_for_good(WEST)
    life.a_human_answers(Answered.APPROVED, "")
    life.all_goes_well(4)
    assert life.play.group().active == BASE_NORTH
