"""Decide what becomes of one group by tags: found, kept, changed or let go. The rules are those of `follow`."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from aibwatch.core.discovery.group import TaggedGroup, assemble, names_of
from aibwatch.core.discovery.precedence import Configured
from aibwatch.core.discovery.problem import Problem
from aibwatch.core.discovery.rows import Roll
from aibwatch.core.discovery.tagged import GROUP_TAG, PRIMARY, Member
from aibwatch.core.model import TemplateId
from aibwatch.core.policy import Setup
from aibwatch.core.state import GroupState, Phase


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What else decides beside the tags."""

    setup: Setup
    subscriptions: frozenset[str]
    """Those that were asked about, in lower case."""
    ignored: frozenset[str] = frozenset()
    """Names of groups, and ids of templates in lower case, that the operator does not want found."""
    groups: Mapping[str, GroupState] = field(default_factory=dict)
    """How the groups stand that were watched so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequel:
    """What becomes of one name."""

    name: str
    wanted: TaggedGroup | None
    """None: there is no such group, or not any more."""
    stays: TaggedGroup | None = None
    """The group as it was found before, for where it may not simply be let go."""
    rest: TaggedGroup | None = None
    """What is left of the group as it was found before, without what was taken out of it."""
    problems: tuple[Problem, ...] = ()
    why: str = ""
    """Why there is no such group any more."""
    by_tags: bool = False
    """Whether the tags ended it, and not the operator's configuration."""
    alone: Member | None = None
    """A primary that has no secondary to make a group with yet."""
    first: bool = False
    """Whether it must have its templates before any other group may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Out:
    """Proof that a template is not in its group any more."""

    why: str
    """Of what it says the rest: "the tag is gone from"."""
    by_tags: bool


def sequel_of(
    name: str, before: TaggedGroup | None, roll: Roll, terms: Terms, configured: Configured, now: datetime
) -> Sequel:
    """Return what becomes of the name. `before` is the group as it was found before, if it was."""
    live = roll.by_group.get(name, ())
    clash = configured.clash(name, {*(before.templates if before else ()), *(member.template for member in live)})
    if clash:
        told = () if not live or configured.says(name, live) else (_configured(name, clash, live),)
        return Sequel(name=name, wanted=None, problems=told, why=f"the configuration wins: {clash}")
    if before is None:
        assembled = assemble(name, live)
        return Sequel(name=name, wanted=assembled.group, problems=assembled.problems, alone=assembled.alone)
    return _bound(_going_on(before, live, roll, terms, now), terms.groups.get(name))


def _going_on(before: TaggedGroup, live: Sequence[Member], roll: Roll, terms: Terms, now: datetime) -> Sequel:
    out = {m.template: proof for m in before.members if (proof := _taken_out(m, roll, terms))}
    absent = [m for m in before.members if m.template not in out and m.template not in roll.by_template]
    missing = {m.template: before.missing.get(m.template, now) for m in absent if m.template not in roll.unclear}
    rest = _without(before, out, missing)
    sequel = Sequel(
        name=before.name,
        wanted=rest,
        stays=replace(before, missing=missing),
        rest=rest,
        why=_why(before, out),
        by_tags=any(proof.by_tags for proof in out.values()),
    )
    if not live:
        # Nobody says any more that there is this group. Silence alone does not end it.
        return replace(sequel, wanted=None, rest=None) if out else sequel
    led = any(member.rank == PRIMARY for member in live)
    assembled = assemble(before.name, [*live, *(m for m in absent if m.rank != PRIMARY or not led)])
    if assembled.group is None:
        kept = "it stays as it was found before" if rest else "it is not watched any more"
        return replace(sequel, problems=tuple(replace(p, why=f"{p.why}; {kept}") for p in assembled.problems))
    wanted = replace(assembled.group, missing=_of(assembled.group, missing))
    return replace(sequel, wanted=wanted, problems=assembled.problems)


def _taken_out(member: Member, roll: Roll, terms: Terms) -> _Out | None:
    template = member.template
    if member.group in terms.ignored or template in terms.ignored:
        return _Out(why="discovery.ignore takes out", by_tags=False)
    if _subscription(template) not in terms.subscriptions:
        return _Out(why="discovery.subscriptions does not name the subscription of", by_tags=False)
    if template not in roll.by_template:
        return None
    said = roll.by_template[template]
    if said is None:
        return _Out(why=f"the tag {GROUP_TAG} is gone from", by_tags=True)
    if said.group != member.group:
        return _Out(why=f"the tag {GROUP_TAG} says {said.group} now of", by_tags=True)
    return None


def _why(before: TaggedGroup, out: Mapping[TemplateId, _Out]) -> str:
    reasons: defaultdict[str, list[Member]] = defaultdict(list)
    for member in before.members:
        if member.template in out:
            reasons[out[member.template].why].append(member)
    return "; ".join(f"{why} {names_of(members)}" for why, members in reasons.items())


def _subscription(template: TemplateId) -> str:
    return template.removeprefix("/subscriptions/").partition("/")[0]


def _without(
    before: TaggedGroup, out: Mapping[TemplateId, _Out], missing: Mapping[TemplateId, datetime]
) -> TaggedGroup | None:
    """Return the group without these; None if that is no group."""
    members = tuple(m for m in before.members if m.template not in out)
    whole = len(members) > 1 and members[0].rank == PRIMARY
    return replace(before, members=members, missing=missing) if whole else None


def _of(group: TaggedGroup, missing: Mapping[TemplateId, datetime]) -> Mapping[TemplateId, datetime]:
    return {template: since for template, since in missing.items() if template in group.templates}


def _bound(sequel: Sequel, group: GroupState | None) -> Sequel:
    """Return the sequel with the group as it was, where something of it may not be let go now."""
    held = _held(sequel, group) if group else None
    if held is None:
        return sequel
    return replace(sequel, wanted=sequel.stays, problems=(*sequel.problems, held), first=True)


def _held(sequel: Sequel, group: GroupState) -> Problem | None:
    """Return what holds the group as it was; None if it may become what its tags say."""
    name, stays = sequel.name, f"{sequel.name} stays as it was found before"
    needed = {group.active, *({group.move.target} if group.move else ())}
    lost = tuple(sorted(needed - set(sequel.wanted.templates if sequel.wanted else ())))
    reason = sequel.why or "its tags have changed"
    if not lost or (sequel.wanted is None and not sequel.by_tags and group.move is None):
        return None
    if group.move is not None:
        why, remedy = f"{stays} because it is moving, although {reason}", "this is followed when the move is done"
        return Problem(about=name, why=why, remedy=remedy, templates=lost)
    if group.phase is Phase.HALTED:
        why, remedy = f"{stays} because it is halted, although {reason}", f"see to it first: aibwatch explain {name}"
        return Problem(about=name, why=why, remedy=remedy, templates=lost)
    at_primary = sequel.stays is not None and group.active == sequel.stays.templates[0]
    if at_primary and sequel.wanted is None:
        return None
    builds_in = names_of([m for m in sequel.stays.members if m.template == group.active]) if sequel.stays else ""
    why = f"{stays} because it builds in {builds_in}, although {reason}"
    verb = "failover" if at_primary else "failback"
    return Problem(
        about=name,
        why=why,
        remedy=f"move it first (aibwatch {verb} {name}), or tag that template again",
        templates=lost,
    )


def _configured(name: str, clash: str, live: Sequence[Member]) -> Problem:
    why = f"{name} is not found by tags, because the configuration wins: {clash}"
    remedy = "remove the tags, or what the configuration says of it"
    return Problem(about=name, why=why, remedy=remedy, templates=tuple(member.template for member in live))
