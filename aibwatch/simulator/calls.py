"""Keep the calls to run a template, whoever made them, as the Activity Log will tell of them.

Rules: what was answered is kept, whether a client asked over HTTP or a customer's schedule was due; what got no answer,
or somebody else's, is not. One call has one correlation id. Bounded: the oldest calls are forgotten first.
This module knows neither how late the log is nor what its JSON looks like (activity.py).
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from aibwatch.simulator.body import resource_id
from aibwatch.simulator.lots import guid
from aibwatch.simulator.reply import Reply
from aibwatch.simulator.run import Run
from aibwatch.simulator.spoil import answers_at_once, spoilt
from aibwatch.simulator.template import Template
from aibwatch.simulator.trouble import Operation, Trouble

MAX_CALLS = 10_000
"""Kept; an hour of a thousand templates that are run every six minutes."""

AT_THE_DOOR = frozenset({401, 429})
"""Statuses of calls that ARM turns away before it looks at them; the log does not know of those (UNVERIFIED)."""

PIPELINE = "pipeline@contoso.example"
"""Who makes the customers' own calls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCall:
    """One call to run a template and how it was answered."""

    template: Template
    """As it was then."""
    came: datetime
    answered: datetime
    status: int
    said: str = ""
    """The body of a refusal."""
    correlation: str
    """Also the x-ms-correlation-request-id of the answer."""
    client_id: str
    """x-ms-client-request-id as the client sent it."""
    caller: str
    run: int | None = None
    """The number of the run that came of it."""


class CallLog:
    """The last calls."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._calls: deque[RunCall] = deque(maxlen=MAX_CALLS)

    def answered(
        self, template: Template, came: datetime, now: datetime, reply: Reply, client_id: str, run: int | None
    ) -> str:
        """Keep a client's call, unless it was turned away at the door; return its correlation id."""
        correlation = str(uuid4())
        if reply.status not in AT_THE_DOOR:
            call = RunCall(
                template=template,
                came=came,
                answered=now,
                status=reply.status,
                said=_refusal(reply),
                correlation=correlation,
                client_id=client_id or str(uuid4()),
                caller=guid(self._seed, "caller"),
                run=run,
            )
            self._calls.append(call)
        return correlation

    def scheduled(self, template: Template, at: datetime, outcome: Run | Trouble) -> None:
        """Keep a call of a customer's own schedule, and what came of it, if it was answered."""
        reply = Reply(status=202)
        if isinstance(outcome, Trouble):
            if not answers_at_once(outcome):
                return
            reply = spoilt(outcome, Operation.RUN, f"{resource_id(template)}/run", at)
        if reply.bare or reply.status in AT_THE_DOOR:
            return
        call = RunCall(
            template=template,
            came=at,
            answered=at,
            status=reply.status,
            said=_refusal(reply),
            correlation=guid(self._seed, "call", template.key, at),
            client_id=guid(self._seed, "client", template.key, at),
            caller=PIPELINE,
            run=outcome.number if isinstance(outcome, Run) else None,
        )
        self._calls.append(call)

    def of(self, subscription: str) -> Iterator[RunCall]:
        """Return the calls for templates of a subscription, letter case aside."""
        return (call for call in self._calls if call.template.key.subscription == subscription.lower())


def _refusal(reply: Reply) -> str:
    return reply.content.decode("utf-8", "replace") if reply.status >= 400 else ""
