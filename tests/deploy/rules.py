"""Read the rules and the runbooks as they are delivered, and follow the runbooks on a daemon whose region is down."""

import re
import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.story.support import GROUP, Daemon, a_canary, a_daemon, a_world, an_azure

DEPLOY = Path(__file__).parents[2] / "deploy"
PROMETHEUS, RUNBOOKS = DEPLOY / "prometheus", DEPLOY / "runbooks"
ROUTES = DEPLOY / "alertmanager" / "alertmanager.yml"
RULE_FILES = (PROMETHEUS / "recording.rules.yml", PROMETHEUS / "alerts.rules.yml")

LOOKING = frozenset(
    {"status", "explain", "history", "active", "incident", "readiness", "probe", "classify", "check-config"}
    | {"show-config", "doctor"}
)
"""Commands that change nothing; they come first, so that all of them see the same."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a command of a runbook came to."""

    line: str
    code: int
    out: str
    err: str

    @property
    def verb(self) -> str:
        return shlex.split(self.line)[1]


def rules() -> list[dict[str, Any]]:
    """Return every rule."""
    return [
        rule for file in RULE_FILES for group in yaml.safe_load(file.read_text())["groups"] for rule in group["rules"]
    ]


def alerts() -> dict[str, dict[str, Any]]:
    """Return the alerts by their names."""
    return {rule["alert"]: rule for rule in rules() if "alert" in rule}


def metrics_named() -> set[str]:
    """Return the metrics of aibwatch that rules ask for. Recorded ones have a colon before it, and are no metrics."""
    return {name for rule in rules() for name in re.findall(r"(?<![:\w])aibwatch_\w+", rule["expr"])}


def page(alert: str) -> str:
    return (RUNBOOKS / f"{alert}.md").read_text()


def lines() -> tuple[str, ...]:
    """Return every command of the runbooks once, those that only look first."""
    blocks = (block for alert in sorted(alerts()) for block in re.findall(r"```sh\n(.*?)```", page(alert), re.DOTALL))
    return _looking_first(dict.fromkeys(line for block in blocks for line in block.splitlines()))


def _looking_first(all_lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(all_lines, key=lambda line: shlex.split(line)[1] not in LOOKING))


async def the_runbooks_are_followed(folder: Path) -> dict[str, Any]:
    """Let a group leave a broken region; scrape the daemon; then do everything that the runbooks say."""
    async with (
        an_azure(a_world(broken=True, canary="succeeds")) as azure,
        a_daemon(folder, azure.base, canary=a_canary()) as daemon,
    ):
        await daemon.start()
        await daemon.noted("moving -> watching")
        (incident,) = (await daemon.told("incidents"))["incidents"]
        scraped = (await daemon.get("/metrics"))[1]
        said = [await _follow(line, daemon, _mine(line, folder, incident["id"])) for line in lines() if _is_ours(line)]
        pages = {line: (await daemon.get(_path(line)))[0] for line in lines() if line.startswith("curl ")}
        return {"metrics": scraped, "said": said, "pages": pages}


def _is_ours(line: str) -> bool:
    return line.startswith("aibwatch ")


def _mine(line: str, folder: Path, incident: str) -> str:
    """Return the line with this story's own folder and incident; groups and regions are called as in the runbooks."""
    assert GROUP == "ubuntu-base", "the group that the runbooks speak of"
    return line.replace("/tmp/", f"{folder}/").replace("westeurope-20261124-021400", incident)  # noqa: S108


async def _follow(line: str, daemon: Daemon, mine: str) -> Said:
    done = await daemon.cli(*shlex.split(mine)[1:])
    return Said(line=line, code=done.code, out=done.out, err=done.err)


def _path(line: str) -> str:
    return line.rpartition("http://127.0.0.1:9877")[2]
