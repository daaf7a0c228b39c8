"""Decide: take one event and the state, return the new state, what to do, and why.

The order is always the same: enter the event, judge every region, follow the incidents, then look at each group with
the table. Groups are looked at one after the other, so that a later one sees what an earlier one just claimed.
This module does not know how anything is done; an action is a wish, and its outcome comes back as an event.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from aibwatch.core.actions import Action
from aibwatch.core.builds.builds import follow_builds
from aibwatch.core.canary.canaries import follow_canaries, start_canaries
from aibwatch.core.correlation import correlations
from aibwatch.core.decision import Decision, Note, NoteKind, Reply
from aibwatch.core.events import (
    ClockStepped,
    Event,
    JournalFailed,
    JournalRecovered,
    LeaseChecked,
    Observed,
    Started,
)
from aibwatch.core.grouping import follow_group
from aibwatch.core.habits import learn
from aibwatch.core.incident import Incident
from aibwatch.core.incident import follow as follow_incident
from aibwatch.core.judging import judge_all, regional_verdicts, regions_of
from aibwatch.core.model import Region
from aibwatch.core.observation import DiscoverySeen
from aibwatch.core.policy import Setup
from aibwatch.core.retime import is_ahead, retimed
from aibwatch.core.state import GroupState, State
from aibwatch.core.verdict import Verdict, VerdictKind
from aibwatch.core.window import add

LOUD_VERDICTS = frozenset(VerdictKind) - {
    VerdictKind.LEARNING,
    VerdictKind.HEALTHY,
    VerdictKind.SUSPECT,
    VerdictKind.RECOVERING,
}
"""What people are told at once. A suspicion is cheap and only starts a canary; it would cry wolf."""


def step(state: State, event: Event, setup: Setup, now: datetime) -> Decision:
    """Return what follows from the event. The same arguments always give the same decision."""
    state, host_notes = _enter(state, event, now)
    state, canary_notes = follow_canaries(state, event, setup, now)
    verdicts = judge_all(state, setup, now)
    before = regional_verdicts(state)
    state = replace(state, verdicts=verdicts, judged_at=now)
    verdict_notes = _verdict_notes(before, regional_verdicts(state).values())
    state = replace(state, incidents=_incidents(state, now))
    state, canaries, started = start_canaries(state, setup, now)
    state, alike = _correlate(state, setup, now)
    actions: list[Action] = [*canaries]
    reply: Reply | None = None
    notes: list[Note] = [*host_notes, *canary_notes, *verdict_notes, *started, *alike]
    for spec in setup.groups.values():
        group = state.groups.get(spec.name)
        group = group or GroupState(name=spec.name, active=spec.primary, since=now, known_since=now)
        followed = follow_group(state, event, setup, spec, group, now)
        state = replace(state, groups={**state.groups, spec.name: followed.group})
        actions += followed.actions
        notes += followed.notes
        reply = reply or followed.reply
    builds = follow_builds(state, event, setup, now)
    state, reply = builds.state, reply or builds.reply
    actions += builds.actions
    notes += builds.notes
    return Decision(state=state, actions=tuple(actions), notes=tuple(notes), reply=reply)


def _enter(state: State, event: Event, now: datetime) -> tuple[State, tuple[Note, ...]]:
    match event:
        case Observed():
            habits = learn(state.habits, event.observations, state.window.templates)
            window = add(state.window, event.observations, now)
            return replace(state, window=window, habits=habits), _discovery_notes(event)
        case Started():
            return _started(replace(state, awake_since=now, journal_failing_since=None), now)
        case ClockStepped():
            why = f"by {event.seconds:+.0f} s; times before it are not comparable with times after it"
            note = Note(kind=NoteKind.HOST, subject="host", what="clock jumped", why=why, loud=True)
            state = retimed(state, event.seconds, now)
            return replace(state, clock_stepped_at=now, awake_since=now), (note,)
        case JournalFailed():
            note = Note(kind=NoteKind.HOST, subject="host", what="journal not writable", why=event.why, loud=True)
            known = state.journal_failing_since
            return replace(state, journal_failing_since=known or now), () if known else (note,)
        case JournalRecovered():
            why = "decisions are recorded and may be acted on again"
            note = Note(kind=NoteKind.HOST, subject="host", what="journal writable again", why=why)
            return replace(state, journal_failing_since=None), (note,)
        case LeaseChecked():
            return _leased(state, event)
        case _:
            return state, ()


def _discovery_notes(event: Observed) -> tuple[Note, ...]:
    return tuple(
        Note(kind=NoteKind.DISCOVERY, subject=change.about, what=change.what, why=change.why, loud=change.loud)
        for seen in event.observations
        if isinstance(seen, DiscoverySeen)
        for change in seen.changes
    )


def _started(state: State, now: datetime) -> tuple[State, tuple[Note, ...]]:
    if not is_ahead(state, now):
        return state, ()
    why = "something on record is dated later than now; it is taken to have happened just now"
    note = Note(kind=NoteKind.HOST, subject="host", what="clock was set back while we were away", why=why, loud=True)
    return replace(retimed(state, 0.0, now), clock_stepped_at=now), (note,)


def _leased(state: State, event: LeaseChecked) -> tuple[State, tuple[Note, ...]]:
    lost = "" if event.held else event.why or "no reason was given"
    if bool(lost) == bool(state.lease_lost):
        return state, ()
    what = "the lease on the state is lost" if lost else "the lease on the state is held again"
    note = Note(kind=NoteKind.HOST, subject="host", what=what, why=lost or "moves may be made again", loud=bool(lost))
    return replace(state, lease_lost=lost), (note,)


def _correlate(state: State, setup: Setup, now: datetime) -> tuple[State, tuple[Note, ...]]:
    """Return the state with what fails alike for reasons that are not a region's, and notes of what is new in it."""
    known = {(c.region, c.cls) for c in state.correlations}
    found = tuple(
        correlation
        for region in regions_of(state, setup)
        for correlation in correlations(
            state.window,
            region,
            canary=state.canaries.get(region),
            known={cls for where, cls in known if where == region},
            run_window=setup.policy.run_window,
            now=now,
        )
    )
    notes = tuple(
        Note(kind=NoteKind.ALIKE, subject=c.region, what=f"several templates fail alike ({c.cls})", why=c.sentence,
             loud=True)
        for c in found
        if (c.region, c.cls) not in known
    )  # fmt: skip
    return replace(state, correlations=found), notes


