"""Each gate open, closed and unknown, each with its sentence. Unknown holds like closed."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import pytest

from aibwatch.core.gates import GATES, Gate, GateState, Question, holding, survey
from aibwatch.core.model import Mode, Region, TemplateId
from aibwatch.core.observation import HandlerChecked, Observation, Source
from aibwatch.core.state import GroupState, State
from aibwatch.core.verdict import Verdict, VerdictKind
from tests.core.builders import (
    BASE_NORTH,
    FRANCE,
    NORTH,
    SCOPE,
    WEST,
    a_group,
    a_group_state,
    a_move,
    a_policy,
    a_poll,
    a_setup,
    a_template,
    a_template_id,
    a_verdict,
    a_window,
    against,
    at,
)

NOW = 60.0


def a_list(cls: str = "ok", minute: float = NOW) -> Observation:
    return a_poll(cls, when=at(minute), source=Source.TEMPLATES, subject=SCOPE)


def a_read(cls: str = "ok", minute: float = NOW, region: Region = NORTH) -> Observation:
    return a_poll(cls, when=at(minute), subject=region)


def seen(*observations: Observation) -> State:
    """Return a state in which primary and secondary are listed, and these things were seen."""
    listed = (a_template(region=WEST, when=at(0)), a_template(region=NORTH, when=at(0)))
    return State(awake_since=at(0), window=a_window(*listed, *observations, now=at(NOW)))


def ask(
    gate: str,
    *,
    state: State | None = None,
    group: GroupState | None = None,
    mode: Mode = Mode.AUTO,
    target_region: Region | None = NORTH,
    verdicts: Mapping[Region, Verdict] | None = None,
    now: float = NOW,
    most: int = 3,
) -> tuple[GateState, str]:
    spec = a_group(policy=a_policy(mode=mode, max_moves_per_day=most))
    question = Question(
        state=state or seen(a_list(), a_read()),
        setup=a_setup(spec),
        spec=spec,
        group=group or a_group_state(),
        target=BASE_NORTH,
        source_region=WEST,
        target_region=target_region,
        verdicts={NORTH: a_verdict(region=NORTH)} if verdicts is None else verdicts,
        now=at(now),
    )
    answers = {g.name: (g.state, g.why) for g in survey(question)}
    return answers[gate]


OPEN, CLOSED, UNKNOWN = GateState.OPEN, GateState.CLOSED, GateState.UNKNOWN


def test_every_gate_is_asked_in_the_order_in_which_it_is_told() -> None:
    assert list(GATES) == [
        "self_healthy",
        "not_global",
        "secondary_ready",
        "secondary_live",
        "lease_held",
        "handler_ok",
        "mode_allows",
        "paused",
        "frozen",
        "cooldown",
        "no_unacknowledged_failure",
        "blast_radius",
        "drill_fresh",
        "maintenance",
        "observers_agree",
    ]


@pytest.mark.parametrize("gate", GATES)
def test_on_a_good_day_every_gate_is_open_and_says_why(gate: str) -> None:
    state, why = ask(gate)
    assert (state, bool(why)) == (OPEN, True)


def test_closed_and_unknown_gates_hold_and_open_ones_do_not() -> None:
    gates = tuple(Gate(name=state, state=state, why="so it is") for state in GateState)
    assert [g.name for g in holding(gates)] == ["closed", "unknown"]


# self_healthy


def test_self_healthy_is_open_while_journal_and_clock_are_well() -> None:
    assert ask("self_healthy") == (OPEN, "journal and clock are well")


def test_self_healthy_closes_while_the_journal_cannot_be_written() -> None:
    state = replace(seen(), journal_failing_since=at(56))
    assert ask("self_healthy", state=state) == (CLOSED, "the journal cannot be written since 02:56 UTC (4 min ago)")


@pytest.mark.parametrize(("minute", "expected"), [(55.1, CLOSED), (55.0, OPEN)])
def test_self_healthy_waits_after_a_jump_of_the_clock(minute: float, expected: GateState) -> None:
    state, why = ask("self_healthy", state=replace(seen(), clock_stepped_at=at(minute)))
    assert state is expected
    assert expected is OPEN or why == "this host's clock jumped 4 min ago; waiting 5 min to trust it"


# not_global


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("blind", UNKNOWN),
        ("learning", UNKNOWN),
        ("degraded", CLOSED),
        ("maintenance", CLOSED),
        ("confirming", CLOSED),
        ("outage", CLOSED),
        ("recovering", CLOSED),
        ("global", CLOSED),
    ],
)
def test_not_global_asks_how_the_secondary_region_is(kind: str, expected: GateState) -> None:
    told = f"northeurope {VerdictKind(kind).phrase}: so it is"
    assert ask("not_global", verdicts={NORTH: a_verdict(kind, region=NORTH)}) == (expected, told)


@pytest.mark.parametrize(("evidence", "expected"), [("runs", OPEN), ("probe", CLOSED), ("events", CLOSED)])
def test_a_mishap_in_the_secondary_region_does_not_hold_but_trouble_or_an_event_about_it_does(
    evidence: str, expected: GateState
) -> None:
    suspect = replace(a_verdict("suspect", region=NORTH), evidence=(against(evidence),))
    assert ask("not_global", verdicts={NORTH: suspect})[0] is expected


def test_not_global_is_open_while_the_secondary_region_is_healthy() -> None:
    assert ask("not_global") == (OPEN, "northeurope is healthy")


def test_not_global_does_not_know_a_region_that_was_not_judged() -> None:
    assert ask("not_global", verdicts={}) == (UNKNOWN, "northeurope was not judged yet")


def test_not_global_does_not_know_a_secondary_that_was_never_seen() -> None:
    assert ask("not_global", target_region=None) == (
        UNKNOWN,
        "the secondary was never seen, so its region is not known",
    )


# secondary_ready


def test_secondary_ready_is_open_for_a_template_that_was_listed_lately() -> None:
    assert ask("secondary_ready") == (OPEN, "base is provisioned, listed 0 s ago")


def test_secondary_ready_is_closed_for_a_template_that_is_not_there() -> None:
    assert ask("secondary_ready", state=State(awake_since=at(0))) == (
        CLOSED,
        "base is not listed by Azure; deploy it or remove it from the group",
    )


def test_secondary_ready_is_closed_for_a_template_in_the_region_to_leave() -> None:
    wrong = replace(a_template(region=WEST, when=at(1)), template=BASE_NORTH)
    assert ask("secondary_ready", state=seen(a_list(), wrong)) == (
        CLOSED,
        "base is in westeurope, the region to leave; a secondary must be elsewhere",
    )


@pytest.mark.parametrize("provisioning", ["failed", "creating", "updating", "deleting"])
def test_secondary_ready_is_closed_for_a_template_that_cannot_be_run(provisioning: str) -> None:
    state = seen(a_list(), a_template(region=NORTH, provisioning=provisioning, when=at(1)))
    assert ask("secondary_ready", state=state) == (
        CLOSED,
        f"base cannot be run: its provisioningState is {provisioning}",
    )


@pytest.mark.parametrize("polls", [(), (a_list("service"),)])
def test_secondary_ready_does_not_know_a_template_that_was_not_listed_since_the_start(
    polls: tuple[Observation, ...],
) -> None:
    assert ask("secondary_ready", state=seen(*polls)) == (UNKNOWN, "base was not listed since the start")


def test_secondary_ready_does_not_trust_an_old_list() -> None:
    within, beyond = (ask("secondary_ready", state=seen(a_list(minute=m))) for m in (25, 24.9))
    assert within == (OPEN, "base is provisioned, listed 35 min ago")
    assert beyond == (UNKNOWN, "base was last listed 35 min ago, 35 min is the limit")


# secondary_live


def test_secondary_live_is_open_after_a_good_read_just_now() -> None:
    assert ask("secondary_live", state=seen(a_read(minute=59))) == (OPEN, "northeurope answered 60 s ago")


def test_secondary_live_does_not_trust_an_older_read() -> None:
    assert ask("secondary_live", state=seen(a_read(minute=58.9))) == (
        UNKNOWN,
        "the last good read in northeurope was 66 s ago",
    )


@pytest.mark.parametrize("cls", ["service", "network", "throttled", "auth", "customer", "ambiguous"])
def test_secondary_live_is_closed_if_the_last_read_failed(cls: str) -> None:
    state = seen(a_read(minute=59.5), a_read(cls, minute=60))
    assert ask("secondary_live", state=state) == (CLOSED, f"the last read in northeurope failed: {cls} trouble")


@pytest.mark.parametrize("polls", [(), (a_read("service"),)])
def test_secondary_live_does_not_know_a_region_that_never_answered_well(polls: tuple[Observation, ...]) -> None:
    assert ask("secondary_live", state=seen(*polls)) == (
        UNKNOWN,
        "reading in the secondary's region never succeeded",
    )


def test_secondary_live_does_not_know_a_region_that_is_not_known() -> None:
    assert ask("secondary_live", target_region=None)[0] is UNKNOWN


def test_secondary_live_does_not_trust_a_read_from_a_clock_that_was_set_back_since() -> None:
    assert ask("secondary_live", state=seen(a_read(minute=NOW)), now=0)[0] is UNKNOWN


# mode_allows


@pytest.mark.parametrize(
    ("mode", "expected", "why"),
    [
        (Mode.AUTO, OPEN, "mode is auto"),
        (Mode.APPROVE, CLOSED, "mode is approve, and this version cannot take approvals yet"),
        (Mode.SHADOW, CLOSED, "mode is shadow: it says what it would do and does nothing"),
    ],
)
def test_mode_allows_only_in_auto(mode: Mode, expected: GateState, why: str) -> None:
    assert ask("mode_allows", mode=mode) == (expected, why)


# cooldown


def moved(minute: float, *, failed: bool = False) -> GroupState:
    return a_group_state(last=a_move(ended_at=at(minute), failed=failed))


def test_cooldown_is_open_before_the_first_move() -> None:
    assert ask("cooldown") == (OPEN, "no move before this one")


def test_cooldown_closes_after_a_move_and_opens_when_it_is_over() -> None:
    assert ask("cooldown", group=moved(1)) == (CLOSED, "moved 59 min ago, the cooldown is 60 min")
    assert ask("cooldown", group=moved(0)) == (OPEN, "last moved 60 min ago")


def test_cooldown_doubles_after_a_failed_move() -> None:
    assert ask("cooldown", group=moved(0, failed=True)) == (CLOSED, "moved 60 min ago, the cooldown is 2 h")
    assert ask("cooldown", group=moved(-60, failed=True)) == (OPEN, "last moved 2 h ago")


# blast_radius


def test_blast_radius_counts_the_moves_of_a_day() -> None:
    group = a_group_state(moved_at=(at(-22 * 60), at(0)))
    assert ask("blast_radius", group=group) == (OPEN, "2 moves in 24 h, 3 allowed; no other region is being left")
    assert ask("blast_radius", group=group, most=2) == (CLOSED, "2 moves in 24 h, 2 allowed")


def test_blast_radius_forgets_moves_older_than_a_day() -> None:
    old: tuple[datetime, ...] = (at(-23 * 60),) * 9
    assert ask("blast_radius", group=a_group_state(moved_at=old))[0] is OPEN


def another(phase: str, region: Region) -> State:
    template = a_template_id("other", region)
    move = a_move(group="other", source=template, activation_id="other-1")
    group = a_group_state(phase, name="other", move=move)
    return replace(seen(a_template("other", region)), groups={"other": group})


@pytest.mark.parametrize("phase", ["checking", "committing", "moving"])
def test_blast_radius_closes_while_another_group_leaves_another_region(phase: str) -> None:
    assert ask("blast_radius", state=another(phase, FRANCE)) == (
        CLOSED,
        "other is leaving francecentral at this moment; one region at a time",
    )


def test_blast_radius_is_open_while_another_group_leaves_the_same_region() -> None:
    assert ask("blast_radius", state=another("moving", WEST))[0] is OPEN


@pytest.mark.parametrize("phase", ["watching", "held", "halted"])
def test_blast_radius_does_not_mind_groups_that_do_not_move(phase: str) -> None:
    assert ask("blast_radius", state=another(phase, FRANCE))[0] is OPEN


def test_blast_radius_does_not_mind_the_groups_own_move() -> None:
    own = a_group_state("checking", move=a_move(source=a_template_id("other", FRANCE)))
    assert ask("blast_radius", state=replace(seen(), groups={"base": own}), group=own)[0] is OPEN


# handler_ok


def checked(*, group: str = "base", target: TemplateId = BASE_NORTH, well: bool = False) -> HandlerChecked:
    why = "base-north could not be read: 403 AuthorizationFailed"
    return HandlerChecked(at=at(NOW - 4), group=group, handler="run-template", target=target, well=well, why=why)


def test_handler_ok_is_open_until_a_handler_says_that_it_cannot_act() -> None:
    assert ask("handler_ok") == (OPEN, "no handler said that it cannot act")
    assert ask("handler_ok", state=seen(checked(well=True)))[0] is OPEN


def test_handler_ok_closes_when_the_handler_could_not_act_on_this_target_and_says_why() -> None:
    assert ask("handler_ok", state=seen(checked())) == (
        CLOSED,
        f"the handler run-template could not act when asked 4 min ago: {checked().why}",
    )


def test_handler_ok_does_not_mind_what_the_same_handler_said_of_another_group_or_target() -> None:
    other = a_template_id("other", NORTH)
    assert ask("handler_ok", state=seen(checked(group="other"), checked(target=other)))[0] is OPEN
