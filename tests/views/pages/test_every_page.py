"""Open every page of every story: strict HTML, everything from outside escaped, readable without scripts."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest

from aibwatch.core.events import Observed
from aibwatch.core.readiness.finding import Finding, Ready
from aibwatch.views.pages.renewal import SCRIPT
from tests.core.builders import Play, a_group, a_policy, a_report, an_event
from tests.views.stories import STORIES, broken, halted, told
from tests.views.words import faults

from .every import WAYS, pages_of
from .strict import Strict, read

EVIL = "<script>alert(1)</script>'\"&<b>"
WITH_EVERYTHING = "moved_with_image"
"""A story that has a page of every kind."""


def pages(play: Play) -> list[tuple[str, Strict]]:
    return [(name, read(html)) for name, html in pages_of(play).items()]


@pytest.mark.parametrize("story", STORIES)
def test_every_tag_is_closed_in_its_turn(story: str) -> None:
    mistakes = {name: (page.mistakes, page.open) for name, page in pages(told(story)) if page.mistakes or page.open}
    assert mistakes == {}


@pytest.mark.parametrize("story", STORIES)
def test_nothing_on_a_page_is_python_s_or_shouts(story: str) -> None:
    found = {name: faults(page.text_in("body", "title")) for name, page in pages(told(story))}
    assert {name: some for name, some in found.items() if some} == {}


def test_the_stories_have_a_page_of_every_kind() -> None:
    assert {name.partition(" ")[0] for name in pages_of(told(WITH_EVERYTHING))} == set(WAYS)


@pytest.mark.parametrize("story", ["quiet", WITH_EVERYTHING, "halted", "blind", "no_groups", "nothing_seen"])
def test_headings_go_down_one_step_at_a_time_from_one_headline(story: str) -> None:
    for name, page in pages(told(story)):
        levels = [int(tag[1]) for tag, _ in page.tags if tag in {"h1", "h2", "h3"}]
        assert (levels[0], levels.count(1)) == (1, 1), name
        assert all(after <= before + 1 for before, after in pairwise(levels)), name


@pytest.mark.parametrize("story", ["quiet", WITH_EVERYTHING, "halted"])
def test_no_id_is_given_twice_and_every_reference_leads_to_one(story: str) -> None:
    for name, page in pages(told(story)):
        ids = [str(a["id"]) for _, a in page.tags if "id" in a]
        wanted = {str(a["aria-labelledby"]) for _, a in page.tags if "aria-labelledby" in a}
        wanted |= {str(a["href"])[1:] for _, a in page.tags if str(a.get("href")).startswith("#")}
        assert (len(ids), wanted - set(ids)) == (len(set(ids)), set()), name


def test_every_page_has_landmarks_its_language_its_letters_and_its_width() -> None:
    for name, page in pages(told(WITH_EVERYTHING)):
        assert {"header", "nav", "main", "footer"} <= {tag for tag, _ in page.tags}, name
        assert page.all_of("html") == [{"lang": "en"}]
        assert {"charset": "utf-8"} in page.all_of("meta")
        assert {"name": "viewport", "content": "width=device-width,initial-scale=1"} in page.all_of("meta")


def test_every_page_is_renewed_with_and_without_scripts() -> None:
    for _, page in pages(told(WITH_EVERYTHING)):
        assert ("meta", {"http-equiv": "refresh", "content": "10"}) in page.tags
        assert "2026-03-02 02:19:00 UTC, renewed every 10 s" in page.text_in("footer")
        assert page.text_in("script") == SCRIPT


def test_no_page_loads_anything_but_its_sign() -> None:
    for name, page in pages(told(WITH_EVERYTHING)):
        loaded = [a for tag, a in page.tags if tag in {"link", "img", "iframe", "object", "form"} or "src" in a]
        assert [a["href"] for a in loaded if a.get("rel") == "icon"] == [a.get("href") for a in loaded], name
        assert len(loaded) == 1, name


def test_every_link_leads_to_this_daemon() -> None:
    links = {str(a["href"]) for _, page in pages(told(WITH_EVERYTHING)) for a in page.all_of("a")}
    assert [link for link in links if not link.startswith(("/", "#"))] == []


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
    polls = {key: replace(record, last=replace(record.last, summary=EVIL)) for key, record in window.polls.items()}
    play.state = replace(play.state, window=replace(window, probes=said, polls=polls))
    play.tick(1)
    return play


def an_evil_group() -> Play:
    return broken(Play(a_group(EVIL))).run(10)


def an_evil_report() -> Play:
    play = Play().run(2)
    rule = Finding(rule=EVIL, state=Ready.NOT_READY, why=EVIL, at=play.now, details=(EVIL,))
    return seen(play, replace(a_report("not_ready", when=play.now, why=EVIL), findings=(rule,)))


def an_evil_handler() -> Play:
    play = halted()
    group = play.state.groups["base"]
    assert group.last is not None
    steps = tuple(replace(step, why=EVIL, handler=EVIL) for step in group.last.steps)
    evil = replace(group, detail=EVIL, why=EVIL, last=replace(group.last, steps=steps))
    play.state = replace(play.state, groups={"base": evil})
    return play


def an_evil_person() -> Play:
    play = Play(a_group(policy=a_policy())).run(2)
    play.order("failover", owner=EVIL)
    return play.run(3)


def seen(play: Play, *observations: object) -> Play:
    play.tell(Observed(observations=observations))  # type: ignore[arg-type]
    return play


@pytest.mark.parametrize(
    "evil", [an_evil_event, an_evil_answer, an_evil_group, an_evil_report, an_evil_handler, an_evil_person]
)
def test_what_comes_from_outside_is_text_and_never_a_tag(evil: Callable[[], Play]) -> None:
    opened = pages(evil())
    assert any(EVIL in page.text_in("main", "h1") for _, page in opened)
    for name, page in opened:
        assert (page.mistakes, page.open, page.all_of("b"), len(page.all_of("script"))) == ([], [], [], 1), name
        assert [a for _, a in page.tags for key in a if key.startswith("on") or key == "style"] == [], name


@pytest.mark.parametrize("letter", ["\ud800", "\x00", "\x1b[31m", "\u202e"])
def test_what_is_no_text_does_not_break_a_page(letter: str) -> None:
    play = broken(Play(a_group(f"ba{letter}se"))).run(10)
    for html in pages_of(play).values():
        assert letter not in html
        html.encode()
