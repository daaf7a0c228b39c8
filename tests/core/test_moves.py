"""Which moves of a decision are written down, and as what."""

from dataclasses import replace

from aibwatch.core.decision import Note, NoteKind
from aibwatch.core.move.left import Left
from aibwatch.core.move.move import Move
from aibwatch.core.move.moves import KeptMove, activation_ids, find, kept_moves, move_id, news_of
from aibwatch.core.state import GroupState
from tests.core.builders import BASE_WEST, Play, a_group_state, a_move, at

OPEN = a_move()
DONE = a_move(committed_at=at(1), ended_at=at(2))
LEFT = Left(activation_id="base-1", claimed_at=at(0), template=BASE_WEST, at=at(1))


def groups(**settings: object) -> dict[str, GroupState]:
    return {"base": a_group_state(**settings)}  # type: ignore[arg-type]


def news(before: list[KeptMove], now: dict[str, GroupState], *notes: Note) -> list[KeptMove]:
    return list(news_of({kept.key: kept for kept in before}, now, notes, at(9)).values())


def test_a_new_move_is_news_and_one_that_stands_as_it_did_is_none() -> None:
    assert news([], groups(move=OPEN)) == [KeptMove(move=OPEN)]
    assert news([KeptMove(move=OPEN)], groups(move=OPEN)) == []


def test_open_last_and_drilled_moves_are_all_kept() -> None:
    last, drill = a_move(activation_id="base-2"), a_move(activation_id="base-3")
    found = kept_moves(groups(move=OPEN, last=last, drill=drill)).values()
    assert [kept.move for kept in found] == [OPEN, last, drill]


def test_a_move_that_ended_is_written_as_it_ended_and_not_as_given_up() -> None:
    assert news([KeptMove(move=OPEN)], groups(last=DONE)) == [KeptMove(move=DONE)]


def test_a_claim_that_is_nowhere_any_more_was_given_up_for_the_reason_that_was_told() -> None:
    note = Note(kind=NoteKind.PHASE, subject="base", what="checking -> held", why="given up: a gate closed")
    given_up = KeptMove(move=OPEN, given_up_at=at(9), given_up_why="given up: a gate closed")
    assert news([KeptMove(move=OPEN)], groups(), note) == [given_up]


def test_an_ended_move_that_the_group_forgets_stays_as_it_is() -> None:
    assert news([KeptMove(move=DONE)], groups()) == []


def test_what_is_built_late_is_kept_with_the_move_that_left() -> None:
    assert news([KeptMove(move=DONE)], groups(last=DONE, left=(LEFT,))) == [KeptMove(move=DONE, left=LEFT)]


def test_what_was_built_late_is_kept_after_the_watch_has_ended() -> None:
    assert news([KeptMove(move=DONE, left=LEFT)], groups(last=DONE)) == []


def test_what_is_built_late_after_a_second_move_is_kept_with_the_first() -> None:
    second, later = a_move(activation_id="base-2", claimed_at=at(5)), replace(LEFT, run_known=at(4))
    found = news([KeptMove(move=DONE, left=LEFT)], groups(last=second, left=(later,)))
    assert found == [KeptMove(move=second), KeptMove(move=DONE, left=later)]


def test_a_move_is_found_by_its_id_and_by_its_activation_the_last_claim() -> None:
    first, second = KeptMove(move=OPEN), KeptMove(move=a_move(claimed_at=at(5)))
    assert move_id(OPEN) == "base-1-20260302-020000"
    assert find([first, second], "base-1-20260302-020000") == first
    assert find([first, second], "base-1") == second
    assert find([first, second], "base-2") is None


def test_an_id_says_which_activations_it_may_be_of() -> None:
    assert activation_ids("base-1-20260302-020000") == ("base-1-20260302-020000", "base-1")
    assert activation_ids("base-1") == ("base-1",)


def a_claim() -> Move:
    play = Play()
    play.break_region()
    play.until("watching", most=1).run(30)
    last = play.group().last
    assert last is not None
    return last


def test_a_claim_says_what_it_rested_on() -> None:
    case = a_claim().case
    assert case is not None
    assert case.region == "westeurope"
    assert case.verdict.startswith("westeurope is down: ")
    assert {ground.kind for ground in case.evidence if ground.weight > 0} == {"probe", "runs"}
    assert {gate.state for gate in case.gates} == {"open"}
    assert all(gate.why for gate in case.gates)
    assert case.opened_at is not None
    assert case.confirmed_at is not None
    assert case.opened_at <= case.confirmed_at
