"""The report: as good as its worst finding, and what stands from before."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aibwatch.core.observation import ReadinessSeen
from aibwatch.core.readiness.finding import STANDS_FOR, Finding, Ready
from aibwatch.core.readiness.report import report_of
from aibwatch.core.readiness.rules import RULES
from aibwatch.core.readiness.survey import ABSENT, Survey, Unread
from tests.core.builders import NORTH, T0, a_run, a_template, at
from tests.core.readiness.surveys import FORBIDDEN, SILENT, a_survey

HOUR = timedelta(hours=1)


def finding(report: ReadinessSeen, rule: str) -> Finding:
    return next(f for f in report.findings if f.rule == rule)


def later(survey: Survey, by: timedelta, **facts: object) -> Survey:
    return replace(survey, at=survey.at + by, **facts)  # type: ignore[arg-type]  # the names are those of Survey


def test_a_secondary_that_keeps_every_rule_is_ready() -> None:
    report = report_of(a_survey(), None)
    assert (report.state, report.why) == (Ready.READY, "all 13 rules are kept")
    assert [f.rule for f in report.findings] == [rule for rule in RULES if rule != "geography"]
    assert {f.at for f in report.findings} == {T0}


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({"backup_at": None}, Ready.DEGRADED),
        ({"backup_at": None, "quotas": FORBIDDEN}, Ready.UNKNOWN),
        ({"backup_at": None, "quotas": FORBIDDEN, "providers": {}}, Ready.NOT_READY),
    ],
)
def test_a_report_is_as_good_as_its_worst_finding(facts: dict[str, object], state: Ready) -> None:
    assert report_of(a_survey(**facts), None).state is state


def test_the_sentence_of_a_report_begins_with_the_worst_and_counts_what_it_leaves_out() -> None:
    bad = a_survey(backup_at=None, quotas=SILENT, providers={}, containers=ABSENT, source_versions=SILENT)
    why = report_of(bad, None).why
    assert why.startswith("not registered: ")
    assert why.endswith("; 2 more")


def test_what_nobody_answers_for_stands_as_it_was_proven_last() -> None:
    before = report_of(a_survey(), None)
    report = report_of(later(a_survey(), HOUR, primary_body=SILENT), before)
    assert (report.state, report.at) == (Ready.READY, T0 + HOUR)
    assert finding(report, "parity") == replace(
        finding(before, "parity"), blocked="cannot read the primary to compare with: 500 InternalServerError"
    )


def test_what_was_wrong_stands_too() -> None:
    before = report_of(a_survey(providers={}), None)
    assert report_of(later(a_survey(), HOUR, providers=SILENT), before).state is Ready.NOT_READY


def test_nothing_stands_for_more_than_a_day() -> None:
    before = report_of(a_survey(), None)
    within, beyond = (
        report_of(later(a_survey(), STANDS_FOR + over, quotas=SILENT, backup_at=T0 + STANDS_FOR), before).state
        for over in (timedelta(), timedelta(seconds=1))
    )
    assert (within, beyond) == (Ready.READY, Ready.UNKNOWN)


def test_what_stands_keeps_its_own_age_over_many_reports() -> None:
    report = report_of(a_survey(), None)
    for hour in range(1, 6):
        report = report_of(later(a_survey(), hour * HOUR, quotas=SILENT), report)
    assert finding(report, "machines").at == T0


def test_a_right_that_was_taken_away_makes_it_unknown_at_once() -> None:
    before = report_of(a_survey(), None)
    report = report_of(later(a_survey(), HOUR, quotas=FORBIDDEN), before)
    assert (report.state, finding(report, "machines").permission) == (Ready.UNKNOWN, FORBIDDEN.permission)


def test_what_was_never_proven_is_unknown() -> None:
    assert report_of(a_survey(quotas=SILENT), None).state is Ready.UNKNOWN
    first = report_of(a_survey(quotas=SILENT), None)
    assert report_of(later(a_survey(), HOUR, quotas=SILENT), first).state is Ready.UNKNOWN


def test_what_was_unknown_before_is_looked_at_as_it_is_now() -> None:
    before = report_of(a_survey(quotas=Unread(why="502 BadGateway")), None)
    report = report_of(later(a_survey(), HOUR, quotas=SILENT), before)
    assert finding(report, "machines").why == "cannot read quotas: 500 InternalServerError"


def test_what_was_proven_of_another_definition_proves_nothing() -> None:
    one, other = (
        replace(a_template(region=NORTH, run=a_run("ok", started=-60)), recipe=name) for name in ("one", "other")
    )
    before = report_of(a_survey(seen=one), None)
    assert report_of(later(a_survey(), HOUR, seen=one, primary_body=SILENT), before).state is Ready.READY
    assert report_of(later(a_survey(), HOUR, seen=other, primary_body=SILENT), before).state is Ready.UNKNOWN


def test_a_secondary_that_cannot_be_read_for_a_while_is_taken_to_be_defined_as_before() -> None:
    one = replace(a_template(region=NORTH, run=a_run("ok", started=-60)), recipe="one")
    before = report_of(a_survey(seen=one), None)
    report = report_of(later(a_survey(), HOUR, seen=None, secondary_body=SILENT), before)
    assert (report.state, report.recipe) == (Ready.READY, "one")
    assert [f.rule for f in report.findings] == [f.rule for f in before.findings]


def test_what_was_wrong_with_a_secondary_stands_while_it_cannot_be_read() -> None:
    before = report_of(a_survey(size=ABSENT), None)
    report = report_of(later(a_survey(), HOUR, seen=None, secondary_body=SILENT), before)
    assert (report.state, finding(report, "machines").blocked) == (Ready.NOT_READY, "500 InternalServerError")
    may_not = report_of(later(a_survey(), HOUR, seen=None, secondary_body=FORBIDDEN), before)
    assert [f.rule for f in may_not.findings] == ["exists", "backup"]


def test_a_report_of_another_group_proves_nothing() -> None:
    before = replace(report_of(a_survey(), None), group="another")
    assert report_of(later(a_survey(), HOUR, quotas=SILENT), before).state is Ready.UNKNOWN


def test_a_finding_of_the_future_proves_nothing() -> None:
    before = report_of(later(a_survey(), HOUR), None)
    assert report_of(a_survey(quotas=SILENT), before).state is Ready.UNKNOWN


def test_a_secondary_that_is_gone_is_not_ready_whatever_was_proven() -> None:
    before = report_of(a_survey(), None)
    report = report_of(later(a_survey(), HOUR, secondary_body=ABSENT, seen=None), before)
    assert (report.state, [f.rule for f in report.findings]) == (Ready.NOT_READY, ["exists", "backup"])


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])  # on a busy machine
@given(body=st.dictionaries(st.sampled_from(["id", "location", "properties", "identity", "x"]), ANYTHING))
def test_no_json_of_a_template_makes_a_report_fail(body: dict[str, object]) -> None:
    report = report_of(a_survey(secondary_body=body, places={}), None)
    assert report.state in Ready
    assert report_of(a_survey(primary_body=body), None).state in Ready


def test_an_unread_secondary_is_unknown_and_not_absent() -> None:
    report = report_of(a_survey(secondary_body=Unread(why="503"), seen=None), None)
    assert (report.state, report.at, report.template) == (Ready.UNKNOWN, at(0), a_survey().secondary)
