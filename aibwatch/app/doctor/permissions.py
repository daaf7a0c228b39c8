"""Check every permission of core.rights where it is needed: what is missing, for which feature, and which role has it.

Rules: what the daemon reads is needed at each subscription of its templates; a permission on templates may be given at
every one of their resource groups instead. What a move does is needed at the resource groups of the members and
canaries, or at each of them. What only some features need is asked for only where they are on. What `replicate` and
`restore` do is not asked for: they are run by people, as themselves.
"""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from aibwatch.app.doctor.bench import Bench, Reached, few
from aibwatch.core.checkup import Cause, Checked, fail, warn, well
from aibwatch.core.model import Mode, TemplateId, template_name
from aibwatch.core.permitted import Permission, allows
from aibwatch.core.rights import RIGHTS, Right, Role
from aibwatch.core.sentences import count, listing
from aibwatch.sources.answer import Bad
from aibwatch.sources.lacking import unread
from aibwatch.sources.permissions import Permissions

AT_ONCE = 4
"""Questions under way; as many as the rest of aibwatch allows itself beside its polls."""

MOST_ALONE = 100
"""Templates that are asked about one by one, where their resource groups do not allow it: roles at single templates are
for a few of them. The others count as not allowed."""

ASK = "Microsoft.Authorization/permissions/read"

RUN = "Microsoft.VirtualMachineImages/imageTemplates/run/action"
EXCLUDE = "Microsoft.Compute/galleries/images/versions/write"
AVAILABILITY = "Microsoft.ResourceHealth/AvailabilityStatuses/current/read"

