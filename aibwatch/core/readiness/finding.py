"""Hold what one rule of readiness says of one secondary."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

STANDS_FOR = timedelta(days=1)
"""How long a finding stands that cannot be looked at again. The longest known outages of the service took a day."""


class Ready(StrEnum):
    """Whether a secondary would build if it were run now."""

    READY = "ready"
    DEGRADED = "degraded"
    """It would build, and something about it wants mending."""
    NOT_READY = "not_ready"
    UNKNOWN = "unknown"

    @property
    def phrase(self) -> str:
        """The word for it that people read: "NOT READY"."""
        return self.value.replace("_", " ").upper()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one rule says."""

    rule: str
    """Its name, one of those in `core.readiness.rules`."""
    state: Ready
    why: str
    """One sentence, with the remedy where there is one to give. Without an age, so that it stays as it is while nothing
    changes: a report that says the same is no news."""
    at: datetime
    """When this was proven; older than the report where it could not be looked at again since."""
    dated: datetime | None = None
    """When what it tells of happened: a last image, a copy. People read it as an age."""
    permission: str = ""
    """The action that is missing, "Microsoft.Compute/locations/usages/read"; "" where rights are not the reason."""
    details: tuple[str, ...] = ()
    """Lines for those who want to see it: a diff, one thing each."""
    blocked: str = ""
    """Why it could not be looked at again since; "" where it was."""
