"""Say whether two names are one name, each with the mark of its own region: "ubuntu-weu" and "ubuntu-neu".

Rules: a mark is the region's name or what can be read as short for it: its letters in their order, the first one in
front, two to five of them ("weu", "we", "euw" is not). It counts only for the region that its own template is in, so
"ubuntu-weu" is no name for something in northeurope. Letter case is nothing.
This module does not know what is named. What it takes for a mark may be chance, so it is asked about names alone, and
never about what a script does.
"""

import re
from itertools import zip_longest

from aibwatch.core.model import Region

SHORTEST, LONGEST = 2, 5
"""Letters of a short form."""

LONGEST_NAME = 500
"""Characters of a name that is looked at: what is longer was not given as a name. Ids have up to 300 or so."""

LONGEST_WORD = 64
"""Letters of a word in which marks are looked for; every way to cut two words is tried, which goes with the square."""


def alike(one: str, here: Region, other: str, there: Region) -> bool:
    """Return whether two names are the same but for the marks of their regions."""
    if one.lower() == other.lower():
        return True
    if max(len(one), len(other)) > LONGEST_NAME:
        return False
    words, others = _words(one), _words(other)
    if not words or not others:
        return False
    unmarked = (
        [word for word in words if not is_mark(word, here)],
        [word for word in others if not is_mark(word, there)],
    )
    return all(_one_word(mine, here, theirs, there) for mine, theirs in zip_longest(*unmarked, fillvalue=""))


def _words(name: str) -> list[str]:
    return re.findall(r"[^\W_]+", name.lower())


def is_mark(word: str, region: Region) -> bool:
    """Return whether a word, in lower case, is the region's name or can be read as short for it."""
    if not region or not word or word[0] != region[0]:
        return False
    letters = iter(region)
    return word == region or (SHORTEST <= len(word) <= LONGEST and all(letter in letters for letter in word))


def _one_word(mine: str, here: Region, theirs: str, there: Region) -> bool:
    """Return whether two words are the same, or differ in nothing but marks that were written into them."""
    if mine == theirs:
        return True
    if not mine or not theirs or max(len(mine), len(theirs)) > LONGEST_WORD:
        return False
    heads, tails = _shared(mine, theirs), _shared(mine[::-1], theirs[::-1])
    return any(
        is_mark(mine[head : len(mine) - tail], here) and is_mark(theirs[head : len(theirs) - tail], there)
        for head in range(heads + 1)
        for tail in range(tails + 1)
    )


def _shared(one: str, other: str) -> int:
    """Return how many letters two words begin with in common."""
    return next(
        (number for number, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]),
        min(len(one), len(other)),
    )
