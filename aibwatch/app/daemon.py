"""Put the daemon together, and run it from its configuration to its end."""

import asyncio
import contextlib
import os
import secrets
from collections.abc import Sequence
from dataclasses import replace

import structlog

from aibwatch.app.access import TemplateAccess
from aibwatch.app.copies import Copies
from aibwatch.app.groups import make_discovery
from aibwatch.app.peers import peer_spec
from aibwatch.app.reload import Reloader
from aibwatch.app.state import held, opened, recalled, state_path, take
from aibwatch.config.load import Loaded
from aibwatch.config.path import named_file
from aibwatch.config.schema import Settings
from aibwatch.core.discovery.precedence import merged
from aibwatch.core.model import Region
from aibwatch.core.observation import TAGS, Source
from aibwatch.core.state import State
from aibwatch.handlers.api import Surroundings
from aibwatch.handlers.loader import Handlers
from aibwatch.runtime import lifecycle
from aibwatch.runtime.accounts import Accounts
from aibwatch.runtime.builds import BuildRuns
from aibwatch.runtime.builds_http import BuildPages
from aibwatch.runtime.checks import HandlerChecks
from aibwatch.runtime.clock import Clock
from aibwatch.runtime.control import Control, Ways
from aibwatch.runtime.discovery import Reach
from aibwatch.runtime.door.entrance import Entrance
from aibwatch.runtime.door.guard import Guard
from aibwatch.runtime.executor import Executor, Ports
from aibwatch.runtime.heartbeat import Heartbeat
from aibwatch.runtime.http import Http, Served
from aibwatch.runtime.lease import Held, Lease
from aibwatch.runtime.logs import log_decision
from aibwatch.runtime.loop import Loop, Watcher
from aibwatch.runtime.metrics import ALWAYS, Metrics
from aibwatch.runtime.pages_http import Pages
from aibwatch.runtime.past import PastReader
from aibwatch.runtime.polls import Polls, Sources
from aibwatch.runtime.preview import Preview
from aibwatch.runtime.recorder import Recorder
from aibwatch.runtime.records import Records
from aibwatch.runtime.scheduler import Scheduler
from aibwatch.runtime.surveys import Surveys
from aibwatch.runtime.token import Token, read_token
from aibwatch.runtime.unclassified import Unclassified
from aibwatch.sources.activity_log import ActivityLog
from aibwatch.sources.arm import Arm
from aibwatch.sources.connection import connect
from aibwatch.sources.gallery import Gallery
from aibwatch.sources.peer import Peer
from aibwatch.sources.probe import Probe
from aibwatch.sources.resource_health import ResourceHealth
from aibwatch.sources.service_health import ServiceHealth
from aibwatch.sources.survey.surveyor import Surveyor
from aibwatch.sources.templates import OnUnclassified, Templates, untold
from aibwatch.views.canaries import never_run

log = structlog.get_logger(__name__)


