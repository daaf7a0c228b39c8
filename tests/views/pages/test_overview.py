"""The status page: a colour from across the room, the worst first, and a large fleet that stays readable."""

from time import process_time

import pytest

from aibwatch.core.events import Observed
from aibwatch.views.pages import overview
from tests.core.builders import NORTH, WEST, Play, a_group, a_report, a_template, a_template_id
from tests.views.stories import STORIES, told

from .seen import seen_of
from .strict import Strict, read


def status(play: Play) -> Strict:
    return read(overview.as_html(seen_of(play)))


@pytest.mark.parametrize("story", STORIES)
def test_the_title_of_the_tab_is_the_headline(story: str) -> None:
    page = status(told(story))
    assert page.text_in("title").partition("\n")[0] == f"aibwatch: {page.text_in('h1')}"


def test_without_groups_it_says_that_nothing_is_watched() -> None:
    assert "No group is configured, so nothing is watched." in status(told("no_groups")).text_in("p")


TONES = {
    "quiet": ("good", "All is well"),
    "suspect": ("doubt", "Take a look"),
    "confirming": ("doubt", "Take a look"),
    "blind": ("doubt", "Take a look"),
    "held_by_mode": ("bad", "Outage"),
    "halted": ("bad", "Outage"),
    "everywhere": ("bad", "Outage"),
}


@pytest.mark.parametrize(("story", "tone"), TONES.items())
def test_from_across_the_room_it_is_a_colour_and_a_word(story: str, tone: tuple[str, str]) -> None:
    page = status(told(story))
    banners = [str(a["class"]) for a in page.all_of("div") if str(a.get("class")).startswith("banner")]
    assert (banners, tone[1] in page.text_in("p")) == ([f"banner {tone[0]}"], True)
    assert page.all_of("link")[0]["href"] == f"/icons/{tone[0]}.svg"


BADGES = {
    "quiet": "WATCHING",
    "held_by_mode": "HELD",
    "checking": "CHECKING",
    "moving": "MOVING",
    "moved": "AWAY",
    "halted": "HALTED",
    "nothing_seen": "STARTING",
}


@pytest.mark.parametrize(("story", "badge"), BADGES.items())
def test_a_group_wears_its_phase(story: str, badge: str) -> None:
    assert badge in status(told(story)).text_in("article")


def test_a_group_whose_template_was_never_listed_is_not_green() -> None:
    assert cards(status(told("never_listed")))[-1] == "card doubt"


def test_closed_gates_are_in_words_and_open_ones_counted() -> None:
    text = status(told("held_by_many")).text_in("article").replace("\n", "")
    assert "secondary_ready holds: base cannot be run: its provisioningState is failed" in text
    assert "13 gates open" in text


def test_a_move_is_told_with_its_steps() -> None:
    assert "run-template for base, under way, attempt 1" in status(told("moving")).text_in("ol")
    assert "run-template for base, applied (02:09:00 UTC)" in status(told("moved_with_image")).text_in("ol")


def test_a_secondary_that_is_not_ready_is_on_its_groups_card_and_takes_its_green() -> None:
    play = STORIES["quiet"]()
    play.tell(Observed(observations=(a_report("not_ready", when=play.now, why="no quota"),)))
    page = status(play)
    assert "northeurope \n✖\n NOT READY\n \nno quota" in page.text_in("dd")
    assert cards(page)[-1] == "card doubt"


def test_a_source_that_fails_is_told_with_its_reason() -> None:
    text = status(told("suspect")).text_in("table").replace("\n", "|")
    assert "FAILING|reads of a template (2 regions)|0 s ago|0 s ago|1 of 2 regions: service trouble" in text


def test_where_the_record_cannot_be_read_it_says_so_and_shows_all_the_rest() -> None:
    page = read(overview.as_html(seen_of(told("moving"), lost="disk full")))
    assert "The record cannot be read (disk full), so the past is not shown." in page.text_in("main")
    assert "MOVING" in page.text_in("article")


def a_fleet(number: int) -> Play:
    names = [f"g{n:04}" for n in range(number)]
    groups = [a_group(n, primary=a_template_id(n), secondaries=(a_template_id(n, NORTH),)) for n in names]
    play = Play(*groups)
    for name in names:
        for region in (WEST, NORTH):
            play.world.templates[a_template_id(name, region)] = a_template(name, region)
    return play.run(1)


def test_a_thousand_groups_are_there_in_well_under_a_second_and_most_of_them_folded() -> None:
    play = a_fleet(1000)
    play.tell(Observed(observations=(a_report("not_ready", template=a_template_id("g0777", NORTH), when=play.now),)))
    seen = seen_of(play)
    began = process_time()
    html = overview.as_html(seen)
    took = process_time() - began
    page = read(html)
    assert took < 1.0  # 0.1 s where it was written
    assert (page.text_in("summary"), len(page.all_of("article"))) == ("988 groups more that are quiet", 2 + 12)
    assert page.text_in("h3").split()[2] == "g0777"
    assert all(f"/groups/g{n:04}" in html for n in range(1000))
    assert len(html) < 500_000


def cards(page: Strict) -> list[str]:
    return [str(a["class"]) for a in page.all_of("article")]
