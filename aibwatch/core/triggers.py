"""Say what an event means to a group: find the trigger that the table is asked with."""

from datetime import timedelta

from aibwatch.core.events import EpochAnswered, Event, PolledAfresh, Reset, Started, StepEnded
from aibwatch.core.failover import Trigger
from aibwatch.core.move.move import Move, MoveKind, StepResult
from aibwatch.core.observation import Source
from aibwatch.core.situation import Situation
from aibwatch.core.state import GroupState, State

QUESTIONS = 5
"""How often a handler is asked what became of a step before we give up and halt."""

FIRST_WAIT = timedelta(seconds=5)
"""Before the second question; doubled for each further one. Five questions take 75 s, a page comes within 2 min."""

LONGEST_WAIT = timedelta(minutes=2)


def trigger_of(event: Event, group: GroupState, state: State, seen: Situation) -> Trigger:
    """Return what the event means to this group.

    An answer that belongs to nothing open is no news: then the group is looked at as at any other time.
    """
    match event:
        case Started() if group.move is None or not group.move.awaits_image:
            return Trigger.RESUMED
        case Reset(group=group.name):
            return Trigger.RESET
        case PolledAfresh() if _belongs(event, group):
            return _fresh(group, state, seen)
        case EpochAnswered() if _belongs(event, group):
            refused = Trigger.EPOCH_UNWRITTEN if event.unwritable else Trigger.EPOCH_REFUSED
            return Trigger.EPOCH_WRITTEN if event.written else refused
        case StepEnded() if group.move is not None and is_current(event, group.move):
            return _of_kind(_step(event, group.move), event, group.move, seen)
        case _:
            return seen.trigger


def is_current(event: StepEnded, move: Move) -> bool:
    """Return whether the answer is to the attempt that is open now."""
    return (
        event.activation_id == move.activation_id
        and event.step == move.current
        and event.step < len(move.steps)
        and event.attempt == move.steps[event.step].attempt > 0
    )


def wait_before(number: int) -> timedelta:
    """Return the pause before the given question or attempt, counted from 1."""
    if number <= 1:
        return timedelta(0)
    return min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(number - 2, 10))


def _belongs(event: PolledAfresh | EpochAnswered, group: GroupState) -> bool:
    return group.move is not None and event.activation_id == group.move.activation_id


def _fresh(group: GroupState, state: State, seen: Situation) -> Trigger:
    if seen.trigger is Trigger.STILL_WANTED:
        return Trigger.FRESH_AGREES  # whether the region to leave answers is no matter to who leaves it by his own will
    if seen.trigger is not Trigger.OUTAGE_OPEN or group.move is None or seen.region is None:
        return seen.trigger
    record = state.window.poll(Source.PROBE, seen.region)
    if record is None or record.answered_at is None or record.mute_since is not None:
        return Trigger.FRESH_MUTE
    fresh = record.answered_at >= max(group.move.claimed_at, state.awake_since)
    return Trigger.FRESH_AGREES if fresh else Trigger.FRESH_MUTE


def _of_kind(trigger: Trigger, event: StepEnded, move: Move, seen: Situation) -> Trigger:
    """Return what the end of a step means to this kind of move."""
    match move.kind:
        case MoveKind.FAILOVER:
            return trigger
        case MoveKind.DRILL if trigger is not Trigger.STEP_UNKNOWN and seen.outage_proven:
            return Trigger.OVERTAKEN
        case MoveKind.DRILL:
            return Trigger.REHEARSAL_FAILED if trigger is Trigger.STEP_HOPELESS else trigger
        case MoveKind.FAILBACK if event.step == 0:
            return RUN_OF_PRIMARY.get(trigger, trigger)
        case MoveKind.FAILBACK:
            return trigger


RUN_OF_PRIMARY = {
    Trigger.STEP_APPLIED: Trigger.IMAGE_AWAITED,
    Trigger.LAST_STEP_APPLIED: Trigger.IMAGE_AWAITED,
    Trigger.STEP_HOPELESS: Trigger.IMAGE_FAILED,
}
"""What a failback's first step means: the run is only there to show that the primary builds."""


def _step(event: StepEnded, move: Move) -> Trigger:
    step = move.steps[event.step]
    left = step.attempt <= step.retries
    match event.result:
        case StepResult.APPLIED | StepResult.ALREADY_APPLIED:
            last = event.step + 1 == len(move.steps)
            return Trigger.LAST_STEP_APPLIED if last else Trigger.STEP_APPLIED
        case StepResult.NOTHING_CHANGED:
            return Trigger.STEP_AGAIN if left else Trigger.STEP_HOPELESS
        case StepResult.PARTIAL:
            return Trigger.STEP_AGAIN if event.resumable and left else Trigger.STEP_HOPELESS
        case StepResult.NOT_SENT:
            return Trigger.STEP_AGAIN
        case StepResult.UNKNOWN if event.repeatable and left:
            return Trigger.STEP_AGAIN
        case StepResult.UNKNOWN:
            return Trigger.STEP_UNKNOWN if step.questions < QUESTIONS else Trigger.STEP_HOPELESS
        case StepResult.NEVER | StepResult.REFUSED | StepResult.CONTRADICTED:
            return Trigger.STEP_HOPELESS
