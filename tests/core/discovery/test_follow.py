"""Groups by tags, from one look to the next."""

from collections.abc import Mapping
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aibwatch.core.discovery.follow import MOST_GROUPS, MOST_PROBLEMS
from aibwatch.core.discovery.group import TaggedGroup
from aibwatch.core.discovery.precedence import merged
from aibwatch.core.discovery.problem import Change
from aibwatch.core.discovery.tagged import Tagged
from aibwatch.core.model import TemplateId
from aibwatch.core.policy import GroupSpec, Setup
from tests.core.builders import (
    BASE_FRANCE,
    BASE_NORTH,
    BASE_WEST,
    FRANCE,
    NORTH,
    WEST,
    a_canary_spec,
    a_group,
    a_group_state,
    a_move,
    a_policy,
    a_setup,
    a_template_id,
    at,
)

from .support import a_pair, a_row, look, members, sentences, untagged

PRIMARY, SECONDARY = a_pair()
THIRD = a_row("base", FRANCE, group="base", role="secondary-1")
PAIR = (BASE_WEST, BASE_NORTH)


def known(*rows: Tagged) -> Mapping[str, TaggedGroup]:
    """Return what was found before."""
    return look(*(rows or a_pair())).groups


# what a group is


def test_a_primary_and_a_secondary_elsewhere_are_a_group_with_the_policy_of_all() -> None:
    found = look(*a_pair())
    spec = GroupSpec(name="base", primary=BASE_WEST, secondaries=(BASE_NORTH,), policy=a_policy(), tagged=True)
    assert merged(Setup(groups={}, policy=a_policy()), found.groups).groups == {"base": spec}
    assert (found.problems, [change.what for change in found.changes]) == ((), ["found by tags"])


def test_numbers_say_the_order_of_secondaries_and_those_without_come_last() -> None:
    found = look(PRIMARY, SECONDARY, THIRD)
    assert members(found) == {"base": (BASE_WEST, BASE_FRANCE, BASE_NORTH)}


def test_two_primaries_are_no_group() -> None:
    other = a_row("other", WEST, group="base", role="primary")
    found = look(*a_pair(), other)
    assert (members(found), sentences(found)) == (
        {},
        ["base has 2 primaries: base in westeurope and other in westeurope; tag all but one aibwatch-role = secondary"],
    )


def test_without_a_primary_it_is_no_group() -> None:
    found = look(SECONDARY)
    assert (members(found), sentences(found)) == (
        {},
        [
            (
                "base has no primary, only base in northeurope; "
                "tag the one that builds in good times aibwatch-role = primary"
            )
        ],
    )


def test_without_a_secondary_it_is_no_group() -> None:
    found = look(PRIMARY)
    assert (members(found), {name: member.template for name, member in found.alone.items()}) == (
        {},
        {"base": BASE_WEST},
    )
    assert sentences(found) == [
        (
            "base has no secondary, so there is nowhere to go to; deploy one (aibwatch replicate base --to REGION) "
            "and tag it aibwatch-group = base, aibwatch-role = secondary"
        )
    ]


def test_a_secondary_beside_the_primary_is_told_and_the_others_stand() -> None:
    found = look(PRIMARY, SECONDARY, a_row("near", WEST, group="base", role="secondary"))
    assert members(found) == {"base": PAIR}
    assert sentences(found) == [
        (
            "near in westeurope is a secondary of base in its primary's region westeurope, and would be down with it; "
            "deploy one elsewhere (aibwatch replicate base --to REGION), or remove the tags"
        )
    ]


def test_a_row_that_comes_twice_is_one() -> None:
    assert members(look(*a_pair(), *a_pair())) == {"base": PAIR}


def test_rows_that_contradict_each_other_are_told_and_neither_counts() -> None:
    found = look(*a_pair(), a_row("base", NORTH, group="other", role="secondary"), known=known())
    assert members(found) == {"base": PAIR}
    assert "base was listed several times, each time otherwise" in sentences(found)[0]


def test_rows_that_cannot_be_understood_are_told() -> None:
    found = look(unreadable=("no location", "no id"))
    assert sentences(found) == [
        (
            "2 rows of Resource Graph could not be understood, the first because it has no id; "
            "templates that are missing may be among them; report it"
        )
    ]


# the configuration


