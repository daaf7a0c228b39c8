"""Talk to Azure Resource Manager: the only place that does, and the only one that knows the SDK's pipeline.

Rules: a request goes out once; its answer is a value; it takes no longer than `request_timeout`, token included; its
token goes to the configured endpoint only. There is one session, one pipeline, one credential, for the daemon's life.
This module does not know what the requests are about.

Note [Why raw requests]: paging 10,000 templates through the SDK's typed list() took 8.2 s of CPU on the event loop,
through the same client's send_request and json() 0.9 s (measured).
"""

import asyncio
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from urllib.parse import quote, urlencode

import aiohttp
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import AzureError
from azure.core.pipeline import AsyncPipeline
from azure.core.pipeline.transport import AioHttpTransport
from azure.core.rest import AsyncHttpResponse, HttpRequest
from azure.mgmt.imagebuilder.aio import ImageBuilderClient
from azure.mgmt.resourcehealth.aio import ResourceHealthMgmtClient

from aibwatch.core.classify import Symptom, classify
from aibwatch.core.model import WELL
from aibwatch.sources.answer import Answer, Bad, Good, RequestIds, RequestSeen
from aibwatch.sources.body import Body, Flaw, read_body
from aibwatch.sources.departure import departures
from aibwatch.sources.endpoint import parse_endpoint
from aibwatch.sources.policies import LeftHomeError, NoTokenError, Stage, Trip, check_home, policies
from aibwatch.sources.quota import remaining, subscription_of
from aibwatch.sources.reason import reason_of
from aibwatch.sources.reply import Reply, answer_of

MOST_CONNECTIONS = 64
"""Open at a time. Lists that hang (8, twice that during a check) must not keep the probes and a run waiting."""

LONGEST_HEADER = 16 * 1024
"""Bytes of one header. The signed poll URL of a run's 202 has 3.4 kB and grew with every year (recorded)."""

CHUNK = 64 * 1024


class Api(Enum):
    """Which service is asked, and so with which api-version."""

    IMAGE_BUILDER = "image_builder"
    RESOURCE_HEALTH = "resource_health"
    ACTIVITY_LOG = "activity_log"
    GALLERY = "gallery"
    COMPUTE = "compute"
    COMPUTE_SKUS = "compute_skus"
    PLATFORM_IMAGES = "platform_images"
    CONTAINERS = "containers"
    RESOURCES = "resources"
    SUBSCRIPTIONS = "subscriptions"
    IDENTITY = "identity"
    NETWORK = "network"
    STORAGE = "storage"
    KEY_VAULT = "key_vault"
    AUTHORIZATION = "authorization"
    RESOURCE_GRAPH = "resource_graph"


VERSIONS = {
    Api.ACTIVITY_LOG: "2015-04-01",
    Api.GALLERY: "2024-03-03",
    Api.COMPUTE: "2024-07-01",
    Api.COMPUTE_SKUS: "2021-07-01",
    Api.PLATFORM_IMAGES: "2024-07-01",
    Api.CONTAINERS: "2023-05-01",
    Api.RESOURCES: "2021-04-01",
    Api.SUBSCRIPTIONS: "2022-12-01",
    Api.IDENTITY: "2023-01-31",
    Api.NETWORK: "2023-11-01",
    Api.STORAGE: "2023-05-01",
    Api.KEY_VAULT: "2023-07-01",
    Api.AUTHORIZATION: "2022-04-01",
    Api.RESOURCE_GRAPH: "2021-03-01",
}
"""What has no client of its own here: the SDK's for these are large, and would send the same requests."""

BARE_LISTS = frozenset({Api.PLATFORM_IMAGES})
"""What answers with a JSON list and no object around it, which comes as {"value": [...]}."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmSettings:
    """How to reach Azure Resource Manager."""

    endpoint: str
    """Its address, "https://management.azure.com". Plain http is accepted for loopback addresses only."""
    scopes: tuple[str, ...]
    """What the token is for, ("https://management.azure.com/.default",)."""
    connect_timeout: timedelta = timedelta(seconds=5)
    """How long opening a connection may take."""
    request_timeout: timedelta = timedelta(seconds=30)
    """How long one request may take in all, token included."""
    ca_bundle: str = ""
    """File of certificates (PEM) to trust instead of the usual ones; "" for those."""
    user_agent: str = "aibwatch"
    """Put in front of the SDK's own."""


