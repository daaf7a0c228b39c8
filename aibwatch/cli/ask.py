"""Commands that ask the running daemon."""

from typing import Annotated

import typer

from aibwatch.cli.context import AsJson, leave, show
from aibwatch.cli.exits import Exit
from aibwatch.cli.reach import ask, fetch, names, quoted

AT = 'A moment of the last three days: "02:14", "2026-03-02T02:14Z", "10 min ago". Without a zone it is UTC.'

Group = Annotated[str, typer.Argument(metavar="GROUP", help="Name of a group.")]


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("status")(status)
    app.command("explain")(explain)
    app.command("active")(active)
    app.command("history")(history)


def status(context: typer.Context, as_json: AsJson = False) -> None:
    """Say how everything stands. Exits with 0 well, 3 degraded, 4 outage."""
    body = ask(context.obj, "/api/v1/status")
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
    status_ = ask(context.obj, "/api/v1/status")
    groups, regions = names(status_, "groups"), names(status_, "regions")
    query = "" if at is None else f"?at={quoted(at)}"
    if subject is None and not as_json:
        for name in groups:
            show(ask(context.obj, f"/api/v1/groups/{quoted(name)}{query}"), as_json=False)
            typer.echo()
        return
    if subject is None:
        leave(Exit.USAGE, f"--json needs a GROUP or REGION; there are the groups {', '.join(groups) or 'none'}")
    subject = subject if subject in groups else subject.lower()
    if subject not in {*groups, *regions} and at is None:
        there_are = f"the groups {', '.join(groups) or 'none'} and the regions {', '.join(regions) or 'none'}"
        leave(Exit.FAILED, f"there is no group or region {subject!r}; there are {there_are}")
    kind = "regions" if subject in regions and subject not in groups else "groups"
    show(ask(context.obj, f"/api/v1/{kind}/{quoted(subject)}{query}"), as_json=as_json)


def active(context: typer.Context, group: Group) -> None:
    """Print the resource id of the group's active template, alone: for pipelines."""
    typer.echo(fetch(context.obj, f"/api/v1/groups/{quoted(group)}/active").decode().strip())


def history(
    context: typer.Context,
    group: Annotated[str | None, typer.Argument(metavar="[GROUP]", help="Or a region. Default: everything.")] = None,
    move: Annotated[str | None, typer.Option("--move", metavar="ID", help="Tell this move from sign to image.")] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="With --move: print it as Markdown.")] = False,
    as_json: AsJson = False,
) -> None:
    """Tell what was decided and done, and why; or one move in full, with how long each part of it took."""
    if move is None:
        if markdown:
            leave(Exit.USAGE, "--markdown needs --move ID; see which there are: aibwatch history")
        query = f"?subject={quoted(group)}" if group else ""
        show(ask(context.obj, f"/api/v1/history{query}"), as_json=as_json)
        return
    if markdown and as_json:
        leave(Exit.USAGE, "--markdown and --json exclude each other")
    path = f"/api/v1/moves/{quoted(move)}"
    if markdown:
        typer.echo(fetch(context.obj, f"{path}/report").decode(), nl=False)
        return
    body = ask(context.obj, path)
    if group is not None and body["group"] != group:
        leave(Exit.FAILED, f"{move} is a move of {body['group']}, not of {group}")
    show(body, as_json=as_json)
