"""Look for templates with tags in Azure Resource Graph, with one query over all subscriptions.

Rules: all templates are asked for, not those with a tag only, because one without is the proof that its tag is gone.
A look that did not come whole is none: what is missing from it may be on the next page.
"""

import asyncio
from collections.abc import Collection

from aibwatch.core.discovery.rows import Look
from aibwatch.sources.answer import Bad
from aibwatch.sources.graph import Graph, query_of
from aibwatch.sources.parse_tagged import parse_tagged

QUERY = query_of("location", "tags")


class Discover:
    """The templates of these subscriptions, and their tags."""

    def __init__(self, graph: Graph, subscriptions: Collection[str]) -> None:
        self._graph = graph
        self.subscriptions = frozenset(subscription.lower() for subscription in subscriptions)

    async def look(self) -> Look | Bad:
        """Return every template that may be read, or why that is not known."""
        listed = await self._graph.rows(QUERY, self.subscriptions, operation="discover_templates")
        if listed.failure is not None:
            return listed.failure
        # Beside the event loop: ten thousand rows take a tenth of a second to understand.
        return await asyncio.to_thread(parse_tagged, listed.entries)
