"""Check settings against each other. Each check takes the file as written and says nothing where a part is unreadable.

They run on the written data, not on the settings, so that one wrong value elsewhere does not silence them: all mistakes
are told at once. Single values are checked in `aibwatch.config.values`.
"""

import re
from collections.abc import Callable, Collection, Iterator
from datetime import datetime, timedelta

from aibwatch.config import residency, values
from aibwatch.config.document import Document
from aibwatch.config.duration import format_duration, parse_duration
from aibwatch.config.lines import Place
from aibwatch.config.mappings import mappings
from aibwatch.config.problem import Problem
from aibwatch.config.schema import HttpSettings
from aibwatch.config.sections import what_was_meant
from aibwatch.config.words import choices, quoted
from aibwatch.core.model import TemplateId, is_group_name, template_id, template_name
from aibwatch.core.policy import Policy

BUILT_IN = ("command", "run-template", "webhook")
OPTIONS = {
    "command": ("command",),
    "webhook": ("url", "secret_file", "status_url", "ca_bundle"),
    "run-template": (),
}
"""What each handler of the contract may be told in its options. What an installed one takes, it says itself."""
NEEDED = {
    "command": {"command": 'command = ["/path/to/program"]'},
    "webhook": {"url": 'url = "https://HOST/PATH"', "secret_file": 'secret_file = "/PATH"'},
}
"""What a handler cannot do without, and how it is written."""

Installed = Callable[[], Collection[str]]
"""Return the names of the installed handlers. Asked only when a step names one that is not built in."""


def check(document: Document, installed: Installed) -> list[Problem]:
    """Return every mistake that shows only when settings are seen together."""
    return [
        *_state(document),
        *_names(document),
        *_secondaries(document),
        *_templates(document),
        *residency.check(document),
        *_peers(document),
        *_pairs(document),
        *_canaries(document),
        *_freezes(document),
        *mappings(document),
        *_thresholds(document),
        *_handlers(document, installed),
        *_options(document),
        *_needed(document),
    ]


def _state(document: Document) -> Iterator[Problem]:
    url = document.at(("state", "url"))
    if isinstance(url, str) and url.startswith("postgresql:"):
        message = "this version keeps its state in SQLite only; write sqlite:////ABSOLUTE/PATH and run one daemon"
        yield document.problem(("state", "url"), message)


def _names(document: Document) -> Iterator[Problem]:
    first: dict[str, Place] = {}
    for place in document.places("group.name"):
        name = document.at(place)
        if isinstance(name, str) and first.setdefault(name, place) != place:
            line = document.lines.line_of(first[name])
            yield document.problem(place, f"{quoted(name)} already names the group in line {line}; choose another name")


def _secondaries(document: Document) -> Iterator[Problem]:
    for place in document.places("group.secondaries"):
        if document.at(place) == []:
            name = document.at((*place[:-1], "name"))
            group = name if isinstance(name, str) and is_group_name(name) else "GROUP"
            remedy = f"deploy one (aibwatch replicate {group} --to REGION) or remove the group"
            yield document.problem(place, f"secondaries is empty; {remedy}", of=place[:-1])


def _templates(document: Document) -> Iterator[Problem]:
    first: dict[TemplateId, Place] = {}
    members = (*document.places("group.primary"), *document.items("group.secondaries"))
    for place in sorted(members, key=lambda place: (place[1], place[2:])):
        written = document.at(place)
        if not isinstance(written, str) or not values.is_template(written):
            continue
        template = template_id(written)
        other = first.setdefault(template, place)
        if other != place:
            yield document.problem(place, _twice(document, template, other, place))


def _twice(document: Document, template: TemplateId, other: Place, place: Place) -> str:
    where = "this group" if other[1] == place[1] else document.label(other[:2])
    line = document.lines.line_of(other)
    return (
        f"{quoted(template_name(template))} is already in {where} (line {line}); a template belongs to one group, once"
    )


def _peers(document: Document) -> Iterator[Problem]:
    yield from _twice_named(document)
    first: dict[tuple[str, int], Place] = {}
    for place in document.places("peer.url"):
        written = document.at(place)
        address = values.address_of(written) if isinstance(written, str) else None
        if address is None:
            continue
        other = first.setdefault(address, place)
        if other != place:
            line = document.lines.line_of(other)
            yield document.problem(
                place, f"is the peer of line {line} once more; a second word of one is no second one"
            )
        if _is_ours(document, address):
            message = f"{quoted(written)} is where this aibwatch listens itself; name another one, elsewhere"
            yield document.problem(place, message)


def _twice_named(document: Document) -> Iterator[Problem]:
    first: dict[str, Place] = {}
    for place in document.places("peer.name"):
        name = document.at(place)
        if isinstance(name, str) and first.setdefault(name, place) != place:
            line = document.lines.line_of(first[name])
            yield document.problem(place, f"{quoted(name)} already names the peer in line {line}; choose another name")


def _is_ours(document: Document, address: tuple[str, int]) -> bool:
    """Return whether we listen there, as far as a file can tell: a name in DNS may be ours as well."""
    listen = document.at(("http", "listen"))
    bound = values.address_of(f"http://{HttpSettings().listen if listen is None else listen}")
    if bound is None or bound[1] != address[1]:
        return False
    ours, theirs = bound[0], address[0]
    local = values.is_loopback(theirs) and (values.is_loopback(ours) or values.is_every_address(ours))
    return ours == theirs or local


PAIRS = (
    ("http.username", "password_file"),
    ("http.client_cert_file", "client_key_file"),
    ("peer.username", "password_file"),
)
"""Settings that need each other."""


