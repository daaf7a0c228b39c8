"""Drive a real Chromium without a window: one process for a whole file of tests, a fresh tab for each page.

It is spoken to over its own protocol (CDP), because that is the way to ask what a page logs, how wide it is, and what a
screen reader would be told.
"""

import asyncio
import json
import shutil
from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser")
MISSING = "Chromium is not installed; on Debian: apt-get install chromium fonts-dejavu-core"

FLAGS = (
    "--headless=new",
    "--no-sandbox",  # tests run as root in containers, and open nothing but their own pages
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--remote-debugging-port=0",
)

START_SECONDS = 30
ANSWER_SECONDS = 20


@dataclass
class Tab:
    """One page in the browser."""

    socket: aiohttp.ClientWebSocketResponse
    said: list[str] = field(default_factory=list)
    """What the page logged: errors, and what its policy did not let through."""
    loaded: asyncio.Event = field(default_factory=asyncio.Event)
    waiting: dict[int, "asyncio.Future[Any]"] = field(default_factory=dict)
    number: int = 0

    async def ask(self, method: str, **params: Any) -> Any:
        self.number += 1
        answer = self.waiting[self.number] = asyncio.get_running_loop().create_future()
        await self.socket.send_json({"id": self.number, "method": method, "params": params})
        return await asyncio.wait_for(answer, ANSWER_SECONDS)

    async def listen(self) -> None:
        async for message in self.socket:
            told = json.loads(message.data)
            if "id" in told:
                self._settle(told)
            elif told["method"] == "Page.loadEventFired":
                self.loaded.set()
            elif told["method"] == "Log.entryAdded":
                self.said.append(told["params"]["entry"]["text"])
            elif told["method"] in {"Runtime.exceptionThrown", "Runtime.consoleAPICalled"}:
                self.said.append(json.dumps(told["params"]))

    def _settle(self, told: Any) -> None:
        answer = self.waiting.pop(told["id"])
        if "error" in told:
            answer.set_exception(RuntimeError(told["error"]["message"]))
        else:
            answer.set_result(told["result"])

    async def open(
        self, address: str, *, wide: int = 1280, high: int = 900, dark: bool = False, script: bool = True
    ) -> None:
        await self.ask(
            "Emulation.setDeviceMetricsOverride", width=wide, height=high, deviceScaleFactor=1, mobile=wide < 500
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        await self.ask("Emulation.setEmulatedMedia", features=[scheme])
        await self.ask("Emulation.setScriptExecutionDisabled", value=not script)
        self.loaded.clear()
        await self.ask("Page.navigate", url=address)
        await asyncio.wait_for(self.loaded.wait(), ANSWER_SECONDS)

    async def value(self, expression: str) -> Any:
        """Return what the expression is in the page."""
        told = await self.ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")

    async def press(self, key: str) -> None:
        for kind in ("rawKeyDown", "keyUp"):
            await self.ask(
                "Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode={"Tab": 9}[key]
            )

    async def whole(self, to: Path, wide: int, highest: int) -> None:
        """Write the whole page as a PNG, down to where it ends or to the highest that is wanted."""
        high = await self.value("document.documentElement.scrollHeight")
        await self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=wide,
            height=min(high, highest),
            deviceScaleFactor=1,
            mobile=False,
        )
        await self.picture(to)

    async def picture(self, to: Path) -> None:
        """Write what is seen in the window as a PNG."""
        told = await self.ask("Page.captureScreenshot", format="png")
        await asyncio.to_thread(to.write_bytes, b64decode(told["data"]))


@dataclass
class Chromium:
    """A browser that runs."""

    session: aiohttp.ClientSession
    address: str

    @asynccontextmanager
    async def tab(self) -> AsyncIterator[Tab]:
        async with self.session.put(f"{self.address}/json/new?about:blank") as answer:
            target = await answer.json(content_type=None)
        async with self.session.ws_connect(target["webSocketDebuggerUrl"], max_msg_size=0) as socket:
            tab = Tab(socket)
            listening = asyncio.create_task(tab.listen())
            try:
                for domain in ("Page", "Log", "Runtime", "Accessibility", "DOM"):
                    await tab.ask(f"{domain}.enable")
                yield tab
                await tab.ask("Page.close")
            finally:
                listening.cancel()


@asynccontextmanager
async def chromium(profile: Path) -> AsyncIterator[Chromium]:
    """Run a browser with a profile of its own, and end it with everything it started."""
    assert PROGRAM, MISSING
    process = await asyncio.create_subprocess_exec(
        PROGRAM,
        *FLAGS,
        f"--user-data-dir={profile}",
        "about:blank",
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        port = await asyncio.wait_for(_port(process), START_SECONDS)
        async with aiohttp.ClientSession() as session:
            yield Chromium(session, f"http://127.0.0.1:{port}")
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _port(process: asyncio.subprocess.Process) -> int:
    """Return the port that port 0 became; it is on the line "DevTools listening on ws://127.0.0.1:PORT/..."."""
    assert process.stderr is not None
    async for line in process.stderr:
        _, found, rest = line.decode().partition("listening on ws://127.0.0.1:")
        if found:
            return int(rest.partition("/")[0])
    raise AssertionError("Chromium ended before it listened")
