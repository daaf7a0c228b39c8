"""The time line of a region is what the record says, without gaps, and no more than that."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from aibwatch.core.decision import Note, NoteKind
from aibwatch.core.verdict import VerdictKind
from aibwatch.views.history import Recorded
from aibwatch.views.pages.seen import HOURS, Seen
from aibwatch.views.pages.timeline import WIDE, drawn, in_words, reach, spans
from tests.core.builders import FRANCE, MINUTE, NORTH, WEST
from tests.views.stories import told

from .seen import seen_of
from .strict import read

KINDS = [None, *VerdictKind]


def kinds_of(seen: Seen) -> list[tuple[str, float]]:
    """Return what the west was, and for how many minutes."""
    return [(str(part.kind or "-"), round((part.ended - part.began) / MINUTE, 1)) for part in spans(seen, WEST)]


def changed(seen: Seen, *changes: tuple[float, str]) -> Seen:
    """Return the same with these changes on record, each so many minutes ago."""
    notes = tuple(
        Recorded(
            id=n, at=seen.now - ago * MINUTE, note=Note(kind=NoteKind.VERDICT, subject=WEST, what=what, why="so it is")
        )
        for n, (ago, what) in enumerate(changes)
    )
    return replace(seen, notes=notes)


def test_it_tells_the_story_of_an_outage() -> None:
    assert kinds_of(seen_of(told("held_by_mode"))) == [
        ("-", 38.5), ("healthy", 2), ("suspect", 1), ("confirming", 5.5), ("outage", 13)
    ]  # fmt: skip


def test_before_the_first_note_is_what_that_note_says_was_there() -> None:
    seen = changed(seen_of(told("quiet")), (200, "suspect -> healthy"))
    assert kinds_of(seen) == [("suspect", 160), ("healthy", 200)]


def test_without_a_record_it_says_no_more_than_the_verdict_does() -> None:
    assert kinds_of(seen_of(told("quiet"), lost="disk full")) == [("-", 5.5), ("healthy", 9.5)]


def test_a_note_that_is_no_change_changes_nothing() -> None:
    seen = changed(seen_of(told("quiet")), (5, "healthy, and the provider says so"), (3, "well -> ill"))
    assert kinds_of(seen) == [("-", 5.5), ("healthy", 9.5)]


def test_two_notes_that_say_the_same_are_one_time() -> None:
    seen = changed(seen_of(told("quiet")), (12, "suspect -> healthy"), (6, "blind -> healthy"))
    assert kinds_of(seen) == [("suspect", 3), ("healthy", 12)]


def test_a_region_that_was_never_judged_is_not_judged_all_the_time() -> None:
    (only,) = spans(seen_of(told("quiet")), FRANCE)
    assert only.kind is None


def test_it_reaches_as_far_back_as_there_is_something_to_show() -> None:
    seen = seen_of(told("quiet"))
    long_awake = replace(seen, state=replace(seen.state, awake_since=seen.now - timedelta(days=3)))
    assert [reach(one) for one in (seen, changed(seen, (90, "x -> healthy")), long_awake)] == [
        timedelta(minutes=15),
        timedelta(hours=3),
        HOURS,
    ]


def test_it_says_in_words_what_it_draws() -> None:
    page = read(drawn(seen_of(told("held_by_mode")), WEST).text)
    assert page.all_of("svg")[0]["aria-label"] == (
        "The last 60 min of westeurope: not judged for 38 min, then healthy for 2 min, then suspect for 60 s, "
        "then confirming for 5 min, then outage for 13 min."
    )
    assert page.all_of("svg")[0]["role"] == "img"


def test_the_start_of_the_daemon_is_marked_and_told() -> None:
    seen = seen_of(told("quiet"))
    assert len(read(drawn(seen, NORTH).text).all_of("line")) == 1
    assert "aibwatch was started at 02:00 UTC (10 min ago); it did not look before that." in in_words(seen, NORTH).text


@given(st.lists(st.tuples(st.floats(0, 1000), st.sampled_from(KINDS), st.sampled_from(list(VerdictKind)))))
def test_whatever_is_on_record_the_line_has_no_gap_and_stays_in_its_frame(
    changes: list[tuple[float, object, object]],
) -> None:
    oldest_first = sorted(changes, key=lambda change: -change[0])
    seen = changed(seen_of(told("quiet")), *((ago, f"{before} -> {after}") for ago, before, after in oldest_first))
    found = spans(seen, WEST)
    assert (found[0].began, found[-1].ended) == (seen.now - reach(seen), seen.now)
    assert all(one.ended == other.began for one, other in pairwise(found))
    shapes = read(drawn(seen, WEST).text).all_of("rect")
    assert all(int(str(a["x"])) >= 0 and int(str(a["x"])) + int(str(a["width"])) <= WIDE for a in shapes)
