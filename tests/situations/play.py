"""Play a story that is told in a text, and return the text with what followed from each of its sentences.

A line with ">" is a sentence, what is indented below it is what followed, "#" is a comment. What follows is never read:
it is compared with what follows now, or written anew: python -m tests.situations --write
"""

import tempfile
from pathlib import Path

from .sentences import tell
from .story import Story
from .timeline import StoryLoop
from .words import StoryError

FOLDER = Path(__file__).parent


def files() -> list[Path]:
    """Return the files of all stories."""
    return sorted(FOLDER.glob("*.txt"))


def played(path: Path) -> str:
    """Return the text of the story as it is told now."""
    return told(path.name, path.read_text(encoding="utf-8"))


def told(name: str, text: str) -> str:
    """Return a story's text as it is told now; `name` is what its mistakes are named by."""
    loop = StoryLoop()
    try:
        with tempfile.TemporaryDirectory() as folder:
            return loop.run_until_complete(_play(name, text.splitlines(), Story(loop, Path(folder))))
    finally:
        loop.close()


async def _play(name: str, lines: list[str], story: Story) -> str:
    text = list[str]()
    try:
        for number, line in enumerate(lines, 1):
            if not line.startswith("  "):
                text += [line, *await _followed(story, line, f"{name}:{number}")]
    finally:
        await story.end()
    return "\n".join(text) + "\n"


async def _followed(story: Story, line: str, where: str) -> list[str]:
    """Return what followed from a line that is a sentence; nothing from any other."""
    if not line or line.startswith("#"):
        return []
    if not line.startswith("> "):
        raise StoryError(f"{where}: begin with '> ', '#', or two blanks: {line!r}")
    try:
        return await tell(story, line.removeprefix("> "))
    except StoryError as error:
        raise StoryError(f"{where}: {error}") from error
