"""Ask Azure sparingly: one thing once, few things at a time, and no more of what does not answer.

Rules: whoever asks for the same fact gets the same answer, also while it is under way. What did not answer several
times over is not asked again, nor is a quota that is used up: polls and moves live on the same quota, and an ordinary
day's look has to give way to them. One Thrift is one round; the next round asks everything afresh. A fault of ours in
one fact is told and costs that fact only. This module does not know what is asked for.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self, TypeVar

from aibwatch.core.classify import Symptom, classify
from aibwatch.core.readiness.survey import Unread
from aibwatch.sources.answer import Answer, Bad, explained
from aibwatch.sources.arm import Api, Arm
from aibwatch.sources.paging import USUAL, Limits, Listed, collect
from aibwatch.sources.quota import subscription_of

AT_ONCE = 4
"""Requests under way. A read takes a tenth of a second or two: 20 to 40 a second, of which Azure refills 25 and keeps
250 in store; the polls need few of them."""

MOST_IN_A_ROW = 3
"""Answers of 5xx, or none, about one subject, one after the other, before it is given up for the round. Each may take
30 s to fail, and a region that is down has hundreds of templates."""

MOST_IN_ALL = 10
"""The same with good answers in between: a subject may lie in two regions, one of which is well."""

LONGEST = timedelta(minutes=20)
"""For one round, after which nothing more is asked: the next one is due after 30 minutes."""

Fact = TypeVar("Fact")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One GET, or one list."""

    path: str
    api: Api
    operation: str
    """What metrics call it; one of a few fixed names."""
    subject: str
    """What fails together with it: "triggers in westeurope". Together with the subscription it decides what is given
    up."""
    region: str = ""
    query: Mapping[str, str] | None = None


class Thrift:
    """One round of asking. To be entered once: what is still under way at the end is cancelled."""

    def __init__(self, arm: Arm, now: Callable[[], datetime], *, on_fault: Callable[[Exception], None]) -> None:
        self._arm = arm
        self._now = now
        self._on_fault = on_fault
        self._begun = now()
        self._room = asyncio.Semaphore(AT_ONCE)
        self._facts: dict[Hashable, asyncio.Task[Any]] = {}
        self._silences: defaultdict[str, _Silences] = defaultdict(_Silences)
        self._spent: dict[str, Bad] = {}

    async def __aenter__(self) -> Self:
        """Begin the round."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Cancel what nobody waits for any more, and wait until it is gone."""
        for task in self._facts.values():
            task.cancel()
        await asyncio.gather(*self._facts.values(), return_exceptions=True)

    async def once(self, key: Hashable, find: Callable[[], Awaitable[Fact]]) -> Fact | Unread:
        """Return what `find` returns, found once for each key; Unread where it has a fault."""
        task = self._facts.get(key)
        if task is None:
            task = self._facts[key] = asyncio.create_task(self._without_fault(find))
        # One who waits may be cancelled; the others still want to know.
        found: Fact | Unread = await asyncio.shield(task)
        return found

    async def get(self, question: Question) -> Answer:
        """Return what one GET brought, or why it was not asked."""
        async with self._room:
            if given_up := self._given_up(question):
                return given_up
            answer = await self._arm.get(
                question.path,
                api=question.api,
                operation=question.operation,
                region=question.region,
                query=question.query,
            )
        self._note(question, answer)
        return answer

    async def list(self, question: Question, limits: Limits = USUAL) -> Listed:
        """Return the entries of a list, or why it was not asked for."""
        async with self._room:
            if given_up := self._given_up(question):
                return Listed(entries=(), pages=0, failure=given_up)
            listed = await collect(
                self._arm,
                question.path,
                api=question.api,
                operation=question.operation,
                region=question.region,
                query=question.query,
                limits=limits,
            )
        self._note(question, listed)
        return listed

    async def _without_fault(self, find: Callable[[], Awaitable[Fact]]) -> Fact | Unread:
        try:
            return await find()
        except Exception as fault:  # noqa: BLE001 - one fact is lost, and told as such; a round has thousands
            self._on_fault(fault)
            return Unread(why=f"aibwatch has a fault here ({type(fault).__name__}); its log says more")

    def _given_up(self, question: Question) -> Bad | None:
        """Return the answer that stands for one that is not asked for any more."""
        if self._now() - self._begun > LONGEST:
            symptom = Symptom(message=f"not asked, because this round took more than {LONGEST.seconds // 60} minutes")
            return Bad(symptom=symptom, diagnosis=classify(symptom))
        if spent := self._spent.get(subscription_of(question.path)):
            return explained(spent, "not asked, because Azure throttles this subscription")
        silences = self._silences[_subject(question)]
        if silences.last is None or not silences.enough:
            return None
        return explained(silences.last, f"not asked, because {silences.in_all} reads like it have failed in this round")

    def _note(self, question: Question, answer: Answer | Listed) -> None:
        bad = answer.failure if isinstance(answer, Listed) else answer
        silences = self._silences[_subject(question)]
        if not isinstance(bad, Bad):
            silences.in_a_row = 0
        elif bad.status == 429:
            self._spent[subscription_of(question.path)] = bad
        elif bad.status is None or bad.status >= 500 or not bad.symptom.from_azure:
            silences.in_a_row += 1
            silences.in_all += 1
            silences.last = bad


@dataclass(slots=True)
class _Silences:
    """What did not answer about one subject."""

    in_a_row: int = 0
    in_all: int = 0
    last: Bad | None = None

    @property
    def enough(self) -> bool:
        return self.in_a_row >= MOST_IN_A_ROW or self.in_all >= MOST_IN_ALL


def _subject(question: Question) -> str:
    return f"{subscription_of(question.path)} {question.subject}"
