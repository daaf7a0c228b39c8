from pathlib import Path

from aibwatch.config.path import config_path


def test_the_option_wins_over_the_environment() -> None:
    assert config_path("mine.toml", {"AIBWATCH_CONFIG": "/env.toml"}) == Path("mine.toml")


def test_the_environment_wins_over_the_usual_place() -> None:
    assert config_path(None, {"AIBWATCH_CONFIG": "/env.toml"}) == Path("/env.toml")


def test_without_either_the_file_is_in_etc() -> None:
    assert config_path(None, {"AIBWATCH_CONFIG": ""}) == Path("/etc/aibwatch/config.toml")
