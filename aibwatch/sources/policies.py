"""The steps that every request goes through, and nothing that Azure's own list would add.

Left out on purpose: retries (they sent one failing POST four times in five seconds, and hide the symptom that a read
is made for), redirects (one is an answer), registration of resource providers (a watcher writes nothing by itself),
logging of requests (headers carry the token), decoding of bodies (they are read with a limit, in body.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import AzureError
from azure.core.pipeline import PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import (
    AsyncHTTPPolicy,
    HeadersPolicy,
    RequestIdPolicy,
    SansIOHTTPPolicy,
    UserAgentPolicy,
)
from azure.core.rest import AsyncHttpResponse, HttpRequest
from azure.mgmt.core.policies import AsyncARMChallengeAuthenticationPolicy

from aibwatch.core.reading import one_line
from aibwatch.sources.endpoint import Endpoint
from aibwatch.sources.ours import new_id

HEADERS = {
    "Accept": "application/json",
    # The transport would offer br and zstd too where their libraries are installed, and the SDK cannot read them.
    "Accept-Encoding": "gzip",
}

Request = PipelineRequest[HttpRequest]
Response = PipelineResponse[HttpRequest, AsyncHttpResponse]
Policy = AsyncHTTPPolicy[Any, Any] | SansIOHTTPPolicy[Any, Any]


class LeftHomeError(AzureError):
    """A request would have gone to another scheme, host or port than the configured endpoint's."""


class NoTokenError(AzureError):
    """No token could be had."""


class Stage(IntEnum):
    """How far a request has come."""

    AT_HOME = 0
    """Nothing has left; a token is being asked for."""
    ON_THE_WAY = 1
    """A connection is being looked for or opened."""
    SENT = 2
    """Bytes of the request may have left this host, so its effect can no longer be ruled out."""


@dataclass(slots=True)
class Trip:
    """What is known of one request while it is under way. Travels as the transport's trace_request_ctx."""

    stage: Stage = Stage.AT_HOME
    client_id: str = ""
    once: bool = False
    """Whether it changes something, and so must not go out a second time by itself."""


def policies(endpoint: Endpoint, credential: AsyncTokenCredential, scopes: Sequence[str], agent: str) -> list[Policy]:
    """Return the steps, first to last."""
    return [
        Marking(),
        HeadersPolicy(base_headers=dict(HEADERS)),
        UserAgentPolicy(user_agent=agent),
        StayHome(endpoint),
        Signing(credential, *scopes),
        Departing(),
    ]


class Marking(RequestIdPolicy):
    """Put an id on every request that tells it from other people's, in the Activity Log too."""

    def on_request(self, request: PipelineRequest[Any]) -> None:
        """Take the id for this request from sources.ours."""
        request.context.options["request_id"] = new_id()
        super().on_request(request)


class StayHome(SansIOHTTPPolicy[HttpRequest, AsyncHttpResponse]):
    """Refuse what would leave the configured endpoint, before it has a token.

    A nextLink of 2020 led to a host inside the service, over plain http (recorded).
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint

    def on_request(self, request: Request) -> None:
        """Raise LeftHomeError unless the URL is the endpoint's."""
        check_home(self._endpoint, request.http_request.url)


def check_home(endpoint: Endpoint, url: str) -> None:
    """Raise LeftHomeError unless the URL is the endpoint's."""
    if not endpoint.is_home(url):
        elsewhere = one_line(url.partition("?")[0])
        raise LeftHomeError(f"refused to go to {elsewhere}: tokens are for {endpoint.url} only")


class Signing(AsyncARMChallengeAuthenticationPolicy):
    """Put the token on, with one kind of error for all that can go wrong with it.

    A 401 that asks for further claims is answered once with a token that has them, as Azure's own policy does: the
    request that got the 401 had no effect.
    """

    async def on_request(self, request: PipelineRequest[Any]) -> None:
        """Raise NoTokenError if no token can be had."""
        try:
            await super().on_request(request)
        except Exception as error:  # a credential is foreign code: files, environment, processes, its own network
            raise NoTokenError(one_line(str(error)) or type(error).__name__) from error

    async def on_challenge(self, request: PipelineRequest[Any], response: PipelineResponse[Any, Any]) -> bool:
        """Return whether the request may be sent again. Without a new token the 401 stays the answer."""
        try:
            again = await super().on_challenge(request, response)
        except Exception:  # noqa: BLE001  as above; also the challenge itself may be garbage. The 401 says it all.
            return False
        if again:
            await response.http_response.close()
            if isinstance(trip := request.context.options.get("trace_request_ctx"), Trip):
                trip.stage = Stage.ON_THE_WAY  # what was sent had no effect
        return again


class Departing(SansIOHTTPPolicy[HttpRequest, AsyncHttpResponse]):
    """Note that the token is on and the request leaves, and under which id."""

    def on_request(self, request: Request) -> None:
        """Mark the trip, if there is one."""
        trip = request.context.options.get("trace_request_ctx")
        if isinstance(trip, Trip):
            trip.stage = max(trip.stage, Stage.ON_THE_WAY)
            trip.client_id = request.http_request.headers.get("x-ms-client-request-id", "")