class App:
    """One daemon, from its configuration to its end."""

    def __init__(self, loaded: Loaded, *, watchers: Sequence[Watcher] = ()) -> None:
        self._loaded = loaded
        self._watchers = watchers
        self._clock = Clock()
        self._ready = asyncio.Event()
        self._instance = secrets.token_hex(8)
        self.address = ""
        """Where the pages are served; known once `ready` returned."""

    async def ready(self) -> None:
        """Wait until the first polls are in."""
        await self._ready.wait()

    async def run(self, stop: asyncio.Event) -> None:
        """Watch until told to stop.

        Raises:
            StateError: if the state cannot be written.
            BusyError: if another daemon has the state.
            ValueError: if the way to Azure cannot be made as configured.
            ConfigError: if the web config file cannot be used.
            OSError: if the address to listen on cannot be had.
        """
        path = state_path(self._loaded.settings)
        with contextlib.ExitStack() as stack:
            lock = take(stack, path, self._clock.now())
            recorder = opened(self._loaded.settings.state.url, path)
            stack.callback(recorder.close)
            await self._run(recorder, (lock, held(path)), stop)

    async def _run(self, recorder: Recorder, held: tuple[Held, ...], stop: asyncio.Event) -> None:
        settings = self._loaded.settings
        wanted = {Source.PEER: settings.peer, Source.DISCOVERY: settings.discovery.subscriptions}
        metrics = Metrics(self._clock.now, ALWAYS | {source for source, there in wanted.items() if there})
        web_file = settings.http.web_config_file
        guard = Guard(named_file(web_file, os.environ) if web_file else None, metrics.web_config_read)
        arm = connect(self._loaded.settings.azure, now=self._clock.now, on_request=metrics.request_seen)
        try:
            await self._watch(recorder, held, metrics, arm, guard, stop)
        finally:
            await arm.close()

    async def _watch(
        self, recorder: Recorder, held: tuple[Held, ...], metrics: Metrics, arm: Arm, guard: Guard, stop: asyncio.Event
    ) -> None:
        settings = self._loaded.settings
        reach = Reach(
            setup=lambda: loop.setup,
            state=lambda: loop.state,
            take=lambda found: reloader.take_found(found),
        )
        discovery = make_discovery(settings, arm, self._clock, reach)
        found = discovery.found if discovery else {}
        setup = merged(self._loaded.setup, found)
        sources = make_sources(settings, arm, self._clock, Unclassified().seen, instance=self._instance)
        state = _without_strangers(await recalled(recorder, state_path(settings), self._clock.now()), settings)
        access, gallery = TemplateAccess(sources.templates), Gallery(arm)
        folder = state_path(settings).parent / "handlers"
        surroundings = Surroundings(templates=access, now=self._clock.now, pause=self._clock.pause, folder=folder)
        handlers = Handlers(surroundings)
        handlers.load(step for spec in setup.groups.values() for step in spec.steps)
        builds = BuildRuns(
            sources.templates,
            region_of=lambda template: loop.state.window.region_of(template),
            put=lambda event: loop.put(event),
            clock=self._clock,
        )
        ports = Ports(
            find=handlers.find,
            poll_afresh=lambda regions: polls.afresh(regions),
            check=lambda group: check(group),
            read_outputs=access.outputs,
            exclude=gallery.exclude,
            run_canary=access.run_canary,
            build=builds.perform,
            observe_step=metrics.step_taken,
        )
        loop = Loop(
            setup=setup,
            state=state,
            recorder=recorder,
            executor=Executor(recorder, ports, self._clock),
            clock=self._clock,
        )
        polls = Polls(
            sources,
            clock=self._clock,
            setup=lambda: loop.setup,
            state=lambda: loop.state,
            put=loop.put,
            taken=metrics.poll_taken,
            discovery=discovery,
        )
        checks = HandlerChecks(
            handlers.find, clock=self._clock, setup=lambda: loop.setup, state=lambda: loop.state, put=loop.put
        )
        surveys = Surveys(
            Surveyor(arm, self._clock.now, self._clock.pause, on_fault=_told_fault),
            copies=Copies(arm, self._clock, settings.backup),
            clock=self._clock,
            setup=lambda: loop.setup,
            state=lambda: loop.state,
            put=loop.put,
        )
        lease = Lease(held, loop.put)

        async def check(group: str) -> None:
            await checks.of(group)
            await lease.look()

        metrics.expose(lambda: loop.state, lambda: loop.setup)
        heartbeat = Heartbeat(self._clock, lambda: loop.setup)
        for watcher in (metrics.watch, log_decision, surveys.watch, heartbeat.watch, *self._watchers):
            loop.watch(watcher)

        async def prune() -> None:
            await recorder.call(recorder.journal.prune, self._clock.now())

        scheduler = Scheduler(
            polls, checks=checks, surveys=surveys, lease=lease, clock=self._clock, put=loop.put, prune=prune
        )
        reloader = Reloader(self._loaded, loop, scheduler, handlers, self._clock.now, metrics.reloaded, found)
        lifecycle.reload_on_signal(reloader.reload)
        token = Token(read_token(settings.http.token_file), metrics.order_refused)
        control = Control(token, self._ways(loop, handlers, reloader))
        accounts = Accounts(recorder, state=lambda: loop.state, setup=lambda: loop.setup, now=self._clock.now)
        records = Records(recorder, accounts, state=lambda: loop.state, now=self._clock.now)
        pages = Pages(accounts, state=lambda: loop.state, setup=lambda: loop.setup, now=self._clock.now)
        building = BuildPages(lambda: loop.state)
        routes = [*control.routes(), *building.routes(), *records.routes(), *pages.routes()]
        http = Http(self._served(loop, recorder, metrics), routes, Entrance(guard, seen=metrics.not_served))
        try:
            await self._serve(loop, polls, scheduler, http, guard, stop)
        finally:
            await handlers.close()

    def _ways(self, loop: Loop, handlers: Handlers, reloader: Reloader) -> Ways:
        preview = Preview(find=handlers.find, state=lambda: loop.state, setup=lambda: loop.setup, now=self._clock.now)
        return Ways(
            state=lambda: loop.state,
            setup=lambda: loop.setup,
            now=self._clock.now,
            order=loop.order,
            preview=preview.of,
            reload=reloader.reload,
        )

    async def _serve(
        self, loop: Loop, polls: Polls, scheduler: Scheduler, http: Http, guard: Guard, stop: asyncio.Event
    ) -> None:
        self.address = await http.start(*_host_and_port(self._loaded.settings.http.listen))
        try:
            async with asyncio.TaskGroup() as tasks:
                consumer = tasks.create_task(loop.run())
                starter = tasks.create_task(self._first_polls(loop, polls, scheduler))
                follower = tasks.create_task(guard.follow(self._clock))
                await stop.wait()
                lifecycle.notify("STOPPING=1")
                log.info("stopping")
                scheduler.stop()
                starter.cancel()
                follower.cancel()
                consumer.cancel()
        finally:
            scheduler.stop()
            await scheduler.ended()
            await http.stop()

    async def _first_polls(self, loop: Loop, polls: Polls, scheduler: Scheduler) -> None:
        await polls.discovery()  # first, because it tells which templates there are
        await polls.everything()
        await loop.settled()  # now the templates' regions are known, and the probe has somewhere to go
        await asyncio.gather(polls.probe(), polls.peers())
        await loop.settled()
        for why in never_run(loop.state, loop.setup, self._clock.now()):
            log.warning("a canary is never run", why=why)
        scheduler.start(loop.setup.pace)
        await scheduler.begun()
        await loop.settled()
        self._ready.set()
        lifecycle.notify("READY=1")
        log.info("watching", groups=sorted(loop.setup.groups), address=self.address)

    def _served(self, loop: Loop, recorder: Recorder, metrics: Metrics) -> Served:
        return Served(
            state=lambda: loop.state,
            setup=lambda: loop.setup,
            now=self._clock.now,
            ready=self._ready.is_set,
            decided_at=lambda: loop.decided_at,
            registry=metrics.registry,
            past=PastReader(recorder, self._clock.now),
            instance=self._instance,
        )


