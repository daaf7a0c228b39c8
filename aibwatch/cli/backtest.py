"""Try the thresholds of a configuration in labelled worlds, in simulated time."""

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aibwatch.cli.context import AsJson, Context
from aibwatch.cli.exits import Exit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aibwatch.backtest.trial import Trial
    from aibwatch.backtest.world import World
    from aibwatch.core.policy import Policy

MOST_VARIANTS = 1000
"""Of each world. It takes an hour for fifty worlds; more would tell nothing that these do not."""


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("backtest")(backtest)


def backtest(
    context: typer.Context,
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE...", help="Labelled worlds; without one those shipped.")
    ] = None,
    variants: Annotated[
        int,
        typer.Option(
            "--variants", metavar="N", min=0, max=MOST_VARIANTS, help="Play N variants of each as well, on all cores."
        ),
    ] = 0,
    only_list: Annotated[bool, typer.Option("--list", help="Say which worlds there are, and play none.")] = False,
    as_json: AsJson = False,
) -> None:
    """Try your thresholds: play labelled worlds through the core. Exits with 1 if any goes wrong."""
    options: Context = context.obj
    policy = _policy(options)
    worlds = _worlds(files or [])
    from aibwatch.backtest import report

    if only_list:
        typer.echo(json.dumps(report.list_json(worlds), indent=2) if as_json else report.list_text(worlds))
        return
    trials = _try_all(worlds, policy)
    varied = None
    if variants:
        from aibwatch.backtest.trial import try_variants

        total = variants * sum(world.expect is not None for world in worlds)
        varied = try_variants(worlds, policy, variants, lambda played: _progress(played, total, "variants"))
    body = report.as_json(trials, varied)
    typer.echo(json.dumps(body, indent=2) if as_json else report.render(trials, varied))
    well = not body["wrong"] and (varied is None or varied.good)
    raise typer.Exit(Exit.WELL if well else Exit.FAILED)


def _policy(options: Context) -> "Policy":
    """Return the thresholds of the configuration; the defaults where nobody named one and none is in its place."""
    from aibwatch.config import path as places
    from aibwatch.core.policy import Policy

    named = options.config or os.environ.get(places.VARIABLE)
    if not named and not os.path.lexists(places.USUAL_PLACE):
        return Policy()
    return options.load().setup.policy


def _worlds(files: "Sequence[Path]") -> "tuple[World, ...]":
    """Return the worlds of the files, or print everything that is wrong with them and leave with 2."""
    from aibwatch.backtest.files import load, shipped
    from aibwatch.backtest.world import WorldError
    from aibwatch.core.sentences import printable

    try:
        return load(files) if files else shipped()
    except WorldError as error:
        for message in error.messages:
            typer.echo(printable(message), err=True)
        number = len(error.messages)
        typer.echo(f"{number} {'error' if number == 1 else 'errors'}; nothing was played.", err=True)
        raise typer.Exit(Exit.USAGE) from None


def _try_all(worlds: "Sequence[World]", policy: "Policy") -> "list[Trial]":
    from aibwatch.backtest.trial import try_world

    trials = []
    for number, world in enumerate(worlds, start=1):
        trials.append(try_world(world, policy))
        _progress(number, len(worlds), "worlds")
    return trials


def _progress(done: int, total: int, what: str) -> None:
    """Say on a terminal how far it is, on one line that is wiped in the end."""
    if sys.stderr.isatty():
        line = f"\r{done} of {total} {what} played" if done < total else "\r"
        sys.stderr.write(f"{line}\x1b[K")
        sys.stderr.flush()
