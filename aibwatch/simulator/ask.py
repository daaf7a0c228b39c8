"""Hold one request, read and understood, and answer its lists in pages with links that lead back to whoever asked.

This module does not know what is listed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from aibwatch.simulator.refusal import Refusal
from aibwatch.simulator.route import Call
from aibwatch.simulator.wire import Json

PAGE = 10
"""Templates a page, as recorded; used for every list that comes in pages here."""

NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request, read and understood."""

    call: Call
    method: str
    origin: str
    """Scheme and host as the client wrote them: links lead back there."""
    path: str
    query: Mapping[str, str]
    """Names in lower case."""
    sent: object = None
    """The JSON that came with it."""


def first_of(ask: Ask, word: str = "skiptoken") -> int:
    """Return the place of the first item that is asked for. Raises Refusal for what no link has."""
    skip = ask.query.get(word, "0")
    if not skip.isdecimal() or len(skip) > 6:
        raise Refusal(400, "InvalidSkipToken", f"The skipToken '{skip[:20]}' is not one that was given out.")
    return int(skip)


def page_of(items: list[Json], ask: Ask) -> Json:
    """Return the page of a list that is asked for."""
    first = first_of(ask)
    return linked(items[first : first + PAGE], first, len(items), ask)


def linked(
    page: list[Json], first: int, count: int, ask: Ask, word: str = "skipToken", kept: Mapping[str, str] = NOTHING
) -> Json:
    """Return the page with the link to the next one, which repeats what was `kept` of the question."""
    body: Json = {"value": page}
    if first + PAGE < count:
        query = {"api-version": ask.query["api-version"], **kept, word: str(first + PAGE)}
        body["nextLink"] = f"{ask.origin}{quote(ask.path)}?{urlencode(query)}"
    return body
