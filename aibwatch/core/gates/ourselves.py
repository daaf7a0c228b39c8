"""Gates about ourselves: may this daemon act at all, and can its handlers?"""

from datetime import timedelta

from aibwatch.core.gates.question import CLOSED, OPEN, Answer, Question
from aibwatch.core.observation import handler_key
from aibwatch.core.sentences import ago, span, when

STEADY_AFTER = timedelta(minutes=5)
"""After a jump of the host's clock, as long until times are believed again."""


def self_healthy(q: Question) -> Answer:
    """Ask whether what we write and the time we read can be trusted."""
    if q.state.journal_failing_since is not None:
        return CLOSED, f"the journal cannot be written since {when(q.state.journal_failing_since, q.now)}"
    stepped = q.state.clock_stepped_at
    if stepped is not None and q.now - stepped < STEADY_AFTER:
        return CLOSED, f"this host's clock jumped {ago(stepped, q.now)}; waiting {span(STEADY_AFTER)} to trust it"
    return OPEN, "journal and clock are well"


def lease_held(q: Question) -> Answer:
    """Ask whether the state is still this daemon's."""
    if q.state.lease_lost:
        return CLOSED, f"another daemon may have the state: {q.state.lease_lost}"
    return OPEN, "the state is ours"


def handler_ok(q: Question) -> Answer:
    """Ask whether no handler of the group said that it could not act on the target."""
    keys = (handler_key(q.spec.name, i, step.handler, q.target) for i, step in enumerate(q.spec.steps))
    checks = [q.state.window.handlers.get(key) for key in keys]
    broken = next((check for check in checks if check is not None and not check.well), None)
    if broken is not None:
        return CLOSED, f"the handler {broken.handler} could not act when asked {ago(broken.at, q.now)}: {broken.why}"
    return OPEN, "no handler said that it cannot act"
