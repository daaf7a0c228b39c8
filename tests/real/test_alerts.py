"""An outage reaches whoever is on call: the real daemon, Prometheus and Alertmanager, with the files of deploy/."""

from pathlib import Path
from typing import Any

import pytest

from tests.real.watch import a_pager, a_watch, asked, needs_alertmanager, needs_prometheus
from tests.story.support import GROUP, a_canary, a_daemon, a_world, an_azure
from tests.waiting import until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.asyncio(loop_scope="session"),
    needs_prometheus,
    needs_alertmanager,
]


ALL_WELL = 'count(count_over_time((aibwatch_region_verdict{verdict="healthy"} == 1)[3s:1s]) >= 3) == 2'
"""Both regions have been healthy for three looks, so the rules have looked too."""


async def an_outage_is_paged(folder: Path) -> dict[str, Any]:
    """Break a region while Prometheus looks, in shadow; mend it; and take what comes to the pager."""
    told: dict[str, Any] = {}
    async with (
        an_azure(a_world(canary="succeeds")) as azure,
        a_daemon(folder, azure.base, mode="shadow", canary=a_canary()) as daemon,
        a_pager() as pager,
        a_watch(folder, daemon.port, pager.port) as prometheus,
    ):
        await daemon.start()
        # What rises before it was first seen is no increase to Prometheus.
        await until("it is scraped", lambda: asked(prometheus, "aibwatch_would_have_failed_over_total"))
        await until("all is well", lambda: asked(prometheus, ALL_WELL))
        told["well"] = {one["alertname"] for one in await asked(prometheus, "ALERTS")}
        await azure.trouble(region="westeurope", operations=["get", "run"], answer="500")
        told["outage"] = await pager.wait_for("AibwatchRegionOutage", "firing")
        told["would"] = await pager.wait_for("AibwatchWouldHaveFailedOver", "firing")
        await azure.end_troubles()
        told["over"] = await pager.wait_for("AibwatchRegionOutage", "resolved")
        told["names"] = pager.names()
        told["log"] = (folder / "prometheus.log").read_text()
    return told


paged = pytest.mark.beside.with_args(an_outage_is_paged, long=True)


@paged
async def test_while_all_is_well_no_alert_is_even_on_its_way(outcome: dict[str, Any]) -> None:
    assert outcome["well"] == set()


@paged
async def test_an_outage_is_paged_with_what_it_is_and_where_to_read_on(outcome: dict[str, Any]) -> None:
    alert = outcome["outage"]
    assert (alert["at"], alert["labels"]["severity"], alert["labels"]["azure_region"]) == (
        "/on-call",
        "critical",
        "westeurope",
    )
    assert alert["annotations"]["summary"] == "Image Builder in westeurope is down"
    assert alert["annotations"]["runbook_url"].endswith("/AibwatchRegionOutage.md")


@paged
async def test_in_shadow_it_is_told_that_it_would_have_failed_over(outcome: dict[str, Any]) -> None:
    assert (outcome["would"]["at"], outcome["would"]["labels"]["group"]) == ("/team", GROUP)


@paged
async def test_the_outage_s_end_is_told_too(outcome: dict[str, Any]) -> None:
    assert (outcome["over"]["at"], outcome["over"]["labels"]["azure_region"]) == ("/on-call", "westeurope")


@paged
async def test_nothing_else_is_paged_and_no_rule_fails(outcome: dict[str, Any]) -> None:
    assert outcome["names"] == {"AibwatchRegionOutage", "AibwatchWouldHaveFailedOver"}
    assert [line for line in outcome["log"].splitlines() if "level=warn" in line or "level=error" in line] == []
