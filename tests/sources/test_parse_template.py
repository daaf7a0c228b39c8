"""An image template, as the service shows it."""

import time
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aibwatch.core.definition.digest import recipe_of
from aibwatch.core.model import Diagnosis, FailureClass, Region, Run, RunPhase, RunState
from aibwatch.core.observation import TemplateSeen
from aibwatch.sources.parse_template import Unreadable, id_of, parse_outputs, parse_template

from .support import NOW, UBUNTU, a_run, a_template

STARTED = datetime(2026, 3, 2, 9, 0, 0, 123456, UTC)
NOT_YET = "0001-01-01T00:00:00Z"
PACKER = "Error when executing packerizer: Packer build command has failed: exit status 1."


def seen(entry: object, known: TemplateSeen | None = None) -> TemplateSeen:
    parsed = parse_template(entry, NOW, known)
    assert isinstance(parsed, TemplateSeen), parsed
    return parsed


def run_of(status: dict[str, object], known: TemplateSeen | None = None) -> Run:
    run = seen(a_template(run=status), known).run
    assert run is not None
    return run


def test_a_template_that_was_never_run() -> None:
    template = a_template(buildTimeoutInMinutes=90)

    assert seen(template) == TemplateSeen(
        at=NOW,
        template=UBUNTU,
        region=Region("westeurope"),
        provisioning="succeeded",
        run=None,
        build_timeout_minutes=90,
        recipe=recipe_of(template),
    )


def test_a_run_that_ended_well() -> None:
    ended = datetime(2026, 3, 2, 9, 20, 0, 987654, UTC)
    assert run_of(a_run()) == Run(started=STARTED, ended=ended, state=RunState.SUCCEEDED)


def test_a_run_that_goes_on_has_no_end() -> None:
    status = a_run("Running", runSubState="Customizing", endTime=NOT_YET)
    assert run_of(status) == Run(started=STARTED, ended=None, state=RunState.RUNNING, phase=RunPhase.CUSTOMIZING)


def test_the_ids_that_the_text_of_a_failed_run_names_are_kept_however_far_behind() -> None:
    told = f"{'x' * 500} Correlation ID: 11112222-3333-4444-5555-666677778888."
    assert run_of(a_run("Failed", message=told)).diagnosis.ids == (
        "correlation id 11112222-3333-4444-5555-666677778888",
    )


def test_a_run_that_is_being_cancelled_has_no_phase() -> None:
    status = a_run("Canceling", message="Canceling image build", endTime=NOT_YET)
    assert run_of(status) == Run(started=STARTED, ended=None, state=RunState.CANCELING)


@pytest.mark.parametrize("text", ["failed", "FAILED", " Failed "])
def test_letter_case_of_a_state_does_not_matter(text: str) -> None:
    assert run_of(a_run(text)).state is RunState.FAILED


@pytest.mark.parametrize("text", ["Paused", "never", "unknown", "", 7, None])
def test_a_state_that_is_new_to_us_is_unknown(text: object) -> None:
    assert run_of(a_run("x", runState=text)).state is RunState.UNKNOWN


def test_a_phase_that_is_new_to_us_is_unknown() -> None:
    assert run_of(a_run("Running", runSubState="Polishing", endTime=NOT_YET)).phase is RunPhase.UNKNOWN


@pytest.mark.parametrize(
    "text", ["2026-03-02T09:00:00.123456", "2026-03-02T09:00:00.12345678Z", "2026-03-02T11:00:00.123456789+02:00"]
)
def test_times_without_a_zone_are_utc_and_all_are_cut_to_microseconds(text: str) -> None:
    assert run_of(a_run(startTime=text)).started == STARTED


def test_the_zone_of_this_host_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    run = run_of(a_run(startTime="2026-03-02T09:00:00.123456"))
    monkeypatch.undo()
    time.tzset()

    assert run.started == STARTED


def test_a_failed_run_is_diagnosed_by_its_text() -> None:
    assert run_of(a_run("Failed", message=PACKER)).diagnosis == Diagnosis(
        cls=FailureClass.AMBIGUOUS, rule="packer", summary=PACKER
    )


