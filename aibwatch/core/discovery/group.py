"""Hold a group as tags say it, and put one together from what its templates say of themselves.

Rules: exactly one primary, and at least one secondary in another region. A secondary in the primary's own region is
left out and told; the others stand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from aibwatch.core.discovery.problem import Problem
from aibwatch.core.discovery.tagged import GROUP_TAG, PRIMARY, ROLE_TAG, Member
from aibwatch.core.model import Region, TemplateId, template_name
from aibwatch.core.policy import GroupSpec, Policy
from aibwatch.core.sentences import count, listing


@dataclass(frozen=True, slots=True, kw_only=True)
class TaggedGroup:
    """A group as tags say it."""

    name: str
    members: tuple[Member, ...]
    """The primary first, then the secondaries in order of preference."""
    missing: Mapping[TemplateId, datetime] = field(default_factory=dict)
    """Members that were not found any more, and since when."""

    @property
    def templates(self) -> tuple[TemplateId, ...]:
        """The members' ids, in order."""
        return tuple(member.template for member in self.members)

    def spec(self, policy: Policy) -> GroupSpec:
        """Return the group as the rest of the core knows it."""
        primary, *secondaries = self.templates
        return GroupSpec(name=self.name, primary=primary, secondaries=tuple(secondaries), policy=policy, tagged=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembled:
    """What members come to: a group or none, and what is wrong with it."""

    group: TaggedGroup | None
    problems: tuple[Problem, ...] = ()
    alone: Member | None = None
    """The primary, where all that it lacks to be a group is a secondary."""


def assemble(name: str, members: Sequence[Member]) -> Assembled:
    """Return the group that these say they are."""
    ordered = sorted(members, key=lambda member: member.order)
    primaries = [member for member in ordered if member.rank == PRIMARY]
    if len(primaries) != 1:
        return Assembled(group=None, problems=(_primaries(name, primaries, ordered),))
    (primary,), secondaries = primaries, [member for member in ordered if member.rank != PRIMARY]
    here = [member for member in secondaries if member.region == primary.region]
    elsewhere = [member for member in secondaries if member.region != primary.region]
    problems = (_too_near(name, here, primary.region),) if here else ()
    if not elsewhere:
        return Assembled(group=None, problems=problems or (_alone(name, primary),), alone=primary)
    return Assembled(group=TaggedGroup(name=name, members=(primary, *elsewhere)), problems=problems)


def _primaries(name: str, primaries: Sequence[Member], members: Sequence[Member]) -> Problem:
    if primaries:
        why = f"{name} has {count(len(primaries), 'primary', 'primaries')}: {names_of(primaries)}"
        return _problem(name, why, f"tag all but one {ROLE_TAG} = secondary", primaries)
    why = f"{name} has no primary, only {names_of(members)}"
    return _problem(name, why, f"tag the one that builds in good times {ROLE_TAG} = primary", members)


def _too_near(name: str, here: Sequence[Member], region: Region) -> Problem:
    named = names_of(here)
    are = "is a secondary" if len(here) == 1 else "are secondaries"
    why = f"{named} {are} of {name} in its primary's region {region}, and would be down with it"
    return _problem(
        name, why, f"deploy one elsewhere (aibwatch replicate {name} --to REGION), or remove the tags", here
    )


def _alone(name: str, primary: Member) -> Problem:
    why = f"{name} has no secondary, so there is nowhere to go to"
    remedy = (
        f"deploy one (aibwatch replicate {name} --to REGION) and tag it {GROUP_TAG} = {name}, {ROLE_TAG} = secondary"
    )
    return _problem(name, why, remedy, [primary])


def names_of(members: Sequence[Member]) -> str:
    """Return the names of templates as people say them; members of a group may share one, so with their regions."""
    return listing([f"{template_name(member.template)} in {member.region}" for member in members])


def _problem(name: str, why: str, remedy: str, members: Sequence[Member]) -> Problem:
    return Problem(about=name, why=why, remedy=remedy, templates=tuple(member.template for member in members))
