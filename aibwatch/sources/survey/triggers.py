"""Read the triggers of a template: by them the service runs it by itself when its source image changes.

Rules: a trigger whose status is told, and is not "Healthy", does not run; one without a status is taken for healthy, as
only such do harm. This module does not know whether a template should have one.
"""

from collections.abc import Iterable

from aibwatch.core.model import Region, TemplateId
from aibwatch.core.readiness.survey import Trigger, Unread
from aibwatch.core.reading import table, text
from aibwatch.sources.arm import Api
from aibwatch.sources.lacking import unread
from aibwatch.sources.paging import Limits
from aibwatch.sources.survey.thrift import Question, Thrift

ACTION = "Microsoft.VirtualMachineImages/imageTemplates/triggers/read"

LIMITS = Limits(pages=10)
"""A template has one trigger at most (Microsoft's own limit)."""

MOST = 20


async def triggers_of(thrift: Thrift, template: TemplateId, region: Region) -> tuple[Trigger, ...] | Unread:
    """Return the triggers of a template that lives in this region. Asked once a round."""
    question = Question(
        path=f"{template}/triggers",
        api=Api.IMAGE_BUILDER,
        operation="survey_triggers",
        subject=f"triggers in {region}",
        region=region,
    )

    async def find() -> tuple[Trigger, ...] | Unread:
        listed = await thrift.list(question, LIMITS)
        return unread(listed.failure, ACTION) if listed.failure else parse_triggers(listed.entries)

    return await thrift.once(question.path, find)


def parse_triggers(entries: Iterable[object]) -> tuple[Trigger, ...]:
    """Return the triggers of a list. One without a name is a trigger all the same."""
    return tuple(_trigger(table(entry)) for entry in list(entries)[:MOST] if table(entry))


def _trigger(entry: object) -> Trigger:
    properties = table(entry, "properties")
    status = text(table(properties, "status"), "code").strip().lower()
    return Trigger(
        name=text(table(entry), "name").strip(),
        kind=text(properties, "kind").strip(),
        healthy=status in {"", "healthy"},
    )
