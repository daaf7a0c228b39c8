"""Say what is wrong with groups that are found by tags, and whether tags can be read."""

from collections.abc import Mapping
from datetime import datetime

from aibwatch.core.model import FailureClass
from aibwatch.core.observation import TAGS, Source
from aibwatch.core.policy import Setup
from aibwatch.core.sentences import ago, count, when
from aibwatch.core.state import State

MISSED = 2
"""Intervals without a good look after which people are told: one that fails is tried again within a minute."""

MOST_LINES = 10
"""Problems in the text of `status`; the JSON has all."""

Json = Mapping[str, object]


def is_unread(state: State, setup: Setup) -> bool:
    """Return whether tags should be read and are not: so new groups are not found, and changes not followed."""
    record = state.window.poll(Source.DISCOVERY, TAGS)
    if record is None or record.last.cls is FailureClass.OK:
        return False
    return record.well_at is None or record.last_at - record.well_at > MISSED * setup.pace.discovery


def in_headline(state: State, setup: Setup) -> list[str]:
    """Return what the headline says of discovery; empty where all is well or it is off."""
    seen = state.window.discovery
    told = ["tags cannot be read"] if is_unread(state, setup) else []
    if seen is not None and seen.problems:
        told.append(f"groups by tags have {count(len(seen.problems), 'problem')}")
    return told


def lines(state: State, setup: Setup, now: datetime) -> list[tuple[str, str, str]]:
    """Return the lines of `status`: what each is about, a word for it, and the sentence."""
    told = [("tags", "UNREAD", unread_sentence(state, now))] if is_unread(state, setup) else []
    seen = state.window.discovery
    problems = seen.problems if seen else ()
    told += [(problem.about, "TAGS", problem.sentence) for problem in problems[:MOST_LINES]]
    if len(problems) > MOST_LINES:
        told.append(("tags", "TAGS", f"{len(problems) - MOST_LINES} more are in: aibwatch status --json"))
    return told


def unread_sentence(state: State, now: datetime) -> str:
    """Return why tags are not read, and what counts meanwhile."""
    record = state.window.poll(Source.DISCOVERY, TAGS)
    if record is None:
        return "not read yet"
    last = f"last read {when(record.well_at, now)}" if record.well_at else "never read"
    return f"{last}, tried {ago(record.last_at, now)}: {record.last.summary}; groups that were found before stay"


def discovery_dict(state: State, setup: Setup, now: datetime) -> Json | None:
    """Return what is known of groups by tags; None where they were never asked for."""
    record, seen = state.window.poll(Source.DISCOVERY, TAGS), state.window.discovery
    if record is None:
        return None
    return {
        "groups": sum(spec.tagged for spec in setup.groups.values()),
        "read_at": record.well_at.isoformat() if record.well_at else None,
        "unread": unread_sentence(state, now) if is_unread(state, setup) else None,
        "problems": [
            {"about": p.about, "why": p.why, "remedy": p.remedy, "templates": list(p.templates)}
            for p in (seen.problems if seen else ())
        ],
    }
