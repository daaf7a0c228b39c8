"""Take the pictures of the pages in the README: python -m tests.real.pictures docs/pictures. Look before you commit."""

import asyncio
import sys
import tempfile
from pathlib import Path

from tests.views.pages.every import pages_of
from tests.views.pages.night import night

from .chromium import chromium
from .stand import a_stand

PICTURES = (
    ("status-page", "status", 1080, 1100, False),
    ("status-page-phone", "status", 390, 844, True),
    ("group-page", "group rhel-cis", 1080, 760, True),
)
"""Name, page, width, height, dark. Small enough for a README: under 200 kB each."""


async def take(to: Path) -> None:
    """Write all pictures into this folder."""
    with tempfile.TemporaryDirectory() as profile:
        async with a_stand() as stand, chromium(Path(profile)) as browser, browser.tab() as tab:
            stand.pages = pages_of(night())
            await tab.ask("Emulation.setScrollbarsHidden", hidden=True)
            for name, of, wide, high, dark in PICTURES:
                await tab.open(stand.address(of), wide=wide, high=high, dark=dark)
                await tab.picture(to / f"{name}.png")


if __name__ == "__main__":
    asyncio.run(take(Path(sys.argv[1])))
