"""Check that every other observer answers with a status that is understood."""

import asyncio
from collections.abc import Iterator

from aibwatch.app.doctor.bench import Bench
from aibwatch.app.peers import peer_spec
from aibwatch.core.checkup import Checked, fail, well
from aibwatch.core.model import FailureClass
from aibwatch.core.observation import Polled
from aibwatch.sources.peer import Peer, PeerSpec

REMEDY = "look at the peer and the way to it; while it is silent it agrees with nothing and holds nothing"


async def check_peers(bench: Bench) -> list[Checked]:
    """Return a line for each peer; none where none is configured."""
    found = await asyncio.gather(*(_peer(bench, spec) for spec in _specs(bench)))
    return list(found)


def _specs(bench: Bench) -> Iterator[PeerSpec]:
    yield from map(peer_spec, bench.loaded.settings.peer)


async def _peer(bench: Bench, spec: PeerSpec) -> Checked:
    try:
        heard = await Peer(spec, bench.clock.now).poll(())
    except ValueError as error:
        return fail("peer", str(error), "correct ca_bundle")
    polled = next(one for one in heard if isinstance(one, Polled))
    if polled.diagnosis.cls is FailureClass.OK:
        return well("peer", f"{spec.name} answers")
    return fail("peer", f"{spec.name} is not heard: {polled.diagnosis.summary}", REMEDY)
