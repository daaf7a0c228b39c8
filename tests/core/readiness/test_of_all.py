"""Every rule is asked: what makes a secondary not ready shows in its report under the name of its rule."""

from datetime import timedelta

import pytest

from aibwatch.core.readiness.report import report_of
from aibwatch.core.readiness.rules import RULES
from aibwatch.core.readiness.survey import ABSENT, Trigger
from tests.core.builders import NORTH, T0, WEST, a_run, a_template
from tests.core.readiness.surveys import Found, a_body, a_survey, in_, places

ONE = (Trigger(name="on-source", kind="SourceImage", healthy=True),)
IN_WEST: Found = in_(WEST)
BROKEN: dict[str, dict[str, object]] = {
    "exists": {"secondary_body": ABSENT, "seen": None},
    "provisioned": {"seen": a_template(region=NORTH, run=a_run("ok", started=-60), provisioning="failed")},
    "region": {"wanted_region": WEST},
    "geography": {"allowed_geographies": ("France",)},
    "parity": {"secondary_body": a_body(NORTH, customize=[])},
    "source": {"source_versions": ABSENT},
    "gallery": {"places": places(a_body(NORTH), {"galleries/images": IN_WEST})},
    "silo": {"places": places(a_body(NORTH), {"builder": ABSENT})},
    "machines": {"size": ABSENT},
    "containers": {"containers": ABSENT},
    "providers": {"providers": {}},
    "proven": {"seen": a_template(region=NORTH, run=a_run("customer", started=-60))},
    "trigger": {"primary_triggers": ONE, "secondary_triggers": ONE},
    "backup": {"backup_at": T0 - timedelta(days=8)},
}


def test_for_every_rule_there_is_a_secondary_that_breaks_it() -> None:
    assert list(BROKEN) == list(RULES)


@pytest.mark.parametrize("rule", BROKEN)
def test_a_secondary_that_breaks_one_rule_is_told_by_that_rule_alone(rule: str) -> None:
    report = report_of(a_survey(**BROKEN[rule]), None)
    assert [finding.rule for finding in report.findings if finding.state != "ready"] == [rule]