def test_the_configuration_wins_a_template() -> None:
    found = look(*a_pair("linux"), setup=a_setup(a_group("other", primary=a_template_id("linux", NORTH))))
    assert members(found) == {}
    assert sentences(found) == [
        (
            'linux is not found by tags, because the configuration wins: linux is in the configured group "other"; '
            "remove the tags, or what the configuration says of it"
        )
    ]


def test_the_configuration_wins_a_name() -> None:
    found = look(*a_pair("base"), setup=a_setup(a_group(primary=a_template_id("a"), secondaries=())))
    assert (members(found), 'a group "base" is configured' in sentences(found)[0]) == ({}, True)


def test_tags_that_say_what_the_configuration_says_are_no_mistake() -> None:
    found = look(*a_pair(), setup=a_setup())
    assert (members(found), found.problems) == ({}, ())


def test_a_canary_is_in_no_group() -> None:
    found = look(
        SECONDARY,
        a_row("canary", group="base", role="primary"),
        setup=Setup(groups={}, canaries={WEST: a_canary_spec()}),
    )
    assert (members(found), "canary is the canary of westeurope" in sentences(found)[0]) == ({}, True)


def test_a_group_that_is_configured_now_is_not_found_by_tags_any_more() -> None:
    assert set(merged(a_setup(a_group("new")), known()).groups) == {"new"}
    assert members(look(*a_pair(), known=known(), setup=a_setup())) == {}


def test_what_is_ignored_is_not_found() -> None:
    assert members(look(*a_pair(), *a_pair("other"), ignored=["other", "x"])) == {"base": PAIR}
    found = look(*a_pair(), THIRD, known=known(*a_pair(), THIRD), ignored=[BASE_FRANCE])
    assert (members(found), found.problems) == ({"base": PAIR}, ())


# from one look to the next


def test_what_has_not_changed_is_not_told_again() -> None:
    found = look(*a_pair(), known=known(), minute=15)
    assert (members(found), found.problems, found.changes) == ({"base": PAIR}, (), ())


@pytest.mark.parametrize("rows", [(), (PRIMARY,), (SECONDARY,)], ids=["both", "secondary", "primary"])
def test_a_template_that_is_not_found_any_more_stays_and_is_told(rows: tuple[Tagged, ...]) -> None:
    found = look(*rows, known=known(), minute=15)
    assert members(found) == {"base": PAIR}
    assert [(change.what, change.loud) for change in found.changes] == [("not found any more", True)]
    assert sentences(found)[-1].startswith("since 2026-03-02 02:15 UTC nobody finds base in ")


def test_since_when_it_is_missing_is_remembered_and_told_once() -> None:
    once = look(PRIMARY, known=known(), minute=15)
    again = look(PRIMARY, known=once.groups, minute=30)
    assert (again.groups["base"].missing, again.changes) == ({BASE_NORTH: at(15)}, ())
    back = look(*a_pair(), known=again.groups, minute=45)
    assert (back.groups, back.problems) == (known(), ())
    assert back.changes == (Change(about="base", what="found again", why="base in northeurope"),)


def test_a_group_goes_when_no_template_carries_its_tag_any_more() -> None:
    found = look(untagged(PRIMARY), untagged(SECONDARY), known=known())
    assert (members(found), found.problems) == ({}, ())
    why = "the tag aibwatch-group is gone from base in westeurope and base in northeurope"
    assert found.changes == (Change(about="base", what="not watched any more", why=why, loud=True),)


def test_one_that_was_deleted_goes_with_the_tag_of_the_other() -> None:
    assert members(look(untagged(PRIMARY), known=known())) == {}


def test_a_secondary_whose_tag_was_removed_goes_and_the_others_stand() -> None:
    found = look(PRIMARY, untagged(SECONDARY), THIRD, known=known(*a_pair(), THIRD))
    assert members(found) == {"base": (BASE_WEST, BASE_FRANCE)}
    assert [change.what for change in found.changes] == ["other members by tags"]


def test_nobody_goes_to_a_secondary_whose_tag_was_removed_even_if_there_is_no_other() -> None:
    found = look(PRIMARY, untagged(SECONDARY), known=known())
    assert (members(found), "; it is not watched any more; " in sentences(found)[0]) == ({}, True)


def test_a_second_primary_does_not_end_a_group_that_was_found_before() -> None:
    found = look(*a_pair(), a_row("other", group="base", role="primary"), known=known())
    assert (members(found), "; it stays as it was found before; " in sentences(found)[0]) == ({"base": PAIR}, True)
    assert found.changes == ()


