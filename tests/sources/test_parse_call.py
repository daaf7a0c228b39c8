"""Which entries of the Activity Log say that a call to run failed."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aibwatch.core.model import Diagnosis, FailureClass, Region
from aibwatch.core.observation import CallFailed
from aibwatch.sources.ours import new_id
from aibwatch.sources.parse_call import Understood, parse_calls

from .support import GROUP, NOW, RHEL, TYPE, UBUNTU

WEST = Region("westeurope")
SINCE, UNTIL = NOW - timedelta(hours=6), NOW
CALLED = datetime(2026, 3, 2, 9, 50, 0, 500_000, tzinfo=UTC)
REFUSAL = {"error": {"code": "InternalServerError", "message": "It broke."}}
FAILED = CallFailed(
    at=NOW,
    called_at=CALLED,
    template=UBUNTU,
    region=WEST,
    call="1e12-abc",
    diagnosis=Diagnosis(
        cls=FailureClass.SERVICE, rule="server-error-status", summary="500 InternalServerError: It broke."
    ),
)


def an_entry(status: str = "Failed", code: object = "InternalServerError", **changes: object) -> dict[str, Any]:
    """Return the end of a call, with the letter case of the service."""
    said = {"statusCode": code} if code else {}
    if status == "Failed":
        said["statusMessage"] = json.dumps(REFUSAL)
    return {
        "correlationId": "1E12-ABC",
        "operationName": {"value": "Microsoft.VirtualMachineImages/imageTemplates/run/action", "localizedValue": "Run"},
        "resourceId": f"{GROUP.replace('resourcegroups', 'resourceGroups')}{TYPE}/Ubuntu",
        "status": {"value": status, "localizedValue": status},
        "subStatus": {"value": None},
        "properties": said,
        "httpRequest": {"clientRequestId": "8a2f", "method": "POST"},
        "eventTimestamp": "2026-03-02T09:50:00.5000000Z",
        **changes,
    }


BEGUN = an_entry("Started", None, eventTimestamp="2026-03-02T09:49:59.1000000Z")
ACCEPTED = an_entry("Accepted", "Accepted", eventTimestamp="2026-03-02T09:49:00Z")


def parsed(*entries: object) -> Understood:
    return parse_calls(entries, {UBUNTU: WEST, RHEL: WEST}, since=SINCE, until=UNTIL, at=NOW)


def test_a_call_that_ended_with_500_failed() -> None:
    assert parsed(an_entry(), BEGUN) == Understood(failed=(FAILED,))


def test_the_order_of_the_entries_does_not_matter() -> None:
    assert parsed(BEGUN, an_entry()) == parsed(an_entry(), BEGUN)


@pytest.mark.parametrize(
    ("code", "failed"),
    [
        ("InternalServerError", True),
        ("internalservererror", True),
        ("BadGateway", True),
        ("ServiceUnavailable", True),
        ("GatewayTimeout", True),
        ("500", True),
        (503, True),
        ("Conflict", False),
        ("Forbidden", False),
        ("TooManyRequests", False),
        ("BadRequest", False),
        ("OK", False),
        (200, False),
        (True, False),
        ("Odd", False),
        (None, False),
    ],
)
def test_only_a_5xx_is_told_of(code: object, failed: bool) -> None:
    assert bool(parsed(an_entry(code=code)).failed) is failed


@pytest.mark.parametrize(
    "status",
    [
        {"value": "InternalServerError", "localizedValue": "Interner Fehler"},
        {"value": None, "localizedValue": "Internal Server Error (HTTP Status Code: 500)"},
        {"value": "", "localizedValue": "Interner Serverfehler (HTTP-Statuscode: 500)"},
    ],
)
def test_where_the_properties_have_no_status_the_sub_status_says_it(status: object) -> None:
    assert len(parsed(an_entry(code=None, subStatus=status)).failed) == 1


def test_a_call_that_was_accepted_is_a_matter_of_its_run() -> None:
    assert parsed(BEGUN, ACCEPTED, an_entry()) == Understood(failed=())


def test_the_end_of_a_run_that_failed_is_no_failed_call_even_without_its_beginning() -> None:
    inner = {"code": "InternalOperationError", "message": "Internal error occurred."}
    error = {"code": "ResourceOperationFailure", "message": "It ended badly.", "details": [inner]}
    said = {"statusCode": "InternalServerError", "statusMessage": json.dumps({"status": "Failed", "error": error})}
    assert parsed(an_entry(properties=said)) == Understood(failed=())


def test_the_last_failure_of_a_call_that_was_tried_again_counts() -> None:
    again = an_entry(eventTimestamp="2026-03-02T09:55:00Z")
    assert [call.called_at.minute for call in parsed(again, an_entry()).failed] == [55]


def test_one_id_for_two_templates_makes_two_calls() -> None:
    other = an_entry(resourceId=RHEL.upper().replace("/SUBSCRIPTIONS/", "/subscriptions/"))
    assert parsed(an_entry(), other).failed == (replace(FAILED, template=RHEL), FAILED)


@pytest.mark.parametrize("where", [0, 1])
def test_a_call_is_ours_if_one_of_its_entries_has_an_id_of_ours(where: int) -> None:
    ends = [{"clientRequestId": new_id()}, None]
    entries = (an_entry(httpRequest=ends[where]), {**BEGUN, "httpRequest": ends[1 - where]})
    assert parsed(*entries) == Understood(failed=(replace(FAILED, ours=True),))


def test_calls_for_templates_of_which_nobody_knows_the_region_are_left_out() -> None:
    assert parsed(an_entry(resourceId=f"{GROUP}{TYPE}/stranger")) == Understood(failed=())


def test_other_operations_are_left_out() -> None:
    written = {"value": "Microsoft.VirtualMachineImages/imageTemplates/write"}
    assert parsed({"operationName": written}, an_entry(operationName=written)) == Understood(failed=())


@pytest.mark.parametrize("time", ["2026-03-02T03:59:59Z", "2026-03-02T10:00:01Z", "9999-12-31T00:00:00Z"])
def test_what_was_not_asked_for_is_left_out(time: str) -> None:
    assert parsed(an_entry(eventTimestamp=time)) == Understood(failed=())


@pytest.mark.parametrize(
    ("message", "summary"),
    [
        ("", "500"),
        (None, "500"),
        ("It broke.", "500: It broke."),
        ('{"Message": "An error has occurred."}', "500: An error has occurred."),
        ("<html><title>Oh</title></html>", "500: a web page: Oh"),
        ('{"error": {"code": 7}}', "500 7"),
        ("[1, 2]", "500: [1, 2]"),
    ],
)
def test_the_refusal_may_have_any_form(message: object, summary: str) -> None:
    (call,) = parsed(an_entry(properties={"statusCode": "InternalServerError", "statusMessage": message})).failed
    assert (call.diagnosis.cls, call.diagnosis.summary) == (FailureClass.SERVICE, summary)


def test_a_failure_of_arm_itself_is_ambiguous() -> None:
    said = {
        "error": {
            "code": "InternalServerError",
            "message": "Encountered internal server error. Diagnostic information: x",
        }
    }
    entry = an_entry(properties={"statusCode": "InternalServerError", "statusMessage": json.dumps(said)})
    assert [call.diagnosis.cls for call in parsed(entry).failed] == [FailureClass.AMBIGUOUS]


@pytest.mark.parametrize(
    "entry",
    [
        None,
        7,
        [],
        {},
        {"operationName": "Microsoft.VirtualMachineImages/imageTemplates/run/action"},
        an_entry(correlationId=None),
        an_entry(eventTimestamp="yesterday"),
        an_entry(eventTimestamp="0001-01-01T00:00:00Z"),
        an_entry(resourceId="/subscriptions/x"),
        {**an_entry(), "status": "Failed"},
    ],
)
def test_what_does_not_say_what_it_is_about_is_counted_as_unreadable(entry: object) -> None:
    assert parsed(entry, an_entry()) == Understood(failed=(FAILED,), unreadable=1)


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
ANY_JSON = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
)


@given(st.lists(ANY_JSON, max_size=3), st.dictionaries(st.sampled_from(sorted(an_entry())), ANY_JSON), ANY_JSON)
def test_json_of_any_shape_raises_nothing(entries: list[object], changes: dict[str, Any], inner: object) -> None:
    parsed(*entries, {**an_entry(), **changes})
    parsed(an_entry(properties={"statusCode": inner, "statusMessage": inner}))
    parsed(an_entry(properties={"statusCode": 500, "statusMessage": json.dumps(inner)}))
