"""Sign what goes to a webhook, as Standard Webhooks has it: HMAC-SHA256 over id, time and body.

The file holds one secret a line, at most MOST_SECRETS: `whsec_` and base64, or the secret itself as it stands. Each
gives one signature, so that a secret is replaced without a gap: add the new one, teach it the receiver, drop the old
one. The file is read for every call; nothing here keeps a secret.
"""

import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Mapping, Sequence
from datetime import datetime

from aibwatch.config.path import named_file
from aibwatch.core.redact import HIDDEN

PREFIX = "whsec_"
SHORTEST = 24
"""Bytes of a secret; the standard asks for 24 to 64."""
MOST_SECRETS = 4
"""In one file. Two are there while one replaces the other; a file of many lines is some other file."""
LARGEST_FILE = 4096
"""Bytes: four secrets of the longest kind are a tenth of it."""

Secrets = tuple[bytes, ...]


class SecretError(Exception):
    """There is no secret that could be used; the message names the file and never what is in it."""


def read_secrets(path: str) -> Secrets:
    """Return the secrets in the file, the first one first.

    Raises:
        SecretError: if it cannot be read, holds none, or one that is too short or no base64.
    """
    try:
        with named_file(path, os.environ).open("rb") as file:
            raw = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise SecretError(f"secret_file {path} cannot be read: {error.strerror or error}") from error
    lines = [line.strip() for line in raw.splitlines() if line.strip()]
    if len(raw) > LARGEST_FILE or len(lines) > MOST_SECRETS:
        raise SecretError(f"secret_file {path} is no file of secrets; write one a line, at most {MOST_SECRETS}")
    if not lines:
        raise SecretError(f"secret_file {path} is empty; write {PREFIX} and 32 random bytes in base64 into it")
    return tuple(_secret(line, f"secret_file {path}, secret {number}") for number, line in enumerate(lines, start=1))


def _secret(line: bytes, where: str) -> bytes:
    if not line.startswith(PREFIX.encode()):
        key = line
    else:
        try:
            key = base64.b64decode(line.removeprefix(PREFIX.encode()), validate=True)
        except binascii.Error as error:
            raise SecretError(f"{where}: what follows {PREFIX} is no base64") from error
    if len(key) < SHORTEST:
        raise SecretError(f"{where}: has {len(key)} bytes; {SHORTEST} are the least")
    return key


def signed(secrets: Sequence[bytes], message_id: str, at: datetime, body: bytes) -> Mapping[str, str]:
    """Return the headers that prove who sent the body, and when. `message_id` must not contain a full stop."""
    second = str(int(at.timestamp()))
    content = b".".join((message_id.encode(), second.encode(), body))
    return {
        "webhook-id": message_id,
        "webhook-timestamp": second,
        "webhook-signature": " ".join(f"v1,{_mac(secret, content)}" for secret in secrets),
    }


def without(secrets: Sequence[bytes], text: str) -> str:
    """Return the text with *** for each of the secrets, in both forms in which one is written."""
    for secret in secrets:
        for form in (secret.decode(errors="replace"), base64.b64encode(secret).decode()):
            text = text.replace(form, HIDDEN)
    return text


def _mac(secret: bytes, content: bytes) -> str:
    return base64.b64encode(hmac.digest(secret, content, hashlib.sha256)).decode()
