"""Ask a gallery not to give a version to those who ask for its latest: the one thing that is written outside templates.

Rules: only an id that is a version in a gallery to the last character is asked for; one PATCH with one property goes
out, once. Asking again changes nothing. This module does not know which version should be left out, nor why.
"""

from aibwatch.core.classify import Symptom, classify
from aibwatch.core.model import WELL, Diagnosis
from aibwatch.core.move.gallery import version_of
from aibwatch.sources.answer import Bad
from aibwatch.sources.arm import Api, Arm

EXCLUDED = {"properties": {"publishingProfile": {"excludeFromLatest": True}}}


class Gallery:
    """The galleries of one ARM endpoint."""

    def __init__(self, arm: Arm) -> None:
        self._arm = arm

    async def exclude(self, image: str) -> Diagnosis:
        """Set excludeFromLatest on the version with this id; return WELL if it was taken, else why not."""
        version = version_of(image)
        if version is None:
            return classify(Symptom(status=400, message=f"{image} is no version in a gallery; nothing was asked for"))
        answer = await self._arm.patch(version, EXCLUDED, api=Api.GALLERY, operation="exclude_from_latest")
        return answer.diagnosis if isinstance(answer, Bad) else WELL
