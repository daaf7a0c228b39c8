"""What a line of the log is found by."""

from dataclasses import replace

import pytest

from aibwatch.core.decision import Note, NoteKind
from aibwatch.core.model import Diagnosis, FailureClass
from aibwatch.core.observation import Probed
from aibwatch.views.log_line import MOST_IDS, fields_of
from tests.core.builders import WEST, Play, a_probe, at
from tests.views.stories import blind, confirming, held_by_mode, moved, moving, quiet


def fields(play: Play, kind: NoteKind, subject: str) -> dict[str, object]:
    return {**fields_of(Note(kind=kind, subject=subject, what="so", why="because"), play.state)}


def refused(number: int) -> Probed:
    why = Diagnosis(cls=FailureClass.SERVICE, rule="x", summary="500", ids=(f"correlation id {number}",))
    return replace(a_probe(when=at(number)), diagnosis=why)


def test_a_region_that_is_well_has_its_verdict_and_nothing_else() -> None:
    assert fields(quiet(), NoteKind.VERDICT, WEST) == {"region": WEST, "verdict": "healthy"}


def test_a_verdict_has_the_kinds_of_its_evidence_and_its_incident() -> None:
    told = fields(confirming(), NoteKind.VERDICT, WEST)
    assert (told["verdict"], sorted(map(str, told["evidence"]))) == ("confirming", ["probe", "runs"])  # type: ignore[call-overload]  # a list
    assert str(told["incident"]).startswith("westeurope-")


def test_the_latest_ids_of_reads_that_fail_are_told_and_few_of_them() -> None:
    play = confirming()
    window = replace(play.state.window, probes={WEST: (a_probe(cls="ok"), *map(refused, range(9)))}, runs=())
    play.state = replace(play.state, window=window)
    told = fields(play, NoteKind.VERDICT, WEST)
    assert told["ids"] == [f"correlation id {number}" for number in range(8, 8 - MOST_IDS, -1)]


def test_a_group_has_its_phase_and_what_is_known_of_its_region() -> None:
    told = fields(held_by_mode(), NoteKind.HOLD, "base")
    assert (told["group"], told["phase"], told["region"], told["verdict"]) == ("base", "held", WEST, "outage")
    assert "move" not in told


def test_a_move_is_told_with_its_id_and_the_region_that_it_leaves() -> None:
    told = fields(moving(), NoteKind.PHASE, "base")
    assert (told["phase"], told["move"], told["region"]) == ("moving", "base-1", WEST)


def test_a_move_that_has_just_ended_is_still_told_by_its_id() -> None:
    assert fields(moved(), NoteKind.PHASE, "base")["move"] == "base-1"
    assert "move" not in fields(moved(), NoteKind.PAUSE, "base")


@pytest.mark.parametrize(("kind", "subject"), [(NoteKind.HOST, "host"), (NoteKind.DISCOVERY, "what-is-not-there")])
def test_what_is_neither_region_nor_group_has_nothing_beside_its_words(kind: NoteKind, subject: str) -> None:
    assert fields(blind(), kind, subject) == {}
