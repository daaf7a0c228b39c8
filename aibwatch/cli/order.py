"""Commands that give the running daemon an order. Each needs the token, and says who orders it and why."""

import json
from collections.abc import Mapping
from typing import Annotated

import typer

from aibwatch.cli.context import AsJson, Context, leave, show
from aibwatch.cli.exits import Exit
from aibwatch.cli.reach import ask, names, order, quoted, whoami

Group = Annotated[str, typer.Argument(metavar="GROUP", help="Name of a group.")]
Groups = Annotated[str | None, typer.Argument(metavar="[GROUP]", help="Default: every group.")]
Id = Annotated[str, typer.Argument(metavar="ID", help="What asks for approval, as status and explain show it.")]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="For the record.")]
To = Annotated[str | None, typer.Option("--to", metavar="REGION", help="Default: the first secondary that is ready.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what it would do, and do nothing.")]
Overrides = Annotated[
    list[str] | None, typer.Option("--override", metavar="GATE", help="Move although this gate is closed. Repeatable.")
]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    for command in (failover, failback, drill, approve, deny, pause, resume, reset):
        app.command()(command)


def failover(
    context: typer.Context,
    group: Group,
    reason: Reason,
    to: To = None,
    override: Overrides = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Move a group to a secondary, whatever its mode, if every gate is open or overridden."""
    what = {"reason": reason, "to": to or "", "overrides": override or [], "dry_run": dry_run}
    _order(context.obj, group, "failover", what, as_json=as_json)


def failback(
    context: typer.Context,
    group: Group,
    reason: Reason = "the primary is well again",
    override: Overrides = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Take a group back to its primary, which is run once first and must have built."""
    what = {"reason": reason, "overrides": override or [], "dry_run": dry_run}
    _order(context.obj, group, "failback", what, as_json=as_json)


def drill(
    context: typer.Context,
    group: Group,
    reason: Reason = "to see that it works",
    to: To = None,
    override: Overrides = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Rehearse a failover: the same way, handlers told so, and nothing is moved."""
    what = {"reason": reason, "to": to or "", "overrides": override or [], "dry_run": dry_run}
    _order(context.obj, group, "drill", what, as_json=as_json)


def approve(context: typer.Context, id_: Id, reason: Reason = "approved", as_json: AsJson = False) -> None:
    """Let a group move that asks for it."""
    _give(context.obj, f"/api/v1/moves/{quoted(id_)}/approve", {"reason": reason}, as_json=as_json)


def deny(context: typer.Context, id_: Id, reason: Reason = "denied", as_json: AsJson = False) -> None:
    """Keep a group that asks to move where it is, until the incident is over."""
    _give(context.obj, f"/api/v1/moves/{quoted(id_)}/deny", {"reason": reason}, as_json=as_json)


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


def reset(context: typer.Context, group: Group, reason: Reason = "it was seen to", as_json: AsJson = False) -> None:
    """Let a halted group watch again, once you have seen to what halted it."""
    _order(context.obj, group, "reset", {"reason": reason}, as_json=as_json)


def _order(options: Context, group: str | None, verb: str, what: Mapping[str, object], *, as_json: bool) -> None:
    """Give the order to the group, or to one group after the other where none is named."""
    groups = [group] if group is not None else names(ask(options, "/api/v1/status"), "groups")
    for name in groups:
        _give(options, f"/api/v1/groups/{quoted(name)}/{verb}", what, as_json=as_json)


def _give(options: Context, path: str, what: Mapping[str, object], *, as_json: bool) -> None:
    from aibwatch.runtime.token import read_token

    try:
        token = read_token(options.load().settings.http.token_file)
    except ValueError as error:
        leave(Exit.NOT_PERMITTED, str(error))
    said = {"owner": whoami(), **what}
    answer, code = order(options, path, json.dumps(said).encode(), token)
    if code is Exit.WELL or as_json:
        show(answer, as_json=as_json)
        raise typer.Exit(code)
    leave(code, str(answer.get("text", "refused")))
