"""Ask a daemon that dies while it answers."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from aibwatch.cli.reach import UnreachableError, call
from aibwatch.config.schema import HttpSettings


@contextmanager
def a_server(answer: bytes) -> Iterator[str]:
    """Give the address of one that sends so much and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(10_000)
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        thread.join()


@pytest.mark.parametrize(
    "answer",
    [b"", b"nonsense\r\n\r\n", b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"schema": 1'],
    ids=["nothing", "no HTTP", "half a body"],
)
def test_an_answer_that_broke_off_is_none(answer: bytes) -> None:
    with a_server(answer) as listen, pytest.raises(UnreachableError, match=f"no daemon answers on {listen}"):
        call(HttpSettings(listen=listen), "/api/v1/status")


def test_an_answer_is_given_as_it_came() -> None:
    with a_server(b"HTTP/1.1 409 Conflict\r\nContent-Length: 2\r\n\r\nno") as listen:
        assert call(HttpSettings(listen=listen), "/api/v1/status") == (409, b"no")
