"""Carry out, on values, what a row of the table wants: change the group's memory and name the actions.

This module does not know when an effect is due; that is for the table in failover.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from aibwatch.core.actions import Action, AskStatus, DispatchStep, PollAfresh, StepCall, WriteEpoch
from aibwatch.core.events import EpochAnswered, Event, StepEnded
from aibwatch.core.failover import Effect
from aibwatch.core.incident import open_incident
from aibwatch.core.model import Region, TemplateId
from aibwatch.core.move.grounds import case_of
from aibwatch.core.move.move import Move, MoveKind, Order, Step, activation_id, plan_steps
from aibwatch.core.policy import GroupSpec
from aibwatch.core.rehearsal import rehearsed
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
    kind: MoveKind = MoveKind.FAILOVER
    order: Order | None = None
    """Who ordered the move that a claim would begin."""


Ending = Literal[Effect.ABANDON, Effect.CUT_SHORT, Effect.GIVE_UP, Effect.FINISH, Effect.FAIL]
"""Effects after which there is no open move."""

Changed = tuple[GroupState, tuple[Action, ...]]


def take_answer(group: GroupState, event: Event, now: datetime) -> GroupState:
    """Return the group with the answer to what it asked entered, if the answer belongs to its open move."""
    if isinstance(event, EpochAnswered):
        return _take_epoch(group, event)
    if not isinstance(event, StepEnded) or group.move is None or not is_current(event, group.move):
        return group
    ended = replace(group.move.steps[event.step], result=event.result, why=event.why, ended_at=now)
    return replace(group, move=_with_step(group.move, event.step, ended))


def _take_epoch(group: GroupState, event: EpochAnswered) -> GroupState:
    """Return the group with the epoch on record, where that is newer: after the reset it goes on from there."""
    mine = group.move is not None and event.activation_id == group.move.activation_id
    return replace(group, epoch=max(group.epoch, event.standing)) if mine and not event.written else group


def apply(effect: Effect, group: GroupState, scene: Scene) -> Changed:
    """Return the group after the effect, and the actions that it wants."""
    match effect:
        case Effect.CLAIM:
            return _claim(group, scene), ()
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
        case Effect.ABANDON | Effect.CUT_SHORT | Effect.GIVE_UP | Effect.FINISH | Effect.FAIL:
            return _end(effect, group, scene), ()


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
        kind=scene.kind,
        group=group.name,
        source=group.active,
        target=scene.target,
        epoch=group.epoch + 1,
        incident=incident.id if incident else "",
        claimed_at=scene.now,
        steps=plan_steps(scene.spec, scene.kind),
        order=scene.order,
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
    return (
        WriteEpoch(
            group=move.group, activation_id=move.activation_id, epoch=move.epoch, target=move.active_after_commit
        ),
    )


def _commit(group: GroupState, now: datetime) -> GroupState:
    """Enter the new epoch. A drill moves nothing, so it counts as no move either."""
    move = replace(_open(group), committed_at=now, approval=group.approval)
    recent = tuple(at for at in group.moved_at if now - at < DAY)
    return replace(
        group,
        move=move,
        active=move.active_after_commit,
        epoch=move.epoch,
        moved_at=recent if move.kind is MoveKind.DRILL else (*recent, now),
        committed=_one_more(group.committed, move.kind),
        approval=None,
    )


def _one_more(counts: Mapping[MoveKind, int], kind: MoveKind) -> Mapping[MoveKind, int]:
    return {**counts, kind: counts.get(kind, 0) + 1}


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


def _end(effect: Ending, group: GroupState, scene: Scene) -> GroupState:
    match effect:
        case Effect.CUT_SHORT:
            return replace(group, move=None)
        case Effect.ABANDON:
            return replace(group, move=None, check_after=scene.now + BETWEEN_CHECKS)
        case Effect.GIVE_UP:
            return _give_up(group, scene.now)
        case Effect.FINISH:
            return _finish(group, scene)
        case Effect.FAIL:
            return _fail(group, scene.now)


def _finish(group: GroupState, scene: Scene) -> GroupState:
    move, now = replace(_open(group), ended_at=scene.now), scene.now
    known = rehearsed(scene.state.window, move)
    match move.kind:
        case MoveKind.FAILOVER:
            return replace(group, move=None, last=move, rehearsed_as=known)
        case MoveKind.FAILBACK:
            return replace(group, move=None, last=move, active=move.target)
        case MoveKind.DRILL:
            # One that runs a template is done when that has built; see aftermath.py.
            done = group.drilled_at if move.runs_template else now
            return replace(group, move=None, drill=move, rehearsed_as=known, drilled_at=done)


def _fail(group: GroupState, now: datetime) -> GroupState:
    move = replace(_open(group), ended_at=now, failed=True)
    return replace(group, move=None, last=move, failed=_one_more(group.failed, move.kind))


def _give_up(group: GroupState, now: datetime) -> GroupState:
    """End what moved nothing, and so is no move of the day.

    A failback is not `last`: that stays the move by which the group came where it is.
    """
    move = replace(_open(group), ended_at=now, failed=True)
    drill = move if move.kind is MoveKind.DRILL else group.drill
    moved = tuple(at for at in group.moved_at if at != move.committed_at)
    return replace(group, move=None, drill=drill, moved_at=moved, failed=_one_more(group.failed, move.kind))


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
