"""One click deeper is why: pages of a group, a region, an incident and a move."""

from dataclasses import replace

import pytest

from aibwatch.core.events import Observed
from aibwatch.core.readiness.finding import Finding, Ready
from aibwatch.views.explain import group_as_text, region_as_text
from tests.core.builders import WEST, Play, a_report
from tests.views.stories import STORIES, told

from .every import pages_of
from .strict import Strict, read


def opened(play: Play, name: str) -> Strict:
    return read(pages_of(play)[name])


@pytest.mark.parametrize("story", [s for s in STORIES if s not in {"no_groups", "nothing_seen"}])
def test_one_click_deeper_is_the_whole_explanation(story: str) -> None:
    play = told(story)
    assert opened(play, "group base").text_in("pre") == group_as_text(play.state, play.setup, "base", play.now)


def test_a_region_has_its_whole_explanation_too() -> None:
    play = told("held_by_mode")
    assert opened(play, "region westeurope").text_in("pre") == region_as_text(play.state, play.setup, WEST, play.now)


def test_what_the_reader_can_do_comes_first() -> None:
    page = opened(told("halted"), "group base")
    assert page.text_in("h2").partition("\n")[0] == "What you can do"
    assert "aibwatch reset base" in page.text_in("code")


def test_every_gate_is_on_the_groups_page_the_closed_ones_first() -> None:
    page = opened(told("held_by_many"), "group base")
    states = [word.strip() for word in page.text_in("td").split("\n") if word.strip() in {"CLOSED", "OPEN", "UNKNOWN"}]
    assert states == ["CLOSED"] * 3 + ["OPEN"] * 13


def test_every_rule_of_readiness_is_on_the_groups_page() -> None:
    play = STORIES["quiet"]()
    rule = Finding(rule="machines", state=Ready.NOT_READY, why="no quota is left", at=play.now, details=("4 needed",))
    play.tell(Observed(observations=(replace(a_report("not_ready", when=play.now, why="no quota"), findings=(rule,)),)))
    text = opened(play, "group base").text_in("td")
    assert all(word in text for word in ("machines", "no quota is left", "4 needed"))


def test_a_region_s_evidence_is_told_with_its_weight() -> None:
    text = opened(told("suspect"), "region westeurope").text_in("td")
    assert "+4.5\nprobe\nthe last " in text or "+3.5\nprobe\nthe last " in text


def test_a_move_is_told_from_the_first_sign_to_the_image_and_leads_to_its_incident() -> None:
    page = opened(told("moved_with_image"), "move base-1-20260302-020900")
    assert page.text_in("h1") == (
        "base failed over westeurope -> northeurope at 2026-03-02 02:09 UTC; "
        "its first image there was built 8 min later."
    )
    links = [a["href"] for a in page.all_of("a")]
    assert {"/groups/base", "/incidents/westeurope-20260302-020230"} <= set(links)


def test_an_incident_leads_to_its_region_and_its_moves() -> None:
    page = opened(told("moved_with_image"), "incident westeurope-20260302-020230")
    links = [a["href"] for a in page.all_of("a")]
    assert {"/regions/westeurope", "/moves/base-1-20260302-020900"} <= set(links)
    assert "For the support request" in page.text_in("h2")


def test_a_name_that_is_none_is_answered_with_those_there_are() -> None:
    page = opened(told("quiet"), "missing")
    assert (page.text_in("h1"), "/groups/base" in [a["href"] for a in page.all_of("a")]) == (
        "There is no group nobody.",
        True,
    )
