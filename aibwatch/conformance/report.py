"""Word what was found of a handler, for a terminal and as JSON."""

from collections import Counter
from collections.abc import Sequence

from aibwatch.conformance.finding import Finding, Verdict
from aibwatch.core.sentences import count, printable

MARKS = {Verdict.PASSED: "passed", Verdict.FAILED: "FAILED", Verdict.NOT_CHECKED: "not checked"}


def warning(subject: str, group: str) -> str:
    """Return what whoever starts the kit must know."""
    return (
        f"This really calls {printable(subject)}, some dozens of times, for group {group} and made-up moves; "
        "many of the calls are cut off. Try it against a copy, never against what is productive."
    )


def line(finding: Finding) -> str:
    """Return a finding as two lines: what should be, and what is."""
    return f"{MARKS[finding.verdict]:12} {finding.sentence}\n{'':12} {printable(finding.why)}"


def summary(findings: Sequence[Finding]) -> str:
    """Return the last sentence: how many of what, and the names of those that failed."""
    number = Counter(finding.verdict for finding in findings)
    failed = [finding.check for finding in findings if finding.verdict is Verdict.FAILED]
    unseen = number[Verdict.NOT_CHECKED]
    more = f"; {unseen} could not be checked, see there" if unseen else ""
    if failed:
        return f"{count(len(failed), 'check')} of {len(findings)} failed: {', '.join(failed)}{more}."
    return f"{count(number[Verdict.PASSED], 'check')} passed, none failed{more}."


def as_json(subject: str, findings: Sequence[Finding]) -> dict[str, object]:
    """Return all of it for scripts."""
    return {
        "schema": 1,
        "subject": subject,
        "passed": not any(finding.verdict is Verdict.FAILED for finding in findings),
        "checks": [
            {"check": f.check, "sentence": f.sentence, "verdict": f.verdict.value, "why": printable(f.why)}
            for f in findings
        ],
        "text": summary(findings),
    }
