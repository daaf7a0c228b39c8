"""Open the status page: strict HTML, everything from outside escaped, readable without JavaScript."""

from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from aibwatch.core.events import Observed
from aibwatch.core.readiness.finding import Finding, Ready
from aibwatch.views import page
from aibwatch.views.explain import group_as_text
from tests.core.builders import Play, a_group, a_report, an_event

from .stories import STORIES, broken, told
from .words import faults

VOID = {"meta", "br", "hr", "img", "link", "input"}
EVIL = "<script>alert(1)</script>'\"&<b>"


class Strict(HTMLParser):
    """Reads HTML and minds whatever a browser would only guess at."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.mistakes: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if len(dict(attrs)) != len(attrs):
            self.mistakes.append(f"<{tag}> has an attribute twice")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.mistakes.append(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        self.words.append((self.open[-1] if self.open else "", data))

    def text_in(self, *tags: str) -> str:
        return "\n".join(word for tag, word in self.words if tag in tags)


def read(html: str) -> Strict:
    parser = Strict()
    parser.feed(html)
    parser.close()
    return parser


def html_of(play: Play) -> str:
    return page.as_html(play.state, play.setup, "0.1.0", play.now)


@pytest.mark.parametrize("story", STORIES)
def test_every_tag_is_closed_in_its_turn(story: str) -> None:
    parser = read(html_of(told(story)))
    assert (parser.mistakes, parser.open) == ([], [])


@pytest.mark.parametrize("story", STORIES)
def test_the_first_thing_to_read_is_the_headline(story: str) -> None:
    play = told(story)
    parser = read(html_of(play))
    assert [tag for tag, _ in parser.tags if tag == "h1"] == ["h1"]
    assert parser.text_in("title") == f"aibwatch: {parser.text_in('h1')}"


@pytest.mark.parametrize("story", STORIES)
def test_it_is_read_without_javascript(story: str) -> None:
    parser = read(html_of(told(story)))
    handlers = [name for _, attributes in parser.tags for name in attributes if name.startswith("on")]
    assert (handlers, [tag for tag, _ in parser.tags if tag in {"script", "link", "img", "iframe"}]) == ([], [])


@pytest.mark.parametrize("story", STORIES)
def test_nothing_on_it_is_python_s_or_shouts(story: str) -> None:
    assert (
        faults(read(html_of(told(story))).text_in("h1", "h2", "p", "span", "pre", "summary", "footer", "title")) == []
    )


@pytest.mark.parametrize("story", [s for s in STORIES if s not in {"no_groups", "nothing_seen"}])
def test_one_click_deeper_is_the_whole_explanation(story: str) -> None:
    play = told(story)
    assert group_as_text(play.state, play.setup, "base", play.now) in read(html_of(play)).text_in("pre")


def test_it_is_made_for_phones_too_and_says_its_language_and_letters() -> None:
    tags = read(html_of(told("quiet"))).tags
    assert ("html", {"lang": "en"}) in tags
    assert ("meta", {"charset": "utf-8"}) in tags
    assert ("meta", {"name": "viewport", "content": "width=device-width,initial-scale=1"}) in tags


def test_it_says_when_it_was_made_and_renews_itself() -> None:
    parser = read(html_of(told("quiet")))
    assert ("meta", {"http-equiv": "refresh", "content": "10"}) in parser.tags
    assert "2026-03-02 02:10:00 UTC, renewed every 10 s" in parser.text_in("footer")


def test_without_groups_it_says_that_nothing_is_watched() -> None:
    assert "No group is configured, so nothing is watched." in read(html_of(told("no_groups"))).text_in("p")


def an_evil_event() -> Play:
    play = Play().run(2)
    play.world.events = [replace(an_event(when=play.now, tracking_id=EVIL), title=EVIL)]
    return play.run(5)


def an_evil_answer() -> Play:
    play = broken(Play()).run(5)
    window = play.state.window
    said = {
        region: tuple(replace(p, diagnosis=replace(p.diagnosis, summary=EVIL)) for p in probes)
        for region, probes in window.probes.items()
    }
    play.state = replace(play.state, window=replace(window, probes=said))
    play.tick(1)
    return play


def an_evil_group() -> Play:
    return Play(a_group(EVIL)).run(2)


@pytest.mark.parametrize("evil", [an_evil_event, an_evil_answer, an_evil_group])
def test_what_comes_from_outside_is_text_and_never_a_tag(evil: Callable[[], Play]) -> None:
    html = html_of(evil())
    parser = read(html)
    assert EVIL in parser.text_in("pre", "p", "span")
    assert (parser.mistakes, parser.open, [tag for tag, _ in parser.tags if tag in {"script", "b"}]) == ([], [], [])


TONES = {
    "quiet": "good",
    "suspect": "doubt",
    "confirming": "doubt",
    "blind": "doubt",
    "held_by_mode": "bad",
    "halted": "bad",
    "everywhere": "bad",
}


@pytest.mark.parametrize(("story", "tone"), TONES.items())
def test_from_across_the_room_it_is_a_colour(story: str, tone: str) -> None:
    banners = [a["class"] for t, a in read(html_of(told(story))).tags if t == "div" and "banner" in str(a.get("class"))]
    assert banners == [f"banner {tone}"]


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
    assert badge in read(html_of(told(story))).text_in("span")


def test_a_group_whose_template_was_never_listed_is_not_green() -> None:
    cards = [a["class"] for t, a in read(html_of(told("never_listed"))).tags if t == "section"]
    assert cards[0] != "card good"


def test_a_secondary_that_is_not_ready_is_on_its_groups_card_and_all_rules_one_click_deeper() -> None:
    play = STORIES["quiet"]()
    rule = Finding(rule="machines", state=Ready.NOT_READY, why="no quota is left", at=play.now)
    play.tell(Observed(observations=(replace(a_report("not_ready", when=play.now, why="no quota"), findings=(rule,)),)))
    parser = read(html_of(play))
    assert "Secondary -> northeurope   NOT READY   no quota" in parser.text_in("p")
    assert "base -> base in northeurope is NOT READY" in parser.text_in("pre")
    assert "machines  no quota is left" in parser.text_in("pre")
