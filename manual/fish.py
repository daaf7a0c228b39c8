"""Write the completion for fish, from the commands."""

from collections.abc import Iterator

from manual.commands import FILES, FOLDERS, Command, Option, everything


def render(program: Command) -> str:
    """Return the script."""
    return "\n".join(_lines(program)) + "\n"


def _lines(program: Command) -> Iterator[str]:
    yield "# Completion of aibwatch for fish. Written by `make docs`."
    yield "complete -c aibwatch -f"
    for command in everything(program):
        here = _when(command)
        for inner in command.commands:
            yield f"complete -c aibwatch -n {_quoted(here)} -a {inner.path[-1]} -d {_quoted(inner.brief)}"
        for option in command.options:
            for flag in option.flags:
                yield _option(here, flag, option)
        if any(argument.name.strip("[]") in FILES for argument in command.arguments):
            yield f"complete -c aibwatch -n {_quoted(here)} -F"


def _when(command: Command) -> str:
    if not command.path:
        return "__fish_use_subcommand"
    above = [f"__fish_seen_subcommand_from {word}" for word in command.path]
    below = [f"not __fish_seen_subcommand_from {inner.path[-1]}" for inner in command.commands]
    return "; and ".join([*above, *below])


def _option(here: str, flag: str, option: Option) -> str:
    value = ""
    if option.value:
        value = " -r -F" if option.value in FILES | FOLDERS else " -x"
    return f"complete -c aibwatch -n {_quoted(here)} -l {flag.removeprefix('--')}{value} -d {_quoted(option.text)}"


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
