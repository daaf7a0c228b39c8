"""Write the dashboards: `python deploy/grafana/source [FOLDER]`, by default where they are checked in."""

import json
import sys
from pathlib import Path

from fleet import FLEET
from group import GROUP

FOLDER = Path(__file__).parents[1] / "dashboards"


def main(folder: Path) -> None:
    """Write each dashboard to its file."""
    for name, dashboard in {"fleet": FLEET, "group": GROUP}.items():
        (folder / f"{name}.json").write_text(json.dumps(dashboard, indent=2, ensure_ascii=False) + "\n")


main(Path(sys.argv[1]) if sys.argv[1:] else FOLDER)
