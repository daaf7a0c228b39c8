"""Weigh calls to run a template that were refused with 5xx: they leave no trace in any lastRunStatus.

Rules: a refused call is a failed run of its template, of the same weight, and the same kind of witness as runs. What
weighs is what the calls add to the votes that runs have cast already: a template has one vote over both, and templates
that share something are one witness over both.
Nothing counts twice: a call is left out if a run of its template was under way about then (it was carried out all the
same, or it is the entry of a run that failed: the run speaks for itself), if a run that began later has ended (that is
the template's vote), if a canary built well since, and if it was our own.
The log is 3 to 20 minutes late, so a call is as old as its failure, not as our sight of it. Its silence proves nothing.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from aibwatch.core.evidence import Evidence, Kind
from aibwatch.core.model import Run, TemplateId, template_name
from aibwatch.core.observation import CallFailed
from aibwatch.core.sentences import count, listing
from aibwatch.core.votes import SUSPICIOUS, Hearing, independent, vote
from aibwatch.core.window import RunSeen, Window, ended_at

SAME_RUN = timedelta(minutes=2)
"""A run that began or ended this near to a refused call belongs to it: ARM gives up on a region after a minute, the end
of a run is noted up to one later, and clocks differ by seconds."""


@dataclass(frozen=True, slots=True)
class _Voter:
    """A template and what speaks against its region, by its runs and by its calls; 0 where nothing does."""

    shares: frozenset[str]
    by_run: float
    by_call: float


def weigh(hearing: Hearing) -> tuple[Evidence, ...]:
    """Return what calls that failed within the run window add to what runs say; nothing if there is none."""
    if not hearing.window.calls:
        return ()
    runs = {r.template: r for r in hearing.latest_runs()}
    refused = _refused(hearing, runs)
    if not refused:
        return ()
    witnesses = independent([_voter(t, hearing, runs, refused) for t in sorted(runs.keys() | refused.keys())])
    weight = sum(_added(witness) for witness in witnesses)
    new = sum(1 for witness in witnesses if _added(witness) and not any(v.by_run for v in witness))
    times = [call.called_at for call in refused.values()]
    names = listing(sorted(map(template_name, refused)))
    failed = f"{count(len(refused), 'call')} to run a template failed ({names})"
    if not weight:
        sentence = f"{failed}, but failed runs of the same witnesses count already"
        return (Evidence(kind=Kind.CALLS, weight=0.0, last=max(times), sentence=sentence),)
    voices = count(new, "independent witness", "independent witnesses") if new else "no further witness"
    latest = max(refused.values(), key=lambda call: (call.called_at, call.key))
    return (
        Evidence(
            kind=Kind.CALLS,
            weight=weight,
            witnesses=new,
            since=min(times),
            last=max(times),
            onset=max(times),
            sentence=f"{failed}, {voices}: {latest.diagnosis.summary}",
            brief=f"{count(len(refused), 'call')} to run failed",
        ),
    )


def _refused(hearing: Hearing, runs: dict[TemplateId, RunSeen]) -> dict[TemplateId, CallFailed]:
    """Return the last call of each template of the region that counts."""
    lives, since = _lives(hearing.window), hearing.now - hearing.run_window
    counted = (
        call
        for call in hearing.window.calls.values()
        if call.called_at > since
        and call.diagnosis.cls in SUSPICIOUS
        and not call.ours
        and call.region == hearing.region
        and call.template != hearing.own
        and not hearing.excuses(call.called_at)
        and not _outdated(call, runs.get(call.template))
        and not any(_about_then(run, call.called_at) for run in lives[call.template])
    )
    return {call.template: call for call in sorted(counted, key=lambda call: (call.called_at, call.key))}


def _outdated(call: CallFailed, latest: RunSeen | None) -> bool:
    return latest is not None and latest.run.started > call.called_at


def _about_then(run: Run, at: datetime) -> bool:
    return run.started - SAME_RUN <= at and (not run.state.ended or at <= ended_at(run) + SAME_RUN)


def _lives(window: Window) -> defaultdict[TemplateId, list[Run]]:
    """Return all runs that any sight of a template has shown, those that go on too."""
    lives = defaultdict(list, {t.template: [t.run] for t in window.templates.values() if t.run})
    for seen in window.runs:
        lives[seen.template].append(seen.run)
    return lives


def _voter(
    template: TemplateId, hearing: Hearing, runs: dict[TemplateId, RunSeen], refused: dict[TemplateId, CallFailed]
) -> _Voter:
    run, call, seen = runs.get(template), refused.get(template), hearing.window.templates.get(template)
    return _Voter(
        shares=run.shares if run else seen.shares if seen else frozenset(),
        by_run=SUSPICIOUS[run.run.diagnosis.cls] if run and hearing.suspects(run) else 0.0,
        by_call=SUSPICIOUS[call.diagnosis.cls] if call else 0.0,
    )


def _added(witness: list[_Voter]) -> float:
    """Return what a witness weighs by runs and calls together, less what it weighs by runs alone."""
    return vote(max(v.by_run, v.by_call) for v in witness) - vote(v.by_run for v in witness)
