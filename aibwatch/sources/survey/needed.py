"""Look up everything that a template needs: where each thing is.

Rules: every need is answered for, by its id; what is in no place (an address outside Azure) is left out, as it has
none. Of a source that is an image without a version the version is looked up that a build would take.
This module does not know what the answers mean for a build.
"""

import asyncio
from collections.abc import Collection, Mapping

from aibwatch.core.definition.needs import Kind, Need
from aibwatch.core.readiness.survey import Absence, Place, Unread
from aibwatch.sources.survey.by_name import ACCOUNTS, VAULTS, where_is_named
from aibwatch.sources.survey.places import DEFINITION, LATEST, kind_of, where_is
from aibwatch.sources.survey.thrift import Thrift

MOST = 100
"""Things looked up for one template; the largest real ones need about ten."""

Found = Place | Absence | Unread


async def places_of(thrift: Thrift, needs: Collection[Need], subscriptions: Collection[str]) -> Mapping[str, Found]:
    """Return where the needs are, by id. In `subscriptions` is looked for what has a name only."""
    wanted = {need.id: need for need in needs if not need.outside}
    asked = list(wanted.values())[:MOST]
    found = await asyncio.gather(*(_place(thrift, need, subscriptions) for need in asked))
    beyond = Unread(why=f"not looked up, because the template needs more than {MOST} things")
    return {**dict.fromkeys(wanted, beyond), **{need.id: place for need, place in zip(asked, found, strict=True)}}


async def _place(thrift: Thrift, need: Need, subscriptions: Collection[str]) -> Found:
    if need.account:
        sort = VAULTS if need.kind is Kind.VAULT else ACCOUNTS
        return await where_is_named(thrift, sort, need.account, subscriptions)
    if need.kind is Kind.SOURCE_VERSION and kind_of(need.id) == DEFINITION:
        return await where_is(thrift, f"{need.id}/versions/{LATEST}")
    return await where_is(thrift, need.id)
