"""What was recorded of the real service can be read, to the last body. Skipped where there are no recordings."""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from aibwatch.core.classify import row_for
from aibwatch.core.model import FailureClass, Region, RunState
from aibwatch.core.observation import TemplateSeen
from aibwatch.core.reading import table
from aibwatch.sources.answer import Answer, Bad, Good, RequestIds
from aibwatch.sources.body import Body
from aibwatch.sources.error_body import error_of
from aibwatch.sources.parse_availability import STATES, state_of
from aibwatch.sources.parse_event import parse_event
from aibwatch.sources.parse_template import KIND, parse_outputs, parse_template
from aibwatch.sources.pasted import understand
from aibwatch.sources.reply import Reply, answer_of

from .support import NOW, shared

FOLDER = shared()
pytestmark = pytest.mark.skipif(FOLDER is None, reason="no recordings on this machine; set AIBWATCH_SHARED")


@cache
def exchanges() -> tuple[dict[str, Any], ...]:
    assert FOLDER is not None
    files = sorted((FOLDER / "azure" / "recordings").glob("*.jsonl"))
    return tuple(json.loads(line) for file in files for line in file.read_text("utf-8").splitlines() if line.strip())


def with_status(exchange: dict[str, Any]) -> bool:
    return isinstance(exchange.get("status"), int)


def raw_of(exchange: dict[str, Any]) -> bytes:
    body = exchange.get("body")
    return b"" if body is None else body.encode() if isinstance(body, str) else json.dumps(body).encode()


def objects() -> Iterator[dict[str, Any]]:
    for exchange in exchanges():
        if with_status(exchange) and exchange["status"] < 300 and isinstance(exchange.get("body"), dict):
            yield exchange["body"]


def templates() -> Iterator[dict[str, Any]]:
    for body in objects():
        for entry in [body, *(body["value"] if isinstance(body.get("value"), list) else [])]:
            if re.search(f"{re.escape(KIND)}[^/]+$", str(entry.get("id", "")).lower()) and "properties" in entry:
                yield entry


def answer(exchange: dict[str, Any]) -> Answer:
    # The recorders of azure-cli took x-ms-request-id out; the service had sent it.
    headers = {"x-ms-request-id": "", **{k.lower(): str(v) for k, v in (exchange.get("headers") or {}).items()}}
    reply = Reply(status=exchange["status"], headers=headers, body=Body(raw_of(exchange)), ids=RequestIds())
    return answer_of(reply, may_be_empty=exchange["method"] != "GET", now=NOW)


def test_every_recorded_template_is_read() -> None:
    seen = [parse_template(entry, NOW) for entry in templates()]

    assert len(seen) > 300
    assert [one for one in seen if not isinstance(one, TemplateSeen)] == []


def test_every_recorded_run_has_a_state_that_is_known() -> None:
    seen = [parse_template(entry, NOW) for entry in templates()]
    states = {one.run.state for one in seen if isinstance(one, TemplateSeen) and one.run}

    assert states >= {RunState.RUNNING, RunState.CANCELING, RunState.CANCELED, RunState.SUCCEEDED, RunState.FAILED}
    assert RunState.UNKNOWN not in states


def test_every_recorded_run_has_an_end_exactly_if_it_ended() -> None:
    for entry in templates():
        seen = parse_template(entry, NOW)
        if isinstance(seen, TemplateSeen) and seen.run:
            assert (seen.run.ended is not None) == seen.run.state.ended


def test_recorded_templates_share_what_was_written_into_them() -> None:
    kinds = {
        share.partition(":")[0]
        for entry in templates()
        if isinstance(seen := parse_template(entry, NOW), TemplateSeen)
        for share in seen.shares
    }
    assert kinds >= {"script", "identity", "source", "gallery", "subnet"}


def test_every_recorded_good_answer_is_good() -> None:
    good = [
        e for e in exchanges() if with_status(e) and 200 <= e["status"] < 300 and not isinstance(e.get("body"), list)
    ]
    bad = [e for e in good if not isinstance(answer(e), Good) and (e["method"] != "GET" or raw_of(e))]

    assert len(good) > 800
    assert bad == []


def test_every_recorded_refusal_has_a_code_or_words() -> None:
    refusals = [e for e in exchanges() if with_status(e) and e["status"] >= 400]
    silent = [e for e in refusals if raw_of(e).strip() and not any(error_of(raw_of(e)))]

    assert len(refusals) > 20
    assert silent == []


def test_every_recorded_throttling_says_how_long_to_wait_if_its_text_does() -> None:
    for exchange in (e for e in exchanges() if e.get("status") == 429):
        bad = answer(exchange)
        assert isinstance(bad, Bad)
        assert bad.diagnosis.cls is FailureClass.THROTTLED
        assert (bad.retry_after is not None) == ("try again after '" in raw_of(exchange).decode()), exchange["body"]


def test_every_recorded_failure_of_arm_and_providers_has_the_class_of_its_header() -> None:
    assert FOLDER is not None
    cases = json.loads((FOLDER / "azure" / "real-arm-5xx-429.json").read_text("utf-8"))
    for case in cases:
        bad = answer(case)
        assert isinstance(bad, Bad)
        if case["status"] >= 500 and case["headers"].get("x-ms-failure-cause") == "service":
            assert bad.diagnosis.cls is FailureClass.SERVICE
        if case["status"] >= 500 and case["headers"].get("x-ms-failure-cause") == "gateway":
            assert bad.diagnosis.cls is FailureClass.AMBIGUOUS


def test_every_recorded_refusal_is_known_also_as_somebody_would_paste_it() -> None:
    refusals = [
        e for e in exchanges() if with_status(e) and e["status"] >= 400 and "imagetemplates" in e["url"].lower()
    ]
    unknown = [e["body"] for e in refusals if row_for(understand(raw_of(e).decode()).symptom).name == "default"]

    assert refusals
    assert unknown == []


def test_every_recorded_reason_why_a_template_could_not_be_created_is_the_customers() -> None:
    refused = [t for b in objects() for t in (b, *_entries(b)) if table(t, "properties", "provisioningError")]
    rows = [row_for(understand(json.dumps(template)).symptom) for template in refused]

    assert len(rows) >= 8
    assert {row.cls for row in rows} == {FailureClass.CUSTOMER}


def test_every_recorded_run_output_has_an_artifact() -> None:
    lists = [b["value"] for b in objects() if any("runoutputs/" in str(e.get("id", "")).lower() for e in _entries(b))]

    assert lists
    assert all(len(parse_outputs(tuple(entries))) == len(entries) for entries in lists)


def _entries(body: dict[str, Any]) -> list[dict[str, Any]]:
    value = body.get("value")
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def test_every_recorded_availability_has_a_state() -> None:
    found = [e for b in objects() for e in _entries(b) if "availabilitystatuses" in str(e.get("id", "")).lower()]

    assert found
    assert {state_of(entry) for entry in found} <= STATES


def test_every_real_service_health_event_is_read() -> None:
    assert FOLDER is not None
    events = json.loads((FOLDER / "azure" / "real-servicehealth-events-wara-2024.json").read_text("utf-8"))
    regions = {Region("eastus"), Region("westeurope"), Region("westus"), Region("centralus")}
    seen = [parse_event(event, regions, re.compile("app service", re.IGNORECASE), NOW) for event in events]

    assert len(seen) == 15
    assert None not in seen
    assert any(seen)
