"""Keep on disk how far every move is: the group's epoch, and around each effect its intent, dispatch and result.

Rules: the active member of a group changes in one place, by compare and swap on its epoch. An effect is dispatched
only after its intent is on record. The plan that counts is the one made before the first attempt: what was there
before we did anything.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import insert, select, update

from aibwatch.core.model import TemplateId
from aibwatch.core.move.move import StepResult
from aibwatch.core.sentences import printable
from aibwatch.handlers.api import Answer, Plan
from aibwatch.runtime.codec import dump_plan, load_plan
from aibwatch.runtime.receipt import Receipt, Sent
from aibwatch.runtime.store import EPOCHS, MARKS, Store, from_store, to_store


class Mark(StrEnum):
    """How far the one effect of an attempt is."""

    INTENT = "intent"
    DISPATCHED = "dispatched"
    RESULT = "result"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptId:
    """Which attempt of which step of which move."""

    activation_id: str
    step: int
    attempt: int


class MoveLog:
    """How far every move is. Every method raises JournalError if it cannot be told or written."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._receipt = Receipt(store.path)

    def swap_epoch(self, *, group: str, epoch: int, active: TemplateId, activation_id: str, at: datetime) -> bool:
        """Write the group's new epoch if the one before it stands; return whether it now stands as asked.

        Asking again for the same activation is answered with True: that happens after a crash between the write and
        its answer.
        """
        values = {"epoch": epoch, "active": active, "activation_id": activation_id, "at": to_store(at)}
        with self._store.transaction() as connection:
            known = connection.execute(select(EPOCHS).where(EPOCHS.c.group_name == group)).first()
            if known is not None and known.epoch == epoch and known.activation_id == activation_id:
                return True
            if known is None and epoch == 1:
                connection.execute(insert(EPOCHS).values(group_name=group, **values))
                return True
            query = update(EPOCHS).where(EPOCHS.c.group_name == group, EPOCHS.c.epoch == epoch - 1)
            return connection.execute(query.values(**values)).rowcount == 1

    def epoch(self, group: str) -> int:
        """Return the group's epoch on record; 0 if there is none."""
        with self._store.transaction() as connection:
            known = connection.execute(select(EPOCHS.c.epoch).where(EPOCHS.c.group_name == group)).scalar()
        return known or 0

    def intend(self, attempt: AttemptId, plan: Plan, at: datetime) -> None:
        """Write down what the attempt means to change."""
        self._mark(attempt, Mark.INTENT, dump_plan(plan), at)

    def dispatch(self, attempt: AttemptId, at: datetime) -> None:
        """Write down that the attempt is being sent; from here on only the handler knows."""
        self._mark(attempt, Mark.DISPATCHED, "", at)
        sent = at.isoformat(timespec="seconds")
        self._receipt.write(
            Sent(activation_id=attempt.activation_id, step=attempt.step, attempt=attempt.attempt, at=sent)
        )

    def forgotten(self) -> Sent | None:
        """Return the last effect that was sent if it is not on record: then the journal has lost its end."""
        sent = self._receipt.read()
        if sent is None:
            return None
        attempt = AttemptId(activation_id=sent.activation_id, step=sent.step, attempt=sent.attempt)
        return None if self.sent_at(attempt) else sent

    def conclude(self, attempt: AttemptId, answer: Answer, at: datetime) -> None:
        """Write down what became of the attempt."""
        self._mark(attempt, Mark.RESULT, printable(f"{answer.result}: {answer.why}"), at)

    def first_plan(self, attempt: AttemptId) -> Plan | None:
        """Return the plan made before the first attempt of this step, or None if there was none."""
        query = (
            select(MARKS.c.body)
            .where(MARKS.c.activation_id == attempt.activation_id, MARKS.c.step == attempt.step)
            .where(MARKS.c.mark == Mark.INTENT)
            .order_by(MARKS.c.id)
        )
        with self._store.transaction() as connection:
            body = connection.execute(query).scalar()
        return load_plan(body) if body is not None else None

    def concluded(self, attempt: AttemptId) -> Answer | None:
        """Return what became of the attempt, or None if that is not on record."""
        known = self._known(attempt, Mark.RESULT)
        if known is None:
            return None
        _, body = known
        result, _, why = body.partition(": ")
        return Answer(result=StepResult(result), why=why)

    def sent_at(self, attempt: AttemptId) -> datetime | None:
        """Return when the attempt was sent, or None if it certainly was not."""
        known = self._known(attempt, Mark.DISPATCHED)
        return known[0] if known is not None else None

    def _known(self, attempt: AttemptId, mark: Mark) -> tuple[datetime, str] | None:
        query = select(MARKS.c.at, MARKS.c.body).where(
            MARKS.c.activation_id == attempt.activation_id,
            MARKS.c.step == attempt.step,
            MARKS.c.attempt == attempt.attempt,
            MARKS.c.mark == mark,
        )
        with self._store.transaction() as connection:
            row = connection.execute(query).first()
        return (from_store(row.at), row.body) if row is not None else None

    def _mark(self, attempt: AttemptId, mark: Mark, body: str, at: datetime) -> None:
        values = {
            "at": to_store(at),
            "activation_id": attempt.activation_id,
            "step": attempt.step,
            "attempt": attempt.attempt,
            "mark": str(mark),
            "body": body,
        }
        with self._store.transaction() as connection:
            connection.execute(insert(MARKS).values(**values))
