"""Write values so that Azure Resource Manager takes them as they are, with what must stay secret beside them.

A template file is a program: a text from "[" to "]" is an expression there, so a customizer's line like "[ -f /x ]"
is written with a second bracket in front. A text with a signature in it becomes an expression itself, which joins its
parts with parameters of type secureString; the values go into another file.

Rules: what was written is read back to the last character; an expression of any other form is refused, never guessed
at. What is secret is told by its form: the signature of a shared access address, the key of a storage account. A
password that somebody wrote into a script has no form, and stays. This module does not know what is deployed.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

SECRET = re.compile(r"(?<=[?&]sig=)[^&\s\"'<>]+|(?<=\bAccountKey=)[^;\s\"'<>]+", re.IGNORECASE)

DEEPEST = 64
"""Levels of a definition; what the service takes has fewer than ten."""

_JOIN = re.compile(r"\[concat\((.*)\)\]", re.DOTALL)
_PART = re.compile(r"'((?:[^']|'')*)'|parameters\('(\w{1,80})'\)")


class LiteralError(ValueError):
    """A value cannot be read back; the message says what is wrong with it."""


@dataclass(slots=True)
class Secrets:
    """What was taken out, by the name of its parameter.

    A name follows from its secret alone, so that a file never takes the secret of another version for its own. Eight
    digits of a digest say nothing of a signature or a key, which are made by chance and have 40 characters and more.
    """

    values: dict[str, str] = field(default_factory=dict)

    def name_of(self, secret: str) -> str:
        """Return the parameter that stands for it."""
        name = f"secret_{hashlib.sha256(secret.encode('utf-8', 'replace')).hexdigest()[:8]}"
        self.values[name] = secret
        return name


def written(value: object, secrets: Secrets) -> object:
    """Return the value as a template file has it, keys of objects included."""
    if isinstance(value, str):
        return _written(value, secrets)
    if isinstance(value, Mapping):
        return {_written(str(key), secrets): written(item, secrets) for key, item in value.items()}
    return [written(item, secrets) for item in value] if isinstance(value, list) else value


def too_deep(value: object, levels: int = DEEPEST) -> bool:
    """Return whether the value is nested deeper than can be written and read back."""
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return levels < 0 or any(too_deep(item, levels - 1) for item in inner)


def read(value: object, secrets: Mapping[str, str]) -> object:
    """Return the value that was written so. Not for one that is `too_deep`.

    Raises:
        LiteralError: for an expression of another form, and for a parameter without a value.
    """
    if isinstance(value, str):
        return _read(value, secrets)
    if isinstance(value, Mapping):
        return {_read(str(key), secrets): read(item, secrets) for key, item in value.items()}
    return [read(item, secrets) for item in value] if isinstance(value, list) else value


def _written(text: str, secrets: Secrets) -> str:
    if not SECRET.search(text):
        return f"[{text}" if text.startswith("[") and text.endswith("]") else text
    parts: list[str] = []
    end = 0
    for found in SECRET.finditer(text):
        parts += [_quoted(text[end : found.start()]), f"parameters('{secrets.name_of(found.group())}')"]
        end = found.end()
    rest = [_quoted(text[end:])] if end < len(text) else []
    return f"[concat({', '.join([*parts, *rest])})]"


def _quoted(text: str) -> str:
    doubled = text.replace("'", "''")
    return f"'{doubled}'"


def _read(text: str, secrets: Mapping[str, str]) -> str:
    if not (text.startswith("[") and text.endswith("]")):
        return text
    if text.startswith("[["):
        return text[1:]
    if joined := _JOIN.fullmatch(text):
        return "".join(_parts(joined[1], secrets))
    raise LiteralError(f"has an expression that cannot be worked out here: {text[:80]}")


def _parts(joined: str, secrets: Mapping[str, str]) -> Iterator[str]:
    place = 0
    while found := _PART.match(joined, place):
        if found[2] is None:
            yield found[1].replace("''", "'")
        elif found[2] in secrets:
            yield secrets[found[2]]
        else:
            raise LiteralError(f"needs the secret {found[2]}")
        place = found.end()
        if joined.startswith(", ", place):
            place += 2
    if place != len(joined):
        raise LiteralError(f"has an expression that cannot be worked out here: [concat({joined[:80]}")
