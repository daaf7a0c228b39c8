"""Tell a receiver over HTTP to bring about the effect of a move: a CloudEvent, signed by Standard Webhooks.

Rules: the event's id is that of the activation and the step, the same for every attempt, so that the receiver drops
doubles. That is why a call without an answer may be sent again (capability REPEATABLE). 2xx is applied, 409 already
applied, 412 refused (a newer epoch stands), 429 and 5xx retry, every other answer permanent. Checking opens a
connection and says nothing on it: whatever is sent to a stranger's address might have an effect.

Note [Accepted is not done]: a receiver that answers 2xx before it is done must say so when it is asked: without
status_url its word is all there is.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote, urlsplit

from aibwatch.config.values import web_endpoint
from aibwatch.core.model import Options, template_name
from aibwatch.core.move.move import MoveKind, StepResult
from aibwatch.core.redact import redacted
from aibwatch.core.sentences import printable
from aibwatch.handlers.api import (
    Answer,
    Capability,
    Check,
    Description,
    HandlerRequest,
    Plan,
    Surroundings,
    TemporaryHandlerError,
)
from aibwatch.handlers.delivery import LostError, NotSentError, Receiver, Reply
from aibwatch.handlers.signature import SecretError, Secrets, read_secrets, signed, without
from aibwatch.handlers.wire import STATES, as_object

VERSION = "1"
"""Of what this handler sends and how it takes answers; changes with either."""

ASK = timedelta(seconds=20)
"""For one question about an effect; the receiver looks it up, and is asked again."""

LONGEST_WORDS = 300
"""Characters of an answer that are passed on: a sentence fits, a page of HTML does not."""

MEANING = {409: StepResult.ALREADY_APPLIED, 412: StepResult.REFUSED, 429: StepResult.NOTHING_CHANGED}
"""Answers that mean something of their own; the others go by their hundred."""
HUNDRED = {2: StepResult.APPLIED, 5: StepResult.NOTHING_CHANGED}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Target:
    """The options, checked."""

    url: str
    secret_file: str
    status_url: str = ""
    ca_bundle: str = ""


class Webhook:
    """The built-in handler `webhook`."""

    def __init__(self, surroundings: Surroundings, options: Options) -> None:
        """Make ready to call.

        Raises:
            ValueError: naming the option that cannot be used.
        """
        self._now = surroundings.now
        self._to = _target(options)
        try:
            self._receiver = Receiver(self._to.url, self._to.status_url, ca_bundle=self._to.ca_bundle)
        except OSError as error:
            raise ValueError(f"ca_bundle: {self._to.ca_bundle} cannot be read: {error.strerror or error}") from error
        self._host = urlsplit(self._to.url).netloc

    async def describe(self) -> Description:
        """Return what this handler is."""
        return Description(
            name="webhook",
            version=VERSION,
            capabilities=frozenset({Capability.REPEATABLE}),
        )

    async def check(self, request: HandlerRequest) -> Check:
        """Return whether there is a secret and a connection to the receiver. Nothing is sent."""
        try:
            await self._secrets()
            await self._receiver.reach(self._to.url)
            if self._to.status_url:
                await self._receiver.reach(self._to.status_url)
        except (TemporaryHandlerError, NotSentError) as error:
            return Check(well=False, why=str(error))
        return Check(well=True, why=f"{self._host} was reached, and there is a secret to sign with")

    async def plan(self, request: HandlerRequest) -> Plan:
        """Return which event will be sent, and where."""
        what = f"tell {self._host} that {request.group} moves to {template_name(request.target)}"
        rehearsed = ", as a rehearsal" if request.rehearsal else ""
        return Plan(changes=(f"{what} ({_kind(request)}, id {message_id(request)}){rehearsed}",))

    async def activate(self, request: HandlerRequest, plan: Plan) -> Answer:
        """Send the event, and take the answer for what became of it."""
        secrets = await self._secrets()
        at = self._now()
        body = event(request, at)
        headers = {
            "Content-Type": "application/cloudevents+json; charset=utf-8",
            **signed(secrets, message_id(request), at, body),
        }
        try:
            async with asyncio.timeout(max(0.0, (request.deadline - at).total_seconds())):
                reply = await self._receiver.send("POST", self._to.url, headers=headers, body=body)
        except NotSentError as error:
            raise TemporaryHandlerError(f"nothing was sent: {_clean(str(error), secrets)}") from error
        except LostError as error:
            why = f"sent to {self._host}, and no answer came back: {_clean(str(error), secrets)}"
            return Answer(result=StepResult.UNKNOWN, why=why)
        except TimeoutError:
            return Answer(result=StepResult.UNKNOWN, why=f"{self._host} did not answer in time")
        return self._answer(reply, secrets)

    async def deactivate(self, request: HandlerRequest, plan: Plan) -> Answer:
        """Send the event of going back."""
        return await self.activate(request, plan)

    async def status(self, request: HandlerRequest, plan: Plan) -> Answer:
        """Ask the receiver whether the effect is there."""
        if not self._to.status_url:
            return Answer(result=StepResult.UNKNOWN, why="the receiver cannot be asked: there is no status_url")
        try:
            secrets = await self._secrets()
            headers = signed(secrets, message_id(request), self._now(), b"")
            async with asyncio.timeout(ASK.total_seconds()):
                url = f"{self._to.status_url}?id={quote(message_id(request))}"
                reply = await self._receiver.send("GET", url, headers=headers)
        except TimeoutError:
            why = f"{self._host} did not say within {ASK.total_seconds():.0f} s how it is"
            return Answer(result=StepResult.UNKNOWN, why=why)
        except (TemporaryHandlerError, NotSentError, LostError) as error:
            return Answer(result=StepResult.UNKNOWN, why=f"{self._host} cannot be asked: {error}")
        return self._state(reply, secrets)

    async def _secrets(self) -> Secrets:
        try:
            return await asyncio.to_thread(read_secrets, self._to.secret_file)
        except SecretError as error:
            # Temporary: it may be about to be replaced, and a human needs a minute to put it right.
            raise TemporaryHandlerError(str(error)) from error

    def _answer(self, reply: Reply, secrets: Secrets) -> Answer:
        result = MEANING.get(reply.status) or HUNDRED.get(reply.status // 100, StepResult.NEVER)
        why = f"{self._host} answered {reply.status}"
        if 300 <= reply.status < 400:
            place = _clean(reply.headers.get("location", "nowhere"), secrets)
            return Answer(result=result, why=f"{why} and points to {place}; redirects are not followed, correct url")
        if result is StepResult.NOTHING_CHANGED and "retry-after" in reply.headers:
            why = f"{why} (retry after {_clean(reply.headers['retry-after'], secrets)})"
        words = _clean(_words(reply), secrets)
        return Answer(result=result, why=f"{why}: {words}" if words else why)

    def _state(self, reply: Reply, secrets: Secrets) -> Answer:
        body = _object(reply) if reply.status == 200 else {}
        result = STATES.get(str(body.get("state")))
        words = _clean(_words(reply), secrets)
        if result is None:
            why = f"{self._host} answered {reply.status} without a state: {words or 'nothing'}"
            return Answer(result=StepResult.UNKNOWN, why=why)
        said = f"{self._host} says {body['state']}"
        return Answer(result=result, why=f"{said}: {words}" if words else said)


def message_id(request: HandlerRequest) -> str:
    """Return the id that all attempts of this step have in common.

    Group, epoch and step: read from its end it cannot be another's, and it has no full stop, which the signature
    puts between its parts.
    """
    return f"{request.activation_id}-{request.step}"


def event(request: HandlerRequest, at: datetime) -> bytes:
    """Return the CloudEvent, in its structured form."""
    whole = {
        "specversion": "1.0",
        "id": message_id(request),
        "source": "aibwatch",
        "type": _kind(request),
        "subject": request.group,
        "time": at.isoformat(),
        "datacontenttype": "application/json",
        "data": as_object(request),
    }
    return json.dumps(whole).encode()


def _kind(request: HandlerRequest) -> str:
    return f"aibwatch.move.{'deactivate' if request.kind is MoveKind.FAILBACK else 'activate'}"


def _target(options: Options) -> _Target:
    known = _Target.__dataclass_fields__
    for key in options:
        if key not in known:
            raise ValueError(f"{key}: is no option of webhook; there are {', '.join(known)}")
    for key, example in {"url": "https://HOST/PATH", "secret_file": "/PATH"}.items():
        if not options.get(key):
            raise ValueError(f'{key}: is missing; write {key} = "{example}"')
    given = {key: str(value) for key, value in options.items()}
    for key in ("url", "status_url"):
        try:
            web_endpoint(given.get(key, ""))
        except ValueError as error:
            raise ValueError(f"{key}: {error}") from error
    return _Target(**given)


def _object(reply: Reply) -> Mapping[str, object]:
    try:
        body = json.loads(reply.body)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _words(reply: Reply) -> str:
    """Return what the receiver says in words: "why" of a JSON object, else the body as text."""
    body = _object(reply)
    return str(body.get("why", "")) if body else reply.body.decode(errors="replace")


def _clean(text: str, secrets: Secrets) -> str:
    """Return a stranger's text on one line, short, and without what lets its reader in."""
    line = redacted(without(secrets, " ".join(printable(text).split())))
    return line if len(line) <= LONGEST_WORDS else line[: LONGEST_WORDS - 1] + "…"
