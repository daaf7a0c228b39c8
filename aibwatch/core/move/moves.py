"""Tell which moves of a decision are worth writing down: every move that the groups' memory has, as it now stands.

A group remembers its open move, its last one and its last drill; the record keeps all of them. A claim that was given
up leaves no trace in the memory, so it is told by its absence: it was open before, and now it is nowhere.
This module does not know how anything is written.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from aibwatch.core.decision import Note, NoteKind
from aibwatch.core.move.left import Left
from aibwatch.core.move.move import Move
from aibwatch.core.state import GroupState

Key = tuple[str, datetime]
"""Activation id and time of the claim: a claim that was given up leaves its activation id to the next one."""

CLAIMED = re.compile(r"(.+)-\d{8}-\d{6}")
"""An id with the time of its claim; see move_id."""

NOTHING: "Mapping[Key, KeptMove]" = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptMove:
    """A move as it is on record."""

    move: Move
    given_up_at: datetime | None = None
    """When the claim was given up, before anything was changed; None if it was not."""
    given_up_why: str = ""
    left: Left | None = None
    """What the member that was left has built since; None while nobody watches for it."""

    @property
    def key(self) -> Key:
        """What it is known by."""
        return self.move.activation_id, self.move.claimed_at

    @property
    def id(self) -> str:
        """What people call it: the activation id and the time of the claim, to the second."""
        return move_id(self.move)


def move_id(move: Move) -> str:
    """Return what people call a move: "ubuntu-base-7-20260302-021900"."""
    return f"{move.activation_id}-{move.claimed_at.astimezone(UTC):%Y%m%d-%H%M%S}"


def activation_ids(wanted: str) -> tuple[str, ...]:
    """Return the activation ids that a move of this id may have: itself, or without the time of the claim."""
    return (wanted, match[1]) if (match := CLAIMED.fullmatch(wanted)) else (wanted,)


def find(moves: Iterable[KeptMove], wanted: str) -> KeptMove | None:
    """Return the move of this id; of an activation id alone, the one that was claimed last."""
    named = [kept for kept in moves if wanted in {kept.id, kept.move.activation_id}]
    return max(named, key=lambda kept: kept.move.claimed_at, default=None)


def kept_moves(groups: Mapping[str, GroupState], known: Mapping[Key, KeptMove] = NOTHING) -> dict[Key, KeptMove]:
    """Return every move that the groups remember, and every known one whose source is still watched for late runs.

    What is known of late runs stays with the move when nobody watches any more.
    """
    left = {(of.activation_id, of.claimed_at): of for group in groups.values() for of in group.left}
    moves = (move for g in groups.values() for move in (g.move, g.last, g.drill) if move is not None)
    kept = {one.key: one for one in (KeptMove(move=move) for move in moves)}
    kept |= {key: known[key] for key in left if key in known and key not in kept}
    return {key: replace(one, left=left.get(key) or _known_left(known, key)) for key, one in kept.items()}


def _known_left(known: Mapping[Key, KeptMove], key: Key) -> Left | None:
    return known[key].left if key in known else None


def news_of(
    known: Mapping[Key, KeptMove], groups: Mapping[str, GroupState], notes: Iterable[Note], now: datetime
) -> dict[Key, KeptMove]:
    """Return the moves that stand otherwise than is known, as they stand now."""
    present = kept_moves(groups, known)
    changed = {key: kept for key, kept in present.items() if known.get(key) != kept}
    gone = [kept for key, kept in known.items() if key not in present and is_open(kept)]
    said = tuple(notes)
    return changed | {kept.key: _given_up(kept, said, now) for kept in gone}


def is_open(kept: KeptMove) -> bool:
    """Return whether more will come of the move."""
    return kept.move.ended_at is None and kept.given_up_at is None


def _given_up(kept: KeptMove, notes: Iterable[Note], now: datetime) -> KeptMove:
    why = (note.why for note in notes if note.kind is NoteKind.PHASE and note.subject == kept.move.group)
    return replace(kept, given_up_at=now, given_up_why=next(why, "the group is not configured any more"))
