"""Say how far a group goes by itself at this moment: its mode, or less where the way was not rehearsed."""

from datetime import datetime

from aibwatch.core.model import Mode
from aibwatch.core.policy import GroupSpec
from aibwatch.core.rehearsal import staleness
from aibwatch.core.state import GroupState
from aibwatch.core.window import Window


def mode_of(window: Window, spec: GroupSpec, group: GroupState, now: datetime) -> Mode:
    """Return the mode that counts: auto asks while the last rehearsal is too old, failed, or was of another way."""
    configured = spec.policy.mode
    if configured is not Mode.AUTO:
        return configured
    stale, _ = staleness(window, spec, group, now)
    return Mode.APPROVE if stale else Mode.AUTO
