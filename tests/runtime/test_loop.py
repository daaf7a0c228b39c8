"""Let the loop decide on a real journal, with a handler and polls that say what they are told."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace

import pytest
from sqlalchemy import text

from aibwatch.core.builds.build import Builds
from aibwatch.core.canary.canary import CanaryResult
from aibwatch.core.decision import Decision, NoteKind
from aibwatch.core.events import (
    BuildLooked,
    BuildOrdered,
    Event,
    JournalFailed,
    JournalRecovered,
    LeaseChecked,
    Observed,
    Started,
    Ticked,
)
from aibwatch.core.model import WELL, Region, TemplateId
from aibwatch.core.policy import CanarySpec, StepSpec
from aibwatch.core.state import GroupState, State
from aibwatch.core.verdict import VerdictKind
from aibwatch.handlers.api import Refusal
from aibwatch.runtime.executor import Executor, Ports
from aibwatch.runtime.journal import Journal
from aibwatch.runtime.loop import Loop
from aibwatch.runtime.past import PastReader
from aibwatch.runtime.store import JournalError
from tests.clocks import others_first
from tests.core.builders import (
    BASE_NORTH,
    BEAT,
    MINUTE,
    NORTH,
    WEST,
    Play,
    World,
    a_call,
    a_group,
    a_run,
    a_setup,
    a_template,
    a_world,
)
from tests.core.builders import a_template_id as an_id
from tests.waiting import until

from .builders import Bench, by_name, no_build

Lock = Callable[[bool], None]


@dataclass
class Shell:
    """A loop that runs, and the world that its polls meet."""

    bench: Bench
    world: World = field(default_factory=a_world)
    told: list[tuple[Decision, Event]] = field(default_factory=list)
    on_disk: list[tuple[str, str]] = field(default_factory=list)
    """What was done, and the group's phase that was on record when it was."""

    def __post_init__(self) -> None:
        self.clock, self.handler = self.bench.clock, self.bench.handler
        self.loop = Loop(
            setup=a_setup(a_group(steps=(StepSpec(handler="fake"),))),
            state=State(awake_since=self.clock.now()),
            recorder=self.bench.recorder,
            executor=Executor(self.bench.recorder, self._ports(), self.clock),
            clock=self.clock,
        )
        self.loop.watch(lambda _, decision, event: self.told.append((decision, event)))
        self.handler.at_activate = lambda: self._note("activate")

    def _ports(self) -> Ports:
        async def afresh(regions: tuple[Region, ...]) -> None:
            self._note("poll afresh")
            await self.observe()

        return Ports(
            find=by_name({"fake": self.handler}),
            poll_afresh=afresh,
            check=self.bench._check,
            read_outputs=self.bench._outputs,
            exclude=self.bench._exclude,
            run_canary=self._run_canary,
            build=no_build,
            observe_step=lambda *_: None,
        )

    async def _run_canary(self, template: TemplateId) -> Refusal | None:
        memory, _ = Journal(self.bench.recorder._store).recall(self.clock.now())
        self.on_disk.append(("run canary", memory.canaries[WEST].runs[-1].result))
        return await self.bench._run(template)

    def with_canary(self) -> None:
        """Let the west have a canary that is run on suspicion only."""
        canary = CanarySpec(region=WEST, template=an_id("canary"), routine=None)
        self.loop.setup = replace(self.loop.setup, canaries={WEST: canary})
        self.world.templates[canary.template] = a_template("canary")

    def _note(self, what: str) -> None:
        memory, _ = Journal(self.bench.recorder._store).recall(self.clock.now())
        self.on_disk.append((what, memory.groups["base"].phase))

    async def observe(self) -> None:
        await self.loop.put(Observed(observations=self.world.polls(self.clock.now())))

    async def poll(self, beats: int = 1) -> None:
        """Let time pass with a poll of everything every 30 s."""
        for _ in range(beats):
            self.clock.time += BEAT
            await self.observe()
            await self.loop.settled()

    async def until_verdict(self, kind: str) -> None:
        for _ in range(100):
            if self.verdict is VerdictKind(kind):
                return
            await self.poll()
        raise AssertionError(f"never {kind}: {self.loop.state.verdicts}")

    async def until_moved(self) -> None:
        for _ in range(100):
            if self.group.phase == "watching" and self.group.last is not None:
                return
            await self.poll()
        raise AssertionError(f"never moved: {self.group}")

    def break_west(self) -> None:
        ended = (self.clock.now() - BEAT * 4 - self.clock.now().replace(minute=0, second=0, microsecond=0)) / MINUTE
        self.world.probe[WEST] = "service"
        for name in ("web", "sql"):
            self.world.ran(an_id(name, WEST), a_run("service", started=ended, ended=ended + 1))

    @property
    def group(self) -> GroupState:
        return self.loop.state.groups["base"]

    @property
    def verdict(self) -> VerdictKind | None:
        known = self.loop.state.verdicts.get(f"@{WEST}")
        return known.kind if known else None

    def heard(self, kind: NoteKind, subject: str) -> list[str]:
        return [n.what for decision, _ in self.told for n in decision.notes if n.kind is kind and n.subject == subject]


