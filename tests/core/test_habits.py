"""What is usual for a template is learned from what was seen from the beginning, in whatever order it is told."""

from collections.abc import Iterable
from datetime import timedelta
from itertools import permutations

from aibwatch.core.habits import Habit, learn
from aibwatch.core.observation import Observation, TemplateGone, TemplateSeen
from tests.core.builders import BASE_WEST, MINUTE, Play, a_poll, a_run, a_template, a_template_id, at


def a_sight(minute: float, how: str = "running", *, started: float = 0, phase: str = "building") -> TemplateSeen:
    return a_template(run=a_run(how, started=started, ended=minute, phase=phase), when=at(minute))


def learned(*facts: Observation, before: Habit | None = None, known: Iterable[TemplateSeen] = ()) -> Habit | None:
    """Return what is usual for the template after all facts came at once."""
    habits = {BASE_WEST: before} if before else {}
    return learn(habits, facts, {seen.template: seen for seen in known}).get(BASE_WEST)


def a_habit(minutes: float | None = None, *, building: bool = False, started: float = 0) -> Habit:
    to_customizing = None if minutes is None else minutes * MINUTE
    return Habit(started=at(started), to_customizing=to_customizing, building=building)


def test_a_template_that_was_never_run_has_no_habits() -> None:
    assert learned(a_template(), a_poll()) is None


def test_a_run_that_is_seen_to_get_past_building_tells_how_long_that_takes() -> None:
    assert learned(a_sight(1)) == a_habit(building=True)
    assert learned(a_sight(1), a_sight(7, phase="customizing")) == a_habit(7)


def test_a_run_that_was_first_seen_past_building_tells_nothing_of_its_pace() -> None:
    assert learned(a_sight(40, phase="customizing"), a_sight(50, phase="distributing")) == a_habit()


def test_a_run_that_ended_before_it_was_seen_past_building_tells_nothing_of_its_pace() -> None:
    assert learned(a_sight(1), a_sight(9, "service")) == a_habit(building=True)
    assert learned(a_sight(1), a_sight(30, "ok"), a_sight(41, started=40, phase="customizing")) == Habit(
        started=at(40), interval=40 * MINUTE
    )


def test_only_the_first_sight_past_building_is_measured() -> None:
    assert learned(a_sight(1), a_sight(7, phase="customizing"), a_sight(30, phase="distributing")) == a_habit(7)


def test_the_slowest_is_kept_and_forgotten_slowly() -> None:
    slow = a_habit(20, building=True)
    faster, slower = (learned(a_sight(m, phase="customizing"), before=slow) for m in (6, 25))
    assert (faster, slower) == (a_habit(18), a_habit(25))


def test_the_interval_is_a_running_mean_in_which_the_newest_counts_half() -> None:
    runs = [a_sight(m + 5, "ok", started=m) for m in (0, 60, 180)]
    habit = learned(*runs)
    assert habit is not None
    assert (habit.started, habit.interval) == (at(180), 90 * MINUTE)


def test_neither_order_nor_duplicates_matter_within_a_batch() -> None:
    sights = [a_sight(1), a_sight(7, phase="customizing"), a_sight(30, "ok"), a_sight(61, started=60)]
    straight = learned(*sights)
    assert straight is not None
    assert all(learned(*order, order[0]) == straight for order in permutations(sights))


def test_a_sight_that_comes_late_tells_nothing() -> None:
    known = a_sight(7, phase="customizing")
    late = (a_sight(1), a_sight(3))
    assert learned(*late, before=a_habit(7), known=[known]) == a_habit(7)


def test_a_sight_of_an_older_run_tells_nothing() -> None:
    assert learned(a_sight(61, started=10), before=a_habit(started=60)) == a_habit(started=60)


def test_what_is_gone_is_forgotten_and_a_late_word_of_it_is_not_believed() -> None:
    gone = TemplateGone(at=at(5), template=BASE_WEST)
    assert learned(gone, before=a_habit(7)) is None
    assert learned(gone, before=a_habit(7), known=[a_sight(6)]) == a_habit(7)
    assert learned(gone, a_sight(8), before=a_habit(7)) == a_habit(building=True)


def test_where_nothing_is_learned_the_habits_are_the_very_same() -> None:
    habits = {BASE_WEST: a_habit(7)}
    assert learn(habits, (a_poll(), a_sight(8, phase="customizing")), {}) is habits
    assert learn(habits, (TemplateGone(at=at(5), template=BASE_WEST),), {}) == {}
    assert habits == {BASE_WEST: a_habit(7)}


def test_the_engine_learns_from_what_it_observes_and_each_template_has_its_own_habits() -> None:
    play = Play()
    play.world.ran(BASE_WEST, a_run("running", started=0, phase="building"))
    play.run(6).world.ran(BASE_WEST, a_run("running", started=0, phase="customizing"))
    play.run(6)
    assert play.state.habits == {BASE_WEST: a_habit(6.5)}
    assert a_template_id("web") not in play.state.habits


def test_a_run_of_another_clock_is_measured_as_it_is() -> None:
    habit = learned(a_sight(1, started=3), a_sight(2, started=3, phase="customizing"))
    assert habit is not None
    assert habit.to_customizing == timedelta(minutes=-1), "the limit has a least length, so this does no harm"
