"""Find out everything that the rules of readiness go by, about any number of secondaries.

Rules: what many need is asked once a round; nothing is left out in silence; a survey never fails, it says what could
not be read. Where the primary's region does not answer, the primary is taken from Resource Graph, which is in no
region. A refusal for lack of rights, and the word that it is gone, are answers, and no copy hides them.
This module does not know what makes a secondary ready.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

from aibwatch.core.definition.needs import needs_of
from aibwatch.core.model import Region, TemplateId, region_of
from aibwatch.core.observation import TemplateSeen
from aibwatch.core.policy import GroupSpec
from aibwatch.core.readiness.survey import Absence, Json, Place, Survey, Trigger, Unread
from aibwatch.core.reading import table, text
from aibwatch.sources.arm import Arm
from aibwatch.sources.graph import Graph, Pause
from aibwatch.sources.parse_template import parse_template
from aibwatch.sources.quota import subscription_of
from aibwatch.sources.survey.bodies import NOWHERE, Bodies
from aibwatch.sources.survey.needed import places_of
from aibwatch.sources.survey.platform_images import image_in, versions_in
from aibwatch.sources.survey.providers import registrations
from aibwatch.sources.survey.quotas import container_quota, machine_quotas
from aibwatch.sources.survey.sizes import default_size, size_in
from aibwatch.sources.survey.thrift import Thrift
from aibwatch.sources.survey.triggers import triggers_of

NO_REGION = Unread(why="the secondary's region is not known: it cannot be read, or does not say")

Body = Json | Absence | Unread


def untold(_fault: Exception) -> None:
    """Tell nobody of a fault of ours: for those who show what became of it anyway."""


class Surveyor:
    """Begins rounds. One for the daemon's life."""

    def __init__(
        self, arm: Arm, now: Callable[[], datetime], pause: Pause, *, on_fault: Callable[[Exception], None] = untold
    ) -> None:
        self._arm = arm
        self._now = now
        self._pause = pause
        self._on_fault = on_fault

    def round(self, specs: Collection[GroupSpec], known: Mapping[TemplateId, Region] = NOWHERE) -> "Round":
        """Return a round over the members of these groups, to be entered with `async with`, one at a time.

        `known` is where templates were seen, so that those of a region that is down are given up together.
        """
        thrift = Thrift(self._arm, self._now, on_fault=self._on_fault)
        regions = {member: region for spec in specs for member, region in spec.regions.items()} | dict(known)
        members = {member for spec in specs for member in spec.members}
        return Round(thrift, Bodies(thrift, Graph(self._arm, self._pause), members, regions), self._now)


