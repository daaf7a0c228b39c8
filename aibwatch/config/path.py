"""Find files: the configuration itself, and those that it names.

The configuration is what the command line says, else the environment, else the usual place. A file that a setting names
may be a credential, which systemd puts where only the service sees it: `$CREDENTIALS_DIRECTORY/NAME`. That beginning is
the only thing that is replaced in a path. This module does not look whether a file exists; who reads it says so.
"""

from collections.abc import Mapping
from pathlib import Path

VARIABLE = "AIBWATCH_CONFIG"
USUAL_PLACE = Path("/etc/aibwatch/config.toml")

CREDENTIALS = "CREDENTIALS_DIRECTORY"
"""The variable in which systemd tells a service where its credentials are."""

USUAL_CREDENTIALS = Path("/run/credentials/aibwatch.service")
"""Where those of the running service are for root, whose shell has no such variable: orders need the same token."""


def config_path(option: str | None, env: Mapping[str, str]) -> Path:
    """Return the file to read. An empty option or variable counts as not given, as in an unset shell variable."""
    named = option or env.get(VARIABLE)
    return Path(named) if named else USUAL_PLACE


def named_file(named: str, env: Mapping[str, str]) -> Path:
    """Return the file that a setting names: as it stands, or among the credentials of the service."""
    beginning, _, rest = named.partition("/")
    if beginning != f"${CREDENTIALS}" or not rest:
        return Path(named)
    return Path(env.get(CREDENTIALS) or USUAL_CREDENTIALS) / rest
