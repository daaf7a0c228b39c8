"""Judge a region.

Rules, in order:
1. Out of sight is BLIND, never down: silence is not evidence.
2. Never answered is LEARNING.
3. No trouble (score below the suspicion) is HEALTHY; after a conviction it is RECOVERING until quiet long enough.
4. A conviction needs the score, two kinds of source with one of them ours, a quorum of them, and that it still fails.
   It is CONFIRMING for the length of the hold and OUTAGE after it.
5. Everything else that troubles is SUSPECT; DEGRADED where some things fail and others succeed.
6. Trouble here, and in another watched region more than a mishap at the same time, is called GLOBAL: moving would not
   help. Trouble during announced maintenance is called MAINTENANCE. Both are names: the proof goes on beneath them
   (`alone`), and it is the gates that hold a move.

This module does not know what a failover is.

Note [Suspicion leaves later than it comes]: a region becomes suspect at the suspicion score and is cleared at half of
it, so that evidence near the line does not flicker.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from aibwatch.core.conviction import hold_for, is_mixed, lacking, score_of, seen_failing_until
from aibwatch.core.evidence import Evidence, reads_fail_since
from aibwatch.core.model import Region
from aibwatch.core.policy import Policy
from aibwatch.core.sentences import count, listing, span, when
from aibwatch.core.sight import Sight

LAPSE = timedelta(minutes=10)
"""An outage that was not proven for longer than this is held anew when the proof comes back."""

CLEAR_SHARE = 0.5
"""See Note [Suspicion leaves later than it comes]."""


class VerdictKind(StrEnum):
    """What a region is judged to be. The values are labels of metrics."""

    LEARNING = "learning"
    HEALTHY = "healthy"
    SUSPECT = "suspect"
    CONFIRMING = "confirming"
    OUTAGE = "outage"
    RECOVERING = "recovering"
    DEGRADED = "degraded"
    BLIND = "blind"
    GLOBAL = "global"
    MAINTENANCE = "maintenance"

    @property
    def phrase(self) -> str:
        """The verdict as a sentence about a region goes on: "westeurope is down"."""
        return PHRASES[self][0]

    @property
    def phrase_of_many(self) -> str:
        """The same of several regions: "westeurope and northeurope are down"."""
        return PHRASES[self][1]


PHRASES = {
    VerdictKind.LEARNING: ("is not known yet", "are not known yet"),
    VerdictKind.HEALTHY: ("is healthy", "are healthy"),
    VerdictKind.SUSPECT: ("is suspect", "are suspect"),
    VerdictKind.CONFIRMING: (
        "looks down, we wait to see whether it lasts",
        "look down, we wait to see whether it lasts",
    ),
    VerdictKind.OUTAGE: ("is down", "are down"),
    VerdictKind.RECOVERING: ("is recovering", "are recovering"),
    VerdictKind.DEGRADED: ("is degraded: some runs fail", "are degraded: some runs fail"),
    VerdictKind.BLIND: ("is out of our sight", "are out of our sight"),
    VerdictKind.GLOBAL: ("shows the same trouble as another region", "show the same trouble at once"),
    VerdictKind.MAINTENANCE: ("is in trouble during announced maintenance", "are in trouble during maintenance"),
}
"""How a sentence about one region, and about several, goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A judgement of a region, with the evidence it rests on."""

    region: Region
    kind: VerdictKind
    since: datetime
    """When it became this kind."""
    score: float
    evidence: tuple[Evidence, ...]
    why: str
    trouble_since: datetime | None = None
    """The first fact against the region in the present trouble."""
    confirmed_since: datetime | None = None
    """When all that a conviction needs was first there, without a break since."""
    hold_until: datetime | None = None
    proven_at: datetime | None = None
    """When everything that a conviction needs was last there."""
    held: bool = False
    """Whether it is proven at this moment, and was for the length of the hold."""
    outage_since: datetime | None = None
    """When it was first an OUTAGE in the present trouble; kept until it is healthy again."""
    quiet_since: datetime | None = None
    """While RECOVERING: since when nothing speaks against the region."""
    alone: VerdictKind = VerdictKind.LEARNING
    """What it is on its own evidence, whatever other regions show and whatever maintenance was announced."""

    @property
    def warrants_move(self) -> bool:
        """Whether a group wants to leave: an outage that is proven at this moment, not only remembered."""
        return self.alone is VerdictKind.OUTAGE and self.held


def is_troubled(evidence: Sequence[Evidence], before: Verdict | None, policy: Policy) -> bool:
    """Return whether there is enough against the region to suspect it, or to go on suspecting it."""
    suspected = before is not None and before.trouble_since is not None and before.quiet_since is None
    share = CLEAR_SHARE if suspected else 1.0
    return score_of(evidence) >= policy.suspect_score * share


def judge(
    region: Region,
    *,
    evidence: tuple[Evidence, ...],
    sight: Sight,
    troubled_elsewhere: Sequence[Region],
    maintenance: str = "",
    before: Verdict | None,
    policy: Policy,
    now: datetime,
) -> Verdict:
    """Return the verdict that follows from the evidence and the verdict before.

    `maintenance` is what was announced for the region at this time, as a sentence; empty if nothing was.
    """
    case = _Case(region, evidence, before, policy, now)
    if not sight.seen:
        return case.unseen(sight.why)
    if not sight.learned:
        return case.unlearned()
    if not is_troubled(evidence, before, policy):
        return case.quiet()
    missing = lacking(evidence, policy, now)
    verdict = case.unproven(missing) if missing else case.proven()
    if troubled_elsewhere:
        return case.everywhere(verdict, troubled_elsewhere)
    if maintenance:
        return case.announced(verdict, maintenance)
    return case.mixed(verdict) if is_mixed(evidence) else verdict


class _Case:
    """The facts of one judgement, so that the rules above read as rules."""

    def __init__(
        self, region: Region, evidence: tuple[Evidence, ...], before: Verdict | None, policy: Policy, now: datetime
    ) -> None:
        self.region, self.evidence, self.before, self.policy, self.now = region, evidence, before, policy, now
        self.outage_since = before.outage_since if before else None
        self.quiet_since = before.quiet_since if before else None

    def unseen(self, why: str) -> Verdict:
        trouble_since = self.before.trouble_since if self.before else None
        return self._verdict(VerdictKind.BLIND, why, trouble_since=trouble_since, quiet_since=self.quiet_since)

    def unlearned(self) -> Verdict:
        return self._verdict(VerdictKind.LEARNING, "no read of this region was answered yet")

    def quiet(self) -> Verdict:
        told = "too little" if any(e.against for e in self.evidence) else "nothing"
        if self.outage_since is None:
            return self._verdict(VerdictKind.HEALTHY, f"{told} speaks against it")
        # Minutes in which nothing was seen are no quiet minutes: after blindness the quiet begins anew.
        was_quiet = self.before is not None and self.before.kind is VerdictKind.RECOVERING
        quiet_since = (self.quiet_since if was_quiet else None) or self.now
        left = quiet_since + self.policy.recovery_min - self.now
        if left <= timedelta(0):
            self.outage_since = None
            return self._verdict(VerdictKind.HEALTHY, f"{told} spoke against it for {span(self.now - quiet_since)}")
        why = (
            f"{told} speaks against it since {when(quiet_since, self.now)}; {span(left)} more and it is called healthy"
        )
        trouble_since = self.before.trouble_since if self.before else None
        return self._verdict(VerdictKind.RECOVERING, why, trouble_since=trouble_since, quiet_since=quiet_since)

    def everywhere(self, verdict: Verdict, regions: Sequence[Region]) -> Verdict:
        shows = "shows" if len(regions) == 1 else "show"
        why = f"{listing(sorted(regions))} {shows} trouble at the same time; moving would not help"
        return self._called(verdict, VerdictKind.GLOBAL, why)

    def announced(self, verdict: Verdict, maintenance: str) -> Verdict:
        return self._called(verdict, VerdictKind.MAINTENANCE, f"{maintenance}; {verdict.why}")

    def mixed(self, verdict: Verdict) -> Verdict:
        if verdict.kind is not VerdictKind.SUSPECT:
            return verdict
        return self._called(verdict, VerdictKind.DEGRADED, f"some runs fail and others succeed; {verdict.why}")

    def _called(self, verdict: Verdict, kind: VerdictKind, why: str) -> Verdict:
        return replace(verdict, kind=kind, why=why, since=self._since(kind))

    def _since(self, kind: VerdictKind) -> datetime:
        return self.before.since if self.before and self.before.kind is kind else self.now

    def unproven(self, missing: str) -> Verdict:
        if self.before and self.before.alone is VerdictKind.OUTAGE:
            why = f"it was proven before; at this moment {missing}"
            proven_at = self.before.proven_at or self.now
            kept = self.before.confirmed_since if self.now - proven_at <= LAPSE else None
            return self._verdict(
                VerdictKind.OUTAGE,
                why,
                trouble_since=self._trouble_since(),
                confirmed_since=kept,
                proven_at=proven_at,
            )
        return self._verdict(VerdictKind.SUSPECT, missing, trouble_since=self._trouble_since())

    def proven(self) -> Verdict:
        trouble_since = self._trouble_since()
        confirmed = (self.before.confirmed_since if self.before else None) or self.now
        held_until = max(confirmed + hold_for(self.evidence, self.policy), self._old_enough_at(trouble_since))
        witnesses = count(sum(e.witnesses for e in self.evidence if e.against), "independent confirmation")
        proof = f"{witnesses}, score {score_of(self.evidence):.1f} of {self.policy.confirm_score:g} needed"
        held = self.now >= held_until
        outage = held or (self.before is not None and self.before.alone is VerdictKind.OUTAGE)
        why = proof if held else f"{proof}; waiting {span(held_until - self.now)} to see that it stays so"
        return self._verdict(
            VerdictKind.OUTAGE if outage else VerdictKind.CONFIRMING,
            why,
            trouble_since=trouble_since,
            confirmed_since=confirmed,
            hold_until=held_until,
            proven_at=self.now,
            held=held,
        )

    def _old_enough_at(self, trouble_since: datetime) -> datetime:
        """Return when the outage has lasted long enough, by failures seen and not by the clock.

        Runs and canaries that failed in the same two minutes still count half an hour later, and would make a trouble
        of two minutes look as if it had lasted. So would the memory of an earlier one while reads fail for the second
        time: where the probe speaks, the present row of failed reads must be old enough.
        """
        began = max(trouble_since, reads_fail_since(self.evidence) or trouble_since)
        seen_until = seen_failing_until(self.evidence) or began
        still_to_be_seen = self.policy.min_outage_age - (seen_until - began)
        return self.now + still_to_be_seen if still_to_be_seen > timedelta(0) else began

    def _trouble_since(self) -> datetime:
        if self.quiet_since is not None:
            return self.now  # a relapse: what failed before the quiet belongs to the trouble before it
        if self.before and self.before.trouble_since:
            return self.before.trouble_since
        # An event is dated by the service; where our own clock is slow that may be later than now.
        return min((e.since for e in self.evidence if e.against and e.since and e.since <= self.now), default=self.now)

    def _verdict(
        self,
        kind: VerdictKind,
        why: str,
        *,
        trouble_since: datetime | None = None,
        confirmed_since: datetime | None = None,
        hold_until: datetime | None = None,
        proven_at: datetime | None = None,
        held: bool = False,
        quiet_since: datetime | None = None,
    ) -> Verdict:
        return Verdict(
            region=self.region,
            kind=kind,
            alone=kind,
            since=self._since(kind),
            score=score_of(self.evidence),
            evidence=self.evidence,
            why=why,
            trouble_since=trouble_since,
            confirmed_since=confirmed_since,
            hold_until=hold_until,
            proven_at=proven_at,
            held=held,
            outage_since=self.outage_since or (self.now if kind is VerdictKind.OUTAGE else None),
            quiet_since=quiet_since,
        )
