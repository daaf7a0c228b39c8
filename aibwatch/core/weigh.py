"""Ask every signal what the window says of a region."""

from datetime import datetime

from aibwatch.core.evidence import Evidence
from aibwatch.core.model import Region
from aibwatch.core.onset import onset
from aibwatch.core.policy import Policy
from aibwatch.core.signals import dependencies, events, probe, runs
from aibwatch.core.window import Window


def weigh(window: Window, region: Region, *, policy: Policy, now: datetime) -> tuple[Evidence, ...]:
    """Return all evidence about the region, strongest against it first."""
    began = onset(window, region, run_window=policy.run_window, now=now)
    found = (
        *probe.weigh(window, region, now),
        *runs.weigh(window, region, run_window=policy.run_window, trouble_since=began, now=now),
        *events.weigh(window, region, now),
        *dependencies.weigh(window, region, now),
    )
    return tuple(sorted(found, key=lambda e: (-e.weight, e.kind, e.sentence)))
