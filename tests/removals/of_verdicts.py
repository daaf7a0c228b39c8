"""Rules of conviction and judgement."""

from tests.removals.removal import Removal, in_file

VERDICTS: tuple[Removal, ...] = (
    *in_file(
        "conviction",
        "verdict",
        ("one kind of source convicts", "    if len(kinds) < 2:\n", "    if False:\n"),
        ("the provider's word alone convicts", "    if not kinds & OURS:\n", "    if False:\n"),
        ("no quorum is needed", "    if not _quorum(evidence):\n", "    if False:\n"),
        ("no score is needed", "    if score < policy.confirm_score:\n", "    if False:\n"),
        ("it need not fail any more", "    if latest is None or now - latest > STILL_FAILING:\n", "    if False:\n"),
        (
            "the provider's word says that it still fails",
            "e.last for e in evidence if e.against and e.kind in OURS and e.last",
            "e.last for e in evidence if e.against and e.last",
        ),
        ("nothing forbids a conviction", "    if forbidden:\n", "    if False:\n"),
        (
            "good evidence is saved up",
            "return max(FLOOR, sum(e.weight for e in evidence))",
            "return sum(e.weight for e in evidence)",
        ),
        ("the hold is always the longest", "policy.hold_max * (HOLD_STEP ** (confirmations - 1))", "policy.hold_max"),
        ("no least hold", "return max(policy.hold_min, shortened)", "return shortened"),
        (
            "one pillar is a quorum",
            "return canaries + probe + event + runs >= 2",
            "return canaries + probe + event + runs >= 1",
        ),
        (
            "failed canaries are no pillar",
            "return canaries + probe + event + runs >= 2",
            "return probe + event + runs >= 2",
        ),
        ("a second canary is no further pillar", "canaries = min(2, sum(", "canaries = min(1, sum("),
        (
            "the probe is no pillar",
            "return canaries + probe + event + runs >= 2",
            "return canaries + event + runs >= 2",
        ),
        ("an event is no pillar", "return canaries + probe + event + runs >= 2", "return canaries + probe + runs >= 2"),
        (
            "failed runs are no pillar",
            "return canaries + probe + event + runs >= 2",
            "return canaries + probe + event >= 2",
        ),
        (
            "any event is a pillar",
            "event = any(e.names_service for e in against)",
            "event = any(e.kind is Kind.EVENTS for e in against)",
        ),
        ("one failed run is a pillar", "e.kind.family is Kind.RUNS) >= 2", "e.kind.family is Kind.RUNS) >= 1"),
        (
            "calls are no part of the pillar of runs",
            "if e.kind.family is Kind.RUNS) >= 2",
            "if e.kind is Kind.RUNS) >= 2",
        ),
        (
            "nobody waits for a canary",
            "            case Standing.AWAITED:\n                return False\n",
            "            case Standing.AWAITED:\n                pass\n",
        ),
        (
            "a canary that reads outran is as good as none",
            "                return probe and runs\n",
            "                pass\n",
        ),
        (
            "a canary that reads outran holds everything",
            "                return probe and runs\n",
            "                return False\n",
        ),
        (
            "a moment is as good as a quarter of an hour",
            "    if any(e.momentary for e in against) and not probe:\n",
            "    if False:\n",
        ),
        (
            "a moment does not count beside the probe either",
            "any(e.momentary for e in against) and not probe:",
            "any(e.momentary for e in against):",
        ),
        (
            "that a second canary is needed is not said",
            "    if any(e.momentary for e in evidence):\n",
            "    if False:\n",
        ),
        ("a canary is waited for in every case", "    if canaries == 0:\n        match", "    if True:\n        match"),
        (
            "a mishap elsewhere is the same trouble",
            "for e in evidence if e.against and e.kind in OURS) > 1\n\n\ndef is_mixed",
            "for e in evidence if e.against and e.kind in OURS) > 0\n\n\ndef is_mixed",
        ),
        ("a mixture needs no success", "        e.weight < 0 for e in evidence\n", "        True for e in evidence\n"),
    ),
    Removal(
        "kinds of one family are two",
        "evidence",
        "return Kind.RUNS if self is Kind.CALLS else self",
        "return self",
        "calls",
    ),
    Removal(
        "a canary is not ours",
        "evidence",
        "Kind.RUNS, Kind.CALLS, Kind.CANARY})",
        "Kind.RUNS, Kind.CALLS})",
        "verdict canaries",
    ),
    *in_file(
        "verdict",
        "verdict",
        ("silence is judged", "    if not sight.seen:\n", "    if False:\n"),
        ("a region that never answered is judged", "    if not sight.learned:\n", "    if False:\n"),
        ("suspicion leaves as it comes", "CLEAR_SHARE = 0.5", "CLEAR_SHARE = 1.0"),
        (
            "a region that recovers is suspect as easily as a suspect one",
            "before.trouble_since is not None and before.quiet_since is None",
            "before.trouble_since is not None",
        ),
        ("trouble everywhere has no name", "    if troubled_elsewhere:\n", "    if False:\n"),
        ("trouble in maintenance has no name", "    if maintenance:\n", "    if False:\n"),
        ("a mixture has no name", "return case.mixed(verdict) if is_mixed(evidence) else verdict", "return verdict"),
        (
            "one success softens a proven outage",
            "        if verdict.kind is not VerdictKind.SUSPECT:\n",
            "        if False:\n",
        ),
        (
            "a name ends the proof beneath it",
            "return replace(verdict, kind=kind, why=why, since=self._since(kind))",
            "return replace(verdict, kind=kind, alone=kind, why=why, since=self._since(kind))",
        ),
        ("no hold", "confirmed + hold_for(self.evidence, self.policy)", "confirmed"),
        ("no least age of an outage", ", self._old_enough_at(trouble_since))", ", confirmed)"),
        (
            "an outage ages without failures",
            "seen_until = seen_failing_until(self.evidence) or began",
            "seen_until = self.now",
        ),
        (
            "reads that fail for the second time are as old as the first time",
            "began = max(trouble_since, reads_fail_since(self.evidence) or trouble_since)",
            "began = trouble_since",
        ),
        (
            "an outage that is remembered warrants a move",
            "self.alone is VerdictKind.OUTAGE and self.held",
            "self.alone is VerdictKind.OUTAGE",
        ),
        (
            "an outage without proof is forgotten",
            "if self.before and self.before.alone is VerdictKind.OUTAGE:\n            why",
            "if False:\n            why",
        ),
        (
            "a proof that comes back after hours needs no hold",
            "self.before.confirmed_since if self.now - proven_at <= LAPSE else None",
            "self.before.confirmed_since",
        ),
        ("a region is healthy as soon as it is quiet", "        if self.outage_since is None:\n", "        if True:\n"),
        (
            "blind minutes are quiet ones",
            "was_quiet = self.before is not None and self.before.kind is VerdictKind.RECOVERING",
            "was_quiet = self.before is not None",
        ),
        ("a relapse goes on with the old clocks", "        if self.quiet_since is not None:\n", "        if False:\n"),
        (
            "an outage turns back to confirming",
            "held or (self.before is not None and self.before.alone is VerdictKind.OUTAGE)",
            "held",
        ),
        (
            "blindness forgets the trouble",
            "trouble_since = self.before.trouble_since if self.before else None\n        return self._verdict(VerdictKind.BLIND",
            "trouble_since = None\n        return self._verdict(VerdictKind.BLIND",
        ),
        (
            "it is since now what it was before",
            "self.before.since if self.before and self.before.kind is kind else self.now",
            "self.now",
        ),
    ),
    *in_file(
        "judging",
        "judging",
        ("nobody looks for a while and the hold goes on", "now - state.judged_at <= GAP:", "True:"),
        ("a mishap makes trouble global", " and is_alike(evidence[region])\n", "\n"),
        (
            "a region out of sight makes trouble global",
            "        if sight.seen and is_troubled(",
            "        if is_troubled(",
        ),
        (
            "a region is the same trouble as itself",
            "troubled_elsewhere=sorted(troubled - {region})",
            "troubled_elsewhere=sorted(troubled)",
        ),
        (
            "every group sees with the default eyes",
            "DEFAULT if _thresholds(spec.policy) == _thresholds(setup.policy) else spec.name",
            "DEFAULT",
        ),
        (
            "maintenance is not known to the judge",
            "maintenance=maintenance(state.window, region, now)",
            'maintenance=""',
        ),
        (
            "regions without a group are judged",
            "    found = {state.window.region_of(template) for template in members}\n",
            "    found = {*map(state.window.region_of, members), *state.window.probes}\n",
        ),
    ),
    *in_file(
        "incident",
        "incident",
        (
            "blindness opens an incident",
            "{VerdictKind.LEARNING, VerdictKind.HEALTHY, VerdictKind.BLIND}",
            "{VerdictKind.LEARNING, VerdictKind.HEALTHY}",
        ),
        ("a region has as many incidents as troubles", "i.region == region and i.closed_at is None", "False"),
        (
            "recovering closes an incident",
            "closed_at=now if verdict.kind is VerdictKind.HEALTHY else None",
            "closed_at=now if verdict.kind in {VerdictKind.HEALTHY, VerdictKind.RECOVERING} else None",
        ),
        ("incidents are kept for ever", "closed[: max(0, len(closed) - KEPT)]", "closed[:0]"),
    ),
)
