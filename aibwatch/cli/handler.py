"""Commands for those who write handlers."""

import asyncio
import json
import shlex
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from aibwatch.cli.context import AsJson, leave
from aibwatch.cli.exits import Exit

if TYPE_CHECKING:
    from aibwatch.conformance.bench import Bench
    from aibwatch.conformance.finding import Finding
    from aibwatch.conformance.subject import Setting

handlers = typer.Typer(help="For those who write handlers.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.add_typer(handlers, name="handler")


@handlers.command("test")
def kit(
    command: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="COMMAND",
            help="A program with its arguments (after -- if they begin with -), "
            "or the address of a receiver of webhooks.",
        ),
    ] = None,
    entry_point: Annotated[
        str | None, typer.Option("--entry-point", metavar="NAME", help="Instead: a handler that is installed.")
    ] = None,
    option: Annotated[
        list[str] | None,
        typer.Option("--option", metavar="KEY=VALUE", help="Of an installed handler; may be repeated."),
    ] = None,
    secret_file: Annotated[
        str | None, typer.Option("--secret-file", metavar="FILE", help="That a receiver's events are signed with.")
    ] = None,
    status_url: Annotated[
        str | None, typer.Option("--status-url", metavar="URL", help="Where a receiver says what became of an event.")
    ] = None,
    ca_bundle: Annotated[
        str | None, typer.Option("--ca-bundle", metavar="FILE", help="Certificates to trust instead of the usual ones.")
    ] = None,
    effect: Annotated[
        str | None,
        typer.Option(
            "--effect",
            metavar="CMD",
            help="Prints what the handler brought about; without it nobody can see "
            'that it did so once. Like "cat /tmp/pointer.json"; no shell.',
        ),
    ] = None,
    group: Annotated[str, typer.Option("--group", metavar="GROUP", help="Made-up name of the group.")] = "conformance",
    source: Annotated[str | None, typer.Option("--from", metavar="ID", help="Template to move from and to.")] = None,
    target: Annotated[str | None, typer.Option("--to", metavar="ID", help="The other one.")] = None,
    timeout: Annotated[str, typer.Option("--timeout", metavar="DURATION", help="For each call.")] = "60s",
    as_json: AsJson = False,
) -> None:
    """Try a handler: crashes, double calls, stale epochs, deadlines, garbage. It is really called, and killed.

    Exits with 0 if nothing failed, 1 if something did.
    """
    receiver = {"url": "", "secret_file": secret_file, "status_url": status_url, "ca_bundle": ca_bundle}
    given = {key: value for key, value in receiver.items() if value}
    with tempfile.TemporaryDirectory(prefix="aibwatch-conformance-", ignore_cleanup_errors=True) as folder:
        setting = _setting(Path(folder), effect, group, (source, target), timeout)
        bench, subject = _bench(command or [], entry_point, option or [], given, setting)
        _try(bench, subject, as_json=as_json)


def _setting(
    folder: Path, effect: str | None, group: str, members: tuple[str | None, str | None], timeout: str
) -> "Setting":
    from aibwatch.config.duration import parse_duration
    from aibwatch.config.values import group_name, template_resource
    from aibwatch.conformance.effect import Effect
    from aibwatch.conformance.subject import MEMBERS, Setting
    from aibwatch.core.model import template_id

    try:
        ids = [
            template_id(template_resource(name)) if name else made_up
            for name, made_up in zip(members, MEMBERS, strict=True)
        ]
        return Setting(
            folder=folder,
            limit=parse_duration(timeout),
            group=group_name(group),
            members=(ids[0], ids[1]),
            effect=Effect(command=_words(effect or "")),
        )
    except ValueError as error:
        _refuse(str(error))


def _words(command: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(command))
    except ValueError as error:
        raise ValueError(f"--effect {command}: {error}") from error


def _bench(
    command: list[str], entry_point: str | None, options: list[str], receiver: dict[str, str], setting: "Setting"
) -> "tuple[Bench, str]":
    """Return the handler, ready to be tried, and what to call it."""
    from aibwatch.conformance import subject
    from aibwatch.handlers.loader import UnknownHandlerError
    from aibwatch.handlers.signature import SecretError

    if bool(command) == bool(entry_point):
        _refuse("give a COMMAND or address, or --entry-point, and only one of them")
    try:
        if entry_point:
            return subject.of_entry_point(entry_point, dict(map(_option, options)), setting), entry_point
        if command[0].startswith(("http://", "https://")):
            return subject.of_receiver({**receiver, "url": command[0]}, setting), command[0]
        return subject.of_program(tuple(command), setting), shlex.join(command)
    except (ValueError, UnknownHandlerError, SecretError) as error:
        _refuse(str(error))


def _option(written: str) -> tuple[str, str | int | float | bool | tuple[str, ...]]:
    """Return key and value; a value that is JSON is what JSON says, any other is text."""
    key, equals, text = written.partition("=")
    if not equals:
        raise ValueError(f"--option {written}: write KEY=VALUE")
    try:
        value = json.loads(text)
    except ValueError:
        return key, text
    return key, tuple(map(str, value)) if isinstance(value, list) else value


def _try(bench: "Bench", subject: str, *, as_json: bool) -> NoReturn:
    from aibwatch.conformance import report
    from aibwatch.conformance.finding import Verdict
    from aibwatch.conformance.kit import try_out
    from aibwatch.runtime import logs

    logs.configure(json=False, level="WARNING")  # what the handler itself logs goes to stderr, and little of it

    def tell(finding: "Finding") -> None:
        if not as_json:
            typer.echo(report.line(finding))

    typer.echo(report.warning(subject, bench.group), err=True)
    findings = asyncio.run(try_out(bench, tell))
    typer.echo(
        json.dumps(report.as_json(subject, findings), indent=2, ensure_ascii=False)
        if as_json
        else f"\n{report.summary(findings)}"
    )
    failed = any(finding.verdict is Verdict.FAILED for finding in findings)
    raise typer.Exit(Exit.FAILED if failed else Exit.WELL)


def _refuse(why: str) -> NoReturn:
    leave(Exit.USAGE, f"handler test: {why}")
