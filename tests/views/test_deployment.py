"""What is told of a deployment."""

from typing import Any

import pytest

from aibwatch.core.definition.needs import Kind, Need
from aibwatch.core.definition.remap import Change, Missing
from aibwatch.core.deployment.ended import Done, Ended, Fate
from aibwatch.core.deployment.lookup import Lookup, Standing
from aibwatch.core.deployment.plan import Plan, Present
from aibwatch.core.model import Region
from aibwatch.views.deployment import MOST_LINES, deployment_dict

NEED = Need(kind=Kind.IDENTITY, id="/i", where="identity")
ABSENT = Lookup(need=NEED, standing=Standing.ABSENT, why="identity i does not exist; create it", holds=True)
ACCEPTED = Lookup(need=NEED, standing=Standing.ELSEWHERE, why="identity i is in westeurope", holds=False)
UNMAPPED = Missing(path="identity", id="/i", why="the identity is still the one of westeurope", remedy="in [[mapping]]")


def a_plan(**changes: Any) -> Plan:
    usual: dict[str, Any] = {
        "target": "/subscriptions/s/ubuntu-neu",
        "region": Region("northeurope"),
        "url": "https://arm/ubuntu-neu?api-version=1",
        "body": {"location": "northeurope", "properties": {"scriptUri": "https://h/a?sig=SECRET", "n": [1, True]}},
    }
    return Plan(**{**usual, **changes})


def told(plan: Plan, done: Done | None = None, *, replace: bool = False) -> str:
    return str(deployment_dict(plan, done, replace=replace, then=("do this next",))["text"])


def test_what_can_be_made_is_shown_as_the_request_that_would_be_sent() -> None:
    plan = a_plan(
        lookups=(ACCEPTED,),
        changes=(Change(path="location", before="westeurope", after="northeurope"),),
        notes=("it is so",),
    )

    assert told(plan) == "\n".join([
        '"ubuntu-neu" can be made in northeurope; nothing was sent, --apply does it.',
        "  it is so",
        "",
        "Needed there",
        "  elsewhere  identity: identity i is in westeurope (accepted: you named it)",
        "",
        "Written differently for northeurope",
        "  location: westeurope -> northeurope",
        "",
        "The request",
        "  PUT https://arm/ubuntu-neu?api-version=1",
        "  {",
        '    "location": "northeurope",',
        '    "properties": {',
        '      "scriptUri": "https://h/a?***",',
        '      "n": [',
        "        1,",
        "        true",
        "      ]",
        "    }",
        "  }",
    ])  # fmt: skip


def test_what_is_missing_is_told_with_the_line_to_write() -> None:
    lines = told(a_plan(missing=(UNMAPPED,), lookups=(ABSENT,))).splitlines()

    assert lines[:6] == [
        '"ubuntu-neu" cannot be made in northeurope like that, for 2 reasons, and nothing was sent.',
        "",
        "Missing: 1 thing that no mapping says",
        "  identity: the identity is still the one of westeurope: /i",
        "    -> in [[mapping]]",
        "",
    ]


@pytest.mark.parametrize(
    ("present", "replace", "headline"),
    [
        (Present.YES, True, '"ubuntu-neu" can be replaced in northeurope; nothing was sent, --apply does it.'),
        (
            Present.BUSY,
            True,
            (
                '"ubuntu-neu" cannot be made in northeurope like that, and nothing was sent: '
                "the template is there and must not be touched now: it is updating."
            ),
        ),
    ],
)
def test_a_template_that_is_there_is_told_in_the_headline(present: Present, replace: bool, headline: str) -> None:
    plan = a_plan(present=present, present_why="it is updating")

    assert told(plan, replace=replace).splitlines()[0] == headline


KEPT = "copies/ubuntu-neu.json"


@pytest.mark.parametrize(
    ("done", "lines"),
    [
        (
            Done(ended=Ended(fate=Fate.DONE, why="was made")),
            ['"ubuntu-neu" was made in northeurope.', "", "do this next"],
        ),
        (
            Done(ended=Ended(fate=Fate.FAILED, why="Azure ended it as failed: no"), kept=KEPT, deleted=True),
            [
                'making "ubuntu-neu" in northeurope failed: Azure ended it as failed: no.',
                f"  the template that was there was copied to {KEPT}",
                "  what is left of it is there; mend the reason, and make it anew with --replace",
            ],
        ),
        (
            Done(ended=Ended(fate=Fate.REFUSED, why="no right"), kept=KEPT, deleted=True),
            [
                '"ubuntu-neu" was not made in northeurope: no right.',
                f"  the template that was there was copied to {KEPT}",
                f"  it is deleted; make it again with: aibwatch restore {KEPT}",
            ],
        ),
        (
            Done(ended=Ended(fate=Fate.UNKNOWN, why="nobody said")),
            ['whether "ubuntu-neu" was made in northeurope is not known: nobody said.'],
        ),
    ],
)
def test_what_was_done_is_told_with_what_to_do_next(done: Done, lines: list[str]) -> None:
    assert told(a_plan(), done).splitlines() == lines


def test_programs_see_everything_and_no_secret() -> None:
    plan = a_plan(lookups=(ABSENT,), missing=(UNMAPPED,), present=Present.UNREAD, permission="a/read")
    done = Done(ended=Ended(fate=Fate.REFUSED, why="no", permission="b/write"))

    body = deployment_dict(plan, done, replace=False)

    assert "SECRET" not in repr(body)
    assert (body["schema"], body["permissions"], body["result"]) == (1, ["a/read", "b/write"], "refused")
    assert body["needs"] == [
        {
            "kind": "identity",
            "id": "/i",
            "path": "identity",
            "standing": "absent",
            "why": "identity i does not exist; create it",
            "holds": True,
            "permission": "",
        }
    ]


def test_a_long_list_is_cut_for_people_and_not_for_programs() -> None:
    body = deployment_dict(a_plan(lookups=(ACCEPTED,) * (MOST_LINES + 5)), None, replace=False)

    assert "  ... and 5 more; --json has them all\n" in str(body["text"])
    assert body["needs"] == [body["needs"][0]] * (MOST_LINES + 5)  # type: ignore[index]  # JSON has no types
