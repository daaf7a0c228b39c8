"""Find handlers by name among the entry points of group `aibwatch.handlers`."""

from collections.abc import Iterable, Mapping
from importlib.metadata import entry_points

from aibwatch.handlers.api import Handler, Surroundings

GROUP = "aibwatch.handlers"


class UnknownHandlerError(Exception):
    """A configured handler is not installed."""


def load(names: Iterable[str], surroundings: Surroundings) -> Mapping[str, Handler]:
    """Return the handlers of these names, made and ready to be called.

    Raises:
        UnknownHandlerError: naming all that are missing, and those that are installed.
    """
    installed = {point.name: point for point in entry_points(group=GROUP)}
    wanted = sorted(set(names))
    missing = [name for name in wanted if name not in installed]
    if missing:
        known = ", ".join(sorted(installed)) or "none"
        raise UnknownHandlerError(f"no handler {', '.join(missing)} is installed; there are: {known}")
    return {name: installed[name].load()(surroundings) for name in wanted}
