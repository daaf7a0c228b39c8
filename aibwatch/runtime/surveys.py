"""Look at secondaries on ordinary days, so that it is known in the night whether they would build.

Rules: all of them once per `poll.readiness`; those of a group as soon as one of its templates changed, or its region is
suspected, but no group twice within half a minute; one round at a time, in which what several need is asked once.
What was found is an observation like any other. This module knows neither what is looked at nor what makes a secondary
ready.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from aibwatch.core.decision import Decision
from aibwatch.core.events import Event, Observed
from aibwatch.core.model import TemplateId
from aibwatch.core.observation import Observation, ReadinessSeen, TemplateGone, TemplateSeen
from aibwatch.core.policy import GroupSpec, Setup
from aibwatch.core.readiness.report import report_of
from aibwatch.core.state import State
from aibwatch.core.verdict import VerdictKind
from aibwatch.runtime.clock import Clock
from aibwatch.sources.survey.surveyor import Round, Surveyor

BATCH = 50
"""Reports handed in at a time: every event has all regions judged anew."""

FIRST_LOOK = timedelta(seconds=10)
"""How long a start waits for the first round: an order that is given right after it should not be refused because
nobody has looked yet. A round over a thousand secondaries took 9 s."""

REST = timedelta(seconds=30)
"""Least time between two surveys of one group: a template that changes with every poll must not use up our reads."""


class Copies(Protocol):
    """Who keeps copies of templates on a disk."""

    @property
    def max_age(self) -> timedelta | None:
        """How old a copy may be; None where none are kept."""

    async def keep(self, templates: Collection[TemplateId]) -> None:
        """Copy these templates; whatever comes of it is told there."""

    async def confirmed(self, templates: Collection[TemplateId]) -> Mapping[TemplateId, datetime]:
        """Return when the copies of these templates were last confirmed; without those that have none."""


QUIET = frozenset({VerdictKind.HEALTHY, VerdictKind.LEARNING})
"""Verdicts in which nothing hurries."""


class Surveys:
    """All surveys of the daemon."""

    def __init__(
        self,
        surveyor: Surveyor,
        *,
        copies: Copies,
        clock: Clock,
        setup: Callable[[], Setup],
        state: Callable[[], State],
        put: Callable[[Event], Awaitable[None]],
    ) -> None:
        self._surveyor, self._copies, self._clock = surveyor, copies, clock
        self._setup, self._state, self._put = setup, state, put
        self._room = asyncio.Lock()
        self._all_looked_at = asyncio.Event()
        self._due: set[str] = set()
        self._looked: dict[str, datetime] = {}

    async def all(self) -> None:
        """Copy whatever is watched, and survey every secondary."""
        self._due.clear()
        await self._copy(self._setup().watched)
        await self._look(list(self._setup().groups.values()))
        self._all_looked_at.set()

    async def due(self) -> None:
        """Survey the groups of which something has changed since they were looked at."""
        now, groups = self._clock.now(), self._setup().groups
        rest = min(REST, self._setup().pace.readiness)
        rested = {name for name in self._due if abs(now - self._looked.get(name, now - rest)) >= rest}
        self._due -= rested
        specs = [groups[name] for name in sorted(rested & groups.keys())]
        await self._look(specs)
        await self._copy(_members(specs))  # afterwards: in an outage nobody should wait for it

    async def begun(self) -> None:
        """Wait until every secondary was looked at once, but not for long: a region that hangs keeps nobody waiting."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FIRST_LOOK.total_seconds()):
                await self._all_looked_at.wait()

    async def ended(self) -> None:
        """Wait until no round is under way. One that was cancelled still ends what it began, on the way to Azure."""
        async with self._room:
            return

    def watch(self, before: State, decision: Decision, event: Event) -> None:
        """Note which groups are to be looked at again because of a decision."""
        if isinstance(event, Observed):
            self._note_changes(before, event.observations)
        suspected = {
            verdict.region
            for view, verdict in decision.state.verdicts.items()
            if verdict.kind not in QUIET and before.verdicts.get(view, verdict).kind in QUIET
        }
        for spec in self._setup().groups.values() if suspected else ():
            if decision.state.window.region_of(spec.primary) in suspected:
                self._due.add(spec.name)

    def _note_changes(self, before: State, observations: Iterable[Observation]) -> None:
        changed = {
            seen.template
            for seen in observations
            if isinstance(seen, TemplateGone) or (isinstance(seen, TemplateSeen) and _is_other(before, seen))
        }
        if changed:
            self._due |= {s.name for s in self._setup().groups.values() if changed & set(s.members)}

    async def _copy(self, templates: Collection[TemplateId]) -> None:
        if templates:
            async with self._room:
                await self._copies.keep(templates)

    async def _look(self, specs: Sequence[GroupSpec]) -> None:
        asked = [(spec, secondary) for spec in specs for secondary in spec.secondaries]
        if not asked:
            return
        window = self._state().window
        known = {member: region for member in _members(specs) if (region := window.region_of(member))}
        async with self._room, self._surveyor.round(specs, known) as shared:
            copied = await self._copies.confirmed({spec.primary for spec in specs})
            for start in range(0, len(asked), BATCH):
                batch = asked[start : start + BATCH]
                reports = await asyncio.gather(*(self._one(shared, copied, *pair) for pair in batch))
                await self._put(Observed(observations=tuple(reports)))

    async def _one(
        self, shared: Round, copied: Mapping[TemplateId, datetime], spec: GroupSpec, secondary: TemplateId
    ) -> ReadinessSeen:
        copied_at, max_age = copied.get(spec.primary), self._copies.max_age
        survey = await shared.survey(spec, secondary, backup_at=copied_at, backup_max_age=max_age)
        self._looked[spec.name] = survey.at
        window = self._state().window
        known = survey.primary_region or window.region_of(spec.primary)
        return report_of(replace(survey, primary_region=known), window.readiness.get(secondary))


def _members(specs: Iterable[GroupSpec]) -> set[TemplateId]:
    return {member for spec in specs for member in spec.members}


def _is_other(before: State, seen: TemplateSeen) -> bool:
    """Return whether a template is another than it was, or has a new image or failure to tell of."""
    known = before.window.templates.get(seen.template)
    if known is None or (known.recipe, known.provisioning, known.region) != (
        seen.recipe,
        seen.provisioning,
        seen.region,
    ):
        return True
    return seen.run is not None and seen.run.state.ended and seen.run != known.run
