"""Where to put a secondary."""

import asyncio
import re
from typing import Annotated

import typer

from aibwatch.cli.context import AsJson, Context, leave, show
from aibwatch.cli.exits import Exit

GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command("regions")(regions)


def regions(
    context: typer.Context,
    region: Annotated[str, typer.Argument(metavar="REGION", help="Where the primary is: westeurope.")],
    subscription: Annotated[
        str | None, typer.Option("--subscription", metavar="ID", help="Else that of the first group.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say where a secondary belongs: pairs, geographies, where Image Builder is offered, distances.

    Exits with 0 where Azure was asked, 3 where it was not heard and the answer is from aibwatch's own table.
    """
    options: Context = context.obj
    if subscription is not None and not GUID.fullmatch(subscription):
        leave(Exit.USAGE, f"--subscription {subscription!r}: is no subscription; write its GUID")
    loaded = options.load() if subscription else options.load_all()
    from aibwatch.app.regions import UnknownRegionError, where_to

    try:
        report = asyncio.run(where_to(loaded, region, subscription or ""))
    except UnknownRegionError as error:
        leave(Exit.USAGE, str(error))
    except ValueError as error:
        leave(Exit.CONFIG, str(error))
    show(report.body, as_json=as_json)
    raise typer.Exit(report.code)
