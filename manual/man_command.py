"""Write the manual page of the program: aibwatch(1)."""

from collections.abc import Iterator

from aibwatch import __version__
from manual import roff
from manual.commands import Command, Option, everything, exit_codes

DESCRIPTION = """\
Azure Image Builder is a regional service and does no failover. `aibwatch` reads your image templates and every region
that they are in, tells an outage of the service from a mistake of yours, and moves a group of templates to a secondary
that was deployed beforehand, in another region, exactly once. It can say at any time why it did or did not act.

`aibwatch run` is the daemon. Most other commands ask it, or give it an order, over HTTP on its own machine; an order
needs the token of `http.token_file`. `check-config`, `show-config`, `classify` and `backtest` work offline, `demo` and
`simulate` bring a stand-in for Azure of their own.

In the default mode, shadow, it says what it would do and moves nothing."""

SIGNALS = (
    ("SIGTERM, SIGINT", "Stop. A program of handler `command` that is in the middle of its effect goes on to its end."),
    ("SIGHUP", "Read the configuration again. A file with mistakes is told in the log, and what was in force stays."),
)

FILES = (
    ("/etc/aibwatch/config.toml", "The configuration; see aibwatch-config(5)."),
    ("/var/lib/aibwatch", "The state: the journal of what was decided and done. There can be one daemon on it."),
)

ENVIRONMENT = (("AIBWATCH_CONFIG", "The configuration file, where `--config` does not say it."),)

EXAMPLES = (
    ("See it all without Azure, within a minute:", "aibwatch demo --fast --exit"),
    (
        "Look for every mistake in a configuration, then whether Azure lets it work:",
        "aibwatch check-config\naibwatch doctor",
    ),
    ("How does everything stand, and why does a group not move?", "aibwatch status\naibwatch explain ubuntu-base"),
    (
        "Build from a pipeline, in the secondary where the service fails the primary:",
        'image=$(aibwatch build ubuntu-base --wait --reason "nightly")',
    ),
)


def render(program: Command) -> str:
    """Return the page."""
    return "\n".join(_parts(program)) + "\n"


def _parts(program: Command) -> Iterator[str]:
    yield roff.title("aibwatch", 1, __version__, "User commands")
    yield roff.heading("NAME")
    yield rf"aibwatch \- {roff.plain('failover for Azure Image Builder')}"
    yield roff.heading("SYNOPSIS")
    yield f"{roff.bold('aibwatch')} [{roff.bold('--config')} {roff.italic('FILE')}] {roff.italic('COMMAND')} ..."
    yield roff.heading("DESCRIPTION")
    yield roff.paragraph(DESCRIPTION, first=True)
    yield roff.heading("OPTIONS")
    yield from map(_option, program.options)
    yield roff.heading("COMMANDS")
    for command in everything(program):
        if command.path and not command.commands:
            yield from _command(command)
    yield roff.heading('"EXIT STATUS"')
    for code, meaning in exit_codes().items():
        yield roff.item(roff.bold(str(code)), f"{meaning[0].upper()}{meaning[1:]}.")
    for name, rows in (("SIGNALS", SIGNALS), ("FILES", FILES), ("ENVIRONMENT", ENVIRONMENT)):
        yield roff.heading(name)
        yield from (roff.item(roff.bold(term), text) for term, text in rows)
    yield roff.heading("EXAMPLES")
    for number, (what, lines) in enumerate(EXAMPLES):
        yield roff.paragraph(what, first=number == 0)
        yield roff.literal(lines)
    yield roff.heading('"SEE ALSO"')
    yield rf"{roff.bold('aibwatch-config')}(5), {roff.bold('systemctl')}(1), {roff.bold('journalctl')}(1)"


def _command(command: Command) -> Iterator[str]:
    shown = [o for o in command.options if o.flags != ("--help",)]
    words = ["aibwatch", *command.path, *(argument.name for argument in command.arguments)]
    required = [f"{option.flags[0]} {option.value}" for option in shown if option.required]
    yield roff.subheading(" ".join([*words, *required, *(["[OPTIONS]"] if len(shown) > len(required) else [])]))
    yield roff.paragraph(command.text, first=True)
    yield from (roff.item(roff.italic(a.name.strip("[]")), a.text) for a in command.arguments)
    yield from map(_option, shown)


def _option(option: Option) -> str:
    flags = " / ".join(map(roff.bold, option.flags))
    return roff.item(f"{flags} {roff.italic(option.value)}" if option.value else flags, option.text)
