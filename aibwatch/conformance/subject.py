"""Set a handler up to be tried: a program, a receiver of webhooks, or an entry point that is installed.

What is tried is the handler of production. Of Azure there is nothing here: a handler that asks for templates is told
that they cannot be read.
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from aibwatch.conformance.bench import Bench
from aibwatch.conformance.effect import Effect
from aibwatch.conformance.raw import Raw
from aibwatch.conformance.sender import Sender
from aibwatch.core.model import Diagnosis, FailureClass, Options, TemplateId, template_id
from aibwatch.core.observation import TemplateSeen
from aibwatch.handlers.api import GRACE, Handler, Refusal, Surroundings
from aibwatch.handlers.command import Command
from aibwatch.handlers.delivery import Receiver
from aibwatch.handlers.loader import Handlers
from aibwatch.handlers.signature import read_secrets
from aibwatch.handlers.webhook import Webhook
from aibwatch.runtime.clock import Clock

GROUP = "conformance"
_TEMPLATES = (
    "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/conformance/providers"
    "/Microsoft.VirtualMachineImages/imageTemplates/made-up-"
)
MEMBERS = (template_id(f"{_TEMPLATES}one"), template_id(f"{_TEMPLATES}two"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What all kinds of handlers are tried with."""

    folder: Path
    """Of the kit's own, removed afterwards."""
    limit: timedelta
    grace: timedelta = GRACE
    group: str = GROUP
    members: tuple[TemplateId, TemplateId] = MEMBERS
    effect: Effect = Effect()  # noqa: RUF009  # frozen


def of_program(command: tuple[str, ...], setting: Setting) -> Bench:
    """Set up a program and its arguments.

    Raises:
        ValueError: if there is no such program.
    """
    found = shutil.which(command[0])
    if found is None:
        raise ValueError(f"{command[0]}: there is no such program, or it may not be executed (chmod +x)")
    whole = (str(Path(found).absolute()), *command[1:])  # it is called in /
    handler = Command(_surroundings(setting), {"command": whole}, grace=setting.grace)
    return _bench(handler, setting, program=Raw(command=whole, limit=setting.limit))


def of_receiver(options: Mapping[str, str], setting: Setting) -> Bench:
    """Set up a receiver of webhooks, by the options of the handler.

    Raises:
        ValueError: if the options are wrong.
        SecretError: if there is no secret to sign with.
    """
    handler = Webhook(_surroundings(setting), options)
    receiver = Receiver(options["url"], ca_bundle=options.get("ca_bundle", ""))
    sender = Sender(url=options["url"], receiver=receiver, secrets=read_secrets(options["secret_file"]))
    return _bench(handler, setting, sender=sender, askable="status_url" in options)


def of_entry_point(name: str, options: Options, setting: Setting) -> Bench:
    """Set up a handler that is installed.

    Raises:
        UnknownHandlerError: if it is not, or does not take these options.
    """
    return _bench(Handlers(_surroundings(setting)).find(name, options), setting)


def _bench(
    handler: Handler,
    setting: Setting,
    *,
    program: Raw | None = None,
    sender: Sender | None = None,
    askable: bool = True,
) -> Bench:
    clock = Clock()
    return Bench(
        handler=handler,
        now=clock.now,
        pause=clock.pause,
        limit=setting.limit,
        grace=setting.grace,
        group=setting.group,
        members=setting.members,
        effect=setting.effect,
        program=program,
        sender=sender,
        askable=askable,
    )


def _surroundings(setting: Setting) -> Surroundings:
    clock = Clock()
    return Surroundings(templates=_NoAzure(), now=clock.now, pause=clock.pause, folder=setting.folder)


class _NoAzure:
    """The port to templates, with nothing behind it."""

    async def read(self, template: TemplateId) -> TemplateSeen | Refusal:
        return _REFUSAL

    async def run(self, template: TemplateId) -> Refusal | None:
        return _REFUSAL


_REFUSAL = Refusal(
    diagnosis=Diagnosis(cls=FailureClass.CUSTOMER, rule="conformance", summary="the conformance kit has no Azure"),
    uncertain=False,
)
