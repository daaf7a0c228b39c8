"""Word the wrong answers: what a troubled request gets instead of the truth.

Each form was seen behind ARM, from Image Builder or from another provider; whose fault it is shows in
x-ms-failure-cause only. Answers that never end, come late or cut the line are the server's part. This module does not
know when a trouble stands.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from aibwatch.simulator import reply
from aibwatch.simulator.refusal import Refusal
from aibwatch.simulator.reply import Reply
from aibwatch.simulator.rights import Right, right_of
from aibwatch.simulator.tokens import challenge
from aibwatch.simulator.trouble import Answer, Operation, Shape, Trouble
from aibwatch.simulator.wire import ARM_JSON_TYPE, JSON_TYPE, Json, arm_json

PROVIDER = "Microsoft.VirtualMachineImages"
FOREIGN_HOST = "http://tm.aibrp.stand-in.invalid"
"""Where a foreign nextLink leads: in 2020 to an internal host over plain http. The name .invalid never resolves."""

_INTERNAL = (
    "Internal error occurred. This is a generic error. To identify possible causes, "
    "go to https://aka.ms/azvmimagebuilderts."
)

_BODIES: Mapping[Shape, Json] = {
    Shape.WRAPPED: {"error": {"code": "InternalServerError", "message": _INTERNAL}},
    Shape.UNWRAPPED: {"code": "InternalServerError", "message": _INTERNAL},
    Shape.MESSAGE: {"Message": "An error has occurred."},
    Shape.CODELESS: {"error": {"message": _INTERNAL}},
}

_METHODS = {
    Operation.RUN: "POST",
    Operation.CANCEL: "POST",
    Operation.GRAPH: "POST",
    Operation.CREATE: "PUT",
    Operation.PATCH: "PATCH",
    Operation.DELETE: "DELETE",
}
"""Of the operations that are not read by GET."""

_HTML = (
    b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><h1>Sign in to the network</h1></body></html>\n"
)
_HTML_503 = (
    b"<!DOCTYPE HTML>\n<HTML><HEAD><TITLE>Service Unavailable</TITLE></HEAD>\n"
    b"<BODY><h2>Service Unavailable</h2>\n<hr><p>HTTP Error 503. The service is unavailable.</p></BODY></HTML>\n"
)


def spoilt(trouble: Trouble, operation: Operation, path: str, now: datetime) -> Reply:
    """Return the answer of a trouble that answers at once."""
    return _WORDED[trouble.answer](trouble, operation, path, now)


def answers_at_once(trouble: Trouble) -> bool:
    """Return whether the trouble has an answer of its own."""
    return trouble.answer in _WORDED


def _error(status: int, code: str, text: str, cause: str, **headers: str) -> Reply:
    answer = reply.arm(status, {"error": {"code": code, "message": text}})
    answer = replace(answer, headers={**answer.headers, **headers}, closes=status >= 500)
    return reply.failed_by(cause, answer)


def _internal(trouble: Trouble, *_: object) -> Reply:
    return reply.failed_by("service", replace(reply.provider(500, _BODIES[trouble.shape]), closes=True))


def _subscription(path: str) -> str:
    return [*path.split("/"), "", ""][2]


def _arm_internal(_: Trouble, __: Operation, path: str, now: datetime) -> Reply:
    subscription = _subscription(path) or "<null>"
    tracking = uuid4()
    text = (
        f"Encountered internal server error. Diagnostic information: timestamp '{now:%Y%m%dT%H%M%SZ}', subscription id "
        f"'{subscription}', tracking id '{tracking}', request correlation id '{tracking}'."
    )
    return _error(500, "InternalServerError", text, "gateway")


def _bad_gateway(*_: object) -> Reply:
    text = f"The network connectivity issue encountered for '{PROVIDER}'; cannot fulfill the request."
    return _error(502, "BadGatewayConnection", text, "service")


def _unavailable(trouble: Trouble, *_: object) -> Reply:
    text = "The service is temporarily unavailable. Please retry the request."
    return _error(503, "ServiceUnavailable", text, "service", **{"Retry-After": str(trouble.retry_after)})


def _unavailable_html(*_: object) -> Reply:
    headers = {"Content-Type": "text/html; charset=us-ascii"}
    return reply.failed_by("service", Reply(status=503, headers=headers, content=_HTML_503, closes=True))


def _gateway_timeout(*_: object) -> Reply:
    text = f"The gateway did not receive a response from '{PROVIDER}' within the specified time period."
    return _error(504, "GatewayTimeout", text, "service")


def _throttled(trouble: Trouble, _: Operation, path: str, __: datetime) -> Reply:
    subscription = _subscription(path)
    text = (
        f"Number of requests for subscription '{subscription}' exceeded the limit. "
        f"Please try again after '{trouble.retry_after}' seconds."
    )
    return _error(429, "SubscriptionRequestsThrottled", text, "gateway", **{"Retry-After": str(trouble.retry_after)})


def _throttled_text(trouble: Trouble, operation: Operation, path: str, _: datetime) -> Reply:
    action = _right(operation, path).action
    text = (
        f"Number of requests for action '{action}' exceeded the limit of '150' for time interval "
        f"'01:00:00'. Please try again after '{trouble.retry_after}' seconds."
    )
    return _error(429, "ResourceRequestsThrottled", text, "gateway")


def _right(operation: Operation, path: str) -> Right:
    return right_of(_METHODS.get(operation, "GET"), path)


def _unauthorized(*_: object) -> Reply:
    return unauthorized(
        Refusal(401, "ExpiredAuthenticationToken", "The access token expiry is before the current time.")
    )


def unauthorized(refusal: Refusal) -> Reply:
    """Return a 401 with its challenge."""
    answer = reply.refused(refusal)
    return replace(answer, headers={**answer.headers, "WWW-Authenticate": challenge(refusal)})


def _forbidden(_: Trouble, operation: Operation, path: str, __: datetime) -> Reply:
    right = _right(operation, path)
    text = (
        f"The client does not have authorization to perform action '{right.action}' over scope '{right.scope}' or the "
        "scope is invalid. If access was recently granted, please refresh your credentials."
    )
    return _error(403, "AuthorizationFailed", text, "gateway")


def _html(*_: object) -> Reply:
    # A proxy that wants a login answers so: nothing of ARM is in it.
    return Reply(status=200, headers={"Content-Type": "text/html; charset=utf-8"}, content=_HTML, bare=True)


def _json_bytes(content: bytes) -> Callable[..., Reply]:
    return lambda *_: Reply(status=200, headers={"Content-Type": JSON_TYPE}, content=content)


_WORDED: Mapping[Answer, Callable[[Trouble, Operation, str, datetime], Reply]] = {
    Answer.INTERNAL: _internal,
    Answer.ARM_INTERNAL: _arm_internal,
    Answer.BAD_GATEWAY: _bad_gateway,
    Answer.UNAVAILABLE: _unavailable,
    Answer.UNAVAILABLE_HTML: _unavailable_html,
    Answer.GATEWAY_TIMEOUT: _gateway_timeout,
    Answer.THROTTLED: _throttled,
    Answer.THROTTLED_TEXT: _throttled_text,
    Answer.UNAUTHORIZED: _unauthorized,
    Answer.FORBIDDEN: _forbidden,
    Answer.HTML: _html,
    Answer.EMPTY: _json_bytes(b""),
    Answer.GARBAGE: _json_bytes(b'{"value": [{"name": "templ'),
    Answer.WRONG_SHAPE: _json_bytes(
        arm_json({"value": 7, "properties": "none", "status": ["odd"], "access_token": None})
    ),
}


def foreign(answer: Reply) -> Reply:
    """Return a list with a nextLink that leads to somebody else; any other answer as it is."""
    if answer.json is None or not isinstance(answer.json.get("value"), list):
        return answer
    body = {**answer.json, "nextLink": f"{FOREIGN_HOST}/next?api-version=2025-10-01&skipToken=10"}
    return replace(answer, headers={**answer.headers, "Content-Type": ARM_JSON_TYPE}, content=arm_json(body), json=body)
