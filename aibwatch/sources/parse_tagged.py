"""Understand rows of templates with their tags, as Resource Graph shows them. Pure; nothing here raises.

A row that is no template, or of which id, place or tags cannot be read, is told: the template that it is about may be
missed. A template without tags has null for them, or an empty table; both say that it has none.
"""

from collections.abc import Iterable

from aibwatch.config.values import is_template
from aibwatch.core.discovery.rows import Look
from aibwatch.core.discovery.tagged import Tagged
from aibwatch.core.model import region_of, template_id, template_name
from aibwatch.core.reading import cleaned, one_line, table, text

OURS = "aibwatch-"
"""How the keys of our tags begin; the rest of up to fifty tags a template is left where it is."""

LONGEST_KEY = 64


def parse_tagged(rows: Iterable[object]) -> Look:
    """Return what the rows say, in their order."""
    tagged: list[Tagged] = []
    unreadable: list[str] = []
    for row in rows:
        read = _row(row)
        if isinstance(read, Tagged):
            tagged.append(read)
        else:
            unreadable.append(read)
    return Look(tagged=tuple(tagged), unreadable=tuple(unreadable))


def _row(row: object) -> Tagged | str:
    """Return the template, or what is wrong with the row."""
    body = table(row)
    written, region, tags = text(body, "id"), region_of(text(body, "location")), body.get("tags")
    if not is_template(written):
        return f'no id of an image template, but "{one_line(written)}"'
    if not region:
        return f"no location for {template_name(template_id(written))}"
    if tags is not None and not isinstance(tags, dict):
        return f"tags of {template_name(template_id(written))} that are no table"
    ours = {
        key: cleaned(value)
        for key, value in (tags or {}).items()
        if isinstance(key, str) and len(key) <= LONGEST_KEY and key.lower().startswith(OURS)
    }
    return Tagged(template=template_id(written), region=region, tags=ours)
