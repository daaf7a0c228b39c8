"""Change the configuration of a daemon that goes on watching."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from aibwatch.core.model import Mode
from aibwatch.core.state import State
from aibwatch.runtime.clock import Clock
from tests.core.builders import NORTH, T0
from tests.story.support import Daemon, a_daemon, a_world, an_azure, template
from tests.waiting import until

from .support import (
    BASE_NORTH,
    BASE_WEST,
    NORTH_2,
    SECOND_GROUP,
    Bench,
    a_bench,
    a_file,
    a_move_at_work,
    an_id,
    found,
)

FOREIGN_STEP = '\n[[group.step]]\nhandler = "nobody-has-this"\n'


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with a_bench(tmp_path, lambda: State(awake_since=T0)) as opened:
        yield opened


@pytest.fixture
async def moving(tmp_path: Path) -> AsyncIterator[Bench]:
    async with a_bench(tmp_path, a_move_at_work) as opened:
        yield opened


def said(logs: list[Any], event: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = [line for line in logs if line["event"].startswith(event)]
    assert len(found) == 1, f"{event!r} is not there once: {logs}"
    return found[0]


async def test_a_good_file_is_taken_over(bench: Bench) -> None:
    with capture_logs() as logs:
        assert bench.reload(a_file(mode="shadow", more=SECOND_GROUP))
    assert sorted(bench.loop.setup.groups) == ["base", "other"]
    assert bench.loop.setup.groups["base"].policy.mode is Mode.SHADOW
    assert said(logs, "configuration taken over")["groups"] == ["base", "other"]


async def test_intervals_change_at_once(bench: Bench) -> None:
    assert bench.reload(a_file(health="17s"))
    assert (bench.interval("service_health"), bench.loop.setup.pace.service_health) == (timedelta(seconds=17),) * 2


async def test_the_activity_log_is_read_at_its_own_interval(bench: Bench) -> None:
    assert bench.interval("activity_log") == timedelta(minutes=2)
    assert bench.reload(a_file().replace("[poll]", '[poll]\nactivity_log = "3m"'))
    assert bench.interval("activity_log") == timedelta(minutes=3)


async def test_peers_and_handlers_are_asked_at_their_own_intervals(bench: Bench) -> None:
    assert (bench.interval("peers"), bench.interval("handlers")) == (timedelta(minutes=1), timedelta(minutes=30))
    assert bench.reload(a_file().replace("[poll]", '[poll]\npeer = "2m"\nreadiness = "20m"'))
    assert (bench.interval("peers"), bench.interval("handlers")) == (timedelta(minutes=2), timedelta(minutes=20))


async def test_handlers_are_asked_at_once_after_every_reload(bench: Bench) -> None:
    # Whoever reloads more often than they are asked would never have them asked.
    loaded = Clock().now()
    assert bench.reload(a_file(more=SECOND_GROUP))
    job = bench.scheduler._scheduler.get_job("handlers")
    assert abs(job.next_run_time - loaded) < timedelta(minutes=1)


CANARY = f'[[canary]]\nregion = "westeurope"\ntemplate = "{an_id("canary")}"\nrespite = "1h"\n'
FREEZE = '[[freeze]]\nfrom = 2026-03-01T00:00:00Z\nto = 2027-03-09T00:00:00Z\nreason = "migration"\n'


async def test_a_canary_and_a_freeze_are_taken_over_and_can_be_taken_away(bench: Bench) -> None:
    assert bench.reload(a_file(more=CANARY + FREEZE))
    setup = bench.loop.setup
    assert [(c.template, c.respite) for c in setup.canaries.values()] == [(an_id("canary"), timedelta(hours=1))]
    assert [freeze.reason for freeze in setup.freezes] == ["migration"]
    assert an_id("canary") in setup.watched
    assert bench.reload(a_file())
    assert (bench.loop.setup.canaries, bench.loop.setup.freezes) == ({}, ())


async def test_a_file_with_mistakes_changes_nothing_and_every_mistake_is_told(bench: Bench) -> None:
    before = bench.loop.setup
    with capture_logs() as logs:
        assert not bench.reload(a_file(mode="automatic", health="soon"))
    told = said(logs, "configuration not taken over; the one before stays in force")
    assert (told["log_level"], [("mode" in m, "service_health" in m) for m in told["mistakes"]]) == (
        "error",
        [(False, True), (True, False)],
    )
    assert all(m.startswith(f"{bench.file}:") for m in told["mistakes"])
    assert (bench.loop.setup, bench.interval("service_health")) == (before, timedelta(seconds=60))


@pytest.mark.parametrize("text", ["", "[[group", "\x00", "[unknown]\n"])
async def test_text_that_is_no_configuration_changes_nothing(bench: Bench, text: str) -> None:
    before = bench.loop.setup
    taken = bench.reload(text)
    assert (taken, bench.loop.setup == before) in {(False, True), (True, False)}
    assert taken is (text == "")  # an empty file is a configuration: nothing is watched then


async def test_a_file_that_is_gone_changes_nothing(bench: Bench) -> None:
    bench.file.unlink()
    with capture_logs() as logs:
        bench.reloader.reload()
    assert bench.took_over == [False]
    assert "does not exist" in said(logs, "configuration not taken over")["mistakes"][0]


async def test_the_next_good_file_after_a_bad_one_is_taken_over(bench: Bench) -> None:
    bench.reload("[[group")
    bench.reload(a_file(mode="shadow"))
    assert bench.took_over == [False, True]
    assert bench.loop.setup.groups["base"].policy.mode is Mode.SHADOW


async def test_an_unknown_handler_is_refused_and_named(bench: Bench) -> None:
    with capture_logs() as logs:
        assert not bench.reload(a_file(more=FOREIGN_STEP))
    assert "nobody-has-this" in str(said(logs, "configuration not taken over")["mistakes"])


async def test_a_group_that_only_watches_may_be_taken_away(bench: Bench) -> None:
    assert bench.reload(SECOND_GROUP)
    assert sorted(bench.loop.setup.groups) == ["other"]


async def test_a_group_in_the_middle_of_a_move_may_not_be_taken_away(moving: Bench) -> None:
    with capture_logs() as logs:
        assert not moving.reload(SECOND_GROUP)
    assert said(logs, "configuration not taken over")["mistakes"] == (
        "group 'base' is moving; leave it and its members in until the move is done",
    )
    assert sorted(moving.loop.setup.groups) == ["base"]


BY_TAGS = found(an_id("tagged"), an_id("tagged", NORTH))


async def test_groups_by_tags_stay_beside_those_of_the_file(bench: Bench) -> None:
    bench.reloader.take_found(BY_TAGS)
    assert sorted(bench.loop.setup.groups) == ["base", "tagged"]
    assert bench.reload(a_file(mode="shadow", more=SECOND_GROUP))
    assert sorted(bench.loop.setup.groups) == ["base", "other", "tagged"]
    bench.reloader.take_found({})
    assert sorted(bench.loop.setup.groups) == ["base", "other"]


async def test_a_group_that_is_configured_now_is_the_configuration_s(bench: Bench) -> None:
    bench.reloader.take_found(found(an_id("other"), NORTH_2))
    assert bench.reload(a_file(more=SECOND_GROUP))
    assert {name: spec.tagged for name, spec in bench.loop.setup.groups.items()} == {"base": False, "other": False}


async def test_a_moving_group_may_go_over_to_tags_and_not_away(moving: Bench) -> None:
    moving.reloader.take_found(found(BASE_WEST, BASE_NORTH, name="base"))
    assert not moving.loop.setup.groups["base"].tagged
    assert moving.reload(SECOND_GROUP)
    assert moving.loop.setup.groups["base"].tagged


async def test_new_groups_by_tags_are_asked_about_at_once(bench: Bench) -> None:
    began = Clock().now()
    bench.reloader.take_found(BY_TAGS)
    job = bench.scheduler._scheduler.get_job("handlers")
    assert abs(job.next_run_time - began) < timedelta(minutes=1)


async def test_tags_are_looked_at_again_at_once_after_a_reload(bench: Bench) -> None:
    assert bench.interval("discovery") == timedelta(minutes=15)
    began = Clock().now()
    assert bench.reload(a_file().replace("[poll]", '[poll]\ndiscovery = "5m"'))
    job = bench.scheduler._scheduler.get_job("discovery")
    assert (bench.interval("discovery"), abs(job.next_run_time - began) < timedelta(minutes=1)) == (
        timedelta(minutes=5),
        True,
    )


async def test_the_target_of_a_move_may_not_be_taken_away(moving: Bench) -> None:
    assert not moving.reload(a_file(secondary=NORTH_2))


async def test_in_the_middle_of_a_move_everything_else_may_change(moving: Bench) -> None:
    assert moving.reload(a_file(mode="shadow", health="20s", more=SECOND_GROUP))
    assert moving.loop.state.groups["base"].move is not None


@pytest.mark.parametrize(
    ("section", "text"),
    [
        ("azure", a_file().replace("127.0.0.1:9", "127.0.0.1:10")),
        ("http", a_file() + '\n[http]\nlisten = "127.0.0.1:9999"\n'),
        ("state", a_file() + '\n[state]\nurl = "sqlite:////tmp/elsewhere.db"\n'),
        ("discovery", a_file() + '\n[discovery]\nignore = ["linux"]\n'),
        ("peer", a_file() + '\n[[peer]]\nname = "north"\nurl = "https://north.example.com"\n'),
        ("policy.service_health_service", a_file() + '\n[policy]\nservice_health_service = "virtual machines"\n'),
    ],
)
async def test_what_needs_a_restart_is_told(bench: Bench, section: str, text: str) -> None:
    with capture_logs() as logs:
        assert bench.reload(text)
    assert said(logs, "these changes need a restart")["sections"] == [section]


async def test_what_still_needs_a_restart_is_told_at_the_next_reload_too(bench: Bench) -> None:
    # The daemon goes on with the old endpoint; a reload for another reason must not hide that.
    changed = a_file().replace("127.0.0.1:9", "127.0.0.1:10")
    bench.reload(changed)
    with capture_logs() as logs:
        bench.reload(changed + SECOND_GROUP)
    assert said(logs, "these changes need a restart")["sections"] == ["azure"]


async def test_the_same_file_again_says_nothing_of_a_restart(bench: Bench) -> None:
    with capture_logs() as logs:
        assert bench.reload(a_file())
    assert [line for line in logs if "restart" in line["event"]] == []


async def test_warnings_are_told_again(bench: Bench) -> None:
    with capture_logs() as logs:
        assert bench.reload(a_file(more='secondary_regions = ["francesouth"]'))
    assert any("Image Builder is not offered in francesouth" in str(line.get("warning")) for line in logs)


async def reload_a_running_daemon(folder: Path) -> dict[str, Any]:
    """Give it a bad file and then a good one; return what it says of the last reload, and of its groups."""
    told: dict[str, Any] = {}
    async with an_azure(a_world()) as azure, a_daemon(folder, azure.base) as daemon:
        await daemon.start()
        await daemon.ready()
        good = daemon.config.read_text()
        told["well at the start"] = await reloaded_well(daemon, 1.0)
        await hang_up(daemon, good.replace('mode = "auto"', 'mode = "automatic"'), "not taken over")
        told["ill after the bad one"] = await reloaded_well(daemon, 0.0)
        told["mode after the bad one"] = (await daemon.group())["mode"]
        members = f'primary = "{template("rhel-weu")}"\nsecondaries = ["{template("rhel-neu")}"]'
        second = f'\n[[group]]\nname = "second"\n{members}\n'
        await hang_up(daemon, good.replace('mode = "auto"', 'mode = "shadow"') + second, "configuration taken over")
        told["well after the good one"] = await reloaded_well(daemon, 1.0)
        told["groups"] = [(g["name"], g["mode"]) for g in (await watched(daemon))]
    return told


@pytest.mark.beside.with_args(reload_a_running_daemon)
def test_a_running_daemon_takes_a_file_over_at_sighup_and_counts_a_bad_one(outcome: dict[str, Any]) -> None:
    assert outcome == {
        "well at the start": True,
        "ill after the bad one": True,
        "mode after the bad one": "auto",
        "well after the good one": True,
        "groups": [("second", "shadow"), ("ubuntu-base", "shadow")],
    }


async def hang_up(daemon: Daemon, text: str, event: str) -> None:
    """Change the file, send SIGHUP, and wait for the word of it in the log."""
    daemon.config.write_text(text)
    daemon.process.send_signal(1)

    async def look() -> bool:
        return event in daemon.log

    await until(f"the log says {event!r}", look, within=10)


async def reloaded_well(daemon: Daemon, value: float) -> bool:
    return f"\naibwatch_config_last_reload_successful {value}" in (await daemon.get("/metrics"))[1]


async def watched(daemon: Daemon) -> list[dict[str, Any]]:
    """Wait until every group was decided on, and return them."""

    async def look() -> list[dict[str, Any]] | None:
        groups: list[dict[str, Any]] = (await daemon.told("groups"))["groups"]
        return groups if all("mode" in g for g in groups) else None

    return await until("every group was decided on", look, within=10)
