"""Tell an incident so that Azure's support can work with it: what failed where, when, and by which ids it is found.

Rules: times in UTC; the sentence first; the provider's own ids beside every failure. Nothing in it lets anybody in:
every text goes through `redact`, also those that were redacted before. Pure: the record is handed in.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from aibwatch.core.canary.canary import Canary, CanaryResult
from aibwatch.core.incident import Incident, period
from aibwatch.core.model import Diagnosis, FailureClass, Region, RunState, TemplateId, template_name
from aibwatch.core.move.moves import KeptMove
from aibwatch.core.observation import (
    CallFailed,
    DependencySeen,
    DiscoverySeen,
    EventSeen,
    HandlerChecked,
    Observation,
    PeerSaid,
    Polled,
    Probed,
    ReadinessSeen,
    Source,
    TemplateGone,
    TemplateSeen,
    is_answer,
)
from aibwatch.core.policy import Setup
from aibwatch.core.redact import redacted
from aibwatch.core.sentences import count, listing, span
from aibwatch.views import moves
from aibwatch.views.document import Document, Section, as_markdown, as_text
from aibwatch.views.history import Recorded

Json = Mapping[str, object]

SHOWN = 40
READS = 5
"""Failures in the story, and reads among them from the beginning and from the end; the archive has all of them."""

READ = "read of a template"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """One thing that failed, with what it is found by."""

    at: datetime
    what: str
    diagnosis: Diagnosis
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An incident, and what the record says of its time."""

    incident: Incident
    setup: Setup
    places: Mapping[TemplateId, Region]
    notes: Sequence[Recorded]
    """Of the region, and of the groups that were moved."""
    seen: Sequence[Observation]
    """What was seen in the region."""
    moves: Sequence[KeptMove]
    now: datetime
    canary: Canary | None = None
    """Of the region. A request for a run of it that was refused leaves nothing else."""
    cut: bool = False
    """Whether more was seen than is handed in."""


def concerns(observation: Observation, region: Region, places: Mapping[TemplateId, Region]) -> bool:
    """Return whether the observation says something about this region."""
    match observation:
        case Polled():
            return observation.source is Source.PROBE and observation.subject == region
        case HandlerChecked():
            return places.get(observation.target) == region
        case TemplateGone() | ReadinessSeen():
            return places.get(observation.template) == region
        case Probed() | TemplateSeen() | EventSeen() | DependencySeen() | CallFailed() | PeerSaid():
            return observation.region == region
        case DiscoverySeen():
            return False


def failures(seen: Iterable[Observation]) -> tuple[Failed, ...]:
    """Return what failed in the region, oldest first, each once."""
    found: dict[object, Failed] = {}
    for observation in seen:
        match observation:
            case Probed(diagnosis=why) if why.cls is not FailureClass.OK and is_answer(why):
                found[observation.at] = Failed(at=observation.at, what=READ, diagnosis=why, ids=why.ids)
            case TemplateSeen(run=run) if run is not None and run.state is RunState.FAILED:
                what = f"run of {template_name(observation.template)}, started {_second(run.started)}"
                at, why = run.ended or run.started, run.diagnosis
                found[observation.template, run.started] = Failed(at=at, what=what, diagnosis=why, ids=why.ids)
            case CallFailed(diagnosis=why):
                what = f"call to run {template_name(observation.template)}"
                named = (
                    () if " " in observation.call else (f"correlation id {observation.call}",)
                )  # one of ours has none
                ids = tuple(dict.fromkeys((*named, *why.ids)))
                found[observation.key] = Failed(at=observation.called_at, what=what, diagnosis=why, ids=ids)
            case _:
                pass
    return tuple(sorted(found.values(), key=_order))


def refusals(told: Told) -> Iterable[Failed]:
    """Return the requests for a run of the region's canary that were refused in the time of the incident."""
    since, until = period(told.incident, told.now)
    if told.canary is None:
        return
    for run in told.canary.runs:
        refused = run.result is CanaryResult.FAILED and run.started is None
        if refused and since <= run.asked_at <= until:
            what, why = f"call to run the canary {template_name(told.canary.template)}", run.diagnosis
            yield Failed(at=run.asked_at, what=what, diagnosis=why, ids=why.ids)


def _order(failed: Failed) -> tuple[datetime, str]:
    return failed.at, failed.what


def as_dict(told: Told) -> Json:
    """Return the incident as JSON can carry it, with its story as text and as Markdown beside it."""
    incident = told.incident
    failed = sorted([*failures(told.seen), *refusals(told)], key=_order)
    story = document(told, failed)
    return safe(
        {
            "schema": 1,
            **summary(incident),
            "sentence": sentence(incident, told.now),
            "subscriptions": _subscriptions(told),
            "templates": _templates(told),
            "tracking_ids": sorted({e.tracking_id for e in _events(told)}),
            "failures": [
                {
                    "at": f.at.isoformat(),
                    "what": f.what,
                    "class": str(f.diagnosis.cls),
                    "rule": f.diagnosis.rule,
                    "summary": f.diagnosis.summary,
                    "ids": list(f.ids),
                }
                for f in failed
            ],
            "history": [
                {"at": r.at.isoformat(), "subject": r.note.subject, "what": r.note.what, "why": r.note.why}
                for r in told.notes
            ],
            "moves": [moves.move_dict(kept, told.places.get) for kept in told.moves],
            "cut": told.cut,
            "text": as_text(story),
            "markdown": as_markdown(story),
        }
    )


def safe(body: Mapping[str, object]) -> Json:
    """Return the same with every text in it redacted."""
    return {key: _safe(value) for key, value in body.items()}