def known_in(phase: str, **changes: object) -> TemplateSeen:
    return seen(a_template(run=a_run("Running", runSubState=phase, endTime=NOT_YET, **changes)))


def test_a_run_that_was_last_seen_in_the_customers_step_failed_there() -> None:
    failed = run_of(a_run("Failed", message=PACKER), known_in("Customizing"))
    assert (failed.diagnosis.rule, failed.phase) == ("customer-step", RunPhase.ABSENT)


def test_the_phase_of_an_earlier_run_says_nothing() -> None:
    failed = run_of(a_run("Failed", message=PACKER), known_in("Customizing", startTime="2026-03-01T09:00:00Z"))
    assert failed.diagnosis.rule == "packer"


def test_the_diagnosis_of_a_failed_run_stands_when_its_phase_is_no_longer_known() -> None:
    first = seen(a_template(run=a_run("Failed", message=PACKER)), known_in("Customizing"))
    assert seen(a_template(run=a_run("Failed", message=PACKER)), first) == first


def test_a_diagnosis_that_knew_nothing_is_tried_again_when_the_text_comes() -> None:
    first = seen(a_template(run=a_run("Failed", message="")))
    assert first.run is not None
    assert first.run.diagnosis.rule == "no-words"
    assert run_of(a_run("Failed", message=PACKER), first).diagnosis.rule == "packer"


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (None, "an entry that has no id of an image template"),
        (
            {"id": "/subscriptions/x/resourceGroups/y/providers/Microsoft.Compute/galleries/g"},
            "an entry that has no id",
        ),
        ({**a_template(), "location": None}, f"{UBUNTU} has no location"),
        ({**a_template(), "properties": []}, f"{UBUNTU} has no properties"),
        (a_template(lastRunStatus="Failed"), f"{UBUNTU} has a lastRunStatus that is no object"),
        (a_template(run={"runState": "Failed"}), f"{UBUNTU} has a run without a start"),
        (a_template(run=a_run(startTime=NOT_YET)), f"{UBUNTU} has a run without a start"),
    ],
)
def test_what_is_no_template_says_why(entry: object, why: str) -> None:
    parsed = parse_template(entry, NOW)
    assert isinstance(parsed, Unreadable)
    assert parsed.why.startswith(why)


@pytest.mark.parametrize("value", ["60", -1, 1.5, True, None, 2**40])
def test_a_build_timeout_that_is_no_minutes_is_the_default(value: object) -> None:
    assert seen(a_template(buildTimeoutInMinutes=value)).build_timeout_minutes == 0


def test_ids_are_compared_without_letter_case() -> None:
    assert id_of({"id": UBUNTU.upper()}) == UBUNTU


def test_outputs_without_an_artifact_are_left_out() -> None:
    entries: tuple[Any, ...] = ({"properties": {"artifactId": "/A/b"}}, {"properties": {}}, None, {"artifactId": "x"})
    assert parse_outputs(entries) == ("/A/b",)


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from([NOT_YET, "Failed"])
ANY_JSON = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
)


@given(ANY_JSON)
def test_json_of_any_shape_raises_nothing(entry: object) -> None:
    parse_template(entry, NOW)
    parse_outputs((entry,))


@given(st.sampled_from(["id", "location", "identity"]), ANY_JSON)
def test_a_template_with_anything_in_one_place_raises_nothing(key: str, value: object) -> None:
    parse_template({**a_template(run=a_run()), key: value}, NOW)


RUN_KEYS = ["startTime", "endTime", "runState", "runSubState", "message"]


@given(st.dictionaries(st.sampled_from(RUN_KEYS), LEAVES))
def test_a_run_with_anything_in_it_raises_nothing(changes: dict[str, object]) -> None:
    parse_template(a_template(run={**a_run(), **changes}), NOW, known_in("Building"))


PROPERTIES = ["source", "customize", "distribute", "vmProfile", "validate", "lastRunStatus", "buildTimeoutInMinutes"]


@given(st.dictionaries(st.sampled_from(PROPERTIES), ANY_JSON))
def test_properties_of_any_shape_raise_nothing(properties: dict[str, Any]) -> None:
    parse_template(a_template(**properties), NOW)
