"""Build HTML in which nothing can be markup that is not written in these modules.

Rules: text becomes `Html` in this module only, and is escaped on its way. There is no attribute that runs code or
carries style, because the policy of the pages allows neither, and no address leads to another site.
This module does not know what the pages say.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

VOID = frozenset({"meta", "link", "br", "rect", "line"})
"""Tags that have no end. Those of SVG are closed at once, which HTML allows to them alone."""
SVG = frozenset({"rect", "line"})

NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9-]*")


@dataclass(frozen=True, slots=True)
class Html:
    """A piece of a page. Made in this module only; a test sees to that."""

    text: str


Child = Html | str | int | None | Iterable["Child"]
"""What an element may contain: pieces, texts, nothing, or several of them."""

Value = str | int | bool | None
"""What an attribute may be: None and False leave it out, True is its bare name."""


def el(tag: str, *children: Child, **attributes: Value) -> Html:
    """Return an element. `class_` and `for_` lose their last sign, other underscores become hyphens.

    Raises:
        ValueError: for what no page may have: an attribute that runs code, an address elsewhere.
    """
    told = "".join(_attribute(name, value) for name, value in attributes.items())
    if tag in VOID:
        return Html(f"<{_name(tag)}{told}{'/' if tag in SVG else ''}>")
    return Html(f"<{_name(tag)}{told}>{_text(children)}</{tag}>")


def several(*children: Child) -> Html:
    """Return pieces and texts one after the other, without an element around them."""
    return Html(_text(children))


def document(head: Html, body: Html) -> str:
    """Return the text of a whole page."""
    return f'<!doctype html><html lang="en">{head.text}{body.text}</html>'


def embedded(tag: str, source: str) -> Html:
    """Return our own style or script; browsers read both to the first "</", and unescaped.

    Raises:
        ValueError: if it would end too early.
    """
    if "</" in source:
        raise ValueError(f"the {tag} would end at its first </")
    return Html(f"<{_name(tag)}>{source}</{tag}>")


def path(*segments: str) -> str:
    """Return the address of one of our pages: "/groups/a%2Fb" for "groups" and "a/b"."""
    return "/" + "/".join(quote(_printable(segment), safe="") for segment in segments)


def _name(name: str) -> str:
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name of HTML")
    return name


def _attribute(name: str, value: Value) -> str:
    name = _name(name.rstrip("_").replace("_", "-"))
    if name == "style" or name.startswith("on"):
        raise ValueError(f"no page has the attribute {name}")
    if name in {"href", "src"} and not _ours(str(value)):
        raise ValueError(f"{value!r} leads to another site")
    if value is None or value is False:
        return ""
    return f" {name}" if value is True else f' {name}="{escape(_printable(str(value)))}"'


def _ours(address: str) -> bool:
    return address.startswith(("/", "#")) and not address.startswith("//")


def _text(child: Child) -> str:
    match child:
        case None:
            return ""
        case Html(text=text):
            return text
        case str() | int():
            return escape(_printable(str(child)))
        case _:
            return "".join(_text(each) for each in child)


def _printable(text: str) -> str:
    """Return the text without what cannot be sent (half a letter) and what is no text, but with its lines."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() or char == "\n" else " " for char in text)
