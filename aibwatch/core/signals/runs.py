"""Weigh the runs of the customer's own templates.

Rules: a template has one vote, its latest ended run that was not cancelled, or one that is stuck. A failure of class
service weighs in full, an ambiguous one half, every other class nothing (a broken script says nothing about the
region). Templates that share a script, identity, subnet, source or gallery are one witness: the first counts in full,
the second a quarter, the rest nothing (core.votes).
Old successes prove little; a run *started after* the trouble began that ends well, or gets as far as Customizing, is
proof of life.
"""

from collections.abc import Iterable
from datetime import datetime

from aibwatch.core.canary.canary import PROGRESS
from aibwatch.core.evidence import Evidence, Kind
from aibwatch.core.model import RunState, template_name
from aibwatch.core.observation import TemplateSeen
from aibwatch.core.sentences import count, listing
from aibwatch.core.stuck import RULES
from aibwatch.core.votes import SUSPICIOUS, Hearing, independent, vote
from aibwatch.core.window import RunSeen, ended_at

NEW_RUN_WELL = -2.25
NEW_RUN_PROGRESS = -1.5


def weigh(hearing: Hearing) -> tuple[Evidence, ...]:
    """Return what runs say: failures that ended within the run window, and proofs of life since the trouble began."""
    latest, trouble_since = hearing.latest_runs(), hearing.trouble_since
    found = (
        _failures(latest, hearing),
        _successes(latest, trouble_since),
        _progress(hearing.templates(), trouble_since),
    )
    return tuple(evidence for evidence in found if evidence)


def _failures(latest: list[RunSeen], hearing: Hearing) -> Evidence | None:
    failed = [r for r in latest if r.run.state is RunState.FAILED]
    if not failed:
        return None
    suspicious = [r for r in failed if hearing.suspects(r)]
    if not suspicious:
        return Evidence(kind=Kind.RUNS, weight=0.0, sentence=_excused(failed))
    witnesses = [w for w in ([r for r in group if hearing.suspects(r)] for group in independent(latest)) if w]
    ends = [ended_at(r.run) for r in suspicious]
    names = listing(sorted(template_name(r.template) for r in suspicious))
    voices = count(len(witnesses), "independent witness", "independent witnesses")
    return Evidence(
        kind=Kind.RUNS,
        weight=sum(vote(SUSPICIOUS[r.run.diagnosis.cls] for r in witness) for witness in witnesses),
        witnesses=len(witnesses),
        since=min(ends),
        # A stuck run fails at this moment; since when it counts says nothing of whether it still does.
        last=hearing.now if any(r.run.diagnosis.rule in RULES for r in suspicious) else max(ends),
        onset=max(ends),
        sentence=f"{count(len(suspicious), 'run')} failed ({names}), {voices}: {suspicious[-1].run.diagnosis.summary}",
        brief=f"{count(len(suspicious), 'run')} failed",
    )


def _excused(failed: list[RunSeen]) -> str:
    runs = count(len(failed), "run")
    if any(r.run.diagnosis.cls in SUSPICIOUS for r in failed):
        return f"{runs} failed, but a canary got its machine after that and built well: not the region's fault"
    kinds = listing(sorted({r.run.diagnosis.cls for r in failed}))
    return f"{runs} failed, but for reasons that are not the region's ({kinds})"


def _successes(latest: list[RunSeen], trouble_since: datetime | None) -> Evidence | None:
    well = [r for r in latest if r.run.state.built]
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


def _progress(here: Iterable[TemplateSeen], trouble_since: datetime | None) -> Evidence | None:
    if trouble_since is None:
        return None
    alive = [
        t
        for t in here
        if t.run is not None
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
