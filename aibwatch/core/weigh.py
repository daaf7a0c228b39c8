"""Ask every signal what the window says of a region."""

from datetime import datetime

from aibwatch.core.evidence import Evidence
from aibwatch.core.model import Region
from aibwatch.core.policy import Policy
from aibwatch.core.signals import calls, dependencies, events, probe, runs
from aibwatch.core.window import Window


def weigh(
    window: Window, region: Region, *, policy: Policy, trouble_since: datetime | None, now: datetime
) -> tuple[Evidence, ...]:
    """Return all evidence about the region, strongest against it first.

    `trouble_since` is when the trouble that is known already began, None where none is. Without it the first fact that
    speaks against the region now is taken: otherwise good runs would weigh only once a region is suspect, the suspicion
    would go, the weight with it, and the suspicion come back.
    """
    found = _ask_all(window, region, policy, trouble_since, now)
    began = trouble_since or min((e.since for e in found if e.against and e.since), default=None)
    return found if began == trouble_since else _ask_all(window, region, policy, began, now)


def _ask_all(
    window: Window, region: Region, policy: Policy, began: datetime | None, now: datetime
) -> tuple[Evidence, ...]:
    found = (
        *probe.weigh(window, region, now),
        *runs.weigh(window, region, run_window=policy.run_window, trouble_since=began, now=now),
        *calls.weigh(window, region, run_window=policy.run_window, now=now),
        *events.weigh(window, region, now),
        *dependencies.weigh(window, region, now),
    )
    return tuple(sorted(found, key=lambda e: (-e.weight, e.kind, e.sentence)))
