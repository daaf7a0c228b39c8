"""Reload a story's configuration by the daemon's own reloader; only the file is a story's words."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

from aibwatch.app.reload import Reloader
from aibwatch.config.load import Loaded, loads
from aibwatch.core.model import Mode, Region
from aibwatch.core.policy import GroupSpec, Pace, Setup, StepSpec
from aibwatch.handlers.api import Surroundings
from aibwatch.handlers.loader import Handlers
from aibwatch.runtime.loop import Loop
from aibwatch.runtime.scheduler import Scheduler
from tests.core.builders import NORTH, WEST, a_group, a_template_id

from .words import StoryError

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


def changed(setup: Setup, setting: str) -> tuple[GroupSpec, ...]:
    """Return the groups as they are with another setting."""
    spec = setup.groups["base"]
    match setting.split(" = "):
        case ["mode", mode]:
            return (replace(spec, policy=replace(spec.policy, mode=Mode(mode))),)
        case ["drill_max_age", days]:
            return (replace(spec, policy=replace(spec.policy, drill_max_age=timedelta(days=float(days.rstrip("d"))))),)
        case ["exclude_late_images", "true"]:
            return (replace(spec, policy=replace(spec.policy, exclude_late_images=True)),)
        case ["secondaries", regions]:
            return (replace(spec, secondaries=tuple(a_template_id("base", Region(r)) for r in regions.split(", "))),)
        case ["steps", names]:
            return (replace(spec, steps=tuple(StepSpec(handler=name) for name in names.split(", "))),)
        case ["groups", "web"]:
            web = (a_template_id("web", region) for region in (WEST, NORTH))
            return (a_group("web", primary=next(web), secondaries=(next(web),)),)
    raise StoryError(f"a story cannot set {setting!r}")


def a_reloader(loop: Loop, surroundings: Surroundings, now: Callable[[], datetime]) -> StoryReloader:
    loaded = replace(loads("", FILE), setup=loop.setup)
    scheduler = cast(Scheduler, NoScheduler())
    return StoryReloader(loaded, loop, scheduler, Handlers(surroundings), now, lambda _: None)
