"""Read one template of a region, to see whether the region's API answers.

Rules: any answer of the service is an answer, a refusal too; 200 with something else than that template is ambiguous.
This module does not know how many failures matter, nor whether the template is well.
"""

from collections.abc import Callable
from datetime import datetime

from aibwatch.core.model import WELL, Diagnosis, Region, TemplateId, template_id
from aibwatch.core.observation import Observation, Polled, Probed, Source
from aibwatch.sources.answer import Answer, Bad, unexpected
from aibwatch.sources.arm import Api, Arm
from aibwatch.sources.parse_template import id_of


class Probe:
    """One GET at a time."""

    def __init__(self, arm: Arm, now: Callable[[], datetime]) -> None:
        self._arm = arm
        self._now = now

    async def poll(self, region: Region, template: TemplateId) -> tuple[Observation, ...]:
        """Return Polled and Probed, alike. `template` must be one of this region; nobody checks."""
        answer = await self._arm.get(template, api=Api.IMAGE_BUILDER, operation="probe", region=region)
        at, diagnosis = self._now(), _diagnosis(answer, template)
        return (
            Polled(at=at, source=Source.PROBE, subject=region, diagnosis=diagnosis),
            Probed(at=at, region=region, diagnosis=diagnosis),
        )


def _diagnosis(answer: Answer, template: TemplateId) -> Diagnosis:
    if isinstance(answer, Bad):
        return answer.diagnosis
    if id_of(answer.body) != template_id(template):
        return unexpected("the answer is not the image template that was asked for", answer.status).diagnosis
    return WELL
