"""Put a page around what it says: landmarks, the headline first, and from when it is."""

from datetime import UTC

from aibwatch.views.pages import renewal
from aibwatch.views.pages.html import Child, Html, document, el, path, several
from aibwatch.views.pages.seen import Seen
from aibwatch.views.pages.tones import Tone

NAVIGATION = (("/", "Status"), ("/#regions", "Regions"), ("/#groups", "Groups"), ("/#moves", "Moves"))


def page(seen: Seen, tone: Tone, word: str, headline: str, *body: Child, json: str, counts: str = "") -> str:
    """Return a whole page.

    `word` is read from across the room, `headline` from the desk, `counts` says how much of what there is; `json` is
    where a program finds the same.
    """
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", name="viewport", content="width=device-width,initial-scale=1"),
        el("meta", name="color-scheme", content="light dark"),
        el("title", f"aibwatch: {headline}"),
        el("link", rel="icon", type="image/svg+xml", href=path("icons", f"{tone}.svg")),
        renewal.in_head(),
    )
    return document(
        head, el("body", _top(seen), _banner(tone, word, headline, counts), _main(seen, body), _foot(seen, json))
    )


def section(title: str, *body: Child, id: str, beside: str = "") -> Html:  # noqa: A002  # HTML calls it so
    """Return a part of a page under its heading, by which screen readers find it."""
    small = el("small", beside) if beside else None
    return el(
        "section", el("h2", el("span", title, id=f"{id}-title"), small), body, id=id, aria_labelledby=f"{id}-title"
    )


def _top(seen: Seen) -> Html:
    links = [el("a", words, href=address) for address, words in NAVIGATION]
    return several(
        el("a", "Skip to what is said", href="#main", class_="skip"),
        el(
            "header",
            el("span", "aibwatch", class_="brand"),
            el("nav", links, aria_label="Pages"),
            el("span", f"as of {seen.now.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC", class_="asof"),
            class_="top",
            id="live-top",
        ),
        el("p", "aibwatch does not answer. What you see below is old.", class_="stale", role="alert"),
    )


def _banner(tone: Tone, word: str, headline: str, counts: str) -> Html:
    sign = el("span", tone.sign, aria_hidden="true")
    within = el(
        "div",
        el("p", sign, " ", word, class_="word"),
        el("h1", headline),
        el("p", counts, class_="counts") if counts else None,
    )
    return el("div", within, class_=f"banner {tone}", id="live-banner", role="region", aria_label="In short")


def _main(seen: Seen, body: Child) -> Html:
    lost = el("p", f"The record cannot be read ({seen.lost}), so the past is not shown.") if seen.lost else None
    return el("main", lost, body, id="main", tabindex="-1")


def _foot(seen: Seen, json: str) -> Html:
    return el(
        "footer",
        f"{seen.now.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC, renewed every {renewal.SECONDS} s · ",
        f"aibwatch {seen.version} · ",
        el("a", "metrics", href="/metrics"),
        " · ",
        el("a", "JSON", href=json),
        id="live-foot",
    )
