"""How a group stands: whether it wants to leave, where it would go, and what holds it."""

from dataclasses import replace

import pytest

from aibwatch.core.failover import Trigger
from aibwatch.core.gates import gates_of
from aibwatch.core.judging import key
from aibwatch.core.model import Mode, TemplateId
from aibwatch.core.move.move import MoveKind
from aibwatch.core.observation import Observation, Source
from aibwatch.core.policy import GroupSpec
from aibwatch.core.situation import Situation, situation
from aibwatch.core.state import GroupState, State
from aibwatch.core.verdict import Verdict
from tests.core.builders import (
    BASE_FRANCE,
    BASE_NORTH,
    BASE_WEST,
    FRANCE,
    NORTH,
    SCOPE,
    WEST,
    a_group,
    a_group_state,
    a_move,
    a_policy,
    a_poll,
    a_report,
    a_setup,
    a_template,
    a_template_id,
    a_verdict,
    a_window,
    at,
)

THREE = a_group(secondaries=(BASE_NORTH, BASE_FRANCE))
DOWN = a_verdict("outage", convicted=True, why="nothing answers")


def stands(
    *verdicts: Verdict,
    spec: GroupSpec | None = None,
    group: GroupState | None = None,
    forget: TemplateId | None = None,
) -> Situation:
    """Return how the group stands when all regions are listed, answer, and are judged so (healthy if not named)."""
    spec = spec or a_group()
    judged = {r: a_verdict(region=r) for r in (WEST, NORTH, FRANCE)} | {v.region: v for v in verdicts}
    seen: list[Observation] = [a_poll(source=Source.TEMPLATES, subject=SCOPE)]
    for region in judged:
        seen += [a_template(region=region), a_poll(subject=region), a_report(template=a_template_id(region=region))]
    window = a_window(*seen)
    window = replace(window, templates={k: t for k, t in window.templates.items() if k != forget})
    state = State(awake_since=at(0), window=window, verdicts={key("", r): v for r, v in judged.items()})
    return situation(state, a_setup(spec), spec, group or a_group_state(), at(0))


def test_while_the_region_is_well_the_group_is_quiet_and_says_so() -> None:
    seen = stands(a_verdict(why="nothing speaks against it"))
    assert (seen.trigger, seen.why, seen.target) == (
        Trigger.QUIET,
        "westeurope is healthy: nothing speaks against it",
        BASE_NORTH,
    )


def test_gates_are_asked_also_when_no_move_is_wanted() -> None:
    assert [g.name for g in stands().gates] == list(gates_of(MoveKind.FAILOVER))


def test_a_proven_outage_with_open_gates_is_open() -> None:
    seen = stands(DOWN)
    assert (seen.trigger, seen.target, seen.held_by, seen.why) == (
        Trigger.OUTAGE_OPEN,
        BASE_NORTH,
        (),
        "westeurope is down: nothing answers",
    )


def test_an_outage_that_is_only_remembered_is_quiet() -> None:
    assert stands(a_verdict("outage")).trigger is Trigger.QUIET


@pytest.mark.parametrize("kind", ["suspect", "confirming", "recovering", "blind", "global", "learning"])
def test_nothing_but_an_outage_makes_a_group_leave(kind: str) -> None:
    assert stands(a_verdict(kind, convicted=True)).trigger is Trigger.QUIET


def test_a_closed_gate_holds_and_is_told_with_its_reason() -> None:
    seen = stands(DOWN, spec=a_group(policy=a_policy(mode=Mode.SHADOW)))
    assert (seen.trigger, seen.held_by, seen.why) == (
        Trigger.OUTAGE_HELD,
        ("mode_allows",),
        "mode_allows: mode is shadow: it says what it would do and does nothing",
    )


def test_every_gate_that_holds_is_told() -> None:
    seen = stands(DOWN, a_verdict("blind", region=NORTH), spec=a_group(policy=a_policy(mode=Mode.SHADOW)))
    assert seen.held_by == ("not_global", "mode_allows")
    assert seen.why == "; ".join(f"{g.name}: {g.why}" for g in seen.gates if g.name in seen.held_by)


# where to


def test_the_first_secondary_is_preferred() -> None:
    assert stands(DOWN, spec=THREE).target == BASE_NORTH


def test_a_secondary_with_every_gate_open_is_preferred_to_one_without() -> None:
    assert stands(DOWN, a_verdict("blind", region=NORTH), spec=THREE).target == BASE_FRANCE


def test_if_no_secondary_will_do_the_first_is_told_of() -> None:
    sick = [a_verdict("blind", region=r) for r in (NORTH, FRANCE)]
    seen = stands(DOWN, *sick, spec=THREE)
    assert (seen.trigger, seen.target) == (Trigger.OUTAGE_HELD, BASE_NORTH)


def test_from_a_secondary_the_next_one_is_the_target() -> None:
    down = replace(DOWN, region=NORTH)
    assert stands(down, spec=THREE, group=a_group_state(active=BASE_NORTH)).target == BASE_FRANCE


def test_the_primary_is_never_a_target_because_going_back_is_for_a_human() -> None:
    seen = stands(replace(DOWN, region=NORTH), group=a_group_state(active=BASE_NORTH))
    assert (seen.trigger, seen.target, seen.gates, seen.why) == (
        Trigger.OUTAGE_HELD,
        None,
        (),
        "northeurope is down: nothing answers; there is no other secondary to go to, and going back is for a human",
    )


def test_once_claimed_the_target_stands_even_if_another_would_do_better() -> None:
    group = a_group_state("checking", move=a_move(target=BASE_NORTH))
    seen = stands(DOWN, a_verdict("blind", region=NORTH), spec=THREE, group=group)
    assert (seen.target, seen.trigger) == (BASE_NORTH, Trigger.OUTAGE_HELD)


# not known


def test_an_active_member_that_was_never_listed_makes_nobody_move() -> None:
    seen = stands(DOWN, forget=BASE_WEST)
    assert (seen.trigger, seen.region, seen.target) == (Trigger.QUIET, None, None)
    assert seen.why.startswith("base ")


def test_a_region_that_was_not_judged_makes_nobody_move() -> None:
    spec = a_group()
    state = State(awake_since=at(0), window=a_window(a_template()))
    seen = situation(state, a_setup(spec), spec, a_group_state(), at(0))
    assert (seen.trigger, seen.why) == (Trigger.QUIET, "its region was not judged yet")
