"""Draw the dashboards into docs/pictures: `python -m tests.real.grafana [FOLDER]`."""

import asyncio
import sys
import tempfile
from pathlib import Path

from .asking import answers, dashboard, series_of
from .backfill import Asked, a_prometheus
from .charts import COLUMN
from .drawing import GAP, draw
from .paper import Paper
from .telling import an_outage

PICTURES = Path(__file__).parents[3] / "docs" / "pictures"


async def picture(asked: Asked, name: str) -> str:
    """Return one dashboard as SVG."""
    told = dashboard(name)
    (marks,) = told["annotations"]["list"]
    rises = [series.points[0][0] for series in await series_of(asked, marks["expr"], legend=marks["titleFormat"])]
    paper = Paper(24 * COLUMN + GAP, told["title"])
    for panel in told["panels"]:
        queries = [] if panel["type"] == "row" else await answers(asked, panel)
        draw(paper, panel, queries, rises, (asked.begin, asked.end))
    return paper.svg()


async def main(folder: Path) -> None:
    """Play the outage, and draw what is seen of it."""
    with tempfile.TemporaryDirectory() as kept:
        scrapes = await an_outage(Path(kept) / "story")
        async with a_prometheus(Path(kept) / "prometheus", scrapes) as asked:
            pictures = {name: await picture(asked, name) for name in ("fleet", "group")}
    for name, svg in pictures.items():
        (folder / f"{name}.svg").write_text(svg)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]) if sys.argv[1:] else PICTURES))
