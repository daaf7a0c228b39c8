"""Give a real daemon TLS, passwords and a token: commands get through, strangers do not, and certificates change."""

import ssl
from collections.abc import Mapping
from pathlib import Path

import aiohttp
import pytest

from tests.certificates import a_pair
from tests.waiting import until
from tests.web_files import ADA, PAIR

from .support import GROUP, Daemon, Done, a_config, a_daemon, a_world, an_azure, run_aibwatch

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]


def with_a_door(folder: Path, text: str = PAIR + ADA) -> str:
    """Write what the daemon and its commands need, and return the settings that name it."""
    a_pair(folder)
    (folder / "web.yml").write_text(text)
    (folder / "password").write_text("right\n")
    return f'web_config_file = "{folder}/web.yml"\nusername = "ada"\npassword_file = "{folder}/password"\n'


def set_in(config: Path, settings: str) -> None:
    config.write_text(config.read_text().replace("[http]\n", f"[http]\n{settings}"))


async def get(daemon: Daemon, path: str, trusted: Path, headers: Mapping[str, str] | None = None) -> tuple[int, str]:
    """Return status and text of a page; 0 and the reason where TLS does not come about."""
    context = ssl.create_default_context(cafile=trusted)
    context.check_hostname = False
    url = f"https://127.0.0.1:{daemon.port}{path}"
    try:
        async with aiohttp.ClientSession(headers=headers) as session, session.get(url, ssl=context) as answer:
            return answer.status, await answer.text()
    except aiohttp.ClientError as error:
        return 0, str(error)


async def change(daemon: Daemon, folder: Path, known: Mapping[str, str]) -> dict[str, object]:
    """Break the file, mend it, and change the certificate, while the daemon runs."""
    told: dict[str, object] = {}

    async def metric(line: str, trusted: Path) -> None:
        async def look() -> bool:
            return f"\naibwatch_{line}\n" in (await get(daemon, "/metrics", trusted, known))[1]

        await until(line, look, within=20, seen=daemon.last_words)

    old = folder / "old.pem"
    old.write_bytes((folder / "here.pem").read_bytes())
    (folder / "web.yml").write_text("nonsense: 1\n")
    await metric("web_config_last_reload_successful 0.0", old)
    (folder / "web.yml").write_text(PAIR + ADA)
    await metric("web_config_last_reload_successful 1.0", old)
    await metric("web_config_reload_failures_total 1.0", old)
    a_pair(folder)

    async def renewed() -> bool:
        return (await get(daemon, "/-/healthy", folder / "here.pem", known))[0] == 200

    await until("the new certificate is shown", renewed, within=20, seen=daemon.last_words)
    told["the old one"] = (await get(daemon, "/-/healthy", old, known))[0]
    told["status after that"] = (await daemon.cli("status")).code
    return told


async def test_commands_get_through_and_strangers_do_not_while_certificates_change(tmp_path: Path) -> None:
    settings = with_a_door(tmp_path)
    known = {"Authorization": aiohttp.encode_basic_auth("ada", "right")}
    async with an_azure(a_world()) as azure, a_daemon(tmp_path, azure.base) as daemon:
        set_in(daemon.config, settings)
        await daemon.start()

        async def ready() -> bool:
            return (await get(daemon, "/-/ready", tmp_path / "here.pem", known))[0] == 200

        await until("it is ready", ready, seen=daemon.last_words)
        stranger = [(await get(daemon, p, tmp_path / "here.pem"))[0] for p in ("/", "/metrics", "/-/healthy")]
        done = [
            (await daemon.cli(*command)).code
            for command in (["status"], ["pause", GROUP, "--for", "1h", "--reason", "looked at it"])
        ]
        (tmp_path / "password").write_text("wrong\n")
        wrong = await daemon.cli("status")
        (tmp_path / "password").write_text("right\n")
        told = await change(daemon, tmp_path, known)
    assert (stranger, done) == ([401, 401, 401], [0, 0])
    assert (wrong.code, wrong.err) == (77, "aibwatch: name and password are missing or wrong\n")
    assert told == {"the old one": 0, "status after that": 0}


@pytest.mark.parametrize("verb", ["run", "check-config"])
async def test_a_web_config_file_with_mistakes_is_told_and_nothing_starts(verb: str, tmp_path: Path) -> None:
    done = await a_command(tmp_path, verb, text=PAIR + "  colour: red\nbasic_auth_users:\n  ada: right\n")
    assert done.code == 78
    assert [line.partition(" ")[0] for line in done.err.splitlines() if line.startswith(f"{tmp_path}/web")] == [
        f"{tmp_path}/web.yml:4:",
        f"{tmp_path}/web.yml:6:",
    ]
    assert done.err.endswith("2 errors; nothing was started.\n")


async def test_check_config_warns_of_passwords_in_the_clear(tmp_path: Path) -> None:
    done = await a_command(tmp_path, "check-config", text=ADA)
    assert done.code == 0
    assert f"warning: {tmp_path}/web.yml:2: basic_auth_users: passwords go over the wire in the clear" in done.err


async def a_command(folder: Path, verb: str, *, text: str) -> Done:
    config = folder / "config.toml"
    config.write_text(a_config(folder, "http://127.0.0.1:9", 0, token=False))
    set_in(config, with_a_door(folder, text))
    (folder / "state").mkdir()
    return await run_aibwatch("--config", str(config), verb)
