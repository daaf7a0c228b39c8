"""The dashboards are what their source writes, and what Grafana needs. That their queries return data: tests/real."""

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from aibwatch.core.model import RunState
from aibwatch.core.state import Phase
from aibwatch.core.verdict import VerdictKind
from tests.real.grafana.asking import FOLDER, dashboard, filled, panels

GRAFANA = FOLDER.parent
BOTH = pytest.mark.parametrize("name", ["fleet", "group"])
KINDS = {"stat", "timeseries", "state-timeline", "table"}
UNITS = {"none", "short", "s", "reqps", "percentunit", "bytes", "dateTimeFromNow"}


def exprs(told: Mapping[str, Any]) -> Iterator[str]:
    return (target["expr"] for panel in panels(told) for target in panel["targets"])


def words_of(told: Mapping[str, Any], title: str) -> list[str]:
    (panel,) = [panel for panel in panels(told) if panel["title"] == title]
    (mapping,) = panel["fieldConfig"]["defaults"]["mappings"]
    return [word["text"] for _, word in sorted(mapping["options"].items(), key=lambda item: int(item[0]))]


def test_the_dashboards_are_what_the_source_writes(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-B", GRAFANA / "source", tmp_path], check=True, timeout=60)
    written = {file.name: file.read_text() for file in tmp_path.iterdir()}
    assert written == {file.name: file.read_text() for file in FOLDER.iterdir()}, "run: make dashboards"


@BOTH
def test_grafana_finds_what_it_needs(name: str) -> None:
    told = dashboard(name)
    assert (told["uid"], told["schemaVersion"], told["timezone"]) == (f"aibwatch-{name}", 39, "utc")
    assert len({panel["id"] for panel in told["panels"]}) == len(told["panels"])
    assert {panel["type"] for panel in panels(told)} <= KINDS
    assert {str(panel["datasource"]) for panel in panels(told)} == {"{'type': 'prometheus', 'uid': '${datasource}'}"}


@BOTH
def test_every_panel_has_title_description_and_unit(name: str) -> None:
    for panel in panels(dashboard(name)):
        assert panel["title"]
        assert panel["description"].endswith("."), panel["title"]
        assert panel["fieldConfig"]["defaults"]["unit"] in UNITS, panel["title"]


@BOTH
def test_no_two_panels_stand_in_one_place_and_no_title_is_there_twice(name: str) -> None:
    told = dashboard(name)
    taken: set[tuple[int, int]] = set()
    for panel in told["panels"]:
        place = panel["gridPos"]
        cells = {(place["x"] + i, place["y"] + j) for i in range(place["w"]) for j in range(place["h"])}
        assert not cells & taken, panel["title"]
        assert place["x"] + place["w"] <= 24, panel["title"]
        taken |= cells
    titles = [panel["title"] for panel in panels(told)]
    assert len(titles) == len(set(titles))


@BOTH
def test_every_query_is_of_the_chosen_daemon_and_of_nothing_that_cannot_be_chosen(name: str) -> None:
    told = dashboard(name)
    for expr in exprs(told):
        assert re.findall(r"(aibwatch_\w+)\{(?!instance=\"\$instance\")", expr) == []
    assert [expr for expr in exprs(told) if "$" in filled(expr)] == []
    known = {variable["name"] for variable in told["templating"]["list"]}
    assert known == {"datasource", "instance"} | ({"group"} if name == "group" else set())


def test_every_state_of_the_daemon_has_its_word() -> None:
    fleet, group = dashboard("fleet"), dashboard("group")
    assert words_of(fleet, "Verdict on each region") == list(VerdictKind)
    assert words_of(group, "Verdict on its regions") == list(VerdictKind)
    assert words_of(group, "Phase over time") == list(Phase)
    assert words_of(group, "Last run of each member") == list(RunState)


def test_a_number_in_a_query_is_the_number_of_its_word() -> None:
    (told,) = [p for p in panels(dashboard("fleet")) if p["title"] == "Verdict on each region"]
    numbers = re.findall(r'(\d+) \* aibwatch_region_verdict\{[^}]*verdict="(\w+)"', told["targets"][0]["expr"])
    assert [word for _, word in numbers] == words_of(dashboard("fleet"), "Verdict on each region")
    assert [int(number) for number, _ in numbers] == list(range(1, len(numbers) + 1))


def test_the_provider_reads_the_folder_that_the_readme_fills() -> None:
    provider = (GRAFANA / "provisioning" / "dashboards" / "aibwatch.yaml").read_text()
    (path,) = re.findall(r"path: (\S+)", provider)
    readme = (GRAFANA / "README.md").read_text()
    assert f"-t {path} dashboards/fleet.json dashboards/group.json" in readme
    for file in re.findall(r"(?:provisioning|dashboards)/[\w/]+\.(?:yaml|json)", readme):
        assert (GRAFANA / file).is_file(), file
