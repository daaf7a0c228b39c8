"""Put configured groups and those that tags say together: for the daemon, and for commands that ask once."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from aibwatch.app.state import state_path
from aibwatch.config.load import Loaded
from aibwatch.config.schema import Settings
from aibwatch.core.discovery.group import TaggedGroup
from aibwatch.core.discovery.precedence import merged
from aibwatch.core.model import FailureClass, TemplateId, template_id
from aibwatch.core.observation import DiscoverySeen, Observation, Polled
from aibwatch.core.policy import GroupSpec, Setup
from aibwatch.core.state import State
from aibwatch.runtime.clock import Clock
from aibwatch.runtime.discovery import Discovery, Reach
from aibwatch.runtime.found import FoundFile
from aibwatch.sources.arm import Arm
from aibwatch.sources.connection import connect
from aibwatch.sources.discover import Discover
from aibwatch.sources.graph import Graph


@dataclass(frozen=True, slots=True, kw_only=True)
class AllGroups:
    """All groups that there are now."""

    setup: Setup
    """The configuration with the groups that tags say."""
    seen: tuple[Observation, ...] = ()
    """How looking for tags went, and what is wrong with them; nothing where discovery is off."""

    alone: Mapping[str, TemplateId] = field(default_factory=dict)
    """Primaries that have no secondary yet, by the names that their groups will have."""

    @property
    def told(self) -> tuple[str, ...]:
        """Return what whoever asks should know of groups that may be missing, a line each."""
        polls = (o for o in self.seen if isinstance(o, Polled) and o.diagnosis.cls is not FailureClass.OK)
        looks = (o for o in self.seen if isinstance(o, DiscoverySeen))
        return (
            *(f"tags could not be read, so groups may be missing: {poll.diagnosis.summary}" for poll in polls),
            *(problem.sentence for look in looks for problem in look.problems),
        )


async def with_tags(loaded: Loaded, *, alone: bool = False) -> tuple[Loaded, tuple[str, ...]]:
    """Return the configuration with the groups that tags say now, and what is to be told of them, a line each.

    With `alone` primaries without a secondary are groups too: for whoever is about to deploy one.

    Raises:
        ValueError: if the way to Azure cannot be made as configured.
    """
    if not loaded.settings.discovery.subscriptions:
        return loaded, ()
    clock = Clock()
    arm = connect(loaded.settings.azure, now=clock.now, on_request=lambda _: None)
    try:
        found = await all_groups(loaded, arm, clock)
    finally:
        await arm.close()
    setup = found.setup
    if alone:
        lone = {
            name: GroupSpec(name=name, primary=primary, secondaries=(), policy=setup.policy, tagged=True)
            for name, primary in found.alone.items()
        }
        setup = replace(setup, groups={**lone, **setup.groups})
    return replace(loaded, setup=setup), found.told


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
    alone = {name: member.template for name, member in discovery.alone.items()}
    return AllGroups(setup=merged(loaded.setup, found), seen=seen, alone=alone)


def make_discovery(settings: Settings, arm: Arm, clock: Clock, reach: Reach, *, keep: bool = True) -> Discovery | None:
    """Return what looks for groups by tags, with what was found last; None where that is off."""
    if not settings.discovery.subscriptions:
        return None
    source = Discover(Graph(arm, clock.pause), settings.discovery.subscriptions)
    ignored = frozenset(template_id(name) for name in settings.discovery.ignore)
    return Discovery(source, FoundFile(state_path(settings)), ignored, reach, clock, keep=keep)
