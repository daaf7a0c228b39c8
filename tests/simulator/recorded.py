"""Read the recorded exchanges, and say which differences from them are borne and why."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

from .shapes import differences, header_shape
from .support import Answer, shared

FOLDER = shared()

# Why each difference is borne. Anything not named here fails the test.
STRIPPED_BY_CLI = ("x-ms-request-id", "retry-after", "x-ms-ratelimit-remaining-subscription-reads")
"""The recorder of azure-cli takes these out before it saves (its FILTER_HEADERS): their absence there says nothing."""
SINCE_2025 = (r"x-ms-ratelimit-remaining-subscription-global-\w+",)
"""ARM sends the global counters since it counts per principal (2024-08); the stand-in does as ARM does now."""
OLD_API = (r"\.properties\.distribute\[\]\.versioning",)
"""api-version 2022-02-14 and older do not know versioning; the stand-in answers as 2022-07-01 and later do."""
OLD_GALLERY_SOURCE = (r"\.properties\.source\.exactVersion",)
"""The same api-versions leave exactVersion out of a gallery source."""
IN_2020 = (
    r"\.properties\.(stagingResourceGroup|exactStagingResourceGroup)",
    r"\.properties\.source\.(exactVersion|version)",
    r"\.identity(\..*)?",
)
"""The one recorded Canceled is of 2020-02-14: no staging group, no identity, version "latest (18.04.202004290)"."""


@dataclass(frozen=True)
class Exchange:
    file: str
    method: str
    url: str
    sent: Any
    status: int
    headers: dict[str, str]
    body: Any

    @property
    def by_cli(self) -> bool:
        return self.file.startswith("azure-cli__")

    @property
    def year(self) -> int:
        return int(self.file.split("__")[3][:4])

    @property
    def version(self) -> str:
        return parse_qs(urlsplit(self.url).query)["api-version"][0]

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def run_state(self) -> tuple[str, str] | None:
        last = self.body["properties"].get("lastRunStatus")
        return (last["runState"], last.get("runSubState", "")) if last else None

    @property
    def tolerated(self) -> tuple[str, ...]:
        old = self.version < "2022-07-01"
        gallery = isinstance(self.body, dict) and '"SharedImageVersion"' in json.dumps(self.body)
        return (
            *(OLD_API if old else ()),
            *(OLD_GALLERY_SOURCE if old and gallery else ()),
        )


@cache
def exchanges() -> tuple[Exchange, ...]:
    assert FOLDER is not None
    found = []
    for file in sorted((FOLDER / "azure" / "recordings").glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if "microsoft.virtualmachineimages/" in row["url"].lower() and "/triggers" not in row["url"]:
                kept = (row["method"], row["url"], row.get("request_body"), row["status"], row["headers"], row["body"])
                found.append(Exchange(file.name, *kept))
    return tuple(found)


def recent(method: str, status: int, ending: str = "") -> Iterator[Exchange]:
    """Yield the exchanges of 2023 and later of one kind."""
    for one in exchanges():
        if one.year >= 2023 and (one.method, one.status) == (method, status) and one.path.endswith(ending):
            yield one


def templates(state: tuple[str, str] | None, since: int = 2023) -> Iterator[Exchange]:
    """Yield the recorded GETs of one template that was created and is in that state of running."""
    for one in exchanges():
        single = one.method == "GET" and one.status == 200 and one.path.rsplit("/", 2)[-2] == "imageTemplates"
        made = single and one.year >= since and one.body["properties"]["provisioningState"] == "Succeeded"
        if made and one.run_state == state:
            yield one


def header_differences(recorded: Exchange, ours: Answer) -> list[str]:
    cli = STRIPPED_BY_CLI if recorded.by_cli else ()
    old = SINCE_2025 if recorded.year < 2025 else ()
    return differences(header_shape(recorded.headers), header_shape(ours.headers), (*cli, *old))


def put_again(body: dict[str, Any]) -> dict[str, Any]:
    """Return what was put to get this answer: without what the service added."""
    properties = {
        key: value
        for key, value in body["properties"].items()
        if key not in ("provisioningState", "lastRunStatus", "exactStagingResourceGroup", "provisioningError")
    }
    properties["source"] = {key: value for key, value in properties["source"].items() if key != "exactVersion"}
    identity = dict(body.get("identity") or {"type": "None"})  # could be left out in 2020
    if "userAssignedIdentities" in identity:
        identity["userAssignedIdentities"] = {name: {} for name in identity["userAssignedIdentities"]}
    return {"location": body["location"], "tags": body["tags"], "identity": identity, "properties": properties}
