"""Ask Azure Resource Graph, the copy of all resources that answers while a region does not.

Rules: every query goes over all pages and is put in an order by id, as paging is only safe then; the end is where no
$skipToken is given, not where the page is short, because a page with fewer rows than asked for was recorded with one.
A full quota is waited for once a page, and not for long. Rows that did not come whole are true as far as they go.

What it does not know: whether something is missing. Where a permission is missing for a subscription, its rows are left
out without a word, and only where it is missing for all of them is the query refused (403). So a resource that is not
among the rows is not proven gone. Nor is a copy as fresh as the service: what Image Builder changes by itself, the
last run above all, comes later, and nobody has said how much.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from datetime import timedelta

from aibwatch.core.classify import Symptom, classify
from aibwatch.core.model import TemplateId
from aibwatch.sources.answer import Answer, Bad, Good, explained, unexpected
from aibwatch.sources.arm import Api, Arm
from aibwatch.sources.paging import Limits, Listed
from aibwatch.sources.quota import subscription_of

PATH = "/providers/Microsoft.ResourceGraph/resources"

LIMITS = Limits(pages=200, size=256 * 1024 * 1024, time=timedelta(minutes=2))
"""200 pages of 1,000 rows are more than one observer can watch."""

MOST_ROWS = 1000
"""A page: what Azure gives at the most."""

MOST_SUBSCRIPTIONS = 300
"""A query: Azure's own advice; more are asked for in several queries."""

A_QUERY = 50
"""Ids in one query, and rows in its answer: some 9 kB of it, and 40 kB a definition would still fit."""

DEFINITION = ("location", "tags", "identity", "properties")
"""The columns of a template that say how it is defined."""

LONGEST_WAIT = timedelta(seconds=30)
"""For a full quota: 15 queries in 5 s are allowed (recorded), so it is free sooner, or something else is wrong."""

USUAL_WAIT = timedelta(seconds=5)
"""Where a refusal does not say how long."""

TEMPLATES = "resources | where type =~ 'microsoft.virtualmachineimages/imagetemplates'"

Pause = Callable[[timedelta], Awaitable[None]]


def query_of(*columns: str, where: str = "") -> str:
    """Return the query for these columns of image templates, the id among them; `where` narrows it."""
    narrowed = f"{TEMPLATES} | where {where}" if where else TEMPLATES
    return f"{narrowed} | project {', '.join(('id', *columns))} | order by id asc"


def among(ids: Collection[str]) -> str:
    """Return the condition that the id is one of these, letter case aside.

    An id with a character that would end its text is left out: no resource has one.
    """
    safe = sorted(text for text in ids if not {"'", "\\"} & set(text) and text.isprintable())
    listed = ", ".join(f"'{text}'" for text in safe)
    return f"id in~ ({listed})"


class Graph:
    """The Resource Graph behind one ARM endpoint."""

    def __init__(self, arm: Arm, pause: Pause, limits: Limits = LIMITS) -> None:
        self._arm = arm
        self._pause = pause
        self._limits = limits

    async def templates(
        self, ids: Collection[TemplateId], *columns: str, operation: str
    ) -> AsyncIterator[tuple[Sequence[TemplateId], Listed]]:
        """Yield how these templates are defined, some at a time: which were asked for, and what came of it.

        `columns` are wanted beside the definition.
        """
        wanted = sorted(ids)
        for first in range(0, len(wanted), A_QUERY):
            some = wanted[first : first + A_QUERY]
            query = query_of(*DEFINITION, *columns, where=among(some))
            subscriptions = {subscription_of(template) for template in some}
            yield some, await self.rows(query, subscriptions, operation=operation, page=A_QUERY)

    async def rows(
        self, query: str, subscriptions: Collection[str], *, operation: str, page: int = MOST_ROWS
    ) -> Listed:
        """Return the rows of a query over these subscriptions (ids), in the order of the query, pages after pages.

        `page` is how many rows to ask for at a time; a page of more than 8 MiB is not read. Without subscriptions
        nothing is asked, because Azure would then ask in all of the tenant.
        """
        taken, wanted = _Rows(self._limits), sorted(set(subscriptions))
        try:
            async with asyncio.timeout(self._limits.time.total_seconds()):
                for first in range(0, len(wanted), MOST_SUBSCRIPTIONS):
                    some = wanted[first : first + MOST_SUBSCRIPTIONS]
                    await self._all_pages(taken, query, some, operation, page)
        except TimeoutError:
            symptom = Symptom(message=f"the rows did not end within {self._limits.time.total_seconds():g} s")
            taken.failure = Bad(symptom=symptom, diagnosis=classify(symptom))
        return taken.listed()

    async def _all_pages(
        self, taken: "_Rows", query: str, subscriptions: Sequence[str], operation: str, page: int
    ) -> None:
        token = ""
        while taken.failure is None:
            options: dict[str, object] = {"resultFormat": "objectArray", "$top": page}
            if token:
                options["$skipToken"] = token
            body = {"subscriptions": list(subscriptions), "query": query, "options": options}
            token = taken.take(await self._ask(body, operation))
            if not token:
                return

    async def _ask(self, body: Mapping[str, object], operation: str) -> Answer:
        answer = await self._arm.post(PATH, body, api=Api.RESOURCE_GRAPH, operation=operation)
        if not isinstance(answer, Bad) or answer.status != 429:
            return answer
        wait = answer.retry_after or USUAL_WAIT
        if wait > LONGEST_WAIT:
            return explained(answer, f"not asked again, as the quota is full for {wait.total_seconds():.0f} s")
        await self._pause(wait)
        again = await self._arm.post(PATH, body, api=Api.RESOURCE_GRAPH, operation=operation)
        return explained(again, "asked twice") if isinstance(again, Bad) else again


class _Rows:
    """The rows so far, and why there are no more."""

    def __init__(self, limits: Limits) -> None:
        self.failure: Bad | None = None
        self._limits = limits
        self._rows: list[object] = []
        self._tokens: set[str] = set()
        self._pages = 0
        self._size = 0

    def take(self, answer: Answer) -> str:
        """Keep the rows of a page, and return the token of the next one; "" at the end, be it a good or a bad one."""
        if isinstance(answer, Bad):
            self.failure = answer
            return ""
        rows = answer.body.get("data")
        if not isinstance(rows, list):
            self.failure = unexpected("a page without a list of rows", answer.status)
            return ""
        self._rows += rows
        self._pages += 1
        self._size += answer.size
        return self._next(answer)

    def _next(self, answer: Good) -> str:
        token = answer.body.get("$skipToken")
        if token is None or token == "":
            # A text, "true" or "false" (recorded), where JSON has a word of its own.
            if str(answer.body.get("resultTruncated")).lower() == "true":
                self.failure = unexpected("rows were left out, and no way to them was given", answer.status)
            return ""
        if not isinstance(token, str):
            self.failure = unexpected("a token for the next page that is no text", answer.status)
        elif token in self._tokens:
            self.failure = unexpected("a token that was used already: the rows go in a circle", answer.status)
        elif self._pages >= self._limits.pages or self._size >= self._limits.size:
            self.failure = unexpected("rows without an end", answer.status)
        else:
            self._tokens.add(token)
            return token
        return ""

    def listed(self) -> Listed:
        failure = self.failure
        if failure is not None and self._pages:
            came = "1 page" if self._pages == 1 else f"{self._pages} pages"
            failure = explained(failure, f"only {came} of the rows came")
        return Listed(entries=tuple(self._rows), pages=self._pages, failure=failure)
