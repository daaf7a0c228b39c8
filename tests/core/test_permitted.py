"""What a list of permissions allows: wildcards, letter case, and what is taken away again."""

import pytest

from aibwatch.core.permitted import Permission, allows

RUN = "Microsoft.VirtualMachineImages/imageTemplates/run/action"


def may(*entries: tuple[list[str], list[str]], action: str = RUN) -> bool:
    return allows((Permission(actions=tuple(yes), not_actions=tuple(no)) for yes, no in entries), action)


@pytest.mark.parametrize(
    "pattern",
    [
        "*",
        RUN,
        RUN.upper(),
        "Microsoft.VirtualMachineImages/*",
        "*/action",
        "Microsoft.VirtualMachineImages/*/action",
        "microsoft.*/imagetemplates/*/action",
        "**",
    ],
)
def test_a_pattern_allows_what_it_stands_for(pattern: str) -> None:
    assert may(([pattern], [])) is True


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "*/read",
        "Microsoft.VirtualMachineImages/imageTemplates/run",
        "Microsoft.VirtualMachineImages/imageTemplates/run/action/*",
        "Microsoft.VirtualMachineImages/*/run/*/action",
        "Microsoft.Compute/*",
    ],
)
def test_a_pattern_allows_nothing_else(pattern: str) -> None:
    assert may(([pattern], [])) is False


def test_what_one_entry_takes_away_another_may_give() -> None:
    assert may((["*"], ["Microsoft.VirtualMachineImages/*"])) is False
    assert may((["*"], ["Microsoft.VirtualMachineImages/*"]), ([RUN], [])) is True


def test_without_an_entry_nothing_is_allowed() -> None:
    assert may() is False


def test_beginning_and_end_of_a_pattern_do_not_share_characters() -> None:
    assert may((["ab*ba"], []), action="aba") is False
    assert may((["ab*ba"], []), action="abba") is True


def test_a_pattern_of_nothing_but_wildcards_is_looked_at_in_no_time() -> None:
    assert may((["*a" * 5000], []), action="a" * 4000) is False
