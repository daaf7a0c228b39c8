"""Say what it takes to convict a region, and for how long a conviction must stand.

Rules: the score alone is not enough. Two kinds of source must agree, one of them ours, they must be a quorum, nothing
must forbid it (a canary that just built well does), and it must still fail now. Everything here looks at the evidence
only; what was judged before is for verdict.py.

Note [Quorum]: two of these four must agree: a failed canary, the probe, an Image Builder event, two independent failed
runs. A second failed canary counts as another. While a canary is awaited, one of the two must be a failed canary: in
2022 reads failed for 20 minutes while builds went on, and an event about one feature beside them would have convicted.
If the canary was under way already when reads began to fail, it proves nothing and blocks the next one; then the probe
and two independent failed runs are enough, and an event instead of the runs is not.
One canary that was refused at once tells of a moment, and with runs that were refused in the same four minutes it would
convict a region that is well again; it counts only beside a probe that fails now, else a second one is waited for.

Note [Hold]: the more independent things confirm an outage, the shorter we wait: 15, 9, 5.4, 3.2 minutes and then the
minimum. Most troubles of a region are shorter than the hold (a four-minute blip must not move anyone).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from aibwatch.core.evidence import OURS, Evidence, Kind, Standing
from aibwatch.core.policy import Policy
from aibwatch.core.sentences import listing, span

FLOOR = -3.0
"""Good evidence is not saved up: a long good week must not hide a bad hour."""

STILL_FAILING = timedelta(minutes=10)
"""Our own latest bad fact must be younger than this, or the trouble may be over already."""

HOLD_STEP = 0.6
"""Each further independent confirmation shortens the hold to this share."""


def score_of(evidence: Sequence[Evidence]) -> float:
    """Return the sum of the weights, not below FLOOR."""
    return max(FLOOR, sum(e.weight for e in evidence))


def is_alike(evidence: Sequence[Evidence]) -> bool:
    """Return whether this is more than a mishap: enough to say of another region that it shows the same.

    One failed run somewhere must not keep every group everywhere from leaving a region that is down.
    """
    probe = any(e.against and e.kind is Kind.PROBE for e in evidence)
    return probe or sum(e.witnesses for e in evidence if e.against and e.kind in OURS) > 1


def is_mixed(evidence: Sequence[Evidence]) -> bool:
    """Return whether some things fail and others succeed: two witnesses against the region, and something for it."""
    return sum(e.witnesses for e in evidence if e.against and e.kind in OURS) > 1 and any(
        e.weight < 0 for e in evidence
    )


def lacking(evidence: Sequence[Evidence], policy: Policy, now: datetime) -> str:
    """Return what a conviction still lacks, as a sentence; empty if it lacks nothing."""
    score = score_of(evidence)
    against = [e for e in evidence if e.against]
    kinds = {e.kind.family for e in against}
    forbidden = next((e.forbids for e in evidence if e.forbids), "")
    if forbidden:
        return forbidden
    if len(kinds) < 2:
        return f"two kinds of source are needed and only {listing(sorted(kinds))} speaks against it"
    if not kinds & OURS:
        return "nothing that we saw ourselves speaks against it, only what the provider says"
    if not _quorum(evidence):
        return _what_would_do(evidence)
    if score < policy.confirm_score:
        return f"the score is {score:.1f} of {policy.confirm_score:g} needed"
    latest = seen_failing_until(evidence)
    if latest is None or now - latest > STILL_FAILING:
        return f"nothing of ours failed in the last {span(STILL_FAILING)}"
    return ""


AWAITED = "a canary was asked, and its answer will settle it"
PILLARS = "a failed canary, the probe, an Image Builder event, two independent failed runs"


def _what_would_do(evidence: Sequence[Evidence]) -> str:
    if any(e.momentary for e in evidence):
        return "one canary was refused and reads are well, which tells of a moment; a second one is needed"
    return AWAITED if _standing(evidence) is Standing.AWAITED else f"two of these must agree: {PILLARS}"


def _quorum(evidence: Sequence[Evidence]) -> bool:
    """Return whether two of the four agree. See Note [Quorum]."""
    against = [e for e in evidence if e.against]
    canaries = min(2, sum(e.witnesses for e in against if e.kind is Kind.CANARY))
    probe = any(e.kind is Kind.PROBE for e in against)
    event = any(e.names_service for e in against)
    runs = sum(e.witnesses for e in against if e.kind.family is Kind.RUNS) >= 2
    if any(e.momentary for e in against) and not probe:
        return False
    if canaries == 0:
        match _standing(evidence):
            case Standing.AWAITED:
                return False
            case Standing.OUTRUN:
                return probe and runs
            case None:
                pass
    return canaries + probe + event + runs >= 2


def _standing(evidence: Sequence[Evidence]) -> Standing | None:
    return next((e.standing for e in evidence if e.standing), None)


def seen_failing_until(evidence: Sequence[Evidence]) -> datetime | None:
    """Return when something of ours was last seen to fail, None if nothing of ours was."""
    return max((e.last for e in evidence if e.against and e.kind in OURS and e.last), default=None)


def hold_for(evidence: Sequence[Evidence], policy: Policy) -> timedelta:
    """Return how long a conviction must stand before it is an outage. See Note [Hold]."""
    confirmations = max(1, sum(e.witnesses for e in evidence if e.against))
    shortened: timedelta = policy.hold_max * (HOLD_STEP ** (confirmations - 1))
    return max(policy.hold_min, shortened)