def make_sources(
    settings: Settings,
    arm: Arm,
    clock: Clock,
    on_unclassified: OnUnclassified = untold,
    *,
    instance: str = "",
) -> Sources:
    """Return all sources, on one way to Azure; `instance` is which daemon this is, as it tells its peers.

    Raises:
        ValueError: if a peer's ca_bundle cannot be read.
    """
    peers = map(peer_spec, settings.peer)
    return Sources(
        templates=Templates(arm, clock.now, on_unclassified=on_unclassified),
        probe=Probe(arm, clock.now),
        service_health=ServiceHealth(arm, clock.now, settings.policy.service_health_service),
        resource_health=ResourceHealth(arm, clock.now),
        activity_log=ActivityLog(arm, clock.now),
        peers=tuple(Peer(spec, clock.now, instance=instance) for spec in peers),
        dependencies=tuple((Region(d.region), d.resource) for d in settings.dependency),
    )


def _told_fault(fault: Exception) -> None:
    """Log a fault of ours in a survey; what it was about is unknown in the report, which holds moves."""
    log.error("a survey broke; this is a fault of aibwatch", exc_info=fault)


def _without_strangers(state: State, settings: Settings) -> State:
    """Return the state without what peers and tags said that are not asked any more: nobody would ever hear of them."""
    known = {peer.name for peer in settings.peer}
    peers = {key: said for key, said in state.window.peers.items() if said.peer in known}
    window = replace(state.window, peers=peers)
    if not settings.discovery.subscriptions:
        polls = {key: record for key, record in window.polls.items() if key != f"{Source.DISCOVERY}/{TAGS}"}
        window = replace(window, discovery=None, polls=polls)
    return replace(state, window=window)


def _host_and_port(listen: str) -> tuple[str, int]:
    host, _, port = listen.rpartition(":")
    return host.strip("[]"), int(port)
