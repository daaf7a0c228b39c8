"""Play one world through the production core: the shell of the daemon, in simulated time.

Everything is decided by `core.engine.step`; this module brings it the events that a daemon would have had, performs the
actions at once, and writes down what was done and said. Polls come every half minute.

Note [Quiet time]: where every verdict is HEALTHY, nothing is under way and the world has nothing happening for a while,
the polls in between would all bring the same good answers; they are left out until shortly before something happens.
The first polls after the gap come before it, so that nothing looks stale. A test plays worlds both ways.
"""

import random
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aibwatch.backtest import hand
from aibwatch.backtest.polls import CanaryStart, Observer, said
from aibwatch.backtest.scene import GROUP, PRIMARY, a_setup, moment
from aibwatch.backtest.timeline import Timeline
from aibwatch.backtest.world import World
from aibwatch.core.actions import (
    Action,
    AskStatus,
    DispatchStep,
    ExcludeFromLatest,
    LookForBuild,
    PollAfresh,
    ReadOutputs,
    RunBuild,
    RunCanary,
    WriteEpoch,
)
from aibwatch.core.canary.canaries import is_awaited
from aibwatch.core.canary.canary import PROGRESS
from aibwatch.core.decision import Note, NoteKind
from aibwatch.core.engine import step
from aibwatch.core.events import (
    CanaryAnswered,
    ClockStepped,
    EpochAnswered,
    Event,
    Observed,
    OutputsRead,
    PolledAfresh,
    Started,
    StepEnded,
)
from aibwatch.core.model import WELL, FailureClass, RunState
from aibwatch.core.move.move import StepResult
from aibwatch.core.observation import Observation, TemplateSeen
from aibwatch.core.policy import Policy
from aibwatch.core.recall import memory_of, recall
from aibwatch.core.state import Phase, State
from aibwatch.core.verdict import VerdictKind

BEAT = 0.5
"""Minutes from one round of polls to the next."""

LISTS_EVERY, READINESS_EVERY = 2, 60
"""Rounds from one list of templates, look at Service Health or word of a peer to the next, and between reports."""

BEFORE = 10.0
"""Minutes that are played before anything happens, so that the daemon knows the world when it does."""

SHORTLY = 3.0
"""Minutes before something happens at which quiet time ends, and after it until it may begin: more than any source
needs to be fresh, and to show it."""

REFUSED_AT_ONCE = 1.5
"""A canary that ends with a failure within so many minutes was not taken by the service at all: the request failed."""

UNCERTAIN = frozenset({FailureClass.NETWORK, FailureClass.SERVICE, FailureClass.AMBIGUOUS})
"""Refusals after which the run may have been taken all the same: no answer, and every 5xx."""

JUMP = timedelta(hours=2)
"""By how much the observer's clock is wrong while it is in trouble."""

DOWN_FOR = 1.0
"""Minutes that a restart takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conduct:
    """How the daemon's own luck differs from play to play; the world stays the same."""

    phase: float = 0.0
    """Minutes by which the rounds of polls are late, less than BEAT."""
    canary_stretch: float = 1.0
    restart_at: float | None = None
    doubled: int | None = None
    """Seed of the disorder in which every observation comes twice; None: once and in order."""
    skip_quiet: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """That a wanted move was held, and by which gates."""

    minute: float
    gates: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One note, for the report."""

    minute: float
    kind: str
    """The verdict or phase that it tells, or what it is about."""
    about: NoteKind
    subject: str
    what: str
    why: str
    loud: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What the daemon did and said in one world."""

    failovers: tuple[float, ...]
    holds: tuple[Held, ...]
    said: tuple[Said, ...]
    canaries: int
    state: State
    skipped: int
    """Rounds of polls that were left out. See Note [Quiet time]."""

    @property
    def alerts(self) -> tuple[Said, ...]:
        """Return what people were told, as against what is only on record."""
        return tuple(note for note in self.said if note.loud)


def play(world: World, policy: Policy, conduct: Conduct = Conduct()) -> Course:
    """Return what happens in the world under this policy."""
    game = _Game(world, policy, conduct)
    game.run()
    return Course(
        failovers=tuple(game.failovers),
        holds=tuple(game.holds),
        said=tuple(game.said),
        canaries=game.canaries,
        state=game.state,
        skipped=game.skipped,
    )


@dataclass
class _Pending:
    """An answer that takes its time."""

    minute: float
    event: Event = field(compare=False)


