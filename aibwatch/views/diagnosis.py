"""Word the answer to "is it mine or Azure's?": the class in a sentence, then cause, advice, and how we know. Pure."""

from collections.abc import Mapping

from aibwatch.core.failures.row import Row
from aibwatch.core.model import FailureClass

WIDTH_OF_LABELS = 12


WHOSE = {
    FailureClass.OK: "Nothing failed.",
    FailureClass.SERVICE: "Azure's: the service, or something that it needs, failed.",
    FailureClass.AMBIGUOUS: "It may be yours or Azure's; this alone does not tell.",
    FailureClass.CUSTOMER: "Yours: a template, a script, a right or a network of yours.",
    FailureClass.CAPACITY: "Yours to solve: there is no room for you in the region, and Image Builder itself is well.",
    FailureClass.THROTTLED: "Neither: Azure was asked for too much at once.",
    FailureClass.AUTH: "Yours: the identity that asked, or its token.",
    FailureClass.NETWORK: "Most likely yours: the way to Azure, not Azure.",
    FailureClass.DISTRIBUTION: "The image was built, and a target did not take it: yours, or Azure's elsewhere.",
    FailureClass.EXPECTED: "Nobody's: nothing is broken.",
}
"""Whose fault a failure of each class is, as sentences."""


def render(row: Row) -> str:
    """Return the answer for people: whose it is, then why, what to do and where the rule comes from, a line each."""
    lines = (
        f"{row.cls}. {WHOSE[row.cls]}",
        _line("cause", row.cause),
        _line("what to do", row.advice),
        _line("rule", f"{row.name}: {row.source}"),
    )
    return "\n".join(lines)


def as_json(row: Row) -> Mapping[str, object]:
    """Return the same for programs."""
    return {
        "schema": 1,
        "class": row.cls.value,
        "rule": row.name,
        "cause": row.cause,
        "advice": row.advice,
        "source": row.source,
    }


def _line(label: str, text: str) -> str:
    return f"{label:<{WIDTH_OF_LABELS}}{text}"
