"""Gates about the way there: is the target's region well and allowed, would the target build, does it answer now?"""

from datetime import timedelta

from aibwatch.core.conviction import is_alike
from aibwatch.core.gates.question import CLOSED, OPEN, UNKNOWN, Answer, Question
from aibwatch.core.model import template_name
from aibwatch.core.observation import Source
from aibwatch.core.readiness.finding import Ready
from aibwatch.core.regions.allowed import Within, allowed
from aibwatch.core.sentences import ago, span
from aibwatch.core.verdict import Verdict, VerdictKind

READY_REPORT_AGE = timedelta(minutes=35)
"""What a list said of the secondary may be this old: a little over the readiness interval of 30 min."""

LIVE_POLLS = 2
"""The secondary's last good read may be this many probe intervals old."""


def not_global(q: Question) -> Answer:
    """Ask whether the target's region is well, and the trouble not everywhere."""
    if q.target_region is None:
        return UNKNOWN, "the secondary was never seen, so its region is not known"
    verdict = q.verdicts.get(q.target_region)
    if verdict is None:
        return UNKNOWN, f"{q.target_region} was not judged yet"
    if verdict.kind is VerdictKind.HEALTHY:
        return _not_elsewhere(q, f"{q.target_region} is healthy")
    if _is_mishap(verdict):
        return _not_elsewhere(q, f"{q.target_region} is suspect for a mishap only: {verdict.why}")
    if verdict.kind in {VerdictKind.BLIND, VerdictKind.LEARNING}:
        return UNKNOWN, f"{q.target_region} {verdict.kind.phrase}: {verdict.why}"
    return CLOSED, f"{q.target_region} {verdict.kind.phrase}: {verdict.why}"


def _is_mishap(verdict: Verdict) -> bool:
    """Return whether only a mishap speaks against the target; beside the outage to leave that is called GLOBAL too."""
    named = {VerdictKind.SUSPECT, VerdictKind.GLOBAL}
    admitted = any(e.names_service and e.against for e in verdict.evidence)
    if verdict.kind not in named or verdict.alone is not VerdictKind.SUSPECT:
        return False
    return not admitted and not is_alike(verdict.evidence)


def _not_elsewhere(q: Question, well: str) -> Answer:
    leaving = (q.verdicts.get(q.source_region) if q.source_region else None, q.leaving)
    everywhere = next((v for v in leaving if v is not None and v.kind is VerdictKind.GLOBAL), None)
    return (CLOSED, everywhere.why) if everywhere else (OPEN, well)


def secondary_ready(q: Question) -> Answer:
    """Ask whether the target would build."""
    name = template_name(q.target)
    if q.target == q.spec.primary:  # nobody surveys it: what a failback needs of it is that it builds, see `recovered`
        return _listed(q, name)
    report = q.state.window.readiness.get(q.target)
    if report is None:
        return UNKNOWN, f"whether {name} would build was not looked at yet"
    if q.now - report.at > READY_REPORT_AGE:
        return UNKNOWN, f"{name} was last checked {ago(report.at, q.now)}, {span(READY_REPORT_AGE)} is the limit"
    if report.state is Ready.UNKNOWN:
        return UNKNOWN, f"whether {name} would build is not known: {report.why}"
    if report.state is Ready.NOT_READY:
        return CLOSED, f"{name} is not ready: {report.why}"
    return _listed(q, name)


def _listed(q: Question, name: str) -> Answer:
    seen = q.state.window.templates.get(q.target)
    if seen is None:
        return CLOSED, f"{name} is not listed by Azure; deploy it or remove it from the group"
    if seen.region == q.source_region:
        return CLOSED, f"{name} is in {seen.region}, the region to leave; a secondary must be elsewhere"
    if seen.provisioning != "succeeded":
        return CLOSED, f"{name} cannot be run: its provisioningState is {seen.provisioning}"
    record = q.state.window.list_covering(seen.template)
    if record is None or record.well_at is None:
        return UNKNOWN, f"{name} was not listed since the start"
    if q.now - record.well_at > READY_REPORT_AGE:
        return UNKNOWN, f"{name} was last listed {ago(record.well_at, q.now)}, {span(READY_REPORT_AGE)} is the limit"
    return OPEN, f"{name} is provisioned, listed {ago(record.well_at, q.now)}"


def geography_allowed(q: Question) -> Answer:
    """Ask whether the target is where the operator says, and a secondary where he lets images be built."""
    name, wanted = template_name(q.target), q.spec.regions.get(q.target)
    entries = q.spec.allowed_geographies if q.target != q.spec.primary else ()
    if q.target_region is None:
        if wanted is None and not entries:
            return OPEN, "no geographies are asked for"
        return UNKNOWN, f"{name} was never seen, so it is not known where it is"
    if wanted is not None and wanted != q.target_region:
        told = f"{name} is in {q.target_region}, and by the configuration it should be in {wanted}"
        return CLOSED, f"{told}; correct whichever is wrong"
    standing = allowed(q.target_region, entries)
    return _WITHIN[standing.within], standing.why


_WITHIN = {Within.INSIDE: OPEN, Within.OUTSIDE: CLOSED, Within.UNKNOWN: UNKNOWN}


def secondary_live(q: Question) -> Answer:
    """Ask whether the target's region answered just now."""
    record = q.state.window.poll(Source.PROBE, q.target_region) if q.target_region else None
    if record is None or record.well_at is None:
        return UNKNOWN, "no read in the secondary's region is known to have succeeded"
    if record.well_at != record.last_at:
        return CLOSED, f"the last read in {q.target_region} failed: {record.last.summary}"
    limit = LIVE_POLLS * q.setup.pace.probe
    if not timedelta(0) <= q.now - record.well_at <= limit:
        return UNKNOWN, f"the last good read in {q.target_region} was {ago(record.well_at, q.now)}"
    return OPEN, f"{q.target_region} answered {ago(record.well_at, q.now)}"
