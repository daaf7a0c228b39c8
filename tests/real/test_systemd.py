"""The daemon as a service of a real systemd, installed as README.md says, with the stand-in for Azure beside it."""

import json
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from aibwatch.runtime.clock import Clock
from tests.real.machine import Machine, a_machine, why_not
from tests.story.support import GROUP, SECONDARY, Azure, Daemon, a_world, an_azure
from tests.waiting import until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(bool(why_not()), reason=why_not()),
]

ROOT = Path(__file__).parents[2]
AIBWATCH = "/opt/aibwatch/bin/aibwatch"
STATE = "/var/lib/aibwatch"
SITE = f"lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"
SEEN = ("ActiveState", "Result", "NRestarts", "ExecMainStatus")
STEP = """
[[group.step]]
handler = "command"
options = { command = ["/bin/sh", "/opt/switch.sh"] }
"""
SWITCH = f"""
cd {STATE}
case $1 in
    activate) echo $1 >> calls; echo $$ > pid; while [ ! -e go ]; do sleep 0.1; done ;;
    status) echo '{{"type": "result", "state": "applied"}}' ;;
esac
"""
PIP = """
[global]
no-index = true
[install]
no-build-isolation = false
"""
"""Build the wheel with what is there. (So it is spelt: pip takes "no" away from both sides.)"""
SETTINGS = """
[Service]
Environment=AZURE_POD_IDENTITY_AUTHORITY_HOST={azure}
WatchdogSec=8s
RestartSec=100ms
"""


class Service:
    """The service on its machine, and its pages from here: the two share the network."""

    def __init__(self, machine: Machine, pages: Daemon) -> None:
        self.machine, self.pages = machine, pages

    async def seen(self) -> list[str]:
        return [await self.machine.shown("aibwatch", what) for what in SEEN]

    async def pid(self) -> str:
        return await self.machine.shown("aibwatch", "MainPID")

    async def status_text(self, part: str) -> str:
        async def look() -> str:
            text = await self.machine.shown("aibwatch", "StatusText")
            return text if part in text else ""

        return await until(f"the service's status says {part}", look, seen=lambda: self.pages.port)

    async def configure(self, text: str) -> None:
        (self.machine.room / "config.toml").write_text(text)
        await self.machine.shell("install -D -m 0644 config.toml /etc/aibwatch/config.toml")

    async def said(self, part: str) -> None:
        """Wait until the log has this."""

        async def look() -> bool:
            return part in await self.log()

        await until(f"the log has {part}", look)

    async def log(self) -> str:
        return await self.machine.shell("journalctl -u aibwatch -o cat --no-pager")

    async def noted(self) -> list[dict[str, Any]]:
        """Return what the journal has of decisions: the lines, with the journal's own fields."""
        lines = (await self.machine.shell("journalctl -u aibwatch -o json --no-pager")).splitlines()
        entries = [json.loads(line) for line in lines]
        return [entry for entry in entries if '"logger": "aibwatch.decision"' in str(entry["MESSAGE"])]


