from collections.abc import Callable

import pytest

Mistakes = Callable[[str], list[str]]

SUBSCRIPTION = "/subscriptions/11111111-2222-3333-4444-555555555555"
TEMPLATES = f"{SUBSCRIPTION}/resourceGroups/images/providers/Microsoft.VirtualMachineImages/imageTemplates"
GROUP = f'[[group]]\nname = "base"\nprimary = "{TEMPLATES}/weu"\nsecondaries = ["{TEMPLATES}/neu"]\n'


@pytest.mark.parametrize("name", ["", "Base", "a b", "x" * 64, "über"])
def test_a_name_that_needs_quotes_somewhere_is_refused(mistakes_in: Mistakes, name: str) -> None:
    (line,) = mistakes_in(GROUP.replace('"base"', f'"{name}"'))
    assert line.endswith(f'"{name}" cannot name a group; use 1 to 63 of a-z, 0-9 and -')


@pytest.mark.parametrize("wrong", ["weu", TEMPLATES, f"{TEMPLATES}/a/b", f"{TEMPLATES}/weu?x".replace("1111", "111")])
def test_a_template_that_is_no_resource_id_is_shown_the_form(mistakes_in: Mistakes, wrong: str) -> None:
    (line,) = mistakes_in(GROUP.replace(f"{TEMPLATES}/neu", wrong))
    assert line == (
        f'config.toml:4: group "base": secondaries: "{wrong}" is not the resource id of an image template; write '
        "/subscriptions/GUID/resourceGroups/GROUP/providers/Microsoft.VirtualMachineImages/imageTemplates/NAME"
    )


@pytest.mark.parametrize("wrong", ["localhost", "localhost:", "127.0.0.1:65536", "::1:9877", ":9877", "a b:1", "[x]:1"])
def test_an_address_to_listen_on_needs_host_and_port(mistakes_in: Mistakes, wrong: str) -> None:
    (line,) = mistakes_in(f'[http]\nlisten = "{wrong}"\n')
    assert line.startswith("config.toml:2: http.listen: ")
    assert "write " in line


def test_an_address_without_host_is_asked_whom_it_is_for(mistakes_in: Mistakes) -> None:
    assert mistakes_in('[http]\nlisten = ":9877"\n') == [
        'config.toml:2: http.listen: ":9877" names no host; write "127.0.0.1:9877", or "0.0.0.0:9877" for everyone'
    ]


@pytest.mark.parametrize("wrong", ["http://arm.example.com", "http://127.0.0.1.example.com:1"])
def test_tokens_do_not_go_over_plain_http_to_another_machine(mistakes_in: Mistakes, wrong: str) -> None:
    assert mistakes_in(f'[azure]\narm_endpoint = "{wrong}"\n') == [
        (
            f'config.toml:2: azure.arm_endpoint: "{wrong}" would send tokens unencrypted; '
            "write https, plain http is for loopback addresses only"
        )
    ]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("management.azure.com", 'is not a web address; write "https://HOST"'),
        ("https://[::1", 'is not a web address; write "https://HOST"'),
        ("https://host:99999", 'is not a web address; write "https://HOST"'),
        ("https://me:secret@host", "carries a user name or password; leave them out of the address"),
        ("https://host?a=b", 'has a "?" or "#" part; write only "https://HOST"'),
    ],
)
def test_an_endpoint_is_a_plain_web_address(mistakes_in: Mistakes, wrong: str, said: str) -> None:
    assert mistakes_in(f'[azure]\narm_endpoint = "{wrong}"\n') == [f"config.toml:2: azure.arm_endpoint: {said}"]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (
            "sqlite:///state.db",
            'needs an absolute path; write four slashes, like "sqlite:////var/lib/aibwatch/aibwatch.db"',
        ),
        ("mysql://me:secret@host/db", 'is not a place to keep state; write "sqlite:////ABSOLUTE/PATH"'),
        (
            "postgresql://me:secret@host/db",
            "this version keeps its state in SQLite only; write sqlite:////ABSOLUTE/PATH and run one daemon",
        ),
    ],
)
def test_state_is_kept_in_a_file_with_an_absolute_path(mistakes_in: Mistakes, url: str, said: str) -> None:
    assert mistakes_in(f'[state]\nurl = "{url}"\n') == [f"config.toml:2: state.url: {said}"]


def test_copies_are_kept_where_the_daemon_finds_them_again(mistakes_in: Mistakes) -> None:
    words = '"copies" depends on where the daemon was started; write its whole path'
    assert mistakes_in('[backup]\ndirectory = "copies"\n') == [f"config.toml:2: backup.directory: {words}"]


@pytest.mark.parametrize("wrong", ["", "(", "a{99999999999999}", "x" * 201])
def test_a_pattern_has_to_compile(mistakes_in: Mistakes, wrong: str) -> None:
    (line,) = mistakes_in(f'[policy]\nservice_health_service = "{wrong}"\n')
    assert line.startswith("config.toml:2: policy.service_health_service: ")


@pytest.mark.parametrize(
    ("region", "said"),
    [
        ("West Europe", '"West Europe" is not the name Azure uses in its API; write "westeurope"'),
        ("west-europe", '"west-europe" is not a region; write its short name, like "westeurope"'),
    ],
)
def test_a_region_is_told_its_programmatic_name(mistakes_in: Mistakes, region: str, said: str) -> None:
    text = f'[[canary]]\nregion = "{region}"\ntemplate = "{TEMPLATES}/canary"\n'
    assert mistakes_in(text) == [f"config.toml:2: canary 1: region: {said}"]


def test_a_dependency_is_a_resource_id(mistakes_in: Mistakes) -> None:
    assert mistakes_in('[[dependency]]\nregion = "westeurope"\nresource = "storage"\n') == [
        (
            'config.toml:3: dependency 1: resource: "storage" is not a resource id; '
            "write /subscriptions/GUID/resourceGroups/GROUP/providers/NAMESPACE/TYPE/NAME"
        )
    ]
