"""Check what only a program can do wrong: its output, its exit codes, its end."""

import asyncio
import json
import signal
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from aibwatch.conformance.bench import Bench
from aibwatch.conformance.cut import cut_off
from aibwatch.conformance.effect import same
from aibwatch.conformance.finding import FailedError, NotCheckedError
from aibwatch.conformance.raw import Ended, Raw
from aibwatch.core.move.move import MoveKind
from aibwatch.core.redact import redacted
from aibwatch.handlers.api import HandlerRequest
from aibwatch.handlers.wire import as_object, as_variables

CODES = {0, 10, 20, 30, 40, 50}
TO_QUESTIONS = {"describe": {0}, "check": {0, 20, 30}, "plan": {0, 20, 30, 50}, "status": {0}}
"""Exit codes of a verb without effect."""

MOST_OUTPUT = 1024 * 1024
"""Bytes that aibwatch keeps."""

MOST_POINTS = 12
"""Lines at which it is killed: of a program that prints more, the first ones and the last."""

MOMENTS = 6
"""Parts of its usual time between which it is killed as well: a fast program outruns a signal that a line calls for."""

GARBAGE = {
    "nothing": b"",
    "no JSON": b"\xff\xfe{not json\n",
    "a list": b"[1, 2, 3]\n",
    "an object without the essentials": b'{"protocol": 1}\n',
}


async def describes(bench: Bench) -> str:
    """Read name and version in the program's own words."""
    ended = await _say(bench, "describe", {"protocol": 1})
    result = _result(ended)
    name, version = result.get("name"), result.get("version")
    if ended.code != 0 or not (isinstance(name, str) and name and isinstance(version, str) and version):
        raise FailedError(f"it ended with {_code(ended)}, name {name!r}, version {version!r}; both must be texts")
    can = result.get("capabilities", [])
    return f"{name} {version}; capabilities: {', '.join(map(str, can)) if isinstance(can, list) and can else 'none'}"


async def killed(bench: Bench) -> str:
    """Kill it at its start, at each line that it prints and at times in between, and go on from there."""
    program, request = _program(bench), bench.request()
    await bench.planned(request)
    begun = asyncio.get_running_loop().time()
    lines = len((await _act(bench, request)).lines)
    took = asyncio.get_running_loop().time() - begun
    points: list[tuple[str, int | None, timedelta | None]] = [
        *((_where(line, lines), line, None) for line in _points(lines)),
        *((f"after {n} of {MOMENTS} of its usual time", None, _part(took, n)) for n in range(1, MOMENTS)),
    ]
    for where, line, after in points:

        async def cut(request: HandlerRequest, line: int | None = line, after: timedelta | None = after) -> None:
            told = as_object(request, await bench.planned(request))
            variables = as_variables("activate", told)
            await program.call("activate", _bytes(told), variables, at_line=line, after=after)

        kill = await cut_off(bench, f"killed {where}", cut)
        if kill.trouble:
            raise FailedError(f"{kill.where}: {kill.trouble}")
    return f"killed at its start, at each of {lines} lines and {MOMENTS - 1} times in between"


async def ends(bench: Bench) -> str:
    """Have it told to end, as at a deadline, at its start and at its first line, and go on from there."""
    program = _program(bench)
    for line in (0, 1):

        async def cut(request: HandlerRequest, line: int = line) -> None:
            told = as_object(request, await bench.planned(request))
            ended = await program.call(
                "activate",
                _bytes(told),
                as_variables("activate", told),
                at_line=line,
                number=signal.SIGTERM,
                then=bench.grace,
            )
            if ended.late:
                raise FailedError(f"it goes on {bench.grace.total_seconds():.0f} s after TERM and had to be killed")

        kill = await cut_off(bench, f"ended by TERM {_where(line, 2)}", cut)
        if kill.trouble:
            raise FailedError(f"{kill.where}: {kill.trouble}")
    return "it ends when it is told to, and its status tells how far it was"


async def strangers(bench: Bench) -> str:
    """Call it with a verb of another century."""
    before, told = await bench.seen(), as_object(bench.request())
    ended = await _program(bench).call("unknown-verb", _bytes(told), as_variables("unknown-verb", told))
    same(before, await bench.seen(), "a verb that it does not know")
    if ended.code in CODES:
        raise FailedError(f"it ended with {_code(ended)}, as if it knew the verb; use another one, like 64")
    return f"it ended with {_code(ended)}"


async def garbage(bench: Bench) -> str:
    """Hand it nothing, no JSON, no object and no essentials; neither are there variables."""
    before, codes = await bench.seen(), []
    for name, told in GARBAGE.items():
        ended = await _program(bench).call("activate", told, {})
        same(before, await bench.seen(), f"{name} on stdin")
        if ended.code in CODES - {30} or ended.late:
            raise FailedError(f"told {name}, it ended with {_code(ended)}; use 30, or one without a meaning, like 65")
        codes.append(_code(ended))
    return f"it ended with {', '.join(dict.fromkeys(codes))}"


