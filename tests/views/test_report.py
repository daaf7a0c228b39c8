"""A move is told from its first sign to its image."""

import json
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any

import pytest

from aibwatch.core.approval import Answered, Approval
from aibwatch.core.model import RunState
from aibwatch.core.move.case import Case
from aibwatch.core.move.left import LateImage, LateRun, Left, Taken
from aibwatch.core.move.move import Move, MoveKind, Order, StepResult
from aibwatch.core.move.moves import KeptMove, kept_moves
from aibwatch.views import moves, report
from aibwatch.views.document import as_markdown, as_text
from aibwatch.views.history import Recorded
from tests.core.builders import BASE_NORTH, BASE_WEST, NORTH, WEST, a_move, a_step, at

from .stories import moved_with_image
from .words import faults

PLACES = {BASE_WEST: WEST, BASE_NORTH: NORTH}
STEP = a_step(attempt=2, result=StepResult.APPLIED, why="the run was accepted", ended_at=at(9))
CASE = Case(
    region=WEST, verdict="westeurope is down: 3 confirmations", since=at(7), opened_at=at(1), confirmed_at=at(4)
)
DONE = a_move(
    case=CASE,
    claimed_at=at(7),
    committed_at=at(8),
    ended_at=at(9),
    steps=(STEP,),
    run_state=RunState.SUCCEEDED,
    run_started=at(9),
    run_ended=at(40),
    images=("/images/1",),
)


def told(move: Move = DONE, **kept: Any) -> report.Told:
    return report.Told(kept=KeptMove(move=move, **kept), notes=(), places=PLACES.get, now=at(60))


def sentence(move: Move, **kept: Any) -> str:
    return report.sentence(told(move, **kept))


def test_each_part_of_the_time_is_told_where_both_its_ends_are_known() -> None:
    assert [(leg.name, leg.length / timedelta(minutes=1)) for leg in moves.legs(DONE)] == [
        ("detect", 3),
        ("decide", 4),
        ("act", 1),
        ("image", 32),
    ]
    assert [leg.name for leg in moves.legs(replace(DONE, case=None, run_state=RunState.FAILED))] == ["act"]


def test_a_move_that_was_ordered_is_timed_from_the_order() -> None:
    ordered = replace(DONE, case=None, order=Order(owner="ann", reason="storm", at=at(6)))
    assert moves.legs(ordered)[0].length == timedelta(minutes=2)


def test_clocks_that_do_not_agree_make_no_negative_time() -> None:
    assert moves.legs(replace(DONE, run_ended=at(5)))[-1].length == timedelta(0)


@pytest.mark.parametrize(
    ("settings", "state"),
    [
        ({}, "done"),
        ({"run_state": None}, "done, image awaited"),
        ({"run_state": RunState.FAILED}, "done, without an image"),
        ({"run_state": None, "steps": (a_step(handler="command"),)}, "done"),
        ({"failed": True}, "failed"),
        ({"failed": True, "kind": MoveKind.DRILL}, "rehearsal failed"),
        ({"ended_at": None}, "under way"),
        ({"ended_at": None, "committed_at": None}, "claimed, checking"),
    ],
)
def test_how_a_move_stands_is_said_in_words(settings: dict[str, Any], state: str) -> None:
    assert moves.state_of(KeptMove(move=replace(DONE, **settings))) == state


def test_a_line_of_history_has_every_part_of_the_time() -> None:
    assert moves.line(KeptMove(move=DONE), PLACES.get) == (
        "2026-03-02 02:08 UTC  base  failover westeurope -> northeurope: done; proven in 3 min, decided in 4 min, "
        "done in 60 s, image after 32 min  (base-1-20260302-020700)"
    )


def test_a_claim_that_was_given_up_says_why() -> None:
    why = "given up before anything was changed: a gate closed"
    claimed = replace(DONE, committed_at=None, ended_at=None, steps=(a_step(),), run_state=None)
    told_ = sentence(claimed, given_up_at=at(8), given_up_why=why)
    assert told_ == (
        "The failover of base westeurope -> northeurope was given up before anything was changed: a gate closed."
    )


@pytest.mark.parametrize(
    ("settings", "sentence_"),
    [
        ({}, "base failed over westeurope -> northeurope at 2026-03-02 02:08 UTC; its first image there was built "),
        ({}, "was built 32 min later."),
        ({"run_state": RunState.FAILED}, "the run of base failed, so there is no image."),
        ({"run_state": None}, "no image of it is built yet."),
        ({"kind": MoveKind.FAILBACK}, "base went back westeurope -> northeurope"),
        ({"kind": MoveKind.DRILL}, "base rehearsed the way westeurope -> northeurope"),
        ({"order": Order(owner="ann", reason="storm", at=at(6))}, ", ordered by ann;"),
        ({"ended_at": None}, "is not over: under way since 2026-03-02 02:08 UTC."),
        ({"failed": True, "committed_at": None}, "the new epoch could not be written, and nothing was done."),
        (
            {"failed": True, "run_state": None, "steps": (replace(STEP, result=StepResult.NEVER, why="no such id"),)},
            "step 1 of 1 (run-template) cannot be done: no such id.",
        ),
    ],
)  # fmt: skip
def test_one_sentence_says_it_all(settings: dict[str, Any], sentence_: str) -> None:
    assert sentence_ in sentence(replace(DONE, **settings))


