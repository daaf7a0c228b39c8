import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aibwatch.config.load import LARGEST, ConfigError, Loaded, load, loads
from aibwatch.config.problem import MOST_SHOWN, Problem
from aibwatch.config.sections import SECTIONS
from aibwatch.core.model import Mode, Region, TemplateId
from aibwatch.core.policy import CanarySpec, Freeze, GroupSpec, Pace, Policy, Setup, StepSpec

NOBODY = 65534
MINUTE = timedelta(minutes=1)
SUBSCRIPTION = "/subscriptions/11111111-2222-3333-4444-555555555555"
TEMPLATES = f"{SUBSCRIPTION}/resourceGroups/Images/providers/Microsoft.VirtualMachineImages/imageTemplates"
LOWER = TEMPLATES.lower()
KEYS = sorted({key for section in SECTIONS.values() for key in section.keys})
CONTRACT = f"""
[azure]
credential = "managed-identity"
client_id = ""
cloud = "public"
arm_endpoint = ""
ca_bundle = ""
[state]
url = "sqlite:////var/lib/aibwatch/aibwatch.db"
[http]
listen = "127.0.0.1:9877"
token_file = ""
web_config_file = ""
[poll]
templates = "60s"
probe = "30s"
service_health = "60s"
resource_health = "5m"
activity_log = "2m"
readiness = "30m"
[policy]
mode = "shadow"
cooldown = "60m"
drill_max_age = "35d"
hold_min = "3m"
hold_max = "15m"
min_outage_age = "5m"
run_window = "60m"
suspect_score = 1.2
confirm_score = 9.2
max_moves_per_day = 3
service_health_service = "image builder"
[[canary]]
region = "westeurope"
template = "{TEMPLATES}/aibwatch-canary"
[[group]]
name = "ubuntu-base"
primary = "{TEMPLATES}/ubuntu-weu"
secondaries = ["{TEMPLATES}/Ubuntu-NEU"]
mode = "auto"
allowed_geographies = ["Europe"]
[[group.step]]
handler = "run-template"
timeout = "15m"
"""


def test_the_example_of_the_contract_becomes_its_defaults_and_its_group(read: Callable[[str], Loaded]) -> None:
    group = GroupSpec(
        name="ubuntu-base",
        primary=TemplateId(f"{LOWER}/ubuntu-weu"),
        secondaries=(TemplateId(f"{LOWER}/ubuntu-neu"),),
        policy=Policy(mode=Mode.AUTO),
        steps=(StepSpec(handler="run-template"),),
        allowed_geographies=("Europe",),
    )
    west = Region("westeurope")
    canary = CanarySpec(region=west, template=TemplateId(f"{LOWER}/aibwatch-canary"))
    expected = Setup(groups={"ubuntu-base": group}, policy=Policy(), pace=Pace(), canaries={west: canary})
    assert read(CONTRACT).setup == expected


def test_canaries_freezes_and_the_age_of_drills_come_to_the_core(read: Callable[[str], Loaded]) -> None:
    setup = read(
        f"""
[policy]
drill_max_age = "off"
[[canary]]
region = "westeurope"
template = "{TEMPLATES}/Canary/"
max_per_day = 7
routine = "off"
retry_after = "2m"
respite = "1h"
[[freeze]]
from = 2026-12-20T00:00:00Z
to = 2027-01-04T08:00:00+01:00
reason = "year-end close"
"""
    ).setup
    west = Region("westeurope")
    assert (setup.policy.drill_max_age, setup.canaries, setup.freezes) == (
        None,
        {
            west: CanarySpec(
                region=west,
                template=TemplateId(f"{LOWER}/canary"),
                max_per_day=7,
                routine=None,
                retry_after=2 * MINUTE,
                respite=60 * MINUTE,
            )
        },
        (
            Freeze(
                starts=datetime(2026, 12, 20, tzinfo=UTC),
                ends=datetime(2027, 1, 4, 7, tzinfo=UTC),
                reason="year-end close",
            ),
        ),
    )


def test_the_example_of_the_contract_brings_no_warning(read: Callable[[str], Loaded]) -> None:
    assert read(CONTRACT).warnings == ()