def commands() -> list[str]:
    """Return the commands that the documents give for a service, without their comments."""
    installing = (ROOT / "README.md").read_text().partition("\n## As a service\n")[2].partition("\n## ")[0]
    text = installing + (ROOT / "docs/service.md").read_text()
    blocks = re.findall(r"^```\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
    return [re.sub(r"\s{2,}#.*", "", line) for block in blocks for line in block.splitlines()]


def prepare(room: Path, azure: str, pages: Daemon) -> None:
    """Put into the room what the reader of README.md has: this repository, and a configuration."""
    files = room / "files"
    (files / "etc").mkdir(parents=True)
    (files / "etc/pip.conf").write_text(PIP)
    (files / "opt").mkdir()
    (files / "opt/switch.sh").write_text(SWITCH)
    settings = files / "etc/systemd/system/aibwatch.service.d/test.conf"
    settings.parent.mkdir(parents=True)
    settings.write_text(SETTINGS.format(azure=azure))
    text = pages.config.read_text()
    text = re.sub(r"^url = .*", f'url = "sqlite:///{STATE}/aibwatch.db"', text, flags=re.MULTILINE)
    text = re.sub(r"^token_file = .*", 'token_file = "$CREDENTIALS_DIRECTORY/token"', text, flags=re.MULTILINE)
    (room / "config.toml").write_text(text)
    for name in ("aibwatch", "deploy"):
        shutil.copytree(ROOT / name, room / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, room)


async def follow_the_documents(machine: Machine) -> list[str]:
    """Do what they say, line by line, and return the lines; only what would be downloaded is there already."""
    done = []
    for line in commands():
        await machine.shell(line)
        if line.startswith("python3 -m venv"):
            await machine.shell(f"echo /opt/dependencies > /opt/aibwatch/{SITE}/dependencies.pth")
        done.append(line)
    return done


async def as_a_service(folder: Path) -> dict[str, Any]:
    """Install it, look at it, and do to it all that happens to services."""
    if why_not():
        return {}
    room = folder / "room"
    async with an_azure(a_world(noticed=True)) as azure:
        pages = Daemon(folder / "pages", azure.base, steps=STEP)
        room.mkdir()
        prepare(room, azure.base, pages)
        async with a_machine(room) as machine:
            service = Service(machine, pages)
            told: dict[str, Any] = {"commands": await follow_the_documents(machine)}
            told["status"] = await service.status_text("suspect")
            told["begun"] = await service.seen()
            told["metrics"] = (await pages.get("/metrics"))[1]
            told |= await _reload(service)
            told |= await _freeze(service)
            told |= await _order(service)
            told |= await _restart_in_a_move(service, azure)
            told |= await _stop(service)
            told["log"], told["noted"] = await service.log(), await service.noted()
            told["token"] = (await machine.shell("cat /etc/credstore/aibwatch.token")).strip()
            told |= await _without_a_token(service)
            told |= await _spoil(service)
    return told


async def _reload(service: Service) -> dict[str, Any]:
    good = (service.machine.room / "config.toml").read_text()
    pid = await service.pid()
    await service.configure(good.replace("[poll]", "[poll]\nnonsense = 1"))
    refused = await service.machine.run("systemctl", "reload", "aibwatch")
    await service.said("configuration not taken over")
    bad = (await service.pages.get("/metrics"))[1]
    await service.configure(good)
    await service.machine.shell("systemctl reload aibwatch")
    await service.said("configuration taken over")
    after = [*await service.seen(), await service.pid() == pid]
    return {"after a bad file": (refused.code, _metric(bad, "config_last_reload_successful")), "reloaded": after}


async def _freeze(service: Service) -> dict[str, Any]:
    await service.machine.shell("systemctl kill --kill-whom=main --signal=STOP aibwatch")

    async def anew() -> bool:
        return (await service.seen())[::2] == ["active", "1"]

    await until("the watchdog has started it anew", anew)
    return {"frozen": await service.status_text("suspect")}


async def _order(service: Service) -> dict[str, Any]:
    paused = await service.machine.shell(f"{AIBWATCH} pause --for 1h --reason 'a try'")
    resumed = await service.machine.shell(f"{AIBWATCH} resume --reason 'it went well'")
    return {"paused": paused, "resumed": resumed}


async def _restart_in_a_move(service: Service, azure: Azure) -> dict[str, Any]:
    machine = service.machine
    await azure.trouble(region="westeurope", operations=["get", "run"], answer="500")

    async def acting() -> bool:
        return (await machine.run("test", "-s", f"{STATE}/pid")).code == 0

    await until("the program acts", acting, seen=lambda: service.pages.port)
    before = await service.pid()
    await machine.shell("systemctl restart aibwatch")
    alive = await machine.run("bash", "-c", f"kill -0 $(cat {STATE}/pid)")
    told = {"another daemon": await service.pid() != before, "the program goes on": alive.code == 0}
    await machine.shell(f"touch {STATE}/go")
    await service.pages.noted("moving -> watching")
    return told | {"calls": (await machine.shell(f"cat {STATE}/calls")).split()}


async def _stop(service: Service) -> dict[str, Any]:
    clock = Clock()
    begun = clock.elapsed()
    await service.machine.shell("systemctl stop aibwatch")
    told = {"took": clock.elapsed() - begun, "stopped": await service.seen()}
    await service.machine.shell("systemctl start aibwatch")
    group = await service.pages.group()
    return told | {"remembered": [group["phase"], group["active"]]}


async def _without_a_token(service: Service) -> dict[str, Any]:
    await service.machine.shell("systemctl stop aibwatch; rm /etc/credstore/aibwatch.token")
    text = (service.machine.room / "config.toml").read_text()
    await service.configure(re.sub(r"^token_file = .*", "", text, flags=re.MULTILINE))
    await service.machine.shell("systemctl start aibwatch")
    return {"without a token": await service.seen()}


async def _spoil(service: Service) -> dict[str, Any]:
    await service.machine.shell("systemctl stop aibwatch")
    await service.configure("[poll]\nnonsense = 1\n")
    await service.machine.run("systemctl", "start", "aibwatch")
    return {"spoilt": await service.seen()}


def _metric(page: str, name: str) -> str:
    return next(line for line in page.splitlines() if line.startswith(f"aibwatch_{name} ")).split()[1]


judges = pytest.mark.beside.with_args(as_a_service, long=True)


@judges
async def test_who_follows_the_documents_has_a_service_that_is_ready(outcome: dict[str, Any]) -> None:
    assert "systemctl enable --now aibwatch" in outcome["commands"]
    assert outcome["begun"] == ["active", "success", "0", "0"]
    assert outcome["status"] == "westeurope is suspect."
    assert _metric(outcome["metrics"], "config_last_reload_successful") == "1.0"
    assert "process_resident_memory_bytes" in outcome["metrics"]


@judges
async def test_a_reload_keeps_the_process_and_a_bad_file_changes_nothing(outcome: dict[str, Any]) -> None:
    assert outcome["after a bad file"] == (1, "0.0")
    assert outcome["reloaded"] == ["active", "success", "0", "0", True]


@judges
async def test_a_frozen_daemon_is_started_anew_by_the_watchdog(outcome: dict[str, Any]) -> None:
    assert outcome["frozen"] == "westeurope is suspect."
    assert "Watchdog timeout" in outcome["log"]


@judges
async def test_root_gives_orders_with_the_credential_of_the_service(outcome: dict[str, Any]) -> None:
    assert outcome["paused"].startswith(f"{GROUP} is not moved before ")
    assert outcome["resumed"] == f"{GROUP} may be moved again\n"


@judges
async def test_a_program_outlives_a_restart_of_the_service_and_is_called_once(outcome: dict[str, Any]) -> None:
    assert (outcome["another daemon"], outcome["the program goes on"]) == (True, True)
    assert outcome["calls"] == ["activate"]


@judges
async def test_a_stop_is_quick_and_loses_nothing(outcome: dict[str, Any]) -> None:
    assert outcome["took"] < 5.0
    assert (outcome["stopped"][0], outcome["stopped"][3]) == ("inactive", "0")
    assert outcome["remembered"] == ["watching", SECONDARY.lower()]


@judges
async def test_it_starts_without_a_token_too(outcome: dict[str, Any]) -> None:
    assert outcome["without a token"] == ["active", "success", "0", "0"]


@judges
async def test_a_wrong_configuration_is_not_tried_again(outcome: dict[str, Any]) -> None:
    assert outcome["spoilt"] == ["failed", "exit-code", "0", "78"]


@judges
async def test_the_journal_knows_how_urgent_a_decision_is_and_what_it_is_found_by(outcome: dict[str, Any]) -> None:
    lines = [(entry["PRIORITY"], json.loads(entry["MESSAGE"])) for entry in outcome["noted"]]
    down = next((urgency, line) for urgency, line in lines if line.get("verdict") == "outage")
    moved = next(line for _, line in lines if line["event"] == "moving -> watching")
    assert (down[0], down[1]["region"], sorted(down[1]["evidence"])) == ("4", "westeurope", ["events", "probe"])
    assert {"tracking id VMI7-2B8"} < {*down[1]["ids"]}
    assert (moved["group"], moved["phase"], moved["move"]) == (GROUP, "watching", f"{GROUP}-1")


@judges
async def test_no_token_is_in_the_journal(outcome: dict[str, Any]) -> None:
    assert outcome["token"] not in outcome["log"]
