"""Put configured groups and those that tags say together: for the daemon, and for commands that ask once."""

from collections.abc import Mapping
from dataclasses import dataclass

from aibwatch.app.state import state_path
from aibwatch.config.load import Loaded
from aibwatch.config.schema import Settings
from aibwatch.core.discovery.group import TaggedGroup
from aibwatch.core.discovery.precedence import merged
from aibwatch.core.model import template_id
from aibwatch.core.observation import Observation
from aibwatch.core.policy import Setup
from aibwatch.core.state import State
from aibwatch.runtime.clock import Clock
from aibwatch.runtime.discovery import Discovery, Reach
from aibwatch.runtime.found import FoundFile
from aibwatch.sources.arm import Arm
from aibwatch.sources.discover import Discover
from aibwatch.sources.graph import Graph


@dataclass(frozen=True, slots=True, kw_only=True)
class AllGroups:
    """All groups that there are now."""

    setup: Setup
    """The configuration with the groups that tags say."""
    seen: tuple[Observation, ...] = ()
    """How looking for tags went, and what is wrong with them; nothing where discovery is off."""


async def all_groups(loaded: Loaded, arm: Arm, clock: Clock) -> AllGroups:
    """Return the configured groups and those that tags say now, for commands that need no daemon.

    Where Resource Graph does not answer, those that the daemon found last count, if its file is there to be read.
    """
    found: Mapping[str, TaggedGroup] = {}

    def take(groups: Mapping[str, TaggedGroup]) -> None:
        nonlocal found
        found = groups

    state = State(awake_since=clock.now())
    reach = Reach(setup=lambda: loaded.setup, state=lambda: state, take=take)
    discovery = make_discovery(loaded.settings, arm, clock, reach, keep=False)
    if discovery is None:
        return AllGroups(setup=loaded.setup)
    found = discovery.found
    seen = await discovery.poll()
    return AllGroups(setup=merged(loaded.setup, found), seen=seen)


def make_discovery(settings: Settings, arm: Arm, clock: Clock, reach: Reach, *, keep: bool = True) -> Discovery | None:
    """Return what looks for groups by tags, with what was found last; None where that is off."""
    if not settings.discovery.subscriptions:
        return None
    source = Discover(Graph(arm, clock.pause), settings.discovery.subscriptions)
    ignored = frozenset(template_id(name) for name in settings.discovery.ignore)
    return Discovery(source, FoundFile(state_path(settings)), ignored, reach, clock, keep=keep)
