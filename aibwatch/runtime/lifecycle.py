"""Speak with systemd and with signals: ready, reloading, stopping; the requests to reload and to stop.

sd_notify is a datagram to $NOTIFY_SOCKET; without that variable every call does nothing.
"""

import asyncio
import contextlib
import os
import signal
import socket
import time
from collections.abc import Callable

RELOAD_SIGNAL = signal.SIGHUP
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)


SEND = 1.0
"""Seconds for one message. systemd reads them at once; while it does not, the watching must not stand still."""


def notify(message: str) -> None:
    """Tell systemd something ("READY=1", "STOPPING=1", "WATCHDOG=1"). Silent where nobody listens."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    name = f"\0{address[1:]}" if address.startswith("@") else address
    # Who does not listen any more misses a message; that must not end the watching.
    with (
        contextlib.suppress(OSError),
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as out,
    ):
        out.settimeout(SEND)
        out.sendto(message.encode(), name)


def reload_on_signal(reload: Callable[[], object]) -> None:
    """Call `reload` on SIGHUP, between systemd's words for it (252 wants the time at which it began)."""

    def told() -> None:
        microseconds = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        notify(f"RELOADING=1\nMONOTONIC_USEC={microseconds}")
        reload()
        notify("READY=1")

    asyncio.get_running_loop().add_signal_handler(RELOAD_SIGNAL, told)


def stop_on_signals() -> asyncio.Event:
    """Return an event that SIGTERM and SIGINT set, instead of ending the process in the middle of something."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in STOP_SIGNALS:
        loop.add_signal_handler(number, stop.set)
    return stop
