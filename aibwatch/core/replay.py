"""Bring a state forward by what is on record: the past, told by the same function that decided it.

Rules: it starts from a state as it was, and every event that is on record goes through `engine.step` at the moment at
which it was decided on. What it wants done is not done: the outcomes are on record too. Between two events time passed
in ticks; those that changed something are on record, the others only carry the time and are made up here, up to the
last decision that is known. Where nobody decided for longer than GAP (a frozen machine, a daemon that was down) time
does not pass, because nobody looked.
This module does not know where the record is kept.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from aibwatch.core.engine import step
from aibwatch.core.events import Event, Observed, Ticked
from aibwatch.core.judging import GAP
from aibwatch.core.news import Mention, recalled
from aibwatch.core.policy import Setup
from aibwatch.core.state import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One event as it is on record."""

    at: datetime
    """When it was decided on."""
    before_at: datetime
    """When the last decision before it was taken."""
    event: Event
    mentions: tuple[Mention, ...] = ()
    """What an Observed brought beside its news."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A time in which no decision was taken, or none is on record. Up to GAP it is none: there was nothing to say."""

    since: datetime
    until: datetime


def replay(
    state: State, setup: Setup, happenings: Iterable[Happening], *, then: Silence | None, moment: datetime
) -> tuple[State, Silence | None]:
    """Return the state as it stood at the moment, and the silence that the moment falls into, if it does.

    The happenings follow on the state, oldest first. `then` is the time between the last decision on record and the
    next state that is, if there is one.
    """
    for happening in happenings:
        if happening.at > moment:
            then = Silence(since=happening.before_at, until=happening.at)
            break
        state = pass_time(state, setup, happening.before_at)
        state = step(state, _event(state, happening), setup, happening.at).state
    silence = then if then is not None and then.since < moment and then.until - then.since > GAP else None
    return pass_time(state, setup, silence.since if silence else moment), silence


def pass_time(state: State, setup: Setup, until: datetime) -> State:
    """Return the state after nothing but time has passed, in steps short enough not to be taken for a silence."""
    judged_at = state.judged_at or until
    while judged_at < until:
        judged_at = min(until, judged_at + GAP)
        state = step(state, Ticked(), setup, judged_at).state
    return state


def _event(state: State, happening: Happening) -> Event:
    if not isinstance(happening.event, Observed):
        return happening.event
    again = (recalled(state.window, mentioned) for mentioned in happening.mentions)
    return Observed(observations=(*happening.event.observations, *(o for o in again if o is not None)))
