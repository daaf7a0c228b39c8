"""Rules of builds: that the request goes out once, whose run it is, and when a secondary is run instead."""

from tests.removals.removal import Removal, in_file

BUILDS: tuple[Removal, ...] = (
    *in_file(
        "builds/attempt",
        "builds build_invariants",
        (
            "the run from before the order is its own",
            "since = attempt.run_before is None or run.started > attempt.run_before",
            "since = True",
        ),
        (
            "what is known from before is not old where the read fails",
            "return max(known, now - STALE) if known else now - STALE",
            "return known",
        ),
        ("a run under way is not joined", "Word.UNDER_WAY if run and run.state is RunState.RUNNING else", ""),
        ("an answer to another look counts", "BuildLooked() if event.read == attempt.reads and", "BuildLooked() if"),
        (
            "an uncertain refusal is a certain one",
            "        case _ if event.uncertain:\n            return Word.UNSURE\n",
            "",
        ),
        (
            "a failure without words is final",
            "if heard.word is not Word.BAD or run is None or run.diagnosis.rule != NO_WORDS:",
            "if True:",
        ),
        (
            "a request that got lost counts as refused",
            "Word.NONE if attempt.diagnosis.cls in NO_REFUSAL else Word.DENIED",
            "Word.DENIED",
        ),
        ("a run that was replaced is waited for", "return Heard(Word.REPLACED) if later else None", "return None"),
        (
            "a read that failed refuses the run",
            "diagnosis=event.diagnosis if word is Word.UNREADABLE else None",
            "diagnosis=event.diagnosis",
        ),
    ),
    *in_file(
        "builds/table",
        "builds build_table build_invariants",
        (
            "after a restart the request is sent again",
            'Stage.SETTLING, "aibwatch was restarted before the answer; whether a run began is found out", Ask.LOOK_LATER',
            'Stage.LOOKING, "aibwatch was restarted before the answer; whether a run began is found out", Ask.LOOK',
        ),
        (
            "a refusal that may have had its effect is not settled",
            'Stage.SETTLING, "whether its run began all the same is found out first", Ask.LOOK_LATER',
            'Stage.FAILED, "whether its run began all the same is found out first"',
        ),
    ),
    *in_file(
        "builds/builds",
        "builds build_invariants",
        (
            "every failure is a reason to try elsewhere",
            'return "" if cls is FailureClass.SERVICE else OWN_FAULT[cls]',
            'return ""',
        ),
        ("what may be anybody's is always the service's", 'return "" if failing else', 'return "" if True else'),
        ("a second secondary is tried", "build = replace(build, spent=True)", "build = replace(build, spent=False)"),
        ("instead of a named member another is run", "replace(build, spent=True), named,", "build, named,"),
        ("a secondary that would not build is run", "if gate.name in NEEDED]", "if False]"),
        ("closed gates that hold moves hold builds", "if gate.name in NEEDED]", "]"),
        (
            "in an outage the primary is tried first",
            "if verdict is not None and verdict.kind is VerdictKind.OUTAGE:\n        return _instead",
            "if False:\n        return _instead",
        ),
        (
            "an answer to another attempt counts",
            "return (event.id, event.attempt) == (build.id, len(build.attempts))",
            "return True",
        ),
        (
            "a request goes out without a record",
            "stopped = unrecorded(state) if ask is Ask.POST else None",
            "stopped = None",
        ),
        ("the same order twice is two builds", "if not is_new(state, event):", "if False:"),
    ),
    *in_file(
        "builds/order",
        "builds",
        ("a group that is being moved is built", "if group.phase in MOVING:", "if False:"),
        ("two builds of a group at a time", "    if under_way is not None:\n", "    if False:\n"),
        ("an order builds where no image may be made", "    if standing.within is Within.INSIDE:\n", "    if True:\n"),
    ),
)
