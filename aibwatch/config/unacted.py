"""List the settings that this version accepts but does not act on, and say so to whoever sets one.

This is the only such list: a feature that arrives takes its row away, and nothing else here changes.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from aibwatch.config.document import Document
from aibwatch.config.problem import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Unacted:
    """A setting without effect so far."""

    key: str
    """Dotted, without indices: "group.service_health_service"."""
    why: str
    value: str | None = None
    """The one value without effect; None if every value is."""


UNACTED = (
    Unacted(
        key="group.service_health_service",
        why="events are read once for all groups, so only the one under [policy] counts",
    ),
)


def unacted(document: Document) -> Iterator[Problem]:
    """Return a warning for every such setting that is written; an empty value is as good as none."""
    for row in UNACTED:
        for place in document.places(row.key):
            written = document.at(place)
            if written == row.value if row.value else written not in ("", []):
                yield document.problem(place, f"has no effect yet: {row.why}")
