"""Say what the schema refuses in the operator's words, at the operator's lines; pydantic's own words never leave here.

Settings are checked one at a time by their own functions, whose ValueError is already a sentence. What is left is
what pydantic finds by itself: keys too many or missing, wrong types, numbers out of range.
"""

from collections.abc import Mapping

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from aibwatch.config.document import Document
from aibwatch.config.lines import Place
from aibwatch.config.problem import Problem
from aibwatch.config.schema import Settings
from aibwatch.config.sections import section_at, what_was_meant
from aibwatch.config.words import quoted

_KINDS = {
    "string_type": "text in quotes",
    "int_type": "a whole number",
    "bool_type": "true or false, without quotes",
    "float_type": "a number",
    "finite_number": "a number",
    "tuple_type": "a list in brackets",
    "dict_type": 'a table in braces, { "a" = "b" }',
}
_REMEDIES = {
    "peer.name": 'give the peer a name: name = "north"',
    "peer.url": 'write the base of its pages: url = "https://HOST"',
    "group.name": 'give the group a name: name = "ubuntu-base"',
    "group.primary": "write the resource id of the template that builds in good times",
    "group.secondaries": "deploy one (aibwatch replicate GROUP --to REGION) or remove the group",
    "mapping.from": 'name the region of the definitions that are moved: from = "westeurope"',
    "mapping.to": 'name the region that they are moved to: to = "northeurope"',
    "group.step.handler": 'write handler = "run-template" or the name of an installed one',
}


def settings_of(document: Document) -> tuple[Settings | None, list[Problem]]:
    """Return the settings, or None and everything that is wrong with single ones of them."""
    try:
        return Settings.model_validate(document.data), []
    except ValidationError as error:
        found = error.errors(include_url=False)
        return None, [document.problem(_place(detail), _sentence(detail)) for detail in found]


def _place(detail: ErrorDetails) -> Place:
    """Return where it is written; of a key that is wrong itself, where the key is."""
    place = detail["loc"]
    return place[:-1] if place[-1:] == ("[key]",) else place


def _sentence(detail: ErrorDetails) -> str:
    place, written = detail["loc"], detail["input"]
    match detail["type"]:
        case "value_error":
            return str(detail["ctx"]["error"])
        case "extra_forbidden":
            return what_was_meant(place)
        case "missing":
            return _missing(place)
        case "greater_than" | "greater_than_equal" | "less_than_equal" as limit:
            return _out_of_range(written, limit, detail["ctx"])
        case kind:
            return _wrong_kind(place, written, kind)


def _missing(place: Place) -> str:
    dotted = ".".join(str(part) for part in place if isinstance(part, str))
    return f"is missing; {_REMEDIES.get(dotted, 'write it, it has no default')}"


def _out_of_range(written: object, limit: str, bounds: Mapping[str, object]) -> str:
    words = {"greater_than": ("more than", "gt"), "greater_than_equal": ("at least", "ge")}
    than, key = words.get(limit, ("at most", "le"))
    return f"{quoted(written)} is out of range; write a number of {than} {bounds[key]}"


def _wrong_kind(place: Place, written: object, kind: str) -> str:
    section = section_at(place)
    if section is None:
        return f"{quoted(written)} is the wrong kind of value; write {_KINDS.get(kind, 'another')}"
    brackets = "double brackets" if section.many else "single brackets"
    return f"{quoted(written)} cannot stand here; this is a section, write {section.header} with {brackets}"