def _pairs(document: Document) -> Iterator[Problem]:
    for one, other in PAIRS:
        section, _, key = one.rpartition(".")
        for here, there in ((key, other), (other, key)):
            for place in document.places(f"{section}.{here}"):
                if document.at(place) != "" and document.at((*place[:-1], there)) in (None, ""):
                    yield document.problem(place, f"needs {there} beside it; set both or none")
    for place in (*document.places("http.username"), *document.places("peer.username")):
        if ":" in str(document.at(place)):
            yield document.problem(place, "must be without a colon, where the password begins")


def _canaries(document: Document) -> Iterator[Problem]:
    members = {
        template_id(written): place
        for place in (*document.places("group.primary"), *document.items("group.secondaries"))
        if isinstance(written := document.at(place), str)
    }
    first: dict[str, Place] = {}
    for place in document.places("canary.region"):
        region = document.at(place)
        if isinstance(region, str) and first.setdefault(region, place) != place:
            line = document.lines.line_of(first[region])
            yield document.problem(place, f"{quoted(region)} has a canary already (line {line}); keep one of them")
    for place in document.places("canary.template"):
        written = document.at(place)
        member = members.get(template_id(written)) if isinstance(written, str) else None
        if member is not None:
            where = f"{document.label(member[:2])} (line {document.lines.line_of(member)})"
            reason = "its runs would be evidence twice; deploy a template of its own (deploy/azure)"
            yield document.problem(place, f"{quoted(template_name(template_id(str(written))))} is in {where}: {reason}")


def _freezes(document: Document) -> Iterator[Problem]:
    for place in document.items("freeze"):
        starts, ends = (document.at((*place, key)) for key in ("from", "to"))
        if not (isinstance(starts, datetime) and isinstance(ends, datetime)):
            continue
        if (starts.tzinfo is None) == (ends.tzinfo is None) and ends <= starts:
            message = (
                f"it is over at {ends.isoformat()}, which is not after it begins, {starts.isoformat()}; make it later"
            )
            yield document.problem((*place, "to"), message)


def _thresholds(document: Document) -> Iterator[Problem]:
    for scope in (("policy",), *document.items("group")):
        low, high = _duration(document, scope, "hold_min"), _duration(document, scope, "hold_max")
        if low is not None and high is not None and low > high:
            words = f"hold_min {format_duration(low)} is longer than hold_max {format_duration(high)}"
            yield from _complain(document, scope, ("hold_min", "hold_max"), words)
        suspect, confirm = _score(document, scope, "suspect_score"), _score(document, scope, "confirm_score")
        if suspect is not None and confirm is not None and suspect >= confirm:
            words = f"suspect_score {suspect:g} is not below confirm_score {confirm:g}"
            yield from _complain(document, scope, ("suspect_score", "confirm_score"), words)


def _complain(document: Document, scope: Place, pair: tuple[str, str], words: str) -> Iterator[Problem]:
    """Complain where the pair is written. A group that overrides neither inherits the mistake: [policy] tells it."""
    written = [key for key in pair if document.at((*scope, key)) is not None]
    if written:
        yield document.problem((*scope, written[0]), f"{words}; lower the first or raise the second")


def _duration(document: Document, scope: Place, key: str) -> timedelta | None:
    try:
        return parse_duration(_effective(document, scope, key))
    except ValueError:
        return None


def _score(document: Document, scope: Place, key: str) -> float | None:
    value = _effective(document, scope, key)
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    try:
        return float(value)
    except OverflowError:  # an integer of hundreds of digits; its own check tells of it
        return None


def _effective(document: Document, scope: Place, key: str) -> object:
    for place in ((*scope, key), ("policy", key)):
        if document.at(place) is not None:
            return document.at(place)
    return getattr(Policy(), key)


def _handlers(document: Document, installed: Installed) -> Iterator[Problem]:
    for place in document.places("group.step.handler"):
        handler = document.at(place)
        if not isinstance(handler, str) or not handler.strip() or handler in BUILT_IN:
            continue
        if handler not in installed():
            known = choices(sorted({*BUILT_IN, *installed()}))
            message = f"{quoted(handler)} is not an installed handler; install its package or choose {known}"
            yield document.problem(place, message)


def _options(document: Document) -> Iterator[Problem]:
    for place in document.places("group.step.options"):
        handler, options = document.at((*place[:-1], "handler")), document.at(place)
        if not isinstance(handler, str) or not isinstance(options, dict):
            continue
        for key in sorted(options):
            if not re.fullmatch(r"[\w-]+", key, re.ASCII):
                yield document.problem((*place, key), "is no name of an option; write letters, digits, _ and - only")
            elif handler in OPTIONS and key not in OPTIONS[handler]:
                yield document.problem((*place, key), _not_taken(handler, (*place, key)))


def _not_taken(handler: str, place: Place) -> str:
    if place[-1] not in {key for keys in OPTIONS.values() for key in keys}:
        return what_was_meant(place)
    takes = f"takes {choices(OPTIONS[handler])}" if OPTIONS[handler] else "takes no options"
    return f"handler {quoted(handler)} {takes}; remove this key"


def _needed(document: Document) -> Iterator[Problem]:
    for place in document.places("group.step.handler"):
        handler = document.at(place)
        for key, example in NEEDED.get(handler, {}).items() if isinstance(handler, str) else ():
            if document.at((*place[:-1], "options", key)) is None:
                message = f"handler {quoted(handler)} needs options.{key}; write under [group.step.options]: {example}"
                yield document.problem(place, message)
