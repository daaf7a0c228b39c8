"""Read the JSON of templates: with lists, and by itself what a list does not show.

Rules: one list a scope and round, as polls do it, but a GET each where few are wanted; what is not on its list, or
whose list failed, is read by a GET, and only the 404 of that says that a template is not there. The copy that Resource
Graph has is for those who ask for it, all of a scope at once. This module does not know groups.
"""

import asyncio
from collections.abc import Collection, Mapping, Set
from typing import Final

from aibwatch.core.model import Region, TemplateId
from aibwatch.core.readiness.survey import Absence, Json, Unread
from aibwatch.sources.answer import Bad
from aibwatch.sources.arm import Api
from aibwatch.sources.graph import Graph
from aibwatch.sources.lacking import lacking
from aibwatch.sources.parse_template import id_of
from aibwatch.sources.survey.thrift import Question, Thrift
from aibwatch.sources.templates import TYPE, scopes_of

ACTION = "Microsoft.VirtualMachineImages/imageTemplates/read"

NOWHERE: Final[Mapping[TemplateId, Region]] = {}

FEW = 3
"""Templates of a scope that are read one by one: a list has ten to a page, and all others of the scope on it."""


class Bodies:
    """The JSON of these templates in one round.

    `regions` are where they are thought to be, so that those of a region that is down are given up together.
    """

    def __init__(
        self,
        thrift: Thrift,
        graph: Graph,
        templates: Collection[TemplateId],
        regions: Mapping[TemplateId, Region] = NOWHERE,
    ) -> None:
        self._thrift = thrift
        self._graph = graph
        self._regions = regions
        scopes = scopes_of([each for each in templates if id_of({"id": each}) == each])
        self._scopes = {template: scope for scope, members in scopes.items() for template in members}
        self._long = frozenset(scope for scope, members in scopes.items() if len(members) > FEW)

    async def of(self, template: TemplateId) -> Json | Absence | Unread:
        """Return the template as a list or a GET shows it."""
        scope = self._scopes.get(template)
        if scope is None:
            return Unread(why=f'"{template}" is not the id of an image template that this round is about')
        if scope in self._long:
            listed = await self._thrift.once(("templates", scope), lambda: self._list(scope))
            if isinstance(listed, Mapping) and template in listed:
                return listed[template]
        return await self._thrift.once(template, lambda: self._read(template, scope))

    async def copy_of(self, template: TemplateId) -> Json | None:
        """Return the template as Resource Graph has it; None where that has none, or does not say."""
        scope = self._scopes.get(template)
        if scope is None:
            return None
        copies = await self._thrift.once(("copies", scope), lambda: self._copies(scope))
        return copies.get(template) if isinstance(copies, Mapping) else None

    async def _copies(self, scope: str) -> Mapping[TemplateId, Json]:
        wanted = [template for template, its in self._scopes.items() if its == scope]
        found: dict[TemplateId, Json] = {}
        async for some, rows in self._graph.templates(wanted, operation="survey_copies"):
            found |= _by_id(rows.entries, set(some))
        return found

    async def _list(self, scope: str) -> Mapping[TemplateId, Json]:
        """Return what came of the list; of one that broke off, what it has is true as well."""
        question = Question(
            path=f"{scope}{TYPE}", api=Api.IMAGE_BUILDER, operation="survey_templates", subject=f"list of {scope}"
        )
        listed = await self._thrift.list(question)
        return await asyncio.to_thread(_by_id, listed.entries, self._scopes.keys())

    async def _read(self, template: TemplateId, scope: str) -> Json | Absence | Unread:
        region = self._regions.get(template, Region(""))
        question = Question(
            path=template,
            api=Api.IMAGE_BUILDER,
            operation="survey_template",
            subject=f"templates in {region or scope}",
            region=region,
        )
        answer = await self._thrift.get(question)
        if isinstance(answer, Bad):
            return lacking(answer, ACTION)
        if id_of(answer.body) != template:
            return Unread(why="the answer is not the image template that was asked for")
        return answer.body


def _by_id(entries: tuple[object, ...], wanted: Set[TemplateId]) -> dict[TemplateId, Json]:
    return {
        template: entry
        for entry in entries
        if isinstance(entry, dict) and (template := id_of(entry)) in wanted and template
    }
