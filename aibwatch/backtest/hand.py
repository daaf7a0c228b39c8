"""Close gates from outside, as a world wants it: what an operator, the calendar or the host does to the daemon.

Each gate is closed by the fact that it asks about (a pause, a freeze, an old drill), never by touching the gate.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from aibwatch.backtest.scene import AWAY, CANARY, GROUP, HOME, PRIMARY, moment
from aibwatch.backtest.world import GateClosed, World
from aibwatch.core.canary.canary import Canary, CanaryResult, CanaryRun
from aibwatch.core.events import Event, JournalFailed, JournalRecovered, LeaseChecked, Observed, Paused
from aibwatch.core.model import Mode
from aibwatch.core.move.move import Move, MoveKind
from aibwatch.core.observation import HandlerChecked
from aibwatch.core.policy import Freeze, Policy, Setup
from aibwatch.core.state import GroupState, Phase, State

FOREVER = timedelta(days=3650)
A_BUILD = timedelta(minutes=22)
DRILLED = timedelta(days=10)
"""Age of the last drill in a world that says nothing of it."""


def freezes(world: World, since: float) -> tuple[Freeze, ...]:
    """Return the change freezes of the world."""
    return tuple(
        Freeze(starts=moment(max(c.begin, since)), ends=_end(c), reason="the world is frozen")
        for c in _closed(world, "frozen")
    )


def policy_for(world: World, policy: Policy, since: float) -> Policy:
    """Return the policy with a cooldown as long as the world's, where it closes that gate.

    It is counted from when the daemon begins, if the move was later: nobody remembers a move that is still to come.
    """
    cooldown = next(_closed(world, "cooldown"), None)
    if cooldown is None:
        return policy
    return replace(policy, cooldown=_end(cooldown) - moment(min(since, _begin(cooldown))))


def first_state(world: World, since: float) -> State:
    """Return what the daemon remembers when the world begins."""
    began = moment(since)
    group = GroupState(
        name=GROUP, active=HOME, since=began, known_since=began - timedelta(days=100), drilled_at=began - DRILLED
    )
    cooldown = next(_closed(world, "cooldown"), None)
    if cooldown is not None:
        group = replace(group, last=_a_move(min(since, _begin(cooldown))))
    return State(awake_since=began, groups={GROUP: group}, canaries={PRIMARY: _a_canary(began)})


def orders(world: World, since: float) -> Iterator[tuple[float, Event]]:
    """Return what is told to the daemon, and when."""
    for c in world.conditions:
        if isinstance(c, GateClosed):
            begin = max(c.begin, since)
            yield from ((minute, event) for minute, event in _told(c, begin) if minute < world.horizon_minutes)


def standing(world: World, minute: float) -> Iterator[Event]:
    """Return what a daemon that starts at this minute meets at once: a new process has forgotten its own troubles."""
    for c in world.conditions:
        if isinstance(c, GateClosed) and c.gate != "paused" and c.at(minute):
            yield from (event for at, event in _told(c, minute) if at <= minute)


def set_up(world: World, setup: Setup, minute: float) -> Setup:
    """Return the set-up as the operator has it at this minute."""
    groups = dict(setup.groups)
    spec = setup.groups[GROUP]
    if any(_closed(world, "no_unacknowledged_failure")):
        groups["halted"] = replace(spec, name="halted", policy=replace(spec.policy, mode=Mode.SHADOW))
    if any(c.at(minute) for c in _closed(world, "mode_allows")):
        groups[GROUP] = replace(spec, policy=replace(spec.policy, mode=Mode.APPROVE))
    if any(c.at(minute) for c in _closed(world, "geography_allowed")):
        groups[GROUP] = replace(groups[GROUP], allowed_geographies=("a geography of the world's",))
    return replace(setup, groups=groups)


def remembered(world: World, state: State, minute: float) -> State:
    """Return the state with the memory that closes gates at this minute, and without it once they are open."""
    group = state.groups[GROUP]
    now = moment(minute)
    for c in _closed(world, "drill_fresh"):
        group = replace(group, drilled_at=now - timedelta(days=400) if c.at(minute) else now - DRILLED)
    for c in _closed(world, "blast_radius"):
        group = replace(group, moved_at=(now,) * 1000 if c.at(minute) else ())
    groups = {**state.groups, GROUP: group}
    for c in _closed(world, "no_unacknowledged_failure"):
        phase = Phase.HALTED if c.at(minute) else Phase.WATCHING
        groups["halted"] = replace(group, name="halted", phase=phase, moved_at=())
    return replace(state, groups=groups)


def touches_memory(world: World) -> bool:
    """Return whether the world closes a gate by what is remembered, so that `remembered` has something to do."""
    return any(next(_closed(world, gate), None) for gate in MEMORY_GATES)


MEMORY_GATES = ("drill_fresh", "blast_radius", "no_unacknowledged_failure")


def _told(closed: GateClosed, begin: float) -> Iterator[tuple[float, Event]]:
    if closed.gate == "paused":
        yield begin, Paused(group=GROUP, owner="the world", reason="it says so", until=_end(closed))
    elif closed.gate == "self_healthy":
        yield begin, JournalFailed(why="the world says so")
        yield closed.end, JournalRecovered()
    elif closed.gate == "lease_held":
        yield begin, LeaseChecked(held=False, why="the world says so")
        yield closed.end, LeaseChecked(held=True)
    elif closed.gate == "handler_ok":
        yield begin, _handler(moment(begin), well=False)
        yield closed.end, _handler(_end(closed), well=True)


def _handler(at: datetime, *, well: bool) -> Observed:
    check = HandlerChecked(at=at, group=GROUP, handler="run-template", target=AWAY, well=well, why="the world says so")
    return Observed(observations=(check,))


def _closed(world: World, gate: str) -> Iterator[GateClosed]:
    return (c for c in world.conditions if isinstance(c, GateClosed) and c.gate == gate)


def _begin(closed: GateClosed) -> float:
    return 0.0 if closed.starts is None else closed.starts


def _end(closed: GateClosed) -> datetime:
    return moment(closed.end) if closed.ends is not None else moment(0) + FOREVER


def _a_canary(began: datetime) -> Canary:
    """Return a canary that built well in yesterday's routine."""
    at = began - timedelta(days=1)
    run = CanaryRun(
        asked_at=at, why="routine", run_before=None, result=CanaryResult.WELL, started=at, ended_at=at + A_BUILD
    )
    return Canary(region=PRIMARY, template=CANARY, runs=(run,))


def _a_move(ended: float) -> Move:
    at = moment(ended)
    return Move(
        activation_id=f"{GROUP}-0",
        kind=MoveKind.FAILOVER,
        group=GROUP,
        source=AWAY,
        target=HOME,
        epoch=0,
        incident="",
        claimed_at=at,
        committed_at=at,
        ended_at=at,
        steps=(),
    )
