"""Check what the configuration itself is warned of, its certificate, and that its token can be read."""

import asyncio
from datetime import datetime
from pathlib import Path

from aibwatch.app.doctor.bench import Bench, few
from aibwatch.config.path import named_file
from aibwatch.config.problem import ConfigError
from aibwatch.core.checkup import Checked, fail, warn, well
from aibwatch.runtime.door.certificates import ending
from aibwatch.runtime.door.guard import in_force, read_web
from aibwatch.runtime.token import read_token


async def check_settings(bench: Bench) -> list[Checked]:
    """Return the warnings of the configuration, and whether orders can be given."""
    warnings = [warn("config", str(problem), "see aibwatch check-config") for problem in bench.loaded.warnings]
    told = few(warnings) or [well("config", f"{bench.loaded.file} has no warnings")]
    web_file = bench.loaded.settings.http.web_config_file
    door = (
        [await asyncio.to_thread(_door, named_file(web_file, bench.environment), bench.clock.now())] if web_file else []
    )
    return [*told, *door, await asyncio.to_thread(_orders, bench.loaded.settings.http.token_file)]


def _orders(token_file: str) -> Checked:
    try:
        token = read_token(token_file)
    except ValueError as error:
        return fail("orders", str(error), "until then the daemon does not start; or doctor runs as another user")
    if not token:
        return well("orders", "no http.token_file is named, so all orders are refused")
    return well("orders", f"orders need the token in {token_file}")


def _door(file: Path, now: datetime) -> Checked:
    try:
        found = in_force(read_web(file), file)
    except ConfigError as error:
        return fail("web", str(error.problems[0]), "see aibwatch check-config; or doctor runs as another user")
    users = len(found.web.users)
    asked = f"{users} {'user' if users == 1 else 'users'} may look" if users else "everybody may look"
    if found.expires is None:
        return well("web", f"{file}: plain HTTP, {asked}")
    late = ending(found.expires, now)
    if late:
        return warn("web", f"{file}: {late.rpartition('; ')[0]}", "renew it; the daemon takes a new one by itself")
    left = (found.expires - now).days
    return well("web", f"{file}: TLS with a certificate for {left} more days, {asked}")