def test_an_empty_file_is_all_defaults(read: Callable[[str], Loaded]) -> None:
    assert read("").setup == Setup(groups={})


def test_a_group_overrides_single_keys_of_the_policy(read: Callable[[str], Loaded]) -> None:
    text = f"""
    [poll]
    probe = "10s"
    [policy]
    mode = "auto"
    cooldown = "2h"
    recovery_min = "20m"
    [[group]]
    name = "a"
    primary = "{TEMPLATES}/a1"
    secondaries = ["{TEMPLATES}/a2", "{TEMPLATES}/a3"]
    cooldown = "1h30m"
    confirm_score = 12
    max_moves_per_day = 1
    exclude_late_images = true
    [[group.step]]
    handler = "notify-chat"
    retries = 0
    [[group.step]]
    handler = "run-template"
    timeout = "1m"
    """
    setup = read(text).setup

    everyone = Policy(mode=Mode.AUTO, cooldown=120 * MINUTE, recovery_min=20 * MINUTE)
    assert setup.policy == everyone
    assert setup.pace == Pace(probe=timedelta(seconds=10))
    assert setup.groups["a"].policy == Policy(
        mode=Mode.AUTO,
        cooldown=90 * MINUTE,
        recovery_min=20 * MINUTE,
        confirm_score=12.0,
        max_moves_per_day=1,
        exclude_late_images=True,
    )
    assert setup.groups["a"].steps == (
        StepSpec(handler="notify-chat", retries=0),
        StepSpec(handler="run-template", timeout=MINUTE),
    )
    assert [member.rsplit("/", 1)[1] for member in setup.groups["a"].members] == ["a1", "a2", "a3"]


@pytest.mark.parametrize(
    "text",
    [
        '[azure]\narm_endpoint = "https://management.azure.com/"\n',
        '[azure]\narm_endpoint = "http://127.0.0.1:8443"\n',
        '[azure]\narm_endpoint = "http://[::1]:8443"\n',
        '[azure]\narm_endpoint = "http://localhost"\n',
        '[http]\nlisten = "[::]:9877"\n',
        '[http]\nlisten = "status.example.com:0"\n',
        '[policy]\ndrill_max_age = "off"\n',
        '[policy]\nservice_health_service = "[[image] builder"\n',
        f'[[dependency]]\nregion = "uksouth"\nresource = "{TEMPLATES}/a/versions/1"\n',
        f'[[group]]\nname = "a"\nprimary = "{LOWER}/a"\nsecondaries = ["{TEMPLATES.upper()}/B/"]\n',
    ],
)
def test_what_is_unusual_but_right_is_accepted(read: Callable[[str], Loaded], text: str) -> None:
    assert read(text).settings is not None


def test_a_file_is_read_with_windows_line_ends_and_a_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(b'\xef\xbb\xbf[policy]\r\nmode = "auto"\r\n')

    assert load(file).setup.policy.mode is Mode.AUTO


