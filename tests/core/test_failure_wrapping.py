"""However a message comes wrapped, and however long or hostile it is, its class stays, and is had in no time."""

import json
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aibwatch.core.classify import Symptom, classify
from aibwatch.core.failures import ROWS
from aibwatch.core.failures.plain import HEAD, TAIL, plain
from aibwatch.core.failures.row import Row
from aibwatch.core.model import RunPhase
from aibwatch.core.redact import redacted

from .test_classify import CASES

Wrap = Callable[[str], str]

GUID = "11112222-3333-4444-5555-666677778888"
POINTER = " To identify possible causes, go to https://aka.ms/azvmimagebuilderts."
LOG = (
    " For more troubleshooting steps go to https://aka.ms/azvmimagebuilderts. Image Build log location: "
    "https://x.blob.core.windows.net/packerlogs/y/customization.log. OperationId: z."
)

WRAPS: dict[str, Wrap] = {
    "in JSON": lambda text: json.dumps({"error": {"code": "Failed", "message": text}}),
    "in indented JSON": lambda text: json.dumps({"message": text, "details": []}, indent=1),
    "in a detail": lambda text: json.dumps({"error": {"message": "See below.", "details": [{"message": text}]}}),
    "with its quotes as numbers": lambda text: text.replace("'", "\\u0027").replace('"', "\\u0022"),
    "with entities": lambda text: text.replace("'", "&#39;").replace('"', "&quot;"),
    "with curly quotes": lambda text: text.replace("'", "\u2019"),
    "with CRLF for blanks": lambda text: text.replace(" ", "\r\n"),
    "with hard blanks": lambda text: text.replace(" ", "\u00a0"),
    "over lines": lambda text: text.replace(" ", "\n    "),
    "with a prefix": lambda text: f"Deployment failed. Correlation ID: {GUID}. {text}",
    "from az": lambda text: f"(Failed) {text}\nCode: Failed\nMessage: {text}",
    "with a pointer": lambda text: text + POINTER,
    "with a log's address": lambda text: text + LOG,
}
CASE: dict[str, Wrap] = {"as it is": str, "in upper case": str.upper, "in lower case": str.lower}

SILENT = {"no-words", "other-code"}
"""Rows that know a text by there being no more of it."""

TEXTS = [symptom for rule, symptom in CASES if symptom.message and rule not in SILENT]


@pytest.mark.parametrize("how", WRAPS)
def test_a_wrapped_message_is_told_by_the_row_of_the_bare_one(how: str) -> None:
    wrapped = {s.message: (classify(s).rule, classify(replace(s, message=WRAPS[how](s.message))).rule) for s in TEXTS}
    assert {message: rules for message, rules in wrapped.items() if rules[0] != rules[1]} == {}


def test_three_levels_of_json_around_broken_lines_are_taken_off() -> None:
    def wrapped(message: str) -> str:
        for name in ("with CRLF for blanks", "in JSON", "in JSON", "in JSON"):
            message = WRAPS[name](message)
        return message

    rules = {s.message: (classify(s).rule, classify(replace(s, message=wrapped(s.message))).rule) for s in TEXTS}
    assert {message: both for message, both in rules.items() if both[0] != both[1]} == {}


@settings(max_examples=120, deadline=None)
@given(
    symptom=st.sampled_from(TEXTS),
    how=st.lists(st.sampled_from(sorted(WRAPS)), min_size=1, max_size=3),
    case=st.sampled_from(sorted(CASE)),
)
def test_up_to_three_wraps_and_another_case_do_not_change_the_class(
    symptom: Symptom, how: list[str], case: str
) -> None:
    message = symptom.message
    for name in how:
        message = WRAPS[name](message)
    assert classify(replace(symptom, message=CASE[case](message))).cls is classify(symptom).cls


@given(symptom=st.sampled_from([s for _, s in CASES if s.code and s.message]))
def test_a_code_may_stand_in_the_message_as_well(symptom: Symptom) -> None:
    whole = json.dumps({"error": {"code": symptom.code, "message": symptom.message}})
    assert classify(replace(symptom, code="", message=whole)).cls is classify(symptom).cls


ANYTHING = st.builds(
    Symptom,
    status=st.none() | st.integers(-1, 1000),
    failure_cause=st.text(max_size=10) | st.sampled_from(["service", "gateway", "SERVICE"]),
    from_azure=st.booleans(),
    code=st.text(max_size=30),
    message=st.text() | st.text(alphabet="\\u'\"&#{}[]()aA \n;", max_size=200),
    of_run=st.booleans(),
    phase=st.sampled_from(RunPhase),
)


@given(symptom=ANYTHING)
@example(symptom=Symptom(message="\ud800&#55296;&#" + "9" * 5000 + ";\\ud800"))
def test_no_text_makes_it_raise(symptom: Symptom) -> None:
    diagnosis = classify(symptom)
    assert diagnosis.summary.isprintable()


@given(text=st.text(alphabet="\\nu0027\"'& \n{}a", max_size=300))
def test_what_is_plain_is_on_one_line_and_bounded(text: str) -> None:
    told = plain(text)
    assert ("\n" in told, len(told) <= max(len(text), 1)) == (False, True)


def test_of_a_long_log_its_beginning_and_its_end_are_looked_at() -> None:
    reason = " Build 'azure-arm' errored: unexpected EOF "
    noise = "line\n" * 200_000
    found = [classify(Symptom(message=text, of_run=True)).rule for text in (reason + noise, noise + reason)]
    assert found == ["vm-exhausted", "vm-exhausted"]
    middle = noise[:HEAD] + reason + noise[:TAIL]
    assert classify(Symptom(message=middle, of_run=True)).rule == "default"


PIECES = (
    "a",
    "(",
    "\\",
    '\\"',
    "&#",
    "{",
    " ",
    "'",
    "' ",
    "is not available in the location ",
    "in the location ",
    "staging resource group ",
    "storage account ",
    "firewall",
    "exceeding quota ",
    "Waiting for SSH ",
    "time-out ",
    "management.azure.com ",
    "HTTPSConnectionPool(host=",
    "InterfacesClient#UpdateTags ",
    "GalleryImageVersionsClient#Get ",
    "'ImageTemplate",
    "The gateway did not receive a response from '",
    "Deployment failed. Correlation ID: ",
    "identity service ",
    "AuthorizationFailure ",
    "https://x?",
    "https://x",
    "eyJaaaaaaaaaa-",
    "password=",
    "eyJaaaaaaaaaa",
    "Bearer ",
)

WITHIN = 1.0
"""Seconds. It takes a twentieth of that on an idle machine; a pattern that goes square takes minutes."""


def seconds(call: Callable[[], object]) -> float:
    begun = time.process_time()  # CPU of this process: the machine may be busy with something else
    call()
    return time.process_time() - begun


@pytest.mark.parametrize("piece", PIECES)
def test_a_megabyte_of_anything_is_classed_in_no_time(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    assert seconds(lambda: classify(Symptom(message=text, of_run=True))) < WITHIN
    assert seconds(lambda: redacted(text[:HEAD])) < WITHIN


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_no_pattern_of_a_row_is_slow(row: Row) -> None:
    texts = [piece.lower() * ((HEAD + TAIL) // len(piece)) for piece in PIECES]
    assert max(seconds(lambda text=text: row.text.search(text)) for text in texts) < WITHIN  # type: ignore[misc]  # bound by its default
