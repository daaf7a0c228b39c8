"""Write the completion for bash, from the commands: nothing is started when somebody presses TAB.

typer can complete as well, by starting the program at every TAB, and adds two options to its help for that.
"""

from collections.abc import Iterator

from manual.commands import FILES, FOLDERS, Command, everything

HEAD = """\
# Completion of aibwatch for bash. Written by `make docs`.
_aibwatch() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} command= word i
    local commands= options= files=
    COMPREPLY=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        case "$command $word" in
            *" --config") ((i++)) ;;"""

TAIL = """\
    if [[ $current == -* ]]; then
        COMPREPLY=($(compgen -W "$options" -- "$current"))
    elif [[ -n $commands ]]; then
        COMPREPLY=($(compgen -W "$commands" -- "$current"))
    elif [[ -n $files ]]; then
        compopt -o filenames 2>/dev/null
        COMPREPLY=($(compgen -f -- "$current"))
    fi
}
complete -F _aibwatch aibwatch"""


def render(program: Command) -> str:
    """Return the script."""
    return "\n".join(_lines(program)) + "\n"


def _lines(program: Command) -> Iterator[str]:
    yield HEAD
    for command in everything(program):
        if command.path:
            *above, name = command.path
            yield f'            "{" ".join(above)} {name}") command="{" ".join(command.path)}" ;;'
    yield "        esac\n    done"
    yield from _values(program)
    yield '    case "$command" in'
    for command in everything(program):
        yield f'        "{" ".join(command.path)}")'
        if command.commands:
            yield f'            commands="{" ".join(one.path[-1] for one in command.commands)}"'
        if any(argument.name.strip("[]") in FILES for argument in command.arguments):
            yield "            files=yes"
        yield f'            options="{" ".join(flag for option in command.options for flag in option.flags)}" ;;'
    yield "    esac"
    yield TAIL


def _values(program: Command) -> Iterator[str]:
    """Return what is offered behind an option that takes a value: files, folders, or nothing at all."""
    given = {(flag, o.value) for command in everything(program) for o in command.options for flag in o.flags if o.value}
    files = sorted({flag for flag, value in given if value in FILES})
    folders = sorted({flag for flag, value in given if value in FOLDERS})
    others = sorted({flag for flag, _ in given} - {*files, *folders})
    yield '    case "$previous" in'
    for flags, offered in ((files, "f"), (folders, "d")):
        yield f"        {'|'.join(flags)})"
        yield "            compopt -o filenames 2>/dev/null"
        yield f'            COMPREPLY=($(compgen -{offered} -- "$current")); return ;;'
    yield f"        {'|'.join(others)}) return ;;"
    yield "    esac"
