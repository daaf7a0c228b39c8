"""`aibwatch backtest` plays worlds with the thresholds of a configuration, and says what it cannot use."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from aibwatch.cli.exits import Exit
from aibwatch.cli.main import app
from aibwatch.config import path as places
from tests.backtest.support import DOWN, a_text, failed

RIGHT = a_text(*DOWN, runs=[failed(2, "a"), failed(8, "b")], expect={"kind": "failover", "by_minute": 20})
WRONG = a_text(*DOWN, id="two", runs=[failed(2, "a"), failed(8, "b")], expect={"kind": "never"})


@pytest.fixture(autouse=True)
def no_configuration(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep a configuration of this machine out of it."""
    monkeypatch.setattr(places, "USUAL_PLACE", tmp_path / "absent.toml")


def aibwatch(*arguments: str | Path) -> Result:
    return CliRunner(env={"AIBWATCH_CONFIG": ""}).invoke(app, [str(argument) for argument in arguments])


def a_file(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text)
    return folder / name


def test_all_right_exits_with_0_and_says_so_first(tmp_path: Path) -> None:
    told = aibwatch("backtest", a_file(tmp_path, "w", RIGHT))
    assert (told.exit_code, told.stderr) == (Exit.WELL, "")
    assert told.stdout.startswith("1 of 1 world went right.\n")


def test_one_wrong_exits_with_1_as_text_and_as_json(tmp_path: Path) -> None:
    files = a_file(tmp_path, "a", RIGHT), a_file(tmp_path, "b", WRONG)
    text, body = aibwatch("backtest", *files), aibwatch("backtest", *files, "--json")
    assert (text.exit_code, body.exit_code) == (Exit.FAILED, Exit.FAILED)
    assert json.loads(body.stdout)["wrong"] == ["two"]


def test_nothing_labelled_is_nothing_wrong(tmp_path: Path) -> None:
    told = aibwatch("backtest", a_file(tmp_path, "w", a_text(*DOWN)), "--json")
    assert (told.exit_code, json.loads(told.stdout)["correct"]) == (Exit.WELL, 0)


def test_a_bad_file_exits_with_2_with_all_its_mistakes_and_plays_nothing(tmp_path: Path) -> None:
    bad = a_file(tmp_path, "bad", '[{"id": "a"}, {"id": "b", "horizon_minutes": 1, "x\\u001b": 1}]')
    told = aibwatch("backtest", a_file(tmp_path, "w", RIGHT), bad, tmp_path / "absent", "--json")
    assert (told.exit_code, told.stdout) == (Exit.USAGE, "")
    assert told.stderr.splitlines() == [
        f"{bad}: a: horizon_minutes: it is missing",
        f"{bad}: b: x : there is no such key",
        f"{tmp_path}/absent: there is no such file",
        "3 errors; nothing was played.",
    ]


def test_the_thresholds_are_those_of_the_configuration(tmp_path: Path) -> None:
    strict = a_file(tmp_path, "c.toml", "[policy]\nconfirm_score = 60.0\n")
    told = aibwatch("--config", strict, "backtest", a_file(tmp_path, "w", RIGHT), "--json")
    assert (told.exit_code, json.loads(told.stdout)["results"][0]["failovers"]) == (Exit.FAILED, [])


@pytest.mark.parametrize("text", ["[policy]\nconfirm = 3\n", None])
def test_a_configuration_with_mistakes_or_that_is_named_and_absent_exits_with_78(
    tmp_path: Path, text: str | None
) -> None:
    config = tmp_path / "c.toml"
    if text is not None:
        config.write_text(text)
    told = aibwatch("--config", config, "backtest", a_file(tmp_path, "w", RIGHT))
    assert (told.exit_code, told.stdout) == (Exit.CONFIG, "")
    assert str(config) in told.stderr


def test_variants_are_played_reported_and_judged(tmp_path: Path) -> None:
    told = aibwatch("backtest", a_file(tmp_path, "w", WRONG), "--variants", "2", "--json")
    variants = json.loads(told.stdout)["variants"]
    assert (told.exit_code, variants["played"], variants["right"], variants["unsafe"]) == (Exit.FAILED, 2, 0, 2)


def test_the_list_of_what_is_shipped_plays_nothing() -> None:
    text, body = aibwatch("backtest", "--list"), aibwatch("backtest", "--list", "--json")
    worlds = json.loads(body.stdout)["worlds"]
    assert (text.exit_code, body.exit_code, len(worlds) >= 40) == (Exit.WELL, Exit.WELL, True)
    assert [w["id"] for w in worlds if f"  {w['id']}: " not in text.stdout] == []


@pytest.mark.parametrize("number", ["-1", "1001", "many"])
def test_a_senseless_number_of_variants_exits_with_2(number: str) -> None:
    assert aibwatch("backtest", "--variants", number).exit_code == Exit.USAGE
