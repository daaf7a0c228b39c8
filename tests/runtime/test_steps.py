"""Call a step's handler on a real journal; it says what it is told."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from aibwatch.core.events import StepEnded
from aibwatch.core.model import RunState
from aibwatch.core.move.move import MoveKind, StepResult
from aibwatch.handlers.api import (
    ANSWERS,
    GRACE,
    Answer,
    Capability,
    Description,
    HandlerError,
    HandlerRequest,
    Plan,
    TemporaryHandlerError,
    UnderWayError,
)
from aibwatch.runtime import steps as steps_module
from aibwatch.runtime.move_log import AttemptId
from tests.clocks import BEGUN

from .builders import APPLIED, PLAN, Bench, FakeHandler, Say, a_call, silence, to_ask, to_dispatch

SOON = timedelta(seconds=0.5)
"""For what never answers; long enough for what has to be on record before."""
FIRST = AttemptId(activation_id="base-1", step=0, attempt=1)
OTHER_PLAN = Plan(changes=("run base-north",), before={"run_started": "just now"})


def ended(result: str, why: str, *, attempt: int = 1) -> StepEnded:
    return StepEnded(group="base", activation_id="base-1", step=0, attempt=attempt, result=StepResult(result), why=why)


def on_record(bench: Bench) -> list[tuple[int, str, str]]:
    """Return attempt, mark and body of everything on record; of plans only whether there is one."""
    with bench.recorder._store.transaction() as connection:
        rows = connection.execute(text("SELECT attempt, mark, body FROM marks ORDER BY id")).all()
    return [(row.attempt, row.mark, "" if row.mark == "intent" else row.body) for row in rows]


# dispatch


async def test_intent_and_dispatch_are_on_record_before_the_handler_acts(bench: Bench) -> None:
    seen: list[tuple[int, str, str]] = []
    bench.handler.at_activate = lambda: seen.extend(on_record(bench))
    outcome = await bench.executor().perform(to_dispatch())
    assert outcome == ended("applied", "it is done")
    assert seen == [(1, "intent", ""), (1, "dispatched", "")]
    assert on_record(bench) == [*seen, (1, "result", "applied: it is done")]
    assert (bench.handler.calls, bench.steps) == (["plan", "activate", "status"], ["fake"])


@pytest.mark.parametrize("result", sorted(ANSWERS))
async def test_what_a_handler_may_say_is_its_answer(result: StepResult, bench: Bench) -> None:
    bench.handler.says = Answer(result=result, why="I say so")
    assert await bench.executor().perform(to_dispatch()) == ended(result, "I say so")
    assert on_record(bench)[-1] == (1, "result", f"{result}: I say so")


@pytest.mark.parametrize(
    ("error", "before", "after"),
    [
        (HandlerError("no such thing"), ("never", "no such thing"), ("never", "no such thing")),
        (TemporaryHandlerError("not now"), ("nothing_changed", "not now"), ("nothing_changed", "not now")),
        (OSError("no line"), ("nothing_changed", "OSError: no line"), ("unknown", "OSError: no line")),
        (ValueError("a fault"), ("nothing_changed", "ValueError: a fault"), ("unknown", "ValueError: a fault")),
        (
            TimeoutError(),
            ("nothing_changed", "it did not answer in time"),
            ("unknown", "it did not answer in time"),
        ),
        (KeyError("name"), ("nothing_changed", "KeyError: 'name'"), ("unknown", "KeyError: 'name'")),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
async def test_what_a_handler_raises_changed_nothing_before_it_was_sent_and_is_unknown_after(
    error: Exception, before: tuple[str, str], after: tuple[str, str], bench: Bench
) -> None:
    bench.handler.plan_says = error
    in_plan = await bench.executor().perform(to_dispatch())
    bench.handler.plan_says, bench.handler.says = PLAN, error
    in_activate = await bench.executor().perform(to_dispatch(attempt=2))
    assert (in_plan, in_activate) == (ended(*before), ended(*after, attempt=2))


async def test_a_handler_past_its_deadline_is_unknown(bench: Bench) -> None:
    bench.handler.says = silence
    outcome = await bench.executor().perform(to_dispatch(timeout=SOON))
    assert outcome == ended("unknown", "it did not answer in time")


async def test_the_deadline_is_told_to_the_handler(bench: Bench) -> None:
    await bench.executor().perform(to_dispatch())
    request = bench.handler.requests[0]
    assert (request.deadline, request.sent_at, request.attempt) == (BEGUN + timedelta(minutes=15), None, 1)


async def test_a_cancelled_attempt_has_no_result_on_record_and_no_outcome(bench: Bench) -> None:
    reached = asyncio.Event()
    bench.handler.at_activate, bench.handler.says = reached.set, silence
    task = asyncio.create_task(bench.executor().perform(to_dispatch()))
    await reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [mark for _, mark, _ in on_record(bench)] == ["intent", "dispatched"]


async def test_a_second_attempt_reuses_the_plan_of_the_first(bench: Bench) -> None:
    bench.handler.says = TemporaryHandlerError("not now")
    await bench.executor().perform(to_dispatch())
    bench.handler.plan_says, bench.handler.says = OTHER_PLAN, APPLIED
    await bench.executor().perform(to_dispatch(attempt=2))
    assert bench.handler.plans == [PLAN] * 3
    assert bench.handler.calls == ["plan", "activate", "activate", "status"]


async def test_a_handler_that_is_not_loaded_will_never_do_anything(bench: Bench) -> None:
    outcome = await bench.executor({}).perform(to_dispatch())
    assert outcome == ended("never", "no handler 'fake' is installed")


async def test_a_journal_that_fails_before_the_dispatch_keeps_the_handler_from_acting(
    bench: Bench, lock: Callable[[bool], None]
) -> None:
    lock(True)
    outcome = await bench.executor().perform(to_dispatch())
    lock(False)
    assert isinstance(outcome, StepEnded)
    assert outcome.result is StepResult.NOT_SENT
    assert "database is locked" in outcome.why
    assert (bench.handler.calls, on_record(bench)) == (["plan"], [])


async def test_a_dispatch_that_cannot_be_recorded_keeps_the_handler_from_acting(bench: Bench) -> None:
    with bench.recorder._store.transaction() as connection:
        fails = "WHEN NEW.mark = 'dispatched' BEGIN SELECT RAISE(ABORT, 'full'); END"
        connection.execute(text(f"CREATE TRIGGER full BEFORE INSERT ON marks {fails}"))
    outcome = await bench.executor().perform(to_dispatch())
    assert isinstance(outcome, StepEnded)
    assert outcome.result is StepResult.NOT_SENT
    assert bench.handler.calls == ["plan"]


async def test_a_result_that_cannot_be_recorded_is_told_all_the_same(
    bench: Bench, lock: Callable[[bool], None]
) -> None:
    bench.handler.at_activate = lambda: lock(True)
    outcome = await bench.executor().perform(to_dispatch())
    lock(False)
    assert outcome == ended("applied", "it is done")
    assert [mark for _, mark, _ in on_record(bench)] == ["intent", "dispatched"]


async def test_a_plan_on_record_that_cannot_be_read_stops_the_step(bench: Bench) -> None:
    bench.recorder.moves.intend(FIRST, PLAN, BEGUN)
    with bench.recorder._store.transaction() as connection:
        connection.execute(text("UPDATE marks SET body = 'garbage'"))
    outcome = await bench.executor().perform(to_dispatch())
    assert isinstance(outcome, StepEnded)
    assert outcome.result is StepResult.NEVER
    assert bench.handler.calls == []


async def test_an_attempt_waits_as_long_as_it_was_told(bench: Bench) -> None:
    action = type(to_dispatch())(call=a_call(), wait=timedelta(seconds=10))
    await bench.executor().perform(action)
    assert (bench.clock.pauses, bench.handler.requests[0].deadline) == ([10.0], BEGUN + timedelta(seconds=910))


# status


async def test_what_was_never_sent_is_not_asked_about(bench: Bench) -> None:
    bench.recorder.moves.intend(FIRST, PLAN, BEGUN)
    outcome = await bench.executor().perform(to_ask())
    assert outcome == ended("not_sent", "by the journal it was never sent")
    assert bench.handler.calls == []


async def test_an_attempt_whose_result_is_on_record_is_not_asked_about_again(bench: Bench) -> None:
    await bench.executor().perform(to_dispatch())
    bench.handler.calls.clear()
    assert await bench.executor().perform(to_ask()) == ended("applied", "it is done")
    assert bench.handler.calls == []


@pytest.mark.parametrize("result", sorted(ANSWERS))
async def test_what_was_sent_is_asked_about_with_the_first_plan_and_the_time(result: StepResult, bench: Bench) -> None:
    was_sent(bench)
    bench.handler.status_says = Answer(result=result, why="I looked")
    outcome = await bench.executor().perform(to_ask())
    assert outcome == ended(result, "I looked")
    assert (bench.handler.plans[-1], bench.handler.requests[-1].sent_at) == (PLAN, BEGUN)


async def test_of_a_second_attempt_that_was_not_sent_it_is_known_though_the_first_was(bench: Bench) -> None:
    await bench.executor().perform(to_dispatch())
    outcome = await bench.executor().perform(to_ask(attempt=2))
    assert outcome == ended("not_sent", "by the journal it was never sent", attempt=2)


@pytest.mark.parametrize("error", [HandlerError("no"), TemporaryHandlerError("no"), ValueError("no"), KeyError("no")])
async def test_whatever_a_question_raises_nobody_knows(error: Exception, bench: Bench) -> None:
    was_sent(bench)
    bench.handler.status_says = error
    outcome = await bench.executor().perform(to_ask())
    assert outcome == ended("unknown", f"{type(error).__name__}: {error}")


async def test_a_question_that_is_not_answered_is_unknown(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps_module, "STATUS_TIMEOUT", SOON)
    was_sent(bench)
    bench.handler.status_says = silence
    assert await bench.executor().perform(to_ask()) == ended("unknown", "it did not answer in time")


# a word is not a deed


@pytest.mark.parametrize("word", [StepResult.APPLIED, StepResult.ALREADY_APPLIED])
@pytest.mark.parametrize(("seen", "there"), [("nothing_changed", "not there"), ("partial", "there in part")])
async def test_a_word_that_the_handlers_own_status_denies_is_contradicted(
    word: StepResult, seen: str, there: str, bench: Bench
) -> None:
    bench.handler.says = Answer(result=word, why="done")
    bench.handler.status_says = Answer(result=StepResult(seen), why="no record of it")
    why = f"it said {word} (done); its status says that the effect is {there}: no record of it"
    assert await bench.executor().perform(to_dispatch()) == ended("contradicted", why)
    assert on_record(bench)[-1] == (1, "result", f"contradicted: {why}")


@pytest.mark.parametrize("result", ["unknown", "refused", "never"])
async def test_a_word_that_status_cannot_confirm_stands_and_says_so(result: str, bench: Bench) -> None:
    bench.handler.status_says = Answer(result=StepResult(result), why="no line")
    why = "it is done; its status did not confirm it: no line"
    assert await bench.executor().perform(to_dispatch()) == ended("applied", why)


async def test_a_status_that_does_not_answer_takes_no_word_back(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps_module, "STATUS_TIMEOUT", SOON)
    bench.handler.status_says = silence
    why = "it is done; its status did not confirm it: it did not answer in time"
    assert await bench.executor().perform(to_dispatch()) == ended("applied", why)


async def test_the_second_look_is_told_when_the_attempt_was_sent_and_has_a_deadline_of_its_own(bench: Bench) -> None:
    await bench.executor().perform(to_dispatch())
    request = bench.handler.requests[-1]
    assert (bench.handler.calls[-1], request.sent_at, request.deadline) == (
        "status",
        BEGUN,
        BEGUN + timedelta(seconds=60),
    )


@pytest.mark.parametrize("said", [None, True, "applied", Plan(changes=()), Answer(result="applied", why="x")], ids=repr)  # type: ignore[arg-type]  # nobody checks the types of a plug-in
async def test_an_answer_that_is_none_is_unknown(said: object, bench: Bench) -> None:
    async def nonsense() -> Answer:
        return said  # type: ignore[return-value]  # the same

    bench.handler.says = nonsense
    why = f"it answered with {type(said).__name__}, which is no answer"
    assert await bench.executor().perform(to_dispatch()) == ended("unknown", why)


@pytest.mark.parametrize("result", sorted(set(StepResult) - ANSWERS))
async def test_what_is_not_for_a_handler_to_say_is_unknown(result: StepResult, bench: Bench) -> None:
    bench.handler.says = bench.handler.status_says = Answer(result=result, why="I say so")
    outcomes = [await bench.executor().perform(action) for action in (to_dispatch(), to_ask())]
    assert outcomes == [ended("unknown", f"it answered {result}, which is not for a handler to say")] * 2


async def test_its_texts_are_fit_to_be_shown_and_kept(bench: Bench) -> None:
    bench.handler.says = Answer(result=StepResult.NEVER, why="\x1b[31mpassword=hunter22 " + "x" * 10_000)
    outcome = await bench.executor().perform(to_dispatch())
    assert outcome == ended("never", "password=*** " + "x" * 287)


@pytest.mark.parametrize(
    ("plan", "why"),
    [
        (None, "it planned with NoneType, which is no plan"),
        (Plan(changes="run"), "it planned with Plan, which is no plan"),  # type: ignore[arg-type]  # nobody checks them
        (Plan(changes=(), before={"run": 1}), "its plan keeps something else than texts"),  # type: ignore[dict-item]  # the same
        (
            Plan(changes=(), before={"run": "x" * 65_537}),
            "its plan is too large: at most 100 changes, and 64 KiB of what was before",
        ),
    ],
    ids=["none", "changes", "before", "large"],
)
async def test_a_plan_that_cannot_be_kept_is_none_and_nothing_is_sent(plan: Plan, why: str, bench: Bench) -> None:
    bench.handler.plan_says = plan
    assert await bench.executor().perform(to_dispatch()) == ended("never", why)
    assert (bench.handler.calls, on_record(bench)) == (["plan"], [(1, "result", f"never: {why}")])


async def test_a_plan_may_keep_texts_of_an_enumeration_which_come_back_as_texts(bench: Bench) -> None:
    bench.handler.plan_says = replace(PLAN, before={"run_state": RunState.FAILED})
    await bench.executor().perform(to_dispatch())
    assert [(type(value), value) for value in bench.handler.plans[0].before.values()] == [(str, "failed")]


@pytest.mark.parametrize(
    ("raised", "why"),
    [
        (asyncio.CancelledError(), "something that it waited for was cancelled"),
        (SystemExit(3), "it tried to end aibwatch"),
    ],
    ids=["cancelled", "exit"],
)
async def test_what_ends_a_task_or_a_process_ends_neither(raised: BaseException, why: str, bench: Bench) -> None:
    async def leak() -> Answer:
        raise raised

    bench.handler.says = bench.handler.status_says = leak
    outcomes = [await bench.executor().perform(action) for action in (to_dispatch(), to_ask())]
    assert outcomes == [ended("unknown", why)] * 2


# what a handler can do beyond what it must


@dataclass
class Able(FakeHandler):
    """A handler that says what it can do."""

    can: frozenset[Capability] | Exception = frozenset(Capability)

    async def describe(self) -> Description:
        if isinstance(self.can, Exception):
            raise self.can
        return Description(name="able", version="1", capabilities=self.can)


@dataclass
class Outliving(Able):
    """A handler whose attempts outlive the call that began them."""

    past: Answer | Exception | Say | None = None
    untils: list[datetime] = field(default_factory=list)

    async def rejoin(self, request: HandlerRequest, plan: Plan, until: datetime) -> Answer | None:
        self.untils.append(until)
        return None if self.past is None else await self._answer("rejoin", self.past, request, plan)


@dataclass
class Returning(FakeHandler):
    """A handler with a way back."""

    async def deactivate(self, request: HandlerRequest, plan: Plan) -> Answer:
        return await self._answer("deactivate", self.says, request, plan)


PARTIAL, UNKNOWN = (Answer(result=result, why="who knows") for result in (StepResult.PARTIAL, StepResult.UNKNOWN))


def marks(outcome: object) -> tuple[bool, bool]:
    assert isinstance(outcome, StepEnded)
    return outcome.resumable, outcome.repeatable


@pytest.mark.parametrize(("answer", "marked"), [(PARTIAL, (True, False)), (UNKNOWN, (False, True))])
async def test_a_handler_that_can_bear_to_be_called_again_is_told_apart(
    answer: Answer, marked: tuple[bool, bool], bench: Bench
) -> None:
    bench.handler = Able(says=answer, status_says=answer)
    outcomes = [await bench.executor().perform(action) for action in (to_dispatch(), to_ask())]
    assert [marks(outcome) for outcome in outcomes] == [marked] * 2


@pytest.mark.parametrize("can", [frozenset(), OSError("no line"), {"resume"}], ids=["nothing", "raises", "texts"])
@pytest.mark.parametrize("answer", [PARTIAL, UNKNOWN])
async def test_a_handler_that_does_not_say_so_cannot(answer: Answer, can: object, bench: Bench) -> None:
    bench.handler = Able(says=answer, can=can)  # type: ignore[arg-type]  # nobody checks the types of a plug-in
    assert marks(await bench.executor().perform(to_dispatch())) == (can == {"resume"} and answer is PARTIAL, False)


async def test_back_to_the_primary_a_handler_goes_its_own_way_if_it_has_one(bench: Bench) -> None:
    bench.handler = Returning()
    for kind, attempt in ((MoveKind.FAILBACK, 1), (MoveKind.FAILOVER, 2), (MoveKind.DRILL, 3)):
        await bench.executor().perform(to_dispatch(kind=kind, attempt=attempt))
    assert [call for call in bench.handler.calls if call.endswith("activate")] == ["deactivate", "activate", "activate"]


async def test_a_handler_without_a_way_back_is_activated_for_the_primary(bench: Bench) -> None:
    await bench.executor().perform(to_dispatch(kind=MoveKind.FAILBACK))
    assert bench.handler.calls == ["plan", "activate", "status"]


@pytest.mark.parametrize(
    ("handler", "kind"),
    [(FakeHandler, MoveKind.DRILL), (Returning, MoveKind.DRILL), (Returning, MoveKind.FAILBACK)],
)
@pytest.mark.parametrize(("seen", "result"), [("nothing_changed", "applied"), ("partial", "contradicted")])
async def test_after_a_rehearsal_or_a_way_back_not_there_may_mean_well_done(
    handler: type[FakeHandler], kind: MoveKind, seen: str, result: str, bench: Bench
) -> None:
    bench.handler = handler(status_says=Answer(result=StepResult(seen), why="gone"))
    outcome = await bench.executor().perform(to_dispatch(kind=kind))
    assert isinstance(outcome, StepEnded)
    assert (outcome.result, "gone" in outcome.why) == (StepResult(result), True)


async def test_activated_for_the_primary_not_there_is_a_denial(bench: Bench) -> None:
    bench.handler.status_says = Answer(result=StepResult.NOTHING_CHANGED, why="gone")
    outcome = await bench.executor().perform(to_dispatch(kind=MoveKind.FAILBACK))
    assert isinstance(outcome, StepEnded)
    assert outcome.result is StepResult.CONTRADICTED


async def test_an_attempt_that_outlived_the_daemon_gives_its_answer_and_status_confirms_it(bench: Bench) -> None:
    bench.recorder.moves.intend(FIRST, PLAN, BEGUN)
    bench.recorder.moves.dispatch(FIRST, BEGUN)
    bench.handler = handler = Outliving(past=APPLIED)
    assert await bench.executor().perform(to_ask()) == ended("applied", "it is done")
    assert (handler.calls, handler.untils) == (["rejoin", "status"], [BEGUN + timedelta(minutes=15) + GRACE])


def was_sent(bench: Bench) -> None:
    """Let the journal know that the first attempt was sent, and nothing further: so it is after a crash."""
    bench.recorder.moves.intend(FIRST, PLAN, BEGUN)
    bench.recorder.moves.dispatch(FIRST, BEGUN)


async def sent(bench: Bench, handler: FakeHandler) -> StepEnded:
    """Return how a question is answered about an attempt that was sent, by this handler."""
    was_sent(bench)
    bench.handler = handler
    outcome = await bench.executor().perform(to_ask())
    assert isinstance(outcome, StepEnded)
    return outcome


async def test_an_attempt_that_outlived_the_daemon_is_not_believed_either(bench: Bench) -> None:
    denied = Answer(result=StepResult.NOTHING_CHANGED, why="no record of it")
    outcome = await sent(bench, Outliving(past=APPLIED, status_says=denied))
    assert outcome.result is StepResult.CONTRADICTED


async def test_what_certainly_changed_nothing_needs_no_second_look(bench: Bench) -> None:
    handler = Outliving(past=Answer(result=StepResult.NOTHING_CHANGED, why="not now"))
    assert await sent(bench, handler) == ended("nothing_changed", "not now")
    assert handler.calls == ["rejoin"]


async def test_of_an_attempt_that_left_no_trace_status_decides(bench: Bench) -> None:
    handler = Outliving(past=None)
    assert await sent(bench, handler) == ended("applied", "it is done")
    assert handler.calls == ["status"]


async def test_of_an_attempt_that_ended_without_an_answer_status_decides(bench: Bench) -> None:
    handler = Outliving(past=Answer(result=StepResult.UNKNOWN, why="killed"))
    assert await sent(bench, handler) == ended("applied", "killed; it is done")


async def test_while_an_attempt_goes_on_nobody_asks_about_its_effect(bench: Bench) -> None:
    denied = Answer(result=StepResult.NOTHING_CHANGED, why="not there yet")
    handler = Outliving(past=UnderWayError("it still goes on"), status_says=denied)
    assert await sent(bench, handler) == ended("unknown", "it still goes on")
    assert handler.calls == ["rejoin"]


async def test_while_nobody_knows_whether_an_attempt_goes_on_nobody_asks_either(bench: Bench) -> None:
    handler = Outliving(past=OSError("disk"))
    why = "whether the attempt still goes on is not known: OSError: disk"
    assert await sent(bench, handler) == ended("unknown", why)
    assert handler.calls == ["rejoin"]


async def test_an_attempt_that_may_still_go_on_is_not_repeated_before_it_was_waited_for(bench: Bench) -> None:
    bench.handler = Outliving(says=silence, status_says=UNKNOWN)
    first = await bench.executor().perform(to_dispatch(timeout=SOON))
    then = await bench.executor().perform(to_ask())
    assert (marks(first), marks(then)) == ((False, False), (False, True))
