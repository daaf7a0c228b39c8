"""Gates, the table of phases, what an event means, effects, and the order in which the engine goes."""

from aibwatch.core.gates import GATES
from tests.removals.removal import Removal, in_file

MOVES: tuple[Removal, ...] = (
    *(
        Removal(
            f"the gate {name} is always open",
            "gates/__init__",
            f'"{name}": {name},',
            f'"{name}": lambda q: (OPEN, "it was taken out"),',
            "gates drill failback",
        )
        for name in GATES
    ),
    *in_file(
        "gates/__init__",
        "gates",
        ("unknown lets a move pass", "if g.state is not GateState.OPEN)", "if g.state is GateState.CLOSED)"),
    ),
    *in_file(
        "gates/ourselves",
        "gates",
        (
            "a jump of the clock holds nothing",
            "    if stepped is not None and q.now - stepped < STEADY_AFTER:\n",
            "    if False:\n",
        ),
        (
            "only the first step's handler is asked",
            "in enumerate(q.spec.steps))\n    checks",
            "in enumerate(q.spec.steps[:1]))\n    checks",
        ),
        (
            "what a handler said of another target holds too",
            "handler_key(q.spec.name, i, step.handler, q.target)",
            "next((k for k in q.state.window.handlers if step.handler in k), '')",
        ),
    ),
    *in_file(
        "gates/target",
        "gates",
        ("a mishap of the secondary holds", "    if _is_mishap(verdict):\n", "    if False:\n"),
        ("whatever makes the secondary suspect is a mishap", " and not is_alike(verdict.evidence)\n", "\n"),
        (
            "trouble in a third region holds nothing",
            "return (CLOSED, everywhere.why) if everywhere else (OPEN, well)",
            "return OPEN, well",
        ),
        (
            "what the group itself sees everywhere holds nothing",
            "(q.verdicts.get(q.source_region) if q.source_region else None, q.leaving)",
            "(q.verdicts.get(q.source_region) if q.source_region else None,)",
        ),
        (
            "an old report is believed",
            "    if report is not None and q.now - report.at > READY_REPORT_AGE:\n",
            "    if False:\n",
        ),
        (
            "a report that knows nothing is believed",
            "    if report is not None and report.state is Ready.UNKNOWN:\n",
            "    if False:\n",
        ),
        (
            "a report of not being ready is not believed",
            "    if report is not None and report.state is Ready.NOT_READY:\n",
            "    if False:\n",
        ),
        ("an old list is believed", "    if q.now - record.well_at > READY_REPORT_AGE:\n", "    if False:\n"),
        ("a secondary may be in the region to leave", "    if seen.region == q.source_region:\n", "    if False:\n"),
        ("a secondary that cannot be run will do", '    if seen.provisioning != "succeeded":\n', "    if False:\n"),
        (
            "an old read of the secondary is believed",
            "    if not timedelta(0) <= q.now - record.well_at <= limit:\n",
            "    if False:\n",
        ),
        ("a failed read of the secondary is forgiven", "    if record.well_at != record.last_at:\n", "    if False:\n"),
    ),
    *in_file(
        "gates/pace",
        "gates",
        ("a failed move cools down as fast", "(2 if last.failed else 1)", "1"),
        (
            "another region may be left at the same time",
            "        if leaving != q.source_region:\n",
            "        if False:\n",
        ),
        ("a group may move as often as it likes", "    if recent >= most:\n", "    if False:\n"),
        ("all groups may move on one day", "    if everywhere >= limit:\n", "    if False:\n"),
        (
            "few groups may not move at all",
            "max(FLEET_LEAST, math.ceil(len(q.setup.groups) * FLEET_SHARE))",
            "math.ceil(len(q.setup.groups) * FLEET_SHARE)",
        ),
        (
            "half of many groups may not move",
            "max(FLEET_LEAST, math.ceil(len(q.setup.groups) * FLEET_SHARE))",
            "FLEET_LEAST",
        ),
        ("claims do not count as moves", "g.phase in {Phase.CHECKING, Phase.COMMITTING} for g", "False for g"),
        ("moves count for ever", "sum(now - at < DAY for at in group.moved_at)", "len(group.moved_at)"),
    ),
    *in_file(
        "gates/region",
        "gates",
        (
            "an observer that fell silent does not hold a move",
            "PEER_AWAITED = timedelta(minutes=15)",
            "PEER_AWAITED = timedelta(minutes=0)",
        ),
        (
            "an observer that fell silent holds a move for ever",
            "    if now - last.at <= PEER_AWAITED:\n",
            "    if True:\n",
        ),
        (
            "a silent observer is waited for though another speaks",
            "    if not fresh:\n",
            "    if len(fresh) < len(said):\n",
        ),
        ("an observer that fell silent agrees", "    if not fresh:\n", "    if False:\n"),
        ("an observer that disagrees holds nothing", "    if differ is not None:\n", "    if False:\n"),
    ),
    *in_file(
        "gates/people",
        "gates approval ordered_moves",
        (
            "approve moves by itself",
            '        return _approved(q, "mode is approve")\n',
            '        return OPEN, "mode is approve"\n',
        ),
        ("an approval of another target counts", "approval is None or approval.target != q.target", "approval is None"),
        (
            "a denial is no answer",
            "        case Answered.DENIED:\n            return CLOSED,",
            "        case Answered.DENIED:\n            return OPEN,",
        ),
        (
            "an approval counts for ever",
            "        case Answered.APPROVED if approval.counts(patience, q.now):\n",
            "        case Answered.APPROVED if approval:\n",
        ),
        (
            "who orders a move needs an approval too",
            '    if q.order is not None:\n        return OPEN, f"ordered',
            '    if False:\n        return OPEN, f"ordered',
        ),
    ),
    *in_file(
        "rehearsal",
        "gates rehearsal",
        (
            "a new group has no time for its first drill",
            "max(proven or group.known_since, group.known_since)",
            "(proven or group.known_since.min.replace(tzinfo=group.known_since.tzinfo))",
        ),
        (
            "a move that failed is a rehearsal",
            "last is not None and not last.failed and last.kind",
            "last is not None and last.kind",
        ),
        ("a failback is a rehearsal", " and last.kind is MoveKind.FAILOVER else None", " else None"),
        (
            "a drill that failed disproves nothing",
            "    if failed is not None and failed.ended_at",
            "    if False and failed.ended_at",
        ),
        ("a changed handler is the same one", "    if changed:\n", "    if False:\n"),
        (
            "changed steps are the same way",
            "    if [(r.handler, r.options) for r in now]",
            "    if False and [(r.handler, r.options) for r in now]",
        ),
    ),
    *in_file(
        "gates/people",
        "gates",
        (
            "a halted group that nobody can reset holds",
            "q.setup.groups.keys() - {q.group.name}",
            "q.state.groups.keys() - {q.group.name}",
        ),
    ),
    *in_file(
        "situation",
        "situation",
        (
            "the first secondary is taken whatever its gates say",
            "    return next(iter(ready or approvable or answers), (None, ()))",
            "    return next(iter(answers), (None, ()))",
        ),
        (
            "it asks for the first secondary though another only wants approval",
            "ready or approvable or answers",
            "ready or answers",
        ),
        (
            "closed gates hold nothing",
            "    if holding(gates):\n        return Trigger.OUTAGE_HELD",
            "    if False:\n        return Trigger.OUTAGE_HELD",
        ),
        (
            "the primary is a target",
            "[group.move.target] if group.move else [t for t in spec.secondaries if t != group.active]",
            "[group.move.target] if group.move else [t for t in spec.members if t != group.active]",
        ),
        ("a better target replaces the claimed one", "[group.move.target] if group.move else", ""),
        (
            "an outage that is only remembered makes a group leave",
            "    if not verdict.warrants_move:\n",
            '    if verdict.kind.value != "outage":\n',
        ),
    ),
    Removal(
        "a check that was given up is begun again at once",
        "situation",
        "if trigger is Trigger.OUTAGE_OPEN and group.check_after is not None and now < group.check_after:",
        "if False:",
        "engine",
    ),
    *in_file(
        "failover",
        "failover",
        (
            "a move is not given up when it is quiet again",
            '"given up before anything was changed: the outage is not proven any more",\n          E.ABANDON),',
            '"given up before anything was changed: the outage is not proven any more"),',
        ),
        (
            "a closed gate does not give a claim up",
            '_rows(P.CHECKING, (T.OUTAGE_HELD,), P.HELD, "given up before anything was changed: a gate closed", E.ABANDON),',
            '_rows(P.CHECKING, (T.OUTAGE_HELD,), P.CHECKING, "a gate closed"),',
        ),
        (
            "fresh silence writes the epoch",
            '_rows(P.CHECKING, (T.FRESH_MUTE,), P.HELD, "given up before anything was changed: the fresh polls had no answer",\n          E.ABANDON),',
            '_rows(P.CHECKING, (T.FRESH_MUTE,), P.COMMITTING, "no answer", E.WRITE_EPOCH),',
        ),
        (
            "a move begins without polling afresh",
            '"every gate is open; polling afresh before anything is changed",\n          E.CLAIM, E.POLL_AFRESH),',
            '"every gate is open; polling afresh before anything is changed",\n          E.CLAIM, E.WRITE_EPOCH),',
        ),
        (
            "a refused epoch goes on",
            "_rows(P.COMMITTING, (T.EPOCH_REFUSED,), P.HALTED,",
            "_rows(P.COMMITTING, (T.EPOCH_REFUSED,), P.WATCHING,",
        ),
        (
            "a hopeless step does not halt",
            "_rows(P.MOVING, (T.STEP_HOPELESS,), P.HALTED,",
            "_rows(P.MOVING, (T.STEP_HOPELESS,), P.WATCHING,",
        ),
        (
            "a restart leaves HALTED",
            '_rows(P.HALTED, (T.QUIET, *OUTAGE, *COURSE, T.RESUMED), P.HALTED,\n          "halted: it does nothing more until a human resets it"),',
            '_rows(P.HALTED, (T.QUIET, *OUTAGE, *COURSE), P.HALTED, "halted"),\n    _rows(P.HALTED, (T.RESUMED,), P.WATCHING, "started"),',
        ),
        (
            "recovery leaves HALTED",
            '_rows(P.HALTED, (T.QUIET, *OUTAGE, *COURSE, T.RESUMED), P.HALTED,\n          "halted: it does nothing more until a human resets it"),',
            '_rows(P.HALTED, (*OUTAGE, *COURSE, T.RESUMED), P.HALTED, "halted"),\n    _rows(P.HALTED, (T.QUIET,), P.WATCHING, "quiet"),',
        ),
        (
            "a move that has begun is given up",
            "_rows(P.MOVING, (T.QUIET, *OUTAGE, T.STILL_WANTED, T.ORDER_LOST), P.MOVING, FINISHING),",
            '_rows(P.MOVING, (T.QUIET,), P.WATCHING, "quiet", E.ABANDON),\n    _rows(P.MOVING, (*OUTAGE, T.STILL_WANTED, T.ORDER_LOST), P.MOVING, FINISHING),',
        ),
        (
            "a restart calls the handler again",
            '"started in the middle of a step; asking what became of it", E.ASK_AFRESH),',
            '"started in the middle of a step; asking what became of it", E.DISPATCH),',
        ),
        (
            "an unknown step is called again",
            '"the step ended without an answer; asking what became of it",\n          E.ASK_STATUS),',
            '"the step ended without an answer; asking what became of it",\n          E.DISPATCH),',
        ),
    ),
    Removal(
        "the table may have holes",
        "failover",
        "    if len(cells) != len(table) or set(table) != expected:\n",
        "    if False:\n",
        "failover",
    ),
    *in_file(
        "triggers",
        "triggers drill failback",
        (
            "an answer to another move counts",
            "return group.move is not None and event.activation_id == group.move.activation_id",
            "return group.move is not None",
        ),
        (
            "an answer to another attempt counts",
            "        and event.attempt == move.steps[event.step].attempt > 0\n",
            "",
        ),
        ("an answer to another step counts", "        and event.step == move.current\n", ""),
        (
            "an answer to another activation counts",
            "        event.activation_id == move.activation_id\n        and event.step",
            "        event.step",
        ),
        ("old polls are fresh", "record.answered_at >= max(group.move.claimed_at, state.awake_since)", "True"),
        (
            "polls from before a restart are fresh",
            "max(group.move.claimed_at, state.awake_since)",
            "group.move.claimed_at",
        ),
        ("fresh silence agrees", " or record.mute_since is not None:", ":"),
        (
            "fresh polls agree though a gate closed",
            "if seen.trigger is not Trigger.OUTAGE_OPEN or group.move is None",
            "if group.move is None",
        ),
        (
            "a step is tried for ever",
            "    left = step.attempt <= step.retries\n",
            "    left = True\n",
        ),
        (
            "what was done in part is tried again though the handler cannot go on",
            "Trigger.STEP_AGAIN if event.resumable and left",
            "Trigger.STEP_AGAIN if left",
        ),
        (
            "what nobody knows of is sent again though doubles are not dropped",
            "        case StepResult.UNKNOWN if event.repeatable and left:\n",
            "        case StepResult.UNKNOWN if left:\n",
        ),
        (
            "a drill that fails halts",
            "Trigger.REHEARSAL_FAILED if trigger is Trigger.STEP_HOPELESS else trigger",
            "trigger",
        ),
        (
            "a drill stands in the way of an outage",
            "        case MoveKind.DRILL if trigger is not Trigger.STEP_UNKNOWN and seen.outage_proven:\n",
            "        case MoveKind.DRILL if False:\n",
        ),
        (
            "a failback does not wait for the primary's image",
            "            return RUN_OF_PRIMARY.get(trigger, trigger)\n",
            "            return trigger\n",
        ),
        (
            "a restart asks a handler while an image is awaited",
            "        case Started() if group.move is None or not group.move.awaits_image:\n",
            "        case Started():\n",
        ),
        (
            "a handler is asked for ever",
            "Trigger.STEP_UNKNOWN if step.questions < QUESTIONS else Trigger.STEP_HOPELESS",
            "Trigger.STEP_UNKNOWN",
        ),
        (
            "waits have no limit",
            "return min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(number - 2, 10))",
            "return FIRST_WAIT * 2.0 ** min(number - 2, 10)",
        ),
        ("a reset is for every group", "case Reset(group=group.name):", "case Reset():"),
    ),
    *in_file(
        "engine",
        "engine",
        (
            "a group does not see what an earlier one claimed",
            "        followed = follow_group(state, event,",
            "        followed = follow_group(replace(state, groups={}), event,",
        ),
    ),
    *in_file(
        "grouping",
        "engine",
        (
            "why a group was halted is overwritten",
            "stays_halted = before.phase is Phase.HALTED and",
            "stays_halted = False and",
        ),
    ),
    *in_file(
        "effects",
        "effects",
        (
            "the active member changes with the claim",
            "    return replace(group, move=move)\n\n\ndef _poll_afresh",
            "    return replace(group, move=move, active=move.target)\n\n\ndef _poll_afresh",
        ),
        (
            "a commit is not counted",
            "moved_at=recent if move.kind is MoveKind.DRILL else (*recent, now),",
            "moved_at=recent,",
        ),
        (
            "a commit does not raise the epoch",
            "        epoch=move.epoch,\n        moved_at",
            "        moved_at",
        ),
        ("an attempt is not counted", "attempt=step.attempt + 1, questions=0", "questions=0"),
        ("a question is not counted", "questions=before + 1", "questions=before"),
        (
            "a failed move is not remembered as failed",
            "ended_at=now, failed=True)\n    return replace(group, move=None, last=move",
            "ended_at=now)\n    return replace(group, move=None, last=move",
        ),
        ("the run before the move is not remembered", "run_before=ended.started if ended else None", "run_before=None"),
        (
            "an answer to something else is entered",
            " or not is_current(event, group.move):\n        return group\n",
            ":\n        return group\n",
        ),
    ),
    *in_file(
        "proof",
        "failback",
        (
            "a primary that flaps is gone back to",
            "    if verdict is not None and verdict.warrants_move:\n",
            "    if False:\n",
        ),
        (
            "a run that failed is an image",
            "    if run is not None and run.state.ended and run.state not in GOOD:\n",
            "    if False:\n",
        ),
        ("an image is awaited for ever", "    if now - since > LONGEST:\n", "    if False:\n"),
        ("a closed gate does not hold a failback when the image is there", "    if held:\n", "    if False:\n"),
        ("the run from before is the image", " and seen.run.started != move.run_before else None", " else None"),
    ),
    *in_file(
        "recovery",
        "failback",
        ("canaries from before the trouble prove the recovery", " and run.asked_at > left]", "]"),
        (
            "a canary that failed in between does not matter",
            "takewhile(lambda run: run.result is CanaryResult.WELL, canary.latest())",
            "(run for run in canary.latest() if run.result is CanaryResult.WELL)",
        ),
        ("a short recovery will do", " and over >= lasting(policy)", ""),
        ("one good canary will do", "len(ends) >= GOOD_CANARIES and", "ends and"),
    ),
    *in_file(
        "asking",
        "approval",
        ("shadow asks", "spec.policy.mode is not Mode.SHADOW and ", ""),
        ("it asks though a gate is closed that nobody can approve", " and held <= APPROVABLE", ""),
        (
            "a request outlives its outage",
            "incident is None or known.incident != incident.id or _passed(group, known)",
            "False",
        ),
        (
            "nobody is told again",
            "    if known.answer is None and now - known.told_at >= patience:\n",
            "    if False:\n",
        ),
        (
            "an approval that was not used is not asked for anew",
            "    if known.answer is Answered.APPROVED and not known.counts(patience, now):\n",
            "    if False:\n",
        ),
    ),
    *in_file(
        "gates/__init__",
        "ordered_moves gates",
        ("everything can be overridden", " and name not in FINAL:", ":"),
        ("nothing can be overridden", "name in order.overrides and", "False and"),
    ),
    *in_file(
        "gates/pace",
        "drill",
        ("a drill counts as leaving a region", " and group.move.kind is MoveKind.FAILOVER", ""),
    ),
    *in_file(
        "effects",
        "drill failback effects approval",
        (
            "a drill counts as a move of the day",
            "recent if move.kind is MoveKind.DRILL else (*recent, now)",
            "(*recent, now)",
        ),
        ("an approval is used twice", "        approval=None,\n", ""),
    ),
    *in_file(
        "move",
        "drill failback",
        ("a drill moves the group", "self.target if self.kind is MoveKind.FAILOVER else self.source", "self.target"),
        (
            "a failback does not run the primary first",
            "    if kind is MoveKind.FAILBACK:\n        runs",
            "    if False:\n        runs",
        ),
    ),
    *in_file(
        "situation",
        "drill failback ordered_moves",
        (
            "the primary is a target of a failover",
            "    others = [t for t in spec.secondaries if t != group.active]\n",
            "    others = [t for t in spec.members if t != group.active]\n",
        ),
        ("an order goes over closed gates", "    elif holding(gates):\n", "    elif False:\n"),
    ),
    *in_file(
        "orders",
        "orders approval",
        (
            "of two answers the second counts",
            "    if asked.answer is not None and asked.answered_at is not None:\n",
            "    if False:\n",
        ),
        ("an answer to another request counts", "asked is None or asked.id != event.id", "asked is None"),
        ("a pause is for every group", 'case Paused() if event.group in {"", group.name}:', "case Paused():"),
        (
            "no pause is for all groups",
            'case Paused() if event.group in {"", group.name}:',
            "case Paused() if event.group == group.name:",
        ),
        ("nobody can end a pause", "return replace(group, pause=None), [", "return group, ["),
    ),
    *in_file(
        "aftermath",
        "aftermath",
        ("the run from before the move is ours", " or seen.run.started == move.run_before", ""),
        ("the outputs of another move are ours", " and event.activation_id == group.last.activation_id:", ":"),
        ("a failed run is told to nobody", "        loud=bad,\n", ""),
    ),
    *in_file(
        "recall",
        "recall",
        ("a restart forgets canaries", "        canaries=memory.canaries,\n", ""),
        ("a restart forgets habits", "        habits=memory.habits,\n", ""),
        ("a restart forgets groups", "        groups=memory.groups,\n", ""),
        ("a restart forgets verdicts", "        verdicts=memory.verdicts,\n", ""),
        (
            "a restart takes the dead time for judged",
            "        judged_at=max((o.at for o in known if o.at <= now), default=None),\n",
            "",
        ),
    ),
    *in_file(
        "engine",
        "engine canaries",
        (
            "canaries are started before regions are judged",
            "    state, canary_notes = follow_canaries(state, event, setup, now)\n",
            "    state, canary_notes = follow_canaries(state, event, setup, now)\n    start_canaries(state, setup, now)\n    state, _, _ = start_canaries(state, setup, now)\n",
        ),
        (
            "canaries are not followed",
            "    state, canary_notes = follow_canaries(state, event, setup, now)\n",
            "    canary_notes = ()\n    state = replace(state, canaries=follow_canaries(state, Started(), setup, now)[0].canaries)\n",
        ),
        (
            "a failing journal is forgotten by the next failure",
            "journal_failing_since=known or now",
            "journal_failing_since=None",
        ),
        ("a jump of the clock is taken for silence", "clock_stepped_at=now, awake_since=now)", "clock_stepped_at=now)"),
        (
            "a restart is taken for silence",
            "replace(state, awake_since=now, journal_failing_since=None)",
            "replace(state, journal_failing_since=None)",
        ),
        ("a lease lost without a reason is held", 'event.why or "no reason was given"', "event.why"),
        ("a lost lease is told at every check", "    if bool(lost) == bool(state.lease_lost):\n", "    if False:\n"),
        (
            "a suspicion is told to everybody",
            "    VerdictKind.SUSPECT,\n    VerdictKind.RECOVERING,\n",
            "    VerdictKind.RECOVERING,\n",
        ),
        (
            "blindness is told to nobody",
            "    VerdictKind.LEARNING,\n    VerdictKind.HEALTHY,\n    VerdictKind.SUSPECT",
            "    VerdictKind.LEARNING,\n    VerdictKind.BLIND,\n    VerdictKind.HEALTHY,\n    VerdictKind.SUSPECT",
        ),
        (
            "what the provider admits is told to nobody",
            "return any(e.names_service and e.against for e in verdict.evidence)",
            "return False",
        ),
    ),
    *in_file(
        "grouping",
        "engine canaries",
        ("a held move is told to nobody", "LOUD_PHASES = frozenset({Phase.HELD, ", "LOUD_PHASES = frozenset({"),
        ("shadow counts at every event", " or group.told_incident == incident.id:", ":"),
        (
            "shadow counts though another gate is closed",
            'group.held_by == ("mode_allows",)',
            '"mode_allows" in group.held_by',
        ),
    ),
    Removal(
        "what fails alike is told at every event",
        "engine",
        "        if (c.region, c.cls) not in known\n",
        "",
        "correlation",
    ),
    Removal(
        "habits are not learned",
        "engine",
        "habits = learn(state.habits, event.observations, state.window.templates)",
        "habits = learn(state.habits, (), {})",
        "habits",
    ),
)
