"""Decide: take one event and the state, return the new state, what to do, and why.

The order is always the same: enter the event, judge every region, follow the incidents, then look at each group with
the table. Groups are looked at one after the other, so that a later one sees what an earlier one just claimed.
This module does not know how anything is done; an action is a wish, and its outcome comes back as an event.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from aibwatch.core.actions import Action
from aibwatch.core.aftermath import follow as follow_run
from aibwatch.core.decision import Decision, Note, NoteKind
from aibwatch.core.effects import Scene, apply, take_answer
from aibwatch.core.events import (
    ClockStepped,
    EpochAnswered,
    Event,
    JournalFailed,
    JournalRecovered,
    Observed,
    Reset,
    Started,
    StepEnded,
)
from aibwatch.core.failover import TABLE, Row, Trigger
from aibwatch.core.incident import Incident, open_incident
from aibwatch.core.incident import follow as follow_incident
from aibwatch.core.judging import judge_all, regional_verdicts
from aibwatch.core.model import Mode, Region
from aibwatch.core.policy import GroupSpec, Setup
from aibwatch.core.situation import Situation, situation
from aibwatch.core.state import GroupState, Phase, State
from aibwatch.core.triggers import trigger_of
from aibwatch.core.verdict import Verdict, VerdictKind
from aibwatch.core.window import add

LOUD_VERDICTS = frozenset({VerdictKind.CONFIRMING, VerdictKind.OUTAGE, VerdictKind.GLOBAL, VerdictKind.BLIND})
LOUD_PHASES = frozenset({Phase.HELD, Phase.COMMITTING, Phase.HALTED})


def step(state: State, event: Event, setup: Setup, now: datetime) -> Decision:
    """Return what follows from the event. The same arguments always give the same decision."""
    state, host_notes = _enter(state, event, now)
    verdicts = judge_all(state, setup, now)
    before = regional_verdicts(state)
    state = replace(state, verdicts=verdicts, judged_at=now)
    verdict_notes = _verdict_notes(before, regional_verdicts(state).values())
    state = replace(state, incidents=_incidents(state, now))
    actions: list[Action] = []
    notes: list[Note] = [*host_notes, *verdict_notes]
    for spec in setup.groups.values():
        group = state.groups.get(spec.name) or GroupState(name=spec.name, active=spec.primary, since=now)
        group, wanted, said = _group(state, event, setup, spec, group, now)
        state = replace(state, groups={**state.groups, spec.name: group})
        actions += wanted
        notes += said
    return Decision(state=state, actions=tuple(actions), notes=tuple(notes))


def _enter(state: State, event: Event, now: datetime) -> tuple[State, tuple[Note, ...]]:
    match event:
        case Observed():
            return replace(state, window=add(state.window, event.observations, now)), ()
        case Started():
            return replace(state, awake_since=now, journal_failing_since=None), ()
        case ClockStepped():
            why = f"by {event.seconds:+.0f} s; times before it are not comparable with times after it"
            note = Note(kind=NoteKind.HOST, subject="host", what="clock jumped", why=why, loud=True)
            return replace(state, clock_stepped_at=now, awake_since=now), (note,)
        case JournalFailed():
            note = Note(kind=NoteKind.HOST, subject="host", what="journal not writable", why=event.why, loud=True)
            known = state.journal_failing_since
            return replace(state, journal_failing_since=known or now), () if known else (note,)
        case JournalRecovered():
            why = "decisions are recorded and may be acted on again"
            note = Note(kind=NoteKind.HOST, subject="host", what="journal writable again", why=why)
            return replace(state, journal_failing_since=None), (note,)
        case _:
            return state, ()


def _incidents(state: State, now: datetime) -> Mapping[str, Incident]:
    incidents = state.incidents
    for verdict in regional_verdicts(state).values():
        incidents = follow_incident(incidents, verdict, now)
    return incidents


def _verdict_notes(before: Mapping[Region, Verdict], verdicts: Iterable[Verdict]) -> tuple[Note, ...]:
    changed = [v for v in verdicts if v.region not in before or before[v.region].kind is not v.kind]
    return tuple(
        Note(
            kind=NoteKind.VERDICT,
            subject=v.region,
            what=f"{before[v.region].kind if v.region in before else 'unseen'} -> {v.kind}",
            why="; ".join([v.why, *(f"{e.kind}: {e.sentence} ({e.weight:+.1f})" for e in v.evidence if e.against)]),
            loud=v.kind in LOUD_VERDICTS,
        )
        for v in changed
    )


def _group(
    state: State, event: Event, setup: Setup, spec: GroupSpec, group: GroupState, now: datetime
) -> tuple[GroupState, list[Action], list[Note]]:
    group, actions, notes = follow_run(group, event, state.window)
    seen = situation(state, setup, spec, group, now)
    trigger = trigger_of(event, group, state, seen)
    group = take_answer(group, event, now)
    row = TABLE[group.phase, trigger]
    scene = Scene(state=state, spec=spec, target=seen.target, region=seen.region, now=now)
    after, wanted = group, list(actions)
    for effect in row.effects:
        after, more = apply(effect, after, scene)
        wanted += more
    held_by = seen.held_by if row.to is Phase.HELD else ()
    since = group.since if row.to is group.phase else now
    stays_halted = group.phase is Phase.HALTED and row.to is Phase.HALTED and bool(group.why)
    why, detail = (group.why, group.detail) if stays_halted else (row.why, _detail(trigger, event, seen))
    after = replace(after, phase=row.to, since=since, why=why, detail=detail, held_by=held_by)
    after, counted = _count_would(after, state, spec, seen)
    return after, wanted, [*notes, *_group_notes(group, after, row, event), *counted]


SITUATIONS = frozenset({Trigger.QUIET, Trigger.OUTAGE_HELD, Trigger.OUTAGE_OPEN})
"""Triggers that say how the group stands; the others say what became of something, in the event's own words."""


