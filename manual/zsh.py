"""Write the completion for zsh, from the commands."""

from collections.abc import Iterator

from manual.commands import FILES, FOLDERS, Argument, Command, Option, everything


def render(program: Command) -> str:
    """Return the script."""
    return "\n".join(_lines(program)) + "\n"


def _lines(program: Command) -> Iterator[str]:
    yield "#compdef aibwatch"
    yield "# Completion of aibwatch for zsh. Written by `make docs`."
    for command in reversed([*everything(program)]):
        yield ""
        yield from _function(command)
    yield '\n_aibwatch "$@"'


def _function(command: Command) -> Iterator[str]:
    yield f"{_name(command)}() {{"
    if command.commands:
        yield "  local context state state_descr line\n  typeset -A opt_args"
    rows = [row for option in command.options for row in _option(option)]
    rows += [_argument(argument) for argument in command.arguments]
    if command.commands:
        rows += ["'1: :->command'", "'*:: :->rest'"]
    yield "  _arguments -s -S -C \\\n    " + " \\\n    ".join(rows)
    if command.commands:
        yield from _inner(command)
    yield "}"


def _inner(command: Command) -> Iterator[str]:
    yield "  case $state in\n    command)\n      local -a commands=("
    yield from (f"        {_quoted(f'{one.path[-1]}:{one.brief}')}" for one in command.commands)
    yield "      )\n      _describe command commands ;;\n    rest)\n      case $line[1] in"
    yield from (f"        {one.path[-1]}) {_name(one)} ;;" for one in command.commands)
    yield "      esac ;;\n  esac"


def _name(command: Command) -> str:
    return "_".join(["", "aibwatch", *command.path])


def _option(option: Option) -> Iterator[str]:
    for flag in option.flags:
        star = "*" if option.repeatable else ""
        value = f":{_bare(option.value)}:{_offered(option.value)}" if option.value else ""
        yield _quoted(f"{star}{flag}[{_bare(option.text)}]{value}")


def _argument(argument: Argument) -> str:
    name = argument.name.strip("[]")
    place = "*" if "..." in argument.name else ""
    optional = ":" if argument.name.startswith("[") and not place else ""
    return _quoted(f"{place}:{optional}{_bare(name.removesuffix('...'))}:{_offered(name)}")


def _offered(placeholder: str) -> str:
    if placeholder in FILES:
        return "_files"
    return "_files -/" if placeholder in FOLDERS else " "


def _bare(text: str) -> str:
    """Return the text without what has a meaning between brackets and colons of zsh."""
    return text.replace("\\", "\\\\").replace(":", "\\:").replace("[", "\\[").replace("]", "\\]")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
