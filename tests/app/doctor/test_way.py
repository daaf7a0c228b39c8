"""How the way to Azure looks: what answers there, and whether the clocks agree."""

from collections.abc import AsyncIterator
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from aibwatch.app.doctor.bench import Bench
from aibwatch.app.doctor.token import whose
from aibwatch.app.doctor.way import check_endpoint, check_name
from aibwatch.config.load import loads
from aibwatch.core.checkup import Cause, Checked, Health
from aibwatch.runtime.clock import Clock
from tests.sources.support import ScriptedAzure, says

SUBSCRIPTIONS = "/subscriptions"


@pytest.fixture
async def azure() -> AsyncIterator[ScriptedAzure]:
    server = ScriptedAzure()
    await server.start()
    yield server
    await server.stop()


def a_bench(endpoint: str, **environment: str) -> Bench:
    text = f'[azure]\narm_endpoint = "{endpoint}"\n'
    return Bench(loaded=loads(text, Path("config.toml")), clock=Clock(), environment=environment)


async def told(azure: ScriptedAzure, *, ahead: float) -> Checked:
    """Return what is said of the clock where ours is ahead of Azure's by so many seconds."""
    there = Clock().now() - timedelta(seconds=ahead)
    azure.on(SUBSCRIPTIONS, says(401, {}, Date=format_datetime(there, usegmt=True)))
    return (await check_endpoint(a_bench(azure.base)))[-1]


@pytest.mark.parametrize(
    ("ahead", "health", "words"),
    [
        (0.0, Health.WELL, "agree within 5 s"),
        (30.0, Health.WARN, "s ahead of Azure's"),
        (-30.0, Health.WARN, "s behind Azure's"),
        (600.0, Health.FAIL, "tokens and the times of evidence are wrong"),
        (-600.0, Health.FAIL, "tokens and the times of evidence are wrong"),
    ],
)
async def test_clocks_that_differ_are_told_and_by_a_minute_they_are_wrong(
    azure: ScriptedAzure, ahead: float, health: Health, words: str
) -> None:
    checked = await told(azure, ahead=ahead)
    assert (checked.subject, checked.health, words in checked.said) == ("clock", health, True)


async def test_somebody_else_who_answers_is_not_azure(azure: ScriptedAzure) -> None:
    azure.on(SUBSCRIPTIONS, says(200, b"<html>log in</html>", azure=False))
    (checked,) = await check_endpoint(a_bench(azure.base))
    assert (checked.health, checked.cause) == (Health.FAIL, Cause.UNREACHABLE)
    assert "is not Azure (200, without one header of Azure's)" in checked.said


async def test_a_proxy_looks_names_up_itself() -> None:
    (checked,) = await check_name(a_bench("https://nowhere.invalid", HTTPS_PROXY="http://proxy:3128"))
    assert (checked.health, checked.said) == (Health.WELL, "the proxy of HTTPS_PROXY looks up nowhere.invalid")


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "a.!!!.c", "a." + "A" * 200_000 + ".c", "a.bnVsbA.c", "a.W10.c"])
def test_a_token_of_any_form_breaks_nothing_and_names_nobody(token: str) -> None:
    assert whose(token) == ""
