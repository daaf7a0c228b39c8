"""The table of phases: complete, with a sentence in every row, and kept as a listing that people can review.

After a wanted change of the table write the listing anew:
.venv/bin/python -m tests.core.test_failover > tests/core/failover_table.txt
"""

from pathlib import Path

import pytest

from aibwatch.core.failover import ORDERS, TABLE, Effect, Row, Trigger, _table
from aibwatch.core.state import Phase

LISTING = Path(__file__).with_name("failover_table.txt")
Cell = tuple[tuple[Phase, Trigger], Row]
CELLS = [(phase, trigger) for phase in Phase for trigger in Trigger]


def listing() -> str:
    """Return the table as text: a block for each phase, a line for each trigger."""
    blocks = []
    for phase in Phase:
        lines = [f"{phase}"]
        for trigger in Trigger:
            row = TABLE[phase, trigger]
            effects = f"  [{', '.join(row.effects)}]" if row.effects else ""
            lines.append(f"  {trigger:<18} -> {row.to:<10}  {row.why}{effects}")
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n"


def rows_into(phase: Phase) -> set[tuple[Phase, Trigger]]:
    return {cell for cell, row in TABLE.items() if row.to is phase and cell[0] is not phase}


def rows_with(effect: Effect) -> set[tuple[Phase, Trigger]]:
    return {cell for cell, row in TABLE.items() if effect in row.effects}


@pytest.mark.parametrize(("phase", "trigger"), CELLS)
def test_every_phase_answers_every_trigger_with_a_sentence(phase: Phase, trigger: Trigger) -> None:
    assert TABLE[phase, trigger].why


@pytest.mark.parametrize("cells", [[], [*TABLE.items(), next(iter(TABLE.items()))]])
def test_a_table_with_a_hole_or_with_two_answers_stops_the_import(cells: list[Cell]) -> None:
    with pytest.raises(AssertionError, match="every phase answers every trigger once"):
        _table(cells)


def test_only_a_reset_leaves_halted() -> None:
    leaving = [trigger for trigger in Trigger if TABLE[Phase.HALTED, trigger].to is not Phase.HALTED]
    assert leaving == [Trigger.RESET]


def test_a_halted_group_does_nothing() -> None:
    assert {effect for trigger in Trigger for effect in TABLE[Phase.HALTED, trigger].effects} == set()


def test_a_reset_changes_no_other_phase_and_does_nothing() -> None:
    rows = {phase: TABLE[phase, Trigger.RESET] for phase in Phase}
    assert {p: (row.to, row.effects) for p, row in rows.items()} == {
        p: (Phase.WATCHING if p is Phase.HALTED else p, ()) for p in Phase
    }


def test_a_move_is_claimed_only_by_a_proven_outage_or_a_human_and_with_every_gate_open() -> None:
    idle, wanted = (Phase.WATCHING, Phase.HELD), (Trigger.OUTAGE_OPEN, Trigger.ORDER_OPEN)
    assert rows_with(Effect.CLAIM) == {(phase, trigger) for phase in idle for trigger in wanted}


def test_an_order_begins_nothing_while_a_move_is_under_way_or_the_group_is_halted() -> None:
    rows = {(p, t): TABLE[p, t] for p in set(Phase) - {Phase.WATCHING, Phase.HELD} for t in ORDERS}
    assert {cell: (row.to, row.effects) for cell, row in rows.items()} == {(p, t): (p, ()) for p, t in rows}


def test_only_a_drill_or_a_failback_is_given_up_after_its_epoch() -> None:
    assert rows_with(Effect.GIVE_UP) == {(Phase.MOVING, Trigger.REHEARSAL_FAILED), (Phase.MOVING, Trigger.IMAGE_FAILED)}
    assert rows_with(Effect.CUT_SHORT) == {(Phase.MOVING, Trigger.OVERTAKEN)}


def test_the_epoch_is_written_only_after_fresh_polls_agreed() -> None:
    assert rows_with(Effect.WRITE_EPOCH) == {
        (Phase.CHECKING, Trigger.FRESH_AGREES),
        (Phase.COMMITTING, Trigger.RESUMED),
    }


def test_the_active_member_changes_only_when_the_epoch_is_written() -> None:
    assert rows_with(Effect.COMMIT) == {(Phase.COMMITTING, Trigger.EPOCH_WRITTEN)}


def test_a_handler_is_called_only_by_a_group_that_moves() -> None:
    asked = rows_with(Effect.ASK_STATUS) | rows_with(Effect.ASK_AFRESH)
    assert rows_with(Effect.DISPATCH) | asked == {
        (Phase.COMMITTING, Trigger.EPOCH_WRITTEN),
        (Phase.MOVING, Trigger.STEP_APPLIED),
        (Phase.MOVING, Trigger.STEP_AGAIN),
        (Phase.MOVING, Trigger.STEP_UNKNOWN),
        (Phase.MOVING, Trigger.RESUMED),
    }


def test_a_move_is_given_up_only_before_anything_was_changed() -> None:
    later = {(p, t) for p, t in rows_with(Effect.ABANDON) if p is not Phase.CHECKING}
    assert later == {(Phase.COMMITTING, Trigger.EPOCH_UNWRITTEN)}


def test_a_restart_never_calls_a_handler_to_act() -> None:
    assert {e for p in Phase for e in TABLE[p, Trigger.RESUMED].effects} == {
        Effect.POLL_AFRESH,
        Effect.WRITE_EPOCH,
        Effect.ASK_AFRESH,
    }


def test_a_restart_leaves_every_group_in_its_phase() -> None:
    assert {p for p in Phase if TABLE[p, Trigger.RESUMED].to is not p} == set()


def test_each_phase_is_come_into_only_by_these_ways() -> None:
    assert rows_into(Phase.COMMITTING) == {(Phase.CHECKING, Trigger.FRESH_AGREES)}
    assert rows_into(Phase.MOVING) == {(Phase.COMMITTING, Trigger.EPOCH_WRITTEN)}
    assert rows_into(Phase.HALTED) == {
        (Phase.COMMITTING, Trigger.EPOCH_REFUSED),
        (Phase.MOVING, Trigger.STEP_HOPELESS),
    }


def test_whatever_leaves_a_moving_phase_ends_or_gives_up_the_move() -> None:
    ending = {Effect.FINISH, Effect.FAIL, Effect.ABANDON, Effect.GIVE_UP, Effect.CUT_SHORT}
    at_work = {Phase.CHECKING, Phase.COMMITTING, Phase.MOVING}
    rows = [row for (phase, _), row in TABLE.items() if phase in at_work and row.to not in at_work]
    assert all(ending & set(row.effects) for row in rows)


def test_the_listing_is_the_table() -> None:
    assert LISTING.read_text(encoding="utf-8") == listing(), __doc__


if __name__ == "__main__":
    print(listing(), end="")  # noqa: T201  # writes the listing, see above
