"""Say what the things of one region are called in another, by the operator's table.

Rules: `exact` names a whole id or address, and covers what lies beneath it; the longest one wins, and wins over
`replace`. `replace` changes texts within names that people chose (groups, resources, accounts, paths), never Azure's
own words, all in one pass and the longest first, letter case ignored. A text of three characters or more is replaced
wherever it stands, because names of storage accounts have no room for hyphens; a shorter one only as a whole word, or
"we" would be found in every second name. The id of a subscription is replaced as a whole or not at all.
This module does not know what exists.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from aibwatch.core.definition.addresses import account_of, plain, vault_of
from aibwatch.core.model import Region

WHOLE_WORD = 2
"""Up to so many characters a text is replaced only where it is a whole word."""

_SUBSCRIPTION, _GROUP, _NAMESPACE = 2, 4, 6
"""Which parts of an id these are, counted from the empty one in front; after them names and types alternate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionMap:
    """What is called how on the way from one region to another."""

    home: Region
    away: Region
    replace: Mapping[str, str] = field(default_factory=dict)
    exact: Mapping[str, str] = field(default_factory=dict)
    """Ids or addresses; one that maps to itself says that it may stay."""

    def named(self, text: str) -> str:
        """Return a name as it is in the other region."""
        wanted = {key.lower(): value for key, value in self.replace.items() if key}
        if not wanted:
            return text
        longest_first = sorted(wanted, key=lambda key: (-len(key), key))
        pattern = "|".join(map(_pattern, longest_first))
        return re.sub(pattern, lambda found: wanted[found[0].lower()], text, flags=re.IGNORECASE)

    def resource(self, resource: str) -> str:
        """Return the id of the other region's resource."""
        bare = resource.strip().rstrip("/")
        given = self.given(bare)
        if given is not None:
            return given
        return "/".join(self._part(number, part) for number, part in enumerate(bare.split("/")))

    def address(self, address: str) -> str:
        """Return the other region's address; a signature stays behind with the account that it is for."""
        given = self.given(address)
        if given is not None:
            return given
        bare, mark, query = address.partition("?")
        scheme, slashes, rest = bare.partition("//")
        host, slash, path = rest.partition("/")
        # Azure's own part of the host is no name that anybody chose.
        account, dot, endpoint = host.partition(".") if account_of(bare) or vault_of(bare) else (host, "", "")
        moved = f"{scheme}{slashes}{self.named(account)}{dot}{endpoint}{slash}{self.named(path)}"
        return moved if moved != bare and "sig=" in query.lower() else f"{moved}{mark}{query}"

    def given(self, text: str) -> str | None:
        """Return what `exact` says of an id or an address; None where it says nothing."""
        whole = text.partition("?")[0].partition("#")[0].strip().rstrip("/")
        known = {plain(key).rstrip("/"): value for key, value in self.exact.items()}
        for length in (len(whole), *sorted((at.start() for at in re.finditer("/", whole)), reverse=True)):
            value = known.get(plain(whole[:length]).rstrip("/")) if length else None
            if value is not None:
                return value.strip().rstrip("/") + whole[length:] if length < len(whole) else value.strip()
        return None

    def _part(self, number: int, part: str) -> str:
        if number == _SUBSCRIPTION:
            whole = {key.lower(): value for key, value in self.replace.items()}
            return whole.get(part.lower(), part)
        named = number == _GROUP or (number > _NAMESPACE and number % 2 == 0)
        return self.named(part) if named else part


def _pattern(text: str) -> str:
    bare = re.escape(text)
    return rf"(?<![^\W_]){bare}(?![^\W_])" if len(text) <= WHOLE_WORD else bare
