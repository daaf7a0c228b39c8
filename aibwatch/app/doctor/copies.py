"""Check that the copies of templates are young enough to be of use on the day on which a region does not answer."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

from aibwatch.app.doctor.bench import Bench, few
from aibwatch.app.shelf import backup_of
from aibwatch.core.checkup import Checked, warn, well
from aibwatch.core.model import TemplateId, template_name
from aibwatch.core.sentences import ago, count, span

REMEDY = "make them: aibwatch backup"


async def check_copies(bench: Bench) -> list[Checked]:
    """Return which copies are missing or old, as far as copies are kept at all."""
    backup = bench.loaded.settings.backup
    if not backup.directory:
        return [well("backup", "no backup.directory is named, so no copies of templates are kept")]
    watched, folder = sorted(bench.setup.watched), Path(backup.directory)
    # Beside the event loop: each asks the disk.
    made = await asyncio.to_thread(lambda: {template: backup_of(folder, template) for template in watched})
    now = bench.clock.now()
    told = few([ill for template, at in made.items() if (ill := too_old(template, at, backup.max_age, now))])
    return told or [well("backup", f"{count(len(made), 'copy', 'copies')} in {folder}, none older than allowed")]


def too_old(template: TemplateId, at: datetime | None, most: timedelta, now: datetime) -> Checked | None:
    """Return what is wrong with the copy of a template; None if nothing is."""
    name = template_name(template)
    if at is None:
        return warn("backup", f"there is no copy of {name}", REMEDY)
    if now - at > most:
        said = f"the copy of {name} was last confirmed {ago(at, now)}, {span(most)} is the limit"
        return warn("backup", said, REMEDY)
    return None
