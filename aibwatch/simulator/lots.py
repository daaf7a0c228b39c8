"""Draw lots and make ids from a seed: the same scenario, asked in the same order, answers the same again.

Nothing here is secret or hard to guess; it only has to look arbitrary and be repeatable.
"""

import hashlib
from uuid import UUID


def _digest(seed: int, parts: tuple[object, ...]) -> bytes:
    return hashlib.sha256("\x1f".join([str(seed), *map(str, parts)]).encode()).digest()


def lot(seed: int, *parts: object) -> float:
    """Return a number in [0, 1) that depends on the seed and the parts alone."""
    return int.from_bytes(_digest(seed, parts)[:6], "big") / 2**48


def guid(seed: int, *parts: object) -> str:
    """Return a lower-case version-4 GUID that depends on the seed and the parts alone."""
    return str(UUID(bytes=_digest(seed, parts)[:16], version=4))
