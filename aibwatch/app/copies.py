"""Keep the daemon's copies of templates, whenever it looks at secondaries.

Rules: a directory that cannot be used is told and keeps nobody from looking; what could not be copied keeps the copy
that it has, and readiness tells its age. Without a directory nothing is written. This module does not know how a copy
is made.
"""

import asyncio
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from aibwatch.app.backup import keep_copies
from aibwatch.app.shelf import BusyShelfError, ShelfError, backups_of
from aibwatch.config.schema import BackupSettings
from aibwatch.core.copies.kept import Backup
from aibwatch.core.model import TemplateId
from aibwatch.runtime.clock import Clock
from aibwatch.sources.arm import Arm

log = structlog.get_logger(__name__)


class Copies:
    """The copies in the configured directory."""

    def __init__(self, arm: Arm, clock: Clock, settings: BackupSettings) -> None:
        self._arm, self._clock, self._settings = arm, clock, settings

    @property
    def max_age(self) -> timedelta | None:
        """How old a copy may be; None where none are kept."""
        return self._settings.max_age if self._settings.directory else None

    async def keep(self, templates: Collection[TemplateId]) -> None:
        """Copy these templates."""
        if not self._settings.directory:
            return
        folder = Path(self._settings.directory)
        try:
            backup = await keep_copies(self._arm, self._clock, templates, folder, history=self._settings.history)
        except BusyShelfError as error:
            log.info("no copies were made now", why=str(error))
        except ShelfError as error:
            log.warning("copies of templates cannot be kept", why=str(error))
        else:
            _tell(backup)

    async def confirmed(self, templates: Collection[TemplateId]) -> Mapping[TemplateId, datetime]:
        """Return when the copies of these templates were last confirmed; without those that have none."""
        if not self._settings.directory:
            return {}
        return await asyncio.to_thread(backups_of, Path(self._settings.directory), templates)


def _tell(backup: Backup) -> None:
    missed = {kept.template: kept.why for kept in backup.kept if not kept.well}
    if missed:
        log.warning("some templates could not be copied; the copies that there are stay", missed=missed)
    for note in backup.notes:
        log.warning("copies of templates", note=note)
