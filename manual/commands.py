"""Read the command line as it is put together: commands, arguments and options, and what they say of themselves."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import typer.main

from aibwatch.cli.exits import Exit
from aibwatch.cli.main import app

HELP = "Show this message and exit."
FILES = frozenset({"FILE", "FILE...", "CMD", "COMMAND"})
"""Placeholders for which a shell offers files."""
FOLDERS = frozenset({"DIR"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One option."""

    flags: tuple[str, ...]
    """As they are typed: "--to". One that can be said the other way round has both: "--apply", "--dry-run"."""
    value: str
    """What stands behind it, "" if nothing does."""
    text: str
    required: bool
    repeatable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """What stands behind the command's name."""

    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command, or a group of them."""

    path: tuple[str, ...]
    """The words that it is called by, without the program's name; empty for the program itself."""
    text: str
    arguments: tuple[Argument, ...]
    options: tuple[Option, ...]
    commands: tuple["Command", ...]

    @property
    def brief(self) -> str:
        """Its first sentence, without a full stop."""
        return re.split(r"(?<=[.;:])\s", self.text, maxsplit=1)[0].rstrip(".;:")


def tree() -> Command:
    """Return the program with all its commands, in their order."""
    return _command(typer.main.get_command(app), ())


def everything(command: Command) -> Iterator[Command]:
    """Return the command and all beneath it."""
    yield command
    for inner in command.commands:
        yield from everything(inner)


def exit_codes() -> dict[int, str]:
    """Return every exit code with its meaning, as the help's last line tells them."""
    told = dict(re.findall(r"(\d+) ([^,.]+)", str(typer.main.get_command(app).epilog)))
    return {code.value: told[str(code.value)] for code in Exit}


# typer's own types are private to it, and other ones in every version.
def _command(made: Any, path: tuple[str, ...]) -> Command:
    context = typer.Context(made, info_name="aibwatch")
    inner = getattr(made, "commands", {})
    return Command(
        path=path,
        text=re.sub(r"(?<!\n)\n(?!\n)", " ", str(made.help)),
        arguments=tuple(_argument(p, context) for p in made.params if p.param_type_name == "argument"),
        options=(
            *(_option(p, context) for p in made.params if p.param_type_name == "option"),
            Option(flags=("--help",), value="", text=HELP, required=False, repeatable=False),
        ),
        commands=tuple(_command(one, (*path, name)) for name, one in inner.items()),
    )


def _argument(made: Any, context: typer.Context) -> Argument:
    name = made.metavar or made.name.upper()
    if made.nargs == -1 and "..." not in name:
        name += "..."
    shown = name if made.required or name.startswith("[") else f"[{name}]"
    return Argument(name=shown, text=_help(made, context))


def _option(made: Any, context: typer.Context) -> Option:
    return Option(
        flags=(*made.opts, *made.secondary_opts),
        value="" if made.is_flag else made.metavar or "VALUE",
        text=_help(made, context),
        required=made.required,
        repeatable=made.multiple,
    )


def _help(made: Any, context: typer.Context) -> str:
    _, text = made.get_help_record(context)
    text = re.sub(r"\s*\[required\]$", "", text)
    return re.sub(r"\s\s+\[default: ([^;\]]*)[^\]]*\]$", r" Default: \1.", text)
