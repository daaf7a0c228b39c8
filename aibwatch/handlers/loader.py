"""Find handlers by name among the entry points of group `aibwatch.handlers`, and make each once for its options."""

import asyncio
import json
from collections.abc import Callable, Iterable
from datetime import timedelta
from importlib.metadata import entry_points

import structlog

from aibwatch.core.model import Options
from aibwatch.core.policy import StepSpec
from aibwatch.handlers.api import Closes, Handler, Surroundings

GROUP = "aibwatch.handlers"

CLOSE_TIMEOUT = timedelta(seconds=5)
"""For one to let go: at the end of the daemon, which systemd gives 30 seconds."""

MUST = ("plan", "activate", "status")
"""What every handler has. The oldest had no more."""

log = structlog.get_logger(__name__)

Find = Callable[[str, Options], Handler]
"""Return the handler of this name with these options, ready to be called, or raise UnknownHandlerError."""


class UnknownHandlerError(Exception):
    """A handler is not installed, or cannot be made as it is configured."""


class Handlers:
    """All handlers of a daemon. Those of a move that began under an older configuration are made when it needs them."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings
        self._made: dict[tuple[str, str], Handler] = {}

    def load(self, steps: Iterable[StepSpec]) -> None:
        """Make the handlers of these steps.

        Raises:
            UnknownHandlerError: naming all that are missing and those that are installed, or the first that cannot be
                made.
        """
        wanted = list(steps)
        installed = {point.name for point in entry_points(group=GROUP)}
        missing = sorted({step.handler for step in wanted} - installed)
        if missing:
            known = ", ".join(sorted(installed)) or "none"
            raise UnknownHandlerError(f"no handler {', '.join(missing)} is installed; there are: {known}")
        for step in wanted:
            self.find(step.handler, step.options)

    def find(self, name: str, options: Options) -> Handler:
        """Return the handler with these options, made now if it was not before.

        Raises:
            UnknownHandlerError: if it is not installed, or does not take these options.
        """
        key = (name, json.dumps(options, sort_keys=True))
        if key not in self._made:
            self._made[key] = self._make(name, options)
        return self._made[key]

    async def close(self) -> None:
        """Have all let go of what they hold; once, at the end."""
        for (name, _), handler in self._made.items():
            if isinstance(handler, Closes):
                try:
                    async with asyncio.timeout(CLOSE_TIMEOUT.total_seconds()):
                        await handler.close()
                except Exception as error:  # noqa: BLE001  # a plug-in may raise anything; the others close all the same
                    log.warning("a handler did not close", handler=name, error=f"{type(error).__name__}: {error}")

    def _make(self, name: str, options: Options) -> Handler:
        point = next(iter(entry_points(group=GROUP, name=name)), None)
        if point is None:
            raise UnknownHandlerError(f"no handler {name!r} is installed")
        try:
            made: Handler = point.load()(self._surroundings, options)
        except Exception as error:
            # A plug-in's own code: whatever it raises, the operator must hear which handler it was.
            raise UnknownHandlerError(f"handler {name!r} cannot be made: {error}") from error
        if lacking := [method for method in MUST if not callable(getattr(made, method, None))]:
            raise UnknownHandlerError(
                f"handler {name!r} is none: it has no {' and no '.join(lacking)}; see handlers/api.py"
            )
        return made
