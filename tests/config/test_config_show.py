import json
from collections.abc import Callable
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from aibwatch.config.load import Loaded
from aibwatch.config.schema import Settings, StateSettings
from aibwatch.config.show import as_json, masked, render
from aibwatch.core.policy import Setup

SUBSCRIPTION = "/subscriptions/11111111-2222-3333-4444-555555555555"
TEMPLATES = f"{SUBSCRIPTION}/resourceGroups/images/providers/Microsoft.VirtualMachineImages/imageTemplates"
FULL = f"""
[azure]
credential = "cli"
ca_bundle = "/etc/\\"é\\u007f\\t\\\\.pem"
[http]
token_file = "/run/token"
[policy]
drill_max_age = "off"
suspect_score = 2
[[canary]]
region = "westeurope"
template = "{TEMPLATES}/canary"
routine = "off"
[[freeze]]
from = 2026-12-20T00:00:00Z
to = 2027-01-04T08:00:00.5+01:00
reason = "year-end close"
[[mapping]]
from = "westeurope"
to = "northeurope"
replace = {{ weu = "neu", "w e" = "n e" }}
exact = {{ "https://a.blob.core.windows.net" = "https://b.blob.core.windows.net" }}
[[mapping]]
from = "northeurope"
to = "westeurope"
[[dependency]]
region = "westeurope"
resource = "{TEMPLATES}/x"
[[group]]
name = "a"
primary = "{TEMPLATES}/a1"
secondaries = ["{TEMPLATES}/a2", "{TEMPLATES}/a3"]
cooldown = "90m"
[[group.step]]
handler = "notify-chat"
[[group.step]]
handler = "run-template"
retries = 1
[[group]]
name = "b"
primary = "{TEMPLATES}/B1"
secondaries = ["{TEMPLATES}/b2"]
allowed_geographies = ["Europe"]
mode = "approve"
"""


def test_what_is_shown_loads_again_to_the_same(read: Callable[[str], Loaded]) -> None:
    loaded = read(FULL)

    again = read(render(loaded))

    assert (again.settings, again.setup) == (loaded.settings, loaded.setup)


def test_options_of_handlers_come_to_the_core_and_are_shown_as_they_were_written(read: Callable[[str], Loaded]) -> None:
    options = """
[[group.step]]
handler = "command"
options = { command = ["/bin/x", "-v"] }
[[group.step]]
handler = "notify-chat"
options = { room = "ops", loud = true, tries = 3, pace = 0.5, names = [], people = ["ann", "bob"] }
"""
    loaded = read(FULL + options)

    known = {"room": "ops", "loud": True, "tries": 3, "pace": 0.5, "names": (), "people": ("ann", "bob")}
    assert [step.options for step in loaded.setup.groups["b"].steps] == [{"command": ("/bin/x", "-v")}, known]
    assert read(render(loaded)).setup == loaded.setup


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30), st.floats(0, exclude_min=True, max_value=9))
def test_any_text_and_number_is_shown_so_that_it_loads_again(
    read: Callable[[str], Loaded], text: str, number: float
) -> None:
    settings = Settings.model_validate({"azure": {"client_id": text}, "policy": {"suspect_score": number}})

    assert read(render(Loaded(file=Path(text), settings=settings, setup=Setup(groups={})))).settings == settings


def test_defaults_are_marked_and_what_the_file_says_is_not(read: Callable[[str], Loaded]) -> None:
    lines = render(read(FULL)).splitlines()

    assert 'credential = "cli"' in lines
    assert 'cloud = "public"  # default' in lines
    assert 'cooldown = "1h"  # default' in lines
    assert 'cooldown = "1h30m"' in lines
    assert 'handler = "run-template"  # default' in lines
    assert 'handler = "run-template"' in lines


def test_a_group_shows_only_the_policy_it_overrides(read: Callable[[str], Loaded]) -> None:
    shown = render(read(FULL))

    assert shown.partition("[[group]]")[2].count("cooldown") == 1


def test_a_file_that_names_a_secret_is_shown_by_its_name(read: Callable[[str], Loaded]) -> None:
    assert 'token_file = "/run/token"' in render(read(FULL))


def test_a_password_in_an_address_is_masked() -> None:
    assert masked("postgresql://me:s3cret/p@ss@host/db") == "postgresql://me:***@host/db"
    assert masked("postgresql://host/db?user=me&password=s3cret&x=1") == "postgresql://host/db?user=me&password=***&x=1"
    assert masked("sqlite:////var/a:b@c.db") == "sqlite:////var/a:b@c.db"


def test_neither_form_shows_a_password() -> None:
    settings = Settings(state=StateSettings(url="postgresql://me:s3cret@host/db"))
    loaded = Loaded(file=Path("config.toml"), settings=settings, setup=Setup(groups={}))

    assert "s3cret" not in render(loaded)
    assert "s3cret" not in json.dumps(as_json(loaded))


def test_programs_get_values_defaults_and_warnings(read: Callable[[str], Loaded]) -> None:
    shown = as_json(read('[policy]\nmode = "auto"\ncooldown = "90m"\n'))

    config, defaults = shown["config"], shown["defaults"]
    assert isinstance(config, dict)
    assert isinstance(defaults, list)
    assert (shown["schema"], shown["file"]) == (1, "config.toml")
    assert (config["policy"]["mode"], config["policy"]["cooldown"]) == ("auto", "1h30m")
    assert "policy.hold_min" in defaults
    assert "policy.mode" not in defaults
    assert shown["warnings"] == ["config.toml:1: group: nothing is watched; write a [[group]]"]
    assert json.loads(json.dumps(shown)) == shown


def test_a_freeze_is_shown_to_programs_with_its_times_as_text(read: Callable[[str], Loaded]) -> None:
    shown = json.loads(json.dumps(as_json(read(FULL))))
    assert shown["config"]["freeze"] == [
        {"from": "2026-12-20T00:00:00+00:00", "to": "2027-01-04T08:00:00.500000+01:00", "reason": "year-end close"}
    ]
    assert [name for name in shown["defaults"] if name.startswith("freeze")] == []
