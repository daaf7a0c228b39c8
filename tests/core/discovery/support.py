"""Build rows of templates with tags, and look at them."""

from collections.abc import Iterable, Mapping

from aibwatch.core.discovery.follow import Discovered, follow
from aibwatch.core.discovery.group import TaggedGroup
from aibwatch.core.discovery.rows import Look
from aibwatch.core.discovery.sequel import Terms
from aibwatch.core.discovery.tagged import Tagged
from aibwatch.core.model import Region, TemplateId
from aibwatch.core.policy import Setup
from aibwatch.core.state import GroupState
from tests.core.builders import NORTH, WEST, a_policy, a_template_id, at


def a_row(name: str = "base", region: Region = WEST, *, group: str = "", role: str = "", **tags: str) -> Tagged:
    """Return a template with these tags; "" for a tag that it does not carry."""
    ours = {key: value for key, value in (("aibwatch-group", group), ("aibwatch-role", role)) if value}
    return Tagged(template=a_template_id(name, region), region=region, tags={**ours, **tags})


def a_pair(group: str = "base") -> tuple[Tagged, Tagged]:
    """Return a primary in the west and a secondary in the north."""
    primary = a_row(group, WEST, group=group, role="primary")
    return primary, a_row(group, NORTH, group=group, role="secondary")


def untagged(row: Tagged) -> Tagged:
    return Tagged(template=row.template, region=row.region, tags={"owner": "ann"})


def look(
    *rows: Tagged,
    known: Mapping[str, TaggedGroup] | None = None,
    setup: Setup | None = None,
    ignored: Iterable[str] = (),
    states: Iterable[GroupState] = (),
    subscriptions: Iterable[str] = ("s1",),
    unreadable: tuple[str, ...] = (),
    minute: float = 0,
) -> Discovered:
    """Return what follows from these rows."""
    terms = Terms(
        setup=setup or Setup(groups={}, policy=a_policy()),
        subscriptions=frozenset(subscriptions),
        ignored=frozenset(ignored),
        groups={state.name: state for state in states},
    )
    return follow(known or {}, Look(tagged=rows, unreadable=unreadable), terms, at(minute))


def members(found: Discovered) -> Mapping[str, tuple[TemplateId, ...]]:
    return {name: group.templates for name, group in found.groups.items()}


def sentences(found: Discovered) -> list[str]:
    return [problem.sentence for problem in found.problems]
