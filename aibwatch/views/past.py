"""Say how things stood at a moment of the past, what cannot be known of it, and what came next.

The account itself is the one that explain.py gave then; only what a reader could do then is left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from aibwatch import __version__
from aibwatch.core.model import Region
from aibwatch.core.policy import Setup
from aibwatch.core.replay import Silence
from aibwatch.core.sentences import ago, printable, span
from aibwatch.core.state import State
from aibwatch.views import explain
from aibwatch.views.history import Recorded

Json = Mapping[str, object]

ONLY_THEN = "it shows what was known then; what came to light later (a run's end, a refused call) is not in it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """How things stood at a moment, as far as that is on record."""

    at: datetime
    state: State
    setup: Setup
    """What the operator wanted then."""
    version: str
    """Of the program that decided then."""
    silence: Silence | None = None
    """The moment falls into a time without a decision on record; the state is the one at its beginning."""
    ended_by: str = ""
    """What ended the silence, in words; empty where the same process just went on."""

    @property
    def seen_at(self) -> datetime:
        """Return the moment that the state is of."""
        return self.silence.since if self.silence else self.at


def group_as_dict(past: Past, name: str, setup: Setup, followed: Sequence[Recorded], now: datetime) -> Json:
    """Return how a group stood. `setup` is the present one, `followed` what was noted next of the group's matters."""
    told = explain.group_as_dict(past.state, past.setup, name, past.seen_at)
    account = explain.group_account(past.state, past.setup, name, past.seen_at)
    return _as_dict(told, name, account, past, setup, followed, now)


def region_as_dict(past: Past, region: Region, setup: Setup, followed: Sequence[Recorded], now: datetime) -> Json:
    """Return how a region stood."""
    told = explain.region_as_dict(past.state, past.setup, region, past.seen_at)
    account = explain.region_account(past.state, past.setup, region, past.seen_at)
    return _as_dict(told, region, account, past, setup, followed, now)


def subjects_of(past: Past, name: str) -> tuple[str, ...]:
    """Return whose notes belong to what became of a group or region."""
    spec = past.setup.groups.get(name)
    regions = {past.state.window.region_of(template) for template in spec.members} if spec else set()
    return (name, *sorted(region for region in regions if region))


def _as_dict(
    told: Json,
    name: str,
    account: str,
    past: Past,
    setup: Setup,
    followed: Sequence[Recorded],
    now: datetime,
) -> Json:
    limits = _limits(past, setup)
    entries = [{"at": r.at.isoformat(), "subject": r.note.subject, "what": r.note.what} for r in followed]
    head = f"{name} as it stood at {_full(past.at)} ({ago(past.at, now)}), told from the record. Ages count from then."
    parts = [head, account, "\n".join(["What came next", *_followed(followed)])]
    parts.append("\n".join(["What this cannot tell", *(f"  {limit}" for limit in limits)]))
    return {
        **told,
        "at": past.at.isoformat(),
        "reconstructed": True,
        "seen_at": past.seen_at.isoformat(),
        "limits": limits,
        "followed": entries,
        "text": "\n\n".join(parts),
    }


def _followed(followed: Sequence[Recorded]) -> list[str]:
    width = max((len(r.note.subject) for r in followed), default=0)
    lines = [f"  {_full(r.at)}  {r.note.subject:<{width}}  {printable(r.note.what)}" for r in followed]
    return lines or ["  nothing more is on record of it"]


def _limits(past: Past, setup: Setup) -> list[str]:
    limits = [_silent(past.silence, past.ended_by)] if past.silence else []
    if past.setup != setup:
        limits.append("the configuration of then was used; it is not the one in force now")
    if past.version != __version__:
        limits.append(f"aibwatch {past.version} decided then, and {__version__} tells it by its own rules")
    return [*limits, ONLY_THEN]


def _silent(silence: Silence, ended_by: str) -> str:
    length = span(silence.until - silence.since)
    why = ended_by or "the host or the program stood still"
    return (
        f"no decision is on record from {_full(silence.since)} to {_full(silence.until)} ({length}): {why}; "
        "the state is the one at its beginning"
    )


def _full(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
