"""The command line. Every command says on one line what it does; exit codes are in cli.exits.

Nothing heavy is imported until a command needs it: `--help` answers in a fraction of a second.
"""

from aibwatch.cli.main import main

__all__ = ["main"]
