"""Commands that stay: the daemon, the demo, the stand-in for Azure."""

import asyncio
import faulthandler
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aibwatch.cli.context import Context, leave, print_mistakes
from aibwatch.cli.exits import Exit

if TYPE_CHECKING:
    from aibwatch.config.load import Loaded


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("run")(run)
    app.command("demo")(demo)
    app.command("simulate")(simulate)


def run(context: typer.Context) -> None:
    """Watch, in the foreground, until SIGTERM or Ctrl-C."""
    options: Context = context.obj
    loaded = options.load()
    import structlog

    from aibwatch.runtime import logs

    logs.configure()
    for warning in loaded.warnings:
        structlog.get_logger(__name__).warning("configuration", warning=str(warning))
    faulthandler.enable()  # systemd ends with SIGABRT what hangs: then it is told where
    _run(loaded)


def _run(loaded: "Loaded") -> None:
    from aibwatch.app.daemon import App
    from aibwatch.app.state import StateError
    from aibwatch.config.problem import ConfigError
    from aibwatch.handlers.loader import UnknownHandlerError
    from aibwatch.runtime import lifecycle
    from aibwatch.runtime.lock import BusyError
    from aibwatch.runtime.store import JournalError

    async def watch() -> None:
        await App(loaded).run(lifecycle.stop_on_signals())

    try:
        asyncio.run(watch())
    except BusyError as error:
        leave(Exit.BUSY, str(error))
    except StateError as error:
        leave(Exit.STATE_NOT_WRITABLE, str(error))
    except JournalError as error:
        leave(Exit.STATE_NOT_WRITABLE, str(error))
    except ConfigError as error:  # of the web config file; that of the configuration was told before
        print_mistakes(error)
        raise typer.Exit(Exit.CONFIG) from None
    except (ValueError, UnknownHandlerError) as error:
        leave(Exit.CONFIG, str(error))
    except OSError as error:
        leave(Exit.FAILED, f"cannot listen on {loaded.settings.http.listen}: {error.strerror or error}")


def demo(
    fast: Annotated[bool, typer.Option("--fast", help="The whole story within a minute.")] = False,
    exit_: Annotated[
        bool, typer.Option("--exit", help="Leave when the story is told: 0 if it came out whole.")
    ] = False,
) -> None:
    """See it all: a stand-in Azure, an outage, the failover, the image, the recovery."""
    from aibwatch.demo.film import play

    raise typer.Exit(asyncio.run(play(fast=fast, leave=exit_)))


def simulate(
    listen: Annotated[str, typer.Option(metavar="ADDRESS:PORT", help="Loopback only; port 0 takes a free one.")] = (
        "127.0.0.1:9878"
    ),
    scenario: Annotated[Path | None, typer.Option(metavar="FILE", help="What breaks, and when.")] = None,
    tls: Annotated[bool, typer.Option("--tls", help="Serve https with a certificate made for the occasion.")] = False,
) -> None:
    """Serve a stand-in for Azure (ARM and IMDS) to rehearse a configuration against."""
    from aibwatch.app.stand_in import StandInError, serve

    try:
        asyncio.run(serve(listen, scenario, tls=tls))
    except StandInError as error:
        leave(Exit.USAGE, str(error))