class Arm:
    """The only thing that talks to Azure. Make it inside a running event loop, once, and close it.

    Raises ValueError for an endpoint that is no web address or would send tokens unencrypted, and OSError
    (ssl.SSLError is one) for a CA bundle that cannot be read.
    """

    def __init__(
        self,
        settings: ArmSettings,
        credential: AsyncTokenCredential,
        *,
        now: Callable[[], datetime],
        on_request: Callable[[RequestSeen], None],
    ) -> None:
        self._settings = settings
        self._endpoint = parse_endpoint(settings.endpoint)
        self._credential = credential
        self._now = now
        self._on_request = on_request
        # One SSL context for the session: given a file, the SDK would build one, and a connection, for every request.
        # Plain http needs none, and reading all certificates of the machine takes longer than the rest of this.
        plain = self._endpoint.plain and not settings.ca_bundle
        context = True if plain else ssl.create_default_context(cafile=settings.ca_bundle or None)
        self._session = self._open_session(context)
        url, pipeline = self._endpoint.url, self._pipeline(settings)
        # The subscription of a client matters to its typed operations only; here the path says it.
        image_builder = ImageBuilderClient(credential, "", url, pipeline=pipeline, policies=[])
        self._clients: dict[Api, ImageBuilderClient | ResourceHealthMgmtClient] = {
            Api.IMAGE_BUILDER: image_builder,
            Api.RESOURCE_HEALTH: ResourceHealthMgmtClient(credential, "", url, pipeline=pipeline, policies=[]),
            **dict.fromkeys(VERSIONS, image_builder),
        }

    async def get(
        self, path: str, *, api: Api, operation: str, region: str = "", query: Mapping[str, str] | None = None
    ) -> Answer:
        """Return what GET of `path` (from "/subscriptions/..." on) brought. api-version is added."""
        return await self._ask("GET", self._url(path, api, query or {}), api, operation, region)

    async def follow(self, link: str, *, api: Api, operation: str, region: str = "") -> Answer:
        """Return what GET of a link that Azure gave brought, if it leads home; nothing is added to it.

        aiohttp writes some percent escapes of a query its own way ("%2F" as "/"), which means the same.
        """
        return await self._ask("GET", self._endpoint.absolute(link), api, operation, region)

    async def post(
        self, path: str, body: Mapping[str, object] | None = None, *, api: Api, operation: str, region: str = ""
    ) -> Answer:
        """Return what POST brought, with this JSON or without a body. Goes out once, whatever happens.

        Except that a 401 that asks for further claims is answered once; nothing had happened then.
        """
        return await self._ask("POST", self._url(path, api, {}), api, operation, region, body)

    async def put(self, path: str, body: Mapping[str, object], *, api: Api, operation: str) -> Answer:
        """Return what PUT of this JSON brought. Goes out once, like `post`."""
        return await self._ask("PUT", self._url(path, api, {}), api, operation, "", body)

    async def delete(self, path: str, *, api: Api, operation: str) -> Answer:
        """Return what DELETE brought. Goes out once, like `post`."""
        return await self._ask("DELETE", self._url(path, api, {}), api, operation, "")

    async def patch(self, path: str, body: Mapping[str, object], *, api: Api, operation: str) -> Answer:
        """Return what PATCH with this JSON brought. Goes out once, like `post`."""
        return await self._ask("PATCH", self._url(path, api, {}), api, operation, "", body)

    def version(self, api: Api) -> str:
        """Return the api-version with which this service is asked."""
        # The SDK publishes the api-version that it was made for nowhere else.
        return VERSIONS.get(api) or str(self._clients[api]._config.api_version)  # noqa: SLF001

    def address(self, path: str, api: Api) -> str:
        """Return the whole URL of a request, as it goes out: for whoever wants to see it before."""
        return self._url(path, api, {})

    async def close(self) -> None:
        """Close the connections and the credential. Requests under way fail."""
        await self._session.close()
        await self._credential.close()

    def _open_session(self, context: ssl.SSLContext | bool) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=context, limit=MOST_CONNECTIONS),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            # A proxy may carry what is encrypted. What is not, to loopback, would show it the token.
            trust_env=not self._endpoint.plain,
            trace_configs=[departures()],
            max_field_size=LONGEST_HEADER,
            max_line_size=LONGEST_HEADER,
        )

    def _pipeline(self, settings: ArmSettings) -> AsyncPipeline[HttpRequest, AsyncHttpResponse]:
        transport = AioHttpTransport(
            session=self._session,
            session_owner=False,
            connection_timeout=settings.connect_timeout.total_seconds(),
            read_timeout=settings.request_timeout.total_seconds(),
            connection_data_block_size=CHUNK,
        )
        steps = policies(self._endpoint, self._credential, settings.scopes, settings.user_agent)
        return AsyncPipeline(transport, steps)

    def _url(self, path: str, api: Api, query: Mapping[str, str]) -> str:
        full = {**query, "api-version": self.version(api)}
        return f"{self._endpoint.at(path)}?{urlencode(full, quote_via=quote)}"

    async def _ask(
        self, method: str, url: str, api: Api, operation: str, region: str, body: Mapping[str, object] | None = None
    ) -> Answer:
        trip, begun = Trip(once=method != "GET"), self._now()
        # The SDK takes braces in a URL for its own placeholders.
        request = HttpRequest(method, url.replace("{", "%7B").replace("}", "%7D"), json=body)
        reply = await self._reply_or_failure(request, api, trip)
        ended = self._now()
        empty, bare = method != "GET", api in BARE_LISTS
        answer = reply if isinstance(reply, Bad) else answer_of(reply, may_be_empty=empty, may_be_list=bare, now=ended)
        self._on_request(
            RequestSeen(
                operation=operation,
                region=region,
                subscription=subscription_of(url),
                status=answer.status or 0,
                duration=max(ended - begun, timedelta()),
                diagnosis=WELL if isinstance(answer, Good) else answer.diagnosis,
                ids=answer.ids,
                remaining=remaining(reply.headers) if isinstance(reply, Reply) else {},
            )
        )
        return answer

    async def _reply_or_failure(self, request: HttpRequest, api: Api, trip: Trip) -> Reply | Bad:
        heard: list[Reply] = []
        try:
            check_home(self._endpoint, request.url)
            async with asyncio.timeout(self._settings.request_timeout.total_seconds()):
                return await self._send(request, api, trip, heard)
        except NoTokenError as error:
            return _no_token(str(error), trip)
        except TimeoutError:
            within = f"within {self._settings.request_timeout.total_seconds():g} s"
            if trip.stage is Stage.AT_HOME:
                return _no_token(f"none came {within}", trip)
            return heard[0] if heard else _silence(f"no answer came {within}", trip)
        except LeftHomeError as error:
            return _silence(str(error), trip)
        except AzureError as error:
            return _silence(reason_of(error), trip)

    async def _send(self, request: HttpRequest, api: Api, trip: Trip, heard: list[Reply]) -> Reply:
        response = await self._clients[api].send_request(
            request, stream=True, enforce_https=not self._endpoint.plain, trace_request_ctx=trip
        )
        try:
            headers = {name.lower(): value for name, value in response.headers.items()}
            ids = RequestIds(
                client=trip.client_id,
                request=headers.get("x-ms-request-id", ""),
                correlation=headers.get("x-ms-correlation-request-id", ""),
            )
            status = response.status_code
            # If time runs out during the body, the status has been heard all the same.
            heard.append(Reply(status=status, headers=headers, body=Body(flaw=Flaw.BROKEN_OFF), ids=ids))
            return Reply(status=status, headers=headers, body=await read_body(response), ids=ids)
        finally:
            await response.close()


def _no_token(why: str, trip: Trip) -> Bad:
    return _without_reply(Symptom(status=401, code="NoToken", message=f"no token could be had: {why}"), trip)


def _silence(why: str, trip: Trip) -> Bad:
    return _without_reply(Symptom(message=why), trip)


def _without_reply(symptom: Symptom, trip: Trip) -> Bad:
    ids = RequestIds(client=trip.client_id)
    return Bad(
        symptom=symptom,
        diagnosis=replace(classify(symptom), ids=ids.named),
        ids=ids,
        uncertain=trip.stage is Stage.SENT,
    )
