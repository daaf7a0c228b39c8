"""Name every setting, with its unit, its default and the reason for that default.

Rules: keys that are not here are mistakes; nothing changes after loading; a secret is never a value, only the name of a
file. What a setting may be is checked here one at a time; `aibwatch.config.checks` looks at them together, and
`aibwatch.config.unacted` lists those that this version does not act on yet.
"""

from aibwatch.config.schema.around import BackupSettings, Canary, Dependency, Discovery, Freeze, Peer, RegionMapping
from aibwatch.config.schema.group import Group, Step, StepOptions
from aibwatch.config.schema.kinds import Cloud, Credential, Table
from aibwatch.config.schema.policy import PolicySettings
from aibwatch.config.schema.service import AzureSettings, HttpSettings, PollSettings, StateSettings
from aibwatch.config.schema.settings import Settings

__all__ = [
    "AzureSettings",
    "BackupSettings",
    "Canary",
    "Cloud",
    "Credential",
    "Dependency",
    "Discovery",
    "Freeze",
    "Group",
    "HttpSettings",
    "Peer",
    "PolicySettings",
    "PollSettings",
    "RegionMapping",
    "Settings",
    "StateSettings",
    "Step",
    "StepOptions",
    "Table",
]
