"""Commands that give the running daemon an order. Each needs the token, and says who orders it and why."""

import json
from typing import Annotated

import typer

from aibwatch.cli.context import AsJson, Context, leave, show
from aibwatch.cli.exits import Exit
from aibwatch.cli.reach import ask, fetch, names, quoted, whoami

Group = Annotated[str, typer.Argument(metavar="GROUP", help="Name of a group.")]
Groups = Annotated[str | None, typer.Argument(metavar="[GROUP]", help="Default: every group.")]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="For the record.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("pause")(pause)
    app.command("resume")(resume)
    app.command("reset")(reset)


def pause(
    context: typer.Context,
    length: Annotated[str, typer.Option("--for", metavar="DURATION", help='How long, like "2h".')],
    reason: Reason,
    group: Groups = None,
    as_json: AsJson = False,
) -> None:
    """Hold moves back for a while. Watching, judging and canaries go on."""
    _order(context.obj, group, "pause", {"reason": reason, "for": length}, as_json=as_json)


def resume(
    context: typer.Context,
    group: Groups = None,
    reason: Reason = "the pause is not needed any more",
    as_json: AsJson = False,
) -> None:
    """End a pause before its time."""
    _order(context.obj, group, "resume", {"reason": reason}, as_json=as_json)


def reset(context: typer.Context, group: Group, reason: Reason, as_json: AsJson = False) -> None:
    """Let a halted group watch again, once you have seen to what halted it."""
    _order(context.obj, group, "reset", {"reason": reason}, as_json=as_json)


def _order(options: Context, group: str | None, verb: str, what: dict[str, str], *, as_json: bool) -> None:
    """Give the order to the group, or to one group after the other where none is named."""
    from aibwatch.runtime.control import read_token

    try:
        token = read_token(options.load().settings.http.token_file)
    except ValueError as error:
        leave(Exit.NOT_PERMITTED, str(error))
    groups = [group] if group is not None else names(ask(options, "/api/v1/status"), "groups")
    body = json.dumps({"owner": whoami(), **what}).encode()
    for name in groups:
        answer = json.loads(fetch(options, f"/api/v1/groups/{quoted(name)}/{verb}", body, token))
        show(answer, as_json=as_json)
