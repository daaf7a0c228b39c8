"""Every alert has a page that says what to do, and what it says can be done: by its very commands, on a real daemon."""

import re
import shlex
from typing import Any

import pytest

from tests.deploy.rules import LOOKING, RUNBOOKS, Said, alerts, lines, page, the_runbooks_are_followed

OF_THE_HOST = {
    "systemctl status aibwatch",
    "systemctl reload aibwatch",
    "systemctl restart aibwatch",
    "journalctl -u aibwatch --since -15m",
    "journalctl -u aibwatch --since -1h",
    "df -h /var/lib/aibwatch",
    "df -i /var/lib/aibwatch",
}
"""What is not tried here: it needs an installed service, and changes or tells of the host."""

followed = pytest.mark.beside.with_args(the_runbooks_are_followed, long=True)


def test_every_alert_has_its_page_and_no_page_is_left_over() -> None:
    assert {file.stem for file in RUNBOOKS.iterdir()} == {*alerts()}


@pytest.mark.parametrize("alert", alerts())
def test_a_page_has_its_name_its_severity_and_the_four_questions(alert: str) -> None:
    assert page(alert).startswith(f"# {alert}\n\nSeverity: {alerts()[alert]['labels']['severity']}\n")
    headings = re.findall(r"^## (.*)$", page(alert), re.MULTILINE)
    assert headings == ["Meaning", "Impact", "Diagnosis", "Mitigation"]


def test_commands_are_ours_or_few() -> None:
    others = {line for line in lines() if shlex.split(line)[0] not in {"aibwatch", "curl"}}
    assert others - OF_THE_HOST == set()


@followed
@pytest.mark.slow
def test_the_commands_that_look_show_something_in_an_outage(outcome: dict[str, Any]) -> None:
    said: list[Said] = [one for one in outcome["said"] if one.verb in LOOKING]
    assert {one.verb for one in said} == LOOKING
    well = {"doctor": {0, 1, 3}}  # it finds a region that does not answer, as it should
    assert [one for one in said if one.code not in well.get(one.verb, {0, 3, 4}) or not one.out] == []


@followed
@pytest.mark.slow
def test_the_commands_that_order_something_are_understood(outcome: dict[str, Any]) -> None:
    said: list[Said] = [one for one in outcome["said"] if one.verb not in LOOKING]
    # What comes of them depends on how things stand; that they are understood, and allowed, does not.
    assert [one for one in said if one.code not in {0, 1, 3, 4, 75} or "Traceback" in one.err] == []


@followed
@pytest.mark.slow
def test_the_pages_that_are_asked_for_are_there(outcome: dict[str, Any]) -> None:
    assert outcome["pages"] == {"curl -s http://127.0.0.1:9877/-/healthy": 200}
