"""Try removals and print which test noticed each: all of them, or those whose name has a word of the command line.

The exit code is 1 if any was not noticed, does not apply or broke the tests.
"""

import sys

from tests.removals.lists import ALL, benches
from tests.removals.trial import Outcome, Verdict


def main(words: list[str]) -> int:
    """Try them, and return the exit code."""
    chosen = [r for r in ALL if not words or any(word in r.name or word in r.file for word in words)]
    idle: list[Outcome] = []
    with benches() as made:
        if wrong := made.passes(chosen):
            say(f"the tests do not pass as they are:\n{wrong}")
            return 1
        for outcome in made.try_all(chosen):
            say(f"{outcome.removal.file:<20} {outcome.removal.name:<68} {outcome.verdict:<16} {outcome.by}")
            if outcome.verdict is not Verdict.NOTICED:
                idle.append(outcome)
    say(f"\n{len(chosen)} removals, {len(chosen) - len(idle)} noticed")
    for outcome in idle:
        say(f"  {outcome.removal.path}: {outcome.removal.name}: {outcome.verdict} ({outcome.by})")
    return 1 if idle or not chosen else 0


def say(line: str) -> None:
    """Write one line at once, so that a long list is seen to go on."""
    print(line, flush=True)  # noqa: T201  # this is a command


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
