"""Commands that ask Azure once, without a daemon."""

import asyncio
from typing import Annotated

import typer

from aibwatch.cli.context import AsJson, Context, leave, show
from aibwatch.cli.exits import Exit


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("probe")(probe)


def probe(
    context: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="Poll every source once and leave.")] = False,
    as_json: AsJson = False,
) -> None:
    """Poll every source once and print what was seen. Exits with 69 if Azure answered nothing."""
    options: Context = context.obj
    if not once:
        leave(Exit.USAGE, "probe polls once and leaves: say so with --once; to go on watching: aibwatch run")
    loaded = options.load()
    from aibwatch.app.once import poll_once

    try:
        report = asyncio.run(poll_once(loaded))
    except ValueError as error:
        leave(Exit.CONFIG, str(error))
    show(report.body, as_json=as_json)
    raise typer.Exit(report.code)
