"""Run a canary through a night in which time is a variable: when the next one follows, when one counts as stuck."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aibwatch.core.actions import RunCanary
from aibwatch.core.canary.canary import STUCK_AFTER, Canary, CanaryResult, CanaryRun, ask, follow
from aibwatch.core.canary.plan import Trouble, due, respite_until
from aibwatch.core.decision import NoteKind
from aibwatch.core.events import CanaryAnswered, Started, Ticked
from aibwatch.core.model import WELL, Region
from aibwatch.core.policy import CanarySpec
from aibwatch.core.verdict import VerdictKind

from .builders import BASE_WEST, MINUTE, NORTH, WEST, Play, a_diagnosis, a_run, a_template, a_template_id, at

CANARY = a_template_id("canary")
SPEC = CanarySpec(region=WEST, template=CANARY, routine=None)
SECOND = timedelta(seconds=1)


def a_canary(*results: str, respite: timedelta = 20 * MINUTE) -> Canary:
    """Return a canary with one run a minute, each ended at once, from minute 0 on."""
    runs = tuple(
        CanaryRun(asked_at=at(i), ended_at=at(i), why="suspicion", run_before=None, result=CanaryResult(result))
        for i, result in enumerate(results)
    )
    return Canary(region=WEST, template=CANARY, respite=respite, runs=runs)


def waits(canary: Canary, spec: CanarySpec = SPEC) -> timedelta:
    """Return how long after the start of the last run the next one is due, in trouble that went before all of them."""
    assert canary.last is not None
    trouble = Trouble(since=at(-1), onset=at(-1))
    seconds = next(s for s in range(6 * 3600) if due(canary, spec, trouble, canary.last.asked_at + s * SECOND))
    return seconds * SECOND


# the pace


@pytest.mark.parametrize(
    ("results", "times"), [(["failed"], 1), (["failed"] * 2, 2), (["failed"] * 5, 2), (["failed"] * 6, 6)]
)
@pytest.mark.parametrize("again", [5 * MINUTE, 10 * SECOND])
def test_the_more_have_failed_the_later_the_next_one_follows(results: list[str], times: int, again: timedelta) -> None:
    assert waits(a_canary(*results), replace(SPEC, retry_after=again)) == times * again


def test_one_that_took_its_time_to_fail_is_followed_soon() -> None:
    (run,) = a_canary("failed").runs
    slow = replace(a_canary(), runs=(replace(run, ended_at=at(30)),))
    assert waits(slow) == 31 * MINUTE


@pytest.mark.parametrize(("number", "times"), [(1, 1), (2, 2), (3, 4), (9, 12)])
@pytest.mark.parametrize("respite", [20 * MINUTE, 10 * SECOND])
def test_a_good_one_answers_longer_the_more_of_them_there_were(number: int, times: int, respite: timedelta) -> None:
    canary = a_canary(*["well"] * number, respite=respite)
    assert waits(canary, replace(SPEC, respite=respite)) == times * respite
    assert respite_until(canary, at(number)) == at(number - 1) + times * respite


def test_what_forbids_a_conviction_follows_the_configured_respite() -> None:
    play = a_play(replace(SPEC, respite=90 * SECOND)).run(2)
    break_reads(play)
    play.run(2)
    answer_with(play, a_run("ok", started=play.minute - 1, ended=play.minute))
    play.run(0.5)
    assert "until 02:05 UTC only a newer one" in forbidding(play)
    assert play.state.canaries[WEST].respite == 90 * SECOND


# what counts


def test_a_run_that_failed_is_counted_once() -> None:
    canary, trouble = ask(a_canary(), "suspicion", None, at(0)), a_diagnosis("service")
    for now in (at(1), at(2)):
        canary = follow(canary, CanaryAnswered(region=WEST, asked_at=at(0), diagnosis=trouble), {}, now)
    assert (canary.asked, canary.failed) == (1, 1)


@pytest.mark.parametrize("cls", ["service", "ambiguous"])
def test_a_request_answered_with_a_5xx_is_a_failed_canary_though_the_run_may_have_begun(cls: str) -> None:
    canary = ask(a_canary(), "suspicion", None, at(0))
    answer = CanaryAnswered(region=WEST, asked_at=at(0), diagnosis=a_diagnosis(cls), uncertain=True)
    assert follow(canary, answer, {}, at(0)).runs[-1].result is CanaryResult.FAILED


@pytest.mark.parametrize("cls", ["network", "throttled", "customer"])
def test_an_answer_that_leaves_open_whether_a_run_began_is_no_failure(cls: str) -> None:
    canary = ask(a_canary(), "suspicion", None, at(0))
    answer = CanaryAnswered(region=WEST, asked_at=at(0), diagnosis=a_diagnosis(cls), uncertain=True)
    assert follow(canary, answer, {}, at(0)).runs[-1].result is CanaryResult.ASKED


def test_a_run_that_is_stuck_and_then_fails_is_counted_once() -> None:
    assert [c.failed for c in stuck_until("failed")] == [0, 1, 1, 1]


def test_a_run_that_is_broken_does_not_count_as_failed() -> None:
    canary = ask(a_canary(), "suspicion", None, at(0))
    no_right = CanaryAnswered(region=WEST, asked_at=at(0), diagnosis=a_diagnosis("auth"))
    canary = follow(canary, no_right, {}, at(0))
    assert (canary.asked, canary.failed, canary.broken) == (1, 0, "auth trouble")


@pytest.mark.parametrize(("how", "result"), [("ok", "well"), ("auth", "broken"), ("running", "broken")])
def test_a_broken_canary_is_of_use_again_once_somebody_has_built_with_it(how: str, result: str) -> None:
    canary = ask(a_canary(), "suspicion", a_template("canary", run=a_run("ok", started=-9)), at(0))
    no_right = CanaryAnswered(region=WEST, asked_at=at(0), diagnosis=a_diagnosis("auth"))
    canary = follow(canary, no_right, {CANARY: a_template("canary", run=a_run("ok", started=-9))}, at(0))
    assert canary.broken
    canary = follow(canary, Ticked(), {CANARY: a_template("canary", run=a_run(how, started=5))}, at(7))
    assert (canary.runs[-1].result, canary.asked, canary.failed) == (result, 1, 0)


def test_an_old_good_run_that_is_seen_late_repairs_nothing() -> None:
    canary = ask(a_canary(), "suspicion", None, at(0))
    canary = follow(canary, CanaryAnswered(region=WEST, asked_at=at(0), diagnosis=a_diagnosis("auth")), {}, at(0))
    canary = follow(canary, Ticked(), {CANARY: a_template("canary", run=a_run("ok", started=-9))}, at(1))
    assert canary.broken


def test_a_canary_whose_own_run_was_broken_is_not_repaired_by_that_run() -> None:
    canary = ask(a_canary(), "suspicion", None, at(0))
    seen = {CANARY: a_template("canary", run=a_run("auth", started=0.1))}
    for now in (at(1), at(2)):
        canary = follow(canary, Ticked(), seen, now)
    assert [run.result for run in canary.runs] == ["broken"]


# stuck


def stuck_until(end: str) -> list[Canary]:
    """Return the canary while it builds, when it is stuck, when it is stuck twice as long, and at its end."""
    canary, found = ask(a_canary(), "suspicion", None, at(0)), []
    running = a_run("running", started=0.1, phase="building")
    ended = a_run("service" if end == "failed" else "ok", started=0.1, ended=60)
    for minutes, run in ((25, running), (25.1, running), (51, running), (60, ended)):
        canary = follow(canary, Ticked(), {CANARY: a_template("canary", run=run)}, at(minutes))
        found.append(canary)
    return found


def test_a_canary_that_hangs_in_building_is_stuck_after_25_minutes_and_counts_twice_after_50() -> None:
    found = stuck_until("well")
    assert [c.runs[-1].result for c in found] == ["running", "stuck", "stuck", "well"]
    moments = (25, 25.1, 51, 60)
    assert [c.runs[-1].failures(at(m)) for c, m in zip(found, moments, strict=True)] == [0, 1, 2, 0]


def test_a_canary_past_building_is_never_stuck() -> None:
    run = a_run("running", started=0.1, phase="customizing")
    asked = ask(a_canary(), "suspicion", None, at(0))
    canary = follow(asked, Ticked(), {CANARY: a_template("canary", run=run)}, at(200))
    assert canary.runs[-1].result is CanaryResult.ALIVE


def test_a_region_whose_reads_fail_and_whose_canary_hangs_in_building_is_left() -> None:
    play = a_play().run(2)
    break_reads(play)
    play.run(2)
    answer_with(play, a_run("running", started=play.minute - 0.5, phase="building"))
    asked = play.state.canaries[WEST].runs[-1].asked_at
    play.run(23)
    assert (play.verdict().kind, play.phase()) == (VerdictKind.SUSPECT, "watching")
    while play.group().active == BASE_WEST:
        play.run(0.5)
    assert 2 * STUCK_AFTER <= play.now - asked <= 2 * STUCK_AFTER + 10 * MINUTE
    assert play.heard(NoteKind.CANARY, WEST)[-1] == "canary canary is stuck"
    assert [a for a in play.wanted if isinstance(a, RunCanary)] == play.wanted[:1], "it is not run beside itself"


# where it lives


def test_a_canary_in_another_region_than_it_is_to_speak_for_is_never_run() -> None:
    play = a_play(replace(SPEC, template=a_template_id("canary", NORTH)), lives=NORTH).run(2)
    break_reads(play)
    play.run(20)
    assert [a for a in play.wanted if isinstance(a, RunCanary)] == []


# after a crash


def test_a_run_that_was_asked_for_before_a_crash_and_is_nowhere_is_asked_for_again_after_minutes() -> None:
    play = a_play().run(2)
    play.unanswered = {RunCanary}
    break_reads(play)
    play.run(2)
    first = [a.asked_at for a in play.wanted if isinstance(a, RunCanary)]
    play.tell(Started())
    play.run(7)
    assert [a.asked_at - first[0] for a in play.wanted if isinstance(a, RunCanary)][:1] == [timedelta(0)]
    play.run(2)
    assert [a.asked_at - first[0] for a in play.wanted if isinstance(a, RunCanary)] == [timedelta(0), 8 * MINUTE]


def a_play(spec: CanarySpec = SPEC, *, lives: Region = WEST) -> Play:
    """Return a quiet story with a canary."""
    play = Play()
    play.setup = replace(play.setup, canaries={WEST: spec})
    play.world.templates[spec.template] = a_template("canary", lives)
    return play


def break_reads(play: Play) -> None:
    play.world.probe[WEST] = "service"


def answer_with(play: Play, run: object) -> None:
    play.world.templates[CANARY] = replace(play.world.templates[CANARY], run=run)  # type: ignore[arg-type]


def forbidding(play: Play) -> str:
    return next((e.forbids for e in play.verdict().evidence if e.forbids), "")


def test_the_pace_is_part_of_what_the_operator_decides_and_changes_at_once() -> None:
    play = a_play()
    play.run(1)
    play.setup = replace(play.setup, canaries={WEST: replace(SPEC, respite=7 * SECOND)})
    play.run(1)
    assert play.state.canaries[WEST].respite == 7 * SECOND
    assert play.canary_answer == WELL
