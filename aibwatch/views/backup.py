"""Tell what became of copies, for `backup`: a sentence, then only what somebody should know."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from aibwatch.core.copies.copy import Origin
from aibwatch.core.copies.kept import Backup, Fate, Kept
from aibwatch.core.model import template_name
from aibwatch.core.sentences import count, listing, printable, when

MOST_LINES = 50
"""Of one kind: beyond that a region is down, and its name says more than a thousand of templates."""

WORDS = {Fate.NEW: "new", Fate.CHANGED: "changed", Fate.MENDED: "damaged and written anew", Fate.SAME: "as before"}


def backup_document(backup: Backup) -> Mapping[str, object]:
    """Return all of it, with the text for people."""
    return {
        "schema": 1,
        "at": _time(backup.at),
        "directory": backup.directory,
        "copies": [_copy(kept) for kept in backup.kept],
        "notes": list(backup.notes),
        "text": "\n".join(_lines(backup)),
    }


def _copy(kept: Kept) -> Mapping[str, object]:
    return {
        "template": kept.template,
        "fate": kept.fate.value,
        "file": kept.place,
        "from": kept.origin.value if kept.origin else None,
        "copied_at": _time(kept.copied_at) if kept.copied_at else None,
        "why": kept.why,
        "permission": kept.permission,
        "secrets": kept.secrets,
    }


def _lines(backup: Backup) -> Iterator[str]:
    yield _headline(backup)
    yield from backup.notes
    yield from _from_graph([k for k in backup.kept if k.origin is Origin.RESOURCE_GRAPH])
    missed = [k for k in backup.kept if not k.well]
    for kept in missed[:MOST_LINES]:
        yield _missed(kept, backup.at)
    if len(missed) > MOST_LINES:
        yield f"... and {len(missed) - MOST_LINES} more without a copy of now; --json has them all"
    yield from _secrets(backup.kept)


def _headline(backup: Backup) -> str:
    well = [k for k in backup.kept if k.well]
    if not backup.kept:
        return "Nothing was copied: no group is configured."
    numbers = [(sum(1 for k in well if k.fate is fate), word) for fate, word in WORDS.items()]
    told = ", ".join(f"{number} {word}" for number, word in numbers if number)
    templates = count(len(backup.kept), "template")
    first = f"{len(well)} of {templates} copied to {printable(backup.directory)}"
    return f"{first}: {told}." if told else f"{first}."


def _from_graph(kept: Sequence[Kept]) -> Iterator[str]:
    by_why: defaultdict[str, list[str]] = defaultdict(list)
    for one in kept:
        by_why[one.why].append(template_name(one.template))
    for why, names in sorted(by_why.items()):
        told = f"{listing(names)}: from Resource Graph, which may be behind the service, because {_bare(why)}"
        yield printable(told)


def _missed(kept: Kept, now: datetime) -> str:
    left = (
        f"its copy of {_day(kept.copied_at)}{when(kept.copied_at, now)} stays"
        if kept.copied_at
        else "there is no copy of it"
    )
    why = "Azure says that there is no such template" if kept.fate is Fate.GONE else _bare(kept.why)
    return printable(f"{kept.fate.value:<7} {template_name(kept.template)}: {why}; {left}")


def _secrets(kept: Sequence[Kept]) -> Iterator[str]:
    holders = [template_name(k.template) for k in kept if k.secrets]
    if holders:
        number = count(sum(k.secrets for k in kept), "signature or key of", "signatures and keys of")
        yield printable(f"{number} {listing(holders)}: set apart in *.secrets.json, which git leaves out.")


def _bare(sentence: str) -> str:
    return sentence.rstrip(". ")


def _day(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d} "


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
