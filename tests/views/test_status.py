"""Read `aibwatch status` as a person does, and its JSON as a script does."""

import json
import re

import pytest

from aibwatch.views import status
from tests.core.builders import BASE_NORTH, BASE_WEST, Play

from .stories import STORIES, told
from .words import faults, times_without_age


def text(story: str) -> str:
    play = told(story)
    return status.as_text(play.state, play.setup, play.now)


def body(play: Play) -> dict[str, object]:
    return dict(status.as_dict(play.state, play.setup, play.now))


def test_a_quiet_night_in_full() -> None:
    assert text("quiet") == (
        "All is well in northeurope and westeurope.\n"
        "\n"
        "northeurope  HEALTHY     since 02:00 UTC (9 min)   answered 0 s ago\n"
        "westeurope   HEALTHY     since 02:00 UTC (9 min)   answered 0 s ago\n"
        "base         WATCHING    builds in westeurope"
    )


def test_without_groups_it_says_that_nothing_is_watched() -> None:
    assert text("no_groups").endswith("No group is configured, so nothing is watched.")


def test_before_the_first_polls_it_says_so() -> None:
    assert text("nothing_seen") == "No region was seen yet.\n\nbase  nothing was decided yet"


@pytest.mark.parametrize("story", STORIES)
def test_it_begins_with_one_sentence_and_an_empty_line(story: str) -> None:
    first, second, *_ = text(story).split("\n")
    assert (first.endswith("."), second) == (True, "")


@pytest.mark.parametrize("story", STORIES)
def test_nothing_in_it_is_python_s_or_shouts(story: str) -> None:
    assert faults(text(story)) == []


@pytest.mark.parametrize("story", STORIES)
def test_every_region_and_every_group_has_its_line(story: str) -> None:
    play = told(story)
    lines = text(story).split("\n")[2:]
    names = [r["name"] for r in status.as_dict(play.state, play.setup, play.now)["regions"]]  # type: ignore[attr-defined]
    for name in (*names, *play.setup.groups):
        assert len([line for line in lines if line.split("  ")[0] == name]) == 1, name


@pytest.mark.parametrize("story", ["held_by_mode", "held_by_many", "checking", "moving", "halted"])
def test_a_group_that_does_not_just_watch_says_where_to_ask_why(story: str) -> None:
    assert "-> aibwatch explain base" in text(story)


@pytest.mark.parametrize("story", ["moved", "moved_with_image", "recovered"])
def test_a_group_away_from_home_is_not_called_watching(story: str) -> None:
    line = next(line for line in text(story).split("\n") if line.startswith("base"))
    assert line.split()[1] == "AWAY"


def test_a_group_whose_template_was_never_listed_is_not_called_watching() -> None:
    line = next(line for line in text("never_listed").split("\n") if line.startswith("base"))
    assert (line.split()[1], "builds in" in line) != ("WATCHING", True)


def test_every_time_says_how_long_ago_it_was() -> None:
    # A group may be away for days: a time of day alone says nothing then.
    assert {story: found for story in STORIES if (found := times_without_age(text(story)))} == {}


def test_the_columns_stand_under_each_other() -> None:
    lines = [line for line in text("held_by_mode").split("\n")[2:] if re.match(r"\w", line)]
    assert {re.match(r"\S+ +", line).end() for line in lines} == {13}  # type: ignore[union-attr]


# for scripts

GROUP_KEYS = {
    "name",
    "phase",
    "since",
    "mode",
    "configured_mode",
    "tagged",
    "secondaries",
    "active",
    "active_region",
    "primary",
    "epoch",
    "held_by",
    "asks",
    "why",
    "sentence",
    "build",
    "last_move",
    "protection",
}
REGION_KEYS = {"name", "verdict", "since", "score", "why", "sentence", "evidence", "canary", "correlations", "own_view"}
CANARY_KEYS = {"region", "template", "state", "asked_at", "why", "runs_in_24_h", "max_per_day", "sentence"}


@pytest.mark.parametrize("story", STORIES)
def test_the_json_is_json_of_schema_1_with_its_text_beside_it(story: str) -> None:
    back = json.loads(json.dumps(body(told(story)), allow_nan=False))
    assert set(back) == {"schema", "at", "severity", "headline", "regions", "canaries", "groups", "discovery", "text"}
    assert (back["schema"], back["text"]) == (1, text(story))
    assert back["text"].startswith(back["headline"])


@pytest.mark.parametrize("story", STORIES)
def test_its_keys_are_the_same_in_every_story(story: str) -> None:
    told_of = body(told(story))
    assert {frozenset(r) for r in told_of["regions"]} <= {frozenset(REGION_KEYS)}  # type: ignore[attr-defined]
    assert {frozenset(g) for g in told_of["groups"]} <= {frozenset(GROUP_KEYS)}  # type: ignore[attr-defined]
    assert {frozenset(c) for c in told_of["canaries"]} <= {frozenset(CANARY_KEYS)}  # type: ignore[attr-defined]


@pytest.mark.parametrize("story", STORIES)
def test_its_states_are_plain_lower_case_words(story: str) -> None:
    told_of = json.loads(json.dumps(body(told(story))))
    words = [r["verdict"] for r in told_of["regions"]] + [g["phase"] for g in told_of["groups"]]
    words += [c["state"] for c in told_of["canaries"]]
    assert [w for w in words if not re.fullmatch(r"[a-z]+", w)] == []


def test_the_active_template_is_told_alone() -> None:
    stories = ("nothing_seen", "quiet", "moved")
    ids = [status.active_text(told(s).state, told(s).setup, "base") for s in stories]
    assert ids == [BASE_WEST, BASE_WEST, BASE_NORTH]
