"""Do a step by a program of the operator's: the built-in handler `command`.

It is called as COMMAND VERB, without a shell, in `/`, with one JSON object on stdin and the essentials in AIBWATCH_*
variables. What it answers is in its exit code, and in the last line of its output that is a result; see spoken.py.
What it prints besides is for people: progress and stderr go to the log.

Rules: an exit code that is not in the table, a signal and a deadline are UNKNOWN, and `status` decides; so the code is
the word, and a result without a good code is none. A call that may have an effect is kept where it outlives the daemon
(see errand.py), one at a time for each group: while one goes on, also of an older move, the next is refused. The
folders of older moves are removed when the next begins.
"""

import asyncio
import json
import shutil
import tempfile
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from aibwatch.core.model import Options
from aibwatch.core.move.move import StepResult
from aibwatch.core.redact import redacted
from aibwatch.core.sentences import printable
from aibwatch.handlers import warden
from aibwatch.handlers.api import (
    GRACE,
    PROTOCOL,
    Answer,
    Check,
    Description,
    HandlerError,
    HandlerRequest,
    Plan,
    Surroundings,
    TemporaryHandlerError,
    UnderWayError,
)
from aibwatch.handlers.errand import Ending, Errand, Hearing, Order, is_held
from aibwatch.handlers.program import Program
from aibwatch.handlers.spoken import answer_of, check_of, description_of, plan_of, progress_in, status_of
from aibwatch.handlers.wire import as_object, as_variables, environment

TO_DESCRIBE = timedelta(seconds=10)
"""For `describe`, which only prints."""

FORGOTTEN_AFTER = timedelta(hours=1)
"""Age at which what a question left behind is removed: questions take a minute, only a crash leaves something."""

log = structlog.get_logger(__name__)


class Command:
    """The built-in handler `command`."""

    def __init__(self, surroundings: Surroundings, options: Options, *, grace: timedelta = GRACE) -> None:
        self._program = Program.of(options)
        self._now, self._pause, self._grace = surroundings.now, surroundings.pause, grace
        self._folder = surroundings.folder / "command"
        if unfit := self._program.unfit():
            log.warning("a step's program cannot be run", why=unfit)

    async def describe(self) -> Description:
        """Return what the program says of itself, with a digest of its file: an edited script is another handler."""
        digest = await asyncio.to_thread(self._program.digest)
        ending = await self._question("describe", None, {"protocol": PROTOCOL}, TO_DESCRIBE)
        return description_of(ending, self._program.name, digest)

    async def check(self, request: HandlerRequest) -> Check:
        """Return whether the program is there, and says that it could act."""
        if unfit := self._program.unfit():
            return Check(well=False, why=unfit)
        try:
            return check_of(await self._ask("check", request), self._program.name)
        except HandlerError as error:
            return Check(well=False, why=str(error))

    async def plan(self, request: HandlerRequest) -> Plan:
        """Return what the program says it would change."""
        return plan_of(await self._ask("plan", request), self._program.name)

    async def status(self, request: HandlerRequest, plan: Plan) -> Answer:
        """Return what the program says of its effect."""
        return status_of(await self._ask("status", request, plan), self._program.name)

    async def activate(self, request: HandlerRequest, plan: Plan) -> Answer:
        """Have the program bring its effect about."""
        return await self._act("activate", request, plan)

    async def deactivate(self, request: HandlerRequest, plan: Plan) -> Answer:
        """Have the program go back to the primary."""
        return await self._act("deactivate", request, plan)

    async def rejoin(self, request: HandlerRequest, _: Plan, until: datetime) -> Answer | None:
        """Wait for the end of an attempt, whoever began it."""
        errand = self._errand(request)
        try:
            async with asyncio.timeout((until - self._now()).total_seconds()):
                ending = await self._end(errand, request)
        except TimeoutError as error:
            raise UnderWayError(f"{self._program.name} still goes on, past its deadline") from error
        return answer_of(ending, self._program.name) if ending else None

    async def _act(self, verb: str, request: HandlerRequest, plan: Plan) -> Answer:
        self._clear(request)
        errand = self._errand(request)
        errand.begin(self._order(verb, as_object(request, plan), request.deadline - self._now()))
        ending = await self._end(errand, request)
        if ending is None:
            why = f"{self._program.name} left no record of its end {errand.complaint()}".rstrip()
            return Answer(result=StepResult.UNKNOWN, why=why)
        return answer_of(ending, self._program.name)

    async def _ask(self, verb: str, request: HandlerRequest, plan: Plan | None = None) -> Ending | None:
        return await self._question(verb, request, as_object(request, plan), request.deadline - self._now())

    async def _question(
        self, verb: str, request: HandlerRequest | None, told: Mapping[str, object], time: timedelta
    ) -> Ending | None:
        """Call the program for an answer that has no effect; nothing of it is kept."""
        questions = self._folder / "questions"
        try:
            questions.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._forget(questions)
            folder = Path(tempfile.mkdtemp(dir=questions))
        except OSError as error:
            raise HandlerError(f"{questions}: {error.strerror}; see to the state directory") from error
        errand = Errand(folder=folder / "call", lock=folder / "lock")
        try:
            errand.begin(self._order(verb, told, time))
            return await self._end(errand, request)
        finally:
            if not errand.under_way():
                shutil.rmtree(folder, ignore_errors=True)

    async def _end(self, errand: Errand, request: HandlerRequest | None) -> Ending | None:
        about = {"program": self._program.name, "activation": request.activation_id if request else ""}

        def complain(line: str) -> None:
            log.info("a step's program writes", **about, stderr=_fit(line))

        def progress(line: str) -> None:
            if text := progress_in(line):
                log.info("a step goes on", **about, progress=_fit(text))

        heard = Hearing(path=errand.folder / warden.ERRORS, tell=complain)
        followed = Hearing(path=errand.folder / warden.OUTPUT, tell=progress)
        return await errand.end(self._pause, heard, followed)

    def _order(self, verb: str, told: Mapping[str, object], time: timedelta) -> Order:
        return Order(
            command=(*self._program.command, verb),
            environment=environment(as_variables(verb, told)),
            input=json.dumps(told) + "\n",
            time=time,
            grace=self._grace,
        )

    def _errand(self, request: HandlerRequest) -> Errand:
        folder = self._moves(request) / _name(request)
        return Errand(folder=folder / f"{request.step}-{request.attempt}", lock=folder / f"{request.step}.lock")

    def _moves(self, request: HandlerRequest) -> Path:
        return self._folder / "moves" / request.group

    def _clear(self, request: HandlerRequest) -> None:
        """Remove what older moves of the group left, unless one of them still goes on.

        Raises:
            TemporaryHandlerError: if one does.
        """
        folder = self._moves(request)
        for old in list(folder.iterdir()) if folder.is_dir() else ():
            if old.name == _name(request):
                continue
            if any(is_held(lock) for lock in old.glob("*.lock")):
                raise TemporaryHandlerError(f"{old.name} has not ended: its program still goes on")
            shutil.rmtree(old, ignore_errors=True)

    def _forget(self, questions: Path) -> None:
        for old in list(questions.iterdir()):
            age = self._now().timestamp() - old.stat().st_mtime
            if age > FORGOTTEN_AFTER.total_seconds() and not is_held(old / "lock"):
                shutil.rmtree(old, ignore_errors=True)


def _name(request: HandlerRequest) -> str:
    return request.activation_id.replace("/", "_") or "no-move"


def _fit(line: str) -> str:
    return printable(redacted(line))
