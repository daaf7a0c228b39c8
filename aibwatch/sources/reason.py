"""Say in an operator's words why no answer came."""

import re
import ssl

import aiohttp
from azure.core.exceptions import AzureError

from aibwatch.core.reading import one_line

_SSL_NOTE = re.compile(r" ssl:(<[^>]*>|\w+)")
"""What aiohttp puts into its messages about connections: an object and its address in memory."""


def reason_of(error: AzureError) -> str:
    """Return one line; never empty."""
    inner = error.inner_exception
    match inner:
        case aiohttp.ClientConnectorCertificateError():
            return f"the certificate of {inner.host} is not trusted: {_about(inner.certificate_error)}"
        case aiohttp.ClientResponseError():
            return f"an answer that is not HTTP: {one_line(inner.message)}"
        case _:
            return one_line(_SSL_NOTE.sub("", str(error))) or type(inner or error).__name__


def _about(error: Exception) -> str:
    said = error.verify_message if isinstance(error, ssl.SSLCertVerificationError) else str(error)
    return one_line(said)