def _safe(value: object) -> object:
    match value:
        case str():
            return redacted(value)
        case Mapping():
            return safe(value)
        case list() | tuple():
            return [_safe(item) for item in value]
        case _:
            return value


def summary(incident: Incident) -> Json:
    """Return when it was what, without the record."""
    return {
        "id": incident.id,
        "region": incident.region,
        "opened_at": incident.opened_at.isoformat(),
        "confirmed_at": incident.confirmed_at.isoformat() if incident.confirmed_at else None,
        "closed_at": incident.closed_at.isoformat() if incident.closed_at else None,
        "worst_score": round(incident.worst_score, 2),
        "why": incident.why,
    }


def list_dict(incidents: Iterable[Incident], now: datetime) -> Json:
    """Return all incidents that are known, oldest first, with a line each."""
    known = sorted(incidents, key=lambda incident: incident.opened_at)
    lines = [f"{incident.id}  {sentence(incident, now)}" for incident in known]
    text = "\n".join(lines) or "No incident is known: no region was suspected so far."
    return safe({"schema": 1, "incidents": [summary(incident) for incident in known], "text": text})


def sentence(incident: Incident, now: datetime) -> str:
    """Return the one sentence that says how long what lasted."""
    lasted = span((incident.closed_at or now) - incident.opened_at)
    until = f"until {_second(incident.closed_at)} UTC" if incident.closed_at else "and goes on"
    proof = f"proven {_second(incident.confirmed_at)} UTC" if incident.confirmed_at else "never proven"
    since = f"since {_second(incident.opened_at)} UTC"
    return f"Trouble of Image Builder in {incident.region} {since} {until} ({lasted}); {proof}."


def document(told: Told, failed: Sequence[Failed]) -> Document:
    """Return the story to paste into a support request."""
    incident = told.incident
    return Document(
        title=f"Azure Image Builder in {incident.region}, {incident.opened_at.astimezone(UTC):%Y-%m-%d}",
        sentence=sentence(incident, told.now),
        sections=(
            Section(title="For the support request", lines=tuple(_form(told, failed))),
            _failed(failed, cut=told.cut),
            Section(
                title="What was judged (UTC)",
                header=("at", "of", "what", "why"),
                rows=tuple((_second(r.at), r.note.subject, r.note.what, r.note.why) for r in told.notes),
            ),
            Section(title="Moves", lines=tuple(moves.line(kept, told.places.get) for kept in told.moves)),
        ),
    )


def _form(told: Told, failed: Sequence[Failed]) -> Iterable[str]:
    incident = told.incident
    yield "service: Azure Image Builder (Microsoft.VirtualMachineImages/imageTemplates)"
    yield f"region: {incident.region}"
    yield f"first sign: {_second(incident.opened_at)} UTC"
    yield f"proven: {_second(incident.confirmed_at)} UTC" if incident.confirmed_at else "proven: never"
    yield f"over: {_second(incident.closed_at)} UTC" if incident.closed_at else "over: not yet"
    yield f"subscriptions: {listing(_subscriptions(told), most=20) or 'none that is known'}"
    events = {f"{e.tracking_id} ({e.title})" for e in _events(told)}
    yield f"Service Health events: {listing(sorted(events), most=20) or 'none was announced'}"
    yield f"what failed: {_counted(failed) or 'nothing that is on record any more'}"
    yield from (f"template: {template}" for template in _templates(told))


def _counted(failed: Sequence[Failed]) -> str:
    reads = [f for f in failed if f.what == READ]
    runs = [f for f in failed if f.what.startswith("run")]
    calls = [f for f in failed if f.what.startswith("call")]
    parts = (
        count(len(reads), "read") if reads else "",
        count(len(runs), "run") if runs else "",
        count(len(calls), "call to run", "calls to run") if calls else "",
    )
    return listing([part for part in parts if part])


def _failed(failed: Sequence[Failed], *, cut: bool) -> Section:
    shown = _shown(failed)
    rows = tuple((_second(f.at), f.what, f.diagnosis.summary, ", ".join(f.ids) or "-") for f in shown)
    more = len(failed) - len(shown)
    lines = (
        f"{len(shown)} of {len(failed)}; the others are in the archive (--bundle FILE)" if more > 0 else "",
        "more was seen in that time than was read for this; the last of it is left out" if cut else "",
    )
    header = ("at", "what", "answer", "ids")
    return Section(title="What failed (UTC)", lines=tuple(filter(None, lines)), header=header, rows=rows)


def _shown(failed: Sequence[Failed]) -> list[Failed]:
    """Return those to find the trouble by: builds and calls, and of the many reads the first and the last."""
    reads = [f for f in failed if f.what == READ]
    some = [*reads[:READS], *reads[max(READS, len(reads) - READS) :]]
    builds = [f for f in failed if f.what != READ][: SHOWN - 2 * READS]
    return sorted([*builds, *some], key=_order)


def _events(told: Told) -> list[EventSeen]:
    return [observation for observation in told.seen if isinstance(observation, EventSeen)]


def _templates(told: Told) -> list[str]:
    """Return the templates of the region that are watched now, and those that were seen there then."""
    region = told.incident.region
    watched = {t for t in told.setup.watched if told.places.get(t) == region}
    seen = {o.template for o in told.seen if isinstance(o, TemplateSeen | CallFailed)}
    return sorted(watched | seen)


def _subscriptions(told: Told) -> list[str]:
    return sorted({template.split("/")[2] for template in _templates(told)})


def _second(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
