from pathlib import Path

import pytest

from aibwatch.config.path import config_path, named_file


def test_the_option_wins_over_the_environment() -> None:
    assert config_path("mine.toml", {"AIBWATCH_CONFIG": "/env.toml"}) == Path("mine.toml")


def test_the_environment_wins_over_the_usual_place() -> None:
    assert config_path(None, {"AIBWATCH_CONFIG": "/env.toml"}) == Path("/env.toml")


def test_without_either_the_file_is_in_etc() -> None:
    assert config_path(None, {"AIBWATCH_CONFIG": ""}) == Path("/etc/aibwatch/config.toml")


def test_a_credential_is_where_systemd_says() -> None:
    env = {"CREDENTIALS_DIRECTORY": "/run/credentials/mine.service"}
    assert named_file("$CREDENTIALS_DIRECTORY/token", env) == Path("/run/credentials/mine.service/token")


def test_the_shell_of_root_finds_the_credentials_of_the_running_service() -> None:
    assert named_file("$CREDENTIALS_DIRECTORY/token", {}) == Path("/run/credentials/aibwatch.service/token")


@pytest.mark.parametrize("named", ["/etc/aibwatch/token", "token", "$HOME/token", "$CREDENTIALS_DIRECTORY", "/a$b/c"])
def test_every_other_file_is_meant_as_it_stands(named: str) -> None:
    assert named_file(named, {"HOME": "/root", "CREDENTIALS_DIRECTORY": "/run/credentials"}) == Path(named)
