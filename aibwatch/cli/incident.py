"""The command that tells an incident, or packs it for a support request."""

from pathlib import Path
from typing import Annotated

import typer

from aibwatch.cli.context import AsJson, leave, show
from aibwatch.cli.exits import Exit
from aibwatch.cli.reach import ask, quoted

Id = Annotated[str | None, typer.Argument(metavar="[ID]", help="Id of an incident. Default: say which there are.")]
Bundle = Annotated[
    Path | None, typer.Option("--bundle", metavar="FILE", help="Pack all of it into this tar.gz, without secrets.")
]
Force = Annotated[bool, typer.Option("--force", help="Write over a FILE that is there.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("incident")(incident)


def incident(
    context: typer.Context, id_: Id = None, bundle: Bundle = None, force: Force = False, as_json: AsJson = False
) -> None:
    """Tell a region's trouble so that Azure's support can work with it: times, failures, correlation ids."""
    if id_ is None:
        if bundle is not None:
            leave(Exit.USAGE, "--bundle needs the ID of an incident; see which there are: aibwatch incident")
        show(ask(context.obj, "/api/v1/incidents"), as_json=as_json)
        return
    if bundle is not None and bundle.exists() and not force:
        leave(Exit.FAILED, f"{bundle}: is there already, and was left as it is; choose another name, or --force")
    body = ask(context.obj, f"/api/v1/incidents/{quoted(id_)}")
    if bundle is None:
        show(body, as_json=as_json)
        return
    from aibwatch.cli.archive import packed, write_whole
    from aibwatch.views.bundle import members

    files = tuple(members(body))
    try:
        write_whole(bundle, packed(files), force=force)
    except FileExistsError:
        leave(Exit.FAILED, f"{bundle}: is there already, and was left as it is; choose another name, or --force")
    except OSError as error:
        leave(Exit.FAILED, f"{bundle}: cannot be written ({error.strerror or error}); nothing was left behind")
    names = [name for name, _ in files]
    text = (
        f"{bundle}: {len(names)} files; {names[0].partition('/')[0]}/README.md has the story to paste into the request"
    )
    show({"schema": 1, "file": str(bundle), "members": names, "text": text}, as_json=as_json)
