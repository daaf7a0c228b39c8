"""Every query of every panel returns data: asked of a real Prometheus that has scraped the real daemon in an outage."""

import re
import shutil
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.conftest import STAGE

from .asking import LABEL, Series, answers, dashboard, panels, series_of
from .backfill import Asked, a_prometheus
from .telling import Scrape, an_outage

pytestmark = [
    pytest.mark.slow,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(shutil.which("prometheus") is None, reason="prometheus is not installed (Debian: prometheus)"),
    pytest.mark.beside(an_outage, long=True),
]

BOTH = pytest.mark.parametrize("name", ["fleet", "group"])


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def asked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Asked]:
    scrapes: list[Scrape] = request.session.config.stash[STAGE].outcome((an_outage,))
    async with a_prometheus(tmp_path_factory.mktemp("prometheus"), scrapes) as prometheus:
        yield prometheus


@BOTH
async def test_every_query_of_every_panel_returns_series(asked: Asked, name: str) -> None:
    told = {panel["title"]: await answers(asked, panel) for panel in panels(dashboard(name))}
    assert [title for title, queries in told.items() if not all(queries)] == []


@BOTH
async def test_every_label_of_a_legend_is_there_and_no_two_series_have_one_name(asked: Asked, name: str) -> None:
    for panel in panels(dashboard(name)):
        if panel["type"] in {"timeseries", "state-timeline"}:
            queries = await answers(asked, panel)
            for target, query in zip(panel["targets"], queries, strict=True):
                wanted = set(LABEL.findall(target["legendFormat"]))
                assert wanted <= {label for series in query for label in series.labels}, panel["title"]
            names = [series.name for query in queries for series in query]
            assert "" not in names, panel["title"]
            assert len(names) == len(set(names)), (panel["title"], names)


@BOTH
async def test_every_value_of_a_state_has_a_word(asked: Asked, name: str) -> None:
    for panel in panels(dashboard(name)):
        if panel["type"] == "state-timeline":
            (mapping,) = panel["fieldConfig"]["defaults"]["mappings"]
            values = {f"{v:g}" for query in await answers(asked, panel) for s in query for _, v in s.points}
            assert values <= set(mapping["options"]), panel["title"]


async def test_every_metric_of_the_daemon_is_looked_at_or_known_to_be_left_out(asked: Asked) -> None:
    exported = {s.labels["__name__"] for s in await series_of(asked, '{__name__=~"aibwatch_.+"}', instant=True)}
    exprs = " ".join(t["expr"] for name in ("fleet", "group") for p in panels(dashboard(name)) for t in p["targets"])
    shown = set(re.findall(r"aibwatch_\w+", exprs))
    assert exported - shown == {"aibwatch_poll_duration_seconds_sum", "aibwatch_poll_duration_seconds_count"} | {
        "aibwatch_move_step_duration_seconds_bucket",
        "aibwatch_leader",  # the gate lease_held shows it
        "aibwatch_web_config_last_reload_successful",  # for those few who have such a file
        "aibwatch_web_config_reload_failures_total",
    }


async def seen(asked: Asked, name: str, title: str) -> list[Series]:
    (panel,) = [panel for panel in panels(dashboard(name)) if panel["title"] == title]
    return [series for query in await answers(asked, panel) for series in query]


def in_words(series: Series, name: str, title: str) -> list[str]:
    """Return the states of a series in their order, each once in a row."""
    (panel,) = [panel for panel in panels(dashboard(name)) if panel["title"] == title]
    words = panel["fieldConfig"]["defaults"]["mappings"][0]["options"]
    told = [words[f"{value:g}"]["text"] for _, value in series.points]
    return [word for i, word in enumerate(told) if i == 0 or told[i - 1] != word]


async def test_the_timeline_of_verdicts_tells_the_outage_in_words(asked: Asked) -> None:
    title = "Verdict on each region"
    told = {series.name: in_words(series, "fleet", title) for series in await seen(asked, "fleet", title)}
    assert told["northeurope"][-1:] == ["healthy"]
    assert [w for w in told["westeurope"] if w in {"outage", "recovering", "healthy"}][-3:] == [
        "outage",
        "recovering",
        "healthy",
    ]


async def test_the_group_is_shown_on_its_secondary_after_the_move(asked: Asked) -> None:
    told = {
        series.name: in_words(series, "group", "Active region")
        for series in await seen(asked, "group", "Active region")
    }
    assert told == {"westeurope": ["active", "-"], "northeurope": ["-", "active"]}
    assert [s.name for s in await seen(asked, "group", "Active in")] == ["northeurope"]
    assert [s.points[0][1] for s in await seen(asked, "fleet", "Groups on a secondary")] == [1.0]


async def test_the_values_to_choose_from_are_there(asked: Asked) -> None:
    for name, wanted in {"fleet": {"instance"}, "group": {"instance", "group"}}.items():
        chosen = set()
        for variable in dashboard(name)["templating"]["list"]:
            if variable["type"] == "query":
                found = re.fullmatch(r"label_values\((.*), (\w+)\)", variable["query"]["query"])
                assert found is not None
                series = await series_of(asked, found[1])
                assert [s for s in series if found[2] not in s.labels] == []
                assert series
                chosen.add(variable["name"])
        assert chosen == wanted


@BOTH
async def test_moves_are_marked(asked: Asked, name: str) -> None:
    (marks,) = dashboard(name)["annotations"]["list"]
    told = await series_of(asked, marks["expr"], legend=marks["titleFormat"])
    assert "failover of ubuntu-base" in [series.name for series in told]
