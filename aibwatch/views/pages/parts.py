"""Draw what several pages have: cards, tables, terms, documents."""

from collections.abc import Sequence

from aibwatch.views.document import Document, filled, plain
from aibwatch.views.pages.frame import section
from aibwatch.views.pages.html import Child, Html, el, path
from aibwatch.views.pages.tones import Tone, badge


def card(tone: Tone, name: Child, word: str, when: str, *body: Child) -> Html:
    """Return a card: a name, the word for how it stands, since when, and what there is to say."""
    row = el("div", el("h3", name), badge(tone, word), el("span", when, class_="when") if when else None, class_="row")
    return el("article", row, body, class_=f"card {tone}")


def cards(found: Sequence[Html]) -> Html:
    """Return cards beside each other where there is room."""
    return el("div", found, class_="cards")


def terms(rows: Sequence[tuple[str, Child]]) -> Html:
    """Return a list of terms with what they are; those without a word to say are left out."""
    return el("dl", [(el("dt", term), el("dd", told)) for term, told in rows if told])


def table(header: Sequence[str], rows: Sequence[Sequence[Child]], *, caption: str) -> Html:
    """Return a table; on a phone each row is a block, and the roles keep it a table for screen readers."""
    heads = [el("th", name, scope="col", role="columnheader") for name in header]
    body = [
        el(
            "tr",
            [el("td", cell, role="cell", data_of=name) for name, cell in zip(header, row, strict=True)],
            role="row",
        )
        for row in rows
    ]
    return el(
        "table",
        el("caption", caption, class_="hidden"),
        el("thead", el("tr", heads, role="row"), role="rowgroup"),
        el("tbody", body, role="rowgroup"),
        role="table",
    )


def told(document: Document) -> Html:
    """Return a document's sections. Its texts are passed on, so each is redacted."""
    return el(
        "div",
        [
            section(
                part.title,
                el("ul", [el("li", plain(line)) for line in part.lines]) if part.lines else None,
                table(part.header, [[plain(cell) for cell in row] for row in part.rows], caption=part.title)
                if part.rows
                else None,
                id=f"part-{number}",
            )
            for number, part in enumerate(filled(document), 1)
        ],
    )


def can_do(lines: Sequence[str]) -> Html:
    """Return advice as it is worded for a terminal: what is indented further is the command to the line above."""
    least = min((_indent(line) for line in lines), default=0)
    told: list[list[Child]] = []
    for line in lines:
        if told and _indent(line) > least:
            told[-1] += [" ", el("code", line.strip(), class_="command")]
        else:
            told.append([line.strip()])
    return el("ul", [el("li", one) for one in told])


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def link(kind: str, name: str, words: str = "") -> Html:
    """Return a link to the page of a group, region, incident or move."""
    return el("a", words or name, href=path(kind, name))
