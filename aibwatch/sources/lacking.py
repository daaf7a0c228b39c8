"""Say what follows from an answer that did not bring what was asked for: that it is not there, or that nobody knows.

Rules: only Azure's own 404 says that something is not there, and not where it means that the question was wrong. A
refusal for lack of rights names the action that is missing: the one that the refusal names, else the one that such a
request needs. Nothing here raises. This module does not know what was asked for.
"""

import re

from aibwatch.core.readiness.survey import ABSENT, Absence, Unread
from aibwatch.core.reading import one_line
from aibwatch.core.rights import right_of
from aibwatch.sources.answer import Bad

WRONG_QUESTION = frozenset({"subscriptionnotfound", "invalidresourcetype", "invalidresourcenamespace"})
"""Codes of a 404 that is no word on the resource: ARM knows no such subscription (or shows none to us), or no such
type."""

NO_RIGHTS = frozenset({"", "authorizationfailed", "linkedauthorizationfailed", "forbidden", "authorizationfailure"})
"""Codes of a 403 that is about rights. Others are about policies or subscriptions that were disabled."""

_ACTION = re.compile(r"perform action(?:\(s\))? '([\w./*-]{1,200})'", re.IGNORECASE)


def lacking(bad: Bad, action: str) -> Absence | Unread:
    """Return ABSENT where Azure says so. `action` is what the request needs, for a refusal that names none."""
    if bad.status == 404 and bad.symptom.from_azure and bad.symptom.code.lower() not in WRONG_QUESTION:
        return ABSENT
    return unread(bad, action)


def unread(bad: Bad, action: str) -> Unread:
    """Return why nothing is known, for what cannot be absent."""
    permission = _missing(bad, action)
    return refused(permission) if permission else Unread(why=bad.diagnosis.summary)


def refused(permission: str) -> Unread:
    """Return that this action is not ours to take, with the role that would allow it."""
    right = right_of(permission)
    role = f' (role "{right.role}")' if right else ""
    return Unread(why=f"the permission {permission} is missing{role}", permission=permission)


def _missing(bad: Bad, action: str) -> str:
    """Return the action that a refusal is about; "" where it is none, or rights are not the reason.

    The last action that is named counts: with a linked scope, the first one is what we may do.
    """
    symptom = bad.symptom
    if bad.status != 403 or not symptom.from_azure:
        return ""
    named = _ACTION.findall(symptom.message)
    if named:
        right = right_of(named[-1])
        return right.action if right else one_line(named[-1])
    return action if symptom.code.lower() in NO_RIGHTS else ""
