"""Understand another aibwatch's status, and believe nothing else that answers in its place."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aibwatch.core.model import Region
from aibwatch.sources.parse_peer import Page, Word, parse_status
from aibwatch.views import status
from tests.core.builders import NORTH, WEST, Play

REGIONS = (WEST, NORTH)
TROUBLED = Word(region=WEST, troubled=True, why="the last 6 reads failed")


def a_region(name: str = WEST, view: object = None, **more: object) -> dict[str, object]:
    """Return a region as the page shows it; by default one that is seen in trouble."""
    seen = {"troubled": True, "why": "the last 6 reads failed"} if view is None else view
    return {"name": name, "verdict": "suspect", "own_view": seen, **more}


def page(*regions: object, **changes: object) -> Page:
    body = {"schema": 1, "instance": "5ca1ab1e", "regions": [*regions], **changes}
    return parse_status(json.dumps(body).encode(), REGIONS)


def test_what_it_sees_itself_is_its_word() -> None:
    assert page(a_region()) == Page(instance="5ca1ab1e", words=(TROUBLED,))


def test_what_our_own_page_says_is_understood() -> None:
    play = Play().run(2)
    play.world.probe[WEST] = "service"
    play.run(4)
    body = json.dumps(status.as_dict(play.state, play.setup, play.now)).encode()
    assert {word.region: word.troubled for word in parse_status(body, REGIONS).words} == {WEST: True, NORTH: False}


def test_regions_that_are_not_ours_are_not_heard() -> None:
    assert page(a_region("francecentral"), a_region()).words == (TROUBLED,)


def test_one_that_does_not_see_says_nothing() -> None:
    assert page({"name": WEST, "verdict": "blind", "own_view": None}) == Page(instance="5ca1ab1e")


def test_an_older_version_says_nothing_whatever_its_verdict() -> None:
    assert page({"name": WEST, "verdict": "outage", "score": 12.0}) == Page(instance="5ca1ab1e")


def test_its_verdict_does_not_count_beside_what_it_sees_itself() -> None:
    word = page(a_region(view={"troubled": False, "why": "nothing"}, verdict="outage")).words
    assert [w.troubled for w in word] == [False]


@pytest.mark.parametrize("at", ["1970-01-01T00:00:00Z", "2999-01-01T00:00:00Z", 7, None])
def test_its_clock_does_not_matter(at: object) -> None:
    assert page(a_region(since=at), at=at).words == (TROUBLED,)


@pytest.mark.parametrize(
    "view", [True, "troubled", [], {}, {"troubled": None}, {"troubled": 1}, {"troubled": "yes"}], ids=json.dumps
)
def test_a_word_that_cannot_be_understood_spoils_the_whole_page(view: object) -> None:
    told = page(a_region(NORTH), {"name": WEST, "own_view": view})
    assert told == Page(flaw="what it says of westeurope cannot be understood")


def test_two_words_of_one_region_are_no_word() -> None:
    assert (
        page(a_region(), a_region(view={"troubled": False})).flaw == "what it says of westeurope cannot be understood"
    )


def test_a_reason_is_one_short_line_without_secrets() -> None:
    why = "password=hunter22 \x1b[31m\nno" + "x" * 10_000
    (word,) = page(a_region(view={"troubled": True, "why": why})).words
    assert word.why.startswith("password=*** [31m no")
    assert len(word.why) <= 200


@pytest.mark.parametrize("why", [None, "", 7, ["x"]])
def test_without_a_reason_it_still_has_a_word(why: object) -> None:
    assert page(a_region(view={"troubled": True, "why": why})).words == (
        Word(region=WEST, troubled=True, why="it gives no reason"),
    )


@pytest.mark.parametrize(
    ("raw", "flaw"),
    [
        (b"", "what answers is not an aibwatch: its answer is no JSON object"),
        (b"<html>login</html>", "what answers is not an aibwatch: its answer is no JSON object"),
        (b"[1]", "what answers is not an aibwatch: its answer is no JSON object"),
        (b"[" * 100_000, "what answers is not an aibwatch: its answer is no JSON object"),
        (b'{"regions": []}', "what answers is not an aibwatch that this version understands"),
        (b'{"schema": 2, "regions": []}', "what answers is not an aibwatch that this version understands"),
        (b'{"schema": true, "regions": []}', "what answers is not an aibwatch that this version understands"),
        (b'{"schema": 1, "regions": {}}', "what answers is not an aibwatch that this version understands"),
        (b'{"schema": 1, "regions": ["westeurope"]}', "its answer has a region without a name"),
        (b'{"schema": 1, "regions": [{"name": 7}]}', "its answer has a region without a name"),
    ],
)
def test_what_is_no_status_of_an_aibwatch_is_not_believed(raw: bytes, flaw: str) -> None:
    assert parse_status(raw, REGIONS) == Page(flaw=flaw)


LEAVES = st.none() | st.booleans() | st.integers() | st.text() | st.floats()
ANY = st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)
VIEWS = st.fixed_dictionaries({}, optional={"troubled": ANY, "why": ANY}) | ANY
ENTRIES = st.fixed_dictionaries({}, optional={"name": st.sampled_from(REGIONS) | ANY, "own_view": VIEWS}) | ANY


@given(st.fixed_dictionaries({}, optional={"schema": st.just(1) | ANY, "regions": st.lists(ENTRIES) | ANY}) | ANY)
def test_json_of_any_shape_raises_nothing_and_brings_each_region_once(body: object) -> None:
    words = parse_status(json.dumps(body).encode(), REGIONS).words
    assert len({word.region for word in words}) == len(words)
    assert {word.region for word in words} <= {Region(WEST), Region(NORTH)}


@given(st.binary(max_size=200))
def test_bytes_of_any_kind_raise_nothing(raw: bytes) -> None:
    assert parse_status(raw, REGIONS).words == ()
