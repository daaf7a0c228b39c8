"""The way to the running daemon: questions and orders over HTTP, and what their answers mean to a command."""

import getpass
import json
import os
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass

from aibwatch.cli.context import Context, leave
from aibwatch.cli.exits import Exit

TIMEOUT = 10.0
"""Seconds. The daemon answers from memory; one that needs longer is stuck."""

PATIENCE = 60.0
"""Seconds, where the past is asked for: it is decided again."""

LARGEST = 64 * 1024 * 1024
"""Bytes of an answer; a status of 10,000 templates is a few MiB."""


LONGEST_REFUSAL = 10_000


def names(body: Mapping[str, object], what: str) -> list[str]:
    """Return the names of the groups or regions in a status."""
    entries = body.get(what)
    return [str(entry["name"]) for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def ask(options: Context, path: str) -> Mapping[str, object]:
    """Return what the daemon answers to a question."""
    try:
        body = json.loads(fetch(options, path))
    except ValueError:
        body = None
    if not isinstance(body, dict) or body.get("schema") != 1:
        leave(Exit.FAILED, "what answers there is not an aibwatch that this version understands")
    return body


def fetch(options: Context, path: str, order: bytes | None = None, token: str = "") -> bytes:
    """Return what the daemon answers to a question, or to an order with its token."""
    try:
        answer = call(options.load().settings.http.listen, path, order, token)
    except UnreachableError as error:
        leave(Exit.UNREACHABLE, str(error))
    if not answer.well:
        leave(_exit_for(answer.status), answer.text or f"the daemon answered {answer.status}")
    return answer.body


class UnreachableError(Exception):
    """No daemon answered; the message says where, and what to look at."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What a daemon answered, well or ill."""

    status: int
    body: bytes

    @property
    def well(self) -> bool:
        """Whether it did what it was asked."""
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        """Return the words of a refusal."""
        return self.body[:LONGEST_REFUSAL].decode(errors="replace").strip()


def call(listen: str, path: str, order: bytes | None = None, token: str = "") -> Answered:
    """Ask the daemon that listens there once.

    Raises:
        UnreachableError: if none answers.
    """
    # The address is the operator's own and plain http: the daemon serves no TLS.
    request = urllib.request.Request(f"http://{_reachable(listen)}{path}", data=order)
    if order is not None:
        request.add_header("Content-Type", "application/json")
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with _opener().open(request, timeout=PATIENCE if "?at=" in path else TIMEOUT) as answer:
            return Answered(answer.status, answer.read(LARGEST))
    except urllib.error.HTTPError as error:
        with error:
            return Answered(error.code, error.read(LONGEST_REFUSAL))
    except (OSError, urllib.error.URLError) as error:
        reason = getattr(error, "reason", error)
        why = f"no daemon answers on {listen} ({reason}); is it running?  systemctl status aibwatch"
        raise UnreachableError(why) from error


def whoami() -> str:
    """Return who gives an order, for the record: behind sudo the one who used it."""
    return os.environ.get("SUDO_USER") or getpass.getuser()


def _exit_for(code: int) -> Exit:
    """Return how to leave after an answer that is no good one."""
    if code in {401, 403}:
        return Exit.NOT_PERMITTED
    if code == 429:
        return Exit.BUSY
    return Exit.USAGE if code == 400 else Exit.FAILED


def _opener() -> urllib.request.OpenerDirector:
    """Ignore proxies of the environment: the daemon is on this host or on a named one of ours."""
    return urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _reachable(listen: str) -> str:
    """Return where to call a daemon that listens there: an address that means "all" is called on loopback."""
    host, _, port = listen.rpartition(":")
    return f"127.0.0.1:{port}" if host in {"", "0.0.0.0", "[::]"} else listen  # noqa: S104  # compared, not bound


def quoted(name: str) -> str:
    """Return the name as a part of a path."""
    return urllib.parse.quote(name, safe="")
