"""What a story tells: a line for each thing that happened, with the time since its beginning."""

import re
import textwrap
from pathlib import Path

from aibwatch.core.decision import Decision, NoteKind

from .timeline import StoryLoop

WIDTH = 120
INDENT = " " * 21
GALLERY = re.compile(r"/subscriptions/\S*/versions/(\S+?)(?=[;,:.]?(?:\s|$))")


class Transcript:
    """Lines that were not taken yet."""

    def __init__(self, loop: StoryLoop, folder: Path) -> None:
        self._loop, self._folder = loop, folder
        self._lines: list[str] = []

    def line(self, kind: str, text: str, *, loud: bool = False) -> None:
        """Tell of something; what is loud, people are told at once."""
        minutes, seconds = divmod(round(self._loop.time()), 60)
        head = f"  +{minutes:02}:{seconds:02}".ljust(10) + ("! " if loud else "  ") + f"{kind:<9}"
        told = self._shown(text)
        self._lines += textwrap.wrap(
            told, WIDTH, initial_indent=head, subsequent_indent=INDENT, break_long_words=False, break_on_hyphens=False
        )

    def plain(self, text: str) -> None:
        """Show a text as it is."""
        self._lines += [f"  | {line}".rstrip() for line in self._shown(text).splitlines()]

    def notes(self, decision: Decision) -> None:
        """Tell what a decision says. Of verdicts only what they are: their reasons are other tests' subject."""
        for note in decision.notes:
            why = "" if note.kind is NoteKind.VERDICT else f": {note.why}"
            self.line(note.kind, f"{note.subject} {note.what}{why}", loud=note.loud)

    def _shown(self, text: str) -> str:
        """Return the text without what differs from one machine to the next, or is too long for a line."""
        return GALLERY.sub(r"gallery g, base \1", text.replace(str(self._folder), "STATE"))

    def take(self) -> list[str]:
        lines, self._lines = self._lines, []
        return lines
