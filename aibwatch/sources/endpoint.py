"""Know the one address that may see a token.

Rules: scheme, host and port decide; nothing else of a URL may be odd: no user name, no backslash, no blank, nothing
outside ASCII, because two parsers may read such a URL in two ways and the token goes where the second one thinks.
This module does not know why somebody wants to go elsewhere.
"""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import quote, urljoin, urlsplit

SAFE = "/!$&'()*+,-.:;=@_~"
"""What may stand in a path as it is; a "?" or "#" in an id would end the path."""

PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where Azure Resource Manager is, as scheme, host and port."""

    url: str
    """As configured, without a slash at the end; what a path is put behind."""
    origin: tuple[str, str, int]

    @property
    def plain(self) -> bool:
        """Whether it is plain http, which is so for loopback addresses only."""
        return self.origin[0] == "http"

    def at(self, path: str) -> str:
        """Return the URL of a path that begins with a slash. Resource groups may have letters outside ASCII."""
        return self.url + quote(path, safe=SAFE)

    def absolute(self, link: str) -> str:
        """Return a link that Azure gave as a URL. It may lead anywhere: the pipeline looks at that. Never raises."""
        try:
            return urljoin(f"{self.url}/", link)
        except ValueError:
            return link

    def is_home(self, url: str) -> bool:
        """Return whether a request to this URL stays at this endpoint. Never raises."""
        return origin_of(url) == self.origin


def parse_endpoint(url: str) -> Endpoint:
    """Return the endpoint. Raises ValueError, for the operator, for anything but https or http on loopback."""
    text = url.rstrip("/")
    origin = origin_of(text)
    if origin is None or urlsplit(text).query or urlsplit(text).fragment:
        raise ValueError(f'"{url}" is not the address of a management API; write "https://HOST"')
    if origin[0] == "http" and not _is_loopback(origin[1]):
        raise ValueError(
            f'"{url}" would send tokens unencrypted; write https, plain http is for loopback addresses only'
        )
    return Endpoint(text, origin)


def origin_of(url: str) -> tuple[str, str, int] | None:
    """Return scheme, host in lower case and port; None for what is no plain web address."""
    if "\\" in url or not all("!" <= char <= "~" for char in url):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname
    if parts.scheme not in PORTS or not host or "@" in parts.netloc:
        return None
    return parts.scheme, host, PORTS[parts.scheme] if port is None else port


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
