"""Say whether secondaries would build: as the daemon knows it, or by looking now."""

import asyncio
from collections.abc import Mapping
from typing import Annotated

import typer

from aibwatch.cli.context import AsJson, Context, leave, show
from aibwatch.cli.exits import Exit
from aibwatch.cli.reach import UnreachableError, call, quoted, understood, words

Group = Annotated[
    str | None, typer.Argument(metavar="[GROUP]", help="Rule by rule for this group. Default: all, a line each.")
]
Now = Annotated[bool, typer.Option("--now", help="Ask Azure now instead of the daemon; done anyway where none runs.")]


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command("readiness")(readiness)


def readiness(context: typer.Context, group: Group = None, now: Now = False, as_json: AsJson = False) -> None:
    """Say whether secondaries would build if they were run now. Exits with 0 if all would, else 3."""
    options: Context = context.obj
    body = None if now else _known(options, group)
    if body is None:
        body = _looked(options, group)
    show(body, as_json=as_json)
    code = body["exit"]
    raise typer.Exit(code if isinstance(code, int) else Exit.FAILED)


def _known(options: Context, group: str | None) -> Mapping[str, object] | None:
    """Return what the daemon knows; None where none answers."""
    path = "/api/v1/readiness" if group is None else f"/api/v1/groups/{quoted(group)}/readiness"
    try:
        code, content = call(options.load().settings.http, path)
    except UnreachableError:
        typer.echo("aibwatch: no daemon answers, so Azure is asked now.", err=True)
        return None
    if code >= 300:
        leave(Exit.FAILED, words(content, code))
    return understood(code, content)[0]


def _looked(options: Context, group: str | None) -> Mapping[str, object]:
    loaded = options.load_all()
    if group is not None and group not in loaded.setup.groups:
        names = ", ".join(sorted(loaded.setup.groups)) or "none"
        leave(Exit.FAILED, f"there is no group {group!r}; there are {names}")
    from aibwatch.app.readiness import look_once

    try:
        return asyncio.run(look_once(loaded, group))
    except ValueError as error:
        leave(Exit.CONFIG, str(error))
