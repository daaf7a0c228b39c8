"""Every fact about failures that was gathered is classed as it should be. Skipped where the facts are not at hand."""

import json
from typing import Any

import pytest

from aibwatch.core.classify import Symptom, classify
from aibwatch.core.failures import ROWS
from tests.sources.support import shared

FOLDER = shared()

CLASSES = {
    "STATE_CONFLICT": "expected",
    "CUSTOMER": "customer",
    "PLATFORM": "service",
    "PLATFORM_ARM": "ambiguous",
    "AMBIGUOUS": "ambiguous",
}
SUBCLASSES = {"capacity": "capacity", "throttled": "throttled"}

OTHERWISE = {
    # a quota is a class of its own: another region helps, and the customer made no mistake
    "C19": "capacity",
    "C21": "capacity",
    "C29": "capacity",
    "C31": "capacity",
    "C34": "capacity",
    # 403 to a call of ours: the customer's too, but as our identity, which blinds us and blames nobody
    "C36": "auth",
    # the image was built, and a target did not take it: says nothing about the template's region
    "A03": "distribution",
    "A04": "distribution",
    "A18": "distribution",
    # the observer: no way to Azure, no token
    "A20": "network",
    "A21": "auth",
}

BY_MEANING = {
    "P01": Symptom(status=500, failure_cause="service"),
    "P15": Symptom(status=500, failure_cause="service", message="Internal error occurred."),
    "A19": Symptom(of_run=True),
    "A20": Symptom(message="Cannot connect to host management.azure.com:443"),
}
"""Facts about a status or an absence, which no text tells."""

HANGS = "P13"
"""A run that hangs has no failure to classify; core.stuck sees it."""


def facts() -> list[dict[str, Any]]:
    if FOLDER is None:
        return []
    rows: list[dict[str, Any]] = json.loads((FOLDER / "azure" / "failure-patterns.json").read_text("utf-8"))["rows"]
    return rows


def due(fact: dict[str, Any]) -> str:
    return OTHERWISE.get(fact["id"]) or SUBCLASSES.get(fact["sub"] or "") or CLASSES[fact["cls"]]


def symptoms(fact: dict[str, Any]) -> list[Symptom]:
    if fact["id"] in BY_MEANING:
        return [BY_MEANING[fact["id"]]]
    code, status = fact["code"] or "", fact["http"]
    said = "" if fact["example"] == code else fact["example"]
    with_code = Symptom(code=code, message=said, status=status, of_run=status is None)
    # Except where the status is the fact, the text alone has to do.
    alone = [] if status in {403, 429} else [Symptom(message=fact["example"], of_run=True)]
    return [with_code, *alone]


pytestmark = pytest.mark.skipif(FOLDER is None, reason="no facts on this machine; set AIBWATCH_SHARED")
each_fact = pytest.mark.parametrize("fact", facts() or [{"id": "none"}], ids=lambda fact: fact["id"])

failures = [fact for fact in facts() if fact["id"] != HANGS]
each_failure = pytest.mark.parametrize("fact", failures or [{"id": "none"}], ids=lambda fact: fact["id"])


def test_all_the_facts_are_at_hand() -> None:
    assert len(facts()) == 81


@each_failure
def test_a_fact_gets_its_class(fact: dict[str, Any]) -> None:
    assert {classify(symptom).cls for symptom in symptoms(fact)} == {due(fact)}
    # Told by a row of its own, not by chance; the catch-all for refusals is not one.
    assert {classify(symptom).rule for symptom in symptoms(fact)}.isdisjoint({"default"})


@each_fact
def test_no_sentence_of_the_table_is_copied_from_the_facts(fact: dict[str, Any]) -> None:
    ours = {text for row in ROWS for text in (row.cause, row.advice)}
    assert fact["cause"] not in ours
