"""Make certificates for tests: an authority, and what it signs."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import bcrypt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

FAR = datetime(2049, 1, 1, tzinfo=UTC)
"""So far away that no test looks at it."""


@dataclass(frozen=True)
class Pair:
    """A certificate and its key, in files."""

    cert: Path
    key: Path


def a_pair(folder: Path, name: str = "here", *, expires: datetime = FAR, serves: str = "localhost") -> Pair:
    """Write a certificate that signs itself, good for one name in DNS."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(expires, datetime(2020, 1, 1, tzinfo=UTC)) - timedelta(days=1))
        .not_valid_after(expires)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(serves)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    pair = Pair(cert=folder / f"{name}.pem", key=folder / f"{name}.key")
    pair.cert.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    pair.key.write_bytes(_pem(key, serialization.NoEncryption()))
    return pair


def with_pass_phrase(pair: Pair) -> None:
    """Encrypt the key in its file."""
    key = serialization.load_pem_private_key(pair.key.read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("another kind of key than was written")
    pair.key.write_bytes(_pem(key, serialization.BestAvailableEncryption(b"secret")))


def _pem(key: ec.EllipticCurvePrivateKey, encryption: serialization.KeySerializationEncryption) -> bytes:
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)


@cache
def a_hash(password: str) -> str:
    """Return a hash of the least cost; each still takes a millisecond."""
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(rounds=4)).decode()
