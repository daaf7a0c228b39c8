"""Check what only a receiver of webhooks can do wrong: whom it believes, and what it makes of a call without an end."""

import base64
from collections.abc import Mapping
from datetime import timedelta

from aibwatch.conformance.bench import Bench
from aibwatch.conformance.cut import cut_off
from aibwatch.conformance.effect import same
from aibwatch.conformance.finding import FailedError, NotCheckedError
from aibwatch.conformance.sender import Sender
from aibwatch.handlers.api import HandlerRequest
from aibwatch.handlers.delivery import LostError, NotSentError, Reply
from aibwatch.handlers.signature import signed
from aibwatch.handlers.webhook import event, message_id

STRANGE = b"a secret that the receiver does not know"

TOO_OLD = timedelta(hours=1)
"""Standard Webhooks recommends to take nothing that is older than five minutes."""

LEFT = 3
"""How often a call is cut off: what breaks, breaks by chance."""


async def left(bench: Bench) -> str:
    """Send an event, hang up before the answer, and go on from there."""
    sender = _sender(bench)

    async def cut(request: HandlerRequest) -> None:
        at = bench.now()
        await sender.post_and_leave(event(request, at), message_id(request), at)

    for number in range(LEFT):
        kill = await cut_off(bench, f"left before the answer, {number + 1} of {LEFT}", cut, on_the_way=True)
        if kill.trouble:
            raise FailedError(f"{kill.where}: {kill.trouble}")
    return f"left {LEFT} times before the answer"


async def unsigned(bench: Bench) -> str:
    """Send an event without a signature, and one that a stranger signed."""
    request, at = bench.request(), bench.now()
    body = event(request, at)
    forged = signed([STRANGE], message_id(request), at, body)
    none = {"webhook-id": message_id(request)}
    return await _refused(bench, {"without a signature": (body, none), "signed by a stranger": (body, forged)})


async def changed(bench: Bench) -> str:
    """Send an event that was changed after it was signed, and one under another's id."""
    sender, request, at = _sender(bench), bench.request(), bench.now()
    body = event(request, at)
    headers = signed(sender.secrets, message_id(request), at, body)
    other = {**headers, "webhook-id": message_id(bench.request())}
    return await _refused(bench, {"changed on the way": (body + b" ", headers), "under another id": (body, other)})


async def replayed(bench: Bench) -> str:
    """Send an event that was signed long ago, as somebody would who kept it."""
    sender, request = _sender(bench), bench.request()
    at = bench.now() - TOO_OLD
    body = event(request, at)
    headers = signed(sender.secrets, message_id(request), at, body)
    return await _refused(bench, {"signed an hour ago": (body, headers)})


async def garbage(bench: Bench) -> str:
    """Sign what is no event."""
    sender, at = _sender(bench), bench.now()
    sent = {}
    for name, body in {"empty": b"", "no JSON": b"\xff{", "a list": b"[1]", "an empty object": b"{}"}.items():
        sent[name] = (body, signed(sender.secrets, message_id(bench.request()), at, body))
    return await _refused(bench, sent)


async def replaced(bench: Bench) -> str:
    """Sign with two secrets of which the receiver knows one, as while one is being replaced."""
    sender, request, at = _sender(bench), bench.request(), bench.now()
    body = event(request, at)
    both = signed([STRANGE, *sender.secrets], message_id(request), at, body)
    reply = await _reply(sender, body, both)
    if not 200 <= reply.status < 300:
        raise FailedError(f"signed by a stranger and by you it answers {reply.status}; look at each of the signatures")
    bench.now_active(request)
    return f"it answers {reply.status}"


async def secrets(bench: Bench) -> str:
    """Look for the secrets in what it answers."""
    sender, request, at = _sender(bench), bench.request(), bench.now()
    body = event(request, at)
    good = await _reply(sender, body, signed(sender.secrets, message_id(request), at, body))
    bench.now_active(request)
    bad = await _reply(sender, body, signed([STRANGE], message_id(request), at, body))
    for reply in (good, bad):
        text = reply.body
        if any(secret in text or base64.b64encode(secret) in text for secret in sender.secrets):
            raise FailedError(f"its answer {reply.status} contains a secret that it checks signatures with")
    return "neither in a good answer nor in a bad one"


async def _refused(bench: Bench, sent: Mapping[str, tuple[bytes, Mapping[str, str]]]) -> str:
    """Return what it answers, or raise if that is not 4xx, or has an effect."""
    before, answers = await bench.seen(), []
    for name, (body, headers) in sent.items():
        reply = await _reply(_sender(bench), body, headers)
        same(before, await bench.seen(), f"an event that was {name}")
        if not 400 <= reply.status < 500 or reply.status in {409, 429}:
            raise FailedError(f"what is {name} is answered with {reply.status}; answer 400 or 401, and do nothing")
        answers.append(f"{name}: {reply.status}")
    return ", ".join(answers)


async def _reply(sender: Sender, body: bytes, headers: Mapping[str, str]) -> Reply:
    try:
        return await sender.post(body, headers)
    except (LostError, NotSentError) as error:
        raise FailedError(f"it gave no answer: {error}") from error


def _sender(bench: Bench) -> Sender:
    if bench.sender is None:
        raise NotCheckedError("it is no receiver")
    return bench.sender
