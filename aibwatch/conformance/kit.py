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


def _table(*rows: tuple[str, str, Callable[[Bench], Awaitable[str]]]) -> tuple[Check, ...]:
    return tuple(Check(name=name, sentence=sentence, look=look) for name, sentence, look in rows)


DESCRIBES = "describe says a name and a version"

EFFECTS = _table(
    ("never", "the status of an activation that never was is not_applied", of_all.never),
    ("no_effects", "check and plan have no effects", of_all.no_effects),
    ("applies", "activate has its effect, and status says so", of_all.applies),
    ("twice", "activate called twice is already applied, and changes nothing", of_all.twice),
    ("again", "the next attempt finds the effect of the one before", of_all.again),
    ("stale", "an older epoch is refused, and changes nothing", of_all.stale),
    ("rehearsal", "a rehearsal leaves alone what is productive", of_all.rehearsal),
    ("back", "there is a way back", of_all.back),
)
ONCE = _table(("once", "a call that was cut off has its effect exactly once", of_all.once))

PROGRAM = (
    *_table(("describes", DESCRIBES, of_programs.describes)),
    *EFFECTS,
    *_table(
        ("killed", "killed anywhere, status tells how far it was, and a further call ends it", of_programs.killed),
        ("ends", "told to end, as at a deadline, it ends, and status tells how far it was", of_programs.ends),
    ),
    *ONCE,
    *_table(
        ("unknown_verb", "a verb that it does not know is refused", of_programs.strangers),
        ("garbage", "garbage on stdin is refused, and changes nothing", of_programs.garbage),
        ("newer", "a key that it does not know does not disturb it", of_programs.newer),
        ("output", "it prints lines of JSON, and last one result, below 1 MiB", of_programs.output),
        ("codes", "it ends with the exit codes of the protocol only", of_programs.codes),
        ("secrets", "it prints nothing that looks like a secret", of_programs.secrets),
    ),
)
RECEIVER = (
    *_table(("describes", DESCRIBES, of_all.describes)),
    *EFFECTS,
    *_table(("left", "an event whose sender left is found again, and a further call ends it", of_receivers.left)),
    *ONCE,
    *_table(
        ("unsigned", "what no secret signed is refused, and changes nothing", of_receivers.unsigned),
        ("changed", "what was changed after signing is refused", of_receivers.changed),
        ("replayed", "what was signed long ago is refused", of_receivers.replayed),
        ("garbage", "garbage that is signed is refused, and changes nothing", of_receivers.garbage),
        ("replaced", "one good signature among two is enough", of_receivers.replaced),
        ("secrets", "its answers do not contain its secret", of_receivers.secrets),
    ),
)
OTHER = (*_table(("describes", DESCRIBES, of_all.describes)), *EFFECTS)


async def try_out(bench: Bench, tell: Callable[[Finding], None]) -> tuple[Finding, ...]:
    """Return what was found of every sentence; each is told as soon as it is known."""
    await bench.begin()
    checks = PROGRAM if bench.program else RECEIVER if bench.sender else OTHER
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
