"""Serve the stand-in for Azure until told to stop."""

import ssl
import tempfile
from datetime import timedelta
from pathlib import Path

from aibwatch.runtime import lifecycle
from aibwatch.runtime.clock import Clock
from aibwatch.simulator.certificate import self_signed
from aibwatch.simulator.scenario import Scenario, ScenarioError, default_scenario, load_scenario
from aibwatch.simulator.server import ListenError, StandIn
from aibwatch.simulator.world import World


class StandInError(Exception):
    """The stand-in cannot be served as asked."""


def make(scenario: Scenario, clock: Clock) -> StandIn:
    """Return a stand-in whose world begins now."""

    async def pause(seconds: float) -> None:
        await clock.pause(timedelta(seconds=seconds))

    return StandIn(World(scenario, clock.now), clock.now, pause)


async def serve(listen: str, scenario: Path | None, *, tls: bool) -> None:
    """Serve until SIGTERM or Ctrl-C, after saying on stdout how to point a daemon at it.

    Raises:
        StandInError: if the scenario has mistakes (all of them in the message) or the address cannot be had.
    """
    try:
        told = load_scenario(scenario) if scenario else default_scenario()
    except ScenarioError as error:
        raise StandInError(str(error)) from error
    host, _, port = listen.rpartition(":")
    if not port.isdigit():
        raise StandInError(f"{listen!r} is not ADDRESS:PORT, for example 127.0.0.1:9878")
    with tempfile.TemporaryDirectory(prefix="aibwatch-simulate-") as directory:
        await _serve(make(told, Clock()), host.strip("[]"), int(port), Path(directory) if tls else None)


async def _serve(stand_in: StandIn, host: str, port: int, tls: Path | None) -> None:
    context, authority = _certificate(tls) if tls else (None, None)
    stop = lifecycle.stop_on_signals()
    try:
        address = await stand_in.start(host, port, context)
    except (ListenError, OSError) as error:
        raise StandInError(f"cannot listen on {host}:{port}: {error}") from error
    try:
        print(_how_to(address, authority), flush=True)  # noqa: T201  # what the command is for
        await stop.wait()
    finally:
        await stand_in.close()


def _certificate(directory: Path) -> tuple[ssl.SSLContext, Path]:
    certificate, key, authority = self_signed(directory)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    return context, authority


def _how_to(address: str, authority: Path | None) -> str:
    lines = [
        f"The stand-in for Azure answers on {address}.",
        "",
        f"  export AZURE_POD_IDENTITY_AUTHORITY_HOST={address}",
        *([f"  export SSL_CERT_FILE={authority}     (for the tokens)"] if authority else []),
        f'  [azure] arm_endpoint = "{address}"' + (f' ca_bundle = "{authority}"' if authority else ""),
        "",
        f"What it was asked:  {address}/_stand-in/requests     What was run:  {address}/_stand-in/runs",
    ]
    return "\n".join(lines)
