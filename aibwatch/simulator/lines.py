"""Find the line a key of a TOML text stands on, well enough to point an operator at it.

tomllib keeps no positions, so this scans for `[[table]]` and `key =` lines. A table written inline, or a multi-line
string that looks like a header, gets the line of something near; a value is never taken from here.
"""

import re

_HEADER = re.compile(r"^\s*(\[\[?)\s*([A-Za-z0-9_.-]+)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"^\s*(?:\"([^\"]+)\"|([A-Za-z0-9_-]+))\s*=")


class Lines:
    """Where tables and keys stand in one text."""

    def __init__(self, text: str) -> None:
        self._headers: dict[tuple[str, int], int] = {}
        self._keys: dict[tuple[str, int, str], int] = {}
        table, index = "", 0
        for number, line in enumerate(text.splitlines(), start=1):
            if header := _HEADER.match(line):
                table = header[2]
                index = sum(1 for name, _ in self._headers if name == table)
                self._headers[table, index] = number
            elif key := _KEY.match(line):
                self._keys.setdefault((table, index, key[1] or key[2]), number)

    def of(self, table: str, index: int, key: str = "") -> int:
        """Return the line of a key of the index-th table of that name ("" for the top), or the nearest line known."""
        nearest = self._headers.get((table, index)) or self._keys.get(("", 0, table)) or 1
        return self._keys.get((table, index, key), nearest)
