"""Look at everything that a night depends on."""

import asyncio
import os

import typer

from aibwatch.cli.context import AsJson, Context, leave, show
from aibwatch.cli.exits import Exit


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command("doctor")(doctor)


def doctor(context: typer.Context, as_json: AsJson = False) -> None:
    """Look whether everything works that a move needs: credential, permissions, members, handlers, state, this machine.

    Changes and runs nothing. Exits with 0 all well, 3 warnings, 1 failures, 69 Azure not reached, 77 permissions
    missing.
    """
    options: Context = context.obj
    loaded = options.load_all()
    from aibwatch.app.doctor.examine import examine

    try:
        report = asyncio.run(examine(loaded, os.environ))
    except ValueError as error:
        leave(Exit.CONFIG, str(error))
    show(report.body, as_json=as_json)
    raise typer.Exit(report.code)
