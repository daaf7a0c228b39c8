"""Order moves over real HTTP: what is answered, what stands on record, and who is not let in."""

import asyncio
import json

import pytest
from sqlalchemy import text

from aibwatch.core.decision import NoteKind
from aibwatch.core.state import Phase

from .support import ORDER, TOKEN, Site, Told

VERBS = ["failover", "failback", "drill"]


async def order(site: Site, verb: str, *, group: str = "web", token: str = TOKEN, **more: object) -> Told:
    headers = {"Authorization": f"Bearer {token}"}
    return await site.post(f"/api/v1/groups/{group}/{verb}", headers, json={**ORDER, **more})


async def answer(site: Site, verb: str, id_: str) -> Told:
    return await site.post(f"/api/v1/moves/{id_}/{verb}", {"Authorization": f"Bearer {TOKEN}"}, json=ORDER)


@pytest.mark.parametrize("verb", VERBS)
async def test_a_held_order_is_a_conflict_that_names_the_gates(site: Site, verb: str) -> None:
    told = await order(site, verb)
    body = json.loads(told.text)
    assert (told.status, body["refusal"], body["id"]) == (409, "held" if verb != "failback" else "unasked", "")
    assert body["text"].startswith(f"{verb} of web not begun: ")
    assert ("no_unacknowledged_failure" in body["held_by"]) is (verb != "failback")


async def test_a_followed_order_is_answered_with_the_move_s_id(site: Site) -> None:
    held = json.loads((await order(site, "failover")).text)["held_by"]
    told = await order(site, "failover", overrides=held)
    body = json.loads(told.text)
    assert (told.status, body["id"], body["refusal"]) == (202, "web-1", None)
    assert site.loop.state.groups["web"].phase is not Phase.WATCHING


async def test_of_two_operators_at_once_one_wins_and_the_other_is_told(site: Site) -> None:
    held = json.loads((await order(site, "failover")).text)["held_by"]
    told = await asyncio.gather(*(order(site, "failover", overrides=held) for _ in range(5)))
    assert sorted(t.status for t in told) == [202, 409, 409, 409, 409]
    refusals = {json.loads(t.text)["refusal"] for t in told}
    assert refusals == {None, "busy"}


async def test_every_order_is_on_record_with_who_why_and_what_came_of_it(site: Site) -> None:
    await order(site, "drill")
    (note,) = [r.note for r in await site.notes() if r.note.kind is NoteKind.ORDER]
    assert (note.subject, note.what) == ("web", "drill ordered and refused")
    assert note.why.startswith("by ann: the gallery was full; drill of web not begun: ")


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        (["lease_held"], "overrides: lease_held cannot be overridden: without it a move could be made twice\n"),
        (
            ["geography_allowed"],
            (
                "overrides: geography_allowed cannot be overridden: "
                "where images may be built is for the configuration to say (allowed_geographies)\n"
            ),
        ),
        (["self_healthy"], "overrides: self_healthy cannot be overridden: without it a move could be made twice\n"),
        (["everything"], "overrides: 'everything' is no gate of a failover; there are: not_global, "),
        ("cooldown", 'overrides: write a list of gates: ["cooldown"]\n'),
        ([1], 'overrides: write a list of gates: ["cooldown"]\n'),
    ],
)
async def test_gates_are_overridden_by_their_names_and_not_all_can_be(site: Site, overrides: object, said: str) -> None:
    told = await order(site, "failover", overrides=overrides)
    assert (told.status, told.text.startswith(said)) == (400, True)


async def test_a_region_without_a_secondary_is_answered_with_those_there_are(site: Site) -> None:
    told = await order(site, "failover", to="mars")
    assert (told.status, told.text) == (400, "to: web has no secondary in 'mars'; it has: northeurope\n")
    assert (await order(site, "failover", to="northeurope")).status == 409


async def test_a_failback_is_not_told_where_to_go(site: Site) -> None:
    told = await order(site, "failback", to="northeurope")
    assert (told.status, told.text) == (400, "to: a failback goes to the primary; leave it out\n")


@pytest.mark.parametrize("verb", VERBS)
async def test_a_dry_run_says_what_would_be_and_does_nothing(site: Site, verb: str) -> None:
    told = await order(site, verb, dry_run=True)
    body = json.loads(told.text)
    assert (told.status, body["would"]) == (200, False)
    assert body["text"].startswith(f"web: a {verb}")
    group = site.loop.state.groups["web"]
    assert (group.phase, group.move, group.epoch) == (Phase.HELD, None, 0)
    assert [r for r in await site.notes() if r.note.kind is NoteKind.ORDER] == []


async def test_a_dry_run_shows_what_each_handler_says_that_it_would_change(site: Site) -> None:
    body = json.loads((await order(site, "failover", dry_run=True)).text)
    (step,) = body["steps"]
    assert (step["handler"], step["trouble"]) == (
        "run-template",
        "no handler 'run-template' is installed",
    )
    assert "step 1, run-template: cannot say what it would do" in body["text"]


@pytest.mark.parametrize("verb", ["approve", "deny"])
async def test_nobody_approves_what_was_not_asked_for(site: Site, verb: str) -> None:
    told = await answer(site, verb, "web-1")
    assert (told.status, told.said) == (
        409,
        "web asks for nothing under web-1 now: started, with a move still wanted and held",
    )
    assert (await answer(site, verb, "nobody-1")).text == "no group asks for 'nobody-1'; asked for is: nothing\n"


@pytest.mark.parametrize("path", ["groups/web/failover", "groups/web/drill", "moves/web-1/approve", "moves/web-1/deny"])
async def test_whoever_is_not_let_in_is_counted(site: Site, path: str) -> None:
    told = [await site.post(f"/api/v1/{path}", {"Authorization": f"Bearer {t}"}, json=ORDER) for t in ("", "wrong")]
    assert [t.status for t in told] == [401, 401]
    counted = site.registry.get_sample_value("aibwatch_orders_unauthorized_total")
    assert counted == 2.0


async def test_a_reload_over_http_needs_the_token_and_says_what_came_of_it(site: Site) -> None:
    assert (await site.post("/-/reload", {})).status == 401
    told = await site.post("/-/reload", {"Authorization": f"Bearer {TOKEN}"})
    assert (told.status, told.said) == (200, "the configuration was taken over")


async def test_an_order_that_cannot_be_put_on_record_is_refused_and_not_followed_later(site: Site) -> None:
    with site.recorder._store.transaction() as connection:
        connection.execute(text("DROP TABLE notes"))
    told = await order(site, "pause", **{"for": "2h"})
    assert told.status == 503
    assert told.text.startswith("not followed, because it cannot be put on record: ")
    assert site.loop.state.groups["web"].pause is None
