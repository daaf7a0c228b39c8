"""Weigh the runs of the customer's own templates.

Rules: a template has one vote, its latest ended run that was not cancelled. A failure of class service weighs in full,
an ambiguous one half, every other class nothing (a broken script says nothing about the region). Templates that share a
script, identity, subnet, source or gallery are one witness: the first counts in full, the second a quarter, the rest
nothing (core.votes).
Old successes prove little; a run *started after* the trouble began that ends well, or gets as far as Customizing, is
proof of life.
"""

from datetime import datetime, timedelta

from aibwatch.core.evidence import Evidence, Kind
from aibwatch.core.model import Region, RunPhase, RunState, template_name
from aibwatch.core.sentences import count, listing
from aibwatch.core.votes import SUSPICIOUS, independent, is_suspicious, latest_runs, vote
from aibwatch.core.window import RunSeen, Window, ended_at

NEW_RUN_WELL = -2.25
NEW_RUN_PROGRESS = -1.5

PROGRESS = frozenset({RunPhase.CUSTOMIZING, RunPhase.OPTIMIZING, RunPhase.VALIDATING, RunPhase.DISTRIBUTING})
"""Phases that a run reaches only after the service has made and reached a build VM."""

WELL_STATES = frozenset({RunState.SUCCEEDED, RunState.PARTIALLY_SUCCEEDED})


def weigh(
    window: Window, region: Region, *, run_window: timedelta, trouble_since: datetime | None, now: datetime
) -> tuple[Evidence, ...]:
    """Return what runs say: failures that ended within `run_window`, and proofs of life since `trouble_since`."""
    latest = latest_runs(window, region, run_window, now)
    found = (_failures(latest), _successes(latest, trouble_since), _progress(window, region, trouble_since))
    return tuple(evidence for evidence in found if evidence)


def _failures(latest: list[RunSeen]) -> Evidence | None:
    failed = [r for r in latest if r.run.state is RunState.FAILED]
    if not failed:
        return None
    suspicious = _suspicious(failed)
    if not suspicious:
        kinds = listing(sorted({r.run.diagnosis.cls for r in failed}))
        sentence = f"{count(len(failed), 'run')} failed, but for reasons that are not the region's ({kinds})"
        return Evidence(kind=Kind.RUNS, weight=0.0, sentence=sentence)
    witnesses = [w for w in (_suspicious(witness) for witness in independent(latest)) if w]
    ends = [ended_at(r.run) for r in suspicious]
    names = listing(sorted(template_name(r.template) for r in suspicious))
    voices = count(len(witnesses), "independent witness", "independent witnesses")
    return Evidence(
        kind=Kind.RUNS,
        weight=sum(vote(SUSPICIOUS[r.run.diagnosis.cls] for r in witness) for witness in witnesses),
        witnesses=len(witnesses),
        since=min(ends),
        last=max(ends),
        sentence=f"{count(len(suspicious), 'run')} failed ({names}), {voices}: {suspicious[-1].run.diagnosis.summary}",
        brief=f"{count(len(suspicious), 'run')} failed",
    )


def _suspicious(runs: list[RunSeen]) -> list[RunSeen]:
    return [r for r in runs if is_suspicious(r)]


def _successes(latest: list[RunSeen], trouble_since: datetime | None) -> Evidence | None:
    well = [r for r in latest if r.run.state in WELL_STATES]
    if trouble_since is None or not well:
        return None
    new = [r for r in well if r.run.started > trouble_since]
    if not new:
        sentence = f"{count(len(well), 'run')} ended well, but started before the trouble"
        return Evidence(kind=Kind.RUNS, weight=0.0, sentence=sentence)
    names = listing(sorted(template_name(r.template) for r in new))
    return Evidence(
        kind=Kind.RUNS,
        weight=NEW_RUN_WELL * len(new),
        last=max(ended_at(r.run) for r in new),
        sentence=f"{count(len(new), 'run')} started after the trouble began and ended well ({names})",
    )


def _progress(window: Window, region: Region, trouble_since: datetime | None) -> Evidence | None:
    if trouble_since is None:
        return None
    alive = [
        t
        for t in window.templates.values()
        if t.region == region
        and t.run is not None
        and t.run.state is RunState.RUNNING
        and t.run.phase in PROGRESS
        and t.run.started > trouble_since
    ]
    if not alive:
        return None
    names = listing(sorted(template_name(t.template) for t in alive))
    return Evidence(
        kind=Kind.RUNS,
        weight=NEW_RUN_PROGRESS * len(alive),
        last=max(t.at for t in alive),
        sentence=f"{count(len(alive), 'run')} started after the trouble began and got past Building ({names})",
    )
