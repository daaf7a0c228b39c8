"""Describe one removal: a rule taken out of the core, and the tests that ought to notice.

A removal is a change of text that must fit exactly once; when the code is rewritten and the text is gone, the removal
is reported as one that does not apply, so that the lists cannot rot.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath


@dataclass(frozen=True, slots=True)
class Removal:
    """One rule taken away."""

    name: str
    """What is not so any more, as a sentence."""
    file: str
    """Below aibwatch/core/."""
    old: str
    new: str
    tests: str
    """Names of files in tests/core/ without test_ and .py, parted by blanks: those that are about this rule. One in a
    folder has the folder in front, "readiness/reach"."""

    @property
    def path(self) -> Path:
        """Return the file's place below the repository."""
        return Path("aibwatch/core", f"{self.file}.py")

    @property
    def test_files(self) -> list[str]:
        """Return the files of tests to run."""
        named = (PurePosixPath("tests/core", name) for name in self.tests.split())
        return [str(path.with_name(f"test_{path.name}.py")) for path in named]

    def applied_to(self, text: str) -> str:
        """Return the text without the rule, or raise ValueError if the rule is not in it exactly once."""
        found = text.count(self.old)
        if found != 1:
            raise ValueError(f"{self.path} has its text {found} times")
        return text.replace(self.old, self.new)


def in_file(file: str, tests: str, *changes: tuple[str, str, str]) -> Iterable[Removal]:
    """Return removals of one file that the same tests are about: (name, old text, new text)."""
    return (Removal(name, file, old, new, tests) for name, old, new in changes)
