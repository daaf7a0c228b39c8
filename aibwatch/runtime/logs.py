"""Write one JSON object a line to stderr, or plain text where a human watches.

Rules: a terminal gets text, everything else JSON; the journal of systemd is also told how urgent a line is, by the
number in front of it, which it takes off again. Every text goes through `redact`: headers are not logged anywhere and
what handlers print is kept apart, but the text of an exception is anybody's.
"""

import logging
import sys
from asyncio import CancelledError
from typing import Any

import structlog

from aibwatch.core.decision import Decision, Note
from aibwatch.core.events import Event
from aibwatch.core.state import State
from aibwatch.runtime.urgency import goes_to_journal, marked
from aibwatch.views.incident import safe
from aibwatch.views.log_line import fields_of

log = structlog.get_logger("aibwatch.decision")

QUIET = ("apscheduler", "azure", "aiohttp.access", "asyncio", "msal")
"""Libraries that tell at info what only their authors want to know."""


def configure(*, json: bool | None = None, level: str = "INFO") -> None:
    """Send all logging of this process through one format; without `json` a terminal gets text."""
    json = not sys.stderr.isatty() if json is None else json
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        Lines(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _without_secrets, renderer],
            to_journal=goes_to_journal(sys.stderr),
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    # It warns of every poll that is left out because the one before still runs: that is as it should be.
    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
    logging.getLogger("apscheduler.executors.default").addFilter(_not_cancelled)


class Lines(structlog.stdlib.ProcessorFormatter):
    """Lines as they are, and for the journal with their urgency in front."""

    def __init__(self, *args: Any, to_journal: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._to_journal = to_journal

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = super().format(record)
        return marked(line, record.levelno) if self._to_journal else line


def _without_secrets(_: object, __: str, fields: structlog.typing.EventDict) -> structlog.typing.EventDict:
    # Before the line is made of them: in JSON a secret may end at a quote that is escaped, and the line would break.
    return {**safe(fields)}


def _not_cancelled(record: logging.LogRecord) -> bool:
    """Leave out polls that the end of the daemon cut short: APScheduler calls that an exception of the job."""
    return record.exc_info is None or record.exc_info[0] is not CancelledError


def log_decision(_: State, decision: Decision, event: Event) -> None:
    """Write one line for each note of a decision: what changed, why, and what it is found by."""
    for note in decision.notes:
        _log_note(note, decision.state, event)


def _log_note(note: Note, state: State, event: Event) -> None:
    write = log.warning if note.loud else log.info
    fields = fields_of(note, state)
    write(note.what, subject=note.subject, kind=str(note.kind), why=note.why, on=event.type, **fields)
