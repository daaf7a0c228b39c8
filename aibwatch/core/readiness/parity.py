"""Compare the secondary with the primary: would it build the same image?

A secondary with another recipe is no secondary: what it builds would be published as the latest image. So that holds
moves, while another size or time-out only wants mending.
"""

from collections.abc import Sequence

from aibwatch.core.definition.compare import Difference, Gravity, differences
from aibwatch.core.readiness.said import Said, degraded, not_ready, ready, unread
from aibwatch.core.readiness.survey import Absence, Survey, Unread
from aibwatch.core.sentences import count

MOST_SHOWN = 40
"""Differences shown of one secondary, the gravest: what fits a screen or two."""


def parity(survey: Survey) -> Said | None:
    """Ask whether both templates say the same, but for what is right to differ between regions."""
    primary, secondary = survey.primary_body, survey.secondary_body
    if isinstance(secondary, Unread | Absence):
        return None
    if isinstance(primary, Unread):
        return unread("the primary to compare with", primary)
    if isinstance(primary, Absence):
        return degraded("the primary is gone, so there is nothing to compare with; restore it (aibwatch restore FILE)")
    return _of(survey.group, differences(primary, secondary))


def _of(group: str, found: Sequence[Difference]) -> Said:
    lines = [one.line for one in found[:MOST_SHOWN]]
    if len(found) > MOST_SHOWN:
        lines.append(f"and {count(len(found) - MOST_SHOWN, 'difference')} more")
    drift = [one for one in found if one.drift]
    if not drift:
        allowed = f"; {count(len(found), 'difference')} that is right between regions" if len(found) == 1 else ""
        allowed = allowed or (f"; {len(found)} differences that are right between regions" if found else "")
        return ready(f"it says what the primary says{allowed}", *lines)
    recipe = [one for one in drift if one.gravity is Gravity.RECIPE]
    told = recipe or drift
    more = f" and {count(len(drift) - 1, 'more place')}" if len(drift) > 1 else ""
    why = f"it differs from the primary in {told[0].path}{more}"
    remedy = f"aibwatch readiness {group} shows it, aibwatch replicate {group} mends it"
    return (not_ready if recipe else degraded)(f"{why}; {remedy}", *lines)
