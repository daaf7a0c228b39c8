"""Hold what a page is made from: what is known now, and what the record says of the last hours."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from aibwatch.core.judging import regional_verdicts
from aibwatch.core.model import Region
from aibwatch.core.move.moves import KeptMove
from aibwatch.core.policy import Setup
from aibwatch.core.state import State
from aibwatch.core.verdict import Verdict
from aibwatch.views.history import Recorded

HOURS = timedelta(hours=6)
"""How much of the past the time lines show: as long as what was seen is remembered."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """Everything that a page may tell of."""

    state: State
    setup: Setup
    version: str
    now: datetime
    notes: tuple[Recorded, ...] = ()
    """Of the last HOURS, oldest first; of which subjects, the page decides."""
    moves: tuple[KeptMove, ...] = ()
    """The latest, oldest first."""
    lost: str = ""
    """Why the record could not be read; empty where it was."""

    @cached_property
    def verdicts(self) -> Mapping[Region, Verdict]:
        """The regions' verdicts by the default thresholds, in the order of their names."""
        return dict(sorted(regional_verdicts(self.state).items()))
