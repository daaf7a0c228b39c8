"""Follow what tags say from one look to the next: which groups there are, what has changed, and what is wrong.

Rules:
- A template that is not found any more counts as it was seen last, and is told. Resource Graph leaves out what may not
  be read without a word, so its silence proves nothing. A missing primary makes room for a live one.
- A group is let go on proof only: one of its templates was found without its tag, and no other carries it.
- Tags that make no group do not end one that was found before: it stays as it was, without what was taken out of it on
  proof, for as long as that is a group.
- A group that moves keeps what it moves between; one that is away keeps where it builds.
- Where more than half of the groups would go at once, none goes: that is more often an accident than a wish.
- The configuration comes before tags. A template is in one group: the one that must keep it has it.

The order of rows does not matter. This module does not know where rows come from, nor where what was found is kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from aibwatch.core.discovery.changes import changes
from aibwatch.core.discovery.group import TaggedGroup, names_of
from aibwatch.core.discovery.precedence import Configured
from aibwatch.core.discovery.problem import Change, Problem
from aibwatch.core.discovery.rows import Look, roll_of
from aibwatch.core.discovery.sequel import Sequel, Terms, sequel_of
from aibwatch.core.discovery.tagged import Member
from aibwatch.core.model import TemplateId, template_name
from aibwatch.core.sentences import count, dated, listing

MOST_GROUPS = 2000
"""Found by tags. All of them are looked at with every event, and more than these should not hang on one observer."""

FEW = 3
"""Groups that may go at once whatever their share: of four, two are half."""

MOST_PROBLEMS = 200
"""Told one by one. Whoever has more has one cause for most of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovered:
    """Groups by tags, and everything that has to be told about them."""

    groups: Mapping[str, TaggedGroup]
    problems: tuple[Problem, ...]
    changes: tuple[Change, ...]
    alone: Mapping[str, Member]
    """Primaries that have no secondary yet, by the names that their groups will have."""


def follow(known: Mapping[str, TaggedGroup], look: Look, terms: Terms, now: datetime) -> Discovered:
    """Return the groups that tags make now, after those that were known."""
    roll, configured = roll_of(look, terms.ignored), Configured(terms.setup)
    followed = [
        sequel_of(name, known.get(name), roll, terms, configured, now) for name in sorted({*known, *roll.by_group})
    ]
    sequels, suspicious = _held_back(followed, len(known))
    groups, taken = _apart(sequels)
    groups, beyond = _limited(groups, known)
    missing = [_missing(group) for group in groups.values() if group.missing]
    own = [problem for sequel in sequels for problem in sequel.problems]
    return Discovered(
        groups=groups,
        problems=_told([*roll.problems, *own, *taken, *missing], first=(*suspicious, *beyond)),
        alone={sequel.name: sequel.alone for sequel in sequels if sequel.alone is not None},
        changes=changes(known, groups, {sequel.name: sequel.why for sequel in sequels}),
    )


def _held_back(sequels: Sequence[Sequel], number: int) -> tuple[Sequence[Sequel], tuple[Problem, ...]]:
    gone = [sequel for sequel in sequels if sequel.wanted is None and sequel.stays is not None and sequel.by_tags]
    if len(gone) <= max(FEW, number / 2):
        return sequels, ()
    names = listing([sequel.name for sequel in gone])
    why = f"the tags of {len(gone)} of {number} groups are gone at once ({names}), so none of them is let go"
    remedy = "tag them again; if it is meant, name them in discovery.ignore, or remove a few at a time"
    told = Problem(about="tags", why=why, remedy=remedy)
    held = {sequel.name for sequel in gone}
    return [replace(c, wanted=c.stays, first=True) if c.name in held else c for c in sequels], (told,)


def _apart(sequels: Sequence[Sequel]) -> tuple[Mapping[str, TaggedGroup], Sequence[Problem]]:
    """Return the groups so that no two share a template; those that must keep what they have come first."""
    groups: dict[str, TaggedGroup] = {}
    owners: dict[TemplateId, str] = {}
    problems: list[Problem] = []
    for sequel in sorted(sequels, key=lambda sequel: (not sequel.first, sequel.name)):
        group = sequel.wanted
        shared = [t for t in group.templates if t in owners] if group else []
        if shared:
            problems.append(_shared(sequel, shared, owners))
            group = sequel.rest if sequel.rest and not set(sequel.rest.templates) & owners.keys() else None
        if group is not None:
            groups[sequel.name] = group
            owners |= dict.fromkeys(group.templates, sequel.name)
    return dict(sorted(groups.items())), problems


def _shared(sequel: Sequel, shared: Sequence[TemplateId], owners: Mapping[TemplateId, str]) -> Problem:
    names = listing([template_name(template) for template in shared])
    why = f"{names} cannot be in {sequel.name} yet, because {owners[shared[0]]} must keep it"
    return Problem(about=sequel.name, why=why, remedy=f"see aibwatch explain {owners[shared[0]]}", templates=(*shared,))


def _limited(
    groups: Mapping[str, TaggedGroup], known: Mapping[str, TaggedGroup]
) -> tuple[Mapping[str, TaggedGroup], tuple[Problem, ...]]:
    if len(groups) <= MOST_GROUPS:
        return groups, ()
    ordered = sorted(groups, key=lambda name: (name not in known, name))
    left_out = ordered[MOST_GROUPS:]
    beyond = count(len(left_out), "group beyond", "groups beyond")
    why = f"only the first {MOST_GROUPS} are watched, and {beyond} them not: {listing(left_out)}"
    told = Problem(about="tags", why=why, remedy="share them between two aibwatch, by subscriptions")
    return {name: groups[name] for name in sorted(ordered[:MOST_GROUPS])}, (told,)


def _missing(group: TaggedGroup) -> Problem:
    gone = [member for member in group.members if member.template in group.missing]
    since = dated(min(group.missing.values()))
    why = f"since {since} nobody finds {names_of(gone)} of {group.name}, which counts as it was seen last"
    remedy = "deploy it again, give back the right to read it, or write its id in discovery.ignore"
    return Problem(about=group.name, why=why, remedy=remedy, templates=tuple(member.template for member in gone))


def _told(problems: Sequence[Problem], first: Sequence[Problem]) -> tuple[Problem, ...]:
    ordered = [*first, *sorted(problems, key=lambda problem: (problem.about, problem.sentence, problem.templates))]
    if len(ordered) <= MOST_PROBLEMS:
        return tuple(ordered)
    left_out = len(ordered) - MOST_PROBLEMS
    rest = Problem(about="tags", why=f"{left_out} more problems are not told", remedy="see to these first")
    return (*ordered[:MOST_PROBLEMS], rest)
