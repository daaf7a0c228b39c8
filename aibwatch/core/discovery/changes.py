"""Say what is another than at the last look: groups that came, went or changed, and members that were lost or moved."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set

from aibwatch.core.discovery.group import TaggedGroup, names_of
from aibwatch.core.discovery.problem import Change
from aibwatch.core.discovery.tagged import Member
from aibwatch.core.model import TemplateId
from aibwatch.core.sentences import count, listing

MOST_ALIKE = 10
"""Changes of one sort told one by one; of four hundred groups that are found at a first start the number is enough."""


def changes(
    known: Mapping[str, TaggedGroup], groups: Mapping[str, TaggedGroup], why_gone: Mapping[str, str]
) -> tuple[Change, ...]:
    """Return what is to be told, in the order of the groups' names."""
    found: list[Change] = []
    for name in sorted({*known, *groups}):
        before, after = known.get(name), groups.get(name)
        if before is None and after is not None:
            found.append(Change(about=name, what="found by tags", why=_members(after)))
        elif before is not None and after is None:
            why = why_gone.get(name) or "its tags make no group any more"
            found.append(Change(about=name, what="not watched any more", why=why, loud=True))
        elif before is not None and after is not None:
            found += _between(before, after)
    return _summed_up(found)


def _between(before: TaggedGroup, after: TaggedGroup) -> Iterator[Change]:
    name = after.name
    if before.templates != after.templates:
        why = f"now {_members(after)}; before {_members(before)}"
        yield Change(about=name, what="other members by tags", why=why, loud=True)
    regions = {member.template: member.region for member in before.members}
    for member in after.members:
        was = regions.get(member.template, member.region)
        if was != member.region:
            why = f"{names_of([member])}, which was in {was} before"
            yield Change(about=name, what="a template is in another region", why=why, loud=True)
    lost = _named(after, after.missing.keys() - before.missing.keys())
    if lost:
        why = f"{names_of(lost)}; deleted, or not to be read any more"
        yield Change(about=name, what="not found any more", why=why, loud=True)
    back = _named(after, before.missing.keys() - after.missing.keys())
    if back:
        yield Change(about=name, what="found again", why=names_of(back))


def _named(group: TaggedGroup, templates: Set[TemplateId]) -> Sequence[Member]:
    return [member for member in group.members if member.template in templates]


def _members(group: TaggedGroup) -> str:
    primary, *secondaries = group.members
    return f"{names_of([primary])}, then {names_of(secondaries)}"


def _summed_up(found: Sequence[Change]) -> tuple[Change, ...]:
    alike: defaultdict[str, list[Change]] = defaultdict(list)
    for change in found:
        alike[change.what].append(change)
    told: list[Change] = []
    for what, several in alike.items():
        if len(several) <= MOST_ALIKE:
            told += several
        else:
            why = f"{count(len(several), 'group')}: {listing([change.about for change in several])}"
            told.append(Change(about="tags", what=what, why=why, loud=any(change.loud for change in several)))
    return tuple(told)
