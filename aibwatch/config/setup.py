"""Turn settings into what the core works with. Nothing is judged here; what comes in has been checked."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Literal

from aibwatch.config.schema import AzureSettings, Canary, Freeze, Group, PolicySettings, PollSettings, Settings, Step
from aibwatch.core import policy as core
from aibwatch.core.definition.region_map import RegionMap
from aibwatch.core.model import Region, TemplateId, template_id
from aibwatch.core.policy import CanarySpec, GroupSpec, Pace, Policy, Setup, StepSpec


def setup_of(settings: Settings) -> Setup:
    """Return groups, canaries, freezes, thresholds and pace as the core knows them."""
    return Setup(
        groups={group.name: _group(group, settings.policy) for group in settings.group},
        policy=_policy(settings.policy),
        pace=_pace(settings.poll, settings.azure),
        canaries={Region(canary.region): _canary(canary) for canary in settings.canary},
        freezes=tuple(map(_freeze, settings.freeze)),
    )


def region_map_of(settings: Settings, home: Region, away: Region) -> RegionMap:
    """Return what the things of one region are called in another; an empty map where the file says nothing of it."""
    for mapping in settings.mapping:
        if (mapping.from_, mapping.to) == (home, away):
            return RegionMap(home=home, away=away, replace=mapping.replace, exact=mapping.exact)
    return RegionMap(home=home, away=away)


def _group(group: Group, defaults: PolicySettings) -> GroupSpec:
    return GroupSpec(
        name=group.name,
        primary=template_id(group.primary),
        secondaries=tuple(map(template_id, group.secondaries)),
        policy=_policy(group.policy(defaults)),
        steps=tuple(map(_step, group.step)),
        regions=dict(_regions(group)),
        allowed_geographies=group.allowed_geographies,
    )


def _regions(group: Group) -> Iterator[tuple[TemplateId, Region]]:
    if group.primary_region is not None:
        yield template_id(group.primary), Region(group.primary_region)
    if group.secondary_regions:
        for secondary, region in zip(group.secondaries, group.secondary_regions, strict=True):
            yield template_id(secondary), Region(region)


def _policy(settings: PolicySettings) -> Policy:
    return Policy(
        mode=settings.mode,
        cooldown=settings.cooldown,
        drill_max_age=_unless_off(settings.drill_max_age),
        hold_min=settings.hold_min,
        hold_max=settings.hold_max,
        min_outage_age=settings.min_outage_age,
        recovery_min=settings.recovery_min,
        run_window=settings.run_window,
        suspect_score=settings.suspect_score,
        confirm_score=settings.confirm_score,
        max_moves_per_day=settings.max_moves_per_day,
        exclude_late_images=settings.exclude_late_images,
        approve_timeout=settings.approve_timeout,
    )


def _canary(canary: Canary) -> CanarySpec:
    return CanarySpec(
        region=Region(canary.region),
        template=template_id(canary.template),
        max_per_day=canary.max_per_day,
        routine=_unless_off(canary.routine),
        retry_after=canary.retry_after,
        respite=canary.respite,
    )


def _freeze(freeze: Freeze) -> core.Freeze:
    return core.Freeze(starts=freeze.from_, ends=freeze.to, reason=freeze.reason)


def _unless_off(length: timedelta | Literal["off"]) -> timedelta | None:
    return None if length == "off" else length


def _pace(poll: PollSettings, azure: AzureSettings) -> Pace:
    return Pace(
        templates=poll.templates,
        probe=poll.probe,
        service_health=poll.service_health,
        resource_health=poll.resource_health,
        activity_log=poll.activity_log,
        peer=poll.peer,
        readiness=poll.readiness,
        patience=azure.request_timeout,
    )


def _step(step: Step) -> StepSpec:
    options = step.options.model_dump(exclude_none=True)
    return StepSpec(handler=step.handler, timeout=step.timeout, retries=step.retries, options=options)
