"""The invariants of the design that live in the core, over random facts and random stories.

Numbers are those of the design, section 7: 1 silence, 2 two kinds of source, 4 one move and one effect, 5 a reason for
everything, 7 order, duplicates and good evidence, 8 only a human leaves HALTED or goes back.
"""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from aibwatch.core.actions import Action, AskStatus, DispatchStep, PollAfresh, ReadOutputs, WriteEpoch
from aibwatch.core.conviction import score_of
from aibwatch.core.engine import step
from aibwatch.core.events import (
    ClockStepped,
    Event,
    JournalFailed,
    JournalRecovered,
    Observed,
    PolledAfresh,
    Reset,
    Started,
    StepEnded,
    Ticked,
)
from aibwatch.core.evidence import OURS, Evidence, Kind
from aibwatch.core.failover import TABLE, Trigger
from aibwatch.core.model import FailureClass, Region, Run
from aibwatch.core.move import StepResult
from aibwatch.core.observation import Observation, TemplateGone
from aibwatch.core.policy import Policy, StepSpec
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
    a_dependency,
    a_group,
    a_policy,
    a_poll,
    a_probe,
    a_run,
    a_template,
    a_template_id,
    a_world,
    an_event,
    at,
    step_answer,
)

QUICK = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))

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
    kind = draw(st.sampled_from(["poll", "probe", "template", "gone", "event", "dependency", "call"]))
    match kind:
        case "poll":
            return a_poll(cls, when=when, subject=region)
        case "probe":
            return a_probe(region, cls, when=when)
        case "template":
            started = second // 600
            run = a_run(["ok", "service", "running"][started % 3], started=started * 10, ended=started * 10 + 4)
            return a_template(draw(NAMES), region, run=run if second % 7 else None, when=when, shares={"a.sh"})
        case "gone":
            return TemplateGone(at=at(after(second) + 0.001), template=a_template_id(draw(NAMES), region))
        case "call":
            how = ["service", "ambiguous", "customer"][second % 3]
            return a_call(draw(NAMES), how, region=region, called=after(second) - 5, call=str(second % 4))
        case "event":
            return an_event(region, when=when, updated=at(second // 300), active=bool(second // 300 % 2), began=at(0))
        case _:
            return a_dependency(["available", "degraded"][second % 2], region=region, resource=f"/{region}", when=when)


def evidence_of(window: Window) -> list[tuple[Evidence, ...]]:
    return [weigh(Known(window=window), r, policy=Policy(), trouble_since=None, now=NOW) for r in (WEST, NORTH)]


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


# 1 silence


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
    )


@QUICK
@given(st.lists(st.lists(proofs(), max_size=5), min_size=1, max_size=12), st.integers(min_value=1, max_value=20))
def test_no_conviction_and_no_outage_without_two_kinds_one_of_them_ours(
    looks: Sequence[list[Evidence]], pace: int
) -> None:
    before = None
    for number, evidence in enumerate(looks):
        now = at(60 + number * pace)
        verdict = judge(
            WEST,
            evidence=tuple(evidence),
            sight=SEEN,
            troubled_elsewhere=(),
            before=before,
            policy=Policy(),
            now=now,
        )
        against = {e.kind for e in evidence if e.weight > 0}
        if (verdict.confirmed_since is not None) or verdict.warrants_move:
            assert len(against) >= 2
            assert against & OURS
        if verdict.kind is VerdictKind.OUTAGE and (before is None or before.kind is not VerdictKind.OUTAGE):
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


class Life(RuleBasedStateMachine):
    """A daemon's life: regions break and mend, answers come late, twice or never, and it is restarted."""

    @initialize()
    def begin(self) -> None:
        group = a_group(secondaries=SECONDARIES, policy=FAST, steps=STEPS)
        self.play = Play(group, world=a_world(WEST, NORTH, FRANCE), policy=FAST)
        self.play.unanswered = {PollAfresh, WriteEpoch, DispatchStep, AskStatus, ReadOutputs}
        self.open: list[Action] = []
        self.given: list[Event] = []
        self.seen = 0
        self.before: State = self.play.state
        self.called: set[tuple[str, int, int]] = set()
        self.play.run(1)
        self.collect(resets=False)

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

    @rule()
    def only_the_active_region_is_broken(self) -> None:
        for region in self.play.world.probe:
            self.play.mend_region(region)
        active = self.play.world.templates[self.play.group().active]
        self.play.break_region(active.region)
        self.time_passes_with_polls(7)

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
            if self.open:
                self.answer(self.open.pop(), StepResult.APPLIED)

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

    # how it is checked

    def answer(self, action: Action, result: StepResult) -> None:
        match action:
            case DispatchStep() | AskStatus():
                event: Event = step_answer(action, result)
            case WriteEpoch():
                event = self.play.epoch_answer(action, written=result is not StepResult.REFUSED)
            case PollAfresh():
                self.happen(Observed(observations=self.play.world.polls(self.play.now)))
                event = PolledAfresh(group=action.group, activation_id=action.activation_id)
            case ReadOutputs():
                (event,) = self.play.answers(action)
        self.given.append(event)
        self.happen(event)

    def happen(self, event: Event, *, resets: bool = False) -> None:
        self.before = self.play.state
        self.play.tell(event)
        self.collect(resets=resets)

    def collect(self, *, resets: bool) -> None:
        fresh, self.seen = self.play.wanted[self.seen :], len(self.play.wanted)
        self.open += [a for a in fresh if type(a) in self.play.unanswered]
        for action in fresh:
            if isinstance(action, DispatchStep):
                call = (action.call.activation_id, action.call.step, action.call.attempt)
                assert call not in self.called, "4: never a second effect for one activation"
                assert action.call.attempt <= STEPS[action.call.step].retries + 1, "9: every retry has a limit"
                self.called.add(call)
            if isinstance(action, DispatchStep | AskStatus):
                assert action.wait <= timedelta(minutes=5), "9: every wait has a limit"
        self.compare(resets=resets)

    def compare(self, *, resets: bool) -> None:
        group, before = self.play.group(), self.before.groups.get("base")
        assert group.why, "5: doing nothing has a reason"
        assert all(n.what and n.why for n in self.play.said), "5: every note has a reason"
        if before is None:
            return
        assert group.epoch >= before.epoch, "the epoch never falls"
        moved = group.active != before.active
        assert group.epoch == before.epoch + moved, "the epoch counts changes of the active member"
        if moved:
            assert group.active in SECONDARIES, "8: the primary never becomes active by itself"
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


Life.TestCase.settings = settings(
    max_examples=50, stateful_step_count=50, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
TestLife = Life.TestCase


# the stories above must not be too tame: they move, halt and come back


def test_the_way_of_the_random_stories_leads_through_a_whole_move() -> None:
    life = Life()
    life.begin()
    life.a_region_breaks_for_good(WEST)
    life.all_goes_well(4)
    assert (life.play.group().active, life.called) == (BASE_NORTH, {("base-1", 0, 1), ("base-1", 1, 1)})


def test_the_way_of_the_random_stories_leads_to_halted_and_back() -> None:
    life = Life()
    life.begin()
    life.a_region_breaks_for_good(WEST)
    life.all_goes_well(2)
    life.an_answer_comes(0, StepResult.PARTIAL)
    assert life.play.phase() == "halted"
    life.a_human_resets()
    assert life.play.phase() == "watching"


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
