"""Check that the credential gives a token, how long that takes, and whose it is.

The token itself is looked into for its public names only (object and tenant id) and never told.
"""

import asyncio
import base64
import json
from datetime import timedelta

from aibwatch.app.doctor.bench import Bench
from aibwatch.core.checkup import Cause, Checked, fail, warn, well
from aibwatch.core.reading import one_line, table, text
from aibwatch.core.redact import redacted
from aibwatch.core.sentences import span
from aibwatch.sources.connection import ENDPOINTS
from aibwatch.sources.credential import make_credential

LIMIT = timedelta(seconds=15)
"""A metadata service answers in a tenth of a second; where there is none, the SDK asks again for much longer."""

SLOW = timedelta(seconds=5)

REMEDY = "assign the identity to this machine, or correct azure.credential and azure.client_id"


async def check_token(bench: Bench) -> list[Checked]:
    """Return whether a token can be had."""
    name, begun = str(bench.azure.credential), bench.clock.now()
    try:
        credential = make_credential(name, bench.azure.client_id)
    except ValueError as error:
        return [fail("token", f"{name}: {_clean(error)}", REMEDY, Cause.UNREACHABLE)]
    try:
        async with asyncio.timeout(LIMIT.total_seconds()):
            token = await credential.get_token(f"{ENDPOINTS[bench.azure.cloud]}/.default")
    except TimeoutError:
        said = f"{name} gave no token within {LIMIT.total_seconds():.0f} s"
        return [fail("token", said, REMEDY, Cause.UNREACHABLE)]
    except Exception as error:  # noqa: BLE001  # a credential is foreign code: files, environment, its own network
        return [fail("token", f"{name} gave no token: {_clean(error)}", REMEDY, Cause.UNREACHABLE)]
    finally:
        await credential.close()
    took = bench.clock.now() - begun
    left = timedelta(seconds=token.expires_on - bench.clock.now().timestamp())
    told = f"{name} gave a token in {took.total_seconds():.1f} s{whose(token.token)}, good for {span(left)}"
    if took > SLOW:
        return [warn("token", told, "look why it takes so long: every request of a fresh process waits for it")]
    return [well("token", told)]


def whose(token: str) -> str:
    """Return the names in a token, as part of a sentence; "" where it shows none. Never raises."""
    part = [*token.split("."), "", ""][1][:100_000]
    try:
        claims = table(json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))))
    except (ValueError, RecursionError):
        return ""
    names = {"object id": text(claims, "oid"), "tenant": text(claims, "tid")}
    told = ", ".join(f"{name} {one_line(value)}" for name, value in names.items() if value)
    return f" for {told}" if told else ""


def _clean(error: Exception) -> str:
    return one_line(redacted(str(error))) or type(error).__name__
