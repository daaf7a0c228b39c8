"""Weigh what other observers say of a region: a second daemon, elsewhere, with its own way to Azure.

Rules: one that suspects the region too confirms a little, one that sees it well weighs more against it, because one
working way is proof and one broken way is not. A peer that has not spoken of late says nothing.
"""

from datetime import datetime, timedelta

from aibwatch.core.evidence import Evidence, Kind
from aibwatch.core.model import Region
from aibwatch.core.sentences import ago
from aibwatch.core.window import Window

AGREES, DISAGREES = 2.0, -4.0
FRESH = timedelta(minutes=5)
"""A word older than this says nothing of now; peers are asked every minute."""


def weigh(window: Window, region: Region, now: datetime) -> tuple[Evidence, ...]:
    """Return what peers say: all that agree weigh as one, all that disagree as one."""
    said = [p for p in window.peers.values() if p.region == region and now - p.at <= FRESH]
    agree = sorted((p for p in said if p.troubled), key=lambda p: p.peer)
    differ = sorted((p for p in said if not p.troubled), key=lambda p: p.peer)
    found: list[Evidence] = []
    if agree:
        peer = agree[0]
        found.append(
            Evidence(
                kind=Kind.PEERS,
                weight=AGREES,
                witnesses=1,
                since=min(p.at for p in agree),
                last=max(p.at for p in agree),
                sentence=f"the observer {peer.peer} sees trouble too ({ago(peer.at, now)}): {peer.why}",
                brief=f"{peer.peer} agrees",
            )
        )
    if differ:
        peer = differ[0]
        sentence = f"the observer {peer.peer} sees the region well ({ago(peer.at, now)}): {peer.why}"
        found.append(Evidence(kind=Kind.PEERS, weight=DISAGREES, last=max(p.at for p in differ), sentence=sentence))
    return tuple(found)
