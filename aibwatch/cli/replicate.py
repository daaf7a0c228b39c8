"""Deploy a secondary from its primary."""

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from aibwatch.cli.backup import USUAL
from aibwatch.cli.context import AsJson, Context, leave, show
from aibwatch.cli.exits import Exit
from aibwatch.cli.reach import UnreachableError, call, quoted

if TYPE_CHECKING:
    from aibwatch.app.destination import RefusedError
    from aibwatch.app.replicate import Replicated
    from aibwatch.config.schema import HttpSettings
    from aibwatch.core.deployment.ended import Done
    from aibwatch.core.deployment.plan import Plan
    from aibwatch.core.model import Region

Apply = Annotated[bool, typer.Option("--apply", help="Send it and wait. Default: say what would be sent.")]
Replace = Annotated[bool, typer.Option("--replace", help="Delete a template that is there, after keeping a copy.")]
Name = Annotated[str, typer.Option("--name", metavar="NAME", help="Of the template. Default: by the [[mapping]].")]
ResourceGroup = Annotated[
    str, typer.Option("--resource-group", metavar="NAME", help="Of the template. Default: by the [[mapping]].")
]


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command("replicate")(replicate)


def replicate(
    context: typer.Context,
    group: Annotated[str, typer.Argument(metavar="GROUP", help="Name of a group.")],
    to: Annotated[str, typer.Option("--to", metavar="REGION", help="Where the secondary is to be.")],
    apply: Apply = False,
    replace: Replace = False,
    name: Name = "",
    resource_group: ResourceGroup = "",
    as_json: AsJson = False,
) -> None:
    """Deploy a secondary from the group's primary. Says what would be sent and what is missing; --apply sends it.

    Exits with 0 where it can be made or was made, 1 not like that, 3 something is missing, 69 Azure is not heard,
    75 the template there is busy, 77 a permission is missing.
    """
    options: Context = context.obj
    region = region_meant(to)
    loaded = options.load_all(alone=True)
    if group not in loaded.setup.groups:
        leave(Exit.FAILED, f"there is no group {group!r}; there are {', '.join(sorted(loaded.setup.groups)) or 'none'}")
    from aibwatch.app.destination import RefusedError
    from aibwatch.app.replicate import Order
    from aibwatch.app.replicate import replicate as deploy

    order = Order(
        group=group,
        to=region,
        apply=apply,
        replace=replace,
        name=checked_name("--name", name),
        resource_group=checked_name("--resource-group", resource_group),
        active=_active(loaded.settings.http, group) if replace else "",
    )
    directory = loaded.settings.backup.directory
    try:
        told = asyncio.run(deploy(loaded, order, Path(directory) if directory else USUAL))
    except RefusedError as error:
        leave_refused(error)
    except ValueError as error:
        leave(Exit.CONFIG, str(error))
    _tell(told, as_json=as_json)


def region_meant(to: str) -> "Region":
    """Return the region of --to, or leave with what was meant."""
    from aibwatch.config.values import region_name
    from aibwatch.config.words import choices
    from aibwatch.core.model import Region
    from aibwatch.core.regions.allowed import nearest_regions
    from aibwatch.core.regions.known import KNOWN

    try:
        region = Region(region_name(to))
    except ValueError as error:
        leave(Exit.USAGE, f"--to: {error}")
    if region not in KNOWN.locations:
        near = nearest_regions(region)
        hint = f"did you mean {choices(near)}?" if near else "see which there are: aibwatch regions REGION"
        leave(Exit.USAGE, f'--to: "{region}" is no region that this version knows; {hint}')
    return region


def checked_name(option: str, text: str) -> str:
    """Return a name that was asked for, or leave where it is none."""
    if text and not all((letter.isascii() and letter.isalnum()) or letter in "-_.()" for letter in text):
        leave(Exit.USAGE, f"{option} {text!r}: is no name; write letters, digits, -, _ and . only")
    return text


def _active(settings: "HttpSettings", group: str) -> str:
    """Return the group's active member as the daemon knows it; "" where none answers."""
    try:
        code, content = call(settings, f"/api/v1/groups/{quoted(group)}/active")
    except UnreachableError:
        return ""
    return content.decode("utf-8", "replace").strip().lower() if code < 300 else ""


def leave_refused(error: "RefusedError") -> NoReturn:
    """Say why it cannot be deployed like that, and leave."""
    code = Exit.NOT_PERMITTED if error.permission else Exit.UNREACHABLE if error.unreachable else Exit.FAILED
    leave(code, str(error))


def _tell(told: "Replicated", *, as_json: bool) -> NoReturn:
    from aibwatch.views.deployment import deployment_dict

    order, plan = told.order, told.plan
    then = (
        "Write it into the configuration, if it is not there yet, and reload the daemon (SIGHUP):",
        f'  [[group]] name = "{order.group}": secondaries = [..., {json.dumps(plan.target)}]',
        f"Then prove it: aibwatch readiness {order.group}, and aibwatch drill {order.group}",
    )
    body = {"group": order.group, **deployment_dict(plan, told.done, replace=order.replace, then=then)}
    show(body, as_json=as_json)
    raise typer.Exit(exit_of(plan, told.done, replace=order.replace))


def exit_of(plan: "Plan", done: "Done | None", *, replace: bool) -> Exit:
    """Return how to leave after a deployment that was looked into, or sent."""
    from aibwatch.core.deployment.ended import Fate
    from aibwatch.core.deployment.plan import Present

    if done:
        if done.ended.permission:
            return Exit.NOT_PERMITTED
        codes = {Fate.DONE: Exit.WELL, Fate.UNKNOWN: Exit.UNREACHABLE}
        return codes.get(done.ended.fate, Exit.FAILED)
    if plan.present is Present.BUSY:
        return Exit.BUSY
    if plan.present is Present.YES and not replace:
        return Exit.FAILED
    if plan.permissions:
        return Exit.NOT_PERMITTED
    if plan.present is Present.UNREAD:
        return Exit.UNREACHABLE
    return Exit.WELL if plan.complete else Exit.DEGRADED
