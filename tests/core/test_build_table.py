"""The table of a build's attempt: the request goes out in one place only, and every stage comes to an end."""

import pytest

from aibwatch.core.builds.build import Stage
from aibwatch.core.builds.table import TABLE, Ask, Word

OPEN = [stage for stage in Stage if stage.open]


def test_one_row_alone_sends_the_request() -> None:
    senders = {(stage, turn.to) for (stage, _), turn in TABLE.items() if turn.ask is Ask.POST}
    assert senders == {(Stage.LOOKING, Stage.ASKED)}


def test_no_row_leads_back_to_where_the_request_is_sent() -> None:
    assert {stage for (stage, _), turn in TABLE.items() if turn.to is Stage.LOOKING} == {Stage.LOOKING}
    assert {stage for (stage, _), turn in TABLE.items() if turn.to is Stage.ASKED} == {Stage.LOOKING}


def test_what_has_ended_is_left_alone() -> None:
    assert [stage for stage, _ in TABLE if not stage.open] == []


@pytest.mark.parametrize("stage", OPEN)
def test_every_open_stage_has_a_limit(stage: Stage) -> None:
    assert (stage, Word.OVERDUE) in TABLE


@pytest.mark.parametrize("stage", [s for s in OPEN if s not in {Stage.TAKEN, Stage.RUNNING}])
def test_every_stage_that_waits_for_an_answer_of_ours_is_taken_up_after_a_restart(stage: Stage) -> None:
    assert TABLE[stage, Word.RESTARTED].ask in {Ask.LOOK, Ask.LOOK_LATER, Ask.READ}


@pytest.mark.parametrize("stage", OPEN)
def test_from_every_open_stage_there_is_a_way_to_an_end(stage: Stage) -> None:
    reached, before = {stage}, set[Stage]()
    while reached != before:
        before = set(reached)
        reached |= {turn.to for (at, _), turn in TABLE.items() if at in before}
    assert [s for s in reached if not s.open]


def test_every_row_has_its_sentence() -> None:
    assert [key for key, turn in TABLE.items() if not turn.why] == []
