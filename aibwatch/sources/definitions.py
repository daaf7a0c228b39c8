"""Read how image templates are defined: from the service, and where it does not answer, from Resource Graph.

Rules: the service is believed first, by lists, as polls read them; a template that its list does not show is asked for
by itself, because only a 404 then says that it is gone. What the service did not tell is looked for in Resource Graph,
unless a permission is why: there it would be left out in silence. Nothing is left out here: a template without a
definition has the reason. This module does not know what a definition is for.

Note [Two tellers, one definition]: nobody has recorded an image template in Resource Graph. Its columns are documented
to be those of the resource as its latest API shows it; only location, tags, identity and properties are taken from it.
"""

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from aibwatch.core.copies.copy import RESOURCE, Copy, Origin
from aibwatch.core.copies.literal import too_deep
from aibwatch.core.definition.portable import portable
from aibwatch.core.model import TemplateId
from aibwatch.core.readiness.survey import Unread
from aibwatch.core.reading import table, text
from aibwatch.sources.answer import Bad
from aibwatch.sources.arm import Api, Arm
from aibwatch.sources.graph import Graph
from aibwatch.sources.lacking import lacking, unread
from aibwatch.sources.paging import USUAL, Limits, collect
from aibwatch.sources.parse_template import id_of
from aibwatch.sources.templates import AT_ONCE, TYPE, scopes_of

READ = "Microsoft.VirtualMachineImages/imageTemplates/read"
ASK = "Microsoft.ResourceGraph/resources/read"
"""Rows of core.rights."""

MOST_LOOKS = 20
"""Templates asked for by themselves, of those that one list does not show; the rest is looked for in Resource Graph."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A definition, and who told it."""

    copy: Copy
    why: str = ""
    """Why it is not the service that told it; "" where it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Untold:
    """That no definition could be had, and why."""

    why: str
    gone: bool = False
    """Whether Azure itself says that there is no such template."""
    permission: str = ""
    """The action that is missing, where that is why."""
    unreachable: bool = False
    """Whether nothing was answered at all."""


class Definitions:
    """The definitions of the templates behind one ARM endpoint."""

    def __init__(self, arm: Arm, graph: Graph, now: Callable[[], datetime], limits: Limits = USUAL) -> None:
        self._arm = arm
        self._graph = graph
        self._now = now
        self._limits = limits

    async def read(self, templates: Collection[TemplateId]) -> Mapping[TemplateId, Told | Untold]:
        """Return the definition of each template, or why there is none.

        Raises ValueError for an id that has no resource group.
        """
        gate = asyncio.Semaphore(AT_ONCE)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._scope(scope, mine, gate)) for scope, mine in scopes_of(templates).items()]
        found = {template: told for task in tasks for template, told in task.result().items()}
        lost = {
            t: told for t, told in found.items() if isinstance(told, Untold) and not told.gone and not told.permission
        }
        return found | await self._from_graph(lost)

    async def _scope(
        self, scope: str, wanted: frozenset[TemplateId], gate: asyncio.Semaphore
    ) -> dict[TemplateId, Told | Untold]:
        async with gate:
            path = f"{scope}{TYPE}"
            listed = await collect(
                self._arm, path, api=Api.IMAGE_BUILDER, operation="list_definitions", limits=self._limits
            )
            # Beside the event loop, as polls do: thousands of definitions take a while to sort.
            found = await asyncio.to_thread(self._copies, listed.entries, wanted, Origin.SERVICE)
            missing = sorted(wanted - found.keys())
            if listed.failure is not None:
                return found | dict.fromkeys(missing, _untold(listed.failure))
            looked = {template: await self._look(template) for template in missing[:MOST_LOOKS]}
            rest = dict.fromkeys(missing[MOST_LOOKS:], Untold(why="the list of its scope does not show it"))
            return found | looked | rest

    async def _look(self, template: TemplateId) -> Told | Untold:
        answer = await self._arm.get(template, api=Api.IMAGE_BUILDER, operation="get_definition")
        if isinstance(answer, Bad):
            return _untold(answer)
        copies = self._copies([answer.body], frozenset({template}), Origin.SERVICE)
        return copies.get(template) or Untold(why="the answer is no definition of an image template")

    async def _from_graph(self, lost: Mapping[TemplateId, Untold]) -> dict[TemplateId, Told | Untold]:
        told: dict[TemplateId, Told | Untold] = {}
        async for some, rows in self._graph.templates(lost, "tenantId", operation="query_definitions"):
            copies = self._copies(rows.entries, frozenset(some), Origin.RESOURCE_GRAPH)
            for template in some:
                found = copies.get(template)
                told[template] = (
                    Told(copy=found.copy, why=lost[template].why) if found else _nowhere(lost[template], rows.failure)
                )
        return told

    def _copies(
        self, entries: Iterable[object], wanted: frozenset[TemplateId], origin: Origin
    ) -> dict[TemplateId, Told]:
        at = self._now()
        found: dict[TemplateId, Told] = {}
        for entry in entries:
            template = id_of(entry)
            if template in wanted and (copy := self._copy(table(entry), at, origin)) is not None:
                found[template] = Told(copy=copy)
        return found

    def _copy(self, body: Mapping[str, object], at: datetime, origin: Origin) -> Copy | None:
        definition = portable({key: body[key] for key in RESOURCE if key in body})
        if not text(definition, "location") or not table(definition, "properties") or too_deep(definition):
            return None
        return Copy(
            written_id=text(body, "id"),
            definition=definition,
            api_version=self._arm.version(Api.IMAGE_BUILDER),
            taken_at=at,
            origin=origin,
            tenant=text(body, "tenantId"),
        )


def _untold(bad: Bad) -> Untold:
    said = lacking(bad, READ)
    if not isinstance(said, Unread):
        return Untold(why=bad.diagnosis.summary, gone=True)
    return Untold(why=said.why, permission=said.permission, unreachable=bad.status is None)


def _nowhere(first: Untold, failure: Bad | None) -> Untold:
    """Return why neither told it: what the service said stays in front."""
    said = first.why.rstrip(". ")
    if failure is None:
        also = "Resource Graph does not show it, as it never has, or as a permission for its subscription is missing"
        return replace(first, why=f"{said}; {also}", unreachable=False)
    graph = unread(failure, ASK)
    return replace(
        first,
        why=f"{said}; Resource Graph: {graph.why}",
        permission=graph.permission,
        unreachable=first.unreachable and failure.status is None,
    )
