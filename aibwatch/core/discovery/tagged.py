"""Read what a template's tags say: in which group it is, and as what.

Rules: keys count in any letter case, because Azure keeps them as they were written and takes them for the same. A role
counts in any letter case too; the name of a group does not, because people will write it in commands as it is shown.
How far aibwatch may go by itself is no tag: whoever deploys templates may tag them, and that is not theirs to say.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from aibwatch.core.discovery.problem import Problem
from aibwatch.core.model import Region, TemplateId, is_group_name, template_name
from aibwatch.core.reading import one_line
from aibwatch.core.sentences import listing

GROUP_TAG, ROLE_TAG = "aibwatch-group", "aibwatch-role"

LONGEST_QUOTE = 60
"""Characters of a tag that a sentence repeats: a name that fits has 63, and longer ones are told by their beginning."""

ROLE = re.compile(r"(primary)|secondary(?:-([1-9][0-9]?))?", re.IGNORECASE | re.ASCII)

PRIMARY = 0
LAST = 100
"""The rank of a secondary without a number: after all that have one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagged:
    """A template as it was listed with its tags."""

    template: TemplateId
    region: Region
    tags: Mapping[str, str] = field(default_factory=dict)
    """By key as it was written. Those of others do no harm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """That a template is in a group, as its primary or as a secondary."""

    template: TemplateId
    region: Region
    group: str
    rank: int
    """PRIMARY, or the place of a secondary in the order of preference."""

    @property
    def order(self) -> tuple[int, TemplateId]:
        """Return its place: secondaries of one rank go by their ids, so that it is the same each time."""
        return self.rank, self.template


def member_of(tagged: Tagged) -> Member | Problem | None:
    """Return what the tags say; None where none of them is ours."""
    groups, roles = _values(tagged, GROUP_TAG), _values(tagged, ROLE_TAG)
    if not groups and not roles:
        return None
    name = template_name(tagged.template)
    if len(groups) > 1 or len(roles) > 1:
        key, values = (GROUP_TAG, groups) if len(groups) > 1 else (ROLE_TAG, roles)
        several = listing([_quoted(value) for value in values])
        return _problem(tagged, f"{name} has the tag {key} several times: {several}", "leave one of them")
    if not groups:
        return _problem(
            tagged,
            f"{name} has the tag {ROLE_TAG} and no {GROUP_TAG}",
            f"name its group in {GROUP_TAG}, or remove both",
        )
    return _with_group(tagged, groups[0], roles)


def _with_group(tagged: Tagged, group: str, roles: list[str]) -> Member | Problem:
    name = template_name(tagged.template)
    if not is_group_name(group):
        why = f"{name} is tagged {GROUP_TAG} = {_quoted(group)}, which cannot name a group"
        return _problem(tagged, why, "use 1 to 63 of a-z, 0-9 and -")
    choice = f"write {ROLE_TAG} = primary, secondary, or secondary-1 to secondary-99 for their order"
    if not roles:
        return _problem(tagged, f"{name} has no tag {ROLE_TAG}", choice, about=group)
    found = ROLE.fullmatch(roles[0].strip())
    if found is None:
        why = f"{name} is tagged {ROLE_TAG} = {_quoted(roles[0])}, which is no role"
        return _problem(tagged, why, choice, about=group)
    rank = PRIMARY if found[1] else int(found[2] or LAST)
    return Member(template=tagged.template, region=tagged.region, group=group, rank=rank)


def _values(tagged: Tagged, key: str) -> list[str]:
    return sorted({value for written, value in tagged.tags.items() if written.lower() == key})


def _quoted(value: str) -> str:
    return f'"{one_line(value, LONGEST_QUOTE)}"'


def _problem(tagged: Tagged, why: str, remedy: str, *, about: str = "") -> Problem:
    return Problem(about=about or template_name(tagged.template), why=why, remedy=remedy, templates=(tagged.template,))
