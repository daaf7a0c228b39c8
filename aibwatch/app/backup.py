"""Keep copies of templates: read how they are defined, and put that on the shelf.

The command does it once, the daemon whenever it looks at secondaries. Rules: a template that could not be read, or that
is gone, keeps the copy that it has, and that is told.
"""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from aibwatch.app.shelf import Shelf, at_work
from aibwatch.core.copies.copy import Copy, files_of, place_of
from aibwatch.core.copies.index import BackupIndex, Entry
from aibwatch.core.copies.kept import Backup, Fate, Kept
from aibwatch.core.model import TemplateId
from aibwatch.runtime.clock import Clock
from aibwatch.sources.arm import Arm
from aibwatch.sources.definitions import Definitions, Told, Untold
from aibwatch.sources.graph import Graph

DAMAGED = "index.json could not be read, and was made anew: when other copies were last confirmed is forgotten"


async def keep_copies(
    arm: Arm, clock: Clock, templates: Collection[TemplateId], directory: Path, *, history: bool
) -> Backup:
    """Copy these templates into the directory, and return what became of each.

    Raises:
        ShelfError: if the directory cannot be used (BusyShelfError: now); copies that were there are as they were.
        ValueError: for an id that has no resource group.
    """
    told = await Definitions(arm, Graph(arm, clock.pause), clock.now).read(templates)
    # Beside the event loop: every file is brought to the disk.
    return await asyncio.to_thread(_shelve, told, directory, history, clock.now())


def _shelve(told: Mapping[TemplateId, Told | Untold], directory: Path, history: bool, now: datetime) -> Backup:
    with at_work(directory, history=history) as shelf:
        index = shelf.index()
        entries = dict(index.entries) if index is not None else {}
        kept = tuple(_shelve_one(shelf, entries, template, told[template], now) for template in sorted(told))
        shelf.write_index(BackupIndex(entries=entries))
    return Backup(at=now, directory=str(directory), kept=kept, notes=() if index is not None else (DAMAGED,))


def _shelve_one(
    shelf: Shelf, entries: dict[str, Entry], template: TemplateId, told: Told | Untold, now: datetime
) -> Kept:
    if isinstance(told, Told):
        return _kept(shelf, entries, template, told, now)
    place = place_of(template)
    known = entries.get(place) if shelf.has(template) else None
    if known is not None:
        entries[place] = replace(known, trouble=told.why)
    return Kept(
        template=template,
        fate=Fate.GONE if told.gone else Fate.MISSED,
        place=place,
        why=told.why,
        permission=told.permission,
        copied_at=known.confirmed_at if known else None,
        unreachable=told.unreachable,
    )


def _kept(shelf: Shelf, entries: dict[str, Entry], template: TemplateId, told: Told, now: datetime) -> Kept:
    copy: Copy = told.copy
    fate, since = shelf.keep(copy)
    place = place_of(template)
    entries[place] = Entry(written_id=copy.written_id, changed_at=since, confirmed_at=now, origin=copy.origin)
    secrets = len(files_of(copy).values)
    return Kept(
        template=template,
        fate=fate,
        place=place,
        origin=copy.origin,
        why=told.why,
        copied_at=now,
        secrets=secrets,
    )
