"""Commands that need neither a configuration, nor Azure, nor a daemon."""

import sys
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from aibwatch.cli.context import AsJson, leave
from aibwatch.cli.exits import Exit

if TYPE_CHECKING:
    from aibwatch.core.classify import Symptom
    from aibwatch.core.failures.row import Row
    from aibwatch.core.model import RunPhase

MOST_BYTES = 8 * 1024 * 1024
"""Read from stdin. A build log of hours has some MiB; and what is not read cannot fill the memory."""


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("classify")(classify)


def classify(
    message: Annotated[
        str | None,
        typer.Argument(
            metavar="MESSAGE or -",
            help="Text, error body, output of az, lastRunStatus or template as JSON; - reads it from stdin.",
        ),
    ] = None,
    status: Annotated[str | None, typer.Option("--status", metavar="N", help="HTTP status, 100 to 599.")] = None,
    code: Annotated[str | None, typer.Option("--code", metavar="C", help="Error code.")] = None,
    phase: Annotated[
        str | None, typer.Option("--phase", metavar="P", help="How far the run had come: Building, Customizing, ...")
    ] = None,
    header: Annotated[
        list[str] | None, typer.Option("--header", metavar="K=V", help="Header of the answer; may be repeated.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say whose fault a failure is, yours or Azure's, why, and what to do next. Works offline."""
    text = _text(message)
    if text is None and not any((status, code, phase, header)):
        _refuse("nothing to classify", "give a MESSAGE, - for stdin, or at least one of --status, --code, --phase")
    import json

    from aibwatch.views import diagnosis

    number, place = _status(status), _phase(phase)
    row = _row(text, number, code or "", place, _headers(header or []))
    typer.echo(json.dumps(diagnosis.as_json(row), indent=2) if as_json else diagnosis.render(row))


def _row(
    text: str | None, status: int | None, code: str, phase: "RunPhase | None", headers: dict[str, str] | None
) -> "Row":
    from dataclasses import replace

    from aibwatch.core.classify import row_for
    from aibwatch.core.failures import WELL
    from aibwatch.sources.pasted import understand

    pasted = understand(text or "")
    accepted = status is not None and 200 <= status < 300
    if (pasted.well and (status is None or accepted)) or (accepted and not text and not code):
        return WELL
    symptom = replace(pasted.symptom, phase=phase or pasted.symptom.phase, code=code or pasted.symptom.code)
    # A poll of an operation is answered with 200 when the operation failed, and tools show that status.
    symptom = replace(symptom, status=status, of_run=status is None or accepted)
    return row_for(_with_headers(symptom, headers))


def _with_headers(symptom: "Symptom", headers: dict[str, str] | None) -> "Symptom":
    """Conclude that a proxy answered only where headers were given: whoever gives none may not have seen any."""
    from dataclasses import replace

    if headers is None:
        return symptom
    from_azure = any(name.startswith("x-ms-") for name in headers)
    return replace(symptom, failure_cause=headers.get("x-ms-failure-cause", ""), from_azure=from_azure)


def _text(message: str | None) -> str | None:
    where, text = ("stdin", _stdin()) if message == "-" else ("MESSAGE", message)
    if text is None:
        return None
    try:
        text.encode()
    except UnicodeEncodeError:
        _refuse(f"{where}: is not UTF-8", "paste it as text, or convert it first (iconv -t UTF-8)")
    if not text.strip():
        _refuse(f"{where}: is empty", "give the message of the failure, or leave it out and give --status or --code")
    return text


def _stdin() -> str:
    raw = sys.stdin.buffer.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        most = MOST_BYTES // 1024 // 1024
        _refuse(f"stdin: is longer than {most} MiB", "give the part around the error, or its end (tail -n 200)")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        _refuse(f"stdin: is not UTF-8 (byte {error.start})", "convert it first (iconv -t UTF-8)")


def _status(given: str | None) -> int | None:
    if given is None:
        return None
    if not (given.isascii() and given.isdigit() and len(given) == 3 and 100 <= int(given) < 600):
        _refuse(f"--status {given!r}: is no HTTP status", "give a number from 100 to 599, or leave it out for a run")
    return int(given)


def _phase(given: str | None) -> "RunPhase | None":
    if given is None:
        return None
    from aibwatch.sources.pasted import PHASES, phase_named

    phase = phase_named(given)
    if phase is None:
        _refuse(f"--phase {given!r}: is no phase of a run", f"choose one of {', '.join(PHASES)}")
    return phase


def _headers(given: list[str]) -> dict[str, str] | None:
    headers: dict[str, str] = {}
    for one in given:
        name, equals, value = one.partition("=")
        if not equals or not name.strip():
            _refuse(f"--header {one!r}: has no name and value", "write it as --header x-ms-failure-cause=service")
        headers[name.strip().lower()] = value.strip()
    return headers or None


def _refuse(what: str, todo: str) -> NoReturn:
    leave(Exit.USAGE, f"classify: {what}; {todo}")
