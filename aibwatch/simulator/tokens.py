"""Give out tokens as the instance metadata service does, and know them again.

A token is a signed text like a real one, so nothing has to be remembered and a restarted stand-in with the same seed
still takes the tokens clients have cached. It protects nothing: whoever reaches the stand-in gets one. The audience
is not checked, because a client that was pointed at another ARM endpoint may ask for that one's.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from aibwatch.simulator.lots import guid
from aibwatch.simulator.refusal import Refusal
from aibwatch.simulator.wire import Json

LIFETIME = timedelta(hours=24)
"""What managed identities get."""


class Tokens:
    """Issue and check tokens under one key, made from the scenario's seed."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._key = hashlib.sha256(f"stand-in {seed}".encode()).digest()

    def issue(self, headers: Mapping[str, str], query: Mapping[str, str], now: datetime) -> tuple[int, Json]:
        """Return status and body of an answer to GET /metadata/identity/oauth2/token. Times are texts there."""
        if headers.get("Metadata", "").lower() != "true":
            return 400, _wrong("Required metadata header not specified")
        for name in ("api-version", "resource"):
            if not query.get(name):
                return 400, _wrong(f"Required query variable '{name}' is missing")
        expires = now + LIFETIME
        client = query.get("client_id") or guid(self._seed, "client")
        return 200, {
            "access_token": self._token(query["resource"], expires),
            "client_id": client,
            "expires_in": str(int(LIFETIME.total_seconds())),
            "expires_on": str(int(expires.timestamp())),
            "ext_expires_in": str(int(LIFETIME.total_seconds())),
            "not_before": str(int(now.timestamp())),
            "resource": query["resource"],
            "token_type": "Bearer",
        }

    def _token(self, audience: str, expires: datetime) -> str:
        claims = {"aud": audience, "exp": int(expires.timestamp()), "oid": guid(self._seed, "principal")}
        signed = f"{_part({'typ': 'JWT', 'alg': 'HS256'})}.{_part(claims)}"
        return f"{signed}.{self._signature(signed)}"

    def _signature(self, signed: str) -> str:
        return _base64(hmac.digest(self._key, signed.encode(), "sha256"))

    def check(self, authorization: str, now: datetime) -> None:
        """Pass a request with a token of ours. Raises Refusal for none, a strange one and an old one."""
        kind, _, token = authorization.partition(" ")
        if kind.lower() != "bearer" or not token:
            raise Refusal(401, "AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing.")
        signed, _, signature = token.strip().rpartition(".")
        if not hmac.compare_digest(self._signature(signed).encode(), signature.encode()):
            raise Refusal(401, "InvalidAuthenticationToken", "The access token is invalid.")
        claims = signed.partition(".")[2]
        if json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["exp"] <= now.timestamp():
            raise Refusal(401, "ExpiredAuthenticationToken", "The access token expiry is before the current time.")


def challenge(refusal: Refusal) -> str:
    """Return the WWW-Authenticate header of a 401."""
    return (
        'Bearer authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", error="invalid_token", '
        f'error_description="{refusal.text}"'
    )


def _wrong(text: str) -> Json:
    return {"error": "invalid_request", "error_description": text}


def _part(value: Json) -> str:
    return _base64(json.dumps(value, separators=(",", ":")).encode())


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
