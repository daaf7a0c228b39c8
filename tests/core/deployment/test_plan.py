"""What speaks against a deployment."""

from typing import Any

import pytest

from aibwatch.core.definition.needs import Kind, Need
from aibwatch.core.definition.remap import Missing
from aibwatch.core.deployment.lookup import Lookup, Standing
from aibwatch.core.deployment.plan import Plan, Present
from aibwatch.core.model import Region

NEED = Need(kind=Kind.IDENTITY, id="/a/b", where="identity")
ABSENT = Lookup(need=NEED, standing=Standing.ABSENT, why="identity b does not exist; create it", holds=True)
HIDDEN = Lookup(need=NEED, standing=Standing.UNREAD, why="hidden", holds=True, permission="a/read")
ACCEPTED = Lookup(need=NEED, standing=Standing.UNREAD, why="hidden", holds=False, permission="b/read")
UNMAPPED = Missing(path="identity", id="/a/b", why="the identity is still the one of westeurope", remedy="write")


def a_plan(**changes: Any) -> Plan:
    usual: dict[str, Any] = {"target": "/t", "region": Region("northeurope"), "url": "https://x/t", "body": {}}
    return Plan(**{**usual, **changes})


def test_nothing_speaks_against_a_template_that_has_everything() -> None:
    plan = a_plan(lookups=(ACCEPTED,))

    assert (list(plan.against(replace=False)), plan.complete, plan.permissions) == ([], True, ())


@pytest.mark.parametrize(
    ("present", "replace", "reason"),
    [
        (
            Present.YES,
            False,
            "the template is there already; --replace deletes it, after keeping a copy, and makes it anew",
        ),
        (Present.BUSY, True, "the template is there and must not be touched now: a run of it is running"),
        (Present.UNREAD, True, "whether the template is there could not be read: a run of it is running"),
        (Present.YES, True, None),
        (Present.NO, True, None),
    ],
)
def test_a_template_that_is_there_speaks_against_it(present: Present, replace: bool, reason: str | None) -> None:
    plan = a_plan(present=present, present_why="a run of it is running")

    assert list(plan.against(replace=replace)) == ([reason] if reason else [])


def test_everything_that_speaks_against_it_is_told_at_once() -> None:
    plan = a_plan(present=Present.YES, missing=(UNMAPPED,), lookups=(ABSENT, HIDDEN), permission="c/read")

    assert len(list(plan.against(replace=False))) == 4
    assert list(plan.against(replace=True)) == [
        "identity: the identity is still the one of westeurope",
        "identity: identity b does not exist; create it",
        "identity: hidden",
    ]
    assert (plan.complete, plan.permissions) == (False, ("c/read", "a/read"))
