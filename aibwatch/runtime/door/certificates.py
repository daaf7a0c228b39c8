"""Make from a web config's TLS settings what OpenSSL works with, and say how long the certificate is good.

Rules: certificate and key must fit each other; what cannot be read or used is a mistake, with the name of the file. A
key with a pass phrase is one: nobody is there to type it.
"""

import ssl
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509

from aibwatch.config.web.settings import ClientAuth, Tls

SOON = timedelta(days=14)
"""Before its end a certificate is warned of: two weeks in which somebody notices and renews it."""

LARGEST = 1024 * 1024
"""Bytes of a file of certificates; all public authorities together need a quarter of that."""

VERIFY = {
    ClientAuth.NONE: ssl.CERT_NONE,
    ClientAuth.IF_GIVEN: ssl.CERT_OPTIONAL,
    ClientAuth.REQUIRED: ssl.CERT_REQUIRED,
}


class CertificateError(ValueError):
    """A file of the TLS settings is of no use; says which, and what to do."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = f"tls_server_config.{key}"


def context_of(tls: Tls) -> ssl.SSLContext:
    """Return how to speak TLS as configured.

    Raises:
        CertificateError: if a file cannot be read or used.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version, context.maximum_version = tls.least, tls.most
    context.options |= ssl.OP_NO_RENEGOTIATION  # TLS 1.2 lets a client ask for it over and over, at our cost
    context.set_alpn_protocols(["http/1.1"])
    _load(context, tls)
    context.verify_mode = VERIFY[tls.client_auth]
    if tls.client_ca_file is not None:
        try:
            context.load_verify_locations(cadata=_read(tls.client_ca_file, "client_ca_file").decode("ascii"))
        except (ssl.SSLError, ValueError) as error:
            raise _unusable("client_ca_file", tls.client_ca_file, "holds no certificates in PEM form") from error
    if tls.ciphers:
        _choose(context, tls.ciphers)
    if tls.curve:
        context.set_ecdh_curve(tls.curve)
    return context


def expiry_of(tls: Tls) -> datetime:
    """Return when the certificate ends; those between it and its authority are not looked at.

    Raises:
        CertificateError: if it cannot be read.
    """
    try:
        return x509.load_pem_x509_certificate(_read(tls.cert_file, "cert_file")).not_valid_after_utc
    except ValueError as error:
        raise _unusable("cert_file", tls.cert_file, "holds no certificate in PEM form") from error


def ending(expires: datetime, now: datetime) -> str:
    """Return what is to be said of a certificate that ends soon or has ended, "" of another."""
    if expires <= now:
        return f"the certificate ended at {expires:%Y-%m-%d %H:%M} UTC, and clients refuse it; renew it"
    if expires - now < SOON:
        return f"the certificate ends in {(expires - now).days} days, at {expires:%Y-%m-%d %H:%M} UTC; renew it"
    return ""


def _load(context: ssl.SSLContext, tls: Tls) -> None:
    for key, file in (("cert_file", tls.cert_file), ("key_file", tls.key_file)):
        _read(file, key)  # OpenSSL does not say which of the two it could not read
    try:
        context.load_cert_chain(tls.cert_file, tls.key_file, password=_no_pass_phrase)
    except _PassPhraseError:
        message = "has a pass phrase, and nobody is there to type it; write the key without one, readable only by us"
        raise _unusable("key_file", tls.key_file, message) from None
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            message = f"is not the key of the certificate in {tls.cert_file}; name the two that belong together"
            raise _unusable("key_file", tls.key_file, message) from error
        message = f"and {tls.key_file} are not a certificate and its key in PEM form ({error.reason or error})"
        raise _unusable("cert_file", tls.cert_file, message) from error
    except OSError as error:
        raise _unusable("cert_file", tls.cert_file, f"cannot be read: {error.strerror or error}") from error


def _choose(context: ssl.SSLContext, ciphers: tuple[str, ...]) -> None:
    try:
        context.set_ciphers(":".join(ciphers))
    except ssl.SSLError as error:
        message = "none of them is offered by OpenSSL here; choose others, or leave them out for the usual ones"
        raise CertificateError("cipher_suites", message) from error


class _PassPhraseError(Exception):
    pass


def _no_pass_phrase() -> str:
    raise _PassPhraseError


def _read(file: Path, key: str) -> bytes:
    try:
        with file.open("rb") as opened:
            content = opened.read(LARGEST + 1)
    except OSError as error:
        message = f"cannot be read: {error.strerror or error}; correct its name, or who may read it"
        raise _unusable(key, file, message) from error
    if len(content) > LARGEST:
        raise _unusable(key, file, f"is larger than {LARGEST // 1024 // 1024} MiB, which no certificate is")
    return content


def _unusable(key: str, file: Path, message: str) -> CertificateError:
    return CertificateError(key, f"{file} {message}")
