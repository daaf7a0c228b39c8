from collections.abc import Callable

import pytest

Warnings = Callable[[str], list[str]]

SUBSCRIPTION = "/subscriptions/11111111-2222-3333-4444-555555555555"
TEMPLATES = f"{SUBSCRIPTION}/resourceGroups/images/providers/Microsoft.VirtualMachineImages/imageTemplates"
GROUP = f'[[group]]\nname = "base"\nprimary = "{TEMPLATES}/weu"\nsecondaries = ["{TEMPLATES}/neu"]\n'


def test_a_plain_configuration_brings_no_warning(warnings_in: Warnings) -> None:
    assert warnings_in(GROUP) == []


def test_without_a_group_nothing_is_watched(warnings_in: Warnings) -> None:
    assert warnings_in("") == ["config.toml:1: group: nothing is watched; write a [[group]]"]


@pytest.mark.parametrize(
    ("text", "key", "said"),
    [
        ('mode = "approve"', 'group "base": mode', "cannot take approvals, so it only says what it would do"),
        ('drill_max_age = "off"', 'group "base": drill_max_age', "drills do not exist in this version"),
        ('allowed_geographies = ["Europe"]', 'group "base": allowed_geographies', "does not compare geographies"),
        ('[policy]\nmode = "approve"', "policy.mode", "cannot take approvals"),
        ('[policy]\ndrill_max_age = "35d"', "policy.drill_max_age", "drills do not exist in this version"),
        ('service_health_service = "builder"', 'group "base": service_health_service', "only the one under [policy]"),
        ('[http]\nweb_config_file = "/etc/web.yml"', "http.web_config_file", "serves plain HTTP"),
        (f'[[canary]]\nregion = "westeurope"\ntemplate = "{TEMPLATES}/c"', "canary", "runs no canaries"),
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


def test_every_duration_of_a_second_is_accepted(warnings_in: Warnings) -> None:
    policy = ["cooldown", "hold_min", "hold_max", "min_outage_age", "recovery_min", "run_window", "drill_max_age"]
    poll = ["templates", "probe", "service_health", "resource_health", "activity_log", "peer", "readiness"]
    azure = ["connect_timeout", "request_timeout"]
    sections = {"policy": policy, "poll": poll, "azure": azure}
    text = "".join(f"[{name}]\n" + "".join(f'{key} = "1s"\n' for key in keys) for name, keys in sections.items())
    step = '[[group.step]]\nhandler = "run-template"\ntimeout = "1s"\n'

    assert len(warnings_in(text + GROUP + step)) == len([*policy, *poll, *azure, "timeout"])