def _detail(trigger: Trigger, event: Event, seen: Situation) -> str:
    match event:
        case _ if trigger in SITUATIONS:
            return seen.why
        case StepEnded():
            return f"{event.result}: {event.why}"
        case EpochAnswered():
            return event.why
        case Reset():
            return f"by {event.owner}, {event.reason}"
        case _:
            return ""


def _group_notes(before: GroupState, after: GroupState, row: Row, event: Event) -> list[Note]:
    if before.phase is not after.phase:
        what, kind = f"{before.phase} -> {after.phase}", NoteKind.PHASE
    elif before.held_by != after.held_by:
        what, kind = f"held by {', '.join(after.held_by)}", NoteKind.HOLD
    elif row.effects and isinstance(event, StepEnded):
        what, kind = f"step {event.step + 1}, attempt {event.attempt}: {event.result}", NoteKind.STEP
    else:
        return []
    loud = after.phase in LOUD_PHASES and kind is NoteKind.PHASE
    return [Note(kind=kind, subject=after.name, what=what, why=_told(after), loud=loud)]


def _told(group: GroupState) -> str:
    return f"{group.why}: {group.detail}" if group.detail else group.why


def _count_would(group: GroupState, state: State, spec: GroupSpec, seen: Situation) -> tuple[GroupState, list[Note]]:
    """Count, once an incident, that only the mode kept the group from moving."""
    incident = open_incident(state.incidents, seen.region) if seen.region else None
    only_mode = group.held_by == ("mode_allows",) and spec.policy.mode is not Mode.AUTO
    if not only_mode or incident is None or group.told_incident == incident.id:
        return group, []
    down = f"{seen.region} {seen.verdict.kind.phrase}" if seen.verdict else "its region is down"
    why = f"{down}, and every gate but the mode is open; {seen.why}"
    note = Note(kind=NoteKind.WOULD_MOVE, subject=group.name, what="would fail over now", why=why, loud=True)
    return replace(group, told_incident=incident.id, would_have_moved=group.would_have_moved + 1), [note]
