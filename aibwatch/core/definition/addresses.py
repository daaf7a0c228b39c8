"""Understand the web addresses that a definition names: scripts, files, disks, key vaults.

Rules: nothing secret leaves here, neither a signature nor a password; nothing raises. An address of Azure's own storage
or key vault, in any of its clouds, belongs to an account, which is in a region; any other address is in none.
This module does not know where in a definition an address stands.
"""

import re
from collections.abc import Iterator

ENDPOINTS = r"core\.(?:windows\.net|usgovcloudapi\.net|chinacloudapi\.cn)"
VAULTS = r"vault(?:\.azure\.net|\.usgovcloudapi\.net|\.azure\.cn)"

MOST_IN_A_TEXT = 20
"""Addresses looked at in one line of a script; whoever has more of them has a list, not a command."""

_ACCOUNT = re.compile(
    rf"([a-z0-9]{{3,24}})(?:-secondary)?(?:\.z\d+)?\.(?:blob|dfs|file|queue|table|web)\.{ENDPOINTS}(?::\d+)?"
)
_VAULT = re.compile(rf"([a-z0-9-]{{3,24}})\.{VAULTS}(?::\d+)?")
_AZURE = re.compile(rf"https?://[\w.-]+\.(?:{ENDPOINTS}|{VAULTS})(?![\w.-])(?:/[^\s\"'`<>|;)?#]*)?", re.IGNORECASE)
_WORD = re.compile(r"[^\s\"'<>]+")


def plain(address: str) -> str:
    """Return the address in lower case without what it may hide: signature, fragment, user name and password."""
    bare = address.partition("?")[0].partition("#")[0].strip().lower()
    scheme, slashes, rest = bare.partition("//")
    authority, slash, path = rest.partition("/")
    host = authority.rpartition("@")[2]
    return f"{scheme}{slashes}{host}{slash}{path}" if slashes else bare


def unsigned(words: str) -> str:
    """Return the text without the queries of signed addresses: a signature ages, and is for one account only."""
    return _WORD.sub(_unsigned, words) if "sig=" in words.lower() else words


def host_and_path(address: str) -> tuple[str, str]:
    """Return both parts of an address, without its query; ("", "") for what is none."""
    scheme, found, rest = plain(address).partition("://")
    host, slash, path = rest.partition("/")
    return (host, slash + path) if found and scheme in {"http", "https"} else ("", "")


def account_of(address: str) -> str:
    """Return the name of the storage account that an address lies in; "" where it lies in none."""
    found = _ACCOUNT.fullmatch(host_and_path(address)[0])
    return found[1] if found else ""


def vault_of(address: str) -> str:
    """Return the name of the key vault that an address belongs to; "" where it belongs to none."""
    found = _VAULT.fullmatch(host_and_path(address)[0])
    return found[1] if found else ""


def azure_addresses(line: str) -> Iterator[tuple[int, int]]:
    """Return where addresses of storage and key vaults stand in a text, from and to, without their queries."""
    # Most lines of most scripts name none, and this is asked of every line with every poll.
    if "://" not in line:
        return
    for number, found in enumerate(_AZURE.finditer(line)):
        if number == MOST_IN_A_TEXT:
            return
        yield found.span()


def _unsigned(word: re.Match[str]) -> str:
    address, _, query = word[0].partition("?")
    return address if "://" in address and "sig=" in query.lower() else word[0]