@pytest.fixture
async def shell(bench: Bench) -> AsyncIterator[Shell]:
    shell = Shell(bench)
    task = asyncio.create_task(shell.loop.run())
    await shell.poll(4)
    yield shell
    assert not task.done(), "the loop must outlive whatever happened"
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_nothing_is_done_before_the_decision_to_do_it_is_on_record(shell: Shell) -> None:
    shell.break_west()
    await shell.until_moved()
    assert shell.on_disk == [("poll afresh", "checking"), ("activate", "moving")]
    assert (shell.group.active, shell.group.epoch, shell.handler.calls) == (
        BASE_NORTH,
        1,
        ["plan", "activate", "status"],
    )


async def test_a_canary_is_on_record_as_asked_for_before_it_is(shell: Shell) -> None:
    shell.with_canary()
    shell.world.probe[WEST] = "service"
    await shell.until_verdict("suspect")
    await shell.poll(4)
    assert shell.on_disk == [("run canary", "asked")]
    assert shell.loop.state.canaries[WEST].runs[-1].result is CanaryResult.RUNNING, "its answer came back"


async def test_events_are_decided_on_in_the_order_in_which_they_came(shell: Shell) -> None:
    shell.told.clear()
    events: list[Event] = [Ticked(), Started(), JournalRecovered(), Ticked()]
    for event in events:
        await shell.loop.put(event)
    await shell.loop.settled()
    assert [event for _, event in shell.told] == events


async def test_what_only_says_once_more_that_all_is_well_is_not_written(shell: Shell) -> None:
    before = observations(shell)
    shell.world.templates.clear()  # a source reports only templates that changed
    await shell.poll(10)
    assert observations(shell) == before


async def test_a_call_that_failed_is_written(shell: Shell) -> None:
    call = a_call(when=shell.clock.now())
    await shell.loop.put(Observed(observations=(call,)))
    await shell.loop.settled()
    _, recalled = Journal(shell.bench.recorder._store).recall(shell.clock.now())
    assert call in recalled


def observations(shell: Shell) -> int:
    with shell.bench.recorder._store.transaction() as connection:
        number: int = connection.execute(text("SELECT count(*) FROM observations")).scalar_one()
        return number


# a journal that fails


async def test_without_a_journal_it_goes_on_seeing_and_does_nothing(shell: Shell, lock: Lock) -> None:
    shell.clock.hold()
    lock(True)
    shell.break_west()
    await shell.until_verdict("outage")
    await shell.poll(5)
    lock(False)
    assert (shell.group.phase, shell.group.epoch, shell.on_disk, shell.handler.calls) == ("watching", 0, [], [])
    assert shell.loop.state.journal_failing_since is not None


async def test_without_a_journal_no_canary_is_run_and_none_is_remembered_as_asked_for(shell: Shell, lock: Lock) -> None:
    shell.with_canary()
    shell.clock.hold()
    lock(True)
    shell.world.probe[WEST] = "service"
    await shell.until_verdict("suspect")
    await shell.poll(5)
    lock(False)
    assert (shell.on_disk, [c.runs for c in shell.loop.state.canaries.values()]) in [([], []), ([], [()])]
    shell.clock.let_go()

    async def asked() -> bool:
        return bool(shell.on_disk)

    await until("the canary is run", asked)
    assert shell.on_disk == [("run canary", "asked")]


async def test_without_a_journal_a_build_is_not_begun_and_whoever_ordered_it_is_told(shell: Shell, lock: Lock) -> None:
    await shell.poll(2)
    shell.clock.hold()
    lock(True)
    with pytest.raises(JournalError):
        await shell.loop.order(BuildOrdered(id="b1", group="base", owner="ann", reason="urgent"))
    await shell.poll(2)
    lock(False)
    assert shell.loop.state.builds == Builds()


async def test_a_build_under_way_is_left_as_it_is_while_the_journal_fails(shell: Shell, lock: Lock) -> None:
    await shell.poll(2)
    reply = await shell.loop.order(BuildOrdered(id="b1", group="base", owner="ann", reason="urgent"))
    before = shell.loop.state.builds
    shell.clock.hold()
    lock(True)
    shell.world.ran(an_id("base"), a_run("ok", started=3))
    await shell.poll(2)
    await shell.loop.put(BuildLooked(id="b1", attempt=1, read=1, run=None, diagnosis=WELL))
    await shell.poll(2)
    lock(False)
    assert (reply.id, shell.loop.state.builds) == ("b1", before)
    shell.clock.let_go()

    async def asked() -> bool:
        return [a.stage for a in shell.loop.state.builds.kept[0].attempts] == ["asked"]

    await until("the look that waited is taken up", asked)


