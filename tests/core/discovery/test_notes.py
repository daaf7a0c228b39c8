"""What changes in groups by tags is on record, and people are told of what they would miss."""

from aibwatch.core.decision import Note, NoteKind
from aibwatch.core.discovery.problem import Change
from aibwatch.core.events import Observed
from aibwatch.core.window import add
from tests.core.builders import Play, a_discovery, a_window, at

GONE = Change(about="linux", what="not watched any more", why="the tag is gone", loud=True)


def test_every_change_is_a_note_of_its_own() -> None:
    decision = Play().tell(Observed(observations=(a_discovery(changes=(GONE,)),)))
    note = Note(kind=NoteKind.DISCOVERY, subject="linux", what="not watched any more", why="the tag is gone", loud=True)
    assert decision.notes[0] == note


def test_a_look_without_changes_says_nothing() -> None:
    assert Play().run(1).tell(Observed(observations=(a_discovery("linux"),))).notes == ()


def test_the_last_look_counts_and_stays_whatever_its_age() -> None:
    window = a_window(a_discovery("old"), a_discovery("new", when=at(15)), now=at(20))
    assert add(window, (), at(600)).discovery == a_discovery("new", when=at(15))


def test_a_look_dated_later_than_now_is_forgotten_after_the_clock_was_set_back() -> None:
    ahead = a_window(a_discovery("ahead", when=at(60)), now=at(60))
    assert add(ahead, (), at(0)).discovery is None