def _incidents(state: State, now: datetime) -> Mapping[str, Incident]:
    incidents = state.incidents
    for verdict in regional_verdicts(state).values():
        incidents = follow_incident(incidents, verdict, now)
    return incidents


def _verdict_notes(before: Mapping[Region, Verdict], verdicts: Iterable[Verdict]) -> tuple[Note, ...]:
    notes: list[Note] = []
    for verdict in verdicts:
        known = before.get(verdict.region)
        if known is None or known.kind is not verdict.kind:
            what = f"{known.kind if known else 'unseen'} -> {verdict.kind}"
            notes.append(_verdict_note(verdict, what, loud=_is_loud(verdict)))
        elif _admitted(verdict) and not _admitted(known):
            notes.append(_verdict_note(verdict, f"{verdict.kind}, and the provider says so", loud=True))
    return tuple(notes)


def _verdict_note(verdict: Verdict, what: str, *, loud: bool) -> Note:
    against = (f"{e.kind}: {e.sentence} ({e.weight:+.1f})" for e in verdict.evidence if e.against)
    why = "; ".join([verdict.why, *against])
    return Note(kind=NoteKind.VERDICT, subject=verdict.region, what=what, why=why, loud=loud)


def _is_loud(verdict: Verdict) -> bool:
    return verdict.kind in LOUD_VERDICTS or _admitted(verdict)


def _admitted(verdict: Verdict) -> bool:
    """Return whether the provider itself says that Image Builder is affected: people want to know, whatever we see."""
    return any(e.names_service and e.against for e in verdict.evidence)
