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

ORDER_TIMEOUT = 90.0
"""Seconds. An order is answered when it is on record, and a dry run when every handler has said what it would do."""

PATIENCE = 60.0
"""Seconds, where the past is asked for: it is decided again."""

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
    listen = options.load().settings.http.listen
    # The address is the operator's own and plain http: the daemon serves no TLS.
    request = urllib.request.Request(f"http://{_reachable(listen)}{path}")
    code, content = _send(request, listen, PATIENCE if "?at=" in path else TIMEOUT)
    if code >= 300:
        leave(_exit_for(code), _words(content, code))
    return content


def order(options: Context, path: str, body: bytes, token: str) -> tuple[Mapping[str, object], Exit]:
    """Return what came of an order, and how to leave with it."""
    listen = options.load().settings.http.listen
    request = urllib.request.Request(f"http://{_reachable(listen)}{path}", data=body)
    request.add_header("Content-Type", "application/json")
    request.add_header("Authorization", f"Bearer {token}")
    code, content = _send(request, listen, ORDER_TIMEOUT)
    try:
        told = json.loads(content)
    except ValueError:
        told = None
    if not isinstance(told, dict) or told.get("schema") != 1:
        leave(_exit_for(code) if code >= 300 else Exit.FAILED, _words(content, code))
    if code < 300:
        return told, Exit.DEGRADED if told.get("would") is False else Exit.WELL
    return told, REFUSED.get(str(told.get("refusal")), Exit.FAILED)


REFUSED = {"busy": Exit.BUSY, "held": Exit.DEGRADED}
"""How to leave when an order was not followed; otherwise there was nothing that it could be about."""


def _words(content: bytes, code: int) -> str:
    return content[:10_000].decode(errors="replace").strip() or f"the daemon answered {code}"


def _send(request: urllib.request.Request, listen: str, seconds: float) -> tuple[int, bytes]:
    """Return status and content of the answer, whichever it is."""
    try:
        with _opener().open(request, timeout=seconds) as answer:
            return answer.status, answer.read(LARGEST)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(LARGEST)
    except (OSError, urllib.error.URLError) as error:
        reason = getattr(error, "reason", error)
        leave(Exit.UNREACHABLE, f"no daemon answers on {listen} ({reason}); is it running?  systemctl status aibwatch")


def _exit_for(code: int) -> Exit:
    """Return how to leave after an answer that is no good one."""
    if code in {401, 403}:
        return Exit.NOT_PERMITTED
    if code in {429, 504}:
        return Exit.BUSY
    if code == 503:
        return Exit.STATE_NOT_WRITABLE
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
