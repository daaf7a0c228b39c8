"""Turn what came back over the wire, or did not, into Good or Bad. Pure.

Rules: an answer without any x-ms-* header is not Azure's, whatever its status and body. A GET is good with 2xx and a
JSON object, or a JSON list where the caller says that one is due; a POST or PATCH is good with 2xx and a JSON object or
nothing. A refusal of 4xx had no effect; of everything else that was sent one cannot be sure.

Note [Somebody else's answer has no status]: the failure table knows a proxy's 5xx by the missing headers, but would
take its 404 for Azure's own. So the symptom of such an answer, other than 5xx, has no status and says it in words.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aibwatch.core.classify import Symptom, classify
from aibwatch.core.reading import NOTHING, one_line
from aibwatch.sources.answer import Answer, Bad, Good, RequestIds
from aibwatch.sources.body import Body, Flaw
from aibwatch.sources.error_body import describe_text, error_of, parse_json, retry_after
from aibwatch.sources.quota import refills


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An HTTP answer as it came. Header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: Body
    ids: RequestIds

    @property
    def from_azure(self) -> bool:
        """Whether Azure made it: a proxy or a captive portal sends no x-ms-* header."""
        return any(name.startswith("x-ms-") for name in self.headers)


def answer_of(reply: Reply, *, may_be_empty: bool, may_be_list: bool = False, now: datetime) -> Answer:
    """Return what the reply is worth.

    `may_be_empty` is for POST and PATCH, whose 202 comes without a body; `may_be_list` for what answers with a list and
    no object around it: that is taken for {"value": [...]}, as every other list comes.
    """
    if not reply.from_azure:
        return _bad(reply, _foreign(reply), now)
    if not 200 <= reply.status < 300:
        return _bad(reply, _refusal(reply), now)
    if may_be_empty and not reply.body.raw.strip():
        return _good(
            reply, NOTHING
        )  # with the status the request is accepted; a body that broke off takes nothing back
    value = parse_json(reply.body.raw)
    if may_be_list and isinstance(value, list):
        value = {"value": value}
    if not isinstance(value, dict):
        return _bad(reply, _unreadable(reply, value), now)
    return _good(reply, value)


def _good(reply: Reply, body: Mapping[str, object]) -> Good:
    return Good(status=reply.status, headers=reply.headers, body=body, size=len(reply.body.raw), ids=reply.ids)


def _bad(reply: Reply, symptom: Symptom, now: datetime) -> Bad:
    return Bad(
        symptom=symptom,
        diagnosis=replace(classify(symptom), ids=reply.ids.named),
        status=reply.status,
        retry_after=_wait(reply, symptom, now),
        ids=reply.ids,
        uncertain=not 400 <= reply.status < 500,
    )


def _wait(reply: Reply, symptom: Symptom, now: datetime) -> timedelta | None:
    wait = retry_after(reply.headers, symptom.message, now)
    return refills(reply.headers) if wait is None and reply.status == 429 else wait


def _refusal(reply: Reply) -> Symptom:
    code, message = error_of(reply.body.raw)
    cause = one_line(reply.headers.get("x-ms-failure-cause", ""))
    where = one_line(reply.headers.get("location", "").partition("?")[0])
    if 300 <= reply.status < 400:
        message = f"an answer that leads elsewhere ({where or 'nowhere'}), which is not followed"
    return Symptom(status=reply.status, failure_cause=cause, code=code, message=message or reply.body.flaw)


def _foreign(reply: Reply) -> Symptom:
    code, said = error_of(reply.body.raw)
    words = ": ".join(part for part in (code, said) if part) or "no words"
    server_error = 500 <= reply.status < 600
    message = (
        words
        if server_error
        else f"{reply.status} from something that is not Azure, as no x-ms-* header tells: {words}"
    )
    return Symptom(status=reply.status if server_error else None, from_azure=False, message=message)


def _unreadable(reply: Reply, value: object) -> Symptom:
    if reply.body.flaw is Flaw.BROKEN_OFF:
        return Symptom(message=f"{reply.status}, but {reply.body.flaw}")
    if reply.body.flaw:
        return Symptom(status=reply.status, message=reply.body.flaw)
    if not reply.body.raw.strip():
        return Symptom(status=reply.status, message="an empty answer where JSON was due")
    if value is not None:
        return Symptom(status=reply.status, message="JSON that is not an object")
    said = one_line(describe_text(reply.body.raw))
    return Symptom(status=reply.status, message=f"an answer that is not JSON: {said}")
