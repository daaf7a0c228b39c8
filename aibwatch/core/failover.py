"""Say what may happen to a group, in one table: (phase, trigger) -> where to, why, and what to do.

Rules: every phase answers every trigger, and doing nothing has its sentence. Before the new epoch is written a move can
be given up at any time; from then on it is finished, because half a move is worse than either side of it. Only a human
leaves HALTED. No other module branches on a phase.

                       gates open            fresh polls agree        epoch written
    WATCHING <-> HELD ------------> CHECKING -----------------> COMMITTING -------------> MOVING --+
        ^          |     ^             |                            | refused                |      | hopeless
        |          +-----+-------------+ aborted                    +--------> HALTED <------|------+
        +---------------------------------------------------------------------+--------------+ last step applied

A failover makes its target the active member with the epoch, a failback only when all is done, a drill never. So a
drill or a failback that cannot be finished leaves the group where it was, and needs nobody: it is given up.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from aibwatch.core.state import Phase


class Trigger(StrEnum):
    """What an event means to a group."""

    QUIET = "quiet"
    """No outage of the active region is proven at this moment."""
    OUTAGE_HELD = "outage_held"
    """An outage is proven, and at least one gate is not open."""
    OUTAGE_OPEN = "outage_open"
    """An outage is proven, and every gate is open."""
    ORDER_OPEN = "order_open"
    """A human orders a move, and every gate that he does not override is open."""
    ORDER_CLOSED = "order_closed"
    """A human orders a move that cannot be begun; the situation says why."""
    STILL_WANTED = "still_wanted"
    """A human's move is under way, and nothing speaks against it."""
    ORDER_LOST = "order_lost"
    """A human's move is under way, and a gate that he did not override is not open any more."""
    FRESH_AGREES = "fresh_agrees"
    """Polled afresh: the move is still wanted by an answer younger than the claim, and every gate is open."""
    FRESH_MUTE = "fresh_mute"
    """Polled afresh, and the region to leave did not answer at all: we cannot say."""
    EPOCH_WRITTEN = "epoch_written"
    EPOCH_REFUSED = "epoch_refused"
    """Another epoch stands than this group knows of: somebody else moved it, or its memory is older than its epoch."""
    EPOCH_UNWRITTEN = "epoch_unwritten"
    """The journal could not be written for half a minute. If the epoch got there all the same, the next claim has the
    same activation id and finds it as its own."""
    STEP_APPLIED = "step_applied"
    LAST_STEP_APPLIED = "last_step_applied"
    STEP_AGAIN = "step_again"
    """The step may be called again: it changed nothing, or its handler can bear it. Attempts are left."""
    STEP_UNKNOWN = "step_unknown"
    """Nobody knows yet whether the effect is there, and questions are left."""
    STEP_HOPELESS = "step_hopeless"
    REHEARSAL_FAILED = "rehearsal_failed"
    """As STEP_HOPELESS, in a drill."""
    OVERTAKEN = "overtaken"
    """A step of a drill ended, and by now an outage of the active region is proven."""
    IMAGE_AWAITED = "image_awaited"
    """A failback has had the primary run, and that run has not built yet, or a gate is not open now."""
    IMAGE_FAILED = "image_failed"
    """That run cannot be begun, brought no image, or its region is in trouble again."""
    RESUMED = "resumed"
    """The daemon was started and found the group in this phase."""
    RESET = "reset"


