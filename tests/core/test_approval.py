"""Ask before moving: the request, the answer, the answer that does not come, and two answers."""

from datetime import timedelta

import pytest

from aibwatch.core.actions import PollAfresh
from aibwatch.core.approval import Answered, Approval
from aibwatch.core.decision import NoteKind, Refusal
from aibwatch.core.events import Started
from aibwatch.core.model import Mode
from tests.core.builders import (
    BASE_FRANCE,
    BASE_NORTH,
    BASE_WEST,
    FRANCE,
    MINUTE,
    NORTH,
    WEST,
    Play,
    a_group,
    a_policy,
    a_world,
    at,
    the,
)

ASKED = "asks to move to base"


def a_play(mode: Mode = Mode.APPROVE, **settings: object) -> Play:
    """Return a story in which the group's region is proven down and the group asks."""
    play = Play(a_group(policy=a_policy(mode=mode, **settings))).run(2)
    play.break_region()
    return play.until("held")


def asked(play: Play) -> Approval:
    approval = play.group().approval
    assert approval is not None, play.group()
    return approval


def test_a_group_in_mode_approve_asks_and_holds() -> None:
    play = a_play()
    assert (play.group().held_by, asked(play).id, asked(play).answer) == (("mode_allows",), "base-1", None)
    (note,) = [n for n in play.said if n.what == ASKED]
    assert note.loud
    assert note.why.endswith("aibwatch approve base-1, or aibwatch deny base-1")


def test_an_approval_lets_it_move() -> None:
    play = a_play()
    reply = play.answer("approved")
    assert (reply.refusal, reply.text) == (None, "base-1 is approved; it moves when fresh polls agree")
    assert (play.group().active, play.group().approval) == (BASE_NORTH, None)
    assert the(the(play.group().last).approval).owner == "ann"


def test_a_denial_holds_until_the_incident_is_over_and_is_not_asked_again() -> None:
    play = a_play()
    assert play.answer("denied").refusal is None
    play.break_region()
    play.run(40)
    assert (play.phase(), play.group().active, asked(play).answer) == ("held", BASE_WEST, Answered.DENIED)
    assert play.heard(NoteKind.APPROVAL).count(ASKED) == 1


def test_a_denied_move_is_asked_for_again_in_the_next_incident() -> None:
    play = a_play()
    play.answer("denied")
    play.mend_region()
    play.run(90)
    assert (play.phase(), play.group().approval) == ("watching", None)
    play.break_region()
    play.until("held")
    assert asked(play).answer is None


def test_of_two_answers_the_first_counts_and_the_second_is_told() -> None:
    play = a_play()
    play.unanswered = {PollAfresh}
    first, second = play.answer("denied"), play.answer("approved", owner="ben")
    assert (first.refusal, second.refusal) == (None, Refusal.BUSY)
    assert second.text == "base-1 was denied by ann 0 s ago: so she says"
    assert play.group().active == BASE_WEST


def test_a_request_without_an_answer_holds_and_is_told_again() -> None:
    play = a_play(approve_timeout=10 * MINUTE)
    play.run(8)
    play.break_region()
    play.run(17)
    assert play.heard(NoteKind.APPROVAL).count("still waits for approval") == 2
    assert (play.phase(), play.group().active) == ("held", BASE_WEST)


def test_an_approval_after_the_recovery_moves_nothing() -> None:
    play = a_play()
    play.mend_region()
    play.run(20)
    reply = play.answer("approved")
    assert (reply.refusal, play.group().active) == (Refusal.UNASKED, BASE_WEST)
    assert reply.text == "base asks for nothing under base-1; it was not asked, or the outage has passed"
    assert "request base-1 withdrawn" in play.heard(NoteKind.APPROVAL)


