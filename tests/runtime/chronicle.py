"""Play a world of the backtest with a real journal under it, and keep what the live engine knew at every tick."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from aibwatch.backtest.play import Conduct, _Game
from aibwatch.backtest.world import World
from aibwatch.core.actions import Action
from aibwatch.core.engine import step
from aibwatch.core.events import Event, Observed, Started, Ticked
from aibwatch.core.news import is_news
from aibwatch.core.policy import Policy, Setup
from aibwatch.core.recall import memory_of
from aibwatch.core.state import State
from aibwatch.runtime.journal import Journal
from aibwatch.runtime.past import reconstruct
from aibwatch.runtime.store import Store
from aibwatch.runtime.trace import Told
from aibwatch.views.past import Past

from .builders import a_url

TICKS = (20.0, 10.0, 1.0)
"""Seconds before each event at which the clock ticks; in production it ticks every second."""

STANDS_STILL = timedelta(minutes=2)
"""Longer without an event, and nothing ticks either: the machine was frozen, or quiet time was left out."""


@dataclass(frozen=True)
class Look:
    """What the live engine knew at a tick."""

    at: datetime
    state: State
    setup: Setup


class Chronicle(_Game):
    """What `runtime.loop` does with its journal, without an event loop and in simulated time."""

    def __init__(self, world: World, folder: Path, conduct: Conduct | None = None) -> None:
        super().__init__(world, Policy(), conduct or Conduct())
        self.store = Store(a_url(folder / "chronicle.db"))
        self.on_record = Journal(self.store)
        self.looks: list[Look] = []
        self.told_at: list[datetime] = []

    def tell(self, event: Event) -> None:
        if isinstance(event, Started):
            self.on_record = Journal(self.store)  # another process
        else:
            self.tick_up_to(self.minute)
        self.handle(event)
        self.told_at.append(self.now)

    def handle(self, event: Event) -> None:
        queue = deque([event])
        while queue:
            for action in self.decide(queue.popleft(), self.now):
                queue.extend(self.perform(action))

    def tick_up_to(self, minute: float) -> None:
        before, now = self.told_at[-1], self.now
        for seconds in TICKS:
            if before < now - timedelta(seconds=seconds) and now - before <= STANDS_STILL:
                self.minute = minute - seconds / 60
                self.handle(Ticked())
                self.looks.append(Look(self.now, self.state, self.setup))
        self.minute = minute

    def decide(self, event: Event, now: datetime) -> Sequence[Action]:
        before = self.state
        decision = step(before, event, self.setup, now)
        seen = event.observations if isinstance(event, Observed) else ()
        self.on_record.record(
            at=now,
            memory=memory_of(decision.state),
            observations=[o for o in seen if is_news(before.window, o)],
            notes=decision.notes,
            told=Told(event=event, before=before, after=decision.state, setup=self.setup),
        )
        self.state = decision.state
        self.write_down(before, decision.notes)
        return decision.actions

    def past(self, moment: datetime) -> Past:
        """Return how the record says that things stood."""
        rows = self.on_record.past(moment)
        assert rows is not None, f"{moment} is before all that is on record"
        return reconstruct(rows, moment)
