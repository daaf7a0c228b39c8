"""Rules of what is an answer, what the window keeps, who is in sight, and what is usual for a template."""

from tests.removals.removal import Removal, in_file

MUTE = "{FailureClass.THROTTLED, FailureClass.AUTH, FailureClass.NETWORK}"

FACTS: tuple[Removal, ...] = (
    *in_file(
        "observation",
        "signals sight window",
        ("throttling is an answer", MUTE, "{FailureClass.AUTH, FailureClass.NETWORK}"),
        ("a missing right is an answer", MUTE, "{FailureClass.THROTTLED, FailureClass.NETWORK}"),
        ("a broken way there is an answer", MUTE, "{FailureClass.THROTTLED, FailureClass.AUTH}"),
    ),
    *in_file(
        "window",
        "window",
        (
            "of an event the notice that came last stands, not the one that the provider updated last",
            "(observation.updated, observation.at) >= (known.updated, known.at)",
            "observation.at >= known.at",
        ),
        ("an older sight of a template stands", "newest = known is None or seen.at >= known.at", "newest = True"),
        ("a late word that a template is gone is believed", "not None and observation.at >= seen.at:", "not None:"),
        ("a late poll overwrites a newer one", "known is not None and polled.at < known.last_at:", "False:"),
        ("an older report stands", "if known is None or fact.at >= known.at:", "if fact:"),
        ("calls are known by their id alone", "self.calls[seen.key] = one", "self.calls[seen.call] = one"),
        (
            "facts from before the clock was set back outweigh newer ones",
            "if window.latest is None or window.latest <= now:",
            "if True:",
        ),
        ("runs are kept for ever", "if ended_at(r.run) >= horizon]", "]"),
        ("probes are kept without a limit", "max(first, len(probes) - PROBES_PER_REGION)", "first"),
        ("an event that nobody lists any more stays", "if max(e.at, e.updated) >= horizon}", "}"),
        ("a call that was once known as ours is a stranger's", "ours=one.ours or other.ours", "ours=False"),
        ("a batch is taken in the order of its arrival", "in sorted(observations, key=_order):", "in observations:"),
        ("a row of silent polls begins anew with each of them", "(record.mute_since or polled.at)", "polled.at"),
    ),
    *in_file(
        "sight",
        "sight",
        ("a silent probe blinds nobody", "_mute_for(record, (POLLS - 1) * pace.probe, now)", "False"),
        (
            "a probe that is not polled blinds nobody",
            "if now - asked_at > POLLS * pace.probe + pace.patience:",
            "if False:",
        ),
        (
            "Service Health that cannot be read blinds nobody",
            "    if not controls or len(mute) < len(controls):\n",
            "    if True:\n",
        ),
        ("one silent control is enough", "if not controls or len(mute) < len(controls):", "if not mute:"),
        ("a throttled control is trouble of ours", " and c.last.cls in AT_OUR_END]", "]"),
        ("where nothing at all is answered it waits all the same", "nothing = bool(probes) and", "nothing = False and"),
        ("where one region answers it does not wait either", "nothing = bool(probes) and all(", "nothing = any("),
        ("silence before the start counts", "max(awake_since, record.last_at)", "record.last_at"),
        ("nothing needs to be learned", "record is not None and record.answered_at is not None", "True"),
    ),
    *in_file(
        "habits",
        "habits",
        (
            "a pace is learned from a run that was first seen far along",
            "    if not known.building:\n",
            "    if False:\n",
        ),
        ("the slowest is forgotten at once", "max(took, known.to_customizing * FORGET)", "took"),
        ("the slowest is never forgotten", "known.to_customizing * FORGET", "known.to_customizing"),
        ("a late sight counts", "if seen is None or fact.at >= seen.at:", "if True:"),
        ("the order of arrival counts", "in sorted(dated, key=lambda fact: (fact.at, repr(fact))):", "in dated:"),
        (
            "what is gone is remembered",
            "isinstance(fact, TemplateSeen | TemplateGone)]",
            "isinstance(fact, TemplateSeen)]",
        ),
        ("habits are made anew though nothing was learned", "    if not changed:\n        return habits\n", ""),
    ),
    *in_file(
        "stuck",
        "stuck",
        ("a run past its time-out is patient", "    if now >= overdue:\n", "    if False:\n"),
        ("a run that does not get past Building is patient", "and now >= slow:", "and False:"),
        ("a run past Building is not left to its time-out", "and run.phase not in PROGRESS and", "and"),
        ("a cancellation may be slow in Building", "if run.state is RunState.RUNNING and run", "if run"),
        (
            "a slow run is the service's fault for sure",
            "_stuck(FailureClass.AMBIGUOUS, IN",
            "_stuck(FailureClass.SERVICE, IN",
        ),
        ("no least length for Building", "max(LEAST, TIMES * habit.to_customizing)", "TIMES * habit.to_customizing"),
        (
            "no greatest length for Building",
            "min(MOST, max(LEAST, TIMES * habit.to_customizing))",
            "max(LEAST, TIMES * habit.to_customizing)",
        ),
        (
            "a time-out of 0 is none",
            "timedelta(minutes=seen.build_timeout_minutes) or DEFAULT_TIMEOUT",
            "timedelta(minutes=seen.build_timeout_minutes)",
        ),
    ),
    *in_file(
        "correlation",
        "correlation",
        ("two templates are enough to begin with", "LEAST = 3", "LEAST = 2"),
        ("it is over when fewer than three are left", "LASTING = 2", "LASTING = 3"),
        (
            "ambiguous failures count without a canary",
            "return cls if _built_well_since(canary, ended_at(run.run)) else None",
            "return cls",
        ),
        ("the service's failures count", "return cls if cls in PLAIN else None", "return cls"),
        ("cancelled runs do not count", "return FailureClass.EXPECTED", "return None"),
        ("the canary's own run counts", " and r.template != own", ""),
        ("old runs count", " and ended_at(run.run) > since:", ":"),
        (
            "cancellations count as long as runs are kept",
            "(run_window if cls is FailureClass.EXPECTED else KEEP)",
            "KEEP",
        ),
        (
            "builds that are far apart are no correlation",
            "(run_window if cls is FailureClass.EXPECTED else KEEP)",
            "run_window",
        ),
        ("what some share is named", "frozenset.intersection(", "frozenset.union("),
    ),
    *in_file(
        "permitted",
        "permitted",
        ("what is taken away is allowed", " and not _in(entry.not_actions, action)", ""),
        ("letter case matters", "pattern.lower(), action.lower()", "pattern, action"),
        ("beginning and end may share characters", " or len(action) < len(first) + len(last)", ""),
    ),
)
