"""The command that deploys a template from its copy."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from aibwatch.cli.backup import USUAL
from aibwatch.cli.context import AsJson, Context, leave, show
from aibwatch.cli.exits import Exit
from aibwatch.cli.replicate import (
    Name,
    Replace,
    ResourceGroup,
    checked_name,
    exit_of,
    leave_refused,
    region_meant,
)

if TYPE_CHECKING:
    from aibwatch.app.restore import Restored, RestoreOrder
    from aibwatch.core.copies.document import Read

REPLACED = "replaced"
"""Where in the directory of copies a template goes that is replaced: never over the file that it is replaced from."""

File = Annotated[Path, typer.Argument(metavar="FILE", help="A copy that backup made.")]
To = Annotated[
    str, typer.Option("--to", metavar="REGION", help="Where to, by the [[mapping]]. Default: where it is from.")
]
Apply = Annotated[
    bool, typer.Option("--apply/--dry-run", help="Send it and wait, or only say what would be sent. Default: send it.")
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("restore")(restore)


def restore(
    context: typer.Context,
    file: File,
    to: To = "",
    apply: Apply = True,
    replace: Replace = False,
    name: Name = "",
    resource_group: ResourceGroup = "",
    as_json: AsJson = False,
) -> None:
    """Deploy a template from its copy, in the region that it is from or in another. A damaged file changes nothing.

    Exits with 0 where it was made, 1 not like that, 3 something it needs is missing, 69 Azure is not heard,
    75 the template there is busy, 77 a permission is missing.
    """
    options: Context = context.obj
    region = region_meant(to) if to else None
    read = _read(file)
    loaded = options.load_all(alone=True)
    from aibwatch.app.destination import RefusedError
    from aibwatch.app.restore import RestoreOrder
    from aibwatch.app.restore import restore as deploy

    order = RestoreOrder(
        read=read,
        to=region,
        apply=apply,
        replace=replace,
        name=checked_name("--name", name),
        resource_group=checked_name("--resource-group", resource_group),
    )
    directory = loaded.settings.backup.directory
    try:
        told = asyncio.run(deploy(loaded, order, (Path(directory) if directory else USUAL) / REPLACED))
    except RefusedError as error:
        leave_refused(error)
    except ValueError as error:
        leave(Exit.CONFIG, str(error))
    _tell(told, order, as_json=as_json)


def _read(file: Path) -> "Read":
    from aibwatch.app.shelf import read_file
    from aibwatch.core.copies.document import DamagedCopyError

    try:
        return read_file(file)
    except DamagedCopyError as error:
        leave(Exit.FAILED, f"{file}: {error}")


def _tell(told: "Restored", order: "RestoreOrder", *, as_json: bool) -> NoReturn:
    from aibwatch.views.deployment import deployment_dict

    then = (
        (f"See whether it could build: aibwatch readiness {told.group}",)
        if told.group
        else ("No group has it so far; write it into the configuration to have it watched.",)
    )
    body = {"group": told.group, **deployment_dict(told.plan, told.done, replace=order.replace, then=then)}
    show(body, as_json=as_json)
    raise typer.Exit(exit_of(told.plan, told.done, replace=order.replace))