async def newer(bench: Bench) -> str:
    """Tell it more than it knows, as a newer aibwatch may."""
    request = bench.request()
    told = {**as_object(request, await bench.planned(request)), "conformance": {"unknown": [1, None]}}
    ended = await _program(bench).call("activate", _bytes(told), as_variables("activate", told))
    if ended.code != 0:
        raise FailedError(f"with a key in its input that it does not know it ended with {_code(ended)}")
    await bench.applied(request, "after a call with a key that it does not know")
    return f"it ended with {_code(ended)}"


async def output(bench: Bench) -> str:
    """Read all that it printed in the calls that nobody disturbed."""
    for verb, ended in await _tour(bench):
        if len(ended.output) > MOST_OUTPUT:
            raise FailedError(f"{verb} printed {len(ended.output)} bytes; aibwatch keeps {MOST_OUTPUT}")
        kinds = [_kind(line) for line in ended.lines]
        if kinds[-1:] != ["result"] or set(kinds[:-1]) - {"progress"}:
            told = ", ".join(dict.fromkeys(kinds)) or "nothing"
            raise FailedError(f"{verb} printed {told}; print lines of progress, and last one result")
    return "lines of progress, and last one result, whatever it is asked"


async def codes(bench: Bench) -> str:
    """Look at the exit codes of the calls that nobody disturbed."""
    for verb, ended in await _tour(bench):
        if ended.late or ended.code not in TO_QUESTIONS.get(verb, CODES):
            raise FailedError(f"{verb} ended with {_code(ended)}, which has no meaning for it")
    return "only those that have a meaning"


async def secrets(bench: Bench) -> str:
    """Look for what has the form of a secret in all that it printed and wrote."""
    for verb, ended in await _tour(bench):
        for where, raw in {"printed": ended.output, "wrote to stderr": ended.errors}.items():
            text = raw.decode(errors="replace")
            if redacted(text) != text:
                raise FailedError(f"{verb} {where} what looks like a secret; it would be in logs, and in the record")
    return "nothing that it printed looks like a secret"


async def _tour(bench: Bench) -> list[tuple[str, Ended]]:
    """Call every verb in every situation, once for all checks that look at how it talks."""
    if bench.heard:
        return bench.heard
    request, drill = bench.request(), bench.request(MoveKind.DRILL)
    heard = [("describe", await _say(bench, "describe", {"protocol": 1}))]
    heard += [(verb, await _say(bench, verb, as_object(request))) for verb in ("check", "plan", "status")]
    activations = (request, replace(request, attempt=2), bench.stale(), drill)
    heard += [("activate", await _act(bench, one)) for one in activations]
    back = bench.request(MoveKind.FAILBACK)
    heard.append(("deactivate", await _act(bench, back)))
    heard.append(("status", await _say(bench, "status", as_object(back))))
    bench.heard.extend(heard)
    return bench.heard


async def _act(bench: Bench, request: HandlerRequest) -> Ended:
    verb = "deactivate" if request.kind is MoveKind.FAILBACK else "activate"
    ended = await _say(bench, verb, as_object(request, await bench.planned(request)))
    if ended.code in {0, 10} and not request.rehearsal:
        bench.now_active(request)
    return ended


async def _say(bench: Bench, verb: str, told: Mapping[str, object]) -> Ended:
    return await _program(bench).call(verb, _bytes(told), as_variables(verb, told))


def _program(bench: Bench) -> Raw:
    if bench.program is None:
        raise NotCheckedError("it is no program")
    return bench.program


def _points(lines: int) -> list[int]:
    """Return the numbers of lines after which it is killed; 0 is its start."""
    if lines <= MOST_POINTS:
        return [*range(lines + 1)]
    return [*range(MOST_POINTS), lines]


def _part(seconds: float, number: int) -> timedelta:
    return timedelta(seconds=seconds * number / MOMENTS)


def _where(line: int, of: int) -> str:
    if line == 0:
        return "at its start"
    return "right before its end" if line == of else f"at line {line}"


def _bytes(told: Mapping[str, object]) -> bytes:
    return json.dumps(told).encode() + b"\n"


def _object(line: bytes) -> Mapping[str, object]:
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _kind(line: bytes) -> str:
    kind = _object(line).get("type")
    return kind if kind in {"progress", "result"} else f'"{line[:40].decode(errors="replace")}"'


def _result(ended: Ended) -> Mapping[str, object]:
    return _object(ended.lines[-1]) if ended.lines else {}


def _code(ended: Ended) -> str:
    if ended.late:
        return "no end in time"
    return "a signal" if ended.code is None else f"exit code {ended.code}"
