"""Make every check, and put together what they found.

Rules: no check hides another: what broke in one is told as its finding. What needs Azure is looked at only once Azure
is reached and gave a token; before that there is nothing to learn but the same failure many times over.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from aibwatch.app.doctor.bench import AzureCheck, Bench, LocalCheck, Reached
from aibwatch.app.doctor.copies import check_copies
from aibwatch.app.doctor.disk import check_disk
from aibwatch.app.doctor.observer import check_observer
from aibwatch.app.doctor.peers import check_peers
from aibwatch.app.doctor.permissions import check_permissions
from aibwatch.app.doctor.settings import check_settings
from aibwatch.app.doctor.steps import check_steps
from aibwatch.app.doctor.templates import check_canaries, check_templates
from aibwatch.app.doctor.token import check_token
from aibwatch.app.doctor.way import check_endpoint, check_name
from aibwatch.config.load import Loaded
from aibwatch.core.checkup import Cause, Checked, Health, fail, warn
from aibwatch.core.model import FailureClass, TemplateId
from aibwatch.core.observation import Polled, TemplateSeen
from aibwatch.core.reading import one_line
from aibwatch.runtime.clock import Clock
from aibwatch.sources.connection import connect
from aibwatch.sources.templates import Templates
from aibwatch.views.doctor import doctor_dict

PATIENCE = timedelta(seconds=15)
"""For one request to Azure: somebody sits and waits. The daemon's own limit is for a region that hangs."""

LIMIT = timedelta(minutes=3)
"""For one check: hundreds of groups take tens of seconds."""

WAY: Mapping[str, LocalCheck] = {"dns": check_name, "endpoint": check_endpoint, "token": check_token}
HERE: Mapping[str, LocalCheck] = {
    "config": check_settings,
    "peer": check_peers,
    "state": check_disk,
    "backup": check_copies,
}
THERE: Mapping[str, AzureCheck] = {
    "permission": check_permissions,
    "members": check_templates,
    "canary": check_canaries,
    "steps": check_steps,
}

CODES = {Cause.UNREACHABLE: 69, Cause.NOT_PERMITTED: 77, Cause.OURS: 1}
"""Exit codes of failures, the first that fits: without Azure the others say little."""

WARNED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was found, for people and as JSON, and the exit code."""

    body: Mapping[str, object]
    code: int


async def examine(loaded: Loaded, environment: Mapping[str, str]) -> Report:
    """Return what every check found.

    Raises:
        ValueError: if the way to Azure cannot be made as configured.
    """
    azure = loaded.settings.azure
    hasty = azure.model_copy(update={"request_timeout": min(azure.request_timeout, PATIENCE)})
    settings = loaded.settings.model_copy(update={"azure": hasty})
    bench = Bench(
        loaded=Loaded(file=loaded.file, settings=settings, setup=loaded.setup, warnings=loaded.warnings),
        clock=Clock(),
        environment=environment,
    )
    way = await _all({name: partial(check, bench) for name, check in WAY.items()})
    there, seen = await _in_azure(bench, way)
    here = await _all(
        {
            **{name: partial(check, bench) for name, check in HERE.items()},
            "observer": partial(check_observer, bench, seen),
        }
    )
    found = [*way, *there, *here]
    return Report(body=doctor_dict(found), code=code_of(found))


def code_of(found: Sequence[Checked]) -> int:
    """Return the exit code that sums it up."""
    causes = {checked.cause for checked in found if checked.health is Health.FAIL}
    failed = next((code for cause, code in CODES.items() if cause in causes), None)
    if failed is not None:
        return failed
    return WARNED if any(checked.health is Health.WARN for checked in found) else 0


async def _in_azure(bench: Bench, way: Sequence[Checked]) -> tuple[list[Checked], Mapping[TemplateId, TemplateSeen]]:
    """Return what is found with Azure's help, and the templates that it showed."""
    if any(checked.cause is Cause.UNREACHABLE and checked.health is Health.FAIL for checked in way):
        said = "permissions, members, canaries and steps were not looked at, because Azure was not reached"
        return [warn("azure", said, "mend what is told of the way to Azure first")], {}
    arm = connect(bench.azure, now=bench.clock.now, on_request=lambda _: None)
    try:
        observed = await Templates(arm, bench.clock.now).poll(bench.setup.watched, {})
        seen = {one.template: one for one in observed if isinstance(one, TemplateSeen)}
        unlisted = {
            one.subject: one.diagnosis
            for one in observed
            if isinstance(one, Polled) and one.diagnosis.cls is not FailureClass.OK
        }
        reached = Reached(bench=bench, arm=arm, seen=seen, unlisted=unlisted)
        return await _all({name: partial(check, reached) for name, check in THERE.items()}), seen
    finally:
        await arm.close()


Check = Callable[[], Awaitable[list[Checked]]]


async def _all(checks: Mapping[str, Check]) -> list[Checked]:
    found = await asyncio.gather(*(_guarded(subject, check) for subject, check in checks.items()))
    return [checked for several in found for checked in several]


async def _guarded(subject: str, check: Check) -> list[Checked]:
    try:
        async with asyncio.timeout(LIMIT.total_seconds()):
            return await check()
    except TimeoutError:
        said = f"this did not end within {LIMIT.total_seconds() / 60:.0f} min"
        return [fail(subject, said, "look at the way to Azure, and at handlers that hang")]
    except Exception as error:  # noqa: BLE001  # the outermost edge of a check: a fault of ours must not hide the others
        said = f"aibwatch has a fault here: {type(error).__name__}: {one_line(str(error))}"
        return [fail(subject, said, "report it with this line")]
