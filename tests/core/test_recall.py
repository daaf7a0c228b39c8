"""A restart forgets nothing that counts: the memory goes through JSON, the window is built from what is on record."""

from dataclasses import replace
from datetime import timedelta, timezone

import pytest

from aibwatch.core.actions import RunCanary
from aibwatch.core.canary.canary import Canary, CanaryResult
from aibwatch.core.decision import Decision, NoteKind
from aibwatch.core.events import Event, LeaseChecked, Observed, Paused, Started
from aibwatch.core.habits import Habit
from aibwatch.core.model import Region, TemplateId
from aibwatch.core.observation import Observation
from aibwatch.core.recall import Memory, memory_of, recall
from aibwatch.core.state import State
from aibwatch.core.verdict import VerdictKind
from aibwatch.runtime.codec import dump_habit, dump_memory, load_habit, load_memory
from tests.core.builders import (
    BASE_NORTH,
    BASE_WEST,
    MINUTE,
    WEST,
    Play,
    a_canary,
    a_canary_run,
    a_canary_spec,
    a_diagnosis,
    a_group_state,
    a_poll,
    a_run,
    a_template,
    a_template_id,
    a_window,
    at,
)


def through_json(state: State) -> Memory:
    """Return what is remembered of the state when it comes back from disk, where each habit has a row of its own."""
    known = memory_of(state)
    habits = {template: load_habit(dump_habit(habit)) for template, habit in known.habits.items()}
    return replace(load_memory(dump_memory(known)), habits=habits)


class Diary(Play):
    """A story with a canary whose observations are on record, so that its daemon may die."""

    def __init__(self) -> None:
        super().__init__(canaries=[a_canary_spec()])
        self.journal: list[Observation] = []

    def tell(self, event: Event) -> Decision:
        if isinstance(event, Observed):
            self.journal += event.observations
        return super().tell(event)

    def restart(self) -> "Diary":
        self.state = recall(through_json(self.state), self.journal, self.now)
        self.tell(Started())
        return self


def a_state(*, canaries: dict[Region, Canary] | None = None, habits: dict[TemplateId, Habit] | None = None) -> State:
    return State(awake_since=at(0), canaries=canaries or {}, habits=habits or {})


# what is remembered


@pytest.mark.parametrize("how", CanaryResult)
def test_a_canary_survives_whatever_became_of_it(how: CanaryResult) -> None:
    run = a_canary_run(how, asked=1.23456, run_before=at(-9), diagnosis=a_diagnosis("ambiguous"))
    state = a_state(canaries={WEST: a_canary(a_canary_run("well"), run)})
    assert recall(through_json(state), (), at(60)).canaries == state.canaries


def test_times_survive_in_whatever_zone_they_were_given() -> None:
    elsewhere = at(1).astimezone(timezone(timedelta(hours=-9, minutes=-30)))
    state = a_state(canaries={WEST: a_canary(a_canary_run("running", run_before=elsewhere))})
    assert recall(through_json(state), (), at(60)).canaries == state.canaries


def test_habits_survive() -> None:
    habit = Habit(started=at(1), interval=61 * MINUTE, to_customizing=timedelta(microseconds=7), building=True)
    state = a_state(habits={BASE_WEST: habit, BASE_NORTH: Habit(started=at(2))})
    assert recall(through_json(state), (), at(60)).habits == state.habits


def test_a_pause_and_the_last_drill_survive() -> None:
    play = Diary()
    play.run(1).tell(Paused(group="", owner="ann", reason="holidays", until=at(600)))
    play.state = replace(play.state, groups={"base": replace(play.group(), drilled_at=at(-99))})
    before = play.group()
    play.restart()
    assert (play.group().pause, play.group().drilled_at, play.group().known_since) == (
        before.pause,
        at(-99),
        before.known_since,
    )


def test_the_window_is_built_from_what_is_on_record_and_its_age_is_known() -> None:
    seen = (a_template(when=at(5)), a_poll(when=at(7)), a_poll(when=at(99)))
    state = recall(Memory(), seen, at(60))
    assert (state.judged_at, state.awake_since, set(state.window.templates)) == (at(7), at(60), {BASE_WEST})


def test_after_a_start_with_nothing_on_record_nothing_was_judged() -> None:
    assert recall(Memory(), (), at(60)) == State(awake_since=at(60), window=a_window(now=at(60)))


def test_the_lease_is_held_by_whom_has_just_begun_until_it_is_checked() -> None:
    lost = replace(a_state(), lease_lost="another daemon wrote", groups={"base": a_group_state()})
    assert recall(through_json(lost), (), at(60)).lease_lost == ""
    play = Diary()
    play.tell(LeaseChecked(held=False, why="another daemon wrote"))
    assert play.state.lease_lost == "another daemon wrote"


# stories of a daemon that dies


def test_a_canary_that_was_asked_for_when_the_daemon_died_is_lost_if_it_does_not_show() -> None:
    play = Diary()
    play.run(2).world.ran(a_template_id("web"), a_run("service", started=1, ended=2))
    play.unanswered = {RunCanary}
    play.run(0.5)
    play.restart()
    assert [r.result for r in play.canary().runs] == ["asked"]
    play.run(3)
    assert ([r.result for r in play.canary().runs], len(play.canaries())) == (["lost"], 1)


def test_a_restart_in_the_middle_of_a_canary_follows_it_to_its_end() -> None:
    play = Diary()
    play.run(2).world.ran(a_template_id("web"), a_run("service", started=1, ended=2))
    play.run(1).world.ran(play.canary().template, a_run("running", started=2.6, phase="building"))
    play.run(5)
    play.now += MINUTE
    play.restart().world.ran(play.canary().template, a_run("ok", started=2.6, ended=20))
    play.run(15)
    assert ([r.result for r in play.canary().runs], len(play.canaries())) == (["well"], 1)
    assert play.verdict().kind is VerdictKind.HEALTHY


def test_a_restart_does_not_give_back_what_was_spent_of_the_day() -> None:
    play = Diary()
    play.canary_answer = a_diagnosis("service")
    play.run(2).world.probe[WEST] = "service"
    play.run(20)
    before = len(play.canary().runs)
    play.restart()
    assert (before, len(play.canary().runs)) == (3, 3)


def test_a_restart_keeps_the_conviction_that_canaries_and_runs_proved() -> None:
    play = Diary()
    play.canary_answer = a_diagnosis("service")
    play.run(2).world.ran(a_template_id("web"), a_run("service", started=1, ended=2))
    play.run(7)
    before = play.verdict()
    assert before.kind is VerdictKind.CONFIRMING
    play.now += MINUTE
    play.restart()
    play.poll()
    assert (play.verdict().kind, play.verdict().confirmed_since) == (before.kind, before.confirmed_since)


def test_verdicts_and_canaries_are_not_told_again_after_a_restart() -> None:
    play = Diary()
    play.run(2).break_region()
    play.run(30)
    told = len(play.said)
    play.restart()
    assert [n.what for n in play.said[told:] if n.kind in {NoteKind.VERDICT, NoteKind.CANARY}] == []
