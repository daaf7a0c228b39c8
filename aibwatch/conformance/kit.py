"""Try one handler: every sentence that holds for its kind, in an order in which the first failure explains the most."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aibwatch.conformance import of_all, of_programs, of_receivers
from aibwatch.conformance.bench import Bench
from aibwatch.conformance.finding import FailedError, Finding, NotCheckedError, Verdict
from aibwatch.handlers.api import HandlerError

PATIENCE = 20
"""Calls that one check may take, each with its own limit: no check makes more that all use theirs up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One sentence, and how it is checked."""

    name: str
    sentence: str
    look: Callable[[Bench], Awaitable[str]]


OF_ALL = (
    Check(name="describes", sentence="describe says a name and a version", look=of_all.describes),
    Check(name="never", sentence="the status of an activation that never was is not_applied", look=of_all.never),
    Check(name="no_effects", sentence="check and plan have no effects", look=of_all.no_effects),
    Check(name="applies", sentence="activate has its effect, and status says so", look=of_all.applies),
    Check(name="twice", sentence="activate called twice is already applied, and changes nothing", look=of_all.twice),
    Check(name="again", sentence="the next attempt finds the effect of the one before", look=of_all.again),
    Check(name="stale", sentence="an older epoch is refused, and changes nothing", look=of_all.stale),
    Check(name="rehearsal", sentence="a rehearsal leaves alone what is productive", look=of_all.rehearsal),
    Check(name="back", sentence="there is a way back", look=of_all.back),
)

OF_PROGRAMS = (
    Check(name="killed", sentence="killed anywhere, status tells how far it was, and a further call ends it",
          look=of_programs.killed),
    Check(name="ends", sentence="told to end, as at a deadline, it ends, and status tells how far it was",
          look=of_programs.ends),
)  # fmt: skip
OF_RECEIVERS = (
    Check(name="left", sentence="an event whose sender left is found again, and a further call ends it",
          look=of_receivers.left),
)  # fmt: skip
ONCE = Check(name="once", sentence="a call that was cut off has its effect exactly once", look=of_all.once)

PROGRAM = (
    Check(name="describes", sentence=OF_ALL[0].sentence, look=of_programs.describes),
    *OF_ALL[1:],
    *OF_PROGRAMS,
    ONCE,
    Check(name="unknown_verb", sentence="a verb that it does not know is refused", look=of_programs.strangers),
    Check(name="garbage", sentence="garbage on stdin is refused, and changes nothing", look=of_programs.garbage),
    Check(name="newer", sentence="a key that it does not know does not disturb it", look=of_programs.newer),
    Check(name="output", sentence="it prints lines of JSON, and last one result, below 1 MiB", look=of_programs.output),
    Check(name="codes", sentence="it ends with the exit codes of the protocol only", look=of_programs.codes),
    Check(name="secrets", sentence="it prints nothing that looks like a secret", look=of_programs.secrets),
)
RECEIVER = (
    *OF_ALL,
    *OF_RECEIVERS,
    ONCE,
    Check(name="unsigned", sentence="what no secret signed is refused", look=of_receivers.unsigned),
    Check(name="changed", sentence="what was changed after signing is refused", look=of_receivers.changed),
    Check(name="replayed", sentence="what was signed long ago is refused", look=of_receivers.replayed),
    Check(name="garbage", sentence="garbage that is signed is refused, and changes nothing", look=of_receivers.garbage),
    Check(name="replaced", sentence="one good signature among two is enough", look=of_receivers.replaced),
    Check(name="secrets", sentence="its answers do not contain its secret", look=of_receivers.secrets),
)


async def try_out(bench: Bench, tell: Callable[[Finding], None]) -> tuple[Finding, ...]:
    """Return what was found of every sentence; each is told as soon as it is known."""
    await bench.begin()
    checks = PROGRAM if bench.program else RECEIVER if bench.sender else OF_ALL
    findings = []
    for check in checks:
        verdict, why = await _look(check, bench)
        finding = Finding(check=check.name, sentence=check.sentence, verdict=verdict, why=why)
        findings.append(finding)
        tell(finding)
    return tuple(findings)


async def _look(check: Check, bench: Bench) -> tuple[Verdict, str]:
    try:
        async with asyncio.timeout(PATIENCE * (bench.limit + bench.grace).total_seconds()):
            return Verdict.PASSED, await check.look(bench)
    except FailedError as failed:
        return Verdict.FAILED, str(failed)
    except NotCheckedError as unseen:
        return Verdict.NOT_CHECKED, str(unseen)
    except HandlerError as error:
        return Verdict.FAILED, str(error)
    except TimeoutError:
        return Verdict.FAILED, "it did not come to an end"
    except Exception as error:  # noqa: BLE001  # somebody's own handler may raise anything, and that is a finding
        return Verdict.FAILED, f"{type(error).__name__}: {error}"
