"""Get through the daemon's own door: TLS as its web config file says, and the password that its operator was given.

Rules: what answers must show the very certificate that the web config file names, so it needs no name for loopback and
no authority, and one that has ended locks out nobody who has to act tonight. Nothing is sent before that is known.
"""

import http.client
import os
import re
import ssl
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aibwatch.config.schema import HttpSettings

FIRST = re.compile("-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
"""The daemon's own certificate in its file; what follows is of authorities, who sign others, too."""

TOKEN = "X-Aibwatch-Token"  # noqa: S105 - the name of a header


def handler_for(settings: "HttpSettings") -> urllib.request.HTTPSHandler | None:
    """Return what opens connections to a daemon that speaks TLS; None if it does not.

    Raises:
        ValueError: if the files that say so cannot be read or used; the message says which.
    """
    if not settings.web_config_file:
        return None
    from aibwatch.config.path import named_file
    from aibwatch.config.problem import ConfigError
    from aibwatch.runtime.door.guard import read_web

    try:
        tls = read_web(named_file(settings.web_config_file, os.environ)).tls
    except ConfigError as error:
        raise ValueError(str(error.problems[0])) from error
    return _Handler(tls.cert_file, _context(settings)) if tls is not None else None


def credentials(settings: "HttpSettings", token: str) -> Mapping[str, str]:
    """Return the headers that let a question in, or an order, which has a token.

    Raises:
        ValueError: if the password cannot be read.
    """
    from aibwatch.sources.password import basic

    known_as = basic(settings.username, settings.password_file)
    if known_as:
        return {"Authorization": known_as} | ({TOKEN: token} if token else {})
    return {"Authorization": f"Bearer {token}"} if token else {}


def _context(settings: "HttpSettings") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # the certificate is compared as a whole, which no other one passes
    if settings.client_cert_file:
        try:
            context.load_cert_chain(settings.client_cert_file, settings.client_key_file, password=lambda: "")
        except OSError as error:  # which those of OpenSSL are, too
            pair = f"http.client_cert_file {settings.client_cert_file} and client_key_file {settings.client_key_file}"
            raise ValueError(f"{pair} cannot be used: {error.strerror or error}") from error
    return context


class _Handler(urllib.request.HTTPSHandler):
    def __init__(self, cert_file: Path, context: ssl.SSLContext) -> None:
        super().__init__(context=context)
        self._trusted, self._tls = cert_file, context
        try:
            found = FIRST.search(cert_file.read_text(encoding="ascii", errors="replace"))
            self._expected = ssl.PEM_cert_to_DER_cert(found[0]) if found else b""
        except (OSError, ValueError) as error:
            raise ValueError(f"the daemon's certificate {cert_file} cannot be read: {error}") from error

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        def connection(host: str, /, **settings: Any) -> "_Connection":
            found = _Connection(host, context=self._tls, **settings)
            found.expected, found.file = self._expected, self._trusted
            return found

        return self.do_open(connection, req)


class _Connection(http.client.HTTPSConnection):
    expected = b""
    file = Path()

    def connect(self) -> None:
        super().connect()
        shown = self.sock.getpeercert(binary_form=True) if isinstance(self.sock, ssl.SSLSocket) else None
        if not shown or shown != self.expected:
            self.close()
            why = f"it shows another certificate than {self.file}; another program, or a new one not taken over yet"
            raise OSError(why)
