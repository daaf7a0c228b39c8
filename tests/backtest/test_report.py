"""The report says first how it went, then what went wrong; scripts find what the contract promises."""

import pytest

from aibwatch.backtest import report
from aibwatch.backtest.trial import Miss, Trial, Variants, try_variants, try_world
from aibwatch.core.policy import Policy

from .support import DOWN, a_world, failed

RUNS = [failed(2, "a"), failed(8, "b")]
GOOD = a_world(*DOWN, runs=RUNS, id="good", expect={"kind": "failover", "by_minute": 20})
BAD = a_world(*DOWN, runs=RUNS, id="bad", story="All is lost.", expect={"kind": "hold", "gate": "frozen"})
LATE = a_world(*DOWN, id="late", horizon_minutes=5, expect={"kind": "failover", "by_minute": 3})
UNLABELLED = a_world(*DOWN, runs=RUNS, id="plain")


def tried(*worlds: object) -> list[Trial]:
    return [try_world(world, Policy()) for world in worlds]  # type: ignore[arg-type]  # objects for brevity above


def test_as_json_it_is_what_the_contract_says() -> None:
    body = report.as_json(tried(GOOD))
    assert body == {
        "schema": 1,
        "results": [
            {
                "id": "good",
                "failovers": [{"minute": 7.0}],
                "holds": [],
                "alerts": [
                    {"minute": 2.0, "kind": "confirming"},
                    {"minute": 7.0, "kind": "canary"},
                    {"minute": 7.0, "kind": "outage"},
                    {"minute": 7.0, "kind": "committing"},
                ],
                "canaries": 6,
                "correct": True,
            }
        ],
        "correct": 1,
        "wrong": [],
    }


def test_what_is_wrong_is_listed_and_said() -> None:
    body = report.as_json(tried(GOOD, BAD))
    assert (body["correct"], body["wrong"]) == (1, ["bad"])
    assert body["results"][1]["what"] == "it moved at 7 and must not move"  # type: ignore[index]  # a list of objects


def test_a_world_without_a_label_is_not_judged() -> None:
    body = report.as_json(tried(UNLABELLED))
    assert ("correct" in body["results"][0], body["correct"], body["wrong"]) == (False, 0, [])  # type: ignore[index]


@pytest.mark.parametrize(
    ("worlds", "first"),
    [
        ((GOOD,), "1 of 1 world went right."),
        ((GOOD, BAD), "1 of 2 worlds went right, 1 went wrong."),
        ((UNLABELLED,), "1 world played; none says what is right, so nothing is judged."),
        ((GOOD, UNLABELLED), "1 of 1 world went right. 1 more say nothing of what is right."),
    ],
)
def test_one_sentence_says_how_it_went(worlds: tuple[object, ...], first: str) -> None:
    assert report.render(tried(*worlds)).splitlines()[0] == first


def test_what_went_wrong_comes_first_with_its_story() -> None:
    text = report.render(tried(GOOD, BAD))
    assert text.index("WRONG  bad: it moved at 7 and must not move.") < text.index("right  good: it moved at minute 7")
    assert "All is lost." in text


def test_where_nothing_was_done_it_says_what_was_lacking_in_the_end() -> None:
    assert "in the end westeurope is suspect: the score is 9.0 of 9.2 needed" in report.render(tried(LATE))


def test_variants_are_summed_up_and_the_wrong_ones_named_the_unsafe_first() -> None:
    late, moved = (
        Miss(id="a", number=3, what="late", unsafe=False),
        Miss(id="b", number=7, what="moved", unsafe=True),
    )
    varied = Variants(played=400, misses=(late, moved))
    assert report.render(tried(GOOD), varied).splitlines()[2:5] == [
        "398 of 400 variants went right (99.50%); 99.5% are needed. 1 did what must not be done, which none may.",
        "  b number 7: moved (unsafe)",
        "  a number 3: late",
    ]
    assert report.as_json(tried(GOOD), varied)["variants"] == {
        "played": 400,
        "right": 398,
        "share": 0.995,
        "unsafe": 1,
        "wrong": [
            {"id": "a", "number": 3, "what": "late", "unsafe": False},
            {"id": "b", "number": 7, "what": "moved", "unsafe": True},
        ],
    }


@pytest.mark.parametrize(
    ("played", "misses", "good"), [(200, 1, True), (200, 2, False), (0, 0, True)], ids=["enough", "few", "none"]
)
def test_enough_variants_must_be_right(played: int, misses: int, good: bool) -> None:
    miss = Miss(id="a", number=1, what="late", unsafe=False)
    assert Variants(played=played, misses=(miss,) * misses).good is good


def test_one_unsafe_variant_is_too_many() -> None:
    assert not Variants(played=9999, misses=(Miss(id="a", number=1, what="moved", unsafe=True),)).good


def test_variants_are_played_side_by_side_and_counted() -> None:
    told: list[int] = []
    found = try_variants([GOOD, BAD, UNLABELLED], Policy(), 3, told.append, processes=1)
    assert (found.played, told[-1]) == (6, 6)
    assert [(m.id, m.number, m.unsafe) for m in found.misses] == [("bad", n, True) for n in (1, 2, 3)]


def test_the_list_says_what_is_right_where_and_why() -> None:
    text = report.list_text([GOOD, BAD])
    assert text.splitlines()[0] == "2 worlds, by category."
    assert "good: it should move once, by minute 20." in text
    assert "bad: it should want to move, be held by the gate frozen, and say so." in text
