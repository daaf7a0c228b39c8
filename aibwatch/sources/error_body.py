"""Read code and message out of the body of a refusal, whatever shape it has.

The shapes were recorded or quoted of Azure Resource Manager and providers behind it: {"error": {"code", "message"}},
the same without the wrapper (Image Builder's own state conflicts), {"Code", "Message"}, {"ErrorCode", "Message":
{"Value"}}, {"Message"}, {"error": {"code"}} alone, HTML pages, plain text, nothing. Nothing here raises.
This module does not know what a code means.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from aibwatch.core.reading import NOTHING, cleaned, items, table

LONGEST_WAIT = timedelta(hours=1)
"""Longer waits that Azure asks for are cut to this: quotas refill within the hour."""

_TITLE = re.compile(r"<(title|h1|h2)\b[^>]{0,200}>([^<]{1,300})<", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,1000}>")
_TRY_AGAIN = re.compile(r"try again (?:after|in) '?(\d{1,9})'? ?seconds?", re.IGNORECASE)
_HTML = re.compile(r"\s*<(!doctype|html|head|body|\?xml)", re.IGNORECASE)

CODES = ("code", "errorcode", "statuscode")
MESSAGES = ("message", "error_description", "value")
WRAPPERS = ("error", "odata.error")


def parse_json(raw: bytes) -> object:
    """Return the JSON, or None if it is none. A body that is the JSON `null` is none as well."""
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):  # 4,300 digits, broken UTF-8 and 10,000 brackets included
        return None


def is_html(raw: bytes) -> bool:
    """Return whether the body is a web page."""
    return _HTML.match(raw[:200].decode("utf-8", "replace").lstrip("\ufeff")) is not None


def error_of(raw: bytes) -> tuple[str, str]:
    """Return code and message, each "" where the body has none."""
    value = parse_json(raw)
    if isinstance(value, dict):
        return _of_object(value)
    return "", cleaned(value) or describe_text(raw)


def describe_text(raw: bytes) -> str:
    """Return what a body that is not JSON says to a reader: the title of a page, or the text without its tags."""
    decoded = raw[:4000].decode("utf-8", "replace")
    if not is_html(raw):
        return " ".join(cleaned(decoded).split())
    title = _TITLE.search(decoded)
    words = title.group(2) if title else _TAG.sub(" ", decoded)
    return f"a web page: {' '.join(cleaned(words).split())}"


def _of_object(value: Mapping[str, object]) -> tuple[str, str]:
    outer = _lowered(value)
    inner = next((_lowered(table(outer, name)) for name in WRAPPERS if table(outer, name)), NOTHING)
    code, message = _code_and_message(inner or outer)
    if not message:
        detail = next((_lowered(table(d)) for d in items(inner or outer, "details") if table(d)), NOTHING)
        detail_code, message = _code_and_message(detail)
        code = code or detail_code
    return code or cleaned(outer.get("error")), message


def _lowered(value: Mapping[str, object]) -> Mapping[str, object]:
    return {key.lower(): item for key, item in value.items()}


def _code_and_message(value: Mapping[str, object]) -> tuple[str, str]:
    code = next((str(value[k]) for k in CODES if isinstance(value.get(k), str | int)), "")
    message = next((found for k in MESSAGES if (found := _words(value.get(k)))), "")
    return cleaned(code), message


def _words(value: object) -> str:
    return cleaned(_lowered(table(value)).get("value")) if isinstance(value, dict) else cleaned(value)


def retry_after(headers: Mapping[str, str], message: str, now: datetime) -> timedelta | None:
    """Return how long Azure asks us to wait: by header, in seconds or until a date, or by the text of the message.

    The text is what throttling by a provider has instead of the header ("Please try again after '324' seconds").
    Between zero and LONGEST_WAIT.
    """
    header = headers.get("retry-after", "").strip()
    in_text = _TRY_AGAIN.search(message)
    if re.fullmatch(r"\d{1,9}", header, re.ASCII):
        wait = timedelta(seconds=int(header))
    elif (until := _http_date(header)) is not None:
        wait = until - now
    elif in_text:
        wait = timedelta(seconds=int(in_text.group(1)))
    else:
        return None
    return min(max(wait, timedelta()), LONGEST_WAIT)


def _http_date(header: str) -> datetime | None:
    try:
        until = parsedate_to_datetime(header)
        return until.replace(tzinfo=UTC) if until.tzinfo is None else until.astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
