"""Ask the sources, and hand what they saw to the loop. A poll that fails is an observation too.

Rules: one poll of a kind and region at a time for the regular schedule; a fresh poll for a check runs beside it. A
fault of ours in a source is told and counted, and counts as "we could not see", never against a region.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import structlog

from aibwatch.core.events import Event, Observed
from aibwatch.core.judging import regions_of
from aibwatch.core.model import Diagnosis, FailureClass, Region, TemplateId
from aibwatch.core.observation import TAGS, Observation, Polled, Source
from aibwatch.core.policy import Setup
from aibwatch.core.state import State
from aibwatch.runtime.clock import Clock
from aibwatch.runtime.discovery import Discovery
from aibwatch.sources.activity_log import ActivityLog
from aibwatch.sources.peer import Peer
from aibwatch.sources.probe import Probe
from aibwatch.sources.resource_health import ResourceHealth
from aibwatch.sources.service_health import ServiceHealth
from aibwatch.sources.templates import Templates

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What there is to poll."""

    templates: Templates
    probe: Probe
    service_health: ServiceHealth
    resource_health: ResourceHealth
    activity_log: ActivityLog
    dependencies: tuple[tuple[Region, str], ...] = ()
    """Region and resource id of what the operator named."""
    peers: tuple[Peer, ...] = ()
    """Other observers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PollTaken:
    """That a source was polled, for the metrics."""

    source: Source
    at: datetime
    seconds: float
    failed: bool


class Polls:
    """All polls of the daemon."""

    def __init__(
        self,
        sources: Sources,
        *,
        clock: Clock,
        setup: Callable[[], Setup],
        state: Callable[[], State],
        put: Callable[[Event], Awaitable[None]],
        taken: Callable[[PollTaken], None],
        discovery: Discovery | None = None,
    ) -> None:
        self._sources, self._clock = sources, clock
        self._setup, self._state, self._put, self._taken = setup, state, put, taken
        self._discovery = discovery

    async def discovery(self) -> None:
        """Look for groups in the tags of templates, where that is wanted."""
        if self._discovery is not None:
            await self._take(Source.DISCOVERY, TAGS, self._discovery.poll)

    async def discovery_again(self) -> None:
        """Look once more if the last look failed; and put back what should not have been let go."""
        if self._discovery is None:
            return
        self._discovery.put_back()
        if self._discovery.failed:
            await self.discovery()

    async def templates(self) -> None:
        """List the watched templates and see what changed."""
        watched = self._setup().watched
        if watched:
            known = self._state().window.templates
            await self._take(Source.TEMPLATES, "all", partial(self._sources.templates.poll, watched, known))

    def regions(self) -> tuple[Region, ...]:
        """Return the regions where groups live, as far as their templates were seen."""
        return regions_of(self._state(), self._setup())

    async def probe(self, regions: tuple[Region, ...] | None = None) -> None:
        """Read one template in each of these regions; by default in every region where groups live."""
        targets = _probe_targets(self._state(), self._setup())
        await asyncio.gather(
            *(
                self._take(Source.PROBE, region, partial(self._sources.probe.poll, region, targets[region]))
                for region in (self.regions() if regions is None else regions)
                if region in targets
            )
        )

    async def service_health(self) -> None:
        """Read the events of every subscription that groups live in."""
        await asyncio.gather(
            *(
                self._take(Source.SERVICE_HEALTH, subscription, partial(self._events, subscription))
                for subscription in sorted(_subscriptions(self._setup()))
            )
        )

    async def resource_health(self) -> None:
        """Read the availability of every named dependency."""
        await asyncio.gather(
            *(
                self._take(
                    Source.RESOURCE_HEALTH, resource, partial(self._sources.resource_health.poll, region, resource)
                )
                for region, resource in self._sources.dependencies
            )
        )

    async def activity_log(self) -> None:
        """Read which calls to run failed, in every subscription that groups live in."""
        await asyncio.gather(
            *(
                self._take(Source.ACTIVITY_LOG, subscription, partial(self._calls, subscription))
                for subscription in sorted(_subscriptions(self._setup()))
            )
        )

    async def peers(self) -> None:
        """Ask every other observer how it sees the regions where groups live."""
        regions = self.regions()
        await asyncio.gather(
            *(self._take(Source.PEER, peer.name, partial(peer.poll, regions)) for peer in self._sources.peers)
        )

    async def afresh(self, regions: tuple[Region, ...]) -> None:
        """Poll now whatever a decision about these regions rests on; return when all of it was handed in.

        The region to leave comes first in `regions`. The others are read after it: it may hang for a request's whole
        time-out, and by then a read of the region to go to would not be fresh any more. The Activity Log is left out:
        it is minutes late, so what it says next is no fresher than what it said last.
        """
        await asyncio.gather(self.probe(regions[:1]), self.templates(), self.service_health(), self.peers())
        await self.probe(regions[1:])

    async def everything(self) -> None:
        """Poll every source once; the templates first, because they tell which regions there are.

        Probe and peers are left to the caller: they are asked about regions, which have to be known by then.
        """
        await self.templates()
        await asyncio.gather(self.service_health(), self.resource_health(), self.activity_log())

    async def _events(self, subscription: str) -> tuple[Observation, ...]:
        known = self._state().window.events
        return await self._sources.service_health.poll(subscription, self.regions(), known)

    async def _calls(self, subscription: str) -> tuple[Observation, ...]:
        window = self._state().window
        record = window.poll(Source.ACTIVITY_LOG, subscription)
        last_well = record.well_at if record else None
        places = {t: region for t in _watched(self._setup()) if (region := window.region_of(t))}
        return await self._sources.activity_log.poll(subscription, places, window.calls, last_well)

    async def _take(self, source: Source, subject: str, poll: Callable[[], Awaitable[tuple[Observation, ...]]]) -> None:
        # Told how to poll and not given a poll that is begun: one that is cancelled before its turn would warn of that.
        began = self._clock.elapsed()
        try:
            observations = await poll()
        except Exception as error:
            # The outermost edge of a poll: a fault of ours must not stop the others, nor pass in silence.
            log.exception("a poll broke; this is a fault of aibwatch", source=source, subject=subject)
            why = Diagnosis(cls=FailureClass.NETWORK, rule="fault-of-ours", summary=f"{type(error).__name__}: {error}")
            observations = (Polled(at=self._clock.now(), source=source, subject=subject, diagnosis=why),)
        failed = any(isinstance(o, Polled) and o.diagnosis.cls is not FailureClass.OK for o in observations)
        seconds = self._clock.elapsed() - began
        self._taken(PollTaken(source=source, at=self._clock.now(), seconds=seconds, failed=failed))
        if observations:
            await self._put(Observed(observations=observations))


def _watched(setup: Setup) -> frozenset[TemplateId]:
    return frozenset(t for spec in setup.groups.values() for t in spec.members)


def _subscriptions(setup: Setup) -> frozenset[str]:
    return frozenset(t.split("/")[2] for t in setup.watched)


def _probe_targets(state: State, setup: Setup) -> Mapping[Region, TemplateId]:
    """Return one template for each region: the first member there, so that it is the same from poll to poll."""
    targets: dict[Region, TemplateId] = {}
    for spec in setup.groups.values():
        for template in spec.members:
            region = state.window.region_of(template)
            if region is not None:
                targets.setdefault(region, template)
    return targets
