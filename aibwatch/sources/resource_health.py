"""Ask Resource Health about a resource that the operator named as a dependency of a region.

Rules: a type that Resource Health does not know (422) is "unsupported": a signal that is not there, never health. Any
other refusal is a failed poll and no fact about the resource.
This module does not know what the resource is for.
"""

from collections.abc import Callable
from datetime import datetime

from aibwatch.core.model import WELL, Region
from aibwatch.core.observation import DependencySeen, Observation, Polled, Source
from aibwatch.sources.answer import Answer, Bad, unexpected
from aibwatch.sources.arm import Api, Arm
from aibwatch.sources.parse_availability import made_by_customer, state_of

CURRENT = "/providers/Microsoft.ResourceHealth/availabilityStatuses/current"

UNSUPPORTED = "unsupported"
UNPROCESSABLE = 422
"""Status for a type that Resource Health does not know, with code UnsupportedResourceType."""


class ResourceHealth:
    """One GET for one resource."""

    def __init__(self, arm: Arm, now: Callable[[], datetime]) -> None:
        self._arm = arm
        self._now = now

    async def poll(self, region: Region, resource: str) -> tuple[Observation, ...]:
        """Return Polled, whose subject is the resource id in lower case, and DependencySeen where there was news.

        An unsupported type is a good poll: nothing is wrong with the way there or with the provider.
        """
        name = resource.strip().rstrip("/").lower()
        answer = await self._arm.get(
            f"{name}{CURRENT}", api=Api.RESOURCE_HEALTH, operation="get_availability", region=region
        )
        at = self._now()
        told = _told(answer)
        if isinstance(told, Bad):
            return (Polled(at=at, source=Source.RESOURCE_HEALTH, subject=name, diagnosis=told.diagnosis),)
        state, customer_made = told
        return (
            Polled(at=at, source=Source.RESOURCE_HEALTH, subject=name, diagnosis=WELL),
            DependencySeen(at=at, region=region, resource=name, state=state, customer_made=customer_made),
        )


def _told(answer: Answer) -> tuple[str, bool] | Bad:
    if isinstance(answer, Bad):
        unsupported = answer.status == UNPROCESSABLE and answer.symptom.from_azure
        return (UNSUPPORTED, False) if unsupported else answer
    state = state_of(answer.body)
    if state is None:
        return unexpected("an answer of Resource Health without an availabilityState", answer.status)
    return state, made_by_customer(answer.body)
