"""Find storage accounts and key vaults, which an address names and does not place.

Rules: both have names that are their own in all of Azure. They are listed by subscription, once a round; one that is in
none of the lists may be in another subscription, or hidden from us, so it is not told as absent.
This module does not know who named them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from aibwatch.core.model import Region, region_of
from aibwatch.core.readiness.survey import Place, Unread
from aibwatch.core.reading import table, text
from aibwatch.sources.arm import Api
from aibwatch.sources.lacking import unread
from aibwatch.sources.paging import Limits
from aibwatch.sources.survey.thrift import Question, Thrift

LIMITS = Limits(pages=500)
"""A subscription may have 250 storage accounts in each region; a page has some hundred, one of key vaults fewer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sort:
    """What is found by its name."""

    word: str
    """For people."""
    kind: str
    """The type of resource, in lower case."""
    path: str
    """Behind the subscription."""
    api: Api
    action: str
    """The permission that the list needs."""


ACCOUNTS = Sort(
    word="storage account",
    kind="microsoft.storage/storageaccounts",
    path="/providers/Microsoft.Storage/storageAccounts",
    api=Api.STORAGE,
    action="Microsoft.Storage/storageAccounts/read",
)
VAULTS = Sort(
    word="key vault",
    kind="microsoft.keyvault/vaults",
    path="/providers/Microsoft.KeyVault/vaults",
    api=Api.KEY_VAULT,
    action="Microsoft.KeyVault/vaults/read",
)


async def where_is_named(thrift: Thrift, sort: Sort, name: str, subscriptions: Iterable[str]) -> Place | Unread:
    """Return where it is, looked for in these subscriptions, in their order. `name` is in lower case."""
    failure: Unread | None = None
    for subscription in dict.fromkeys(subscriptions):
        regions = await _regions(thrift, sort, subscription)
        if isinstance(regions, Unread):
            failure = failure or regions
        elif region := regions.get(name):
            return Place(region=region, kind=sort.kind)
    return failure or Unread(
        why=f'{sort.word} "{name}" is not among those that can be seen in the subscriptions of the group\'s templates; '
        "where another subscription has it cannot be found out from its name"
    )


def parse_regions(entries: Iterable[object]) -> dict[str, Region]:
    """Return names in lower case and regions. What has not both is left out: nothing can be said of it."""
    rows = ((text(entry, "name").strip().lower(), region_of(text(entry, "location"))) for entry in map(table, entries))
    return {name: region for name, region in rows if name and region}


async def _regions(thrift: Thrift, sort: Sort, subscription: str) -> Mapping[str, Region] | Unread:
    question = Question(
        path=f"/subscriptions/{subscription}{sort.path}", api=sort.api, operation="survey_names", subject=sort.kind
    )

    async def find() -> Mapping[str, Region] | Unread:
        listed = await thrift.list(question, LIMITS)
        return unread(listed.failure, sort.action) if listed.failure else parse_regions(listed.entries)

    return await thrift.once((sort.kind, subscription), find)
