"""Reading scenarios: what is understood, and what is said of what is not."""

from pathlib import Path

import pytest

from aibwatch.simulator.scenario import ScenarioError, default_scenario, default_text, load_scenario, parse_scenario
from aibwatch.simulator.trouble import Answer, Operation

from .support import TWO_TEMPLATES, scenario


def mistakes(text: str) -> list[str]:
    with pytest.raises(ScenarioError) as error:
        parse_scenario(text, "drill.toml")
    assert str(error.value).splitlines() == list(error.value.mistakes)
    return list(error.value.mistakes)


def test_every_mistake_is_told_with_its_line() -> None:
    text = """seed = "seven"
sped = 3

[[template]]
name = "a b"
resource_group = "g"
region = "westeurope"
last_run = "crashed"

[[template]]
resource_group = "g"
region = "westeurope"
every = 0.5

[durations]
building = -1

[[trouble]]
region = "mars"
operations = ["run", "fly"]
answer = "500"
from = 10
to = 5

[[trouble]]
region = "westeurope"
operations = ["events"]
answer = "teapot"
share = 2
"""
    assert [line.split(": ", 2)[:2] for line in mistakes(text)] == [
        ["drill.toml:1", "seed"],
        ["drill.toml:2", "sped"],
        ["drill.toml:5", "name"],
        ["drill.toml:8", "last_run"],
        ["drill.toml:10", "name"],
        ["drill.toml:13", "every"],
        ["drill.toml:16", "building"],
        ["drill.toml:19", "region"],
        ["drill.toml:20", "operations"],
        ["drill.toml:23", "to"],
        ["drill.toml:26", "region"],
        ["drill.toml:28", "answer"],
        ["drill.toml:29", "share"],
    ]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('[[trouble]]\nanswer = "500"\nto = 5\nfor = 6', "for: stands beside `to`; leave one of them out"),
        ('[[trouble]]\nregion = "*"', "answer: is missing; add one of 500, arm-500, "),
        (
            '[[trouble]]\nanswer = "stuck-queued"\noperations = ["run"]',
            "operations: stuck-queued befalls runs, not requests; leave the key out",
        ),
        ('[[trouble]]\nanswer = "500"\ntemplates = ["ubunto-weu"]', "templates: no template is called 'ubunto-weu'"),
        (
            '[[trouble]]\nanswer = "500"\nregion = "west eruope"',
            "region: no template lives in 'westeruope'; use one of",
        ),
        ('[[event]]\ntracking_id = "X"', "regions: is missing or empty; add display names"),
        ('[[event]]\nregions = ["West Europe"]', 'tracking_id: is missing; add tracking_id = "..."'),
        (
            '[[event]]\ntracking_id = "X"\nregions = ["West Europe"]\nresolved_early = { "East US" = 5 }',
            "resolved_early: 'East US' is not among the event's regions",
        ),
        (
            '[[availability]]\nresource = "/subscriptions/s/providers/Microsoft.VirtualMachineImages/imageTemplates/t"',
            "resource: Resource Health does not know image templates",
        ),
        (
            '[[template]]\nname = "UBUNTU-weu"\nresource_group = "Images-weu"\nregion = "westeurope"',
            "name: 'UBUNTU-weu' is in 'Images-weu' already; give it another name",
        ),
        (
            '[[template]]\nname = "x"\nresource_group = "g"\nregion = "r"\nsource = "ubuntu"',
            "source: is not a platform image",
        ),
        (
            '[[template]]\nname = "x"\nresource_group = "g"\nregion = "r"\ntags = { a = 1 }',
            "tags: {'a': 1} is not a table",
        ),
        ('[[template]]\nname = "x"\nresource_group = "g"\nregion = "r"\nvalidate = "yes"', "neither true nor false"),
        (
            '[[template]]\nname = "x"\nresource_group = "g"\nregion = "r"\nscript = 5',
            "script: 5 is not a text; write it in",
        ),
        ('[[event]]\ntracking_id = "X"\nregions = "West Europe"', "regions: 'West Europe' is not a list of texts"),
        ('[[resource]]\nid = "image-builder"', "id: 'image-builder' is no resource id; write /subscriptions/"),
        (
            '[[resource]]\nid = "/subscriptions/s"\nproperties = { a = 2026-01-01 }',
            "is not a table of what JSON can say",
        ),
        ('[[quota]]\nregion = "westeurope"\nname = "cores"', "limit: is missing; add limit = ..., as a number"),
        ('[[sku]]\nregion = "westeurope"', 'size: is missing; add size = "..."'),
        ('[[provider]]\nstate = "NotRegistered"', 'namespace: is missing; add namespace = "..."'),
        ('[[trigger]]\ntemplate = "ubunto-weu"', "template: no template is called 'ubunto-weu'; correct the name"),
        (
            '[[template]]\nname = "x"\nresource_group = "g"\nregion = "r"\nsubnet = "machines"',
            "subnet: 'machines' is no resource id; write /subscriptions/",
        ),
        (
            '[[template]]\nname = "x"\nresource_group = "g"\nregion = "r"\nproperties = { customize = 5 }',
            "properties: make it no template (Validation failed: 'ImageTemplate.properties.customize': Missing field",
        ),
        ('[event]\ntracking_id = "X"', "event: is not a list of tables; write [[event]]"),
        ('[template.tags]\na = "b"', ""),
    ],
)
def test_a_mistake_says_what_to_do(more: str, said: str) -> None:
    if not said:
        assert parse_scenario(f"{TWO_TEMPLATES}\n{more}", "drill.toml").templates[-1].tags == {"a": "b"}
        return
    assert said in mistakes(f"{TWO_TEMPLATES}\n{more}")[0]


