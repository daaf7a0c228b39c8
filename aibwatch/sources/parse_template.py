"""Understand an image template as the service shows it. Pure; nothing here raises, whatever the JSON is.

Traps of the answers (recorded): the id has other letter case than was asked for; lastRunStatus is absent for a
template that was never run, or is being created; endTime is in the year 1 while a run goes on; runSubState is absent
once it has ended; provisioningState stays Succeeded through failed runs. A failed run has no code, only a text.

Note [A failed run is diagnosed once]: how far a run had come is shown only while it lives, and decides between the
customer's step and the service. So a diagnosis made at first sight stands while the run stays the same; only one
that rests on no text, or that no rule made, is tried again, as the text may come after the state.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from aibwatch.core.classify import Symptom, classify
from aibwatch.core.definition.digest import recipe_of
from aibwatch.core.failures import DEFAULT, NO_WORDS
from aibwatch.core.ids import ids_in
from aibwatch.core.model import WELL, Diagnosis, Run, RunPhase, RunState, TemplateId, region_of, template_id
from aibwatch.core.observation import TemplateSeen
from aibwatch.core.reading import moment, table, text, whole
from aibwatch.sources.shares import shares_of

KIND = "/providers/microsoft.virtualmachineimages/imagetemplates/"

TRIED_AGAIN = frozenset({DEFAULT.name, NO_WORDS})

_STATES = {state.value: state for state in RunState if state not in {RunState.NEVER, RunState.UNKNOWN}}
_PHASES = {phase.value: phase for phase in RunPhase if phase not in {RunPhase.ABSENT, RunPhase.UNKNOWN}}


@dataclass(frozen=True, slots=True)
class Unreadable:
    """JSON that is not what was promised, and why, on one line."""

    why: str


def id_of(entry: object) -> TemplateId | None:
    """Return the id of a template as a list or a GET shows it; None if it is no template's."""
    found = template_id(text(table(entry), "id"))
    _, kind, name = found.partition(KIND)
    return found if kind and name and "/" not in name and found.startswith("/subscriptions/") else None


def parse_template(entry: object, at: datetime, known: TemplateSeen | None = None) -> TemplateSeen | Unreadable:
    """Return the template. `known` is how it was last seen; it tells how far a run had come that has failed since."""
    body = table(entry)
    template, region = id_of(body), region_of(text(body, "location"))
    if template is None:
        return Unreadable("an entry that has no id of an image template")
    properties = table(body, "properties")
    if not region or not properties:
        return Unreadable(f"{template} has no {'properties' if region else 'location'}")
    run = _run(properties, known.run if known else None)
    if isinstance(run, Unreadable):
        return Unreadable(f"{template} {run.why}")
    return TemplateSeen(
        at=at,
        template=template,
        region=region,
        provisioning=text(properties, "provisioningState").strip().lower(),
        run=run,
        build_timeout_minutes=whole(properties, "buildTimeoutInMinutes"),
        shares=shares_of(body),
        recipe=recipe_of(body),
    )


def symptom_of(entry: object, known: TemplateSeen | None = None) -> Symptom:
    """Return what the failed last run of a template looked like, for those who want more of it than its diagnosis."""
    status = table(entry, "properties", "lastRunStatus")
    run = known.run if known else None
    return _symptom(status, run if run is not None and run.started == moment(status, "startTime") else None)


def parse_outputs(entries: tuple[object, ...]) -> tuple[str, ...]:
    """Return the artifact ids of run outputs, as the service writes them; outputs without one are left out."""
    found = (text(table(entry, "properties"), "artifactId").strip() for entry in entries)
    return tuple(artifact for artifact in found if artifact)


def _run(properties: Mapping[str, object], known: Run | None) -> Run | Unreadable | None:
    status = properties.get("lastRunStatus")
    if status is None or status == {}:
        return None
    if not isinstance(status, dict):
        return Unreadable("has a lastRunStatus that is no object")
    started = moment(status, "startTime")
    if started is None:
        return Unreadable("has a run without a start")
    state = _STATES.get(text(status, "runState").strip().lower(), RunState.UNKNOWN)
    same = known if known is not None and known.started == started else None
    return Run(
        started=started,
        ended=moment(status, "endTime") if state.ended or state is RunState.UNKNOWN else None,
        state=state,
        phase=RunPhase.ABSENT if state.ended else _phase(status),
        diagnosis=_diagnosis(_symptom(status, same), same) if state is RunState.FAILED else WELL,
    )


def _phase(status: Mapping[str, object]) -> RunPhase:
    said = text(status, "runSubState").strip().lower()
    return _PHASES.get(said, RunPhase.UNKNOWN) if said else RunPhase.ABSENT


def _diagnosis(symptom: Symptom, same: Run | None) -> Diagnosis:
    if same is not None and same.state is RunState.FAILED and same.diagnosis.rule not in TRIED_AGAIN:
        return same.diagnosis
    return replace(classify(symptom), ids=ids_in(symptom.message))


def _symptom(status: Mapping[str, object], same: Run | None) -> Symptom:
    started, ended = moment(status, "startTime"), moment(status, "endTime")
    return Symptom(
        of_run=True,
        message=text(status, "message"),
        phase=same.phase if same else RunPhase.ABSENT,
        lasted=ended - started if started and ended and ended >= started else None,
    )
