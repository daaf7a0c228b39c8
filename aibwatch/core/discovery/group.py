"""Hold a group as tags say it, and put one together from what its templates claim.

Rules: exactly one primary, and at least one secondary in another region. A secondary in the primary's own region is
left out and told; the others stand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from aibwatch.core.discovery.problem import Problem
from aibwatch.core.discovery.tagged import GROUP_TAG, PRIMARY, ROLE_TAG, Claim
from aibwatch.core.model import Region, TemplateId, template_name
from aibwatch.core.policy import GroupSpec, Policy
from aibwatch.core.sentences import count, listing


@dataclass(frozen=True, slots=True, kw_only=True)
class TaggedGroup:
    """A group as tags say it."""

    name: str
    members: tuple[Claim, ...]
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
    """What claims come to: a group or none, and what is wrong with them."""

    group: TaggedGroup | None
    problems: tuple[Problem, ...] = ()


def assemble(name: str, claims: Sequence[Claim]) -> Assembled:
    """Return the group that its templates claim to be."""
    ordered = sorted(claims, key=lambda claim: claim.order)
    primaries = [claim for claim in ordered if claim.rank == PRIMARY]
    if len(primaries) != 1:
        return Assembled(group=None, problems=(_primaries(name, primaries, ordered),))
    (primary,), secondaries = primaries, [claim for claim in ordered if claim.rank != PRIMARY]
    here = [claim for claim in secondaries if claim.region == primary.region]
    elsewhere = [claim for claim in secondaries if claim.region != primary.region]
    problems = (_too_near(name, here, primary.region),) if here else ()
    if not elsewhere:
        return Assembled(group=None, problems=problems or (_alone(name, primary),))
    return Assembled(group=TaggedGroup(name=name, members=(primary, *elsewhere)), problems=problems)


def _primaries(name: str, primaries: Sequence[Claim], claims: Sequence[Claim]) -> Problem:
    if primaries:
        why = f"{name} has {count(len(primaries), 'primary', 'primaries')}: {names_of(primaries)}"
        return _problem(name, why, f"tag all but one {ROLE_TAG} = secondary", primaries)
    why = f"{name} has no primary, only {names_of(claims)}"
    return _problem(name, why, f"tag the one that builds in good times {ROLE_TAG} = primary", claims)


def _too_near(name: str, here: Sequence[Claim], region: Region) -> Problem:
    named = names_of(here)
    are = "is a secondary" if len(here) == 1 else "are secondaries"
    why = f"{named} {are} of {name} in its primary's region {region}, and would be down with it"
    return _problem(
        name, why, f"deploy one elsewhere (aibwatch replicate {name} --to REGION), or remove the tags", here
    )


def _alone(name: str, primary: Claim) -> Problem:
    why = f"{name} has no secondary, so there is nowhere to go to"
    remedy = (
        f"deploy one (aibwatch replicate {name} --to REGION) and tag it {GROUP_TAG} = {name}, {ROLE_TAG} = secondary"
    )
    return _problem(name, why, remedy, [primary])


def names_of(claims: Sequence[Claim]) -> str:
    """Return the names of templates as people say them; members of a group may share one, so with their regions."""
    return listing([f"{template_name(claim.template)} in {claim.region}" for claim in claims])


def _problem(name: str, why: str, remedy: str, claims: Sequence[Claim]) -> Problem:
    return Problem(about=name, why=why, remedy=remedy, templates=tuple(claim.template for claim in claims))
