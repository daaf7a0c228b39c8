"""Commands about the configuration; they need neither Azure nor a daemon."""

import typer

from aibwatch.cli.context import AsJson, Context


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("check-config")(check_config)
    app.command("show-config")(show_config)


def check_config(context: typer.Context) -> None:
    """Check the configuration offline; prints every mistake with its line."""
    options: Context = context.obj
    loaded = options.load()
    for warning in loaded.warnings:
        typer.echo(f"warning: {warning}", err=True)
    groups = len(loaded.setup.groups)
    typer.echo(f"{loaded.file}: well, {groups} {'group' if groups == 1 else 'groups'}, {len(loaded.warnings)} warnings")


def show_config(context: typer.Context, as_json: AsJson = False) -> None:
    """Show the configuration in force, defaults marked, secrets masked."""
    import json

    from aibwatch.config import show

    options: Context = context.obj
    loaded = options.load()
    typer.echo(json.dumps(show.as_json(loaded), indent=2) if as_json else show.render(loaded), nl=as_json)
