"""Rules of canaries: what becomes of a run, what it weighs, and when the next one is due."""

from tests.removals.removal import Removal, in_file

CANARIES: tuple[Removal, ...] = (
    *in_file(
        "canary",
        "canary",
        ("the run before is ours", "if seen is None or seen.started == run.run_before:", "if seen is None:"),
        (
            "a canary of ours that is broken failed",
            "CanaryResult.FAILED if made else CanaryResult.BROKEN, ended_at=now)",
            "CanaryResult.FAILED, ended_at=now)",
        ),
        (
            "a run of ours that is broken failed",
            "result=CanaryResult.FAILED if made else CanaryResult.BROKEN)",
            "result=CanaryResult.FAILED)",
        ),
        ("a request without an answer is a failure", "{FailureClass.NETWORK, FailureClass.THROTTLED}", "set()"),
        (
            "a 5xx counts at once",
            "return known if answer.uncertain else _refused(known, now)",
            "return _refused(known, now)",
        ),
        (
            "a 5xx never counts",
            "if run.result is CanaryResult.ASKED and run.diagnosis.cls is not FailureClass.OK:",
            "if False:",
        ),
        ("a refusal overrules a run that shows", "    if run.started is not None:\n", "    if False:\n"),
        (
            "an old run is the one that is running already",
            " if shown is not None and not shown.state.ended:",
            " if shown is not None:",
        ),
        (
            "a run that was under way is as young as the request",
            "asked_at = min(run.asked_at, shown.started)",
            "asked_at = run.asked_at",
        ),
        (
            "an answer to another request counts",
            "(event.region, event.asked_at) == (canary.region, run.asked_at)",
            "event.region == canary.region",
        ),
        ("an ended canary is followed on", "if run is None or not run.result.open:", "if run is None:"),
        ("a canary is never stuck", "if now - max(run.asked_at, seen.started) >= STUCK_AFTER:", "if False:"),
        (
            "a canary is stuck by when it was asked for",
            "now - max(run.asked_at, seen.started) >=",
            "now - run.asked_at >=",
        ),
        (
            "twice as long stuck is one failure",
            "return 2 if now - (self.started or self.asked_at) >= 2 * STUCK_AFTER else 1",
            "return 1",
        ),
        ("a canary hangs on for ever", "    if now - run.asked_at >= ENDLESS:\n", "    if False:\n"),
        ("what does not show is waited for", "    if now - run.asked_at < limit:\n", "    if True:\n"),
        ("a canary in Building is alive", "    if seen.phase in PROGRESS:\n", "    if True:\n"),
        ("results of a later clock count", "run if run.asked_at - now <= SLEW else _undated(run, now)", "run"),
        (
            "a stuck canary that gets on is told as stuck",
            "result=CanaryResult.RUNNING, diagnosis=WELL)",
            "result=CanaryResult.RUNNING)",
        ),
        (
            "a cancelled run is broken",
            "        case _:\n            return replace(ended, result=CanaryResult.LOST)",
            "        case _:\n            return replace(ended, result=CanaryResult.BROKEN)",
        ),
    ),
    *in_file(
        "signals/canary",
        "canary_signal",
        ("a second failure adds nothing", "FIRST + (SECOND if failures > 1 else 0.0)", "FIRST"),
        ("ambiguous failures weigh in full", "weight if clear else weight * AMBIGUOUS_SHARE", "weight"),
        (
            "a good canary forbids nothing",
            "            if until is not None and now < until\n",
            "            if False\n",
        ),
        (
            "a good canary forbids for ever",
            "            if until is not None and now < until\n",
            "            if True\n",
        ),
        (
            "an old canary clears the region",
            "return _good(canary, telling[0], until, now) if is_new else _old(canary, telling[0], now)",
            "return _good(canary, telling[0], until, now)",
        ),
        ("a result counts for ever", "now - telling[0].told_at(now) > FRESH and", "False and"),
        (
            "old failures count beside new ones",
            "for run in _row(telling) if now - run.told_at(now) <= FRESH]",
            "for run in _row(telling)]",
        ),
        ("failures before a good canary count", "    return telling[:good]\n", "    return telling\n"),
        (
            "a canary under way is not awaited",
            "last=run.asked_at, sentence=sentence, awaited=is_new)",
            "last=run.asked_at, sentence=sentence)",
        ),
        (
            "a canary of before the trouble is awaited",
            "sentence=sentence, awaited=is_new)",
            "sentence=sentence, awaited=True)",
        ),
        (
            "progress of before the trouble is proof of life",
            " and run.alive_at is not None and is_new:",
            " and run.alive_at is not None:",
        ),
        ("progress adds to a good result", "    if running and result and result.weight < 0:\n", "    if False:\n"),
        (
            "a broken canary is silent about it",
            "broken = _broken(canary, now) if result is None else None",
            "broken = None",
        ),
        ("a stuck canary is awaited", " or run.result is CanaryResult.STUCK:\n", ":\n"),
    ),
    Removal(
        "reads that began to fail later do not matter to a canary",
        "evidence",
        "reads = [e.since for e in evidence if e.kind is Kind.PROBE and e.against and e.since]",
        "reads = []",
        "canary_signal",
    ),
    *in_file(
        "canary_plan",
        "canary_plan",
        ("two canaries at a time", "    if canary.last is not None and canary.last.result.open:\n", "    if False:\n"),
        ("no limit for a day", "    if spent(canary, now) >= spec.max_per_day:\n", "    if False:\n"),
        ("no pause between failed ones", "AGAIN = timedelta(minutes=5)", "AGAIN = timedelta(minutes=0)"),
        (
            "no pause after the end of a failed one",
            "_pace(_row(canary, CanaryResult.FAILED, now)), ended + BETWEEN)",
            "_pace(_row(canary, CanaryResult.FAILED, now)), ended)",
        ),
        ("the pace never slows", "    return STILL if failed < MANY else LONG\n", "    return AGAIN\n"),
        ("the pace does not slow further", "    return STILL if failed < MANY else LONG\n", "    return STILL\n"),
        ("no respite after a good one", "RESPITE = timedelta(minutes=20)", "RESPITE = timedelta(minutes=0)"),
        ("the respite does not grow", "RESPITE * (2.0 ** min(times - 1, 10))", "RESPITE"),
        ("the respite has no limit", "return min(LONGEST_RESPITE, RESPITE", "return max(RESPITE, RESPITE"),
        ("a row reaches back for ever", " or now - run.asked_at > MEMORY:", ":"),
        ("a row has no end", "if run.result is not result or now", "if now"),
        (
            "a canary of before the trouble answers for it",
            "case CanaryResult.WELL if last.asked_at < trouble.since:",
            "case CanaryResult.WELL if False:",
        ),
        (
            "new failures wait for the respite",
            "case CanaryResult.WELL if trouble.onset > ended:",
            "case CanaryResult.WELL if False:",
        ),
        (
            "a lost one is asked again at once",
            "        case CanaryResult.LOST:\n            return ended + AGAIN",
            "        case CanaryResult.LOST:\n            return ended",
        ),
        ("no routine", 'return "routine" if routine else ""', 'return ""'),
    ),
    *in_file(
        "canaries",
        "canaries",
        (
            "blindness starts canaries",
            "if not verdicts or any(v.kind in BLINDING for v in verdicts):",
            "if not verdicts:",
        ),
        (
            "a canary is started without the journal",
            "    if state.journal_failing_since is not None:\n",
            "    if False:\n",
        ),
        (
            "another template is the same canary",
            "if known is None or known.template != spec.template:",
            "if known is None:",
        ),
        ("what became of a canary is told at every event", "was is None or was.result is not is_now.result", "True"),
        ("a broken canary is told to nobody", "loud=run.result is CanaryResult.BROKEN", "loud=False"),
        ("results of a later clock are followed", "_known(state, spec).until(now)", "_known(state, spec)"),
        (
            "only the first viewpoint is asked",
            "[v for v in state.verdicts.values() if v.region == region]",
            "[v for v in state.verdicts.values() if v.region == region][:1]",
        ),
    ),
)
