"""Call a program as `command` does, without a warden: the kit is tried on dozens of programs, and that takes a while.

That the kit goes with the real handler is shown by the examples of deploy/handlers, which are tried with the real
command line.
"""

import json
from datetime import timedelta

from aibwatch.conformance.bench import Bench
from aibwatch.conformance.effect import Effect
from aibwatch.conformance.finding import Finding
from aibwatch.conformance.kit import try_out
from aibwatch.conformance.raw import Ended, Raw
from aibwatch.conformance.subject import GROUP, MEMBERS
from aibwatch.handlers.api import Answer, Check, Description, HandlerRequest, Plan
from aibwatch.handlers.errand import Ending
from aibwatch.handlers.spoken import answer_of, check_of, description_of, plan_of, status_of
from aibwatch.handlers.wire import as_object, as_variables
from aibwatch.runtime.clock import Clock

LIMIT, GRACE = timedelta(seconds=20), timedelta(seconds=0.5)


async def tried(command: tuple[str, ...], effect: Effect) -> tuple[Finding, ...]:
    """Return what the kit finds of a program."""
    handler, clock = Direct(command), Clock()
    bench = Bench(
        handler=handler,
        now=clock.now,
        pause=clock.pause,
        limit=LIMIT,
        grace=GRACE,
        group=GROUP,
        members=MEMBERS,
        effect=effect,
        program=handler.program,
    )
    told: list[Finding] = []
    findings = await try_out(bench, told.append)
    assert tuple(told) == findings
    return findings


class Direct:
    """A handler that calls its program in this process."""

    def __init__(self, command: tuple[str, ...]) -> None:
        self.program = Raw(command=command, limit=LIMIT)

    async def describe(self) -> Description:
        return description_of(_ending(await self.program.call("describe", b"{}", {})), "program", "digest")

    async def check(self, request: HandlerRequest) -> Check:
        return check_of(await self._call("check", request), "program")

    async def plan(self, request: HandlerRequest) -> Plan:
        return plan_of(await self._call("plan", request), "program")

    async def activate(self, request: HandlerRequest, plan: Plan) -> Answer:
        return answer_of(await self._call("activate", request, plan), "program")

    async def deactivate(self, request: HandlerRequest, plan: Plan) -> Answer:
        return answer_of(await self._call("deactivate", request, plan), "program")

    async def status(self, request: HandlerRequest, plan: Plan) -> Answer:
        return status_of(await self._call("status", request, plan), "program")

    async def _call(self, verb: str, request: HandlerRequest, plan: Plan | None = None) -> Ending:
        told = as_object(request, plan)
        return _ending(await self.program.call(verb, json.dumps(told).encode(), as_variables(verb, told)))


def _ending(ended: Ended) -> Ending:
    return Ending(began=True, code=ended.code, output=ended.output, stopped="deadline" if ended.late else "")
