"""Say whether we can see a region at all. Without sight there is no verdict, whatever the window holds.

Rules: silence is never evidence of failure. A region is out of sight when its probe has had no answer in three polls
(no token, throttled, no way there), when it was not polled for three intervals, or when reading Service Health, which
has nothing to do with Image Builder, finds no way or no token either: then the trouble is at our end. Where nothing at
all was answered in the last round, every region and every control, there is nothing to wait for.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from aibwatch.core.model import FailureClass, Region
from aibwatch.core.observation import Source
from aibwatch.core.policy import Pace
from aibwatch.core.sentences import ago, span
from aibwatch.core.window import PollRecord, Window

POLLS = 3
"""Polls without an answer, or intervals without a poll, after which we do not see any more."""

AT_OUR_END = frozenset({FailureClass.NETWORK, FailureClass.AUTH})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """Whether a region is seen, and the sentence that says why not."""

    seen: bool
    learned: bool
    """Whether the probe was ever answered; before that the region is LEARNING and nothing is concluded."""
    why: str


def look(window: Window, region: Region, *, pace: Pace, awake_since: datetime, now: datetime) -> Sight:
    """Return whether the region is in sight. `awake_since` is when the daemon began to poll: no poll is due before."""
    record = window.poll(Source.PROBE, region)
    learned = record is not None and record.answered_at is not None
    why = _blind_by_controls(window, pace, now) or _blind_by_probe(record, pace, awake_since, now)
    return Sight(seen=not why, learned=learned, why=why)


def _blind_by_controls(window: Window, pace: Pace, now: datetime) -> str:
    controls = window.polls_of(Source.SERVICE_HEALTH)
    mute = [c for c in controls if c.mute_since is not None and c.last.cls in AT_OUR_END]
    if not controls or len(mute) < len(controls):
        return ""
    probes = window.polls_of(Source.PROBE)
    nothing = bool(probes) and all(p.mute_since is not None and p.last.cls in AT_OUR_END for p in probes)
    if not nothing and not all(_mute_for(c, POLLS * pace.service_health, now) for c in mute):
        return ""
    return f"reading Service Health fails as well ({mute[0].last.summary}): the trouble is at our end"


def _blind_by_probe(record: PollRecord | None, pace: Pace, awake_since: datetime, now: datetime) -> str:
    asked_at = max(awake_since, record.last_at) if record else awake_since
    if now - asked_at > POLLS * pace.probe + pace.patience:
        return f"not polled for {span(now - asked_at)}, {span(pace.probe)} is usual"
    if record is not None and _mute_for(record, (POLLS - 1) * pace.probe, now):
        since = ago(record.mute_since, now) if record.mute_since else "just now"
        return f"no poll was answered, the first of them {since}: {record.last.summary}"
    return ""


def _mute_for(record: PollRecord, length: timedelta, now: datetime) -> bool:
    return record.mute_since is not None and now - record.mute_since >= length