class Effect(StrEnum):
    """What a row wants done; the engine makes the action of it."""

    CLAIM = "claim"
    ABANDON = "abandon"
    CUT_SHORT = "cut_short"
    """End a drill that would stand in the way: it has proved nothing, and disproved nothing."""
    GIVE_UP = "give_up"
    """As ABANDON, of a move that has written its epoch and did something: it is remembered as failed."""
    POLL_AFRESH = "poll_afresh"
    WRITE_EPOCH = "write_epoch"
    COMMIT = "commit"
    DISPATCH = "dispatch"
    ASK_STATUS = "ask_status"
    ASK_AFRESH = "ask_afresh"
    """As ASK_STATUS, at once and not counting the questions before: a restart is no fault of the handler."""
    FINISH = "finish"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What follows from a trigger in a phase."""

    to: Phase
    why: str
    effects: tuple[Effect, ...] = ()


_Cell = tuple[tuple[Phase, Trigger], Row]

P, T, E = Phase, Trigger, Effect
FRESH = (T.FRESH_AGREES, T.FRESH_MUTE)
EPOCH = (T.EPOCH_WRITTEN, T.EPOCH_REFUSED, T.EPOCH_UNWRITTEN)
STEPS = (T.STEP_APPLIED, T.LAST_STEP_APPLIED, T.STEP_AGAIN, T.STEP_UNKNOWN, T.STEP_HOPELESS,
         T.REHEARSAL_FAILED, T.OVERTAKEN, T.IMAGE_AWAITED, T.IMAGE_FAILED)  # fmt: skip
OUTAGE = (T.OUTAGE_HELD, T.OUTAGE_OPEN)
ORDERS = (T.ORDER_OPEN, T.ORDER_CLOSED)
COURSE = (T.STILL_WANTED, T.ORDER_LOST)
LATE = "an answer came that belongs to nothing open; it is on record and changes nothing"
UNASKED = "there is nothing to reset; only a halted group needs it"
FINISHING = "a move that has begun is finished, whatever the region does"
BUSY = "a move is under way already, and there is one at a time"
NOT_BEGUN = "what was ordered cannot be done now; nothing was begun"
ORDERED = "a human ordered it; polling afresh before anything is changed"


def _rows(phase: Phase, triggers: Iterable[Trigger], to: Phase, why: str, *effects: Effect) -> Iterable[_Cell]:
    return (((phase, trigger), Row(to=to, why=why, effects=effects)) for trigger in triggers)


def _table(*groups: Iterable[_Cell]) -> Mapping[tuple[Phase, Trigger], Row]:
    cells = [cell for group in groups for cell in group]
    table = dict(cells)
    expected = {(phase, trigger) for phase in Phase for trigger in Trigger}
    if len(cells) != len(table) or set(table) != expected:
        raise AssertionError(f"every phase answers every trigger once; wrong: {expected ^ set(table)}")
    return table


TABLE = _table(
    _rows(P.WATCHING, (T.QUIET,), P.WATCHING, "it stays, because its region is not proven down"),
    _rows(P.WATCHING, (T.OUTAGE_HELD,), P.HELD, "it wants to leave and cannot yet"),
    _rows(P.WATCHING, (T.OUTAGE_OPEN,), P.CHECKING, "every gate is open; polling afresh before anything is changed",
          E.CLAIM, E.POLL_AFRESH),
    _rows(P.WATCHING, (T.ORDER_OPEN,), P.CHECKING, ORDERED, E.CLAIM, E.POLL_AFRESH),
    _rows(P.WATCHING, (T.ORDER_CLOSED,), P.WATCHING, NOT_BEGUN),
    _rows(P.WATCHING, (*COURSE, *FRESH, *EPOCH, *STEPS), P.WATCHING, LATE),
    _rows(P.WATCHING, (T.RESUMED,), P.WATCHING, "started, with no move open"),
    _rows(P.WATCHING, (T.RESET,), P.WATCHING, UNASKED),

    _rows(P.HELD, (T.QUIET,), P.WATCHING, "while the move was held the outage passed, or is not proven any more"),
    _rows(P.HELD, (T.OUTAGE_HELD,), P.HELD, "it wants to leave and cannot yet"),
    _rows(P.HELD, (T.OUTAGE_OPEN,), P.CHECKING, "the last gate opened; polling afresh before anything is changed",
          E.CLAIM, E.POLL_AFRESH),
    _rows(P.HELD, (T.ORDER_OPEN,), P.CHECKING, ORDERED, E.CLAIM, E.POLL_AFRESH),
    _rows(P.HELD, (T.ORDER_CLOSED,), P.HELD, NOT_BEGUN),
    _rows(P.HELD, (*COURSE, *FRESH, *EPOCH, *STEPS), P.HELD, LATE),
    _rows(P.HELD, (T.RESUMED,), P.HELD, "started, with a move still wanted and held"),
    _rows(P.HELD, (T.RESET,), P.HELD, UNASKED),

    _rows(P.CHECKING, (T.QUIET,), P.WATCHING, "given up before anything was changed: the outage is not proven any more",
          E.ABANDON),
    _rows(P.CHECKING, (T.OUTAGE_HELD,), P.HELD, "given up before anything was changed: a gate closed", E.ABANDON),
    _rows(P.CHECKING, (T.OUTAGE_OPEN, T.STILL_WANTED), P.CHECKING, "waiting for the fresh polls"),
    _rows(P.CHECKING, (T.ORDER_LOST,), P.WATCHING,
          "given up before anything was changed: what was ordered cannot be done any more", E.ABANDON),
    _rows(P.CHECKING, ORDERS, P.CHECKING, BUSY),
    _rows(P.CHECKING, (T.FRESH_AGREES,), P.COMMITTING, "polled afresh, and it is still so; writing the new epoch",
          E.WRITE_EPOCH),
    _rows(P.CHECKING, (T.FRESH_MUTE,), P.HELD, "given up before anything was changed: the fresh polls had no answer",
          E.ABANDON),
    _rows(P.CHECKING, (*EPOCH, *STEPS), P.CHECKING, LATE),
    _rows(P.CHECKING, (T.RESUMED,), P.CHECKING, "started in the middle of the check; polling afresh", E.POLL_AFRESH),
    _rows(P.CHECKING, (T.RESET,), P.CHECKING, UNASKED),

    _rows(P.COMMITTING, (T.QUIET, *OUTAGE, *COURSE), P.COMMITTING,
          "the new epoch is being written; that is finished first"),
    _rows(P.COMMITTING, ORDERS, P.COMMITTING, BUSY),
    _rows(P.COMMITTING, (T.EPOCH_WRITTEN,), P.MOVING, "the new epoch stands; running the steps", E.COMMIT, E.DISPATCH),
    _rows(P.COMMITTING, (T.EPOCH_REFUSED,), P.HALTED,
          "another epoch is on record than expected; nothing was done", E.FAIL),
    _rows(P.COMMITTING, (T.EPOCH_UNWRITTEN,), P.WATCHING,
          "given up before anything was changed: the new epoch could not be written", E.ABANDON),
    _rows(P.COMMITTING, (*FRESH, *STEPS), P.COMMITTING, LATE),
    _rows(P.COMMITTING, (T.RESUMED,), P.COMMITTING, "started while the epoch was being written; writing it again",
          E.WRITE_EPOCH),
    _rows(P.COMMITTING, (T.RESET,), P.COMMITTING, UNASKED),

    _rows(P.MOVING, (T.QUIET, *OUTAGE, T.STILL_WANTED, T.ORDER_LOST), P.MOVING, FINISHING),
    _rows(P.MOVING, (T.OVERTAKEN,), P.WATCHING, "the drill ends early: its region is proven down", E.CUT_SHORT),
    _rows(P.MOVING, ORDERS, P.MOVING, BUSY),
    _rows(P.MOVING, (T.IMAGE_AWAITED,), P.MOVING, "the primary is run once first; waiting for its image"),
    _rows(P.MOVING, (T.IMAGE_FAILED,), P.WATCHING, "the failback is given up: the primary has not built", E.GIVE_UP),
    _rows(P.MOVING, (T.REHEARSAL_FAILED,), P.WATCHING, "the drill failed; nothing was moved", E.GIVE_UP),
    _rows(P.MOVING, (T.STEP_APPLIED,), P.MOVING, "a step is done; the next one follows", E.DISPATCH),
    _rows(P.MOVING, (T.LAST_STEP_APPLIED,), P.WATCHING, "every step is done", E.FINISH),
    _rows(P.MOVING, (T.STEP_AGAIN,), P.MOVING, "the step is not done, and may be tried again", E.DISPATCH),
    _rows(P.MOVING, (T.STEP_UNKNOWN,), P.MOVING, "the step ended without an answer; asking what became of it",
          E.ASK_STATUS),
    _rows(P.MOVING, (T.STEP_HOPELESS,), P.HALTED, "the step cannot be finished; a human must look", E.FAIL),
    _rows(P.MOVING, (*FRESH, *EPOCH), P.MOVING, LATE),
    _rows(P.MOVING, (T.RESUMED,), P.MOVING, "started in the middle of a step; asking what became of it", E.ASK_AFRESH),
    _rows(P.MOVING, (T.RESET,), P.MOVING, UNASKED),

    _rows(P.HALTED, (T.QUIET, *OUTAGE, *COURSE, T.RESUMED), P.HALTED,
          "halted: it does nothing more until a human resets it"),
    _rows(P.HALTED, ORDERS, P.HALTED, "halted: see to what halted it and reset it first"),
    _rows(P.HALTED, (*FRESH, *EPOCH, *STEPS), P.HALTED, LATE),
    _rows(P.HALTED, (T.RESET,), P.WATCHING, "reset"),
)  # fmt: skip
"""All there is to know about what may happen to a group."""
