"""Tell the journal of systemd how urgent a line is: by a number in front of it, which the journal takes off again.

Where the output goes elsewhere lines stay as they are. This module does not know what a line says.
"""

import logging
import os
from collections.abc import Mapping
from typing import TextIO

URGENCY = ((logging.CRITICAL, 2), (logging.ERROR, 3), (logging.WARNING, 4), (logging.INFO, 6))
"""Numbers of syslog for these levels and what is above them; what is below all of them is 7."""


def marked(text: str, level: int) -> str:
    """Return the text with the mark of this level before each of its lines: the journal takes every line by itself."""
    mark = next((number for least, number in URGENCY if level >= least), 7)
    return "\n".join(f"<{mark}>{line}" for line in text.split("\n"))


def goes_to_journal(out: TextIO, env: Mapping[str, str] = os.environ) -> bool:
    """Return whether what is written there goes to the journal: systemd names device and inode of its socket.

    The variable alone proves nothing: whoever redirects the output of a service leaves it as it was.
    """
    try:
        found = os.fstat(out.fileno())
    except (OSError, ValueError):  # closed, or no file at all
        return False
    return env.get("JOURNAL_STREAM") == f"{found.st_dev}:{found.st_ino}"
