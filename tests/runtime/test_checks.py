"""Ask handlers whether they could act, with handlers that say yes, no, nothing at all, or what they should not."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from aibwatch.core.events import Event, Observed
from aibwatch.core.model import TemplateId
from aibwatch.core.observation import HandlerChecked
from aibwatch.core.policy import GroupSpec, Setup, StepSpec
from aibwatch.core.state import GroupState, State
from aibwatch.core.window import add
from aibwatch.handlers.api import Answer, Check, Description, HandlerError, HandlerRequest
from aibwatch.runtime import checks as checks_module
from aibwatch.runtime.answers import LONGEST_REASON
from aibwatch.runtime.checks import AT_ONCE, BATCH, MOST_AGAIN, HandlerChecks
from tests.clocks import BEGUN, FakeClock, others_first
from tests.core.builders import (
    BASE_NORTH,
    BASE_WEST,
    FRANCE,
    NORTH,
    WEST,
    a_group,
    a_group_state,
    a_move,
    a_setup,
    a_template_id,
)

from .builders import FakeHandler, by_name, silence

ODD = Check(well=True, why=None)  # type: ignore[arg-type]  # nobody checks the types of a plug-in
ODDER = Check(well="yes", why="I say so")  # type: ignore[arg-type]  # the same
BASE_FRANCE = a_template_id("base", FRANCE)


def a_spec(name: str = "base", *handlers: str, secondaries: tuple[TemplateId, ...] = (BASE_NORTH,)) -> GroupSpec:
    steps = tuple(StepSpec(handler=handler) for handler in handlers or ("fake",))
    return replace(a_group(), name=name, secondaries=secondaries, steps=steps)


@dataclass
class Round:
    """A daemon's checks, and what they brought."""

    setup: Setup = field(default_factory=lambda: a_setup(a_spec()))
    handler: FakeHandler = field(default_factory=FakeHandler)
    state: State = field(default_factory=lambda: State(awake_since=BEGUN))
    found: list[HandlerChecked] = field(default_factory=list)
    events: int = 0
    handlers: dict[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.handlers = self.handlers or {"fake": self.handler}
        self.clock = FakeClock()
        self.checks = HandlerChecks(
            by_name(self.handlers),
            clock=self.clock,
            setup=lambda: self.setup,
            state=lambda: self.state,
            put=self.put,
        )

    async def put(self, event: Event) -> None:
        assert isinstance(event, Observed)
        self.events += 1
        for observation in event.observations:
            assert isinstance(observation, HandlerChecked)
            self.found.append(observation)
        self.state = replace(self.state, window=add(self.state.window, event.observations, self.clock.now()))

    @property
    def asked(self) -> list[tuple[str, TemplateId]]:
        return [(request.group, request.target) for request in self.handler.requests]


def checked(*, well: bool, why: str, target: TemplateId = BASE_NORTH) -> HandlerChecked:
    return HandlerChecked(at=BEGUN, group="base", handler="fake", target=target, well=well, why=why)


@pytest.mark.parametrize("well", [True, False])
async def test_a_handler_is_taken_at_its_word(well: bool) -> None:
    a_round = Round(handler=FakeHandler(check_says=Check(well=well, why="I say so")))
    await a_round.checks.all()
    assert a_round.found == [checked(well=well, why="I say so")]


async def test_its_request_says_that_there_is_no_move_yet() -> None:
    a_round = Round(state=State(awake_since=BEGUN, groups={"base": a_group_state(epoch=7)}))
    await a_round.checks.all()
    (request,) = a_round.handler.requests
    assert (request.activation_id, request.attempt, request.epoch) == ("", 0, 7)
    assert (request.source, request.target) == (BASE_WEST, BASE_NORTH)
    assert request.deadline == BEGUN + timedelta(seconds=30)


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (HandlerError("no such thing"), "HandlerError: no such thing"),
        (OSError("no line"), "OSError: no line"),
        (KeyError("name"), "KeyError: 'name'"),
        (TimeoutError(), "it did not answer within 30 s"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
async def test_a_handler_that_raises_could_not_act(error: Exception, why: str) -> None:
    a_round = Round(handler=FakeHandler(check_says=error))
    await a_round.checks.all()
    assert a_round.found == [checked(well=False, why=why)]


async def test_a_handler_that_does_not_answer_could_not_act(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks_module, "TIMEOUT", timedelta(seconds=0.05))
    a_round = Round(handler=FakeHandler(check_says=silence))
    await a_round.checks.all()
    assert a_round.found == [checked(well=False, why="it did not answer within 0 s")]


async def test_a_handler_that_lets_a_cancellation_of_its_own_out_could_not_act() -> None:
    async def leak() -> Answer:
        raise asyncio.CancelledError

    a_round = Round(handler=FakeHandler(check_says=leak))
    await a_round.checks.all()
    assert a_round.found == [checked(well=False, why="something that it waited for was cancelled")]


async def test_a_round_that_is_cancelled_ends() -> None:
    a_round = Round(handler=FakeHandler(check_says=silence))
    asking = asyncio.create_task(a_round.checks.all())
    while not a_round.asked:
        await others_first()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert a_round.found == []


async def test_a_handler_that_is_not_loaded_could_not_act() -> None:
    a_round = Round(handlers={"other": FakeHandler()})
    await a_round.checks.all()
    assert a_round.found == [checked(well=False, why="no handler 'fake' is installed")]


@pytest.mark.parametrize("nonsense", [None, True, "yes", {"well": True}, ODD, ODDER], ids=repr)
async def test_an_answer_that_is_none_is_no_yes(nonsense: object) -> None:
    class Odd:
        async def check(self, _: object) -> object:
            return nonsense

    a_round = Round(handlers={"fake": Odd()})
    await a_round.checks.all()
    assert [check.well for check in a_round.found] == [False]


async def test_a_handler_of_a_protocol_without_check_counts_as_well() -> None:
    class Old:
        """Knows plan, activate and status."""

    a_round = Round(handlers={"fake": Old()})
    await a_round.checks.all()
    assert a_round.found == [checked(well=True, why="it cannot be asked: it is of a protocol without check")]


async def test_what_it_says_is_fit_to_be_shown() -> None:
    a_round = Round(handler=FakeHandler(check_says=Check(well=False, why="\x1b[31mno\n" + "x" * 10_000)))
    await a_round.checks.all()
    (check,) = a_round.found
    assert check.why.startswith("no xxx")
    assert len(check.why) == LONGEST_REASON


@pytest.mark.parametrize(
    ("says", "version"),
    [
        (Description(name="able", version="1 abc"), "able 1 abc"),
        (Description(name="able\n", version="x" * 1000), "able  " + "x" * 80),
        (OSError("no line"), ""),
        (None, ""),
        (Description(name="able", version=7), ""),  # type: ignore[arg-type]  # nobody checks the types of a plug-in
    ],
    ids=["well", "long", "raises", "nothing", "number"],
)
async def test_what_a_handler_says_it_is_comes_with_its_check_and_changes_nothing_of_that(
    says: object, version: str
) -> None:
    @dataclass
    class Described(FakeHandler):
        async def describe(self) -> object:
            if isinstance(says, Exception):
                raise says
            return says

    a_round = Round(handler=Described())
    await a_round.checks.all()
    assert a_round.found == [replace(checked(well=True, why="it can act"), version=version)]


async def test_each_step_is_asked_once_for_each_secondary() -> None:
    spec = a_spec("base", "fake", "fake", secondaries=(BASE_NORTH, BASE_FRANCE))
    a_round = Round(setup=a_setup(spec))
    await a_round.checks.all()
    assert sorted(a_round.asked) == sorted([("base", BASE_NORTH), ("base", BASE_FRANCE)] * 2)


async def test_a_member_that_is_active_already_is_nowhere_to_go() -> None:
    spec = a_spec(secondaries=(BASE_NORTH, BASE_FRANCE))
    a_round = Round(
        setup=a_setup(spec), state=State(awake_since=BEGUN, groups={"base": a_group_state(active=BASE_NORTH)})
    )
    await a_round.checks.all()
    assert a_round.asked == [("base", BASE_FRANCE)]


async def test_before_a_commit_only_the_target_of_the_move_is_asked_about() -> None:
    spec = a_spec(secondaries=(BASE_FRANCE, BASE_NORTH))
    group = a_group_state("checking", move=a_move(source=BASE_WEST, target=BASE_NORTH))
    a_round = Round(setup=a_setup(spec, a_spec("other")), state=State(awake_since=BEGUN, groups={"base": group}))
    await a_round.checks.of("base")
    assert a_round.asked == [("base", BASE_NORTH)]


async def test_a_group_that_is_not_configured_any_more_is_not_asked_about() -> None:
    a_round = Round()
    await a_round.checks.of("gone")
    assert a_round.asked == []


async def refused(*names: str, **held: GroupState) -> Round:
    """Return a round after one in which the handler could not act for any of these groups."""
    specs = [a_spec(name, secondaries=(a_template_id(name, NORTH),)) for name in names]
    a_round = Round(
        setup=a_setup(*specs),
        state=State(awake_since=BEGUN, groups=held),
        handler=FakeHandler(check_says=Check(well=False, why="403")),
    )
    await a_round.checks.all()
    a_round.handler.requests.clear()
    a_round.clock.time += timedelta(minutes=1)
    return a_round


async def test_a_group_whose_handler_could_act_is_left_alone_until_the_next_round_of_all() -> None:
    a_round = Round()
    await a_round.checks.all()
    await a_round.checks.again()
    assert len(a_round.asked) == 1


async def test_a_group_whose_handler_could_not_act_is_asked_about_again_until_it_can() -> None:
    a_round = await refused("base")
    a_round.handler.check_says = Check(well=True, why="it can")
    for _ in range(3):
        await a_round.checks.again()
    assert len(a_round.asked) == 1
    assert [check.well for check in a_round.found] == [False, True]


async def test_only_what_was_answered_with_no_is_asked_again() -> None:
    spec = a_spec(secondaries=(BASE_NORTH, BASE_FRANCE))
    a_round = Round(setup=a_setup(spec), handler=FakeHandler(check_says=Check(well=False, why="403")))
    await a_round.put(Observed(observations=(checked(well=False, why="403", target=BASE_FRANCE),)))
    await a_round.checks.again()
    assert a_round.asked == [("base", BASE_FRANCE)]


async def test_a_secondary_that_is_not_configured_any_more_is_not_asked_about_again() -> None:
    a_round = Round()
    await a_round.put(Observed(observations=(checked(well=False, why="403", target=BASE_FRANCE),)))
    await a_round.checks.again()
    assert a_round.asked == []


async def test_of_many_groups_some_are_asked_about_in_each_round_and_all_in_turn() -> None:
    names = [f"group-{number}" for number in range(MOST_AGAIN + 5)]
    a_round = await refused(*names)
    await a_round.checks.again()
    first = [group for group, _ in a_round.asked]
    a_round.clock.time += timedelta(minutes=1)
    await a_round.checks.again()
    assert len(first) == MOST_AGAIN
    assert {group for group, _ in a_round.asked} == set(names)


async def test_a_group_that_would_move_but_for_its_handler_is_asked_about_first() -> None:
    names = [f"group-{number}" for number in range(MOST_AGAIN)]
    a_round = await refused(*names, "last", last=a_group_state("held", name="last", held_by=("handler_ok",)))
    await a_round.checks.again()
    assert "last" in [group for group, _ in a_round.asked]


async def test_few_checks_are_under_way_at_a_time() -> None:
    going = asyncio.Event()
    under_way: list[int] = []

    class Counting:
        now = 0

        async def check(self, _: object) -> Check:
            self.now += 1
            under_way.append(self.now)
            await going.wait()
            self.now -= 1
            return Check(well=True, why="it can act")

    specs = [a_spec(f"group-{number}", secondaries=(a_template_id(f"t{number}", WEST),)) for number in range(20)]
    a_round = Round(setup=a_setup(*specs), handlers={"fake": Counting()})
    asking = asyncio.create_task(a_round.checks.all())
    for _ in range(20):
        await others_first()
    assert len(under_way) == AT_ONCE
    going.set()
    await asking
    assert (len(a_round.found), max(under_way)) == (20, AT_ONCE)


async def test_answers_are_handed_in_together() -> None:
    specs = [a_spec(f"group-{number}", secondaries=(a_template_id(f"t{number}", WEST),)) for number in range(BATCH + 1)]
    a_round = Round(setup=a_setup(*specs))
    await a_round.checks.all()
    assert (len(a_round.found), a_round.events) == (BATCH + 1, 2)


async def test_where_there_is_nothing_to_ask_nothing_is_handed_in() -> None:
    a_round = Round(setup=Setup(groups={}))
    await a_round.checks.all()
    await a_round.checks.again()
    assert a_round.events == 0


async def test_a_move_does_not_wait_behind_routine_questions_that_hang() -> None:
    going = asyncio.Event()

    class Busy:
        async def check(self, request: HandlerRequest) -> Check:
            if request.group != "base":
                await going.wait()
            return Check(well=True, why="it can act")

    specs = [a_spec(f"group-{number}", secondaries=(a_template_id(f"t{number}", WEST),)) for number in range(20)]
    a_round = Round(setup=a_setup(*specs, a_spec("base")), handlers={"fake": Busy()})
    routine = asyncio.create_task(a_round.checks.all())
    for _ in range(20):
        await others_first()
    await asyncio.wait_for(a_round.checks.of("base"), timeout=5)
    assert [check.group for check in a_round.found] == ["base"]
    going.set()
    await routine
