"""Perform what builds want: read a template's last run, and ask once for a run.

Rules: one request each, its time-out is the source's. A run that the provider refused with 5xx is evidence like
anybody's refused call, and known at once, so it is handed in as one. The Activity Log tells the same call minutes
later, marked as ours, and what is ours does not weigh there: nothing counts twice.
This module does not know what a build does next.
"""

from collections.abc import Awaitable, Callable
from typing import Protocol

import structlog

from aibwatch.core.actions import LookForBuild, RunBuild
from aibwatch.core.events import BuildAnswered, BuildLooked, Event, Observed
from aibwatch.core.model import WELL, Diagnosis, FailureClass, Region, TemplateId
from aibwatch.core.observation import CallFailed, TemplateSeen
from aibwatch.core.votes import SUSPICIOUS
from aibwatch.runtime.clock import Clock
from aibwatch.sources.answer import Answer, Bad

OPERATION = "run_build"
"""What metrics call a request for a build's run."""

log = structlog.get_logger(__name__)


class TemplateSource(Protocol):
    """What builds need of the templates."""

    async def read(self, template: TemplateId) -> TemplateSeen | Bad:
        """Return the template as it is now."""
        ...

    async def run(self, template: TemplateId, *, operation: str) -> Answer:
        """Ask for a run, once."""
        ...


class BuildRuns:
    """Reads and runs templates for builds."""

    def __init__(
        self,
        templates: TemplateSource,
        *,
        region_of: Callable[[TemplateId], Region | None],
        put: Callable[[Event], Awaitable[None]],
        clock: Clock,
    ) -> None:
        self._templates, self._region_of, self._put, self._clock = templates, region_of, put, clock

    async def perform(self, action: LookForBuild | RunBuild) -> Event:
        """Do what is asked and return what became of it."""
        if isinstance(action, LookForBuild):
            await self._clock.pause(action.wait)
            return await self._look(action)
        return await self._run(action)

    async def _look(self, action: LookForBuild) -> BuildLooked:
        try:
            seen = await self._templates.read(action.template)
        except Exception as error:
            # The outermost edge of an action: a fault of ours is an outcome too, and told.
            log.exception("a build's template not read; this is a fault of aibwatch", template=action.template)
            run, why = None, _fault(error)
        else:
            run, why = (None, seen.diagnosis) if isinstance(seen, Bad) else (seen.run, WELL)
        return BuildLooked(id=action.id, attempt=action.attempt, read=action.read, run=run, diagnosis=why)

    async def _run(self, action: RunBuild) -> BuildAnswered:
        try:
            answer = await self._templates.run(action.template, operation=OPERATION)
        except Exception as error:
            # The outermost edge of an action: a fault of ours is an outcome too, and told.
            log.exception("a build not asked for; this is a fault of aibwatch", template=action.template)
            return BuildAnswered(id=action.id, attempt=action.attempt, diagnosis=_fault(error), uncertain=True)
        if not isinstance(answer, Bad):
            return BuildAnswered(id=action.id, attempt=action.attempt, diagnosis=WELL)
        await self._tell(action, answer)
        return BuildAnswered(
            id=action.id, attempt=action.attempt, diagnosis=answer.diagnosis, uncertain=answer.uncertain
        )

    async def _tell(self, action: RunBuild, refused: Bad) -> None:
        region, status = self._region_of(action.template), refused.status or 0
        if region is None or not 500 <= status < 600 or refused.diagnosis.cls not in SUSPICIOUS:
            return
        now = self._clock.now()
        call = CallFailed(
            at=now,
            called_at=now,
            template=action.template,
            region=region,
            call=f"build {action.id}/{action.attempt}",
            diagnosis=refused.diagnosis,
        )
        await self._put(Observed(observations=(call,)))


def _fault(error: Exception) -> Diagnosis:
    return Diagnosis(cls=FailureClass.NETWORK, rule="fault-of-ours", summary=f"{type(error).__name__}: {error}")
