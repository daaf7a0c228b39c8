"""What shows that the secondary works: its last run, triggers, the copy kept of the primary."""

from datetime import timedelta

import pytest

from aibwatch.core.model import Run
from aibwatch.core.readiness.proof import PROVEN_FOR, backup, proven, trigger
from aibwatch.core.readiness.said import ready
from aibwatch.core.readiness.survey import Survey, Trigger
from tests.core.builders import MINUTE, NORTH, T0, a_run, a_template, the
from tests.core.readiness.surveys import SILENT, a_survey, the_state

DAYS_35 = PROVEN_FOR / MINUTE
ONE = (Trigger(name="on-source", kind="SourceImage", healthy=True),)


def last(run: Run | None) -> Survey:
    return a_survey(seen=a_template(region=NORTH, run=run))


def test_an_image_of_the_last_35_days_proves_a_secondary() -> None:
    within, beyond = (proven(last(a_run("ok", started=-200_000, ended=-DAYS_35 - over))) for over in (0, 1))
    assert within == ready("last image", dated=T0 - PROVEN_FOR)
    assert (the_state(beyond), "aibwatch drill base proves it anew" in the(beyond).why) == ("degraded", True)


@pytest.mark.parametrize(
    ("how", "state"),
    [
        ("customer", "not_ready"),
        ("service", "degraded"),
        ("ambiguous", "degraded"),
        ("canceled", "degraded"),
        ("running", "degraded"),
    ],
)
def test_how_the_last_run_ended_decides(how: str, state: str) -> None:
    assert the_state(proven(last(a_run(how, started=-60)))) == state


def test_a_secondary_that_was_never_run_wants_a_drill() -> None:
    assert proven(last(None)) is not None
    assert the(proven(last(None))).why == "it was never run; aibwatch drill base shows whether it builds"


def test_two_triggers_build_every_change_twice() -> None:
    both = trigger(a_survey(primary_triggers=ONE, secondary_triggers=ONE))
    assert the_state(both) == "degraded"
    assert the_state(trigger(a_survey(secondary_triggers=ONE))) == "ready"
    assert the_state(trigger(a_survey(primary_triggers=ONE))) == "ready"
    assert the_state(trigger(a_survey(primary_triggers=SILENT))) == "unknown"


def test_a_copy_of_the_primary_must_not_be_older_than_the_policy() -> None:
    within, beyond = (
        backup(a_survey(backup_at=T0 - timedelta(days=7, seconds=over), backup_max_age=timedelta(days=7)))
        for over in (0, 1)
    )
    assert (the_state(within), the_state(beyond)) == ("ready", "degraded")
    assert the_state(backup(a_survey(backup_at=None))) == "degraded"


def test_who_keeps_no_copies_is_not_told_of_them() -> None:
    assert backup(a_survey(backup_at=None, backup_max_age=None)) is None
