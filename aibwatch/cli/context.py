"""Give commands what they share: the configuration file, and the two ways to print."""

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from logging import ERROR
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from aibwatch.cli.exits import Exit

if TYPE_CHECKING:
    from aibwatch.config.load import Loaded

AsJson = Annotated[bool, typer.Option("--json", help='Print JSON with "schema": 1.')]


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The options before the command."""

    config: str | None

    def path(self) -> Path:
        """Return the configuration file to use."""
        from aibwatch.config.path import config_path

        return config_path(self.config, os.environ)

    def load(self) -> "Loaded":
        """Return the configuration, or print all its mistakes and leave with 78."""
        from aibwatch.config.load import ConfigError, load
        from aibwatch.runtime.clock import Clock

        try:
            return load(self.path(), Clock().now())
        except ConfigError as error:
            print_mistakes(error)
            raise typer.Exit(Exit.CONFIG) from None

    def load_all(self, *, alone: bool = False) -> "Loaded":
        """Return the configuration with the groups that tags say, which Azure is asked for where that is wanted.

        What is wrong with tags is told on stderr. `alone`: primaries without a secondary are groups too.
        """
        loaded = self.load()
        if not loaded.settings.discovery.subscriptions:
            return loaded
        from aibwatch.app.groups import with_tags

        try:
            loaded, told = asyncio.run(with_tags(loaded, alone=alone))
        except ValueError as error:
            leave(Exit.CONFIG, str(error))
        for line in told:
            typer.echo(f"aibwatch: {line}", err=True)
        return loaded


def print_mistakes(error: "Exception") -> None:
    """Print every mistake of a configuration, a line each, and how many there are."""
    from aibwatch.config.load import ConfigError

    if not isinstance(error, ConfigError):
        raise TypeError(f"not a configuration error: {error!r}")
    number = len(error.problems) + error.left_out
    more = f" ({error.left_out} of them not shown)" if error.left_out else ""
    for problem in error.problems:
        complain(str(problem))
    complain(f"{number} {'error' if number == 1 else 'errors'}{more}; nothing was started.")


def show(body: Mapping[str, object], *, as_json: bool) -> None:
    """Print a report: its text, or all of it as JSON."""
    typer.echo(json.dumps(body, indent=2, ensure_ascii=False) if as_json else str(body["text"]))


def leave(code: Exit, message: str) -> NoReturn:
    """Say on stderr what went wrong and what to do, and leave with this code."""
    sys.stdout.flush()
    complain(f"aibwatch: {message}")
    raise typer.Exit(code)


def complain(text: str) -> None:
    """Say on stderr what went wrong; in the journal of a service it is an error."""
    from aibwatch.runtime.urgency import goes_to_journal, marked

    typer.echo(marked(text, ERROR) if goes_to_journal(sys.stderr) else text, err=True)
