"""Build an image now: for pipelines, and for people in a hurry.

Rules: stdout has the ids of the images and nothing else (or the JSON); what happens on the way is told on stderr. The
order has an id from the start, so it is sent again where no answer came, and is one build all the same. Whoever stops
waiting stops nothing: the build goes on, and the same id follows it.
"""

import asyncio
import json
import secrets
import sys
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, NoReturn

import typer

from aibwatch.cli.context import AsJson, Context, leave, show
from aibwatch.cli.exits import Exit
from aibwatch.cli.reach import UnreachableError, call, exit_for, quoted, understood, whoami, words

BETWEEN = timedelta(seconds=2)
"""Between questions. A build takes twenty minutes; the daemon answers from memory."""

NOT_FOUND, UNANSWERED = 404, 504
"""Nobody knows the build yet, or an order was taken and not decided on in time: then it is asked again."""

INTERRUPTED = 130
"""What shells say of a command that was ended by Ctrl-C."""


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command("build")(build)


def build(
    context: typer.Context,
    group: Annotated[str, typer.Argument(metavar="GROUP", help="Name of a group.")],
    to: Annotated[
        str | None, typer.Option("--to", metavar="REGION", help="Run the member there, and no other.")
    ] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Until the image is there, not only accepted.")] = False,
    timeout: Annotated[str, typer.Option("--timeout", metavar="DURATION", help="How long to follow it.")] = "4h",
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="For the record.")] = "an image is wanted",
    known_as: Annotated[
        str | None, typer.Option("--id", metavar="ID", help="The same ID is the same build, also when tried again.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Run the active template; where the service fails it, run a ready secondary instead, once. Nothing is moved.

    Prints the image ids, a line each. Exits with 0 where an image was built (without --wait: a run was accepted), 1 it
    failed by its own fault, 3 no secondary is ready, 4 outage, 69 no daemon answers, 75 busy, or not ended in time.
    """
    options: Context = context.obj
    waiter = _Waiter(options, group, known_as or f"build-{secrets.token_hex(6)}", _length(timeout), wait=wait)
    order = {"owner": whoami(), "reason": reason, "id": waiter.id, **({"to": to} if to else {})}
    try:
        told = asyncio.run(waiter.follow(json.dumps(order).encode()))
    except KeyboardInterrupt:
        typer.echo(f"aibwatch: {waiter.left_alone()}", err=True)
        raise typer.Exit(INTERRUPTED) from None
    _conclude(told, as_json=as_json)


def _length(timeout: str) -> timedelta:
    from aibwatch.config.duration import parse_duration

    try:
        return parse_duration(timeout)
    except ValueError as error:
        leave(Exit.USAGE, f"--timeout: {error}")


def _conclude(told: Mapping[str, object], *, as_json: bool) -> None:
    images, code = told.get("images"), told.get("exit")
    if as_json:
        show(told, as_json=True)
    else:
        for image in images if isinstance(images, list) else []:
            typer.echo(image)
    if isinstance(code, int) and code != Exit.WELL:
        cls = f" ({told['class']})" if told.get("class") else ""
        advice = f"\n  {told['advice']}" if told.get("advice") else ""
        sys.stdout.flush()
        typer.echo(f"aibwatch: no image: {told['result']}{cls}: {told['text']}{advice}", err=True)
        raise typer.Exit(code)


class _Waiter:
    """Orders a build and follows it, also over restarts of the daemon."""

    def __init__(self, options: Context, group: str, known_as: str, length: timedelta, *, wait: bool) -> None:
        from aibwatch.runtime.clock import Clock

        http = options.load().settings.http
        self._http, self._token = http, _token(http.token_file)
        self._group, self.id, self._wait = group, known_as, wait
        self._clock = Clock()
        self._ends = self._clock.elapsed() + length.total_seconds()
        self._said = ""
        self._known = self._reached = False

    async def follow(self, order: bytes) -> Mapping[str, object]:
        """Return how the build stands when it has ended, or when its run was accepted."""
        while True:
            told = self._ask(order)
            if told is not None:
                self._say(f"build {self.id}: {told['text']}")
                if told["result"] is not None or (told["accepted"] and not self._wait):
                    return told
            if self._clock.elapsed() >= self._ends:
                self._give_up()
            await self._clock.pause(BETWEEN)

    def left_alone(self) -> str:
        """Return what becomes of the build without us, and how to follow it again."""
        if not self._reached:
            return f"whether build {self.id} was begun is not known; the same command with --id {self.id} finds out"
        return f"build {self.id} goes on; follow it with: aibwatch build {self._group} --wait --id {self.id}"

    def _ask(self, order: bytes) -> Mapping[str, object] | None:
        """Return how the build stands; None where that is not known yet. An order that nobody knows is sent again."""
        path = f"/api/v1/builds/{quoted(self.id)}"
        try:
            if not self._reached:
                self._order(order)
            code, content = call(self._http, path)
            if code == NOT_FOUND and not self._known:
                self._order(order)
                return None
        except UnreachableError as error:
            self._unreachable(str(error))
            return None
        if code >= 300:
            leave(exit_for(code), words(content, code))
        self._known = True
        told, _ = understood(code, content)
        if told.get("group") != self._group:
            leave(Exit.USAGE, f"--id {self.id}: that is a build of {told.get('group')}; choose another id")
        return told

    def _order(self, order: bytes) -> None:
        code, content = call(self._http, f"/api/v1/groups/{quoted(self._group)}/build", order, self._token)
        if code == UNANSWERED:
            raise UnreachableError(words(content, code))
        told, leaves = understood(code, content)
        if leaves is not Exit.WELL:
            leave(leaves, str(told.get("text", "refused")))
        self._reached = True

    def _unreachable(self, why: str) -> None:
        if not self._wait and not self._reached:
            leave(Exit.UNREACHABLE, why)
        self._say(f"{why}; asking again")

    def _give_up(self) -> NoReturn:
        if not self._reached:
            leave(Exit.UNREACHABLE, f"{self._said}; nobody answered in all the time")
        leave(Exit.BUSY, f"not ended in time; {self.left_alone()}")

    def _say(self, line: str) -> None:
        if line != self._said:
            typer.echo(line, err=True)
        self._said = line


def _token(path: str) -> str:
    from aibwatch.runtime.token import read_token

    try:
        return read_token(path)
    except ValueError as error:
        leave(Exit.NOT_PERMITTED, str(error))
