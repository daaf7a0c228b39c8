"""Put the configuration before tags: a group and a template that it names are not found by tags a second time.

Tags that say just what the configuration says are no mistake: so the groups that need settings of their own are
configured, and all templates can be tagged alike.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from aibwatch.core.discovery.group import TaggedGroup
from aibwatch.core.discovery.tagged import PRIMARY, Member
from aibwatch.core.model import TemplateId, template_name
from aibwatch.core.policy import GroupSpec, Setup


class Configured:
    """What the configuration has by itself."""

    def __init__(self, setup: Setup) -> None:
        """Take groups that were found by tags for not configured."""
        self._groups: Mapping[str, GroupSpec] = {n: spec for n, spec in setup.groups.items() if not spec.tagged}
        self._owners: dict[TemplateId, str] = {
            canary.template: f"is the canary of {region}" for region, canary in setup.canaries.items()
        }
        for spec in self._groups.values():
            self._owners |= dict.fromkeys(spec.members, f'is in the configured group "{spec.name}"')

    def clash(self, name: str, templates: Iterable[TemplateId]) -> str:
        """Return why tags cannot make a group of this name and these templates; "" if they can."""
        for template in sorted(templates):
            owner = self._owners.get(template)
            if owner is not None:
                return f"{template_name(template)} {owner}"
        return f'a group "{name}" is configured' if name in self._groups else ""

    def says(self, name: str, members: Iterable[Member]) -> bool:
        """Return whether the configuration has the very group that tags say."""
        spec = self._groups.get(name)
        said = {(member.template, member.rank == PRIMARY) for member in members}
        return spec is not None and said == {(t, t == spec.primary) for t in spec.members}


def merged(configured: Setup, tagged: Mapping[str, TaggedGroup]) -> Setup:
    """Return the set-up with the groups that were found by tags, as far as the configuration leaves them room.

    They have the thresholds and the mode of [policy].
    """
    own = Configured(configured)
    found = {
        name: group.spec(configured.policy)
        for name, group in sorted(tagged.items())
        if not own.clash(name, group.templates)
    }
    mine = {name: spec for name, spec in configured.groups.items() if not spec.tagged}
    return replace(configured, groups={**mine, **found})
