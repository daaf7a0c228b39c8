"""The kit finds what is wrong with a receiver of webhooks, over real HTTP and with the real handler."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web

from aibwatch.conformance.bench import Bench
from aibwatch.conformance.effect import Effect
from aibwatch.conformance.finding import Finding, Verdict
from aibwatch.conformance.kit import RECEIVER, try_out
from aibwatch.conformance.subject import Setting, of_receiver
from aibwatch.runtime.clock import Clock
from tests.handlers.receiver import served

SECRET = b"a-secret-of-24-bytes-at-least"
ALL = [check.name for check in RECEIVER]


@dataclass
class Memory:
    """A receiver that is well, except for one flaw. It keeps what it did in a file, a line each."""

    flaw: str
    file: Path
    done: dict[str, int] = field(default_factory=dict)
    rehearsed: set[str] = field(default_factory=set)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        if refused := self._unsigned(request.headers, body):
            return web.json_response({"why": refused}, status=401)
        if request.method == "GET":
            known = request.query["id"] in self.done or request.query["id"] in self.rehearsed
            state = "applied" if known or self.flaw == "never" else "not_applied"
            return web.json_response({"state": state})
        return self._take(request.headers, body)

    def _take(self, headers: Mapping[str, str], body: bytes) -> web.StreamResponse:
        try:
            data = json.loads(body)["data"]
        except (ValueError, TypeError, KeyError):
            if self.flaw == "garbage":
                return web.Response(status=500)
            return web.Response(status=400, text="it is no event")
        name, words = headers["webhook-id"], SECRET.decode() if self.flaw == "secrets" else ""
        if (name in self.done or name in self.rehearsed) and self.flaw != "doubled":
            return web.Response(status=200 if self.flaw == "twice" else 409)
        if data["epoch"] < max(self.done.values(), default=0) and self.flaw != "stale":
            return web.Response(status=412)
        if data["rehearsal"] and self.flaw != "rehearsal":
            self.rehearsed.add(name)
            return web.Response()
        if data["kind"] == "failback" and self.flaw == "back":
            return web.Response(status=422, text="there is no way back")
        self.done[name] = data["epoch"]
        if self.flaw != "applies":
            with self.file.open("a") as file:
                file.write(f"{name} {data['to']}\n")
        return web.Response(text=words)

    def _unsigned(self, headers: Mapping[str, str], body: bytes) -> str:
        if self.flaw == "unsigned":
            return ""
        stamp, name = headers.get("webhook-timestamp", "0"), headers.get("webhook-id", "")
        if abs(Clock().now().timestamp() - int(stamp)) > 300 and self.flaw != "replayed":
            return "too old"
        content = b".".join((name.encode(), stamp.encode(), b"" if self.flaw == "changed" else body))
        right = "v1," + base64.b64encode(hmac.digest(SECRET, content, hashlib.sha256)).decode()
        given = headers.get("webhook-signature", "").split(" ")
        if self.flaw == "changed":
            return "" if given != [""] else "not signed"
        return "" if right in (given[:1] if self.flaw == "replaced" else given) else "not by us"


async def found(folder: Path, flaw: str, *, askable: bool = True) -> tuple[Finding, ...]:
    """Return what the kit finds of the receiver with this flaw."""
    effects, secret = folder / "effects", folder / "secret"
    for path, content in {effects: b"", secret: SECRET}.items():
        path.write_bytes(content)  # nothing else goes on yet
    async with served(Memory(flaw, effects).answer) as receiver:
        options = {"url": f"{receiver.base}/hook", "secret_file": str(secret)}
        if askable:
            options["status_url"] = f"{receiver.base}/status"
        setting = Setting(folder=folder, limit=timedelta(seconds=10), effect=Effect(command=("cat", str(effects))))
        bench: Bench = of_receiver(options, setting)
        return await try_out(bench, lambda _: None)


ALSO = {
    "never": {"left"},
    "applies": {"back"},
    "unsigned": {"changed", "replayed"},
    "changed": {"unsigned"},
    "twice": {"again", "left"},
    "doubled": {"twice", "again", "left", "once"},
}
"""Checks that may fail too, because the flaw shows there as well."""
FINDS = {"doubled": "twice"}
FLAWS = ("never", "applies", "twice", "doubled", "stale", "rehearsal", "back", *ALL[11:])


@pytest.mark.parametrize("flaw", FLAWS)
async def test_a_flaw_fails_its_check_and_no_other(tmp_path: Path, flaw: str) -> None:
    failed = {one.check: one.why for one in await found(tmp_path, flaw) if one.verdict is Verdict.FAILED}
    check = FINDS.get(flaw, flaw)
    assert check in failed
    assert {name: why for name, why in failed.items() if name not in {check, *ALSO.get(flaw, ())}} == {}


async def test_a_receiver_that_is_well_passes_every_check(tmp_path: Path) -> None:
    findings = await found(tmp_path, "none")
    assert [(one.check, one.verdict, one.why) for one in findings if one.verdict is not Verdict.PASSED] == []
    assert [one.check for one in findings] == ALL


async def test_of_one_that_cannot_be_asked_it_says_what_could_not_be_checked(tmp_path: Path) -> None:
    findings = await found(tmp_path, "none", askable=False)
    unseen = [(one.check, one.why) for one in findings if one.verdict is not Verdict.PASSED]
    assert unseen == [("never", "the receiver cannot be asked what became of an event; give --status-url")]
