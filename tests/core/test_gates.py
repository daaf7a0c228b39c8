"""Each gate open, closed and unknown, each with its sentence. Unknown holds like closed."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from aibwatch.core.gates import GATES, Gate, GateState, Question, gates_of, holding, survey
from aibwatch.core.model import Mode, Region, TemplateId
from aibwatch.core.move.move import Move, MoveKind
from aibwatch.core.observation import EventSeen, HandlerChecked, Observation, Source
from aibwatch.core.policy import Freeze, StepSpec
from aibwatch.core.state import GroupState, Pause, State
from aibwatch.core.verdict import Verdict, VerdictKind
from tests.core.builders import (
    BASE_NORTH,
    BASE_WEST,
    FRANCE,
    NORTH,
    SCOPE,
    WEST,
    a_check,
    a_group,
    a_group_state,
    a_move,
    a_peer,
    a_policy,
    a_poll,
    a_report,
    a_setup,
    a_template,
    a_template_id,
    a_verdict,
    a_window,
    against,
    an_event,
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
    drill: timedelta | None = timedelta(days=35),
    steps: tuple[StepSpec, ...] = (StepSpec(handler="run-template"),),
    others: Iterable[str] = (),
    freezes: tuple[Freeze, ...] = (),
    leaving: Verdict | None = None,
    target: TemplateId = BASE_NORTH,
    allowed: tuple[str, ...] = (),
    regions: Mapping[TemplateId, Region] | None = None,
) -> tuple[GateState, str]:
    policy = a_policy(mode=mode, max_moves_per_day=most, drill_max_age=drill)
    spec = replace(a_group(policy=policy, steps=steps), allowed_geographies=allowed, regions=regions or {})
    question = Question(
        state=state or seen(a_list(), a_read(), a_report(when=at(NOW))),
        setup=replace(a_setup(spec, *map(a_group, others)), freezes=freezes),
        spec=spec,
        group=group or a_group_state(),
        target=target,
        source_region=WEST,
        target_region=target_region,
        verdicts={NORTH: a_verdict(region=NORTH)} if verdicts is None else verdicts,
        now=at(now),
        leaving=leaving,
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
        "geography_allowed",
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
        "calm",
        "recovered",
    ]


def test_a_drill_and_a_failback_are_asked_only_what_concerns_them() -> None:
    failover, failback, drill = (set(gates_of(kind)) for kind in MoveKind)
    assert set(GATES) - failover == {"calm", "recovered"}
    assert set(GATES) - failback == {"mode_allows", "drill_fresh", "observers_agree", "calm"}
    assert set(GATES) - drill == {
        *("mode_allows", "cooldown", "blast_radius", "drill_fresh", "observers_agree", "recovered"),
    }


@pytest.mark.parametrize("gate", gates_of(MoveKind.FAILOVER))
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


MISHAP = replace(a_verdict("suspect", region=NORTH), evidence=(against("runs", 2.9, witnesses=1),))


def test_not_global_does_not_mind_a_mishap_of_the_secondary_region() -> None:
    assert ask("not_global", verdicts={NORTH: MISHAP}) == (
        OPEN,
        "northeurope is suspect for a mishap only: so it is",
    )


def test_not_global_minds_a_suspicion_of_the_secondary_region_that_is_more_than_a_mishap() -> None:
    alike = replace(MISHAP, evidence=(against("runs", 5.8, witnesses=2),))
    assert ask("not_global", verdicts={NORTH: alike})[0] is CLOSED
    assert ask("not_global", verdicts={NORTH: replace(MISHAP, evidence=(against("probe"),))})[0] is CLOSED


def test_not_global_knows_a_mishap_that_is_called_global_for_the_outage_beside_it() -> None:
    named = replace(MISHAP, kind=VerdictKind.GLOBAL)
    assert ask("not_global", verdicts={NORTH: named})[0] is OPEN
    down = replace(named, alone=VerdictKind.CONFIRMING)
    assert ask("not_global", verdicts={NORTH: down})[0] is CLOSED


@pytest.mark.parametrize("target", [a_verdict(region=NORTH), MISHAP])
def test_not_global_is_closed_if_the_region_to_leave_is_in_trouble_together_with_a_third(target: Verdict) -> None:
    source = a_verdict("global", why="francecentral shows trouble at the same time")
    verdicts = {NORTH: target, WEST: source}
    assert ask("not_global", verdicts=verdicts) == (CLOSED, "francecentral shows trouble at the same time")
    assert ask("not_global", verdicts={NORTH: target}, leaving=source)[0] is CLOSED, "as the group itself sees it"


# secondary_ready


def test_secondary_ready_is_open_for_a_template_that_was_listed_lately() -> None:
    assert ask("secondary_ready") == (OPEN, "base is provisioned, listed 0 s ago")


def test_secondary_ready_does_not_know_a_secondary_that_was_not_looked_at() -> None:
    told = ask("secondary_ready", state=seen(a_list(), a_read()))
    assert told == (UNKNOWN, "whether base would build was not looked at yet")


def test_secondary_ready_asks_for_no_report_of_the_primary() -> None:
    state = seen(a_list(), a_template(region=WEST, when=at(NOW)))
    assert (
        ask("secondary_ready", state=state, target=BASE_WEST)[0] is CLOSED
    )  # only because it is in the region to leave


def test_secondary_ready_is_closed_for_a_template_that_is_not_there() -> None:
    state = replace(State(awake_since=at(0)), window=a_window(a_report(when=at(NOW)), now=at(NOW)))
    assert ask("secondary_ready", state=state) == (
        CLOSED,
        "base is not listed by Azure; deploy it or remove it from the group",
    )


def test_secondary_ready_is_closed_for_a_template_in_the_region_to_leave() -> None:
    wrong = replace(a_template(region=WEST, when=at(1)), template=BASE_NORTH)
    assert ask("secondary_ready", state=seen(a_list(), wrong, a_report(when=at(NOW)))) == (
        CLOSED,
        "base is in westeurope, the region to leave; a secondary must be elsewhere",
    )


@pytest.mark.parametrize("provisioning", ["failed", "creating", "updating", "deleting"])
def test_secondary_ready_is_closed_for_a_template_that_cannot_be_run(provisioning: str) -> None:
    state = seen(a_list(), a_template(region=NORTH, provisioning=provisioning, when=at(1)), a_report(when=at(NOW)))
    assert ask("secondary_ready", state=state) == (
        CLOSED,
        f"base cannot be run: its provisioningState is {provisioning}",
    )


@pytest.mark.parametrize("polls", [(), (a_list("service"),)])
def test_secondary_ready_does_not_know_a_template_that_was_not_listed_since_the_start(
    polls: tuple[Observation, ...],
) -> None:
    state = seen(*polls, a_report(when=at(NOW)))
    assert ask("secondary_ready", state=state) == (UNKNOWN, "base was not listed since the start")


def test_secondary_ready_does_not_trust_an_old_list() -> None:
    report = a_report(when=at(NOW))
    within, beyond = (ask("secondary_ready", state=seen(a_list(minute=m), report)) for m in (25, 24.9))
    assert within == (OPEN, "base is provisioned, listed 35 min ago")
    assert beyond == (UNKNOWN, "base was last listed 35 min ago, 35 min is the limit")


@pytest.mark.parametrize(
    ("state", "expected", "why"),
    [
        ("ready", OPEN, "base is provisioned, listed 0 s ago"),
        ("degraded", OPEN, "base is provisioned, listed 0 s ago"),
        ("not_ready", CLOSED, "base is not ready: no quota"),
        ("unknown", UNKNOWN, "whether base would build is not known: no quota"),
    ],
)
def test_secondary_ready_believes_a_fresh_report(state: str, expected: GateState, why: str) -> None:
    report = a_report(state, when=at(25), why="no quota")
    assert ask("secondary_ready", state=seen(a_list(), report)) == (expected, why)


@pytest.mark.parametrize("state", ["ready", "not_ready", "unknown"])
def test_secondary_ready_does_not_know_what_an_old_report_says_of_now(state: str) -> None:
    told = ask("secondary_ready", state=seen(a_list(), a_report(state, when=at(24.9))))
    assert told == (UNKNOWN, "base was last checked 35 min ago, 35 min is the limit")


def test_secondary_ready_is_not_opened_by_a_good_report_of_what_is_not_listed() -> None:
    state = replace(seen(a_list(), a_report()), window=a_window(a_report(when=at(50)), now=at(NOW)))
    assert ask("secondary_ready", state=state)[0] is CLOSED


def test_secondary_ready_asks_for_the_report_of_this_secondary() -> None:
    other = a_report("not_ready", template=a_template_id("other", NORTH), when=at(50))
    assert ask("secondary_ready", state=seen(a_list(), other, a_report(when=at(50))))[0] is OPEN


# geography_allowed


def test_geography_allowed_is_open_where_nothing_is_asked_for() -> None:
    assert ask("geography_allowed") == (OPEN, "no geographies are asked for")
    assert ask("geography_allowed", target_region=None) == (OPEN, "no geographies are asked for")


def test_geography_allowed_is_open_inside_and_closed_outside() -> None:
    assert ask("geography_allowed", allowed=("europe",)) == (OPEN, "northeurope is in Europe, which is allowed")
    assert ask("geography_allowed", allowed=("Sweden",)) == (
        CLOSED,
        "northeurope is in Europe, outside of allowed_geographies (Sweden)",
    )


def test_geography_allowed_does_not_know_a_region_that_was_not_seen_or_is_not_in_the_table() -> None:
    told = "base was never seen, so it is not known where it is"
    assert ask("geography_allowed", allowed=("Europe",), target_region=None) == (UNKNOWN, told)
    assert ask("geography_allowed", regions={BASE_NORTH: NORTH}, target_region=None) == (UNKNOWN, told)
    assert ask("geography_allowed", allowed=("Europe",), target_region=Region("atlantis"))[0] is UNKNOWN


def test_geography_allowed_is_closed_where_the_secondary_is_elsewhere_than_the_configuration_says() -> None:
    assert ask("geography_allowed", regions={BASE_NORTH: FRANCE}, allowed=("Europe",)) == (
        CLOSED,
        "base is in northeurope, and by the configuration it should be in francecentral; correct whichever is wrong",
    )
    assert ask("geography_allowed", regions={BASE_NORTH: NORTH})[0] is OPEN


def test_geography_allowed_lets_a_group_go_home_wherever_that_is() -> None:
    assert ask("geography_allowed", target=BASE_WEST, allowed=("Japan",))[0] is OPEN


# lease_held, handler_ok


def test_lease_held_is_closed_while_another_daemon_may_have_the_state() -> None:
    state = replace(seen(), lease_lost="the row names another host")
    assert ask("lease_held", state=state) == (CLOSED, "another daemon may have the state: the row names another host")


def test_handler_ok_is_closed_after_a_handler_of_the_group_said_that_it_cannot_act() -> None:
    assert ask("handler_ok", state=seen(a_check(well=False, when=at(50)))) == (
        CLOSED,
        "the handler run-template could not act when asked 10 min ago: so it says",
    )


def test_handler_ok_asks_every_step_and_no_handler_of_others() -> None:
    steps = (StepSpec(handler="one"), StepSpec(handler="two"))
    for step, handler, expected in ((0, "one", CLOSED), (1, "two", CLOSED), (0, "two", OPEN), (0, "three", OPEN)):
        state = seen(a_check(well=False, handler=handler, step=step))
        assert ask("handler_ok", state=state, steps=steps)[0] is expected, handler


def test_handler_ok_opens_when_the_handler_says_that_it_can_act_again() -> None:
    assert ask("handler_ok", state=seen(a_check(well=False), a_check(when=at(1))))[0] is OPEN


# paused, frozen


@pytest.mark.parametrize(("minute", "expected"), [(59, OPEN), (60, OPEN), (60.1, CLOSED)])
def test_paused_closes_until_its_end(minute: float, expected: GateState) -> None:
    group = a_group_state(pause=Pause(owner="ann", reason="gallery move", until=at(minute)))
    assert ask("paused", group=group)[0] is expected


def test_paused_says_by_whom_why_and_for_how_long() -> None:
    group = a_group_state(pause=Pause(owner="ann", reason="gallery move", until=at(90)))
    assert ask("paused", group=group) == (CLOSED, "paused by ann for 30 min more: gallery move")


@pytest.mark.parametrize(
    ("starts", "ends", "expected"), [(0, 60, OPEN), (0, 60.1, CLOSED), (60, 90, CLOSED), (60.1, 90, OPEN)]
)
def test_frozen_closes_from_its_beginning_until_before_its_end(starts: float, ends: float, expected: GateState) -> None:
    freeze = Freeze(starts=at(starts), ends=at(ends), reason="year's end")
    assert ask("frozen", freezes=(freeze,))[0] is expected


def test_frozen_says_why_and_for_how_long_and_any_of_several_counts() -> None:
    past, present = (Freeze(starts=at(s), ends=at(s + 50), reason="year's end") for s in (0, 40))
    assert ask("frozen", freezes=(past, present)) == (CLOSED, "change freeze for 30 min more: year's end")


def test_frozen_knows_the_moment_in_whatever_zone_it_was_written() -> None:
    tokyo = timezone(timedelta(hours=9))
    freeze = Freeze(starts=at(59).astimezone(tokyo), ends=at(61).astimezone(tokyo), reason="year's end")
    assert ask("frozen", freezes=(freeze,))[0] is CLOSED


# no_unacknowledged_failure


def with_groups(*groups: GroupState) -> State:
    return replace(seen(a_list(), a_read()), groups={g.name: g for g in groups})


def test_no_unacknowledged_failure_closes_while_another_group_is_halted() -> None:
    halted = [a_group_state("halted", name=name) for name in ("web", "sql")]
    assert ask("no_unacknowledged_failure", state=with_groups(*halted), others=("web", "sql")) == (
        CLOSED,
        "the last move of sql and web failed and nobody has looked yet: aibwatch reset sql",
    )


@pytest.mark.parametrize("phase", ["watching", "held", "checking", "committing", "moving"])
def test_no_unacknowledged_failure_minds_no_other_phase(phase: str) -> None:
    state = with_groups(a_group_state(phase, name="web"))
    assert ask("no_unacknowledged_failure", state=state, others=("web",))[0] is OPEN


def test_no_unacknowledged_failure_does_not_wait_for_a_group_that_nobody_can_reset_any_more() -> None:
    assert ask("no_unacknowledged_failure", state=with_groups(a_group_state("halted", name="web")))[0] is OPEN


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
        "no read in the secondary's region is known to have succeeded",
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
        (Mode.APPROVE, CLOSED, "mode is approve, so it asks before it moves"),
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
    assert ask("cooldown", group=moved(0, failed=True)) == (
        CLOSED,
        "its last move failed 60 min ago, the cooldown is 2 h",
    )
    assert ask("cooldown", group=moved(-60, failed=True)) == (OPEN, "last moved 2 h ago")


# blast_radius


def test_blast_radius_counts_the_moves_of_a_day() -> None:
    group = a_group_state(moved_at=(at(-22 * 60), at(0)))
    assert ask("blast_radius", group=group) == (OPEN, "2 moves in 24 h, 3 allowed; no other region is being left")
    assert ask("blast_radius", group=group, most=2) == (CLOSED, "2 moves in 24 h, 2 allowed")


def test_blast_radius_does_not_count_a_move_against_itself() -> None:
    # A failback is looked at again, with its epoch written, when the primary has built.
    group = a_group_state("moving", moved_at=(at(-60), at(0)), move=a_move(committed_at=at(0)))
    state = replace(seen(), groups={"base": group})
    assert ask("blast_radius", group=group, state=state, most=2)[0] is OPEN


def test_blast_radius_counts_the_moves_of_others_that_are_under_way() -> None:
    own = a_group_state("moving", moved_at=(at(0),), move=a_move(committed_at=at(0)))
    others = [
        a_group_state("moving", name=n, moved_at=(at(0),), move=a_move(committed_at=at(0))) for n in ("web", "sql")
    ]
    state = replace(seen(), groups={g.name: g for g in (own, *others)})
    assert ask("blast_radius", group=own, state=state)[0] is OPEN
    third = a_group_state("moving", name="etl", moved_at=(at(0),), move=a_move(committed_at=at(0)))
    state = replace(state, groups={**state.groups, "etl": third})
    assert ask("blast_radius", group=own, state=state)[0] is CLOSED


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


def a_fleet(*moves: float, claimed: int = 0, number: int = 8) -> tuple[State, tuple[str, ...]]:
    """Return a state of so many other groups, of which some moved at a minute, and some just claimed a move."""
    names = tuple(f"g{n}" for n in range(number))
    moved = [a_group_state(name=name, moved_at=(at(m),)) for name, m in zip(names, moves, strict=False)]
    here = a_move(source=a_template_id("base", WEST))
    claims = [a_group_state("checking", name=name, move=here) for name in names[len(moves) : len(moves) + claimed]]
    return with_groups(*moved, *claims), names


@pytest.mark.parametrize(
    ("number", "moves", "expected"), [(2, 2, OPEN), (2, 3, CLOSED), (8, 4, OPEN), (8, 5, CLOSED), (9, 5, CLOSED)]
)
def test_blast_radius_allows_half_of_the_groups_in_a_day_and_three_in_any_case(
    number: int, moves: int, expected: GateState
) -> None:
    state, names = a_fleet(*[0] * moves, number=max(number, moves))
    assert ask("blast_radius", state=state, others=names[:number])[0] is expected


def test_blast_radius_says_that_what_goes_beyond_is_for_a_human() -> None:
    state, names = a_fleet(0, 0, 0, number=4)
    assert ask("blast_radius", state=state, others=names) == (
        CLOSED,
        "3 moves of all groups in 24 h, 3 allowed; the rest is for a human",
    )


def test_blast_radius_counts_the_moves_that_are_claimed_and_not_written_yet() -> None:
    for claimed, expected in ((1, OPEN), (2, CLOSED)):
        state, names = a_fleet(0, claimed=claimed, number=4)
        assert ask("blast_radius", state=state, others=names)[0] is expected


def test_blast_radius_forgets_the_moves_of_others_after_a_day() -> None:
    state, names = a_fleet(*[-23 * 60] * 4)
    assert ask("blast_radius", state=state, others=names[:4])[0] is OPEN


# drill_fresh


def drilled(days: float | None = None, *, known: float = 99, last: Move | None = None) -> GroupState:
    """Return a group that was rehearsed so many days ago."""
    at_ = None if days is None else at(NOW) - timedelta(days=days)
    return a_group_state(drilled_at=at_, known_since=at(NOW) - timedelta(days=known), last=last)


def test_drill_fresh_closes_when_the_last_rehearsal_is_too_old() -> None:
    assert ask("drill_fresh", group=drilled(35)) == (OPEN, "last rehearsed 35 days ago")
    assert ask("drill_fresh", group=drilled(36)) == (
        CLOSED,
        "last rehearsed 36 days ago; 35 days is the limit, so it asks before it moves",
    )


def test_drill_fresh_gives_a_new_group_as_long_for_its_first_drill() -> None:
    assert ask("drill_fresh", group=drilled(known=35)) == (
        OPEN,
        "never rehearsed in the 35 days since it was first seen",
    )
    assert ask("drill_fresh", group=drilled(known=36)) == (
        CLOSED,
        "never rehearsed in the 36 days since it was first seen; 35 days is the limit, so it asks before it moves",
    )


def test_drill_fresh_takes_a_move_that_worked_for_a_rehearsal_and_one_that_failed_for_none() -> None:
    good, bad = (a_move(ended_at=at(0), failed=failed) for failed in (False, True))
    assert ask("drill_fresh", group=drilled(90, last=good)) == (OPEN, "last rehearsed 60 min ago")
    assert ask("drill_fresh", group=drilled(90, last=bad))[0] is CLOSED


def test_drill_fresh_is_open_where_drills_are_not_asked_for() -> None:
    assert ask("drill_fresh", group=drilled(), drill=None) == (OPEN, "drills are not asked for")


# maintenance


def test_maintenance_closes_while_it_is_under_way_in_the_region_to_leave() -> None:
    event = an_event(maintenance=True, when=at(50), began=at(55))
    assert ask("maintenance", state=seen(event)) == (
        CLOSED,
        'maintenance VT60-RPZ "Image Builder: failures" was announced, under way since 02:55 UTC (5 min ago)',
    )


@pytest.mark.parametrize(
    "event",
    [
        an_event(maintenance=False),
        an_event(maintenance=True, active=False),
        an_event(maintenance=True, began=at(61)),
        an_event(NORTH, maintenance=True),
        an_event(concern="other", maintenance=True),
    ],
)
def test_maintenance_does_not_mind_what_is_over_to_come_elsewhere_or_of_no_concern(event: EventSeen) -> None:
    assert ask("maintenance", state=seen(event)) == (OPEN, "no maintenance was announced")


# observers_agree


def test_observers_agree_is_open_if_another_sees_the_trouble_too_or_none_is_known() -> None:
    assert ask("observers_agree") == (OPEN, "no second observer is known")
    assert ask("observers_agree", state=seen(a_peer(when=at(55)))) == (OPEN, "oslo sees the trouble too")


def test_observers_agree_is_closed_if_any_of_them_sees_the_region_well() -> None:
    well = a_peer(troubled=False, peer="rome", when=at(58), why="it builds")
    assert ask("observers_agree", state=seen(a_peer(when=at(59)), well)) == (
        CLOSED,
        "rome sees westeurope well (2 min ago): it builds",
    )


@pytest.mark.parametrize("troubled", [True, False])
def test_observers_agree_does_not_know_what_a_silent_one_would_say(troubled: bool) -> None:
    assert ask("observers_agree", state=seen(a_peer(troubled=troubled, when=at(54.9)))) == (
        UNKNOWN,
        "oslo has not spoken since 02:54 UTC (5 min ago); it is waited for until 03:09 UTC",
    )


@pytest.mark.parametrize("troubled", [True, False])
def test_observers_agree_waits_a_quarter_of_an_hour_for_one_that_fell_silent_and_no_longer(troubled: bool) -> None:
    still, no_more = (a_peer(troubled=troubled, when=at(NOW - silent)) for silent in (15, 15.1))
    assert ask("observers_agree", state=seen(still))[0] is UNKNOWN
    assert ask("observers_agree", state=seen(no_more)) == (
        OPEN,
        "oslo has not spoken since 02:44 UTC (15 min ago), and counts no more: it may be down with the region",
    )


def test_observers_agree_waits_for_nobody_where_another_still_speaks() -> None:
    silent, speaks = a_peer(when=at(NOW - 10)), a_peer(peer="rome", when=at(NOW - 1))
    assert ask("observers_agree", state=seen(silent, speaks)) == (OPEN, "rome sees the trouble too")


def test_observers_agree_is_about_the_region_to_leave() -> None:
    assert ask("observers_agree", state=seen(a_peer(troubled=False, region=NORTH)))[0] is OPEN
