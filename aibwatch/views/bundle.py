"""Lay out the archive for a support request: which files it has, and what is in each. Pure, and always the same.

Everything comes from one answer of the daemon, which is redacted as a whole, and is redacted here once more: a file
that leaves the house is checked where it is made.
"""

import json
from collections.abc import Iterator, Mapping

from aibwatch.views.incident import safe

LISTS = {
    "failures": "what failed, when, and the ids that Azure finds it by",
    "history": "what was judged and decided, and why",
    "moves": "what was moved meanwhile",
    "observations": "everything that was seen in the region in that time, one a line",
}
"""Parts of the answer that are files of their own, and what they are."""

ABOUT = """
## What is in this archive

- incident.json: the incident, its times, templates and subscriptions
{files}

Tokens, passwords and signed addresses were taken out of all of it; ids of subscriptions, templates and requests were
not, because support asks for them.
"""


def members(body: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Yield the name and the text of each file, in the order of their names."""
    clean = safe(body)
    folder = f"aibwatch-{clean['id']}"
    files = "\n".join(f"- {_name(part)}: {what}" for part, what in sorted(LISTS.items()))
    texts = {"README.md": str(clean["markdown"]) + ABOUT.format(files=files)}
    apart = {*LISTS, "text", "markdown"}
    texts["incident.json"] = _json({key: value for key, value in clean.items() if key not in apart})
    for part in LISTS:
        texts[_name(part)] = _lines(clean.get(part)) if part == "observations" else _json(clean.get(part))
    yield from ((f"{folder}/{name}", text) for name, text in sorted(texts.items()))


def _name(part: str) -> str:
    return f"{part}.jsonl" if part == "observations" else f"{part}.json"


def _json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _lines(value: object) -> str:
    items = value if isinstance(value, list) else []
    return "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in items)
