"""Handlers whose effect is a line in a file, so that effects can be counted by somebody who is not aibwatch.

They are plug-ins as anybody's: found by their entry points, in plugins/ on PYTHONPATH. They do not protect themselves:
who calls `activate` twice gets two lines.
"""

import os
from pathlib import Path

from aibwatch.core.model import Options
from aibwatch.core.move.move import StepResult
from aibwatch.handlers.api import Answer, Capability, Check, Description, HandlerRequest, Plan, Surroundings

PLUGINS = Path(__file__).parent / "plugins"


class Recording:
    """Writes one line for each call to act."""

    file = "recording"

    def __init__(self, surroundings: Surroundings, options: Options) -> None:
        self._path = surroundings.folder / self.file

    async def check(self, request: HandlerRequest) -> Check:
        return Check(well=True, why="a line can be written")

    async def plan(self, request: HandlerRequest) -> Plan:
        return Plan(changes=(f"write a line into {self.file}",), before={"lines": str(len(lines(self._path)))})

    async def activate(self, request: HandlerRequest, plan: Plan) -> Answer:
        write(self._path, request.activation_id)
        return Answer(result=StepResult.APPLIED, why="the line is written")

    async def status(self, request: HandlerRequest, plan: Plan) -> Answer:
        there = request.activation_id in lines(self._path)
        return Answer(
            result=StepResult.APPLIED if there else StepResult.NOTHING_CHANGED,
            why="the line is there" if there else "the line is not there",
        )


class Mute(Recording):
    """Cannot tell whether its effect is there."""

    file = "mute"

    async def status(self, request: HandlerRequest, plan: Plan) -> Answer:
        return Answer(result=StepResult.UNKNOWN, why="I have no way to look")


class Half(Recording):
    """Has an effect in two halves, and knows how far it is."""

    file = "whole"

    async def activate(self, request: HandlerRequest, plan: Plan) -> Answer:
        half = self._path.with_name("half")
        if request.activation_id not in lines(half):
            write(half, request.activation_id)
        return await self.rest(request)

    async def rest(self, request: HandlerRequest) -> Answer:
        write(self._path, request.activation_id)
        return Answer(result=StepResult.APPLIED, why="both halves are there")

    async def status(self, request: HandlerRequest, plan: Plan) -> Answer:
        if request.activation_id in lines(self._path):
            return Answer(result=StepResult.APPLIED, why="both halves are there")
        if request.activation_id in lines(self._path.with_name("half")):
            return Answer(result=StepResult.PARTIAL, why="only the first half is there")
        return Answer(result=StepResult.NOTHING_CHANGED, why="nothing is there")


class Resuming(Half):
    """Can go on where it stopped, and says so."""

    async def describe(self) -> Description:
        return Description(name="resuming", version="1", capabilities=frozenset({Capability.RESUME}))


def write(path: Path, line: str) -> None:
    """Append a line, so that it is there after a power cut."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(file, f"{line}\n".encode())
        os.fsync(file)
    finally:
        os.close(file)


def effects(folder: Path) -> dict[str, tuple[str, ...]]:
    """Return, by file, the activation id of every effect there was; `folder` is what handlers of a state keep."""
    return {path.name: lines(path) for path in sorted(folder.iterdir()) if is_written(path)} if folder.is_dir() else {}


def is_written(path: Path) -> bool:
    """Return whether it is a file of lines: there are a program's folder, and a mark that it has begun, as well."""
    return path.is_file() and not path.suffix


def lines(path: Path) -> tuple[str, ...]:
    """Return the lines of a file that may not be there yet."""
    return tuple(path.read_text().split()) if path.exists() else ()