class Round:
    """One round of surveys. What has been asked in it is not asked again."""

    def __init__(self, thrift: Thrift, bodies: Bodies, now: Callable[[], datetime]) -> None:
        self._thrift = thrift
        self._bodies = bodies
        self._now = now

    async def __aenter__(self) -> Self:
        """Begin the round."""
        await self._thrift.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it, and what is still under way."""
        await self._thrift.__aexit__(kind, error, trace)

    async def survey(
        self,
        spec: GroupSpec,
        secondary: TemplateId,
        *,
        backup_at: datetime | None = None,
        backup_max_age: timedelta | None = None,
    ) -> Survey:
        """Return what can be found out about one secondary now. Any number of surveys may be under way."""
        found = await self._thrift.once(("survey", spec.name, secondary), lambda: self._survey(spec, secondary))
        survey = found if isinstance(found, Survey) else _lost(spec, secondary, self._now(), found)
        return replace(survey, backup_at=backup_at, backup_max_age=backup_max_age)

    async def _survey(self, spec: GroupSpec, secondary: TemplateId) -> Survey:
        primary, body = await asyncio.gather(self._bodies.of(spec.primary), self._bodies.of(secondary))
        home = await self._known(spec.primary, primary)
        at = self._now()
        survey = Survey(
            at=at,
            group=spec.name,
            primary=spec.primary,
            secondary=secondary,
            primary_body=home,
            primary_region=_region_in(home) or spec.regions.get(spec.primary),
            secondary_body=body,
            seen=_seen(body, at),
            wanted_region=spec.regions.get(secondary),
            allowed_geographies=spec.allowed_geographies,
        )
        survey = await self._with_triggers(survey, primary)
        survey = await self._with_needs(survey)
        return await self._with_region(survey)

    async def _known(self, primary: TemplateId, body: Body) -> Body:
        """Return the primary as it is, else as Resource Graph has it where only its region keeps us from seeing it."""
        if not isinstance(body, Unread) or body.permission:
            return body
        return await self._bodies.copy_of(primary) or body

    async def _with_triggers(self, survey: Survey, primary: Body) -> Survey:
        """Add the triggers. `primary` is what was answered now: no copy tells whether a trigger is there.

        Those of the primary are asked for only where the secondary has one, which few have: it saves every second
        request of a round.
        """
        ours = await self._triggers(survey.secondary, survey.secondary_body, _region_of(survey))
        if isinstance(ours, Unread) or not ours:
            return replace(survey, secondary_triggers=ours)
        theirs = await self._triggers(survey.primary, primary, survey.primary_region)
        return replace(survey, secondary_triggers=ours, primary_triggers=theirs)

    async def _triggers(self, template: TemplateId, body: Body, region: Region | None) -> tuple[Trigger, ...] | Unread:
        """Return the triggers; they are not asked for where the template itself cannot be read."""
        if isinstance(body, Unread):
            return body
        return () if isinstance(body, Absence) else await triggers_of(self._thrift, template, region or Region(""))

    async def _with_needs(self, survey: Survey) -> Survey:
        if not isinstance(survey.secondary_body, Mapping):
            return survey
        subscriptions = tuple(map(subscription_of, (survey.secondary, survey.primary)))
        places = await places_of(self._thrift, needs_of(survey.secondary_body), subscriptions)
        named = text(table(survey.secondary_body, "properties", "vmProfile"), "vmSize").strip()
        generations = [place.generation for place in places.values() if isinstance(place, Place)]
        return replace(survey, places=places, wanted_size=named or default_size(generations), size_assumed=not named)

    async def _with_region(self, survey: Survey) -> Survey:
        """Add what is the same for all secondaries of a subscription in a region, and asked once for all of them."""
        subscription, region, thrift = subscription_of(survey.secondary), _region_of(survey), self._thrift
        survey = replace(survey, providers=await registrations(thrift, subscription))
        if region is None:
            return replace(survey, quotas=NO_REGION, containers=NO_REGION, source_versions=NO_REGION)
        image = image_in(survey.secondary_body)
        size = survey.wanted_size
        return replace(
            survey,
            quotas=await machine_quotas(thrift, subscription, region),
            containers=await container_quota(thrift, subscription, region),
            source_versions=await versions_in(thrift, subscription, region, image) if image else (),
            size=await size_in(thrift, subscription, region, size) if size else None,
        )


def _lost(spec: GroupSpec, secondary: TemplateId, at: datetime, why: Unread) -> Survey:
    """Return a survey that came to nothing by a fault of ours."""
    return Survey(
        at=at,
        group=spec.name,
        primary=spec.primary,
        secondary=secondary,
        primary_body=why,
        secondary_body=why,
        source_versions=why,
        size=why,
        quotas=why,
        containers=why,
        providers=why,
        primary_triggers=why,
        secondary_triggers=why,
    )


def _region_of(survey: Survey) -> Region | None:
    """Return where the secondary is, else where it should be."""
    return _region_in(survey.secondary_body) or survey.wanted_region


def _region_in(body: Body) -> Region | None:
    name = region_of(text(table(body), "location"))
    # It becomes a part of paths.
    return name if name.isascii() and name.isalnum() else None


def _seen(body: Body, at: datetime) -> TemplateSeen | None:
    seen = parse_template(body, at)
    return seen if isinstance(seen, TemplateSeen) else None
