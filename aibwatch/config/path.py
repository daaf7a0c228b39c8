"""Find the configuration file: what the command line says, else the environment, else the usual place.

This module does not look whether the file exists; that is said once, by `aibwatch.config.load`.
"""

from collections.abc import Mapping
from pathlib import Path

VARIABLE = "AIBWATCH_CONFIG"
USUAL_PLACE = Path("/etc/aibwatch/config.toml")


def config_path(option: str | None, env: Mapping[str, str]) -> Path:
    """Return the file to read. An empty option or variable counts as not given, as in an unset shell variable."""
    named = option or env.get(VARIABLE)
    return Path(named) if named else USUAL_PLACE
