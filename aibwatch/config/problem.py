"""Say what is wrong with a configuration, where, and what to do. All mistakes are told, never just the first."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from aibwatch.config.words import one_line

MOST_SHOWN = 200
"""Problems of one file that are told; whoever has more is not reading a configuration."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One mistake, or one warning, at its line. `str()` gives FILE:LINE: key: what is wrong and what to do."""

    file: Path
    line: int
    """Counted from 1, which also stands for the file as a whole."""
    key: str
    message: str

    def __str__(self) -> str:
        return one_line(f"{self.file}:{self.line}: {self.key}: {self.message}")


class ConfigError(Exception):
    """The configuration cannot be used; the operator has to change it. Carries every mistake, in the file's order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        ordered = in_order(problems)
        self.problems = ordered[:MOST_SHOWN]
        self.left_out = len(ordered) - len(self.problems)
        """How many more there are."""
        super().__init__("\n".join(map(str, self.problems)))


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return the problems in the order of the file, each once."""
    return tuple(sorted(set(problems), key=lambda p: (p.line, p.key, p.message)))
