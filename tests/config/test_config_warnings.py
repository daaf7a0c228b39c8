from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aibwatch.config.load import loads

Warnings = Callable[[str], list[str]]

SUBSCRIPTION = "/subscriptions/11111111-2222-3333-4444-555555555555"
TEMPLATES = f"{SUBSCRIPTION}/resourceGroups/images/providers/Microsoft.VirtualMachineImages/imageTemplates"
FILE = Path("config.toml")
CANARY = f'[[canary]]\nregion = "westeurope"\ntemplate = "{TEMPLATES}/canary"\n'
FREEZE = '[[freeze]]\nfrom = {starts}\nto = {ends}\nreason = "year-end close"\n'
GROUP = f'[[group]]\nname = "base"\nprimary = "{TEMPLATES}/weu"\nsecondaries = ["{TEMPLATES}/neu"]\n'


def test_a_plain_configuration_brings_no_warning(warnings_in: Warnings) -> None:
    assert warnings_in(GROUP) == []


def test_without_a_group_nothing_is_watched(warnings_in: Warnings) -> None:
    assert warnings_in("") == ["config.toml:1: group: nothing is watched; write a [[group]]"]


@pytest.mark.parametrize(
    ("text", "key", "said"),
    [
        ('service_health_service = "builder"', 'group "base": service_health_service', "only the one under [policy]"),
    ],
)
def test_a_setting_without_effect_says_so(warnings_in: Warnings, text: str, key: str, said: str) -> None:
    (warning,) = warnings_in(GROUP + text)
    assert f": {key}: has no effect yet: " in warning
    assert said in warning


def test_an_empty_setting_is_no_setting(warnings_in: Warnings) -> None:
    assert warnings_in(GROUP + 'allowed_geographies = []\n[http]\ntoken_file = ""\nweb_config_file = ""\n') == []


def test_modes_that_work_bring_no_warning(warnings_in: Warnings) -> None:
    assert warnings_in(GROUP + 'mode = "auto"\n[policy]\nmode = "shadow"\n') == []


def test_a_duration_too_short_for_production_is_accepted_with_the_reason(warnings_in: Warnings) -> None:
    text = '[poll]\nprobe = "1s"\n[policy]\nhold_min = "1s"\n' + GROUP + 'cooldown = "1s"\n'
    assert warnings_in(text) == [
        (
            "config.toml:2: poll.probe: 1s is short for production: "
            "Azure then throttles the probe, and a blip of seconds counts three times; write 10s or more"
        ),
        (
            "config.toml:4: policy.hold_min: 1s is short for production: "
            "a group then moves for a blip that ends by itself; write 1m or more"
        ),
        (
            'config.toml:9: group "base": cooldown: 1s is short for production: '
            "a group can then move again before one image was built; write 10m or more"
        ),
    ]


def test_a_canary_that_can_do_its_work_brings_no_warning(warnings_in: Warnings) -> None:
    assert warnings_in(GROUP + CANARY + 'routine = "off"\nmax_per_day = 288\n') == []


def test_a_routine_of_minutes_is_accepted_with_the_reason(warnings_in: Warnings) -> None:
    assert warnings_in(GROUP + CANARY + 'routine = "10m"\n') == [
        (
            "config.toml:8: canary 1: routine: 10m is short for production: "
            "a canary is a build that costs money, also where all is well; write 1h or more"
        )
    ]


def test_a_freeze_that_is_over_says_so() -> None:
    text = GROUP + FREEZE.format(starts="2025-12-20T00:00:00Z", ends="2026-01-04T08:00:00+01:00")
    before, after = (loads(text, FILE, now=datetime(2026, 1, 4, hour, 30, tzinfo=UTC)) for hour in (6, 7))
    assert before.warnings == ()
    assert [str(warning) for warning in after.warnings] == [
        (
            "config.toml:7: freeze 1: to: this freeze is over since 2026-01-04T08:00:00+01:00; "
            "remove it, or correct its year"
        )
    ]


def test_every_duration_of_a_second_is_accepted(warnings_in: Warnings) -> None:
    policy = ["cooldown", "hold_min", "hold_max", "min_outage_age", "recovery_min", "run_window", "drill_max_age"]
    canary = ["routine", "retry_after", "respite"]
    poll = ["templates", "probe", "service_health", "resource_health", "activity_log", "peer", "readiness"]
    azure = ["connect_timeout", "request_timeout"]
    sections = {"policy": policy, "poll": poll, "azure": azure}
    text = "".join(f"[{name}]\n" + "".join(f'{key} = "1s"\n' for key in keys) for name, keys in sections.items())
    step = '[[group.step]]\nhandler = "run-template"\ntimeout = "1s"\n'

    text += CANARY + "".join(f'{key} = "1s"\n' for key in canary)
    warned = [*policy, *poll, *azure, *canary, "timeout"]
    warned.remove("drill_max_age")  # of any length it holds moves, and lets none go too early

    assert len(warnings_in(text + GROUP + step)) == len(warned)
