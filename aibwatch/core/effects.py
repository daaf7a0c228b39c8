"""Carry out, on values, what a row of the table wants: change the group's memory and name the actions.

This module does not know when an effect is due; that is for the table in failover.py.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aibwatch.core.actions import Action, AskStatus, DispatchStep, PollAfresh, StepCall, WriteEpoch
from aibwatch.core.events import Event, StepEnded
from aibwatch.core.failover import Effect
from aibwatch.core.grounds import case_of
from aibwatch.core.incident import open_incident
from aibwatch.core.model import Region, TemplateId
from aibwatch.core.move import Move, MoveKind, Step, activation_id, plan_steps
from aibwatch.core.policy import GroupSpec
from aibwatch.core.situation import Situation
from aibwatch.core.state import GroupState, State
from aibwatch.core.triggers import is_current, wait_before

DAY = timedelta(hours=24)

BETWEEN_CHECKS = timedelta(seconds=30)
"""A check that was given up is not begun again at once: a region in trouble is not polled every second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What effects need to know beside the group."""

    state: State
    spec: GroupSpec
    target: TemplateId | None
    """Where a claim would go."""
    region: Region | None
    now: datetime
    seen: Situation | None = None
    """How the group stands: what a claim rests on."""


Changed = tuple[GroupState, tuple[Action, ...]]


def take_answer(group: GroupState, event: Event, now: datetime) -> GroupState:
    """Return the group with a handler's answer entered into the open step, if the answer belongs to it."""
    if not isinstance(event, StepEnded) or group.move is None or not is_current(event, group.move):
        return group
    ended = replace(group.move.steps[event.step], result=event.result, why=event.why, ended_at=now)
    return replace(group, move=_with_step(group.move, event.step, ended))


def apply(effect: Effect, group: GroupState, scene: Scene) -> Changed:
    """Return the group after the effect, and the actions that it wants."""
    match effect:
        case Effect.CLAIM:
            return _claim(group, scene), ()
        case Effect.ABANDON:
            return replace(group, move=None, check_after=scene.now + BETWEEN_CHECKS), ()
        case Effect.POLL_AFRESH:
            return group, _poll_afresh(group, scene)
        case Effect.WRITE_EPOCH:
            return group, _write_epoch(_open(group))
        case Effect.COMMIT:
            return _commit(group, scene.now), ()
        case Effect.DISPATCH:
            return _dispatch(group)
        case Effect.ASK_STATUS | Effect.ASK_AFRESH:
            return _ask(group, afresh=effect is Effect.ASK_AFRESH)
        case Effect.FINISH:
            return _end(group, scene.now, failed=False), ()
        case Effect.FAIL:
            return replace(_end(group, scene.now, failed=True), failed_moves=group.failed_moves + 1), ()


def _open(group: GroupState) -> Move:
    if group.move is None:
        raise AssertionError(f"{group.name} is {group.phase} without a move; the table and its effects disagree")
    return group.move


def _claim(group: GroupState, scene: Scene) -> GroupState:
    if scene.target is None or scene.region is None:
        raise AssertionError(f"{group.name} claims a move without a target; situation.py never opens all gates then")
    incident = open_incident(scene.state.incidents, scene.region)
    seen = scene.state.window.templates.get(scene.target)
    ended = seen.run if seen and seen.run and seen.run.state.ended else None
    move = Move(
        activation_id=activation_id(group.name, group.epoch + 1),
        kind=MoveKind.FAILOVER,
        group=group.name,
        source=group.active,
        target=scene.target,
        epoch=group.epoch + 1,
        incident=incident.id if incident else "",
        claimed_at=scene.now,
        steps=plan_steps(scene.spec),
        run_before=ended.started if ended else None,
        case=case_of(scene.state, scene.seen),
    )
    return replace(group, move=move)


def _poll_afresh(group: GroupState, scene: Scene) -> tuple[Action, ...]:
    move = _open(group)
    regions = (scene.state.window.region_of(move.source), scene.state.window.region_of(move.target))
    known = tuple(region for region in regions if region is not None)
    return (PollAfresh(group=group.name, activation_id=move.activation_id, regions=known),)


def _write_epoch(move: Move) -> tuple[Action, ...]:
    return (WriteEpoch(group=move.group, activation_id=move.activation_id, epoch=move.epoch, target=move.target),)


def _commit(group: GroupState, now: datetime) -> GroupState:
    move = replace(_open(group), committed_at=now)
    recent = tuple(at for at in group.moved_at if now - at < DAY)
    return replace(
        group, move=move, active=move.target, epoch=move.epoch, moved_at=(*recent, now), moves=group.moves + 1
    )


def _dispatch(group: GroupState) -> Changed:
    move = _open(group)
    number = move.current
    step = move.steps[number]
    begun = replace(step, attempt=step.attempt + 1, questions=0, result=None)
    move = _with_step(move, number, begun)
    action = DispatchStep(call=_call(move, number), wait=wait_before(begun.attempt))
    return replace(group, move=move), (action,)


def _ask(group: GroupState, *, afresh: bool) -> Changed:
    move = _open(group)
    number = move.current
    before = 0 if afresh else move.steps[number].questions
    asked = replace(move.steps[number], questions=before + 1, result=None)
    move = _with_step(move, number, asked)
    return replace(group, move=move), (AskStatus(call=_call(move, number), wait=wait_before(asked.questions)),)


def _end(group: GroupState, now: datetime, *, failed: bool) -> GroupState:
    return replace(group, move=None, last=replace(_open(group), ended_at=now, failed=failed))


def _with_step(move: Move, number: int, step: Step) -> Move:
    return replace(move, steps=(*move.steps[:number], step, *move.steps[number + 1 :]))


def _call(move: Move, number: int) -> StepCall:
    step = move.steps[number]
    return StepCall(
        group=move.group,
        activation_id=move.activation_id,
        kind=move.kind,
        epoch=move.epoch,
        source=move.source,
        target=move.target,
        step=number,
        attempt=step.attempt,
        handler=step.handler,
        timeout=step.timeout,
        options=step.options,
    )
