"""Put all settings together, as the file and the defaults have them."""

from aibwatch.config.schema.around import BackupSettings, Canary, Dependency, Discovery, Freeze, Peer, RegionMapping
from aibwatch.config.schema.group import Group
from aibwatch.config.schema.kinds import Table
from aibwatch.config.schema.policy import PolicySettings
from aibwatch.config.schema.service import AzureSettings, HttpSettings, PollSettings, StateSettings


class Settings(Table):
    """All settings, as the file and the defaults have them."""

    azure: AzureSettings = AzureSettings()
    """How to reach Azure."""
    state: StateSettings = StateSettings()
    """Where the journal is kept."""
    http: HttpSettings = HttpSettings()
    """The status page, the metrics and the API."""
    poll: PollSettings = PollSettings()
    """How often each source is asked."""
    policy: PolicySettings = PolicySettings()
    """The thresholds of judgement."""
    backup: BackupSettings = BackupSettings()
    """Copies of templates on a disk of yours."""
    canary: tuple[Canary, ...] = ()
    """Minimal templates to run on suspicion. Default: none, and then an outage is harder to tell from a mistake."""
    freeze: tuple[Freeze, ...] = ()
    """Times in which nothing may be moved. Default: none."""
    mapping: tuple[RegionMapping, ...] = ()
    """What is called how in another region. Default: none, and then `replicate` tells what it would have to know."""
    dependency: tuple[Dependency, ...] = ()
    """Resources that a region's builds lean on. Default: none."""
    peer: tuple[Peer, ...] = ()
    """Other observers. Default: none, and then nobody but us says whether a region is down."""
    discovery: Discovery = Discovery()
    """Groups by tags."""
    group: tuple[Group, ...] = ()
    """What is watched. Default: nothing."""
