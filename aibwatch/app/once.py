"""Poll every source once and say what was seen, without a daemon and without a state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from aibwatch.app.daemon import make_sources
from aibwatch.app.groups import all_groups
from aibwatch.config.load import Loaded
from aibwatch.core.events import Event, Observed
from aibwatch.core.model import FailureClass
from aibwatch.core.observation import Observation, Polled, Source, is_answer
from aibwatch.core.state import State
from aibwatch.core.window import add
from aibwatch.runtime.clock import Clock
from aibwatch.runtime.codec import dump_observations
from aibwatch.runtime.polls import Polls
from aibwatch.sources.connection import connect
from aibwatch.views.observation import line

UNREACHABLE = 69
DEGRADED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was seen, for people and as JSON, and the exit code that sums it up."""

    body: Mapping[str, object]
    code: int


async def poll_once(loaded: Loaded) -> Report:
    """Return what one poll of every source sees.

    Raises:
        ValueError: if the way to Azure cannot be made as configured.
    """
    seen: list[Observation] = []
    timer = Clock()
    state = State(awake_since=timer.now())

    async def take(event: Event) -> None:
        nonlocal state
        if isinstance(event, Observed):
            seen.extend(event.observations)
            state = replace(state, window=add(state.window, event.observations, timer.now()))

    arm = connect(loaded.settings.azure, now=timer.now, on_request=lambda _: None)
    try:
        groups = await all_groups(loaded, arm, timer)
        await take(Observed(observations=groups.seen))
        polls = Polls(
            make_sources(loaded.settings, arm, timer),
            clock=timer,
            setup=lambda: groups.setup,
            state=lambda: state,
            put=take,
            taken=lambda _: None,
        )
        await polls.everything()
        await polls.probe()
        await polls.peers()
    finally:
        await arm.close()
    return _report(seen)


def _report(seen: Sequence[Observation]) -> Report:
    polls = [o for o in seen if isinstance(o, Polled)]
    answered = [p for p in polls if p.source is not Source.PEER and is_answer(p.diagnosis)]
    well = [p for p in polls if p.diagnosis.cls is FailureClass.OK]
    code = 0 if len(well) == len(polls) else DEGRADED if answered else UNREACHABLE
    text = "\n".join([_headline(polls, well), "", *(line(o) for o in seen)])
    return Report(body={"schema": 1, "observations": dump_observations(seen), "text": text}, code=code)


def _headline(polls: Sequence[Polled], well: Sequence[Polled]) -> str:
    if not polls:
        return "Nothing was polled: no group is configured."
    return f"{len(well)} of {len(polls)} polls were answered well."