def test_a_role_that_is_mistyped_later_does_not_end_a_group() -> None:
    found = look(PRIMARY, a_row("base", NORTH, group="base", role="secundary"), known=known())
    assert (members(found), found.groups["base"].missing, len(found.problems)) == ({"base": PAIR}, {}, 1)


def test_a_new_primary_takes_the_place_of_one_that_is_missing() -> None:
    new = a_row("new", group="base", role="primary")
    found = look(new, SECONDARY, known=known())
    assert (members(found), found.problems) == ({"base": (new.template, BASE_NORTH)}, ())


def test_a_template_that_is_tagged_for_another_group_goes_there() -> None:
    other = (
        a_row("other", WEST, group="other", role="primary"),
        a_row("base", FRANCE, group="other", role="secondary"),
    )
    found = look(*a_pair(), *other, known=known(*a_pair(), THIRD))
    assert members(found) == {"base": PAIR, "other": (other[0].template, BASE_FRANCE)}


def test_a_template_in_another_region_is_told() -> None:
    moved = Tagged(template=BASE_NORTH, region=FRANCE, tags=SECONDARY.tags)
    found = look(PRIMARY, moved, known=known())
    why = "base in francecentral, which was in northeurope before"
    assert found.changes == (Change(about="base", what="a template is in another region", why=why, loud=True),)


def test_a_template_that_moved_to_its_primary_s_region_is_told_and_kept() -> None:
    found = look(PRIMARY, Tagged(template=BASE_NORTH, region=WEST, tags=SECONDARY.tags), known=known())
    assert (members(found), "would be down with it" in sentences(found)[0]) == ({"base": PAIR}, True)


# while something is under way


def test_nothing_is_taken_out_of_a_group_that_moves() -> None:
    moving = a_group_state("moving", active=BASE_NORTH, move=a_move(committed_at=at(0)))
    for rows in ((untagged(PRIMARY), untagged(SECONDARY), THIRD), tuple(map(untagged, (*a_pair(), THIRD)))):
        found = look(*rows, known=known(*a_pair(), THIRD), states=[moving])
        assert members(found) == {"base": (BASE_WEST, BASE_FRANCE, BASE_NORTH)}
        assert "base stays as it was found before because it is moving, although the tag" in " ".join(sentences(found))


def test_an_ignored_group_stays_until_its_move_is_done() -> None:
    moving = a_group_state("moving", active=BASE_NORTH, move=a_move(committed_at=at(0)))
    assert members(look(*a_pair(), known=known(), ignored=["base"], states=[moving])) == {"base": PAIR}
    assert members(look(*a_pair(), known=known(), ignored=["base"], states=[a_group_state()])) == {}


def test_a_group_keeps_the_member_that_it_builds_in() -> None:
    away = a_group_state(active=BASE_NORTH)
    found = look(PRIMARY, untagged(SECONDARY), THIRD, known=known(*a_pair(), THIRD), states=[away])
    assert members(found) == {"base": (BASE_WEST, BASE_FRANCE, BASE_NORTH)}
    assert sentences(found) == [
        (
            "base stays as it was found before because it builds in base in northeurope, although the tag "
            "aibwatch-group is gone from base in northeurope; move it first "
            "(aibwatch failback base), or tag that template again"
        )
    ]


def test_a_group_that_is_away_or_halted_is_not_let_go_by_tags() -> None:
    for state in (a_group_state(active=BASE_NORTH), a_group_state("halted")):
        found = look(untagged(PRIMARY), untagged(SECONDARY), known=known(), states=[state])
        assert (members(found), len(found.problems)) == ({"base": PAIR}, 1)


def test_a_group_at_its_primary_is_let_go_by_tags_and_keeps_a_primary_that_was_retagged() -> None:
    watching = [a_group_state()]
    assert members(look(untagged(PRIMARY), untagged(SECONDARY), known=known(), states=watching)) == {}
    other = a_row("new", WEST, group="base", role="primary")
    found = look(other, untagged(PRIMARY), SECONDARY, known=known(), states=watching)
    assert members(found) == {"base": PAIR}
    assert "move it first (aibwatch failover base), or tag that template again" in sentences(found)[0]


def test_a_template_that_its_group_must_keep_is_in_no_other() -> None:
    away = a_group_state(active=BASE_NORTH)
    other = (a_row("a", WEST, group="a-first", role="primary"), a_row("base", NORTH, group="a-first", role="secondary"))
    found = look(PRIMARY, *other, known=known(), states=[away])
    assert members(found) == {"base": PAIR}
    assert "base cannot be in a-first yet, because base must keep it; see aibwatch explain base" in sentences(found)


