"""Say how a region looks to us alone: what we tell other observers that ask.

Rules: what a peer said does not count, or two that ask each other would each be the other's proof. What is remembered
does not count either: a suspicion that a peer's word began must not live on in what we tell that peer. We call a region
troubled where what we saw ourselves reaches the suspicion score, and well only where nothing at all is near it and the
last read did not fail. In between, and where we do not see, we say nothing.
This module does not know who asks.

Note [The provider's word is not ours]: whoever asks reads Service Health and Resource Health himself. Told on by us,
one event would count there twice, and the second time as if somebody had seen the trouble. It only keeps us from
calling the region well.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from aibwatch.core.conviction import score_of
from aibwatch.core.evidence import OURS, Evidence
from aibwatch.core.model import Region
from aibwatch.core.observation import Source
from aibwatch.core.policy import Setup
from aibwatch.core.sight import look
from aibwatch.core.signals.probe import FAILING
from aibwatch.core.state import State
from aibwatch.core.verdict import CLEAR_SHARE
from aibwatch.core.weigh import Known, weigh


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnView:
    """How a region looks to this observer alone."""

    troubled: bool
    why: str


def own_view(state: State, setup: Setup, region: Region, now: datetime) -> OwnView | None:
    """Return how the region looks to us; None where it looks neither well nor troubled.

    Sight is looked at anew: a daemon that is stuck must not go on repeating how things were when it last judged.
    """
    sight = look(state.window, region, pace=setup.pace, awake_since=state.awake_since, now=now)
    if not (sight.seen and sight.learned):
        return None
    evidence = _our_evidence(state, setup, region, now)
    ours = [e for e in evidence if e.kind in OURS]
    if score_of(ours) >= setup.policy.suspect_score:
        return OwnView(troubled=True, why=", ".join(e.brief or e.sentence for e in ours if e.against))
    cleared = score_of(evidence) < setup.policy.suspect_score * CLEAR_SHARE
    if cleared and not _last_read_failed(state, region):
        return OwnView(troubled=False, why="what it sees itself does not speak against it")
    return None


def _our_evidence(state: State, setup: Setup, region: Region, now: datetime) -> tuple[Evidence, ...]:
    known = Known(window=replace(state.window, peers={}), canary=state.canaries.get(region), habits=state.habits)
    return weigh(known, region, policy=setup.policy, trouble_since=None, now=now)


def _last_read_failed(state: State, region: Region) -> bool:
    """Return whether the last read failed: three in a row are evidence, and one is enough not to call a region well."""
    record = state.window.poll(Source.PROBE, region)
    return record is not None and record.last.cls in FAILING
