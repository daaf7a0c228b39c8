"""Take over a changed configuration without stopping to watch.

Rules: a file with mistakes changes nothing, and every mistake is told. Groups, thresholds and intervals change at once,
between two decisions; a move that is under way keeps the steps that it began with. Groups that were found by tags stay,
unless the file has them now. How to reach Azure, where the state is, where to listen and where to look for tags need a
restart, and that is told too.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from aibwatch.config.load import ConfigError, Loaded, load
from aibwatch.core.discovery.group import TaggedGroup
from aibwatch.core.discovery.precedence import merged
from aibwatch.handlers.loader import Handlers, UnknownHandlerError
from aibwatch.runtime.loop import Loop
from aibwatch.runtime.scheduler import Scheduler

log = structlog.get_logger(__name__)

NEED_RESTART = ("azure", "state", "http", "dependency", "peer", "discovery", "backup")


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
    found: Mapping[str, TaggedGroup] = field(default_factory=dict)
    """Groups by tags, as they were found last."""

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

    def take_found(self, found: Mapping[str, TaggedGroup]) -> None:
        """Watch these groups by tags beside the configured ones, and no others."""
        setup = merged(self.loaded.setup, found)
        self.handlers.load(step for spec in setup.groups.values() for step in spec.steps)
        if setup.groups.keys() - self.loop.setup.groups.keys():
            self.scheduler.ask_handlers()
        self.found, self.loop.setup = found, setup

    def _cut_off(self, fresh: Loaded) -> Iterator[str]:
        """Tell of groups that would be taken away in the middle of a move: nobody would finish it."""
        groups = merged(fresh.setup, self.found).groups
        for group in self.loop.state.groups.values():
            spec = groups.get(group.name)
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
        self.loop.setup = merged(fresh.setup, self.found)
        self.scheduler.pace(fresh.setup.pace)
        log.info("configuration taken over", groups=sorted(self.loop.setup.groups))
