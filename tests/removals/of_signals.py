"""Rules of signals: what counts, how much, and who votes as one."""

from tests.removals.removal import Removal, in_file

ASKED = (
    ("the probe", "        *reads,\n", "signals"),
    ("runs", "        *runs.weigh(hearing, began),\n", "signals"),
    ("calls", "        *calls.weigh(hearing),\n", "calls"),
    ("the canary", "        *canary.weigh(known.canary, asked_since, now),\n", "canaries canary_signal"),
    ("events", "        *events.weigh(window, region, now),\n", "signals"),
    ("dependencies", "        *dependencies.weigh(window, region, now),\n", "signals"),
    ("peers", "        *peers.weigh(window, region, now),\n", "signals"),
)

SIGNALS: tuple[Removal, ...] = (
    *(Removal(f"nobody asks {what}", "weigh", call, "", tests) for what, call, tests in ASKED),
    *in_file(
        "weigh",
        "judging",
        (
            "good runs weigh only once a region is suspect",
            "trouble_since or min((e.since for e in found if e.against and e.since), default=None)",
            "trouble_since",
        ),
    ),
    *in_file(
        "signals/probe",
        "signals",
        ("one failed read speaks", "ROW = 3", "ROW = 1"),
        ("a lasting row speaks no louder", "LASTING_WEIGHT if lasted >= LASTING else WEIGHT", "WEIGHT"),
        ("ambiguous answers weigh in full", "weight if clear else weight * AMBIGUOUS_SHARE", "weight"),
        ("one good answer does not end the row", "            break\n", "            pass\n"),
        ("reads dated in the future count", "while end and probes[end - 1].at > now:", "while False:"),
    ),
    *in_file(
        "signals/runs",
        "signals",
        ("an old success is proof of life", "if r.run.started > trouble_since]", "]"),
        ("an old run's progress is proof of life", "        and t.run.started > trouble_since\n", ""),
        ("a run in Building is proof of life", "        and t.run.phase in PROGRESS\n", ""),
        (
            "each template is a witness of its own",
            "for group in independent(latest)) if w]",
            "for group in [[r] for r in latest]) if w]",
        ),
        ("good runs weigh nothing", "NEW_RUN_WELL * len(new)", "0.0"),
        ("progress weighs nothing", "NEW_RUN_PROGRESS * len(alive)", "0.0"),
    ),
    Removal(
        "a stuck run does not fail at this moment",
        "signals/runs",
        "last=hearing.now if any(r.run.diagnosis.rule in RULES for r in suspicious) else max(ends)",
        "last=max(ends)",
        "stuck",
    ),
    *in_file(
        "votes",
        "signals canary_signal stuck",
        (
            "an ambiguous failure weighs in full",
            "AMBIGUOUS_WEIGHT = SERVICE_WEIGHT / 2",
            "AMBIGUOUS_WEIGHT = SERVICE_WEIGHT",
        ),
        (
            "an ambiguous failure weighs nothing",
            "FailureClass.SERVICE: SERVICE_WEIGHT, FailureClass.AMBIGUOUS: AMBIGUOUS_WEIGHT}",
            "FailureClass.SERVICE: SERVICE_WEIGHT}",
        ),
        ("the second vote of a witness counts in full", "SECOND_VOTE = 0.25", "SECOND_VOTE = 1.0"),
        ("the third vote of a witness counts too", "sum(heaviest[1:2])", "sum(heaviest[1:])"),
        (
            "a template votes with every run",
            "return list({r.template: r for r in sorted(",
            "return list({r.run.started: r for r in sorted(",
        ),
        (
            "a cancelled run takes the vote back",
            "            if r.run.state is not RunState.CANCELED and r",
            "            if r",
        ),
        ("a refused run takes the vote back", " and r.run.diagnosis.cls is not FailureClass.EXPECTED", ""),
        ("a run counts for ever", " and ended_at(r.run) > since", ""),
        ("a run counts in every region", "if r.region == self.region and r.template", "if r.template"),
        ("the canary's runs vote", "t.region == self.region and t.template != self.own]", "t.region == self.region]"),
        ("the canary's ended runs vote", " and r.template != self.own and ended_at", " and ended_at"),
        ("stuck runs do not vote", "for r in (*self._ended(), *self._stuck())", "for r in self._ended()"),
        ("a good canary excuses nothing", "        return not self.excuses(ended_at(seen.run))", "        return True"),
        ("a canary excuses what failed after it", "            and run.ended_at >= failed_at\n", ""),
        (
            "an old canary excuses",
            "            and (self.asked_since is None or run.asked_at >= self.asked_since)\n",
            "",
        ),
        (
            "any canary excuses",
            "            run.result is CanaryResult.WELL\n            and run.ended_at",
            "            run.ended_at",
        ),
        (
            "who shares something through a third is a stranger",
            "            root[top(number)] = top(first.setdefault(thing, number))\n",
            "            root[number] = first.setdefault(thing, number)\n",
        ),
    ),
    *in_file(
        "signals/calls",
        "calls",
        ("our own calls are witnesses", "        and not call.ours\n", ""),
        ("every refused call counts, whatever its class", "        and call.diagnosis.cls in SUSPICIOUS\n", ""),
        ("a call counts for ever", "        if call.called_at > since\n        and", "        if"),
        ("a call counts in every region", "        and call.region == hearing.region\n", ""),
        (
            "a call counts beside the run that it belongs to",
            "        and not any(_about_then(run, call.called_at) for run in lives[call.template])\n",
            "",
        ),
        ("a call counts beside a later run", "        and not _outdated(call, runs.get(call.template))\n", ""),
        ("calls count beside runs of the same witness", " - vote(v.by_run for v in witness)", ""),
    ),
    *in_file(
        "signals/events",
        "signals",
        ("maintenance weighs as an outage", "    if event.maintenance:\n", "    if False:\n"),
        ("an old notice weighs", "    if now - event.updated > FRESH:\n", "    if False:\n"),
        ("each notice is a voice of its own", "(_echo(e) if e.against else e for e in ranked[1:])", "ranked[1:]"),
        (
            "a resolved event weighs",
            "e.region == region and e.active and e.concern in WEIGHTS]",
            "e.region == region and e.concern in WEIGHTS]",
        ),
        (
            "a dependency's event names the service",
            "names_service=event.concern is Concern.IMAGE_BUILDER",
            "names_service=True",
        ),
    ),
    *in_file(
        "signals/dependencies",
        "signals",
        ("an old state counts", " and now - d.at <= FRESH]", "]"),
        ("what the customer stopped counts", " and not d.customer_made]", "]"),
        ("unknown is ill", '{"unavailable", "degraded"}', '{"unavailable", "degraded", "unknown"}'),
    ),
    *in_file(
        "signals/peers",
        "signals",
        ("an observer's old word counts", " and now - p.at <= FRESH]", "]"),
        ("disagreeing weighs nothing", "AGREES, DISAGREES = 2.0, -4.0", "AGREES, DISAGREES = 2.0, 0.0"),
        ("agreeing weighs nothing", "AGREES, DISAGREES = 2.0, -4.0", "AGREES, DISAGREES = 0.0, -4.0"),
    ),
)
