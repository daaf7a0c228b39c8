"""Build the daemon's reloader on real parts: a file, a loop with a journal, and a scheduler."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from aibwatch.app.copies import Copies
from aibwatch.app.daemon import make_sources
from aibwatch.app.reload import Reloader
from aibwatch.config.load import load
from aibwatch.core.actions import LookForBuild, RunBuild
from aibwatch.core.discovery.group import TaggedGroup
from aibwatch.core.discovery.tagged import LAST, PRIMARY, Member
from aibwatch.core.events import Event, Ticked
from aibwatch.core.model import Diagnosis, Region, TemplateId, template_name
from aibwatch.core.state import State
from aibwatch.handlers.api import Refusal, Surroundings
from aibwatch.handlers.loader import Handlers
from aibwatch.runtime.checks import HandlerChecks
from aibwatch.runtime.clock import Clock
from aibwatch.runtime.executor import Executor, Ports
from aibwatch.runtime.lease import Lease
from aibwatch.runtime.loop import Loop
from aibwatch.runtime.polls import Polls
from aibwatch.runtime.recorder import Recorder
from aibwatch.runtime.scheduler import Scheduler
from aibwatch.runtime.store import Store
from aibwatch.runtime.surveys import Surveys
from aibwatch.sources.connection import connect
from aibwatch.sources.survey.surveyor import Surveyor
from tests.core.builders import NORTH, T0, WEST, a_group_state, a_move, a_template_id


def an_id(name: str, region: Region = WEST) -> TemplateId:
    """Return an id that a configuration may name: its subscription is a GUID."""
    return TemplateId(a_template_id(name, region).replace("/s1/", "/11111111-1111-1111-1111-111111111111/"))


BASE_WEST, BASE_NORTH, NORTH_2 = an_id("base"), an_id("base", NORTH), an_id("other", NORTH)


def a_file(*, mode: str = "auto", more: str = "", health: str = "60s", secondary: str = BASE_NORTH) -> str:
    """Return a configuration with the group that stories are told of."""
    return f"""
[azure]
arm_endpoint = "http://127.0.0.1:9"

[poll]
service_health = "{health}"

[[group]]
name = "base"
primary = "{BASE_WEST}"
secondaries = ["{secondary}"]
mode = "{mode}"
{more}
"""


SECOND_GROUP = f"""
[[group]]
name = "other"
primary = "{an_id("other")}"
secondaries = ["{NORTH_2}"]
"""


def a_move_at_work() -> State:
    """Return a state in which "base" is in the middle of its move to the north."""
    move = a_move(source=BASE_WEST, target=BASE_NORTH, committed_at=T0)
    group = a_group_state("moving", active=BASE_NORTH, epoch=1, move=move)
    return State(awake_since=T0, groups={"base": group})


def found(primary: TemplateId, secondary: TemplateId, *, name: str = "") -> dict[str, TaggedGroup]:
    """Return a group as tags say it, called as its templates unless told."""
    name = name or template_name(primary)
    first = Member(template=primary, region=WEST, group=name, rank=PRIMARY)
    second = Member(template=secondary, region=NORTH, group=name, rank=LAST)
    return {name: TaggedGroup(name=name, members=(first, second))}


@dataclass
class Bench:
    """A reloader and what it changes."""

    file: Path
    reloader: Reloader
    loop: Loop
    scheduler: Scheduler
    took_over: list[bool] = field(default_factory=list)

    def reload(self, text: str) -> bool:
        """Write the file anew, reload, and return whether it was taken over."""
        self.file.write_text(text)
        self.reloader.reload()
        return self.took_over[-1]

    def interval(self, name: str) -> timedelta:
        """Return how often a source is polled from now on."""
        job = self.scheduler._scheduler.get_job(name)
        assert job is not None, f"nothing polls {name}"
        interval: timedelta = job.trigger.interval
        return interval


async def no_build(_: LookForBuild | RunBuild) -> Event:
    """Stand in where nobody orders builds."""
    return Ticked()


@asynccontextmanager
async def a_bench(folder: Path, state: Callable[[], State]) -> AsyncIterator[Bench]:
    """Give a bench whose daemon took over `a_file()`."""
    file = folder / "config.toml"
    file.write_text(a_file())
    loaded, clock = load(file), Clock()
    arm = connect(loaded.settings.azure, now=clock.now, on_request=lambda _: None)
    recorder = Recorder(Store(f"sqlite:///{folder}/aibwatch.db"))
    handlers = Handlers(Surroundings(templates=NoAzure(), now=clock.now, pause=clock.pause, folder=folder / "handlers"))
    azure = NoAzure()
    ports = Ports(
        find=handlers.find,
        poll_afresh=_nothing,
        check=_no_check,
        read_outputs=azure.outputs,
        exclude=azure.exclude,
        run_canary=azure.run,
        build=no_build,
        observe_step=lambda *_: None,
    )
    executor = Executor(recorder, ports, clock)
    loop = Loop(setup=loaded.setup, state=state(), recorder=recorder, executor=executor, clock=clock)
    polls = Polls(
        make_sources(loaded.settings, arm, clock),
        clock=clock,
        setup=lambda: loop.setup,
        state=lambda: loop.state,
        put=loop.put,
        taken=lambda _: None,
    )
    checks = HandlerChecks(handlers.find, clock=clock, setup=lambda: loop.setup, state=lambda: loop.state, put=loop.put)
    surveys = Surveys(
        Surveyor(arm, clock.now, clock.pause),
        copies=Copies(arm, clock, loaded.settings.backup),
        clock=clock,
        setup=lambda: loop.setup,
        state=lambda: loop.state,
        put=loop.put,
    )
    scheduler = Scheduler(
        polls,
        checks=checks,
        surveys=surveys,
        lease=Lease((), loop.put),
        clock=clock,
        put=loop.put,
        prune=_nothing_at_all,
    )
    scheduler.start(loop.setup.pace)
    took_over: list[bool] = []
    reloader = Reloader(loaded, loop, scheduler, handlers, clock.now, took_over.append)
    try:
        yield Bench(file, reloader, loop, scheduler, took_over)
    finally:
        scheduler.stop()
        await scheduler.ended()
        await arm.close()
        recorder.close()


async def _nothing(_: tuple[Region, ...]) -> None:
    return None


async def _no_check(_: str) -> None:
    return None


async def _nothing_at_all() -> None:
    return None


class NoAzure:
    """What handlers may do, where no test lets them."""

    async def read(self, template: TemplateId) -> Refusal:
        raise AssertionError(f"{template} was read")

    async def run(self, template: TemplateId) -> Refusal | None:
        raise AssertionError(f"{template} was run")

    async def outputs(self, template: TemplateId, _: datetime | None = None) -> tuple[str, ...]:
        raise AssertionError(f"outputs of {template} were read")

    async def exclude(self, image: str) -> Diagnosis:
        raise AssertionError(f"{image} was written to")
