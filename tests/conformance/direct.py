"""Call a program as `command` does, without a warden: the kit is tried on dozens of programs, and that takes a while.

That the kit goes with the real handler is shown by the examples of deploy/handlers, which are tried with the real
command line.
"""

import json
from datetime import timedelta

from aibwatch.conformance.raw import Ended, Raw
from aibwatch.handlers.api import Answer, Check, Description, HandlerRequest, Plan
from aibwatch.handlers.errand import Ending
from aibwatch.handlers.spoken import answer_of, check_of, description_of, plan_of, status_of
from aibwatch.handlers.wire import as_object, as_variables


class Direct:
    """A handler that calls its program in this process."""

    def __init__(self, command: tuple[str, ...], limit: timedelta) -> None:
        self.program = Raw(command=command, limit=limit)

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
