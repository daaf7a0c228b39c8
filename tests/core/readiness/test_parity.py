"""Whether secondary and primary say the same."""

from aibwatch.core.readiness.parity import parity
from aibwatch.core.readiness.survey import ABSENT
from tests.core.builders import NORTH, the
from tests.core.readiness.surveys import FORBIDDEN, SILENT, a_body, a_survey, the_state


def test_two_that_differ_only_by_their_regions_are_alike_and_what_differs_is_listed() -> None:
    said = the(parity(a_survey()))
    assert the_state(said) == "ready"
    assert "it says what the primary says" in said.why
    assert any(line.startswith("location: ") for line in said.details)


def test_another_customizer_is_another_image_and_holds() -> None:
    other = a_body(NORTH, customize=[{"type": "Shell", "name": "harden", "inline": ["true"]}])
    said = the(parity(a_survey(secondary_body=other)))
    assert the_state(said) == "not_ready"
    assert "aibwatch readiness base shows it, aibwatch replicate base mends it" in said.why
    assert any("inline" in line for line in said.details)


def test_another_time_out_only_wants_mending() -> None:
    said = the(parity(a_survey(secondary_body=a_body(NORTH, buildTimeoutInMinutes=60))))
    assert (the_state(said), "buildTimeoutInMinutes" in said.why) == ("degraded", True)


def test_an_unknown_field_that_differs_holds() -> None:
    assert the_state(parity(a_survey(secondary_body=a_body(NORTH, brandNew={"x": 1})))) == "not_ready"


def test_a_primary_that_cannot_be_read_leaves_it_unknown() -> None:
    assert the_state(parity(a_survey(primary_body=SILENT))) == "unknown"
    assert the(parity(a_survey(primary_body=FORBIDDEN))).permission == FORBIDDEN.permission


def test_a_primary_that_is_gone_does_not_make_its_secondary_useless() -> None:
    assert the_state(parity(a_survey(primary_body=ABSENT))) == "degraded"


def test_nothing_is_compared_with_a_secondary_that_is_not_there() -> None:
    assert parity(a_survey(secondary_body=ABSENT)) is None
    assert parity(a_survey(secondary_body=SILENT)) is None


def test_a_hundred_differences_are_cut_to_what_can_be_read() -> None:
    many = [{"type": "Shell", "inline": [f"step {number}"]} for number in range(100)]
    said = the(parity(a_survey(secondary_body=a_body(NORTH, customize=many))))
    assert len(said.details) == 41
    assert said.details[-1].startswith("and ")
