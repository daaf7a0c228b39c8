"""Warn of what is accepted and hardly meant: exit codes do not change.

Durations that rehearsals need and production regrets, and freezes that are over.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from aibwatch.config.document import Document
from aibwatch.config.duration import format_duration, parse_duration
from aibwatch.config.problem import Problem

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """The shortest duration that is wise in production, and what goes wrong below it."""

    key: str
    least: timedelta
    why: str


FLOORS = (
    Floor(key="azure.connect_timeout", least=2 * SECOND, why="one lost packet then reads as a network fault"),
    Floor(
        key="azure.request_timeout",
        least=65 * SECOND,
        why="a region that hangs is then silent, not a 504",
    ),
    Floor(
        key="poll.templates",
        least=20 * SECOND,
        why="Azure then throttles the subscription, people's own calls included",
    ),
    Floor(
        key="poll.probe",
        least=10 * SECOND,
        why="Azure then throttles the probe, and a blip of seconds counts three times",
    ),
    Floor(
        key="poll.service_health", least=30 * SECOND, why="events are not published faster, and the calls are throttled"
    ),
    Floor(
        key="poll.resource_health", least=MINUTE, why="Azure does not refresh it faster, and the calls are throttled"
    ),
    Floor(
        key="poll.activity_log", least=30 * SECOND, why="the log is minutes late anyway, and the calls are throttled"
    ),
    Floor(key="poll.peer", least=10 * SECOND, why="what a peer says counts for minutes, and it has its own work"),
    Floor(key="poll.readiness", least=5 * MINUTE, why="each question costs a read of every secondary"),
    Floor(key="poll.discovery", least=MINUTE, why="the quota of Resource Graph is shared with everybody who asks it"),
    Floor(key="canary.routine", least=HOUR, why="a canary is a build that costs money, also where all is well"),
    Floor(key="canary.retry_after", least=MINUTE, why="a service that struggles is then asked for builds in a burst"),
    Floor(
        key="canary.respite",
        least=5 * MINUTE,
        why="builds are then run one after the other while only reads fail",
    ),
    Floor(key="hold_min", least=MINUTE, why="a group then moves for a blip that ends by itself"),
    Floor(key="hold_max", least=5 * MINUTE, why="a group then moves on evidence that is only just enough"),
    Floor(key="min_outage_age", least=2 * MINUTE, why="a group then moves for a restart inside the service"),
    Floor(key="cooldown", least=10 * MINUTE, why="a group can then move again before one image was built"),
    Floor(key="recovery_min", least=2 * MINUTE, why="one flickering outage then becomes many incidents"),
    Floor(key="run_window", least=15 * MINUTE, why="failed runs are then forgotten before others confirm them"),
    Floor(
        key="group.step.timeout", least=30 * SECOND, why="a slow answer then leaves open whether the step took effect"
    ),
)
"""A key without a section is one of [policy], and of every group that overrides it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceiling:
    """The longest duration that is wise in production, and what goes wrong above it."""

    key: str
    most: timedelta
    why: str


CEILINGS = (
    Ceiling(
        key="poll.peer",
        most=4 * MINUTE,
        why="what a peer said counts for 5 minutes, and from then on moves wait for its next word",
    ),
    Ceiling(
        key="poll.readiness",
        most=30 * MINUTE,
        why="what was found of a secondary counts for 35 minutes, and from then on moves wait for the next look",
    ),
)


def over(document: Document, now: datetime) -> Iterator[Problem]:
    """Return a warning for every freeze that holds nothing any more. Only for documents without mistakes."""
    for place in document.places("freeze.to"):
        ends = document.at(place)
        if isinstance(ends, datetime) and ends <= now:
            yield document.problem(
                place, f"this freeze is over since {ends.isoformat()}; remove it, or correct its year"
            )


def unwise(document: Document) -> Iterator[Problem]:
    """Return a warning for every duration out of its bounds. Only for documents without mistakes."""
    yield from _too_short(document)
    for ceiling in CEILINGS:
        for place in document.places(ceiling.key):
            written = parse_duration(document.at(place))
            if written > ceiling.most:
                long = f"{format_duration(written)} is long: {ceiling.why}"
                yield document.problem(place, f"{long}; write {format_duration(ceiling.most)} or less")


def _too_short(document: Document) -> Iterator[Problem]:
    for floor in FLOORS:
        for key in (floor.key,) if "." in floor.key else (f"policy.{floor.key}", f"group.{floor.key}"):
            for place in document.places(key):
                value = document.at(place)
                written = floor.least if value == "off" else parse_duration(value)
                if written < floor.least:
                    short = f"{format_duration(written)} is short for production: {floor.why}"
                    yield document.problem(place, f"{short}; write {format_duration(floor.least)} or more")