class _Game:
    def __init__(self, world: World, policy: Policy, conduct: Conduct) -> None:
        self.world, self.conduct = world, conduct
        self.timeline = Timeline(world, canary_stretch=conduct.canary_stretch)
        self.turns = self.timeline.turns()
        self.since = min((0.0, *self.turns)) - BEFORE
        self.observer = Observer(self.timeline, self.since)
        policy = hand.policy_for(world, policy, self.since)
        freezes = hand.freezes(world, self.since)
        self.base_setup = a_setup(policy, others=self.timeline.most_others(), freezes=freezes)
        self.setup = self.base_setup
        self.state = hand.first_state(world, self.since)
        self.orders = deque(sorted(hand.orders(world, self.since), key=lambda order: order[0]))
        self.pending: list[_Pending] = []
        # Chance here is a seed of the play, so that a course can be played again; nothing secret hangs on it.
        self.disorder = random.Random(conduct.doubled) if conduct.doubled is not None else None  # noqa: S311
        self.journal: list[Observation] = []
        self.late: list[Observation] = []
        self.clock_wrong = False
        self.restarted = self.was_away = False
        self.minute = self.since
        self.failovers: list[float] = []
        self.holds: list[Held] = []
        self.said: list[Said] = []
        self.canaries = self.skipped = 0

    def run(self) -> None:
        self.tell(Started())
        number = 0
        while True:
            minute = self.since + number * BEAT + self.conduct.phase
            if minute > self.world.horizon_minutes:
                break
            if not self.is_away(minute):
                self.advance(minute)
                self.round(number)
            rounds = self.rounds_to_next(minute)
            self.skipped += rounds - 1
            number += rounds

    def is_away(self, minute: float) -> bool:
        """Return whether nobody is there to be told anything: the host is frozen, or the daemon is being restarted."""
        at = self.conduct.restart_at
        away = self.timeline.happens("observer_frozen", minute) or (at is not None and at <= minute < at + DOWN_FOR)
        self.was_away = self.was_away or away
        return away

    def advance(self, minute: float) -> None:
        """Let everything happen by itself that is due until this minute; what came meanwhile is told on waking."""
        if self.was_away:
            self.minute, self.was_away = minute, False
        self.restart(minute)
        while self.orders and self.orders[0][0] <= minute:
            at, event = self.orders.popleft()
            self.minute = max(at, self.minute)
            self.tell(event)
        for pending in sorted((p for p in self.pending if p.minute <= minute), key=lambda p: p.minute):
            self.pending.remove(pending)
            self.minute = max(pending.minute, self.minute)
            self.tell(pending.event)
        self.minute = minute
        self.setup = hand.set_up(self.world, self.base_setup, minute)
        if hand.touches_memory(self.world):
            self.state = hand.remembered(self.world, self.state, minute)

    def restart(self, minute: float) -> None:
        """Let the daemon die and come back, once. What it waited for an answer to, it is not told any more."""
        at = self.conduct.restart_at
        if at is None or self.restarted or minute < at + DOWN_FOR:
            return
        self.restarted = True
        self.minute = minute
        self.pending.clear()
        self.state = recall(memory_of(self.state), self.journal, self.now)
        self.tell(Started())
        for event in hand.standing(self.world, minute):
            self.tell(event)

    def round(self, number: int) -> None:
        self.follow_clock()
        self.observe(self.polls(number))

    def follow_clock(self) -> None:
        wrong = self.timeline.happens("clock_trouble", self.minute)
        if wrong is not self.clock_wrong:
            self.clock_wrong = wrong
            seconds = JUMP.total_seconds()
            self.tell(ClockStepped(seconds=seconds if wrong else -seconds))

    @property
    def now(self) -> datetime:
        return moment(self.minute) + (JUMP if self.clock_wrong else timedelta(0))

    def polls(self, number: int | None) -> list[Observation]:
        """Return what one round brings; everything at once where no number is given."""
        seen = self.observer.probes(self.minute, self.now)
        if number is None or number % LISTS_EVERY == 0:
            seen += self.observer.lists(self.minute, self.now)
            seen += self.observer.events(self.minute, self.now)
            seen += self.observer.others(self.minute, self.now)
        if number is None or number % READINESS_EVERY == 0 or self.is_suspected():
            seen += self.observer.readiness(self.minute, self.now)
        return seen

    def observe(self, seen: list[Observation]) -> None:
        self.journal += seen
        if self.disorder is not None:
            again, self.late = [*seen, *self.late], list(seen)
            seen = [*seen, *again]
            self.disorder.shuffle(seen)
        self.tell(Observed(observations=tuple(seen)))

    def is_suspected(self) -> bool:
        return any(v.trouble_since is not None for v in self.state.verdicts.values())

    def tell(self, event: Event) -> None:
        queue = deque([event])
        while queue:
            before = self.state
            decision = step(self.state, queue.popleft(), self.setup, self.now)
            self.state = decision.state
            self.write_down(before, decision.notes)
            for action in decision.actions:
                queue.extend(self.perform(action))

    def perform(self, action: Action) -> Iterable[Event]:
        match action:
            case PollAfresh():
                seen = self.polls(None)
                self.journal += seen
                return (
                    Observed(observations=tuple(seen)),
                    PolledAfresh(group=action.group, activation_id=action.activation_id),
                )
            case WriteEpoch():
                if action.group == GROUP:
                    self.failovers.append(self.minute)
                return (EpochAnswered(group=action.group, activation_id=action.activation_id, written=True),)
            case DispatchStep() | AskStatus():
                call = action.call
                return (
                    StepEnded(
                        group=call.group,
                        activation_id=call.activation_id,
                        step=call.step,
                        attempt=call.attempt,
                        result=StepResult.APPLIED,
                        why="the world says so",
                    ),
                )
            case ReadOutputs():
                return (
                    OutputsRead(
                        group=action.group,
                        activation_id=action.activation_id,
                        images=(),
                        diagnosis=WELL,
                        late_run=action.late_run,
                    ),
                )
            case ExcludeFromLatest():
                raise AssertionError("no run of a labelled world has an image, so none can be taken out of latest")
            case RunCanary():
                return self.run_canary(action)
            case LookForBuild() | RunBuild():
                return ()  # nobody orders builds in a world

    def run_canary(self, action: RunCanary) -> Iterable[Event]:
        self.canaries += 1
        fate = self.timeline.fate(self.minute)
        refused = fate.cls is not FailureClass.OK and fate.ends <= REFUSED_AT_ONCE * self.conduct.canary_stretch
        diagnosis = said(fate.cls) if refused else WELL
        answer = CanaryAnswered(
            region=action.region,
            asked_at=action.asked_at,
            diagnosis=diagnosis,
            uncertain=refused and fate.cls in UNCERTAIN,
        )
        if not refused:
            self.observer.canary = CanaryStart(minute=self.minute, fate=fate)
            return (answer,)
        self.pending.append(_Pending(self.minute + fate.ends, answer))
        return ()

    def write_down(self, before: State, notes: Iterable[Note]) -> None:
        group, known = self.state.groups.get(GROUP), before.groups.get(GROUP)
        if group and group.phase is Phase.HELD and (known is None or known.held_by != group.held_by):
            self.holds.append(Held(minute=self.minute, gates=group.held_by))
        for note in notes:
            self.said.append(
                Said(
                    minute=self.minute,
                    kind=kind_of(note),
                    about=note.kind,
                    subject=note.subject,
                    what=note.what,
                    why=note.why,
                    loud=note.loud,
                )
            )

    def rounds_to_next(self, minute: float) -> int:
        if not self.conduct.skip_quiet or self.has_just_turned(minute) or not self.is_quiet():
            return 1
        ahead = self.next_turn(minute) - SHORTLY - minute
        return max(1, int(ahead / BEAT) // READINESS_EVERY * READINESS_EVERY)

    def has_just_turned(self, minute: float) -> bool:
        """Return whether something may have happened that no source has shown yet."""
        at = self.conduct.restart_at
        turns = self.turns if at is None else (*self.turns, at + DOWN_FOR)
        return any(minute - SHORTLY <= turn <= minute for turn in turns)

    def is_quiet(self) -> bool:
        """Return whether nothing is going on and nothing is left over: see Note [Quiet time]."""
        return (
            all(v.kind is VerdictKind.HEALTHY for v in self.state.verdicts.values())
            and all(p.last.cls is FailureClass.OK for p in self.state.window.polls.values())
            and not any(e.against for v in self.state.verdicts.values() for e in v.evidence)
            and all(g.phase in {Phase.WATCHING, Phase.HALTED} for g in self.state.groups.values())
            and not any(c.last and c.last.result.open for c in self.state.canaries.values())
            and not any(is_building(t) for t in self.state.window.templates.values())
            and not self.pending
        )

    def next_turn(self, minute: float) -> float:
        known = [turn for turn in self.turns if turn > minute]
        known += [self.orders[0][0]] if self.orders else []
        if self.conduct.restart_at is not None and not self.restarted:
            known.append(self.conduct.restart_at)
        spec, canary = self.setup.canaries[PRIMARY], self.state.canaries.get(PRIMARY)
        last = canary.last if canary is not None else None
        if spec.routine is not None and last is not None:
            known.append((last.asked_at + spec.routine - moment(0)) / timedelta(minutes=1))
        if canary is not None and last is not None and is_awaited(self.state, self.setup, canary):
            known.append(((last.ended_at or last.asked_at) + spec.respite - moment(0)) / timedelta(minutes=1))
        return min(known, default=self.world.horizon_minutes)


def is_building(seen: TemplateSeen) -> bool:
    """Return whether a run is under way that may yet turn out to be stuck: its time for that depends on its habits."""
    run = seen.run
    return run is not None and run.state is RunState.RUNNING and run.phase not in PROGRESS


def kind_of(note: Note) -> str:
    """Return what a note is about in one word: the verdict or phase that it tells, or its own kind."""
    if note.kind in {NoteKind.VERDICT, NoteKind.PHASE} and "-> " in note.what:
        return note.what.rpartition("-> ")[2]
    return str(note.kind)
