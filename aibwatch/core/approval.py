"""Hold what a human was asked, and what he said: one request a group, for one move to one target."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from aibwatch.core.model import TemplateId


class Answered(StrEnum):
    """What a human said."""

    APPROVED = "approved"
    DENIED = "denied"


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A request to approve a move."""

    id: str
    """The activation id that the move would have; asked again in another incident, it is the same."""
    target: TemplateId
    incident: str
    asked_at: datetime
    told_at: datetime
    """When people were told of it last."""
    answer: Answered | None = None
    owner: str = ""
    reason: str = ""
    answered_at: datetime | None = None

    def counts(self, patience: timedelta, now: datetime) -> bool:
        """Return whether it allows the move at this moment: an approval is for the moment it was given in."""
        given = self.answered_at if self.answer is Answered.APPROVED else None
        return given is not None and timedelta(0) <= now - given < patience
