"""Say what a handler is: something that brings about one effect, and can tell afterwards whether it is there.

The order of calls for a step, each on record before the next:

    check     no effects; long before a move and again right before it: could `activate` act now, and why not
    plan      no effects; what is there before, so that later calls can tell their effect from somebody else's
    activate  the effect, at most one attempt at a time; must be harmless if the effect is there already
    status    no effects; asked after every effect, because a word is not a deed, and after a crash, a time-out or an
              answer that got lost

Four more are there if the handler has them; what it does not have, it is not asked for:

    describe    what it is and can do; asked with `check`
    deactivate  the effect of going back to the primary; without it `activate` is called with kind "failback". `status`
                then answers for that: whether the group is back. In a rehearsal it answers for the rehearsal
    rejoin      wait for an attempt that outlived the call that began it, before anything is asked of its effect

    close       let go of what it holds; called once, at the end

How each looks is in Describes, GoesBack, Rejoins and Closes.

`check` is asked for every template that a group could go to, once per `poll.readiness` (30 min), again each minute
while it cannot, and before every commit. It has 30 seconds; a handler that says no, raises, does not answer
or is not loaded holds its group's moves to that template (gate handler_ok). A handler without `check`, as all were
before there was one, counts as well. In the request `activation_id` is empty and `attempt` is 0, because there is no
move yet; `epoch` is the one that stands. An answer that is six hours old is forgotten.

A handler never retries by itself: whether another attempt is due is decided, and recorded, by aibwatch.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Protocol, runtime_checkable

from aibwatch.core.model import Diagnosis, Options, TemplateId
from aibwatch.core.move.move import MoveKind, StepResult
from aibwatch.core.observation import TemplateSeen

PROTOCOL = 1

GRACE = timedelta(seconds=30)
"""How long an attempt may go on after its deadline: for whoever it is told to end, as with the TERM to a program."""


class HandlerError(Exception):
    """A handler could not do what it was asked, and is certain that it changed nothing."""

    result = StepResult.NEVER


class TemporaryHandlerError(HandlerError):
    """As HandlerError, and another attempt may help."""

    result = StepResult.NOTHING_CHANGED


class RefusedHandlerError(HandlerError):
    """As HandlerError, because a newer epoch stands."""

    result = StepResult.REFUSED


class UnderWayError(Exception):
    """An attempt has not ended though it should have: nobody may ask about its effect yet, nor try again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlerRequest:
    """What a handler is asked for. Secrets are never in it."""

    activation_id: str
    """The same for all attempts and restarts of one move: what an idempotent receiver keys on."""
    epoch: int
    """Grows with every move of the group; a handler that knows a newer one answers REFUSED."""
    group: str
    kind: MoveKind
    source: TemplateId
    target: TemplateId
    step: int
    attempt: int
    deadline: datetime
    """When the caller stops listening; what is not done by then is asked about with `status`."""
    sent_at: datetime | None = None
    """For `status`: when the attempt was sent."""
    rehearsal: bool = False
    protocol: int = PROTOCOL


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a step will change, and what was there before. Kept in the journal, so only text."""

    changes: tuple[str, ...]
    """One sentence each."""
    before: Mapping[str, str] = field(default_factory=dict)
    """The handler's own words, handed back unchanged with every later call of the move."""


class Capability(StrEnum):
    """What a handler can do beyond what every one must."""

    RESUME = "resume"
    """After PARTIAL it goes on where it stopped, when it is called again."""
    REPEATABLE = "repeatable"
    """It may be called again though nobody knows what became of the call before: its receiver drops doubles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What a handler says it is."""

    name: str
    version: str
    """Changes whenever the handler does something else than before; a change asks for a new drill."""
    capabilities: frozenset[Capability] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Whether a handler could act now."""

    well: bool
    why: str
    """For people, whichever it is: "ubuntu-neu was read, it can be run"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What became of a call. For `status`, NOTHING_CHANGED means that the effect is certainly not there.

    A handler says nothing else than ANSWERS. The two marks are for whoever does not `describe` itself: what it says of
    its capabilities there is entered by the executor.
    """

    result: StepResult
    why: str
    resumable: bool = False
    """With PARTIAL: it goes on where it stopped, when it is called again."""
    repeatable: bool = False
    """With UNKNOWN: it may be called again all the same."""


ANSWERS = frozenset(StepResult) - {StepResult.CONTRADICTED, StepResult.NOT_SENT}
"""What a handler may answer. The other two are what the executor finds out itself."""


class Handler(Protocol):
    """What the executor calls. Raise HandlerError where nothing was changed; anything else raised is UNKNOWN."""

    async def check(self, request: HandlerRequest) -> Check:
        """Return whether `activate` could act on the target now. No effects, and cheap: it is asked often."""
        ...

    async def plan(self, request: HandlerRequest) -> Plan:
        """Return what `activate` would change, and what is there now. No effects."""
        ...

    async def activate(self, request: HandlerRequest, plan: Plan) -> Answer:
        """Bring the effect about, unless it is there already."""
        ...

    async def status(self, request: HandlerRequest, plan: Plan) -> Answer:
        """Return whether the effect is there. No effects."""
        ...


@runtime_checkable
class Describes(Protocol):
    """A handler that says what it is and can do."""

    async def describe(self) -> Description:
        """Return it. No effects, and cheap: it is asked with every check, and after some answers."""
        ...


@runtime_checkable
class GoesBack(Protocol):
    """A handler with a way back of its own."""

    async def deactivate(self, request: HandlerRequest, plan: Plan) -> Answer:
        """Bring about that the group is on its primary again, unless it is; called in the place of `activate`."""
        ...


@runtime_checkable
class Rejoins(Protocol):
    """A handler whose attempts outlive the call, and the daemon, that began them."""

    async def rejoin(self, request: HandlerRequest, plan: Plan, until: datetime) -> Answer | None:
        """Wait for the end of the attempt in the request, and return its answer.

        None if no such attempt is under way and it left no answer; UNKNOWN if it ended without one: then `status` is
        asked. Raise UnderWayError if it still goes on at `until`.
        """
        ...


@runtime_checkable
class Closes(Protocol):
    """A handler that holds something open."""

    async def close(self) -> None:
        """Let go of it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """That Azure did not do what it was asked, as a handler needs to know it."""

    diagnosis: Diagnosis
    uncertain: bool
    """The request may have had its effect all the same."""


class TemplateAccess(Protocol):
    """What built-in handlers may do with templates."""

    async def read(self, template: TemplateId) -> TemplateSeen | Refusal:
        """Return the template as it is at this moment."""
        ...

    async def run(self, template: TemplateId) -> Refusal | None:
        """Ask once for a run; None if it was accepted."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a handler is made with."""

    templates: TemplateAccess
    now: Callable[[], datetime]
    pause: Callable[[timedelta], Awaitable[None]]
    folder: Path
    """Where a handler may keep what must outlive the process, in a folder of its own; may not be there yet."""


Make = Callable[[Surroundings, Options], Handler]
"""What an entry point of group `aibwatch.handlers` is: a class or function that makes the handler from its options.

Raises ValueError where the options are wrong: "url: ...", so that check-config can name the key.
"""
