"""Write one JSON object a line to stderr, or plain text where a human watches.

Tokens never get here: headers are not logged anywhere, and what handlers print is cut and kept apart.
"""

import logging
import sys
from asyncio import CancelledError

import structlog

from aibwatch.core.decision import Decision, Note
from aibwatch.core.events import Event
from aibwatch.core.state import State

log = structlog.get_logger("aibwatch.decision")

QUIET = ("apscheduler", "azure", "aiohttp.access", "asyncio", "msal")
"""Libraries that tell at info what only their authors want to know."""


def configure(*, json: bool = True, level: str = "INFO") -> None:
    """Send all logging of this process through one format."""
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
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    # It warns of every poll that is left out because the one before still runs: that is as it should be.
    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
    logging.getLogger("apscheduler.executors.default").addFilter(_not_cancelled)


def _not_cancelled(record: logging.LogRecord) -> bool:
    """Leave out polls that the end of the daemon cut short: APScheduler calls that an exception of the job."""
    return record.exc_info is None or record.exc_info[0] is not CancelledError


def log_decision(_: State, decision: Decision, event: Event) -> None:
    """Write one line for each note of a decision: what changed, and why."""
    for note in decision.notes:
        _log_note(note, event)


def _log_note(note: Note, event: Event) -> None:
    write = log.warning if note.loud else log.info
    write(note.what, subject=note.subject, kind=str(note.kind), why=note.why, on=event.type)