def test_an_approval_that_a_gate_kept_from_being_used_is_asked_for_anew() -> None:
    play = a_play(approve_timeout=5 * MINUTE)
    play.world.probe[NORTH] = "network"
    play.run(1)
    play.answer("approved")
    assert play.group().active == BASE_WEST
    play.break_region()
    play.run(6)
    play.world.probe[NORTH] = "ok"
    play.run(2)
    assert (play.group().active, asked(play).answer) == (BASE_WEST, None)
    assert play.heard(NoteKind.APPROVAL).count(ASKED) == 2


def test_an_approval_counts_for_its_time_and_not_longer() -> None:
    known = Approval(
        id="base-1",
        target=BASE_NORTH,
        incident="i",
        asked_at=at(0),
        told_at=at(0),
        answer=Answered.APPROVED,
        answered_at=at(5),
    )
    counts = [known.counts(timedelta(minutes=15), at(m)) for m in (4.9, 5, 19.9, 20)]
    assert counts == [False, True, True, False]


def test_an_answer_to_another_request_is_refused() -> None:
    play = a_play()
    assert play.answer("approved", id="base-7").refusal is Refusal.UNASKED
    assert play.group().active == BASE_WEST


def test_every_answer_is_on_record_with_who_and_why() -> None:
    play = a_play()
    play.answer("denied")
    play.answer("approved", owner="ben")
    told = [(n.what, n.why.split(": ")[0]) for n in play.said if n.kind in {NoteKind.ORDER, NoteKind.APPROVAL}]
    assert ("base-1 denied", "by ann") in told
    assert ("approve refused", "by ben, so she says") in told


def test_a_restart_remembers_what_was_asked_and_asks_no_second_time() -> None:
    play = a_play()
    play.tell(Started())
    play.run(1)
    assert play.heard(NoteKind.APPROVAL).count(ASKED) == 1
    play.answer("approved")
    assert play.group().active == BASE_NORTH


def test_shadow_never_asks() -> None:
    play = a_play(Mode.SHADOW)
    assert (play.group().approval, play.heard(NoteKind.WOULD_MOVE)) == (None, ["would fail over now"])


@pytest.mark.parametrize("mode", [Mode.AUTO, Mode.APPROVE])
def test_a_stale_drill_makes_it_ask_in_auto_too(mode: Mode) -> None:
    play = a_play(mode, drill_max_age=timedelta(minutes=1))
    assert "drill_fresh" in play.group().held_by
    assert asked(play).id == "base-1"
    play.answer("approved")
    assert play.group().active == BASE_NORTH


def test_a_gate_that_nobody_can_approve_is_not_asked_about() -> None:
    play = Play(a_group(policy=a_policy(mode=Mode.APPROVE))).run(2)
    play.world.probe[NORTH] = "service"
    play.break_region()
    play.until("held")
    assert (play.group().approval, "secondary_live" in play.group().held_by) == (None, True)


def test_an_approval_is_for_one_target_and_another_one_is_asked_for_anew() -> None:
    spec = a_group(secondaries=(BASE_NORTH, BASE_FRANCE), policy=a_policy(mode=Mode.APPROVE))
    play = Play(spec, world=a_world(WEST, NORTH, FRANCE)).run(2)
    play.break_region()
    play.until("held")
    play.unanswered = {PollAfresh}
    play.answer("approved")
    play.world.probe[NORTH] = "network"
    play.run(1)
    assert (play.phase(), asked(play).target, asked(play).answer) == ("held", BASE_FRANCE, None)
    play.unanswered = set()
    play.answer("approved")
    assert play.group().active == BASE_FRANCE


def test_it_asks_for_the_secondary_that_only_wants_approval() -> None:
    spec = a_group(secondaries=(BASE_NORTH, BASE_FRANCE), policy=a_policy(mode=Mode.APPROVE))
    play = Play(spec, world=a_world(WEST, NORTH, FRANCE)).run(2)
    play.world.probe[NORTH] = "network"
    play.break_region()
    play.until("held")
    assert asked(play).target == BASE_FRANCE
