"""What became of copies, in words: short where a whole region is missing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from aibwatch.core.copies.copy import Origin
from aibwatch.core.copies.kept import Backup, Fate, Kept
from aibwatch.core.model import TemplateId
from aibwatch.views.backup import MOST_LINES, backup_document

AT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def kept(name: str, fate: Fate, **changes: Any) -> Kept:
    return replace(Kept(template=TemplateId(f"/s/{name}"), fate=fate, place=f"s/g/{name}.json"), **changes)


def told(*entries: Kept) -> list[str]:
    return str(backup_document(Backup(at=AT, directory="/copies", kept=entries))["text"]).split("\n")


def test_without_groups_nothing_was_copied() -> None:
    assert told() == ["Nothing was copied: no group is configured."]


def test_each_fate_is_counted_and_damage_is_told() -> None:
    entries = [kept("a", Fate.NEW), kept("b", Fate.MENDED), kept("c", Fate.SAME), kept("d", Fate.SAME)]
    assert told(*entries) == ["4 of 4 templates copied to /copies: 1 new, 1 damaged and written anew, 2 as before."]


def test_templates_that_resource_graph_told_for_one_reason_are_one_line() -> None:
    entries = [kept(name, Fate.SAME, origin=Origin.RESOURCE_GRAPH, why="500: we are down.") for name in "abcdef"]
    assert told(*entries)[1] == (
        "a, b, c, d and 2 more: from Resource Graph, which may be behind the service, because 500: we are down"
    )


def test_a_copy_that_stays_says_how_old_it_is() -> None:
    missed = kept("a", Fate.MISSED, why="nobody answers.", copied_at=AT - timedelta(days=3))
    assert told(missed) == [
        "0 of 1 template copied to /copies.",
        "missed  a: nobody answers; its copy of 2026-02-27 10:00 UTC (3 days ago) stays",
    ]


def test_a_region_that_is_missing_is_not_a_thousand_lines() -> None:
    lines = told(*(kept(f"t{number}", Fate.MISSED) for number in range(MOST_LINES + 950)))
    assert (len(lines), lines[-1]) == (MOST_LINES + 2, "... and 950 more without a copy of now; --json has them all")
