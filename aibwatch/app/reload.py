"""Take over a changed configuration without stopping to watch.

Rules: a file with mistakes changes nothing, and every mistake is told. Groups, thresholds and intervals change at once,
between two decisions; a move that is under way keeps the steps that it began with. How to reach Azure, where the state
is and where to listen need a restart, and that is told too.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

import structlog

from aibwatch.config.load import ConfigError, Loaded, load
from aibwatch.handlers.loader import Handlers, UnknownHandlerError
from aibwatch.runtime.loop import Loop
from aibwatch.runtime.scheduler import Scheduler

log = structlog.get_logger(__name__)

NEED_RESTART = ("azure", "state", "http", "dependency", "peer")


@dataclass
class Reloader:
    """Reloads one daemon's configuration."""

    loaded: Loaded
    loop: Loop
    scheduler: Scheduler
    handlers: Handlers
    """Those that the executor uses; new ones are added."""
    now: Callable[[], datetime]
    took_over: Callable[[bool], None]
    """Told whether the last reload was taken over."""

    def __post_init__(self) -> None:
        self.began = self.loaded.settings

    def reload(self) -> tuple[str, ...]:
        """Read the file again and take it over, or return why not."""
        mistakes: tuple[str, ...] = ()
        try:
            fresh = self._read()
            mistakes = tuple(self._cut_off(fresh))
        except ConfigError as error:
            mistakes = tuple(str(problem) for problem in error.problems)
        except UnknownHandlerError as error:
            mistakes = (str(error),)
        if mistakes:
            log.error("configuration not taken over; the one before stays in force", mistakes=mistakes)
        else:
            self._take_over(fresh)
        self.took_over(not mistakes)
        return mistakes

    def _cut_off(self, fresh: Loaded) -> Iterator[str]:
        """Tell of groups that would be taken away in the middle of a move: nobody would finish it."""
        for group in self.loop.state.groups.values():
            spec = fresh.setup.groups.get(group.name)
            if group.move is not None and (spec is None or not {group.active, group.move.target} <= set(spec.members)):
                yield f"group {group.name!r} is moving; leave it and its members in until the move is done"

    def _read(self) -> Loaded:
        fresh = load(self.loaded.file, self.now())
        self.handlers.load(step for spec in fresh.setup.groups.values() for step in spec.steps)
        return fresh

    def _take_over(self, fresh: Loaded) -> None:
        before = self.began
        waiting = [name for name in NEED_RESTART if getattr(before, name) != getattr(fresh.settings, name)]
        if before.policy.service_health_service != fresh.settings.policy.service_health_service:
            waiting.append("policy.service_health_service")
        if waiting:
            log.warning("these changes need a restart", sections=waiting)
        for warning in fresh.warnings:
            log.warning("configuration", warning=str(warning))
        self.loaded = fresh
        self.loop.setup = fresh.setup
        self.scheduler.pace(fresh.setup.pace)
        log.info("configuration taken over", groups=sorted(fresh.setup.groups))
