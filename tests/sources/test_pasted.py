"""Whatever people paste is understood: error bodies, output of az, run states, whole templates, plain text."""

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aibwatch.core.classify import Symptom, row_for
from aibwatch.core.model import RunPhase, RunState
from aibwatch.sources.pasted import LONGEST_JSON, MOST_TRIED, phase_named, understand

PACKER = "Packer build command has failed: exit status 1"


def rule(pasted: object) -> str:
    return row_for(understand(pasted if isinstance(pasted, str) else json.dumps(pasted)).symptom).name


def a_status(state: str, **changes: object) -> dict[str, object]:
    return {
        "startTime": "2026-03-01T10:00:00.123456789Z",
        "endTime": "2026-03-01T10:20:00Z",
        "runState": state,
        "message": "",
        **changes,
    }


def a_template(**properties: object) -> dict[str, object]:
    customize = [{"type": "Shell", "inline": ["echo ScopeLocked QuotaExceeded"]}]
    return {"id": "/x", "properties": {"customize": customize, "distribute": [], **properties}}


@pytest.mark.parametrize(
    ("pasted", "name"),
    [
        ({"error": {"code": "QuotaExceeded", "message": "no more"}}, "quota"),
        ({"code": "OperationNotAllowed", "message": "it is not allowed in provisioningState: 'x'"}, "already-running"),
        ({"Message": "An error has occurred."}, "unavailable"),
        ({"error": {"code": "DeploymentFailed", "details": [{"code": "ScopeLocked", "message": "m"}]}}, "locked"),
        ({"status": "Failed", "error": {"code": "Unauthorized", "message": PACKER}}, "packer"),
        ("(SkuNotAvailable) not here\nCode: SkuNotAvailable\nMessage: not here", "capacity"),
        ('ERROR: {"error": {"code": "SubnetIsFull", "message": "full"}}', "own-network"),
        ("<html><h2>Service Unavailable</h2></html>", "unavailable"),
        (a_status("Failed", message=PACKER), "packer"),
        ({"lastRunStatus": a_status("Failed", message=PACKER)}, "packer"),
        ([a_template(lastRunStatus=a_status("Failed", message=PACKER))], "packer"),
        (a_status("Failed", message=json.dumps({"code": "x", "message": "Failed in distributing 1"})), "distribution"),
        (a_status("Failed", message=PACKER, runSubState="Customizing"), "customer-step"),
        (a_status("Failed", message=PACKER, endTime="2026-03-01T10:01:21Z"), "no-vm-yet"),
        (a_status("Failed"), "no-words"),
        (a_status("Canceled"), "cancelled"),
        (a_status("Canceling"), "cancelled"),
        (a_status("PartiallySucceeded"), "distribution"),
        (a_template(provisioningError={"provisioningErrorCode": "Other", "message": "Not authorized to access the "
                                       "resource: r"}), "missing-permission"),
        ({"provisioningErrorCode": "BadPIRSource", "message": "m"}, "source-missing"),
    ],
)  # fmt: skip
def test_what_is_pasted_is_told_by_its_row(pasted: object, name: str) -> None:
    assert rule(pasted) == name


def test_a_status_says_how_far_the_run_came_and_how_long_it_took() -> None:
    symptom = understand(
        json.dumps(a_status("Failed", runSubState="building", startTime="2026-03-01T10:00:00Z"))
    ).symptom
    assert symptom == Symptom(of_run=True, phase=RunPhase.BUILDING, lasted=timedelta(minutes=20))


@pytest.mark.parametrize(
    ("pasted", "state"),
    [
        (a_status("Succeeded"), RunState.SUCCEEDED),
        (a_status("Running", runSubState="Building"), RunState.RUNNING),
        (a_template(), RunState.NEVER),
        (a_template(lastRunStatus=a_status("succeeded")), RunState.SUCCEEDED),
        (a_status("Failed"), None),
        (a_status("Canceling"), None),
        ({"error": {"code": "x", "message": "y"}}, None),
    ],
)
def test_a_run_that_is_well_is_said_to_be(pasted: object, state: RunState | None) -> None:
    assert understand(json.dumps(pasted)).well is state


def test_what_a_template_defines_is_not_taken_for_what_happened() -> None:
    assert rule(a_template(lastRunStatus=a_status("Failed", message="something new"))) == "default"


@pytest.mark.parametrize(("name", "phase"), [("Customizing", RunPhase.CUSTOMIZING), (" queued ", RunPhase.QUEUED)])
def test_a_phase_is_known_in_any_case(name: str, phase: RunPhase) -> None:
    assert phase_named(name) is phase


@pytest.mark.parametrize("name", ["", "absent", "unknown", "running", "customising"])
def test_what_is_no_phase_is_none(name: str) -> None:
    assert phase_named(name) is None


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["error", "code", "message", "properties", "lastRunStatus", "runState", "provisioningError", "details"]
            )
            | st.text(max_size=5),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(value=VALUES, before=st.text(max_size=20), after=st.text(max_size=20))
def test_no_json_makes_it_raise(value: object, before: str, after: str) -> None:
    row_for(understand(before + json.dumps(value) + after).symptom)


@pytest.mark.parametrize(
    "hostile", ['{"' * 100_000, '{"a":' * 100_000, '{"a": ' + "9" * 5000 + "}", "{" * LONGEST_JSON]
)
def test_hostile_json_is_taken_for_text(hostile: str) -> None:
    assert understand(hostile).symptom == Symptom(message=hostile, of_run=True)


def test_json_behind_too_many_braces_is_searched_as_text() -> None:
    assert rule('{"x ' * (MOST_TRIED + 1) + json.dumps({"error": {"code": "ScopeLocked", "message": "m"}})) == "locked"
