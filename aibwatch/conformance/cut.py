"""Cut a call off, and go on from there as aibwatch does: ask for the status, call again, and see what it came to."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from aibwatch.conformance.bench import Bench, Kill, state
from aibwatch.conformance.finding import FailedError
from aibwatch.core.move.move import StepResult
from aibwatch.handlers.api import Answer, Capability, HandlerRequest

GO_ON = {StepResult.APPLIED, StepResult.NOTHING_CHANGED}
"""Answers of `status` from which aibwatch goes on without a human."""


async def cut_off(
    bench: Bench, where: str, cut: Callable[[HandlerRequest], Awaitable[None]], *, on_the_way: bool = False
) -> Kill:
    """Return what came of an activation whose first call was cut off by `cut`.

    `on_the_way`: the call may go on afterwards, so that its effect may come after the status was asked.
    """
    request = bench.request()
    await bench.planned(request)
    before = await bench.seen()
    await cut(request)
    trouble = await _trouble(bench, request, on_the_way=on_the_way)
    after = await bench.seen()
    bench.now_active(request)
    await bench.activate(replace(request, attempt=3))
    settled = await bench.seen() == after
    kill = Kill(where=where, trouble=trouble, grown=len(after) - len(before), settled=settled)
    bench.kills.append(kill)
    return kill


async def _trouble(bench: Bench, request: HandlerRequest, *, on_the_way: bool) -> str:
    """Return why aibwatch could not go on after the call was cut off; empty if it could."""
    said = await bench.status(request) if bench.askable else None
    good = GO_ON | ({StepResult.PARTIAL} if Capability.RESUME in await bench.capabilities() else set())
    if said is not None and said.result not in good:
        return f"its status is {state(said)}, which halts the group: {said.why}"
    answer = await bench.activate(replace(request, attempt=2))
    if not answer.result.effective:
        return f"called again it answers {answer.result.value}: {answer.why}"
    if said is not None and _lied(said, answer, on_the_way=on_the_way):
        return f"its status was {state(said)}, and called again it answers {answer.result.value}"
    try:
        await bench.applied(request, "called again")
    except FailedError as error:
        return str(error)
    return ""


def _lied(said: Answer, answer: Answer, *, on_the_way: bool) -> bool:
    """Return whether the status said one thing and the next call found the other."""
    was_there, is_there = said.result is StepResult.APPLIED, answer.result is StepResult.ALREADY_APPLIED
    return was_there != is_there and not (on_the_way and is_there)
