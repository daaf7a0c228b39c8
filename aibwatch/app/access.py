"""Give handlers what they may do in their own words: a Bad answer of a source is a handler's Refusal."""

from datetime import datetime

from aibwatch.core.model import Diagnosis, TemplateId
from aibwatch.core.observation import TemplateSeen
from aibwatch.handlers.api import Refusal
from aibwatch.sources.answer import Bad
from aibwatch.sources.templates import Templates


class TemplateAccess:
    """The templates, for handlers, canaries and builds."""

    def __init__(self, templates: Templates) -> None:
        self._templates = templates

    async def read(self, template: TemplateId) -> TemplateSeen | Refusal:
        """Return the template as it is now."""
        seen = await self._templates.read(template)
        return _refusal(seen) if isinstance(seen, Bad) else seen

    async def run(self, template: TemplateId) -> Refusal | None:
        """Start a run; None: it was accepted."""
        answer = await self._templates.run(template)
        return _refusal(answer) if isinstance(answer, Bad) else None

    async def run_canary(self, template: TemplateId) -> Refusal | None:
        """Start a run of a canary; None: it was accepted."""
        answer = await self._templates.run(template, operation="run_canary")
        return _refusal(answer) if isinstance(answer, Bad) else None

    async def outputs(self, template: TemplateId, run: datetime | None = None) -> tuple[str, ...] | Diagnosis:
        """Return the images of the last run, or of the run that began then."""
        read = await self._templates.outputs(template, run)
        return read.diagnosis if isinstance(read, Bad) else read


def _refusal(bad: Bad) -> Refusal:
    return Refusal(diagnosis=bad.diagnosis, uncertain=bad.uncertain)