def test_overrides_are_told_with_who_took_them_upon_himself() -> None:
    order = Order(owner="ann", reason="storm | flood", at=at(6), overrides=("secondary_ready", "cooldown"))
    text = as_markdown(report.document(told(replace(DONE, order=order))))
    assert "- ordered by ann at 2026-03-02 02:06:00 UTC: storm \\| flood\n" in text
    assert "- gates that were not to hold it: secondary\\_ready and cooldown\n" in text


def test_an_approval_is_told_with_who_gave_it() -> None:
    approval = Approval(
        id="base-1",
        target=BASE_NORTH,
        incident="i",
        asked_at=at(4),
        told_at=at(4),
        answer=Answered.APPROVED,
        owner="ann",
        reason="go",
        answered_at=at(6),
    )
    text = as_text(report.document(told(replace(DONE, approval=approval))))
    asked = "asked for at 2026-03-02 02:04:00 UTC, approved 2026-03-02 02:06:00 UTC by ann: go"
    assert f"Whose decision\n  {asked}\n" in text


def test_late_runs_are_told_with_what_became_of_their_images() -> None:
    late = LateRun(
        started=at(0),
        ended=at(50),
        state=RunState.SUCCEEDED,
        images=(LateImage(id="/g/1.0.7", taken=Taken.FAILED, why="403"),),
        read=True,
    )
    left = Left(activation_id="base-1", claimed_at=at(7), template=BASE_WEST, at=at(8), runs=(late,))
    body = report.as_dict(told(left=left))
    text = str(body["text"])
    assert "  2026-03-02 02:00:00  2026-03-02 02:50:00  /g/1.0.7  could not be taken out  403" in text
    assert "set publishingProfile.excludeFromLatest on the older one" in text
    assert body["late_runs"] == [
        {
            "template": BASE_WEST,
            "started_at": at(0).isoformat(),
            "ended_at": at(50).isoformat(),
            "images": [{"id": "/g/1.0.7", "latest": "failed", "why": "403"}],
        }
    ]


def test_the_time_that_belongs_to_a_move_goes_from_its_first_sign_to_its_image() -> None:
    assert report.period(KeptMove(move=DONE), at(99)) == (at(1), at(50))
    assert report.period(KeptMove(move=replace(DONE, case=None, ended_at=None, run_ended=None)), at(99)) == (
        at(-3),
        at(99),
    )


@pytest.mark.parametrize(
    ("settings", "what"),
    [
        ({"failed": True}, 'aibwatch reset base --reason "..."'),
        ({"failed": True, "kind": MoveKind.DRILL}, "aibwatch drill base"),
        ({"run_state": RunState.FAILED}, "see why the run of base failed"),
        ({}, "aibwatch failback base"),
        ({}, "aibwatch incident westeurope-20260302-020000 --bundle FILE"),
    ],
)
def test_a_report_ends_with_what_to_do(settings: dict[str, Any], what: str) -> None:
    assert any(what in line for line in report.as_dict(told(replace(DONE, **settings)))["next"])  # type: ignore[attr-defined]


@cache
def a_story() -> report.Told:
    play = moved_with_image()
    (kept,) = kept_moves(play.state.groups).values()
    notes = tuple(Recorded(id=i, at=at(i), note=note) for i, note in enumerate(play.said))
    return report.Told(kept=kept, notes=notes, places=play.state.window.region_of, now=play.now)


def test_a_whole_story_is_told_with_its_evidence_gates_steps_and_notes() -> None:
    text = as_text(report.document(a_story()))
    titles = [line for line in text.split("\n") if line and not line.startswith(" ")]
    assert titles[1:] == [
        "How long it took",
        "What it rested on",
        "Gates at the claim",
        "Steps",
        "Images",
        "What happened (UTC)",
        "What you can do",
    ]
    assert "  open  mode_allows " in text
    assert faults(text) == []


def test_the_json_of_a_whole_story_has_stable_keys_and_the_text_beside_it() -> None:
    body = json.loads(json.dumps(report.as_dict(a_story())))
    assert body["schema"] == 1
    assert body["text"].startswith(body["sentence"])
    assert body["case"]["region"] == "westeurope"
    assert {gate["state"] for gate in body["case"]["gates"]} == {"open"}
    assert [step["result"] for step in body["steps"]] == ["applied"]
    assert set(body["seconds"]) == {"detect", "decide", "act", "image"}


def test_of_moves_there_may_be_none() -> None:
    assert moves.as_text((), PLACES.get) == "No move is on record yet."
