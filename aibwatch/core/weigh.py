"""Ask every signal what the window says of a region."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from aibwatch.core.canary.canary import Canary
from aibwatch.core.evidence import Evidence, reads_fail_since
from aibwatch.core.habits import Habit
from aibwatch.core.model import Region, TemplateId
from aibwatch.core.policy import Policy
from aibwatch.core.signals import calls, canary, dependencies, events, peers, probe, runs
from aibwatch.core.votes import Hearing
from aibwatch.core.window import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """All that is known of a region: what was seen, what our canary showed, and what is usual."""

    window: Window
    canary: Canary | None = None
    habits: Mapping[TemplateId, Habit] = field(default_factory=dict)


def weigh(
    known: Known, region: Region, *, policy: Policy, trouble_since: datetime | None, now: datetime
) -> tuple[Evidence, ...]:
    """Return all evidence about the region, strongest against it first.

    `trouble_since` is when the trouble that is known already began, None where none is. Without it the first fact that
    speaks against the region now is taken: otherwise good runs would weigh only once a region is suspect, the suspicion
    would go, the weight with it, and the suspicion come back.
    """
    found = _ask_all(known, region, policy, trouble_since, now)
    began = trouble_since or min((e.since for e in found if e.against and e.since), default=None)
    return found if began == trouble_since else _ask_all(known, region, policy, began, now)


def _ask_all(
    known: Known, region: Region, policy: Policy, began: datetime | None, now: datetime
) -> tuple[Evidence, ...]:
    window = known.window
    reads = probe.weigh(window, region, now)
    reads_since = reads_fail_since(reads)
    hearing = Hearing(
        window=window,
        region=region,
        canary=known.canary,
        trouble_since=began,
        reads_since=reads_since,
        habits=known.habits,
        run_window=policy.run_window,
        now=now,
    )
    found = (
        *reads,
        *runs.weigh(hearing),
        *calls.weigh(hearing),
        *canary.weigh(known.canary, trouble_since=began, reads_since=reads_since, now=now),
        *events.weigh(window, region, now),
        *dependencies.weigh(window, region, now),
        *peers.weigh(window, region, now),
    )
    return tuple(sorted(found, key=lambda e: (-e.weight, e.kind, e.sentence)))
