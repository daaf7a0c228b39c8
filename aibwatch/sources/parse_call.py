"""Understand Activity Log entries about calls to run a template. Pure; nothing here raises, whatever the JSON is.

Facts: a call has an entry for its beginning and one for its end, with one correlation id; the end has the HTTP status
by name in properties.statusCode, and the body of the refusal as a text in properties.statusMessage; subStatus may be
null; letter case of ids varies. Some clients, Terraform for one, give all their calls one correlation id.

Note [A failed run is not a failed call]: if an accepted run fails later, an end with status Failed is written too,
under the same id, with the code ResourceOperationFailure. That run is in lastRunStatus and is judged there. So a call
failed only if its end is a 5xx, has not that code, and no entry of its id says that Azure accepted it.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from aibwatch.core.classify import Symptom, classify
from aibwatch.core.model import Region, TemplateId
from aibwatch.core.observation import CallFailed
from aibwatch.core.reading import moment, one_line, table, text
from aibwatch.sources.error_body import error_of
from aibwatch.sources.ours import is_ours
from aibwatch.sources.parse_template import id_of

ACTION = "microsoft.virtualmachineimages/imagetemplates/run/action"
OF_A_RUN = "resourceoperationfailure"
ACCEPTED = frozenset({"accepted", "succeeded"})
FAILED = "failed"

_STATUSES = {status.phrase.replace(" ", "").lower(): status.value for status in HTTPStatus}
_IN_WORDS = re.compile(r"\b([1-5]\d\d)\)?\s*$")
"""How the localized subStatus ends: "... (HTTP Status Code: 500)"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """What entries say."""

    failed: tuple[CallFailed, ...]
    """Calls for templates whose place is known that failed, in the order of their failure."""
    unreadable: int = 0
    """Entries that are none, or that are about a run and do not say of which template, when, or how it went."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """One entry about a call to run."""

    call: str
    template: TemplateId
    at: datetime
    status: str
    code: int
    """HTTP status; 0 where none is given."""
    said: str
    client_id: str


def parse_calls(
    entries: Iterable[object], places: Mapping[TemplateId, Region], *, since: datetime, until: datetime, at: datetime
) -> Understood:
    """Return the calls for the templates in `places` that failed between `since` and `until`.

    `at` is when the list came.
    """
    of_call: defaultdict[tuple[str, TemplateId], list[_Entry]] = defaultdict(list)
    unreadable = 0
    for body in map(table, entries):
        action = _value(body, "operationName")
        entry = _entry(body) if action == ACTION else None
        if not action or (action == ACTION and entry is None):
            unreadable += 1
        elif entry is not None and entry.template in places:
            of_call[entry.call, entry.template].append(entry)
    calls = (_failed(told, places[template], since, until, at) for (_, template), told in of_call.items())
    found = sorted((call for call in calls if call), key=lambda call: (call.called_at, call.key))
    return Understood(failed=tuple(found), unreadable=unreadable)


def _entry(body: Mapping[str, object]) -> _Entry | None:
    call, at, status = (
        one_line(text(body, "correlationId")).lower(),
        moment(body, "eventTimestamp"),
        _value(body, "status"),
    )
    template = id_of({"id": body.get("resourceId")})
    if template is None or at is None or not call or not status:
        return None
    return _Entry(
        call=call,
        template=template,
        at=at,
        status=status,
        code=_code(body),
        said=text(table(body, "properties"), "statusMessage"),
        client_id=text(table(body, "httpRequest"), "clientRequestId"),
    )


def _value(body: Mapping[str, object], key: str) -> str:
    return text(table(body, key), "value").strip().lower()


def _code(body: Mapping[str, object]) -> int:
    """Return the HTTP status, which is given by name, or as a number, or only in the words for people."""
    given = table(body, "properties").get("statusCode")
    for word in (str(given) if type(given) is int else given, table(body, "subStatus").get("value")):
        name = word.strip().lower() if isinstance(word, str) else ""
        if name in _STATUSES:
            return _STATUSES[name]
        if re.fullmatch(r"[1-5]\d\d", name, re.ASCII):
            return int(name)
    in_words = _IN_WORDS.search(text(table(body, "subStatus"), "localizedValue"))
    return int(in_words[1]) if in_words else 0


def _failed(told: list[_Entry], region: Region, since: datetime, until: datetime, at: datetime) -> CallFailed | None:
    """Return the last failure of a call, if it failed. See Note [A failed run is not a failed call]."""
    if any(entry.status in ACCEPTED or 200 <= entry.code < 300 for entry in told):
        return None
    ends = [
        entry for entry in told if entry.status == FAILED and 500 <= entry.code < 600 and since <= entry.at <= until
    ]
    if not ends:
        return None
    last = max(ends, key=lambda entry: (entry.at, entry.said))
    code, message = error_of(last.said.encode("utf-8", "replace"))
    if code.strip().lower() == OF_A_RUN:
        return None
    return CallFailed(
        at=at,
        called_at=last.at,
        template=last.template,
        region=region,
        call=last.call,
        diagnosis=classify(Symptom(status=last.code, code=one_line(code), message=message)),
        ours=any(is_ours(entry.client_id) for entry in told),
    )
