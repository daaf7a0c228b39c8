"""Whether the secondary is there, provisioned, and where it should and may be."""

import pytest

from aibwatch.core.readiness.itself import exists, geography, provisioned, region
from aibwatch.core.readiness.said import not_ready, ready
from aibwatch.core.readiness.survey import ABSENT
from tests.core.builders import FRANCE, NORTH, WEST, a_template
from tests.core.readiness.surveys import SILENT, a_survey, the_state


def test_a_secondary_that_azure_shows_is_there() -> None:
    assert exists(a_survey()) == ready("template base is there")


def test_a_secondary_that_azure_does_not_know_is_not_ready_and_the_remedy_is_told() -> None:
    said = exists(a_survey(secondary_body=ABSENT, seen=None))
    remedy = "deploy it (aibwatch replicate base --to REGION) or remove the member"
    assert said == not_ready(f"Azure has no template base; {remedy}")


def test_a_secondary_that_cannot_be_read_is_unknown_and_not_absent() -> None:
    said = exists(a_survey(secondary_body=SILENT, seen=None))
    assert (the_state(said), said.why) == ("unknown", "cannot read template base: 500 InternalServerError")


def test_an_answer_that_is_no_template_counts_as_none() -> None:
    assert the_state(exists(a_survey(seen=None))) == "not_ready"


@pytest.mark.parametrize("rule", [provisioned, region, geography])
def test_nothing_more_is_said_of_a_secondary_that_is_not_there(rule: object) -> None:
    assert callable(rule)
    assert rule(a_survey(seen=None)) is None


@pytest.mark.parametrize(("state", "advice"), [("failed", "deploy it anew"), ("creating", "wait for it")])
def test_a_secondary_that_is_not_provisioned_cannot_be_run(state: str, advice: str) -> None:
    said = provisioned(a_survey(seen=a_template(region=NORTH, provisioning=state)))
    assert said is not None
    assert (the_state(said), advice in said.why) == ("not_ready", True)


def test_a_secondary_in_the_primarys_region_is_none() -> None:
    said = region(a_survey(seen=a_template(region=WEST)))
    assert said == not_ready("it is in westeurope, the region of the primary; a secondary must be elsewhere")


def test_a_secondary_elsewhere_than_configured_is_told() -> None:
    said = region(a_survey(wanted_region=FRANCE))
    assert said == not_ready("it is in northeurope, and francecentral is configured; correct one of the two")
    assert region(a_survey(wanted_region=NORTH)) == ready("it is in northeurope")


def test_a_secondary_whose_primary_was_never_seen_may_be_in_the_same_region() -> None:
    assert the_state(region(a_survey(primary_region=None))) == "unknown"


def test_only_allowed_geographies_are_ready() -> None:
    inside, outside = (geography(a_survey(allowed_geographies=(name,))) for name in ("Europe", "France"))
    assert inside == ready("northeurope is in Europe, which is allowed")
    assert the_state(outside) == "not_ready"
    assert geography(a_survey()) is None
