"""Turn settings into what the core works with. Nothing is judged here; what comes in has been checked."""

from aibwatch.config.schema import AzureSettings, Group, PolicySettings, PollSettings, Settings, Step
from aibwatch.core.model import template_id
from aibwatch.core.policy import GroupSpec, Pace, Policy, Setup, StepSpec


def setup_of(settings: Settings) -> Setup:
    """Return groups, thresholds and pace as the core knows them."""
    return Setup(
        groups={group.name: _group(group, settings.policy) for group in settings.group},
        policy=_policy(settings.policy),
        pace=_pace(settings.poll, settings.azure),
    )


def _group(group: Group, defaults: PolicySettings) -> GroupSpec:
    return GroupSpec(
        name=group.name,
        primary=template_id(group.primary),
        secondaries=tuple(map(template_id, group.secondaries)),
        policy=_policy(group.policy(defaults)),
        steps=tuple(map(_step, group.step)),
    )


def _policy(settings: PolicySettings) -> Policy:
    return Policy(
        mode=settings.mode,
        cooldown=settings.cooldown,
        hold_min=settings.hold_min,
        hold_max=settings.hold_max,
        min_outage_age=settings.min_outage_age,
        recovery_min=settings.recovery_min,
        run_window=settings.run_window,
        suspect_score=settings.suspect_score,
        confirm_score=settings.confirm_score,
        max_moves_per_day=settings.max_moves_per_day,
    )


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
    return StepSpec(handler=step.handler, timeout=step.timeout, retries=step.retries)
