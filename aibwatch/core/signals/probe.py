"""Weigh the read probe: is the region's API answering at all?

Rules: three provider failures in a row speak against the region, fewer say nothing; a row that lasts for minutes speaks
louder. One good answer ends the row.
Polls without an answer (throttled, no token, no way there) neither lengthen nor end it. ARM's own failures and other
ambiguous answers weigh half.

Note [A failed read is not a failed build]: in 2022 reads answered 500 for 20 minutes while builds went on and ended
well. So this signal alone can make a region suspect and can never convict it; verdict.py asks for a second kind.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from aibwatch.core.evidence import Evidence, Kind
from aibwatch.core.model import FailureClass, Region
from aibwatch.core.observation import Probed, is_answer
from aibwatch.core.sentences import span
from aibwatch.core.window import Window

ROW = 3
"""Failures in a row before the probe speaks: one is a hiccup, two are bad luck."""

WEIGHT = 3.5
LASTING_WEIGHT = 4.5
"""So that an API outage that the provider admits (+4.9) can be proven where nothing happens to be built."""

LASTING = timedelta(minutes=5)
"""Restarts inside the service are over by then."""

AMBIGUOUS_SHARE = 0.5
FAILING = frozenset({FailureClass.SERVICE, FailureClass.AMBIGUOUS})


def weigh(window: Window, region: Region, now: datetime) -> tuple[Evidence, ...]:
    """Return what the probe says of the region; nothing if it was never answered."""
    probes = _until(window.probes.get(region, ()), now)
    last = next((p for p in reversed(probes) if is_answer(p.diagnosis)), None)
    if last is None:
        return ()
    row = _failing_row(probes)
    if len(row) < ROW:
        return (_well(last, len(row)),)
    lasted = row[-1].at - row[0].at
    weight = LASTING_WEIGHT if lasted >= LASTING else WEIGHT
    clear = all(p.diagnosis.cls is FailureClass.SERVICE for p in row[-ROW:])
    return (
        Evidence(
            kind=Kind.PROBE,
            weight=weight if clear else weight * AMBIGUOUS_SHARE,
            witnesses=1,
            since=row[0].at,
            last=row[-1].at,
            sentence=f"the last {len(row)} reads in {span(lasted)} failed: {row[-1].diagnosis.summary}",
            brief=f"the last {len(row)} reads failed",
        ),
    )


def _until(probes: Sequence[Probed], now: datetime) -> Sequence[Probed]:
    """Return the reads without those dated in the future, which stand at the end."""
    end = len(probes)
    while end and probes[end - 1].at > now:
        end -= 1
    return probes[:end]


def _failing_row(probes: Sequence[Probed]) -> list[Probed]:
    """Return the reads that failed since the last that did not, oldest first; polls without an answer left out."""
    row: list[Probed] = []
    for probe in reversed(probes):
        if probe.diagnosis.cls in FAILING:
            row.append(probe)
        elif is_answer(probe.diagnosis):
            break
    row.reverse()
    return row


def _well(last: Probed, failing: int) -> Evidence:
    if failing:
        sentence = f"{failing} failed in a row, {ROW} needed to count: {last.diagnosis.summary}"
    elif last.diagnosis.cls is FailureClass.OK:
        sentence = "the last read was answered"
    else:
        sentence = f"the last read was answered, though with a refusal that is ours: {last.diagnosis.summary}"
    return Evidence(kind=Kind.PROBE, weight=0.0, last=last.at, sentence=sentence)