TEMPLATES = "microsoft.virtualmachineimages/imagetemplates/"
"""Actions on templates: they may be given where the templates are. The others are about a subscription, or about what
templates lean on, which may be in any resource group."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scope:
    """Where permissions were asked for, and what came back."""

    name: str
    held: tuple[Permission, ...] | Bad

    def allows(self, action: str) -> bool:
        return not isinstance(self.held, Bad) and allows(self.held, action)


async def check_permissions(reached: Reached) -> list[Checked]:
    """Return what is missing, and how much is there."""
    watched = reached.bench.setup.watched
    groups = _by_group(watched)
    subscriptions = sorted({scope.split("/")[2] for scope in groups})
    asked = await _asked(reached, [*(f"/subscriptions/{name}" for name in subscriptions), *sorted(groups)])
    silent = [scope for scope in asked.values() if isinstance(scope.held, Bad)]
    told = few([_unanswered(scope) for scope in silent])
    for subscription in subscriptions:
        told += _watching(reached.bench, subscription, asked)
    told += await _moving(reached, groups, asked)
    return told


async def _asked(reached: Reached, scopes: Collection[str]) -> dict[str, _Scope]:
    permissions, room = Permissions(reached.arm), asyncio.Semaphore(AT_ONCE)

    async def ask(scope: str) -> _Scope:
        async with room:
            return _Scope(name=scope, held=await permissions.at(scope))

    return {scope.name: scope for scope in await asyncio.gather(*map(ask, scopes))}


def _unanswered(scope: _Scope) -> Checked:
    bad = scope.held
    why = unread(bad, ASK) if isinstance(bad, Bad) else None
    said = f"what may be done in {words(scope.name)} cannot be told: {why.why if why else ''}"
    if why is not None and why.permission:
        return fail("permission", said, 'the role "aibwatch watch" has it (deploy/azure)', Cause.NOT_PERMITTED)
    return fail("permission", said, "try again; if it stays so, look at the endpoint", Cause.UNREACHABLE)


def _watching(bench: Bench, subscription: str, asked: Mapping[str, _Scope]) -> list[Checked]:
    """Return what the daemon may not read in a subscription."""
    whole = asked[f"/subscriptions/{subscription}"]
    if isinstance(whole.held, Bad):
        return []
    parts = [scope for name, scope in asked.items() if name.startswith(f"{whole.name}/")]
    needed = [right for right in RIGHTS if right.role is Role.WATCH and _is_used(bench, right)]
    missing = [right for right in needed if not _may_watch(right, whole, parts)]
    held = len(needed) - len(missing)
    told = [_missing(right, whole.name) for right in missing]
    return [*few(told), *([_all_held(held, len(needed), "to watch", whole.name)] if held else [])]


def _may_watch(right: Right, whole: _Scope, parts: Collection[_Scope]) -> bool:
    if whole.allows(right.action):
        return True
    on_templates = right.action.lower().startswith(TEMPLATES)
    return on_templates and bool(parts) and all(part.allows(right.action) for part in parts)


async def _moving(
    reached: Reached, groups: Mapping[str, set[TemplateId]], asked: Mapping[str, _Scope]
) -> list[Checked]:
    """Return which templates may not be run, and whether image versions may be written where that is wanted."""
    right = next(right for right in RIGHTS if right.action == RUN)
    lacking = {
        scope: templates
        for scope, templates in groups.items()
        if not isinstance(asked[scope].held, Bad) and not asked[scope].allows(RUN)
    }
    alone = sorted({template for templates in lacking.values() for template in templates})[:MOST_ALONE]
    single = await _asked(reached, alone)
    told: list[Checked] = []
    for scope, templates in sorted(lacking.items()):
        idle = sorted(template for template in templates if template not in single or not single[template].allows(RUN))
        if idle:
            told.append(_may_not_run(reached.bench, right, scope, idle))
    well_off = len(groups) - len(told) - sum(isinstance(asked[scope].held, Bad) for scope in groups)
    told = few(told)
    if well_off:
        told.append(well("permission", f"templates may be run in {count(well_off, 'resource group')} of {len(groups)}"))
    return [*told, *_excluding(reached.bench, asked)]


def _may_not_run(bench: Bench, right: Right, scope: str, templates: list[TemplateId]) -> Checked:
    names = listing([template_name(template) for template in templates])
    said = f"{right.action} is missing in {words(scope)}, for {right.feature}: {names}"
    idle = _why_not_yet(bench, templates)
    if idle:
        return warn("permission", f"{said}; {idle}", _remedy(right, scope))
    return fail("permission", said, _remedy(right, scope), Cause.NOT_PERMITTED)


def _why_not_yet(bench: Bench, templates: Collection[TemplateId]) -> str:
    """Return why nothing that aibwatch does by itself runs one of these; "" if something does."""
    groups = bench.setup.groups.values()
    canaries = {canary.template for canary in bench.setup.canaries.values()}
    targets = {t for spec in groups if spec.policy.mode is not Mode.SHADOW for t in spec.secondaries}
    if (canaries | targets).intersection(templates):
        return ""
    if any(spec.policy.mode is not Mode.SHADOW and spec.primary in templates for spec in groups):
        return "no failover needs it there, but a failback does, and aibwatch build"
    return "in mode shadow nothing is run, and it is needed before that changes"


def _excluding(bench: Bench, asked: Mapping[str, _Scope]) -> Iterator[Checked]:
    """Return whether versions can be taken out of latest. Where galleries are is not known here, so it only warns."""
    right = next(right for right in RIGHTS if right.action == EXCLUDE)
    if not _is_used(bench, right):
        return
    if any(scope.allows(right.action) for scope in asked.values()):
        yield well("permission", f"{right.action} is there, for {right.feature}")
    else:
        said = f"{right.action} is missing wherever templates are, for {right.feature}"
        yield warn("permission", said, f'assign the role "{right.role}" at the resource group of the gallery')


def _is_used(bench: Bench, right: Right) -> bool:
    """Return whether a permission is for a feature that is on; those that everybody uses always are."""
    if right.action == AVAILABILITY:
        return bool(bench.loaded.settings.dependency)
    if right.action == EXCLUDE:
        return any(spec.policy.exclude_late_images for spec in bench.setup.groups.values())
    return not right.optional


def _missing(right: Right, scope: str) -> Checked:
    said = f"{right.action} is missing in {words(scope)}, for {right.feature}"
    return fail("permission", said, _remedy(right, scope), Cause.NOT_PERMITTED)


def _remedy(right: Right, scope: str) -> str:
    return f'assign the role "{right.role}" in {words(scope)} (deploy/azure)'


def _all_held(held: int, of: int, what: str, scope: str) -> Checked:
    return well("permission", f"{held} of {count(of, 'permission')} {what} are held in {words(scope)}")


def _by_group(watched: Collection[TemplateId]) -> dict[str, set[TemplateId]]:
    """Return the watched templates by the id of their resource group."""
    groups: defaultdict[str, set[TemplateId]] = defaultdict(set)
    for template in watched:
        groups[template.partition("/providers/")[0]].add(template)
    return dict(groups)


def words(scope: str) -> str:
    """Return a scope as people call it: "resource group images", "subscription 1111...", "ubuntu-weu"."""
    parts = scope.strip("/").split("/")
    if len(parts) == 2:
        return f"subscription {parts[1]}"
    return f"resource group {parts[3]}" if len(parts) == 4 else parts[-1]
