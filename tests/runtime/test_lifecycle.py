"""Speak with systemd over a real socket."""

import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from aibwatch.runtime.lifecycle import notify


@contextmanager
def systemd(address: str) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
        server.bind(address)
        server.settimeout(5)
        yield server


def test_a_message_goes_to_the_socket_that_systemd_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    with systemd(str(tmp_path / "notify")) as server:
        notify("READY=1")
        assert server.recv(100) == b"READY=1"


def test_an_at_sign_means_an_abstract_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"aibwatch-{uuid.uuid4()}"
    monkeypatch.setenv("NOTIFY_SOCKET", f"@{name}")
    with systemd(f"\0{name}") as server:
        notify("STOPPING=1")
        assert server.recv(100) == b"STOPPING=1"


@pytest.mark.parametrize("address", ["", "/nowhere/notify", "@nobody-listens-here"])
def test_where_nobody_listens_it_is_silent(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    notify("READY=1")
