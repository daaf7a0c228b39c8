"""Understand what another aibwatch says of regions at /api/v1/status. Pure; nothing here raises, whatever the body is.

Rules: only `own_view` counts, what the other one sees without its own peers; a version that has no such field says
nothing, and so does null. Times in the answer are not read: the other clock may be wrong. What does not have the shape
of that page is not one word of it believed.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from aibwatch.core.model import Region
from aibwatch.core.reading import one_line, text
from aibwatch.core.redact import redacted
from aibwatch.sources.error_body import parse_json

SCHEMA = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What the other one sees of a region by itself."""

    region: Region
    troubled: bool
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What was understood of an answer."""

    instance: str = ""
    """Which daemon it was; "" for a version that does not say."""
    words: tuple[Word, ...] = ()
    flaw: str = ""
    """Why nothing is believed of it; "" for a good answer."""


def parse_status(raw: bytes, regions: Collection[Region]) -> Page:
    """Return what the answer says of these regions, one word each at the most."""
    body = parse_json(raw)
    if not isinstance(body, dict):
        return Page(flaw="what answers is not an aibwatch: its answer is no JSON object")
    if type(body.get("schema")) is not int or body["schema"] != SCHEMA or not isinstance(body.get("regions"), list):
        return Page(flaw="what answers is not an aibwatch that this version understands")
    words: dict[Region, Word] = {}
    for entry in body["regions"]:
        name = entry.get("name") if isinstance(entry, dict) else None
        if not isinstance(entry, dict) or not isinstance(name, str):
            return Page(flaw="its answer has a region without a name")
        if name not in regions or entry.get("own_view") is None:
            continue
        word = _word(Region(name), entry)
        if word is None or word.region in words:
            return Page(flaw=f"what it says of {name} cannot be understood")
        words[word.region] = word
    return Page(instance=text(body, "instance"), words=tuple(words.values()))


def _word(region: Region, entry: Mapping[str, object]) -> Word | None:
    view = entry["own_view"]
    if not isinstance(view, dict) or not isinstance(view.get("troubled"), bool):
        return None
    why = one_line(redacted(text(view, "why"))) or "it gives no reason"
    return Word(region=region, troubled=view["troubled"], why=why)