# accidents


def pairs(number: int) -> list[Tagged]:
    return [row for index in range(number) for row in a_pair(f"g{index:04}")]


def test_when_more_than_half_of_the_groups_would_go_at_once_none_goes() -> None:
    rows = pairs(8)
    found = look(*rows[:6], *map(untagged, rows[6:]), known=known(*rows))
    assert len(found.groups) == 8
    assert "the tags of 5 of 8 groups are gone at once (g0003, g0004, g0005, g0006 and 1 more)" in sentences(found)[0]
    assert found.changes == ()


def test_half_of_the_groups_may_go_and_three_whatever_their_share() -> None:
    rows = pairs(8)
    assert len(look(*rows[:8], *map(untagged, rows[8:]), known=known(*rows)).groups) == 4
    assert look(*map(untagged, rows[:6]), known=known(*rows[:6])).groups == {}


def test_what_the_operator_ignores_goes_in_any_number() -> None:
    rows = pairs(8)
    assert look(*rows, known=known(*rows), ignored=[f"g{n:04}" for n in range(8)]).groups == {}


def test_templates_of_a_subscription_that_is_not_asked_any_more_are_let_go() -> None:
    found = look(known=known(), subscriptions=["s2"])
    assert (found.groups, found.changes[0].why) == (
        {},
        "discovery.subscriptions does not name the subscription of base in westeurope and base in northeurope",
    )


def test_an_answer_without_any_row_lets_nothing_go() -> None:
    rows = pairs(20)
    assert len(look(known=known(*rows)).groups) == 20


def test_there_is_a_limit_and_groups_that_were_watched_stay() -> None:
    rows = pairs(MOST_GROUPS + 1)
    found = look(*rows, known=known(*rows[-2:]))
    assert (len(found.groups), f"g{MOST_GROUPS:04}" in found.groups) == (MOST_GROUPS, True)
    assert sentences(found) == [
        (
            "only the first 2000 are watched, and 1 group beyond them not: g1999; "
            "share them between two aibwatch, by subscriptions"
        )
    ]


def test_hundreds_of_problems_are_counted_and_hundreds_of_new_groups_too() -> None:
    found = look(*(row for row in pairs(300) if row.region == WEST), *a_pair())
    assert (len(found.problems), sentences(found)[-1]) == (
        MOST_PROBLEMS + 1,
        "100 more problems are not told; see to these first",
    )
    found = look(*pairs(300))
    assert [(c.about, c.why) for c in found.changes] == [
        ("tags", "300 groups: g0000, g0001, g0002, g0003 and 296 more")
    ]


# whatever comes

VALUES = st.sampled_from(["", "a", "b", "A b", "primary", "secondary", "secondary-1", "x" * 99, "\x00\ud800"])
ROWS = st.lists(
    st.builds(
        Tagged,
        template=st.sampled_from([BASE_WEST, BASE_NORTH, BASE_FRANCE, a_template_id("x"), a_template_id("y", NORTH)]),
        region=st.sampled_from([WEST, NORTH, FRANCE]),
        tags=st.dictionaries(st.sampled_from(["aibwatch-group", "AIBWATCH-group", "aibwatch-role", "x"]), VALUES),
    ),
    max_size=12,
)


@given(before=ROWS, rows=ROWS, chance=st.randoms(), active=st.sampled_from([BASE_WEST, BASE_NORTH]))
def test_whatever_comes_in_any_order_comes_to_the_same_and_shares_no_template(
    before: list[Tagged], rows: list[Tagged], chance: Random, active: TemplateId
) -> None:
    was, shuffled = look(*before).groups, [*rows]
    chance.shuffle(shuffled)
    states = [a_group_state(active=active), a_group_state("halted", name="a", active=active)]
    found, again = (look(*r, known=was, states=states, minute=15) for r in (rows, shuffled))
    assert found == again
    templates = [template for group in found.groups.values() for template in group.templates]
    assert len(templates) == len(set(templates))
    assert all(group.members[0].rank == 0 and len(group.members) > 1 for group in found.groups.values())


@given(before=ROWS, rows=ROWS)
def test_no_group_goes_without_proof(before: list[Tagged], rows: list[Tagged]) -> None:
    was = look(*before).groups
    found = look(*rows, known=was)
    seen = {row.template for row in rows}
    assert all(name in found.groups for name, group in was.items() if not seen & set(group.templates))
