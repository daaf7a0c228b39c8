"""Name the exit codes, so that scripts may rely on them."""

from enum import IntEnum


class Exit(IntEnum):
    """How a command ended. From 64 on they follow sysexits.h."""

    WELL = 0
    FAILED = 1
    USAGE = 2
    DEGRADED = 3
    OUTAGE = 4
    UNREACHABLE = 69
    STATE_NOT_WRITABLE = 73
    BUSY = 75
    NOT_PERMITTED = 77
    CONFIG = 78
