"""Hold what the checks share: the configuration, a way to Azure, a clock, and the environment of this process."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from aibwatch.config.load import Loaded
from aibwatch.config.schema import AzureSettings
from aibwatch.core.checkup import Checked
from aibwatch.core.model import Diagnosis, TemplateId
from aibwatch.core.observation import TemplateSeen
from aibwatch.core.policy import Setup
from aibwatch.runtime.clock import Clock
from aibwatch.sources.arm import Arm
from aibwatch.sources.connection import ENDPOINTS

MOST = 20
"""Findings of one kind that are told: whoever has more has one cause for all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What a check works with."""

    loaded: Loaded
    clock: Clock
    environment: Mapping[str, str]

    @property
    def setup(self) -> Setup:
        """What the operator wants."""
        return self.loaded.setup

    @property
    def azure(self) -> AzureSettings:
        """How Azure is reached."""
        return self.loaded.settings.azure

    @property
    def endpoint(self) -> str:
        """The address of Azure Resource Manager."""
        return self.azure.arm_endpoint or ENDPOINTS[self.azure.cloud]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """What a check has in addition, once Azure was reached and gave a token."""

    bench: Bench
    arm: Arm
    seen: Mapping[TemplateId, TemplateSeen]
    """The watched templates that lists showed."""
    unlisted: Mapping[str, Diagnosis]
    """Scopes whose list did not come whole, and why."""


LocalCheck = Callable[[Bench], Awaitable[list[Checked]]]
AzureCheck = Callable[[Reached], Awaitable[list[Checked]]]


def few(found: list[Checked]) -> list[Checked]:
    """Return the first of several findings of one kind; the last one says how many more there are."""
    if len(found) <= MOST:
        return found
    last, more = found[MOST - 1], len(found) - MOST
    told = f"{last.said}; and {more} more like it"
    kept = Checked(subject=last.subject, health=last.health, said=told, remedy=last.remedy, cause=last.cause)
    return [*found[: MOST - 1], kept]
