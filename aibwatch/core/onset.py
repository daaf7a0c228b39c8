"""Say when the present trouble of a region began: the first fact against it that is still in the window.

Rules: every fact counts, also one that a later good answer took back. So good evidence never moves the beginning, and a
good run that proved life once goes on proving it. That is why this looks at the window and not at the evidence, which
good answers take away, nor at the verdict before, which would make the same facts weigh differently from one moment to
the next.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from aibwatch.core.model import FailureClass, Region, RunState
from aibwatch.core.observation import Concern
from aibwatch.core.window import Window, ended_at

SUSPICIOUS = frozenset({FailureClass.SERVICE, FailureClass.AMBIGUOUS})


def onset(window: Window, region: Region, *, run_window: timedelta, now: datetime) -> datetime | None:
    """Return when the first thing went wrong, None if nothing did in `run_window`."""
    return min(_facts(window, region, now - run_window), default=None)


def _facts(window: Window, region: Region, horizon: datetime) -> Iterator[datetime]:
    for run in window.runs:
        failed = run.run.state is RunState.FAILED and run.run.diagnosis.cls in SUSPICIOUS
        if run.region == region and failed and ended_at(run.run) > horizon:
            yield ended_at(run.run)
    for probe in window.probes.get(region, ()):
        if probe.diagnosis.cls in SUSPICIOUS and probe.at > horizon:
            yield probe.at
    for event in window.events.values():
        if event.region == region and event.concern is not Concern.OTHER and not event.maintenance:
            yield event.began
