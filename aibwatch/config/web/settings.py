"""Name what a web config file says. Nothing that cannot be acted on gets this far."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from aibwatch.config.problem import Problem


class ClientAuth(StrEnum):
    """Whether clients show a certificate. The values are those of the file."""

    NONE = "NoClientCert"
    IF_GIVEN = "VerifyClientCertIfGiven"
    REQUIRED = "RequireAndVerifyClientCert"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """How to speak TLS."""

    cert_file: Path
    """PEM: the certificate, and those between it and its authority."""
    key_file: Path
    client_auth: ClientAuth = ClientAuth.NONE
    client_ca_file: Path | None = None
    client_names: tuple[str, ...] = ()
    """One of them must be among the alternative names of a client's certificate; empty for any."""
    least: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2
    most: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3
    ciphers: tuple[str, ...] = ()
    """OpenSSL's names, for TLS 1.2; empty for the usual ones. TLS 1.3 has no bad ones to choose from."""
    curve: str = ""
    """OpenSSL's name; "" for the usual ones."""

    @property
    def files(self) -> tuple[Path, ...]:
        """Return every file that this was told to read."""
        return (self.cert_file, self.key_file, *((self.client_ca_file,) if self.client_ca_file else ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Web:
    """All that the file says."""

    tls: Tls | None = None
    """None for plain HTTP."""
    users: Mapping[str, str] = field(default_factory=dict)
    """Names and the bcrypt hashes of their passwords; empty where nobody is asked for one."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Sent with every answer that does not have them already."""
    warnings: tuple[Problem, ...] = ()
