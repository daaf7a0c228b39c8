"""Name the files that are generated, each with its text."""

from collections.abc import Mapping

from manual import bash, fish, man_command, man_config, reference, zsh
from manual.commands import tree
from manual.settings import sections


def pages() -> Mapping[str, str]:
    """Return the text of every generated file, by its path in the project."""
    commands, settings = tree(), sections()
    return {
        "docs/configuration.md": reference.render(settings),
        "deploy/man/aibwatch.1": man_command.render(commands),
        "deploy/man/aibwatch-config.5": man_config.render(settings),
        "deploy/completions/aibwatch.bash": bash.render(commands),
        "deploy/completions/aibwatch.fish": fish.render(commands),
        "deploy/completions/_aibwatch": zsh.render(commands),
    }