def test_handlers_are_looked_up_among_the_installed_ones(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(CONTRACT.replace('handler = "run-template"', 'handler = "no-such-handler"'))

    with pytest.raises(ConfigError, match='"no-such-handler" is not an installed handler'):
        load(file)


def refused(file: Path) -> str:
    with pytest.raises(ConfigError) as error:
        load(file)
    return str(error.value).removeprefix(f"{file}:")


def test_a_missing_file_is_one_problem(tmp_path: Path) -> None:
    said = "1: file: does not exist; start from config.example.toml, or name another (--config FILE)"
    assert refused(tmp_path / "config.toml") == said


def test_a_directory_is_one_problem(tmp_path: Path) -> None:
    assert refused(tmp_path) == "1: file: is a directory; name the file in it (--config FILE)"


@pytest.fixture
def not_root() -> Iterator[None]:
    """Root may read everything; so be nobody for a while."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.usefixtures("not_root")
def test_a_file_without_permission_is_one_problem() -> None:
    with tempfile.NamedTemporaryFile(dir="/tmp") as made:  # nobody may not enter root's own tmp_path
        file = Path(made.name)
        file.chmod(0o000)
        said = "1: file: may not be read by this user; allow it or run as the user of the service"
        assert refused(file) == said


def test_a_path_that_cannot_be_one_is_one_problem(tmp_path: Path) -> None:
    assert (
        refused(tmp_path / ("x" * 300)) == "1: file: cannot be read: File name too long; name another (--config FILE)"
    )


def test_a_file_that_is_not_utf_8_is_one_problem_at_its_line(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(b'[azure]\nclient_id = "\xe9"\n')
    assert refused(file) == "2: file: is not UTF-8 in this line; save it as UTF-8"


def test_a_huge_file_is_one_problem(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(b"\n" * (LARGEST + 1))
    assert refused(file) == "1: file: is larger than 1 MiB; that is no configuration, name another (--config FILE)"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "[policy]\nmode = auto\n",
            'config.toml:2: syntax: not TOML: Invalid value; text needs quotes: key = "text"',
        ),
        (
            "[http]\n[http]\n",
            (
                "config.toml:2: syntax: not TOML: Cannot declare ('http',) twice; "
                "correct this first, the rest was not read"
            ),
        ),
        (
            '[http]\nlisten = ["a",\n\n',
            "config.toml:2: syntax: not TOML: the file ends in the middle of something; close its quotes or brackets",
        ),
        ("a = " + "[" * 100_000, "config.toml:1: syntax: not TOML: nested too deeply; no setting needs that"),
    ],
)
def test_text_that_is_not_toml_is_one_problem_at_its_line(
    mistakes_in: Callable[[str], list[str]], text: str, said: str
) -> None:
    assert mistakes_in(text) == [said]


def test_an_endless_list_of_mistakes_is_cut_and_counted() -> None:
    with pytest.raises(ConfigError) as error:
        loads("".join(f"x{number} = 1\n" for number in range(MOST_SHOWN + 5)), Path("config.toml"))

    assert (len(error.value.problems), error.value.left_out) == (MOST_SHOWN, 5)


def problems_of(text: str) -> tuple[Problem, ...]:
    try:
        loads(text, Path("config.toml"))
    except ConfigError as error:
        return error.problems
    return ()


SECTION = st.sampled_from([*(section.header for section in SECTIONS.values()), "[group]", "[[policy]]", "[x.y]"])
NUMBERS = ["1", "-1", "0x" + "f" * 6000, "9" * 5000, "1e400", "nan", "-inf", "true", "1979-05-27", "07:32:00"]
LISTS = ["[]", "{}", "[[{}]]", '["x"]', "[1, {a = 1}]", f'["{TEMPLATES}/a", 7]']
TEXTS = ["auto", "off", "1s", "9999999d", "", "run-template", "command", "(((", f"{TEMPLATES}/a", "http://[", "a:1"]
URLS = ["sqlite:////a", "postgresql://u:p@h", "\\u2028\\n"]
VALUE = st.sampled_from([*NUMBERS, *LISTS, *(f'"{text}"' for text in [*TEXTS, *URLS])])
PAIR = st.builds("{} = {}".format, st.sampled_from(KEYS), VALUE)


@given(st.lists(SECTION | PAIR, max_size=20, unique=True).map("\n".join))
def test_known_keys_with_absurd_values_are_a_configuration_or_a_config_error(text: str) -> None:
    problems = problems_of(text)

    assert all(1 <= problem.line <= text.count("\n") + 1 for problem in problems)
    assert all(str(problem).isprintable() for problem in problems)


@given(st.text(alphabet="[]{}=.,#'\"\\\n ab1-:") | st.text())
def test_junk_text_is_a_configuration_or_a_config_error(text: str) -> None:
    assert all(str(problem).isprintable() for problem in problems_of(text))


@given(st.binary(max_size=200))
def test_junk_bytes_are_a_configuration_or_a_config_error(
    tmp_path_factory: pytest.TempPathFactory, junk: bytes
) -> None:
    file = tmp_path_factory.getbasetemp() / "junk.toml"
    file.write_bytes(junk)

    with contextlib.suppress(ConfigError):
        load(file)
