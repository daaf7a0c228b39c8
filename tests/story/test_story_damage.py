"""Start the daemon on a state that was damaged in the middle of a move: it does everything once, or refuses.

These are a sample; `make crashes` damages the files in many more places.
"""

import pytest

from .crashes import moved
from .damage import Started, damaged

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

ANEW = (
    "put back a copy from before the damage, or move aibwatch.db, aibwatch.db-wal, aibwatch.db-shm and "
    "aibwatch.db.sent away to begin without memory: pauses, halts and moves under way are forgotten, so first see to "
    "it that every group stands as it should"
)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(damage, marks=pytest.mark.beside(damaged, damage))
        for damage in ("aibwatch.db-wal deleted", "aibwatch.db-wal cut at 0.5", "aibwatch.db-wal garbled at 0.3")
    ],
)
async def test_a_journal_that_lost_its_end_is_refused_with_what_it_forgot_and_what_to_do(
    damage: str, outcome: Started
) -> None:
    lost, _, remedy = outcome.said.partition(", sent at ")
    assert outcome.code == 73
    assert lost == ("aibwatch.db: has lost its end: it does not know of step 2 of ubuntu-base-1, attempt 1"), (
        "the one that was done last"
    )
    assert remedy.partition(" ")[2] == (
        "(see aibwatch.db.sent), and would do it again; put aibwatch.db and aibwatch.db-wal back as they were, or "
        "finish or undo that move by hand and delete aibwatch.db.sent to go on from what the journal still knows"
    )


@pytest.mark.parametrize(
    ("damage", "what"),
    [
        pytest.param(damage, what, marks=pytest.mark.beside(damaged, damage))
        for damage, what in (
            ("aibwatch.db deleted", "is gone, but aibwatch.db-wal is there"),
            ("aibwatch.db cut at 0.0", "is empty, but aibwatch.db-wal is there"),
        )
    ],
)
async def test_a_database_that_is_gone_while_its_files_are_there_is_no_new_one(
    damage: str, what: str, outcome: Started
) -> None:
    assert outcome == Started(code=73, said=f"aibwatch.db: {what}; {ANEW}")


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(damage, marks=pytest.mark.beside(damaged, damage))
        for damage in ("aibwatch.db-shm deleted", "aibwatch.db garbled at 0.5")
    ],
)
async def test_what_the_wal_still_has_is_enough_to_do_everything_once(damage: str, outcome: Started) -> None:
    assert outcome == Started(fate=moved())
