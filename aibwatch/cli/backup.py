"""The command that copies templates to a disk."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aibwatch.cli.context import AsJson, Context, leave, show
from aibwatch.cli.exits import Exit

if TYPE_CHECKING:
    from collections.abc import Collection

    from aibwatch.config.load import Loaded
    from aibwatch.core.copies.kept import Backup
    from aibwatch.core.model import TemplateId
    from aibwatch.core.policy import Setup

USUAL = Path("aibwatch-backup")

Groups = Annotated[list[str] | None, typer.Argument(metavar="[GROUP]...", help="Groups. Default: all, and canaries.")]
Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR", help=f"Where to. Default: backup.directory, else ./{USUAL}."),
]
History = Annotated[
    bool, typer.Option("--history", help="Keep the version before of what has changed. Default: backup.history.")
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("backup")(backup)


def backup(
    context: typer.Context, groups: Groups = None, out: Out = None, history: History = False, as_json: AsJson = False
) -> None:
    """Copy every watched template to a directory, as files that deploy it again.

    From the service; where that does not answer, from Azure Resource Graph. Exits with 3 if one was found nowhere.
    """
    options: Context = context.obj
    loaded = options.load()
    settings = loaded.settings.backup
    directory = out or (Path(settings.directory) if settings.directory else USUAL)
    templates = _templates(loaded.setup, groups or [])
    from aibwatch.app.shelf import BusyShelfError, ShelfError
    from aibwatch.views.backup import backup_document

    try:
        told = asyncio.run(_copy(loaded, templates, directory, history=history or settings.history))
    except BusyShelfError as error:
        leave(Exit.BUSY, str(error))
    except ShelfError as error:
        leave(Exit.STATE_NOT_WRITABLE, str(error))
    except ValueError as error:
        leave(Exit.CONFIG, str(error))
    show(backup_document(told), as_json=as_json)
    raise typer.Exit(_code(told))


async def _copy(loaded: "Loaded", templates: "Collection[TemplateId]", directory: Path, *, history: bool) -> "Backup":
    from aibwatch.app.backup import keep_copies
    from aibwatch.runtime.clock import Clock
    from aibwatch.sources.connection import connect

    clock = Clock()
    arm = connect(loaded.settings.azure, now=clock.now, on_request=lambda _: None)
    try:
        return await keep_copies(arm, clock, templates, directory, history=history)
    finally:
        await arm.close()


def _templates(setup: "Setup", groups: list[str]) -> "Collection[TemplateId]":
    unknown = [name for name in groups if name not in setup.groups]
    if unknown:
        leave(Exit.FAILED, f"{unknown[0]} is no group; there are {', '.join(sorted(setup.groups)) or 'none'}")
    if not groups:
        return setup.watched
    return frozenset(template for name in groups for template in setup.groups[name].members)


def _code(told: "Backup") -> Exit:
    """Return how to leave: what keeps every template from being copied says more than that some were not."""
    missed = [kept for kept in told.kept if not kept.well]
    if not missed:
        return Exit.WELL
    if len(missed) == len(told.kept) and all(kept.unreachable for kept in missed):
        return Exit.UNREACHABLE
    if len(missed) == len(told.kept) and all(kept.permission for kept in missed):
        return Exit.NOT_PERMITTED
    return Exit.DEGRADED
