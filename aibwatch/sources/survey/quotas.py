"""Read how many machines and container instances a subscription may have in a region, and how many it has.

Rules: a quota without a readable number is left out, as none is better than a wrong one; a limit below zero is none at
all. This module does not know how much a build takes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from aibwatch.core.model import Region
from aibwatch.core.readiness.survey import ABSENT, Absence, Quota, Unread
from aibwatch.core.reading import table, text
from aibwatch.sources.arm import Api
from aibwatch.sources.lacking import unread
from aibwatch.sources.paging import Limits
from aibwatch.sources.survey.thrift import Question, Thrift

STANDARD_CORES = "standardcores"
"""Of container instances: what isolated builds draw on."""

MOST = 2**31 - 1
"""What stands for "without limit", and the most that is believed of any number."""

LIMITS = Limits(pages=20)
"""A region has about 200 quotas, on one page (the API's own examples)."""


@dataclass(frozen=True, slots=True)
class _Usages:
    path: str
    api: Api
    action: str


_MACHINES = _Usages("Microsoft.Compute", Api.COMPUTE, "Microsoft.Compute/locations/usages/read")
_CONTAINERS = _Usages(
    "Microsoft.ContainerInstance", Api.CONTAINERS, "Microsoft.ContainerInstance/locations/usages/read"
)


async def machine_quotas(thrift: Thrift, subscription: str, region: Region) -> Mapping[str, Quota] | Unread:
    """Return the quotas of virtual machines by name in lower case. Asked once a round."""
    return await _quotas(thrift, _MACHINES, subscription, region)


async def container_quota(thrift: Thrift, subscription: str, region: Region) -> Quota | Absence | Unread:
    """Return the quota of standard cores of container instances; ABSENT where none is told. Asked once a round."""
    quotas = await _quotas(thrift, _CONTAINERS, subscription, region)
    return quotas if isinstance(quotas, Unread) else quotas.get(STANDARD_CORES, ABSENT)


def parse_quotas(entries: Iterable[object]) -> dict[str, Quota]:
    """Return the quotas of a list, by name in lower case."""
    found: dict[str, Quota] = {}
    for entry in map(table, entries):
        name = text(table(entry, "name"), "value").strip()
        limit, used = _number(entry.get("limit")), _number(entry.get("currentValue"))
        if name and limit is not None and used is not None:
            found[name.lower()] = Quota(name=name, limit=MOST if limit < 0 else limit, used=max(used, 0))
    return found


async def _quotas(thrift: Thrift, usages: _Usages, subscription: str, region: Region) -> Mapping[str, Quota] | Unread:
    question = Question(
        path=f"/subscriptions/{subscription}/providers/{usages.path}/locations/{region}/usages",
        api=usages.api,
        operation="survey_quotas",
        subject=f"{usages.path} in {region}",
        region=region,
    )

    async def find() -> Mapping[str, Quota] | Unread:
        listed = await thrift.list(question, LIMITS)
        return unread(listed.failure, usages.action) if listed.failure else parse_quotas(listed.entries)

    return await thrift.once(question.path, find)


def _number(value: object) -> int | None:
    """Return a whole number, also one that is written as a float; None for what is none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not value >= -MOST:
        return None
    return MOST if value > MOST else int(value)
