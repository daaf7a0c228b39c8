"""Play what is too much for every run of the tests: deaths at all boundaries, damages of all kinds, full disks.

    python -m tests.story [WORD]...     all, or those whose name has one of the words; see `make crashes`

Each line is a story and how it ended. The exit code is 1 if one ended wrong.
"""

import asyncio
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from . import crashes, damage, fullness

AT_ONCE = 20
"""More than beside the tests, because nothing else is done meanwhile; two cores are busy with as many."""


async def main(words: Sequence[str]) -> int:
    """Play the stories that are wanted and return the exit code."""
    with tempfile.TemporaryDirectory(prefix="aibwatch-crashes-") as place:
        (first := Path(place) / "boundaries").mkdir()
        every = await crashes.boundaries(first)
        known = {**crashes.stories(every), **damage.stories(), **fullness.stories(every)}
        chosen = {name: story for name, story in known.items() if not words or any(word in name for word in words)}
        said = await play(chosen, Path(place))
    say(", ".join(f"{count} {told}" for told, count in said.most_common()))
    return 1 if said["WRONG"] or not chosen else 0


async def play(stories: Mapping[str, crashes.Story], place: Path) -> Counter[str]:
    """Print how each ended, and return how many ended in each way."""
    said: Counter[str] = Counter()
    room = asyncio.Semaphore(AT_ONCE)

    async def one(number: int, name: str, story: crashes.Story) -> None:
        async with room:
            try:
                told = await story(place / str(number))
            except AssertionError as error:
                told = f"WRONG: {error}"
        said[told.partition(":")[0]] += 1
        say(f"{name:<72} {told}")

    await asyncio.gather(*(one(number, *item) for number, item in enumerate(stories.items())))
    return said


def say(line: str) -> None:
    """Write one line at once, so that a long list is seen to go on."""
    print(line, flush=True)  # noqa: T201  # this is a command


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
