"""Let a test or a drill look at the stand-in and change it while it runs: everything below /_stand-in/.

GET requests (what was asked), GET runs (what was done: every accepted run), POST trouble (one more, by the keys of a
scenario's [[trouble]]; without `from` it begins now, and it never begins in the past), DELETE trouble (end them all),
POST resource, quota, sku, provider, trigger (let one be so from now on, by the keys of the scenario's table of that
name; it goes before what was said of it earlier), POST roles (a list of what a scenario's [[role]] says, instead of
those there were; an empty one allows everything).
These paths need no token; the stand-in listens on loopback only.
"""

import json
from collections.abc import Callable
from functools import partial

from aibwatch.simulator.estate import Estate
from aibwatch.simulator.estate_tables import (
    read_provider,
    read_quota,
    read_resource,
    read_sku,
    read_trigger,
)
from aibwatch.simulator.journal import Journal
from aibwatch.simulator.lines import Lines
from aibwatch.simulator.reading import Mistakes, Table
from aibwatch.simulator.refusal import Refusal
from aibwatch.simulator.reply import Reply
from aibwatch.simulator.tables import read_role, read_trouble
from aibwatch.simulator.trouble import EVERYWHERE
from aibwatch.simulator.wire import ARM_JSON_TYPE, arm_json
from aibwatch.simulator.world import World

PREFIX = "/_stand-in/"


def drill(method: str, path: str, sent: bytes, world: World, journal: Journal) -> Reply:
    """Answer one request below the prefix. Raises Refusal for what is not there."""
    match method, path.removeprefix(PREFIX):
        case "GET", "requests":
            return _told(200, journal.entries(), {"X-Stand-In-Dropped": str(journal.dropped)})
        case "GET", "runs":
            return _told(200, world.effects())
        case "POST", "trouble":
            return _add(sent, world)
        case "DELETE", "trouble":
            return _told(200, {"ended": world.end_troubles()})
        case "POST", "resource" | "quota" | "sku" | "provider" | "trigger" as name:
            return _change(name, sent, world)
        case "POST", "roles":
            return _assign(sent, world)
        case _:
            raise Refusal(
                404,
                "NotFound",
                "Known are GET requests, GET runs, POST trouble, DELETE trouble, POST roles, "
                "and POST resource, quota, sku, provider or trigger.",
            )


def _add(sent: bytes, world: World) -> Reply:
    mistakes = Mistakes("body", Lines(""))
    if isinstance(table := _table(sent, mistakes, "trouble"), Reply):
        return table
    trouble = read_trouble(table, world.elapsed(world.time()))
    known = world.regions | world.estate.resources.regions
    if trouble.region not in known | {EVERYWHERE}:
        mistakes.note("trouble", 0, "region", f"no template lives in {trouble.region!r}; use one of {sorted(known)}")
    if found := mistakes.texts():
        return _told(400, {"mistakes": list(found)})
    return _told(201, {"trouble": world.add_trouble(trouble)})


def _change(name: str, sent: bytes, world: World) -> Reply:
    mistakes = Mistakes("body", Lines(""))
    if isinstance(table := _table(sent, mistakes, name), Reply):
        return table
    change = _change_of(name, table, world.estate)
    if found := mistakes.texts():
        return _told(400, {"mistakes": list(found)})
    world.estate.count_change()
    change()
    return _told(201, {"changed": name})


def _change_of(name: str, table: Table, estate: Estate) -> Callable[[], None]:
    """Return what makes it so. Nothing of it may be done before the table was found to be without mistakes."""
    match name:
        case "resource":
            return partial(estate.resources.put, read_resource(table))
        case "quota":
            return partial(estate.quotas.put, read_quota(table))
        case "sku":
            return partial(estate.sizes.put, read_sku(table))
        case "provider":
            return partial(estate.providers.put, read_provider(table))
        case _:
            return partial(estate.triggers.put, read_trigger(table))


def _table(sent: bytes, mistakes: Mistakes, name: str) -> Table | Reply:
    """Return the table that was sent, or the answer to something else."""
    try:
        values = json.loads(sent)
    except ValueError as error:
        return _told(400, {"mistakes": [f"body:1: syntax: {error}; send a JSON object"]})
    if not isinstance(values, dict):
        return _told(400, {"mistakes": [f"body:1: syntax: this is no object; send the keys of one [[{name}]]"]})
    return Table(values, mistakes, name)


def _assign(sent: bytes, world: World) -> Reply:
    try:
        values = json.loads(sent)
    except ValueError as error:
        return _told(400, {"mistakes": [f"body:1: syntax: {error}; send a JSON list"]})
    if not isinstance(values, list) or not all(isinstance(one, dict) for one in values):
        return _told(400, {"mistakes": ["body:1: syntax: this is no list of objects; send the keys of some [[role]]s"]})
    mistakes = Mistakes("body", Lines(""))
    roles = [read_role(Table(one, mistakes, "role", index)) for index, one in enumerate(values)]
    if found := mistakes.texts():
        return _told(400, {"mistakes": list(found)})
    return _told(200, {"roles": world.roles.replace(roles)})


def _told(status: int, body: object, headers: dict[str, str] | None = None) -> Reply:
    return Reply(
        status=status, headers={"Content-Type": ARM_JSON_TYPE, **(headers or {})}, content=arm_json(body), bare=True
    )
