"""Watch requests leave: note when one may have been heard, and let none that changes something leave a second time.

aiohttp sends what it takes for idempotent again when a connection breaks, and PUT and DELETE are among that. A read may
go out twice. A second PUT would be refused because of the first, and look as if nothing had been made.
This module does not know what a request is about.
"""

from types import SimpleNamespace

import aiohttp

from aibwatch.sources.policies import Stage, Trip


def departures() -> aiohttp.TraceConfig:
    """Return what a session has to be made with. Its requests carry a Trip as their trace_request_ctx."""
    trace = aiohttp.TraceConfig()
    trace.on_connection_create_start.append(_leave_once)
    trace.on_connection_reuseconn.append(_leave_once)
    trace.on_request_headers_sent.append(_mark_sent)
    return trace


async def _leave_once(_session: aiohttp.ClientSession, context: SimpleNamespace, _params: object) -> None:
    trip = context.trace_request_ctx
    if isinstance(trip, Trip) and trip.once and trip.stage is Stage.SENT:
        raise aiohttp.ServerDisconnectedError("the connection broke before an answer came")


async def _mark_sent(_session: aiohttp.ClientSession, context: SimpleNamespace, _params: object) -> None:
    trip = context.trace_request_ctx
    if isinstance(trip, Trip):
        trip.stage = Stage.SENT
