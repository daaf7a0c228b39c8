"""Put the commands together."""

import logging
import sys
from typing import Annotated

import typer

from aibwatch import __version__
from aibwatch.cli import (
    ask,
    backtest,
    backup,
    build,
    daemon,
    doctor,
    handler,
    incident,
    offline,
    once,
    order,
    readiness,
    regions,
    replicate,
    restore,
    settings,
)
from aibwatch.cli.context import Context

app = typer.Typer(
    name="aibwatch",
    help="Watch Azure Image Builder, tell a service outage from your own mistake, and move to secondaries once.",
    epilog="Exit codes: 0 well, 1 failed, 2 usage, 3 degraded, 4 outage, 69 not reachable, 73 state not writable, "
    "75 busy, 77 no permission, 78 config.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _version(value: bool) -> None:
    if value:
        typer.echo(f"aibwatch {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    context: typer.Context,
    config: Annotated[
        str | None,
        typer.Option("--config", metavar="FILE", help="Else $AIBWATCH_CONFIG, else /etc/aibwatch/config.toml."),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    context.obj = Context(config=config)


for module in (
    daemon,
    settings,
    once,
    ask,
    incident,
    order,
    build,
    readiness,
    replicate,
    backup,
    restore,
    regions,
    doctor,
    backtest,
    offline,
    handler,
):
    module.register(app)


def main() -> None:
    """Run the command line; the entry point of the program."""
    # What goes wrong on the way to Azure is told once, by whoever asked. The daemon's log has handlers of its own.
    logging.getLogger("azure").addHandler(logging.NullHandler())
    try:
        app()
    except BrokenPipeError:
        # Whoever read us has seen enough (`| head`); Python would complain again when it closes stdout.
        sys.stderr.close()
        sys.exit(0)
