"""What people of a story order, as an event for the daemon: "ann orders failover because it must go on"."""

import re
from datetime import datetime

from aibwatch.core.approval import Answered
from aibwatch.core.events import ApprovalAnswered, MoveOrdered, Ordered, Paused, Reset, Resumed
from aibwatch.core.model import Region
from aibwatch.core.move.move import MoveKind, Order
from tests.core.builders import a_template_id

from .words import StoryError, length

ORDER = r"(ann|ben) ((?:orders|approves|denies|pauses|resumes|resets) .+?) because (.+)"


def meant(who: str, what: str, why: str, now: datetime) -> Ordered:
    """Return the order as an event."""
    if match := re.fullmatch(r"orders (failover|failback|drill)(?: to (\w+))?(?: over ([\w, ]+))?", what):
        kind, to, over = match.groups()
        order = Order(owner=who, reason=why, at=now, overrides=tuple(over.split(", ")) if over else ())
        target = a_template_id("base", Region(to)) if to else None
        return MoveOrdered(group="base", kind=MoveKind(kind), to=target, order=order)
    if match := re.fullmatch(r"(approves|denies) (\S+)", what):
        answer = {"approves": Answered.APPROVED, "denies": Answered.DENIED}[match[1]]
        return ApprovalAnswered(group="base", id=match[2], answer=answer, owner=who, reason=why)
    if match := re.fullmatch(r"pauses base for (\d+) (min|h)", what):
        return Paused(group="base", owner=who, reason=why, until=now + length(match[1], match[2]))
    if what == "resumes base":
        return Resumed(group="base", owner=who, reason=why)
    if what == "resets base":
        return Reset(group="base", owner=who, reason=why)
    raise StoryError(f"nobody understands what {who} wants: {what!r}")


def said(order: str) -> tuple[str, str, str]:
    """Return who orders what, and because of what."""
    match = re.fullmatch(ORDER, order)
    if match is None:
        raise StoryError(f"nobody understands the order {order!r}; say who, what, and because of what")
    return match[1], match[2], match[3]
