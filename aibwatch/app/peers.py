"""Tell how each configured peer is asked."""

from aibwatch.config.schema import Peer
from aibwatch.sources.peer import PeerSpec


def peer_spec(peer: Peer) -> PeerSpec:
    """Return how to ask this peer."""
    return PeerSpec(
        name=peer.name,
        url=peer.url,
        ca_bundle=peer.ca_bundle,
        username=peer.username,
        password_file=peer.password_file,
    )
