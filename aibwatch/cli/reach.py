"""The way to the running daemon: questions and orders over HTTP, and what their answers mean to a command."""

import getpass
import http.client
import json
import os
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from typing import TYPE_CHECKING

from aibwatch.cli.context import Context, leave
from aibwatch.cli.entry import credentials, handler_for
from aibwatch.cli.exits import Exit

if TYPE_CHECKING:
    from aibwatch.config.schema import HttpSettings

TIMEOUT = 10.0
"""Seconds. The daemon answers from memory; one that needs longer is stuck."""

ORDER_TIMEOUT = 90.0
"""Seconds. An order is answered when it is on record, and a dry run when every handler has said what it would do."""

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


def fetch(options: Context, path: str) -> bytes:
    """Return what the daemon answers to a question."""
    try:
        code, content = call(options.load().settings.http, path)
    except UnreachableError as error:
        leave(Exit.UNREACHABLE, str(error))
    if code >= 300:
        leave(exit_for(code), words(content, code))
    return content


def order(options: Context, path: str, body: bytes, token: str) -> tuple[Mapping[str, object], Exit]:
    """Return what came of an order, and how to leave with it."""
    try:
        return understood(*call(options.load().settings.http, path, body, token))
    except UnreachableError as error:
        leave(Exit.UNREACHABLE, str(error))


def understood(code: int, content: bytes) -> tuple[Mapping[str, object], Exit]:
    """Return what the answer to an order says, and how to leave with it; leave where it says nothing."""
    try:
        told = json.loads(content)
    except ValueError:
        told = None
    if not isinstance(told, dict) or told.get("schema") != 1:
        leave(exit_for(code) if code >= 300 else Exit.FAILED, words(content, code))
    if code < 300:
        return told, Exit.DEGRADED if told.get("would") is False else Exit.WELL
    return told, REFUSED.get(str(told.get("refusal")), Exit.FAILED)


REFUSED = {"busy": Exit.BUSY, "held": Exit.DEGRADED}
"""How to leave when an order was not followed; otherwise there was nothing that it could be about."""


def words(content: bytes, code: int) -> str:
    """Return what a refusal says."""
    return content[:10_000].decode(errors="replace").strip() or f"the daemon answered {code}"


class UnreachableError(Exception):
    """No daemon answered; the message says where, and what to look at."""


def call(settings: "HttpSettings", path: str, order: bytes | None = None, token: str = "") -> tuple[int, bytes]:
    """Ask the daemon with these settings once, or give it an order; return status and content, whichever they are.

    Raises:
        UnreachableError: if none answers.
    """
    listen = settings.listen
    try:
        tls, headers = handler_for(settings), credentials(settings, token)
    except ValueError as error:
        raise UnreachableError(f"the daemon on {listen} cannot be asked: {error}") from error
    # The address is the operator's own.
    url = f"{'http' if tls is None else 'https'}://{_reachable(listen)}{path}"
    request = urllib.request.Request(url, data=order, headers=dict(headers))  # noqa: S310
    seconds = _patience(path)
    if order is not None:
        request.add_header("Content-Type", "application/json")
        seconds = ORDER_TIMEOUT
    try:
        with _opener(tls).open(request, timeout=seconds) as answer:
            content = answer.read(LARGEST)
            if answer.length:  # what is still to come: read with a limit does not say that it broke off
                raise http.client.IncompleteRead(content, answer.length)
            return answer.status, content
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(LARGEST)
    except (OSError, urllib.error.URLError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        why = f"no daemon answers on {listen} ({reason}); is it running?  systemctl status aibwatch"
        raise UnreachableError(why) from error


def _patience(path: str) -> float:
    return PATIENCE if any(part in path for part in PATIENT) else TIMEOUT


def whoami() -> str:
    """Return who gives an order, for the record: behind sudo the one who used it."""
    return os.environ.get("SUDO_USER") or getpass.getuser()


def exit_for(code: int) -> Exit:
    """Return how to leave after an answer that is no good one."""
    if code in {401, 403}:
        return Exit.NOT_PERMITTED
    if code in {429, 504}:
        return Exit.BUSY
    if code == 503:
        return Exit.STATE_NOT_WRITABLE
    return Exit.USAGE if code == 400 else Exit.FAILED


def _opener(tls: urllib.request.HTTPSHandler | None) -> urllib.request.OpenerDirector:
    """Ignore proxies of the environment: the daemon is on this host or on a named one of ours."""
    return urllib.request.build_opener(urllib.request.ProxyHandler({}), *((tls,) if tls else ()))


def _reachable(listen: str) -> str:
    """Return where to call a daemon that listens there: an address that means "all" is called on loopback."""
    host, _, port = listen.rpartition(":")
    return f"127.0.0.1:{port}" if host in {"", "0.0.0.0", "[::]"} else listen  # noqa: S104  # compared, not bound


def quoted(name: str) -> str:
    """Return the name as a part of a path."""
    return urllib.parse.quote(name, safe="")
