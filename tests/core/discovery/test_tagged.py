"""What a template's tags say."""

import pytest

from aibwatch.core.discovery.problem import Problem
from aibwatch.core.discovery.tagged import Member, Tagged, member_of
from tests.core.builders import BASE_WEST, WEST

from .support import a_row

CHOICE = "write aibwatch-role = primary, secondary, or secondary-1 to secondary-99 for their order"


def tagged(**tags: str) -> Tagged:
    return Tagged(template=BASE_WEST, region=WEST, tags={key.replace("_", "-"): value for key, value in tags.items()})


@pytest.mark.parametrize(
    ("role", "rank"), [("primary", 0), ("Primary ", 0), ("secondary-1", 1), ("secondary-99", 99), ("SECONDARY", 100)]
)
def test_a_role_is_a_place_in_the_group(role: str, rank: int) -> None:
    member = member_of(a_row(group="base", role=role))
    assert member == Member(template=BASE_WEST, region=WEST, group="base", rank=rank)


def test_keys_count_in_any_letter_case() -> None:
    assert isinstance(member_of(tagged(AIBwatch_Group="base", aibwatch_ROLE="primary")), Member)


def test_a_template_without_our_tags_says_nothing() -> None:
    assert member_of(tagged(owner="ann", aibwatch="yes")) is None


@pytest.mark.parametrize(
    ("tags", "about", "sentence"),
    [
        (
            {"aibwatch_role": "primary"},
            "base",
            "base has the tag aibwatch-role and no aibwatch-group; name its group in aibwatch-group, or remove both",
        ),
        ({"aibwatch_group": "linux"}, "linux", f"base has no tag aibwatch-role; {CHOICE}"),
        (
            {"aibwatch_group": "Ubuntu Base", "aibwatch_role": "primary"},
            "base",
            'base is tagged aibwatch-group = "Ubuntu Base", which cannot name a group; use 1 to 63 of a-z, 0-9 and -',
        ),
        (
            {"aibwatch_group": "linux", "aibwatch_role": "main"},
            "linux",
            f'base is tagged aibwatch-role = "main", which is no role; {CHOICE}',
        ),
        (
            {"aibwatch_group": "linux", "Aibwatch_Group": "windows", "aibwatch_role": "primary"},
            "base",
            'base has the tag aibwatch-group several times: "linux" and "windows"; leave one of them',
        ),
    ],
)
def test_tags_that_cannot_be_followed_are_told_with_what_to_do(tags: dict[str, str], about: str, sentence: str) -> None:
    problem = member_of(tagged(**tags))
    assert isinstance(problem, Problem)
    assert (problem.about, problem.sentence, problem.templates) == (about, sentence, (BASE_WEST,))


@pytest.mark.parametrize("role", ["secondary-0", "secondary-100", "secondary-", "secondary-1x", "", "prımary"])
def test_what_is_nearly_a_role_is_none(role: str) -> None:
    assert isinstance(member_of(tagged(aibwatch_group="base", aibwatch_role=role)), Problem)
