"""Whether the way was rehearsed lately, and as it is now."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aibwatch.core.model import RunState
from aibwatch.core.move.move import Move, MoveKind, Rehearsed, StepResult
from aibwatch.core.policy import GroupSpec, StepSpec
from aibwatch.core.rehearsal import rehearsed, staleness, why_failed
from aibwatch.core.state import GroupState
from tests.core.builders import (
    T0,
    a_check,
    a_group,
    a_group_state,
    a_move,
    a_policy,
    a_step,
    a_window,
    at,
)

NOW = at(60)
SCRIPT = StepSpec(handler="switch", options={"command": ("/bin/switch",)})
AS_IT_WAS = (Rehearsed(handler="switch", options="[('command', ('/bin/switch',))]", version="1"),)


def a_drill(**settings: object) -> Move:
    return a_move(**{"kind": MoveKind.DRILL, "committed_at": at(1), "ended_at": at(30), **settings})


def stale(
    group: GroupState, *, version: str = "", spec: GroupSpec | None = None, limit: timedelta | None = timedelta(days=35)
) -> tuple[bool, str]:
    known = spec or a_group(steps=(SCRIPT,))
    known = replace(known, policy=a_policy(drill_max_age=limit))
    checks = [a_check(handler="switch", version=version)] if version else []
    return staleness(a_window(*checks), known, group, NOW)


def test_a_drill_that_was_done_is_fresh() -> None:
    assert stale(a_group_state(drilled_at=at(30))) == (False, "last rehearsed 30 min ago")


@pytest.mark.parametrize(
    ("drill", "why"),
    [
        (a_drill(failed=True, steps=(a_step(result=StepResult.NEVER, why="no key"),)), "run-template: no key"),
        (a_drill(failed=True, run_state=RunState.FAILED), "its run failed"),
        (a_drill(failed=True), "it was given up"),
        (a_drill(failed=True, committed_at=None), "its epoch could not be written, and nothing was done"),
    ],
)
def test_a_drill_that_failed_is_stale_and_says_of_what(drill: Move, why: str) -> None:
    group = a_group_state(drill=drill, drilled_at=at(0))
    assert stale(group) == (True, f"the last rehearsal failed 30 min ago: {why}")
    assert why_failed(drill) == why


def test_a_drill_that_was_done_after_one_that_failed_counts() -> None:
    assert stale(a_group_state(drill=a_drill(failed=True), drilled_at=at(40)))[0] is False


def test_a_failover_that_was_done_after_a_drill_that_failed_counts() -> None:
    assert stale(a_group_state(drill=a_drill(failed=True), last=a_move(ended_at=at(40))))[0] is False


def test_a_failback_is_no_rehearsal() -> None:
    back = a_move(kind=MoveKind.FAILBACK, ended_at=at(40))
    assert stale(a_group_state(last=back))[1].startswith("never rehearsed")


def test_a_handler_of_another_version_makes_it_stale() -> None:
    group = a_group_state(drilled_at=at(30), rehearsed_as=AS_IT_WAS)
    assert stale(group, version="1") == (False, "last rehearsed 30 min ago")
    assert stale(group, version="2") == (
        True,
        "last rehearsed 30 min ago, and the handler switch was changed (now 2) since",
    )


def test_a_handler_that_does_not_say_its_version_is_taken_to_be_the_same() -> None:
    assert stale(a_group_state(drilled_at=at(30), rehearsed_as=AS_IT_WAS))[0] is False


@pytest.mark.parametrize(
    "steps",
    [
        (),
        (SCRIPT, SCRIPT),
        (replace(SCRIPT, handler="other"),),
        (replace(SCRIPT, options={"command": ("/bin/other",)}),),
    ],
)
def test_other_steps_than_the_rehearsed_ones_are_stale(steps: tuple[StepSpec, ...]) -> None:
    group = a_group_state(drilled_at=at(30), rehearsed_as=AS_IT_WAS)
    assert stale(group, spec=a_group(steps=steps)) == (
        True,
        "last rehearsed 30 min ago, and its steps were changed since",
    )


def test_nothing_is_stale_where_drills_are_not_asked_for() -> None:
    group = a_group_state(drill=a_drill(failed=True), rehearsed_as=AS_IT_WAS, known_since=T0 - timedelta(days=999))
    assert stale(group, version="2", limit=None) == (False, "drills are not asked for")


def test_what_was_rehearsed_is_the_steps_of_the_move_with_the_latest_versions() -> None:
    step = a_step(handler="switch", options={"command": ("/bin/switch",)})
    checks = [a_check(handler="switch", version="0", when=at(1)), a_check(handler="switch", version="1", when=at(2))]
    assert rehearsed(a_window(*checks, now=at(3)), a_move(steps=(step,))) == AS_IT_WAS
