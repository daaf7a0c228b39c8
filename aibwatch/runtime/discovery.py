"""Look for groups in the tags of templates, and have them watched.

Rules: what was found stands until a look that came whole says otherwise, over restarts too. What follows from a look is
taken over between two decisions, so that no group is let go that a decision just sent on its way; one that slipped
through all the same is put back. A look that fails changes nothing and is made again within a minute.
This module does not know how groups by tags and configured ones come together.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import structlog

from aibwatch.core.classify import Symptom, classify
from aibwatch.core.discovery.follow import Discovered, follow
from aibwatch.core.discovery.group import TaggedGroup
from aibwatch.core.discovery.problem import Problem
from aibwatch.core.discovery.rows import Look
from aibwatch.core.discovery.sequel import Terms
from aibwatch.core.discovery.tagged import Member
from aibwatch.core.model import WELL, FailureClass
from aibwatch.core.observation import TAGS, DiscoverySeen, Observation, Polled, Source
from aibwatch.core.policy import Setup
from aibwatch.core.state import State
from aibwatch.runtime.clock import Clock
from aibwatch.runtime.found import FoundError, FoundFile
from aibwatch.sources.answer import Bad
from aibwatch.sources.discover import Discover

FIRST = timedelta(seconds=30)
"""For the look at a start, which keeps the first polls waiting. A page takes a second; later ones have minutes."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What discovery sees of the daemon, and what it changes there."""

    setup: Callable[[], Setup]
    state: Callable[[], State]
    take: Callable[[Mapping[str, TaggedGroup]], None]
    """Have these groups watched from now on, and no others by tags."""


class Discovery:
    """Groups by tags, as they are found and kept."""

    def __init__(
        self,
        source: Discover,
        file: FoundFile,
        ignored: frozenset[str],
        reach: Reach,
        clock: Clock,
        *,
        keep: bool = True,
    ) -> None:
        """Begin with what was found last. Without `keep` the file is read and never written."""
        self._source, self._file, self._ignored = source, file, ignored
        self._reach, self._clock, self._keep = reach, clock, keep
        self._first = True
        self._let_go: Mapping[str, TaggedGroup] = {}
        self._flaw = ""
        """What is wrong with the file."""
        try:
            self.found: Mapping[str, TaggedGroup] = file.read()
            """The groups by tags that are watched."""
        except FoundError as error:
            log.error("groups that were found by tags before are not known", why=str(error))  # noqa: TRY400
            self.found, self._flaw = {}, str(error)
        self._kept = self.found
        self.alone: Mapping[str, Member] = {}
        """Primaries that had no secondary to make a group with, at the last look."""

    async def poll(self) -> tuple[Observation, ...]:
        """Look, take over what follows, and return what is to be told of it."""
        look = await self._look()
        if isinstance(look, Bad):
            polled = Polled(at=self._clock.now(), source=Source.DISCOVERY, subject=TAGS, diagnosis=look.diagnosis)
            return (polled, *self._told_in_the_dark(polled))
        discovered = self._follow(look)
        await self._keep_file()
        at = self._clock.now()
        problems = (*discovered.problems, *self._unkept())
        seen = DiscoverySeen(at=at, groups=len(self.found), problems=problems, changes=discovered.changes)
        return (Polled(at=at, source=Source.DISCOVERY, subject=TAGS, diagnosis=WELL), seen)

    @property
    def failed(self) -> bool:
        """Whether the last look brought nothing."""
        record = self._reach.state().window.poll(Source.DISCOVERY, TAGS)
        return record is None or record.last.cls is not FailureClass.OK

    def put_back(self) -> None:
        """Have a group watched again that was let go just when its move began: somebody has to finish it."""
        groups = self._reach.state().groups
        moving = {name: group for name, group in self._let_go.items() if name in groups and groups[name].move}
        self._let_go = {}
        if moving:
            log.warning("groups that were let go have begun to move, and are watched to its end", groups=sorted(moving))
            self.found = {**self.found, **moving}
            self._reach.take(self.found)

    async def _look(self) -> Look | Bad:
        within, self._first = (FIRST if self._first else None), False
        try:
            async with asyncio.timeout(within.total_seconds() if within else None):
                return await self._source.look()
        except TimeoutError:
            symptom = Symptom(message=f"no answer within {FIRST.total_seconds():.0f} s")
            return Bad(symptom=symptom, diagnosis=classify(symptom))

    def _follow(self, look: Look) -> Discovered:
        """Take over what follows from the look, without a pause between seeing how groups stand and changing them."""
        terms = Terms(
            setup=self._reach.setup(),
            subscriptions=self._source.subscriptions,
            ignored=self._ignored,
            groups=self._reach.state().groups,
        )
        discovered = follow(self.found, look, terms, self._clock.now())
        self._let_go = {name: group for name, group in self.found.items() if name not in discovered.groups}
        self.found, self.alone = discovered.groups, discovered.alone
        self._reach.take(self.found)
        return discovered

    async def _keep_file(self) -> None:
        if not self._keep or (self._kept == self.found and not self._flaw):
            return
        found = self.found
        try:
            await asyncio.to_thread(self._file.write, found)
            self._kept, self._flaw = found, ""
        except FoundError as error:
            log.error("groups that were found by tags are not kept", why=str(error))  # noqa: TRY400
            self._flaw = str(error)

    def _unkept(self) -> tuple[Problem, ...]:
        if not self._flaw or not self._keep:
            return ()
        why = f"{self._flaw}; after a restart without Resource Graph no group by tags would be known"
        return (Problem(about=TAGS, why=why, remedy="make room, or set right the owner of its directory"),)

    def _told_in_the_dark(self, polled: Polled) -> tuple[Observation, ...]:
        """Return what else is wrong where tags cannot be read: what was found before may not be known either."""
        if not self._flaw or self.found:
            return ()
        why = f"{self._flaw}, and tags cannot be read, so no group by tags is watched"
        remedy = "this ends with the first good answer of Resource Graph; configure groups that must be watched now"
        problem = Problem(about=TAGS, why=why, remedy=remedy)
        return (DiscoverySeen(at=polled.at, groups=0, problems=(problem,)),)
