"""Check what every handler must do, however it is called."""

from contextlib import suppress
from dataclasses import replace

from aibwatch.conformance.bench import Bench, state
from aibwatch.conformance.effect import same
from aibwatch.conformance.finding import FailedError, NotCheckedError
from aibwatch.core.move.move import MoveKind, StepResult
from aibwatch.handlers.api import Describes, HandlerError, HandlerRequest

STALE = {StepResult.REFUSED, StepResult.NEVER}
"""Answers to an old epoch that nobody repeats. A program has an exit code of its own for it, and must use that."""


async def describes(bench: Bench) -> str:
    """Look at name and version; of a program at what it says itself, see of_programs."""
    if not isinstance(bench.handler, Describes):
        raise FailedError("it has no describe; without a version nobody notices that it changed since its drill")
    told = await bench.handler.describe()
    if not told.name or not told.version:
        raise FailedError(f'it gives the name "{told.name}" and the version "{told.version}"')
    return f"{told.name} {told.version}; capabilities: {', '.join(sorted(told.capabilities)) or 'none'}"


async def never(bench: Bench) -> str:
    """Ask for the status of an activation that nobody brought about."""
    answer = await bench.status(bench.request())
    if answer.result is not StepResult.NOTHING_CHANGED:
        raise FailedError(f"its status is {state(answer)}: {answer.why}")
    return answer.why


async def no_effects(bench: Bench) -> str:
    """Check and plan, twice each."""
    before, request = await bench.seen(), bench.request()
    for _ in range(2):
        check = await bench.handler.check(replace(request, activation_id="", attempt=0))
        if not check.well:
            raise FailedError(f"check says that it could not act, so nothing would be moved: {check.why}")
        plan = await bench.handler.plan(request)
    same(before, await bench.seen(), "check or plan")
    if not bench.effect.visible:
        raise NotCheckedError(f"nobody can look; give --effect. It plans: {'; '.join(plan.changes)}")
    return f"it plans: {'; '.join(plan.changes)}"


async def applies(bench: Bench) -> str:
    """Bring an activation about, and ask for its status."""
    await bench.done()  # whatever was active before, from now on we know it
    request = bench.request()
    await bench.planned(request)
    before = await bench.seen()
    answer = await bench.activate(request)
    if answer.result is not StepResult.APPLIED:
        raise FailedError(f"activate is answered with {answer.result.value}: {answer.why}")
    await bench.applied(request, "after it was applied")
    after = await bench.seen()
    if bench.effect.visible and after == before:
        raise FailedError("activate says applied, and --effect shows the same as before; correct one of them")
    bench.usual_growth = len(after) - len(before)
    return answer.why


async def twice(bench: Bench) -> str:
    """Call once more, with the very same request."""
    return await _once_more(bench, await bench.done())


async def again(bench: Bench) -> str:
    """Call once more, as aibwatch does after a restart: with the next attempt."""
    request = await bench.done()
    return await _once_more(bench, replace(request, attempt=2))


async def _once_more(bench: Bench, request: HandlerRequest) -> str:
    before = await bench.seen()
    answer = await bench.activate(request)
    same(before, await bench.seen(), "the second call")
    if answer.result is not StepResult.ALREADY_APPLIED:
        raise FailedError(f"the second call is answered with {answer.result.value}, not already_applied: {answer.why}")
    await bench.applied(request, "after the second call")
    return answer.why


async def stale(bench: Bench) -> str:
    """Call with an epoch that is older than the one that stands."""
    newest = await bench.done()
    old = bench.stale()
    with suppress(HandlerError):  # one that refuses to plan for it refuses it
        await bench.planned(old)
    before = await bench.seen()
    answer = await bench.activate(old)
    same(before, await bench.seen(), f"epoch {old.epoch} after epoch {newest.epoch}")
    if answer.result not in ({StepResult.REFUSED} if bench.program else STALE):
        raise FailedError(f"epoch {old.epoch} after {newest.epoch} is answered with {answer.result.value}")
    await bench.applied(newest, "after a stale call")
    return answer.why


async def rehearsal(bench: Bench) -> str:
    """Rehearse a move, and see that what is productive stays."""
    productive = await bench.done()
    drill = bench.request(MoveKind.DRILL)
    await bench.planned(drill)
    before = await bench.seen()
    answer = await bench.activate(drill)
    same(before, await bench.seen(), "a rehearsal")
    if not answer.result.effective:
        raise FailedError(f"a rehearsal is answered with {answer.result.value}, so no drill succeeds: {answer.why}")
    await bench.applied(productive, "after a rehearsal of another move")
    if bench.askable and (said := await bench.status(drill)).result not in {StepResult.APPLIED, StepResult.UNKNOWN}:
        raise FailedError(f"after it was rehearsed, its status is {state(said)}, so every drill halts: {said.why}")
    if not bench.effect.visible and not bench.askable:
        raise NotCheckedError(f"nobody can look; give --effect. It says: {answer.why}")
    return answer.why


async def back(bench: Bench) -> str:
    """Go back, with deactivate where the handler has it."""
    await bench.done()
    request = bench.request(MoveKind.FAILBACK)
    await bench.planned(request)
    before = await bench.seen()
    answer = await bench.activate(request)
    if answer.result is not StepResult.APPLIED:
        raise FailedError(f"the way back is answered with {answer.result.value}: {answer.why}")
    await bench.applied(request, "after the way back")
    if bench.effect.visible and await bench.seen() == before:
        raise FailedError("the way back says applied, and --effect shows the same as before")
    return answer.why


async def once(bench: Bench) -> str:
    """Judge the effects of all calls that were cut off."""
    if not bench.kills:
        raise NotCheckedError("no call was cut off")
    if not bench.effect.visible:
        raise NotCheckedError("nobody can count effects; give --effect")
    sound = [kill for kill in bench.kills if not kill.trouble]  # what there was trouble with is told elsewhere
    for kill in sound:
        if not kill.settled:
            raise FailedError(f"{kill.where}: a further call changed what --effect shows")
        if kill.grown != bench.usual_growth:
            raise FailedError(f"{kill.where}: --effect shows {_more(kill.grown)}, not {_more(bench.usual_growth)}")
    return f"each of {len(sound)} calls that were cut off had its effect once"


def _more(lines: int) -> str:
    return f"{lines} lines more" if lines != 1 else "1 line more"
