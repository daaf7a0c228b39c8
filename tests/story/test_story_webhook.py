"""A step of a move is a webhook: its receiver drops the first call, and still the effect is there once."""

import json
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from tests.handlers.receiver import hangs_up, says, served

from .support import GROUP, PRIMARY, SECONDARY, a_daemon, a_world, an_azure

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

SECRET = "a-secret-of-24-bytes-at-least"


class Forgetful:
    """Takes the first event and hangs up before it answers; knows afterwards what it did."""

    def __init__(self) -> None:
        self.effects: list[str] = []

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if request.method == "GET":
            state = "applied" if request.query["id"] in self.effects else "not_applied"
            return await says(200, {"state": state})(request)
        name = request.headers["webhook-id"]
        if name in self.effects:
            return await says(409)(request)
        self.effects.append(name)
        return await hangs_up(request)


async def moves_by_webhook(folder: Path) -> dict[str, Any]:
    """Break the region of a group whose move begins with a webhook."""
    receiver, secret = Forgetful(), folder / "secret"
    secret.write_text(SECRET)  # nothing else goes on yet
    async with served(receiver.answer) as server, an_azure(a_world(broken=True)) as azure:
        step = f"""
[[group.step]]
handler = "webhook"
[group.step.options]
url = "{server.base}/hook"
status_url = "{server.base}/status"
secret_file = "{secret}"
[[group.step]]
handler = "run-template"
"""
        async with a_daemon(folder, azure.base, steps=step) as daemon:
            await daemon.start()
            await daemon.noted("moving -> watching")
            return {
                "effects": receiver.effects,
                "posts": [(got.headers["webhook-id"], json.loads(got.body)["data"]) for got in server.got if got.body],
                "runs": await azure.posts(),
                "log": daemon.log,
            }


moved = pytest.mark.beside.with_args(moves_by_webhook)


@moved
async def test_an_event_whose_answer_got_lost_has_its_effect_once(outcome: dict[str, Any]) -> None:
    name = f"{GROUP}-1-0"
    assert outcome["effects"] == [name]
    assert {posted for posted, _ in outcome["posts"]} == {name}
    data = outcome["posts"][0][1]
    assert (data["kind"], data["from"], data["to"]) == ("failover", PRIMARY.lower(), SECONDARY.lower())
    assert len(outcome["runs"]) == 1


@moved
async def test_the_secret_is_not_in_the_log(outcome: dict[str, Any]) -> None:
    assert SECRET not in outcome["log"]
