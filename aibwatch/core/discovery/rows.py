"""Understand all rows of one look: who is in which group, who is in none, and of whom that is not known.

A template that was found and is in no group proves that its tag is gone. One that was not found, or whose tags cannot
be followed, proves nothing.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from aibwatch.core.discovery.problem import Problem
from aibwatch.core.discovery.tagged import Member, Tagged, member_of
from aibwatch.core.model import TemplateId, template_name
from aibwatch.core.sentences import count


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one look at all templates brought. It came whole, as far as what may be read goes."""

    tagged: tuple[Tagged, ...] = ()
    """Every template that was found, also those without tags."""
    unreadable: tuple[str, ...] = ()
    """What is wrong with the rows that could not be understood, one each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Roll:
    """What the rows of a look say."""

    by_group: Mapping[str, Sequence[Member]]
    by_template: Mapping[TemplateId, Member | None]
    """None where a template was found whose tags say nothing to us."""
    unclear: frozenset[TemplateId]
    """Found, but what their tags say cannot be followed."""
    problems: Sequence[Problem]


def roll_of(look: Look, ignored: Collection[str]) -> Roll:
    """Return what the rows say; names of groups and ids of templates that are ignored count as not tagged."""
    by_group: defaultdict[str, list[Member]] = defaultdict(list)
    by_template: dict[TemplateId, Member | None] = {}
    unclear: set[TemplateId] = set()
    problems = [_unreadable(look.unreadable)] if look.unreadable else []
    for template, rows in sorted(_by_template(look.tagged).items()):
        said = member_of(rows[0]) if len(rows) == 1 else _contradiction(template)
        if template in ignored or (isinstance(said, Member) and said.group in ignored):
            said = None
        if isinstance(said, Problem):
            unclear.add(template)
            problems.append(said)
        else:
            by_template[template] = said
        if isinstance(said, Member):
            by_group[said.group].append(said)
    return Roll(by_group=by_group, by_template=by_template, unclear=frozenset(unclear), problems=problems)


def _by_template(tagged: Sequence[Tagged]) -> Mapping[TemplateId, Sequence[Tagged]]:
    rows: defaultdict[TemplateId, list[Tagged]] = defaultdict(list)
    for row in tagged:
        if row not in rows[row.template]:
            rows[row.template].append(row)
    return rows


def _contradiction(template: TemplateId) -> Problem:
    name = template_name(template)
    why = f"{name} was listed several times, each time otherwise"
    return Problem(about=name, why=why, remedy="this passes by itself; if not, report it", templates=(template,))


def _unreadable(whys: Sequence[str]) -> Problem:
    why = f"{count(len(whys), 'row')} of Resource Graph could not be understood, the first because it has {min(whys)}"
    return Problem(about="tags", why=why, remedy="templates that are missing may be among them; report it")
