"""Reload a story's configuration by the daemon's own reloader; only the file is a story's words."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import cast

from aibwatch.app.reload import Reloader
from aibwatch.config.load import Loaded, loads
from aibwatch.core.policy import Pace, Setup
from aibwatch.handlers.api import Surroundings
from aibwatch.handlers.loader import Handlers
from aibwatch.runtime.loop import Loop
from aibwatch.runtime.scheduler import Scheduler

FILE = Path("config.toml")


class NoScheduler:
    """A story polls by its own sentences."""

    def pace(self, _: Pace) -> None:
        return


class StoryReloader(Reloader):
    """Takes over what a story says in the place of what is in a file."""

    wanted: Setup
    text = ""
    """What stands in the file instead, where that is no configuration."""

    def _read(self) -> Loaded:
        if self.text:
            return loads(self.text, FILE)
        return replace(self.loaded, setup=self.wanted)


def a_reloader(loop: Loop, surroundings: Surroundings, now: Callable[[], datetime]) -> StoryReloader:
    loaded = replace(loads("", FILE), setup=loop.setup)
    scheduler = cast(Scheduler, NoScheduler())
    return StoryReloader(loaded, loop, scheduler, Handlers(surroundings), now, lambda _: None)
