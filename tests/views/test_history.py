"""Read the record: a line what, a line why, oldest first."""

import json

from aibwatch.core.decision import Note, NoteKind
from aibwatch.views import history
from aibwatch.views.history import Recorded
from tests.core.builders import at

from .stories import held_by_mode, moved_with_image
from .words import faults

NOTES = (
    Recorded(id=1, at=at(0), note=Note(kind=NoteKind.VERDICT, subject="westeurope", what="a -> b", why="so it is")),
    Recorded(
        id=2, at=at(61.5), note=Note(kind=NoteKind.PHASE, subject="base", what="held", why="a gate closed", loud=True)
    ),
)


def the_record_of(play_notes: list[Note]) -> list[Recorded]:
    return [Recorded(id=i, at=at(i), note=note) for i, note in enumerate(play_notes)]


def test_an_empty_record_says_so() -> None:
    assert history.as_text(()) == "Nothing is on record yet."


def test_the_record_in_full() -> None:
    assert history.as_text(NOTES) == (
        "2026-03-02 02:00:00 UTC  westeurope  a -> b\n"
        "                                     so it is\n"
        "2026-03-02 03:01:30 UTC  base        held\n"
        "                                     a gate closed"
    )


def test_the_json_has_every_note_with_stable_keys_and_the_text_beside_it() -> None:
    body = json.loads(json.dumps(history.as_dict(NOTES)))
    assert (body["schema"], body["text"]) == (1, history.as_text(NOTES))
    assert body["history"][1] == {
        "id": 2,
        "at": "2026-03-02T03:01:30+00:00",
        "kind": "phase",
        "subject": "base",
        "what": "held",
        "why": "a gate closed",
        "loud": True,
    }


def test_an_empty_record_is_an_empty_list() -> None:
    assert history.as_dict(()) == {"schema": 1, "history": [], "moves": [], "text": "Nothing is on record yet."}


def test_the_record_of_a_whole_story_reads_without_python() -> None:
    assert faults(history.as_text(the_record_of(moved_with_image().said))) == []


def test_what_would_have_moved_a_group_in_shadow_names_the_outage() -> None:
    # "would fail over now" is what an operator trusts auto mode by; it must say what it rests on.
    would = [n for n in held_by_mode().said if n.kind is NoteKind.WOULD_MOVE]
    assert len(would) == 1
    assert "westeurope is down" in would[0].why


def test_what_people_wrote_cannot_steer_a_terminal() -> None:
    note = Note(kind=NoteKind.PHASE, subject="base", what="halted -> watching", why="reset: by ann, \x1b[2Jgone")
    assert "\x1b" not in history.as_text(the_record_of([note]))
