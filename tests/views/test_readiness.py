"""How readiness is told: a line a secondary, a group rule by rule, and a line in the status where one wants a look."""

import json
from dataclasses import replace

from aibwatch.core.judging import key
from aibwatch.core.observation import Observation, ReadinessSeen
from aibwatch.core.readiness.report import report_of
from aibwatch.core.readiness.survey import Survey
from aibwatch.core.state import State
from aibwatch.views import status
from aibwatch.views.facts import headline, severity
from aibwatch.views.readiness import as_dict
from tests.core.builders import (
    BASE_FRANCE,
    BASE_NORTH,
    FRANCE,
    NORTH,
    WEST,
    a_group,
    a_group_state,
    a_report,
    a_setup,
    a_template,
    a_verdict,
    a_window,
    at,
)
from tests.core.readiness.surveys import FORBIDDEN, REGISTERED, SILENT, a_body, a_survey

NOW = at(9)


def seen(*observations: Observation) -> State:
    templates = (a_template(region=region) for region in (WEST, NORTH, FRANCE))
    verdicts = {key("", region): a_verdict(region=region) for region in (WEST, NORTH)}
    groups = {"base": a_group_state()}
    window = a_window(*templates, *observations, now=NOW)
    return State(awake_since=at(0), window=window, verdicts=verdicts, groups=groups)


def text(*observations: Observation, group: str | None = None) -> str:
    return str(as_dict(seen(*observations), a_setup(), NOW, group)["text"])


def reported(**facts: object) -> ReadinessSeen:
    return report_of(a_survey(**facts), None)


def test_a_ready_secondary_tells_how_many_rules_it_keeps_and_since_when() -> None:
    assert text(reported()).splitlines() == [
        "1 of 1 secondary is ready.",
        "",
        "base -> northeurope   READY       13 rules, oldest proof 9 min, last image 68 min ago",
    ]


def test_one_that_is_not_ready_says_why_and_where_to_read_more() -> None:
    without = {**REGISTERED, "microsoft.network": "NotRegistered"}
    remedy = "az provider register --namespace Microsoft.Network"
    assert text(reported(providers=without)).splitlines()[2:] == [
        f"base -> northeurope   NOT READY   not registered: Microsoft.Network; {remedy}",
        "",
        "-> aibwatch readiness base",
    ]


def test_one_that_may_not_be_looked_at_names_the_permission() -> None:
    assert f"UNKNOWN     may not read quotas: {FORBIDDEN.permission} is missing" in text(reported(quotas=FORBIDDEN))


def test_one_that_was_not_looked_at_yet_is_unknown_and_says_so() -> None:
    assert text().splitlines()[2] == "base -> northeurope   UNKNOWN     it was not looked at yet"


def test_without_groups_there_is_nothing_to_look_at() -> None:
    setup = replace(a_setup(), groups={})
    assert as_dict(seen(), setup, NOW)["text"] == "No group is configured, so there is no secondary to look at."


def test_a_group_is_told_rule_by_rule_with_its_diff_and_what_stands_from_before() -> None:
    before = report_of(a_survey(), None)
    later: Survey = replace(a_survey(), at=at(8), quotas=SILENT, secondary_body=a_body(NORTH, buildTimeoutInMinutes=60))
    told = text(report_of(later, before), group="base").splitlines()
    assert told[0] == "base -> base in northeurope is DEGRADED, looked at 60 s ago."
    machines = next(line for line in told if "machines" in line)
    assert machines.endswith("(proven 9 min ago)")
    assert told[told.index(machines) + 1].strip() == "not looked at again: cannot read quotas: 500 InternalServerError"
    assert any("buildTimeoutInMinutes: primary nothing, secondary 60" in line for line in told)


def test_the_exit_code_is_3_unless_every_secondary_is_ready() -> None:
    exits = [as_dict(seen(*one), a_setup(), NOW)["exit"] for one in ([reported()], [reported(providers={})], [])]
    assert exits == [0, 3, 3]


def test_the_json_has_every_rule_with_its_age_and_permission() -> None:
    body = json.loads(json.dumps(as_dict(seen(reported(quotas=FORBIDDEN)), a_setup(), NOW)))
    (secondary,) = body["secondaries"]
    assert (body["schema"], secondary["state"], secondary["age_seconds"]) == (1, "unknown", 540.0)
    rules = {rule["rule"]: rule for rule in secondary["rules"]}
    assert rules["machines"]["permission"] == FORBIDDEN.permission
    assert rules["proven"]["dated"] == (at(-59)).isoformat()


# in the status


def test_a_group_without_a_ready_secondary_is_in_the_headline_and_degrades() -> None:
    state = seen(reported(providers={}))
    assert headline(state, a_setup()) == "base has no secondary that is ready."
    assert severity(state, a_setup()) == 3


def test_a_group_with_one_ready_secondary_of_two_is_well_and_the_other_is_told() -> None:
    setup = a_setup(a_group(secondaries=(BASE_NORTH, BASE_FRANCE)))
    state = seen(reported(), a_report("not_ready", template=BASE_FRANCE, when=at(8), why="no quota"))
    assert severity(state, setup) == 0
    told = status.as_text(state, setup, NOW).splitlines()
    assert [line.split() for line in told if "francecentral" in line and "->" in line] == [
        ["readiness", "->", "francecentral", "NOT", "READY", "no", "quota"]
    ]


def test_a_ready_secondary_and_one_that_was_not_looked_at_take_no_line_of_the_status() -> None:
    for state in (seen(reported()), seen()):
        assert "readiness" not in status.as_text(state, a_setup(), NOW)
        assert severity(state, a_setup()) == 0


def test_the_age_of_a_report_is_that_of_its_oldest_proof() -> None:
    before = report_of(a_survey(), None)
    later = report_of(replace(a_survey(), at=at(8), quotas=SILENT), before)
    assert "oldest proof 9 min" in text(later)
