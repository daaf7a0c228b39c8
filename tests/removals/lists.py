"""All removals, and trying many of them side by side."""

import queue
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from tests.removals.of_builds import BUILDS
from tests.removals.of_canaries import CANARIES
from tests.removals.of_facts import FACTS
from tests.removals.of_moves import MOVES
from tests.removals.of_readiness import READINESS
from tests.removals.of_signals import SIGNALS
from tests.removals.of_verdicts import VERDICTS
from tests.removals.removal import Removal
from tests.removals.trial import Bench, Outcome

ALL: tuple[Removal, ...] = (*FACTS, *SIGNALS, *CANARIES, *VERDICTS, *MOVES, *BUILDS, *READINESS)

BENCHES = 2
"""As many as the smallest machine that builds this has cores."""


class Benches:
    """Benches side by side; each removal takes the one that is free."""

    def __init__(self, benches: list[Bench]) -> None:
        self._benches = benches
        self._free: queue.SimpleQueue[Bench] = queue.SimpleQueue()
        for bench in benches:
            self._free.put(bench)

    def passes(self, removals: Iterable[Removal]) -> str:
        """Return why the tests do not pass as they are; empty if they do."""
        return self._benches[0].passes(sorted({file for removal in removals for file in removal.test_files}))

    def try_all(self, removals: Iterable[Removal]) -> Iterator[Outcome]:
        """Return what becomes of each removal, in their order."""
        with ThreadPoolExecutor(len(self._benches)) as pool:
            yield from pool.map(self._try, removals)

    def _try(self, removal: Removal) -> Outcome:
        bench = self._free.get()
        try:
            return bench.try_out(removal)
        finally:
            self._free.put(bench)


@contextmanager
def benches(number: int = BENCHES) -> Iterator[Benches]:
    """Return benches in a folder that goes away with them."""
    with tempfile.TemporaryDirectory(prefix="removals-") as room:
        yield Benches([Bench(Path(room, str(n))) for n in range(number)])