async def test_when_the_journal_heals_the_group_moves_once(shell: Shell, lock: Lock) -> None:
    shell.clock.hold()
    lock(True)
    shell.break_west()
    await shell.until_verdict("outage")
    lock(False)
    shell.clock.let_go()
    await shell.until_moved()
    assert (shell.group.epoch, shell.handler.calls) == (1, ["plan", "activate", "status"])
    assert shell.loop.state.journal_failing_since is None


async def test_an_outcome_that_could_not_be_recorded_is_kept_and_not_brought_about_again(
    shell: Shell, lock: Lock
) -> None:
    def fail() -> None:
        lock(True)
        shell.clock.hold()

    shell.handler.at_activate = fail
    shell.break_west()
    await shell.until_verdict("outage")

    async def failing() -> bool:
        await others_first()
        return bool(shell.loop._waiting)

    await until("the outcome waits", failing)
    waiting = shell.group.phase
    lock(False)
    shell.clock.let_go()
    await shell.until_moved()
    assert (waiting, shell.handler.calls) == ("moving", ["plan", "activate", "status"])
    assert (shell.group.active, shell.group.phase) == (BASE_NORTH, "watching")


async def test_a_journal_that_fails_and_heals_is_told_once_each(shell: Shell, lock: Lock) -> None:
    shell.clock.hold()
    lock(True)
    await shell.poll(5)
    lock(False)
    shell.clock.let_go()

    async def healed() -> bool:
        return shell.loop.state.journal_failing_since is None

    await until("the journal is well", healed)
    assert shell.heard(NoteKind.HOST, "host") == ["journal not writable", "journal writable again"]
    assert len([event for _, event in shell.told if isinstance(event, JournalFailed)]) >= 5


async def test_a_time_without_a_journal_is_told_as_lost_and_what_follows_as_it_was(shell: Shell, lock: Lock) -> None:
    shell.clock.hold()
    lock(True)
    failed_at = shell.loop.state.judged_at
    shell.break_west()
    await shell.until_verdict("outage")
    lost = shell.clock.now()
    lock(False)
    shell.clock.let_go()
    await shell.until_moved()
    reader = PastReader(shell.bench.recorder, shell.clock.now)
    then, now = await reader.at(lost.isoformat()), await reader.at(shell.clock.now().isoformat())
    assert (then.silence is not None and then.silence.since, now.silence) == (failed_at, None)
    assert (then.state.verdicts[f"@{WEST}"].kind, now.state.groups) == ("healthy", shell.loop.state.groups)


async def test_a_journal_that_fails_a_second_time_is_waited_for_again(shell: Shell, lock: Lock) -> None:
    for _ in range(2):
        shell.clock.hold()
        lock(True)
        await shell.poll()
        lock(False)
        shell.clock.let_go()

        async def healed() -> bool:
            return shell.loop.state.journal_failing_since is None

        await until("the journal is well", healed)
    assert shell.heard(NoteKind.HOST, "host") == ["journal not writable", "journal writable again"] * 2


async def test_people_are_told_of_an_outage_also_while_the_journal_fails(shell: Shell, lock: Lock) -> None:
    shell.clock.hold()
    lock(True)
    shell.break_west()
    await shell.until_verdict("outage")
    lock(False)
    told = shell.heard(NoteKind.VERDICT, WEST)
    assert told[-3:] == ["healthy -> suspect", "suspect -> confirming", "confirming -> outage"]


async def test_watchers_are_told_what_was_seen_also_while_the_journal_fails(shell: Shell, lock: Lock) -> None:
    # The metrics are such a watcher: a run that fails while the disk is full would never be counted.
    shell.clock.hold()
    lock(True)
    shell.told.clear()
    await shell.poll()
    lock(False)
    assert [type(event) for _, event in shell.told] == [Observed, JournalFailed]


async def test_a_state_that_is_lost_is_known_also_where_nothing_can_be_written(shell: Shell, lock: Lock) -> None:
    # Whoever deletes the directory takes lock and journal away together.
    shell.clock.hold()
    lock(True)
    await shell.loop.put(LeaseChecked(held=False, why="the lock file was deleted"))
    await shell.loop.settled()
    lock(False)
    assert shell.loop.state.lease_lost == "the lock file was deleted"
    assert "the lease on the state is lost" in shell.heard(NoteKind.HOST, "host")


# another process


async def test_the_next_process_goes_on_where_this_one_was(shell: Shell) -> None:
    shell.break_west()
    await shell.until_moved()
    memory, _ = Journal(shell.bench.recorder._store).recall(shell.clock.now())
    known = memory.groups["base"]
    assert (known.active, known.epoch, known.last) == (BASE_NORTH, 1, shell.group.last)
    assert NORTH in shell.loop.state.window.templates[BASE_NORTH].region


def test_the_builders_of_the_core_tell_a_story_that_moves() -> None:
    play = Play()
    play.break_region()
    assert play.run(30).group().epoch == 1
