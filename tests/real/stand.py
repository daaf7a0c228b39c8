"""Serve pages of a story as the daemon serves its own: the same texts, the same headers."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from aibwatch.views.pages import icons
from aibwatch.views.pages.renewal import HEADERS
from aibwatch.views.pages.tones import Tone


@dataclass
class Stand:
    """Serves one set of pages as the daemon serves them."""

    base: str = ""
    pages: Mapping[str, str] = field(default_factory=dict)
    broken: bool = False

    async def page(self, request: web.Request) -> web.Response:
        if self.broken:
            return web.Response(status=503)
        return web.Response(text=self.pages[request.query["of"]], content_type="text/html", headers=HEADERS)

    async def icon(self, request: web.Request) -> web.Response:
        text = icons.as_svg(Tone(request.match_info["name"]))
        return web.Response(text=text, content_type="image/svg+xml", headers=HEADERS)

    def address(self, of: str) -> str:
        return f"{self.base}/page?of={of}"


@asynccontextmanager
async def a_stand() -> AsyncIterator[Stand]:
    """Serve on a free port of this machine, until the block ends."""
    stand = Stand()
    app = web.Application()
    app.add_routes([web.get("/page", stand.page), web.get("/icons/{name}.svg", stand.icon)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    stand.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield stand
    finally:
        await runner.cleanup()
