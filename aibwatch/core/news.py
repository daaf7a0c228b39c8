"""Tell what is new in an observation from what only says once more that all is as it was.

Rules: news is written down whole. The rest is written down as a mention: which fact was seen again, and when. With the
window that was there before, a mention gives back the very observation, so that the past can be told to the second
without keeping every poll at its full length.
This module does not know where anything is written.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from aibwatch.core.model import FailureClass, Region, TemplateId
from aibwatch.core.observation import (
    DependencySeen,
    EventSeen,
    HandlerChecked,
    Observation,
    PeerSaid,
    Polled,
    Probed,
    ReadinessSeen,
    Source,
)
from aibwatch.core.window import Window

Repeating = Polled | Probed | EventSeen | DependencySeen | PeerSaid | HandlerChecked | ReadinessSeen
"""What comes with every poll, changed or not. Of everything else the sources report only changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """That a fact the window knows already was seen again."""

    kind: str
    """The observation's `type`."""
    key: str
    """What the window knows it by."""
    at: datetime


def is_news(window: Window, observation: Observation) -> bool:
    """Return whether the observation is worth writing down whole: whether it says what the window does not know."""
    if not isinstance(observation, Repeating):
        return True
    if isinstance(observation, Probed) and observation.diagnosis.cls is not FailureClass.OK:
        return True  # each failed read counts, and is told with its reason
    known = _known(window, mention(observation))
    if isinstance(observation, Polled):
        # Every answer has ids of its own, and the window keeps none: they make no news.
        observation = replace(observation, diagnosis=replace(observation.diagnosis, ids=()))
    return known is None or _at(known, observation.at) != observation


def mentions(window: Window, observations: tuple[Observation, ...]) -> tuple[Mention, ...]:
    """Return the mentions of those observations that are no news."""
    return tuple(mention(o) for o in observations if isinstance(o, Repeating) and not is_news(window, o))


def mention(observation: Repeating) -> Mention:
    """Return the observation without what the window knows."""
    match observation:
        case Polled():
            key = f"{observation.source}/{observation.subject}"
        case Probed():
            key = observation.region
        case EventSeen():
            key = f"{observation.tracking_id}/{observation.region}"
        case DependencySeen():
            key = observation.resource
        case PeerSaid():
            key = f"{observation.peer}/{observation.region}"
        case HandlerChecked():
            key = observation.key
        case ReadinessSeen():
            key = observation.template
    return Mention(kind=observation.type, key=key, at=observation.at)


def recalled(window: Window, mentioned: Mention) -> Observation | None:
    """Return the observation that was mentioned, from the window as it was then; None if that does not know it."""
    known = _known(window, mentioned)
    return _at(known, mentioned.at) if known else None


def _at(observation: Repeating, at: datetime) -> Repeating:
    """Return the same, seen at another time."""
    return observation.again(at) if isinstance(observation, ReadinessSeen) else replace(observation, at=at)


def _known(window: Window, mentioned: Mention) -> Repeating | None:
    key = mentioned.key
    match mentioned.kind:
        case "polled":
            return _last_poll(window, key)
        case "probed":
            probes = window.probes.get(Region(key), ())
            return probes[-1] if probes else None
        case "event_seen":
            return window.events.get(key)
        case "dependency_seen":
            return window.dependencies.get(key)
        case "peer_said":
            return window.peers.get(key)
        case "readiness_seen":
            return window.readiness.get(TemplateId(key))
        case _:
            return window.handlers.get(key)


def _last_poll(window: Window, key: str) -> Polled | None:
    record = window.polls.get(key)
    if record is None:
        return None
    source, _, subject = key.partition("/")
    return Polled(at=record.last_at, source=Source(source), subject=subject, diagnosis=record.last)
