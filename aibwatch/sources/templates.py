"""Read image templates with list calls, and the one template that a handler asks for.

Rules: only what differs from what is known becomes an observation; only a list that came whole lets a template be
missed, and only a 404 to a read of its own then says that it is gone.

Note [Why absence is looked at twice]: ARM makes the list of a subscription by asking every region and merging what
comes back (a header of 2025's lists shows the parts). Whether it fails when one region does not answer, or leaves
that region out, nobody has recorded. If the latter, an outage would make its own templates vanish. A 404 to a GET
is made by ARM from its own index and does not need the region.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from aibwatch.core.classify import Symptom
from aibwatch.core.failures import DEFAULT
from aibwatch.core.model import WELL, Diagnosis, FailureClass, TemplateId, template_id
from aibwatch.core.observation import Observation, Polled, Source, TemplateGone, TemplateSeen
from aibwatch.sources.answer import Answer, Bad, unexpected
from aibwatch.sources.arm import Api, Arm
from aibwatch.sources.paging import USUAL, Limits, Listed, collect
from aibwatch.sources.parse_template import Unreadable, id_of, parse_outputs, parse_template, symptom_of

LIST_GROUPS = 8
"""Resource groups of one subscription listed one by one; beyond that one list of the subscription is less to read."""

AT_ONCE = 8
"""Lists under way at a time."""

CONFIRMATIONS = 5
"""Missing templates read by themselves in one poll; the rest waits for the next."""

TYPE = "/providers/Microsoft.VirtualMachineImages/imageTemplates"


OnUnclassified = Callable[[TemplateSeen, Symptom], None]
"""Told of a run that failed in a way that no row of the failure table knows, and what it looked like."""


def untold(_seen: TemplateSeen, _symptom: Symptom) -> None:
    """Tell nobody: for those who show the diagnosis anyway."""


class Templates:
    """The image templates of one ARM endpoint."""

    def __init__(
        self,
        arm: Arm,
        now: Callable[[], datetime],
        limits: Limits = USUAL,
        *,
        on_unclassified: OnUnclassified = untold,
    ) -> None:
        self._arm = arm
        self._now = now
        self._limits = limits
        self._on_unclassified = on_unclassified

    async def poll(
        self, watched: Collection[TemplateId], known: Mapping[TemplateId, TemplateSeen]
    ) -> tuple[Observation, ...]:
        """Return what lists show of the watched templates.

        One Polled a list, whose subject is the scope in lower case ("/subscriptions/X/resourcegroups/Y"); TemplateSeen
        where a template differs from `known` in more than the time; TemplateGone for one that is known and is no more.
        Raises ValueError for a watched id that has no resource group.
        """
        gate = asyncio.Semaphore(AT_ONCE)
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(self._scope(scope, mine, known, gate)) for scope, mine in scopes_of(watched).items()
            ]
        return tuple(observation for task in tasks for observation in task.result())

    async def read(self, template: TemplateId, known: TemplateSeen | None = None) -> TemplateSeen | Bad:
        """Return the template as it is now, by one GET. Without `known` a failed run is diagnosed without its phase."""
        answer = await self._arm.get(template, api=Api.IMAGE_BUILDER, operation="get_template")
        if isinstance(answer, Bad):
            return answer
        seen = parse_template(answer.body, self._now(), known)
        if isinstance(seen, Unreadable):
            return unexpected(f"the answer is not an image template: {seen.why}", answer.status)
        if seen.template != template_id(template):
            return unexpected(f"the answer is about another template: {seen.template}", answer.status)
        return seen

    async def run(self, template: TemplateId, *, operation: str = "run_template") -> Answer:
        """Start a run, by one POST that is never repeated. Good is 2xx (202 recorded): accepted, not ended.

        `Bad.uncertain` says whether the run may have started all the same; `operation` is what metrics call it.
        """
        return await self._arm.post(f"{template}/run", api=Api.IMAGE_BUILDER, operation=operation)

    async def outputs(self, template: TemplateId, of_run: datetime | None = None) -> tuple[str, ...] | Bad:
        """Return the artifact ids of the template's run outputs, as the service writes them.

        They are those of the last run. With the start of a run, Bad if another has followed: the template is looked at
        afterwards, so that a run which is still the last one was so when its outputs were read.
        """
        listed = await self._list(f"{template}/runOutputs", "list_outputs")
        if listed.failure or of_run is None:
            return listed.failure or parse_outputs(listed.entries)
        seen = await self.read(template)
        if isinstance(seen, Bad):
            return seen
        return parse_outputs(listed.entries) if seen.run is not None and seen.run.started == of_run else _followed()

    async def _scope(
        self,
        scope: str,
        watched: frozenset[TemplateId],
        known: Mapping[TemplateId, TemplateSeen],
        gate: asyncio.Semaphore,
    ) -> list[Observation]:
        async with gate:
            listed = await self._list(f"{scope}{TYPE}", "list_templates")
            at = self._now()
            # Beside the event loop: 10,000 templates take half a second to understand (measured).
            sorted_out = await asyncio.to_thread(_sort_out, listed, watched, known, at)
            failure = sorted_out.failure
            diagnosis = failure.diagnosis if failure else WELL
            found: list[Observation] = [Polled(at=at, source=Source.TEMPLATES, subject=scope, diagnosis=diagnosis)]
            news = changed(sorted_out.seen, known)
            found += news
            for seen in news:
                if seen.template in sorted_out.unclassified:
                    self._on_unclassified(seen, sorted_out.unclassified[seen.template])
            if failure is None:
                missing = sorted((watched & known.keys()) - {seen.template for seen in sorted_out.seen})
                found += await self._look_again(missing[:CONFIRMATIONS], known)
        return found

    async def _look_again(
        self, missing: Iterable[TemplateId], known: Mapping[TemplateId, TemplateSeen]
    ) -> list[Observation]:
        found: list[Observation] = []
        for template in missing:
            answer = await self.read(template, known[template])
            if isinstance(answer, TemplateSeen):
                found += changed([answer], known)
            elif answer.status == 404 and answer.symptom.from_azure:
                found.append(TemplateGone(at=self._now(), template=template))
        return found

    async def _list(self, path: str, operation: str) -> Listed:
        return await collect(self._arm, path, api=Api.IMAGE_BUILDER, operation=operation, limits=self._limits)


def _followed() -> Bad:
    symptom = Symptom(message="another run has followed, so what this one put out cannot be told any more")
    diagnosis = Diagnosis(cls=FailureClass.EXPECTED, rule="none", summary=symptom.message)
    return Bad(symptom=symptom, diagnosis=diagnosis)


def scopes_of(watched: Collection[TemplateId]) -> dict[str, frozenset[TemplateId]]:
    """Return the lists to ask for, by scope, and which watched templates each should show.

    A subscription with at most LIST_GROUPS resource groups is listed by group, any other as a whole.
    """
    groups: defaultdict[str, defaultdict[str, set[TemplateId]]] = defaultdict(lambda: defaultdict(set))
    for template in map(template_id, watched):
        scope, marker, _ = template.partition("/providers/")
        subscription, group, _ = scope.partition("/resourcegroups/")
        if not marker or not group:
            raise ValueError(f'"{template}" is not the resource id of an image template in a resource group')
        groups[subscription][scope].add(template)
    scopes: dict[str, frozenset[TemplateId]] = {}
    for subscription, by_group in sorted(groups.items()):
        lists = by_group if len(by_group) <= LIST_GROUPS else {subscription: set().union(*by_group.values())}
        scopes.update((scope, frozenset(templates)) for scope, templates in sorted(lists.items()))
    return scopes


def changed(seen: Iterable[TemplateSeen], known: Mapping[TemplateId, TemplateSeen]) -> list[TemplateSeen]:
    """Return those that differ from what is known in more than the time."""
    return [
        new
        for new in seen
        if new.template not in known or replace(new, at=known[new.template].at) != known[new.template]
    ]


@dataclass(slots=True)
class _SortedOut:
    """Watched templates of a list, and what is wrong with it."""

    seen: list[TemplateSeen] = field(default_factory=list)
    failure: Bad | None = None
    unclassified: dict[TemplateId, Symptom] = field(default_factory=dict)
    """Of those that failed in a way that no row of the failure table knows."""


def _sort_out(
    listed: Listed, watched: frozenset[TemplateId], known: Mapping[TemplateId, TemplateSeen], at: datetime
) -> _SortedOut:
    """Return what a list shows of the watched templates.

    An entry that has no id, or a watched one that cannot be understood, makes the list as good as torn: what is
    missing may be just that entry. Strangers are not looked at any closer than their id.
    """
    latest: dict[TemplateId, TemplateSeen] = {}
    torn: list[str] = []
    unclassified: dict[TemplateId, Symptom] = {}
    for entry in listed.entries:
        template = id_of(entry)
        if template is not None and template not in watched:
            continue
        before = known.get(template) if template else None
        seen = parse_template(entry, at, before)
        if isinstance(seen, Unreadable):
            torn.append(seen.why)
        else:
            latest[seen.template] = seen
            if seen.run is not None and seen.run.diagnosis.rule == DEFAULT.name:
                unclassified[seen.template] = symptom_of(entry, before)
    failure = listed.failure
    if failure is None and torn:
        others = f", and {len(torn) - 1} more like it" if len(torn) > 1 else ""
        failure = unexpected(f"the list has {torn[0]}{others}")
    return _SortedOut(list(latest.values()), failure, unclassified)
