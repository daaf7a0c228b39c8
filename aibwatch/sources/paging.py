"""Follow a list over its pages, or say why it did not come whole.

Rules: a list has an end in pages, in bytes and in time; a link is followed once; it leads home or not at all. What
came of a list that did not come whole is true as far as it goes, but proves nothing about what is not on it.
This module does not know what is listed.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from aibwatch.core.classify import Symptom, classify
from aibwatch.sources.answer import Answer, Bad, explained, unexpected
from aibwatch.sources.arm import Api, Arm


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Where a list ends if it does not end by itself."""

    pages: int = 2000
    """Image Builder gave 10 templates a page (recorded in 2020): enough for 20,000 of them."""
    size: int = 256 * 1024 * 1024
    """Bytes of all pages: 20,000 templates of 4 kB take 80 MB."""
    time: timedelta = timedelta(minutes=2)
    """For all pages: two usual polling intervals. 10,000 templates were listed in less than 10 s (measured)."""


USUAL = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What came of a list."""

    entries: tuple[object, ...]
    pages: int
    failure: Bad | None = None
    """Why the list did not come whole; None if it did."""


async def collect(
    arm: Arm,
    path: str,
    *,
    api: Api,
    operation: str,
    region: str = "",
    query: Mapping[str, str] | None = None,
    limits: Limits = USUAL,
) -> Listed:
    """Return the entries of all pages, in order."""
    pages = _Pages(limits)
    try:
        async with asyncio.timeout(limits.time.total_seconds()):
            pages.take(await arm.get(path, api=api, operation=operation, region=region, query=query))
            while pages.link:
                pages.take(await arm.follow(pages.link, api=api, operation=operation, region=region))
    except TimeoutError:
        symptom = Symptom(message=f"the list did not end within {limits.time.total_seconds():g} s")
        pages.failure = Bad(symptom=symptom, diagnosis=classify(symptom))
    return pages.listed()


class _Pages:
    """The pages so far, and the link to the next one; "" at the end, be it a good or a bad one."""

    def __init__(self, limits: Limits) -> None:
        self.link = ""
        self.failure: Bad | None = None
        self._limits = limits
        self._entries: list[object] = []
        self._followed: set[str] = set()
        self._count = 0
        self._size = 0

    def take(self, answer: Answer) -> None:
        self.link = ""
        if isinstance(answer, Bad):
            self.failure = answer
            return
        entries = answer.body.get("value")
        if not isinstance(entries, list):
            self.failure = unexpected("a page without a list")
            return
        self._entries += entries
        self._count += 1
        self._size += answer.size
        self._go_on(answer.body.get("nextLink"))

    def _go_on(self, link: object) -> None:
        if link is None or link == "":
            return
        if not isinstance(link, str):
            self.failure = unexpected("a link to the next page that is no text")
        elif link in self._followed:
            self.failure = unexpected("a link to a page that was already read: the list goes in a circle")
        elif self._count >= self._limits.pages or self._size >= self._limits.size:
            self.failure = unexpected("a list without an end")
        else:
            self._followed.add(link)
            self.link = link

    def listed(self) -> Listed:
        failure = self.failure
        if failure is not None and self._count:
            came = "1 page" if self._count == 1 else f"{self._count} pages"
            failure = explained(failure, f"only {came} of the list came")
        return Listed(entries=tuple(self._entries), pages=self._count, failure=failure)
