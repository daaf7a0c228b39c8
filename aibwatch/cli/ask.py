"""Commands that ask the running daemon."""

import getpass
import json
import os
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from typing import Annotated

import typer

from aibwatch.cli.context import AsJson, Context, leave, show
from aibwatch.cli.exits import Exit

TIMEOUT = 10.0
"""Seconds. The daemon answers from memory; one that needs longer is stuck."""

PATIENCE = 60.0
"""Seconds, where the past is asked for: it is decided again."""

AT = 'A moment of the last three days: "02:14", "2026-03-02T02:14Z", "10 min ago". Without a zone it is UTC.'

LARGEST = 64 * 1024 * 1024
"""Bytes of an answer; a status of 10,000 templates is a few MiB."""

Group = Annotated[str, typer.Argument(metavar="GROUP", help="Name of a group.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("status")(status)
    app.command("explain")(explain)
    app.command("active")(active)
    app.command("history")(history)
    app.command("reset")(reset)


def status(context: typer.Context, as_json: AsJson = False) -> None:
    """Say how everything stands. Exits with 0 well, 3 degraded, 4 outage."""
    body = _ask(context.obj, "/api/v1/status")
    show(body, as_json=as_json)
    severity = body["severity"]
    raise typer.Exit(severity if isinstance(severity, int) else Exit.FAILED)


def explain(
    context: typer.Context,
    subject: Annotated[str | None, typer.Argument(metavar="[GROUP or REGION]", help="Default: all groups.")] = None,
    at: Annotated[str | None, typer.Option("--at", metavar="TIME", help=AT)] = None,
    as_json: AsJson = False,
) -> None:
    """Say why: the evidence, the gates, and what would change it; now, or at a moment of the last days."""
    status_ = _ask(context.obj, "/api/v1/status")
    groups, regions = _names(status_, "groups"), _names(status_, "regions")
    query = "" if at is None else f"?at={_quoted(at)}"
    if subject is None and not as_json:
        for name in groups:
            show(_ask(context.obj, f"/api/v1/groups/{_quoted(name)}{query}"), as_json=False)
            typer.echo()
        return
    if subject is None:
        leave(Exit.USAGE, f"--json needs a GROUP or REGION; there are the groups {', '.join(groups) or 'none'}")
    subject = subject if subject in groups else subject.lower()
    if subject not in {*groups, *regions} and at is None:
        there_are = f"the groups {', '.join(groups) or 'none'} and the regions {', '.join(regions) or 'none'}"
        leave(Exit.FAILED, f"there is no group or region {subject!r}; there are {there_are}")
    kind = "regions" if subject in regions and subject not in groups else "groups"
    show(_ask(context.obj, f"/api/v1/{kind}/{_quoted(subject)}{query}"), as_json=as_json)


def active(context: typer.Context, group: Group) -> None:
    """Print the resource id of the group's active template, alone: for pipelines."""
    typer.echo(_get(context.obj, f"/api/v1/groups/{_quoted(group)}/active").decode().strip())


def history(
    context: typer.Context,
    group: Annotated[str | None, typer.Argument(metavar="[GROUP]", help="Or a region. Default: everything.")] = None,
    as_json: AsJson = False,
) -> None:
    """Tell what was decided and done, and why."""
    query = f"?subject={_quoted(group)}" if group else ""
    show(_ask(context.obj, f"/api/v1/history{query}"), as_json=as_json)


def reset(
    context: typer.Context,
    group: Group,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="For the record.")],
    as_json: AsJson = False,
) -> None:
    """Let a halted group watch again, once you have seen to what halted it."""
    options: Context = context.obj
    from aibwatch.runtime.control import read_token

    try:
        token = read_token(options.load().settings.http.token_file)
    except ValueError as error:
        leave(Exit.NOT_PERMITTED, str(error))
    order = json.dumps({"owner": _me(), "reason": reason}).encode()
    answer = _fetch(options, f"/api/v1/groups/{_quoted(group)}/reset", order, token)
    show(json.loads(answer), as_json=as_json)


def _me() -> str:
    return os.environ.get("SUDO_USER") or getpass.getuser()


def _names(body: Mapping[str, object], what: str) -> list[str]:
    entries = body.get(what)
    return [str(entry["name"]) for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def _ask(options: Context, path: str) -> Mapping[str, object]:
    try:
        body = json.loads(_get(options, path))
    except ValueError:
        body = None
    if not isinstance(body, dict) or body.get("schema") != 1:
        leave(Exit.FAILED, "what answers there is not an aibwatch that this version understands")
    return body


def _get(options: Context, path: str) -> bytes:
    return _fetch(options, path)


def _fetch(options: Context, path: str, order: bytes | None = None, token: str = "") -> bytes:
    """Return what the daemon answers to a question, or to an order with its token."""
    listen = options.load().settings.http.listen
    # The address is the operator's own and plain http: the daemon serves no TLS.
    request = urllib.request.Request(f"http://{_reachable(listen)}{path}", data=order)
    if order is not None:
        request.add_header("Content-Type", "application/json")
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with _opener().open(request, timeout=PATIENCE if "?at=" in path else TIMEOUT) as answer:
            content: bytes = answer.read(LARGEST)
            return content
    except urllib.error.HTTPError as error:
        with error:
            leave(
                _exit_for(error.code, asked=order is None),
                error.read(10_000).decode(errors="replace").strip() or f"the daemon answered {error.code}",
            )
    except (OSError, urllib.error.URLError) as error:
        reason = getattr(error, "reason", error)
        leave(Exit.UNREACHABLE, f"no daemon answers on {listen} ({reason}); is it running?  systemctl status aibwatch")


def _exit_for(code: int, *, asked: bool) -> Exit:
    """Return how to leave after an answer that is no good one; `asked` is a question, as against an order."""
    if code in {401, 403}:
        return Exit.NOT_PERMITTED
    if code == 429:
        return Exit.BUSY
    return Exit.USAGE if asked and code == 400 else Exit.FAILED


def _opener() -> urllib.request.OpenerDirector:
    """Ignore proxies of the environment: the daemon is on this host or on a named one of ours."""
    return urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _reachable(listen: str) -> str:
    """Return where to call a daemon that listens there: an address that means "all" is called on loopback."""
    host, _, port = listen.rpartition(":")
    return f"127.0.0.1:{port}" if host in {"", "0.0.0.0", "[::]"} else listen  # noqa: S104  # compared, not bound


def _quoted(name: str) -> str:
    return urllib.parse.quote(name, safe="")
