"""Commands about the configuration; they need neither Azure nor a daemon."""

import os
from typing import TYPE_CHECKING

import typer

from aibwatch.cli.context import AsJson, Context, print_mistakes
from aibwatch.cli.exits import Exit

if TYPE_CHECKING:
    from aibwatch.config.load import Loaded
    from aibwatch.config.problem import Problem


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("check-config")(check_config)
    app.command("show-config")(show_config)


def check_config(context: typer.Context) -> None:
    """Check the configuration offline; prints every mistake with its line."""
    options: Context = context.obj
    loaded = options.load()
    warnings = [*loaded.warnings, *_of_the_door(loaded)]
    for warning in warnings:
        typer.echo(f"warning: {warning}", err=True)
    groups = len(loaded.setup.groups)
    typer.echo(f"{loaded.file}: well, {groups} {'group' if groups == 1 else 'groups'}, {len(warnings)} warnings")


def _of_the_door(loaded: "Loaded") -> "tuple[Problem, ...]":
    """Return what the web config file is warned of; leave where it is of no use."""
    path = loaded.settings.http.web_config_file
    if not path:
        return ()
    from aibwatch.config.path import named_file
    from aibwatch.config.problem import ConfigError
    from aibwatch.runtime.clock import Clock
    from aibwatch.runtime.door.guard import examine

    try:
        return examine(named_file(path, os.environ), Clock().now())
    except ConfigError as error:
        print_mistakes(error)
        raise typer.Exit(Exit.CONFIG) from None


def show_config(context: typer.Context, as_json: AsJson = False) -> None:
    """Show the configuration in force, defaults marked, secrets masked."""
    import json

    from aibwatch.config import show

    options: Context = context.obj
    loaded = options.load()
    typer.echo(json.dumps(show.as_json(loaded), indent=2) if as_json else show.render(loaded), nl=as_json)
