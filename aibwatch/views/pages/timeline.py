"""Draw what a region was judged to be in the last hours, as a skyline: the graver, the higher, and in words beside it.

Rules: only what is on record is drawn; before the first note that is known, what that note says was there before. The
record does not know when this daemon did not run, so the moment of its last start is marked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aibwatch.core.decision import NoteKind
from aibwatch.core.model import Region
from aibwatch.core.sentences import clock, span, when
from aibwatch.core.verdict import VerdictKind
from aibwatch.views.history import Recorded
from aibwatch.views.pages.html import Html, el
from aibwatch.views.pages.seen import HOURS, Seen
from aibwatch.views.pages.tones import OF_VERDICT, Tone

REACHES = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=3), HOURS)
"""How far back all time lines go: the shortest of these that shows everything there is to show."""

WIDE, HIGH = 1000, 40
"""Units of the drawing, stretched to whatever room there is."""

HEIGHTS = {Tone.GOOD: 10, Tone.CALM: 18, Tone.DOUBT: 28, Tone.BAD: 40}
UNSEEN = 4

THINNEST = 3
"""Units that even a moment gets: an outage of a minute must be seen."""

MOST_WORDS = 12
"""Changes told in words; the record has all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A time in which a region was judged to be one thing."""

    kind: VerdictKind | None
    """None: it was not judged yet."""
    began: datetime
    ended: datetime


def reach(seen: Seen) -> timedelta:
    """Return how far back all time lines go: the same for all regions, so that what happened at once is seen to."""
    known = [r.at for r in seen.notes if r.note.kind is NoteKind.VERDICT]
    oldest = seen.now - min([seen.state.awake_since, *known])
    return next((one for one in REACHES if oldest <= one), HOURS)


def spans(seen: Seen, region: Region) -> tuple[Span, ...]:
    """Return what the region was judged to be, in the last hours, without gaps, oldest first."""
    since, now = seen.now - reach(seen), seen.now
    changes = [c for r in seen.notes if (c := _change(r, region)) is not None and since < r.at <= now]
    verdict = seen.verdicts.get(region)
    if verdict is not None and (not changes or changes[-1][2] is not verdict.kind):
        before = changes[-1][2] if changes else None
        changes.append((max(verdict.since, changes[-1][0] if changes else since), before, verdict.kind))
    if not changes:
        return (Span(kind=None, began=since, ended=now),)
    first = Span(kind=changes[0][1], began=since, ended=changes[0][0])
    ends = [at for at, _, _ in changes[1:]] + [now]
    return _joined([first, *(Span(kind=k, began=at, ended=e) for (at, _, k), e in zip(changes, ends, strict=True))])


def drawn(seen: Seen, region: Region) -> Html:
    """Return the skyline with its hours, and the same in words for whoever does not see it."""
    found = spans(seen, region)
    long = reach(seen)
    began = seen.now - long
    shapes = [_shape(part, began, long) for part in found]
    if began < seen.state.awake_since < seen.now:
        at = _x(seen.state.awake_since, began, long)
        shapes.append(el("line", x1=at, x2=at, y1=0, y2=HIGH))
    words = f"The last {span(long)} of {region}: {_in_short(found, seen.now)}"
    picture = el(
        "svg",
        el("title", words),
        shapes,
        class_="line",
        viewBox=f"0 0 {WIDE} {HIGH}",
        preserveAspectRatio="none",
        role="img",
        aria_label=words,
    )
    hours = [el("span", clock(began + long * third / 3).removesuffix(" UTC")) for third in range(3)]
    return el("div", picture, el("div", hours, el("span", "now"), class_="axis", aria_hidden="true"))


def in_words(seen: Seen, region: Region) -> Html:
    """Return every change of the last hours, the latest first."""
    found = [part for part in spans(seen, region) if part.ended > part.began]
    lines = [el("li", _line(part, seen.now)) for part in reversed(found[-MOST_WORDS:])]
    more = len(found) - MOST_WORDS
    rest = el("li", f"{more} more before that: aibwatch history {region}") if more > 0 else None
    started = f"aibwatch was started at {when(seen.state.awake_since, seen.now)}; it did not look before that."
    told = el("p", started, class_="soft") if seen.now - reach(seen) < seen.state.awake_since else None
    return el("div", el("ul", lines, rest), told)


def _change(recorded: Recorded, region: Region) -> tuple[datetime, VerdictKind | None, VerdictKind] | None:
    """Return when the region became what from what; None for any other note."""
    note = recorded.note
    before, arrow, after = note.what.partition(" -> ")
    if note.kind is not NoteKind.VERDICT or note.subject != region or not arrow or after not in set(VerdictKind):
        return None
    return recorded.at, VerdictKind(before) if before in set(VerdictKind) else None, VerdictKind(after)


def _joined(parts: Sequence[Span]) -> tuple[Span, ...]:
    """Return the parts without empty ones, and neighbours that are the same thing as one."""
    joined: list[Span] = []
    for part in parts:
        if part.ended <= part.began:
            continue
        if joined and joined[-1].kind is part.kind:
            part = Span(kind=part.kind, began=joined.pop().began, ended=part.ended)
        joined.append(part)
    return tuple(joined)


def _shape(part: Span, began: datetime, long: timedelta) -> Html:
    high = HEIGHTS[OF_VERDICT[part.kind]] if part.kind else UNSEEN
    left = _x(part.began, began, long)
    wide = max(_x(part.ended, began, long) - left, THINNEST)
    tone = OF_VERDICT[part.kind] if part.kind else "unseen"
    return el("rect", x=min(left, WIDE - wide), y=HIGH - high, width=wide, height=high, class_=str(tone))


def _x(at: datetime, began: datetime, long: timedelta) -> int:
    return round(WIDE * ((at - began) / long))


def _in_short(found: Sequence[Span], now: datetime) -> str:
    told = [f"{_word(part)} for {span(part.ended - part.began)}" for part in found[-MOST_WORDS:]]
    return f"{', then '.join(told)}." if told else "nothing is known."


def _line(part: Span, now: datetime) -> str:
    lasted = max(part.ended - part.began, timedelta(0))
    return f"{_word(part)} from {when(part.began, now)} for {span(lasted)}"


def _word(part: Span) -> str:
    return str(part.kind) if part.kind else "not judged"
