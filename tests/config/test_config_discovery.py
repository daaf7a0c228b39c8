"""Where groups are looked for by tags, and what is not to be found."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from aibwatch.config.load import Loaded

GUID = "11111111-1111-1111-1111-111111111111"
TEMPLATE = f"/subscriptions/{GUID}/resourceGroups/i/providers/Microsoft.VirtualMachineImages/imageTemplates/old"


def test_without_subscriptions_tags_mean_nothing(read: Callable[[str], Loaded]) -> None:
    assert read("").settings.discovery.subscriptions == ()


def test_a_file_without_groups_is_fine_where_tags_say_them(warnings_in: Callable[[str], list[str]]) -> None:
    assert warnings_in(f'[discovery]\nsubscriptions = ["{GUID}"]\nignore = ["linux", "{TEMPLATE}"]\n') == []


def test_the_pace_is_the_daemon_s(read: Callable[[str], Loaded]) -> None:
    assert read('[poll]\ndiscovery = "20m"\n').setup.pace.discovery == timedelta(minutes=20)


def test_looking_every_few_seconds_is_unwise(warnings_in: Callable[[str], list[str]]) -> None:
    assert warnings_in(f'[poll]\ndiscovery = "5s"\n[discovery]\nsubscriptions = ["{GUID}"]\n') == [
        (
            "config.toml:2: poll.discovery: 5s is short for production: the quota of Resource Graph is shared with "
            "everybody who asks it; write 1m or more"
        )
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            'subscriptions = ["production"]',
            'discovery.subscriptions: "production" is not the id of a subscription; write its GUID',
        ),
        (
            f'subscriptions = ["/subscriptions/{GUID}"]',
            f'discovery.subscriptions: "/subscriptions/{GUID}" is not the id of a subscription; write its GUID',
        ),
        (
            'ignore = ["Ubuntu Base"]',
            'discovery.ignore: "Ubuntu Base" is neither the name of a group nor the resource id of an image template',
        ),
    ],
)
def test_what_is_no_subscription_or_names_nothing_is_a_mistake(
    mistakes_in: Callable[[str], list[str]], text: str, said: str
) -> None:
    assert mistakes_in(f"[discovery]\n{text}\n") == [f"config.toml:2: {said}"]
