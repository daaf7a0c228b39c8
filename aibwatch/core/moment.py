"""Read a moment as people write it: "02:14", "2026-03-02T02:14Z", "10 min ago".

Rules: a time without a zone is UTC, a time without a day is the last one that was so, and nothing is in the future.
"""

import re
from datetime import UTC, datetime, timedelta

EXAMPLES = 'write it like "02:14", "2026-03-02T02:14Z" or "10 min ago"; without a zone it is UTC'

LONGEST = 60
"""Characters; the longest way to write a moment has half of them."""

_AGO = re.compile(r"(\d{1,5})\s*([a-z]+)\s+ago", re.ASCII)
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?\s*(?:z|utc)?", re.ASCII)
_UNITS = {
    "s": timedelta(seconds=1),
    "sec": timedelta(seconds=1),
    "second": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "min": timedelta(minutes=1),
    "minute": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "hour": timedelta(hours=1),
    "d": timedelta(days=1),
    "day": timedelta(days=1),
}


def parse_moment(text: str, now: datetime) -> datetime:
    """Return the moment that was written. ValueError says what is wrong with it and how to write it."""
    written = text.strip()
    if not written or len(written) > LONGEST:
        raise ValueError(f"{written[:LONGEST]!r} is not a time; {EXAMPLES}")
    moment = _ago(written.lower(), now) or _time_of_day(written.lower(), now) or _date(written)
    if moment is None:
        raise ValueError(f"{written!r} is not a time; {EXAMPLES}")
    if moment > now:
        raise ValueError(f"{written!r} is in the future; it is {now.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC now")
    return moment


def _ago(written: str, now: datetime) -> datetime | None:
    match = _AGO.fullmatch(written)
    unit = _UNITS.get(match[2]) or _UNITS.get(match[2].removesuffix("s")) if match else None
    return now - int(match[1]) * unit if match and unit else None


def _time_of_day(written: str, now: datetime) -> datetime | None:
    match = _TIME.fullmatch(written)
    if match is None:
        return None
    hour, minute, second = (int(part or 0) for part in match.groups())
    if hour > 23 or minute > 59 or second > 59:
        return None
    today = now.astimezone(UTC).replace(hour=hour, minute=minute, second=second, microsecond=0)
    return today if today <= now else today - timedelta(days=1)


def _date(written: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(re.sub(r"\s*utc$", "Z", written, flags=re.IGNORECASE))
    except ValueError:
        return None
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError:
        return None
