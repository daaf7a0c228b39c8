"""Decide for one group: take orders, find how it stands and what the event means, and do what the table's row wants.

The table has the rules; this only walks through it, and says what changed.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from aibwatch.core.actions import Action
from aibwatch.core.approval import Answered
from aibwatch.core.asking import ask
from aibwatch.core.decision import Note, NoteKind, Refusal, Reply
from aibwatch.core.effects import Scene, apply, take_answer
from aibwatch.core.events import ApprovalAnswered, EpochAnswered, Event, MoveOrdered, Reset, StepEnded
from aibwatch.core.failover import TABLE, Row, Trigger
from aibwatch.core.incident import open_incident
from aibwatch.core.model import Mode
from aibwatch.core.move.aftermath import follow as follow_run
from aibwatch.core.move.late import follow as follow_late
from aibwatch.core.move.move import MoveKind
from aibwatch.core.orders import take_order
from aibwatch.core.policy import GroupSpec, Setup
from aibwatch.core.sentences import span
from aibwatch.core.situation import Situation, situation, situation_of_order
from aibwatch.core.state import GroupState, Phase, State
from aibwatch.core.triggers import trigger_of

LOUD_PHASES = frozenset({Phase.HELD, Phase.COMMITTING, Phase.HALTED})
LOUD_TRIGGERS = frozenset(
    {Trigger.REHEARSAL_FAILED, Trigger.IMAGE_FAILED, Trigger.ORDER_LOST, Trigger.OVERTAKEN, Trigger.EPOCH_UNWRITTEN}
)
OWN_WORDS = frozenset({Trigger.OVERTAKEN})
"""Triggers whose reason is the situation's, although a step's end brought them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What an event leads to for one group."""

    group: GroupState
    actions: tuple[Action, ...]
    notes: tuple[Note, ...]
    reply: Reply | None


def follow_group(
    state: State, event: Event, setup: Setup, spec: GroupSpec, group: GroupState, now: datetime
) -> Followed:
    """Return what the event leads to for the group."""
    group, ordered, reply = take_order(group, event, now)
    group, actions, notes = follow_run(group, event, state.window)
    group, for_late, late = follow_late(group, event, state.window, spec.policy, now)
    order = event if isinstance(event, MoveOrdered) and event.group == group.name else None
    seen = _look(state, setup, spec, group, order, now)
    trigger = seen.trigger if order else trigger_of(event, group, state, seen)
    group = take_answer(group, event, now)
    row = TABLE[group.phase, trigger]
    scene = Scene(
        state=state,
        spec=spec,
        target=seen.target,
        region=seen.region,
        now=now,
        seen=seen,
        kind=order.kind if order else MoveKind.FAILOVER,
        order=order.order if order else None,
    )
    after, wanted = group, [*actions, *for_late]
    for effect in row.effects:
        after, more = apply(effect, after, scene)
        wanted += more
    after = _stand(group, after, row, trigger, seen, _detail(trigger, event, seen, group), now)
    after, asked = ask(after, spec, seen, state, now)
    after, counted = _count_would(after, state, spec, seen)
    if isinstance(event, ApprovalAnswered) and reply is not None and reply.refusal is None:
        reply = _held_all_the_same(reply, after, spec)
    if order:
        reply = _reply(group, after, order, seen, state)
        ordered = [*ordered, _order_note(group, order, reply)]
    told = [*ordered, *notes, *late, *_notes(group, after, row, trigger, event)]
    return Followed(group=after, actions=tuple(wanted), notes=(*told, *asked, *counted), reply=reply)


def _look(
    state: State, setup: Setup, spec: GroupSpec, group: GroupState, order: MoveOrdered | None, now: datetime
) -> Situation:
    if order is None:
        return situation(state, setup, spec, group, now, ask_always=False)
    return situation_of_order(state, setup, spec, group, now, kind=order.kind, to=order.to, order=order.order)


def _stand(
    before: GroupState,
    after: GroupState,
    row: Row,
    trigger: Trigger,
    seen: Situation,
    detail: str,
    now: datetime,
) -> GroupState:
    """Return the group as it stands after the row, with why."""
    known = before.held_by if trigger is Trigger.RESUMED else seen.held_by  # at a start the gates were not asked yet
    held_by = known if row.to is Phase.HELD else ()
    since = before.since if row.to is before.phase else now
    stays_halted = before.phase is Phase.HALTED and row.to is Phase.HALTED and bool(before.why)
    why, detail = (before.why, before.detail) if stays_halted else (row.why, detail)
    return replace(after, phase=row.to, since=since, why=why, detail=detail, held_by=held_by)


def _detail(trigger: Trigger, event: Event, seen: Situation, group: GroupState) -> str:
    match event:
        case StepEnded() if group.move is not None and trigger is not seen.trigger and trigger not in OWN_WORDS:
            return f"{group.move.steps[event.step].handler}: {event.result.words}: {event.why}"
        case EpochAnswered() if trigger is not seen.trigger:
            return event.why
        case Reset() if trigger is Trigger.RESET:
            return f"by {event.owner}, {event.reason}"
        case _ if trigger in {seen.trigger, *OWN_WORDS}:
            return seen.why
        case _:
            return ""


def _notes(before: GroupState, after: GroupState, row: Row, trigger: Trigger, event: Event) -> list[Note]:
    if before.phase is not after.phase:
        what, kind = f"{before.phase} -> {after.phase}", NoteKind.PHASE
    elif before.held_by != after.held_by:
        what, kind = f"held by {', '.join(after.held_by) or 'no gate any more'}", NoteKind.HOLD
    elif row.effects and isinstance(event, StepEnded):
        what, kind = f"step {event.step + 1}, attempt {event.attempt}: {event.result.words}", NoteKind.STEP
    elif row.effects and trigger is Trigger.STEP_APPLIED:
        what, kind = "the primary builds", NoteKind.STEP
    else:
        return []
    move = after.move or before.move
    rehearsal = move is not None and move.kind is MoveKind.DRILL
    loud = kind is NoteKind.PHASE and after.phase in LOUD_PHASES and not rehearsal
    loud = loud or (trigger in LOUD_TRIGGERS and before.phase is not after.phase)
    return [Note(kind=kind, subject=after.name, what=what, why=_told(after), loud=loud)]


def _told(group: GroupState) -> str:
    return f"{group.why}: {group.detail}" if group.detail else group.why


def _reply(before: GroupState, after: GroupState, order: MoveOrdered, seen: Situation, state: State) -> Reply:
    """Return what came of an order to move."""
    if after.move is not None and before.move is None:
        text = f"{after.move.activation_id}: {order.kind} to {state.window.name_of(after.move.target)} begun"
        return Reply(text=f"{text}; see: aibwatch history {after.name}", id=after.move.activation_id)
    if before.move is not None:
        under_way = f"the {before.move.kind} {before.move.activation_id} is under way ({before.phase})"
        text = f"{order.kind} of {before.name} not begun: {under_way}; {after.why}"
        return Reply(text=text, refusal=Refusal.BUSY)
    if before.phase is Phase.HALTED:
        remedy = f"see to it, then: aibwatch reset {before.name}"
        text = f"{order.kind} of {before.name} not begun: it is halted ({before.detail or before.why}); {remedy}"
        return Reply(text=text, refusal=Refusal.UNASKED)
    refusal = Refusal.HELD if seen.held_by else Refusal.UNASKED
    return Reply(text=f"{order.kind} of {before.name} not begun: {seen.why}", refusal=refusal, held_by=seen.held_by)


def _held_all_the_same(reply: Reply, after: GroupState, spec: GroupSpec) -> Reply:
    """Return the answer to an approval with what holds the move beside it, lest anybody wait for nothing."""
    approval = after.approval
    if after.phase is not Phase.HELD or approval is None or approval.answer is not Answered.APPROVED:
        return reply
    counts = f"the approval counts for {span(spec.policy.approve_timeout)}"
    return replace(reply, text=f"{reply.text}; until then: {after.detail}; {counts}")


def _order_note(group: GroupState, order: MoveOrdered, reply: Reply) -> Note:
    what = f"{order.kind} ordered" if reply.refusal is None else f"{order.kind} ordered and refused"
    over = f", over {', '.join(order.order.overrides)}" if order.order.overrides else ""
    why = f"by {order.order.owner}{over}: {order.order.reason}; {reply.text}"
    return Note(kind=NoteKind.ORDER, subject=group.name, what=what, why=why)


def _count_would(group: GroupState, state: State, spec: GroupSpec, seen: Situation) -> tuple[GroupState, list[Note]]:
    """Count, once an incident, that only shadow kept the group from moving."""
    incident = open_incident(state.incidents, seen.region) if seen.region else None
    only_mode = group.held_by == ("mode_allows",) and spec.policy.mode is Mode.SHADOW
    if not only_mode or incident is None or group.told_incident == incident.id:
        return group, []
    down = f"{seen.region} {seen.verdict.kind.phrase}" if seen.verdict else "its region is down"
    why = f"{down}, and every gate but the mode is open; {seen.why}"
    note = Note(kind=NoteKind.WOULD_MOVE, subject=group.name, what="would fail over now", why=why, loud=True)
    return replace(group, told_incident=incident.id, would_have_moved=group.would_have_moved + 1), [note]