def test_broken_toml_names_its_line() -> None:
    (line,) = mistakes('seed = 7\nspeed = \n[[template]]\nname = "x"')
    assert line.startswith("drill.toml:2: syntax: ")


def test_toml_that_ends_too_early_names_its_last_line() -> None:
    (line,) = mistakes('seed = 7\nregions = ["a"')
    assert line.startswith("drill.toml:2: syntax: ")


def test_a_scenario_without_templates_is_none() -> None:
    assert mistakes("seed = 1") == ["drill.toml:1: template: there is none; add at least one [[template]]"]


def test_a_file_that_is_not_there_is_a_mistake_like_another(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="cannot be read"):
        load_scenario(tmp_path / "none.toml")


def test_a_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "drill.toml").write_text(TWO_TEMPLATES)
    assert load_scenario(tmp_path / "drill.toml") == scenario()


def test_a_trouble_is_read_with_its_defaults() -> None:
    (trouble,) = scenario(
        '[[trouble]]\nregion = "West Europe"\noperations = "run"\nanswer = "429"\nfrom = 5\nfor = 10'
    ).troubles
    assert (trouble.region, set(trouble.operations), trouble.answer) == (
        "westeurope",
        {Operation.RUN},
        Answer.THROTTLED,
    )
    assert (trouble.start, trouble.end, trouble.every_nth, trouble.share) == (5, 15, 1, 1)


def test_a_trouble_without_operations_is_one_of_arm_but_not_of_the_token() -> None:
    every, absent = scenario('[[trouble]]\nanswer = "500"\noperations = "*"\n[[trouble]]\nanswer = "500"').troubles
    assert every.operations == frozenset(Operation)
    assert every.operations - absent.operations == {Operation.TOKEN}


def test_the_built_in_scenario_has_two_regions_and_an_outage() -> None:
    built_in = default_scenario()
    assert parse_scenario(default_text(), "x") == built_in
    assert {(t.name, t.resource_group, t.region) for t in built_in.templates} == {
        ("ubuntu-weu", "images-weu", "westeurope"),
        ("rhel-weu", "images-weu", "westeurope"),
        ("ubuntu-neu", "images-neu", "northeurope"),
        ("rhel-neu", "images-neu", "northeurope"),
    }
    assert {trouble.region for trouble in built_in.troubles} == {"westeurope"}
    assert len(built_in.events) == 1
