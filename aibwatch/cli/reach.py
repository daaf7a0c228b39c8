"""The way to the running daemon: questions and orders over HTTP, and what their answers mean to a command."""

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping

from aibwatch.cli.context import Context, leave
from aibwatch.cli.exits import Exit

TIMEOUT = 10.0
"""Seconds. The daemon answers from memory; one that needs longer is stuck."""

PATIENCE = 60.0
"""Seconds, where the past is asked for, which is decided again, or all that was seen in an incident."""

PATIENT = ("?at=", "/incidents/")
"""What such paths have in them."""

LARGEST = 64 * 1024 * 1024
"""Bytes of an answer; a status of 10,000 templates is a few MiB."""


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
    listen = options.load().settings.http.listen
    # The address is the operator's own and plain http: the daemon serves no TLS.
    request = urllib.request.Request(f"http://{_reachable(listen)}{path}", data=order)
    if order is not None:
        request.add_header("Content-Type", "application/json")
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with _opener().open(request, timeout=_patience(path)) as answer:
            content: bytes = answer.read(LARGEST)
            return content
    except urllib.error.HTTPError as error:
        with error:
            leave(
                _exit_for(error.code),
                error.read(10_000).decode(errors="replace").strip() or f"the daemon answered {error.code}",
            )
    except (OSError, urllib.error.URLError) as error:
        reason = getattr(error, "reason", error)
        leave(Exit.UNREACHABLE, f"no daemon answers on {listen} ({reason}); is it running?  systemctl status aibwatch")


def _patience(path: str) -> float:
    return PATIENCE if any(part in path for part in PATIENT) else TIMEOUT


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
