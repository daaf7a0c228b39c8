"""Check mappings of regions: each pair once, from one region to another, and no two things to one.

A mapping that makes two things one would deploy a secondary that distributes twice to one image, or builds in a subnet
that is somebody else's. Like all checks these take the file as written, and say nothing where a part is unreadable.
"""

from collections.abc import Iterator, Mapping

from aibwatch.config.document import Document
from aibwatch.config.lines import Place
from aibwatch.config.problem import Problem
from aibwatch.config.words import quoted


def mappings(document: Document) -> Iterator[Problem]:
    """Return every mistake of a [[mapping]] that shows only when its settings are seen together."""
    first: dict[tuple[str, str], Place] = {}
    for place in document.items("mapping"):
        pair = document.at((*place, "from")), document.at((*place, "to"))
        yield from _pair(document, place, pair, first)
        for key in ("replace", "exact"):
            written = document.at((*place, key))
            if isinstance(written, Mapping):
                yield from _two_to_one(document, (*place, key), written)
                yield from _twice(document, (*place, key), written)


def _pair(
    document: Document, place: Place, pair: tuple[object, object], first: dict[tuple[str, str], Place]
) -> Iterator[Problem]:
    home, away = pair
    if not isinstance(home, str) or not isinstance(away, str):
        return
    if home == away:
        yield document.problem((*place, "to"), f"{quoted(away)} is the region it starts from; name another one")
        return
    other = first.setdefault((home, away), place)
    if other != place:
        line = document.lines.line_of(other)
        message = f"from {quoted(home)} to {quoted(away)} is mapped already (line {line}); make one of the two"
        yield document.problem((*place, "from"), message)


def _two_to_one(document: Document, place: Place, written: Mapping[str, object]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for key, value in written.items():
        if not isinstance(value, str):
            continue
        other = first.setdefault(_same(value), key)
        if _same(other) != _same(key):
            message = (
                f"becomes {quoted(value)}, as {quoted(other)} does; two things cannot become one, give each its own"
            )
            yield document.problem((*place, key), message)


def _twice(document: Document, place: Place, written: Mapping[str, object]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for key in written:
        other = first.setdefault(_same(key), key)
        if other != key:
            yield document.problem((*place, key), f"is {quoted(other)} in other letters; leave one of the two")


def _same(text: str) -> str:
    return text.strip().rstrip("/").lower()
