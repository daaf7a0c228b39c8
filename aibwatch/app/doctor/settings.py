"""Check what the configuration itself is warned of, and that its token can be read."""

import asyncio

from aibwatch.app.doctor.bench import Bench, few
from aibwatch.core.checkup import Checked, fail, warn, well
from aibwatch.runtime.token import read_token


async def check_settings(bench: Bench) -> list[Checked]:
    """Return the warnings of the configuration, and whether orders can be given."""
    warnings = [warn("config", str(problem), "see aibwatch check-config") for problem in bench.loaded.warnings]
    told = few(warnings) or [well("config", f"{bench.loaded.file} has no warnings")]
    return [*told, await asyncio.to_thread(_orders, bench.loaded.settings.http.token_file)]


def _orders(token_file: str) -> Checked:
    try:
        token = read_token(token_file)
    except ValueError as error:
        return fail("orders", str(error), "until then the daemon does not start; or doctor runs as another user")
    if not token:
        return well("orders", "no http.token_file is named, so all orders are refused")
    return well("orders", f"orders need the token in {token_file}")
