"""Sentences that several views tell: short, true, and the same wherever they stand."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aibwatch.core.events import Reset
from aibwatch.core.model import Mode, RunState
from aibwatch.core.move.move import StepResult
from aibwatch.core.policy import StepSpec
from aibwatch.core.state import State
from aibwatch.views import explain, status
from aibwatch.views.facts import built_late, image, live_since, place, verdict_sentence
from tests.core.builders import BASE_NORTH, BASE_WEST, MINUTE, NORTH, T0, WEST, Play, a_group, a_move, a_policy, a_run
from tests.core.test_late import a_night

from .stories import ELSEWHERE, STORIES, halted, told


def sentence(play: Play, group: str = "base") -> str:
    return str(status.group_dict(play.state, play.setup, group, play.now)["sentence"])


def headline(play: Play) -> str:
    return str(status.as_dict(play.state, play.setup, play.now)["headline"])


def severity(play: Play) -> object:
    return status.as_dict(play.state, play.setup, play.now)["severity"]


def test_a_template_is_told_by_its_region() -> None:
    assert place(told("quiet").state, BASE_WEST) == "westeurope"


def test_a_template_that_was_never_listed_is_told_by_its_name() -> None:
    assert place(told("never_listed").state, ELSEWHERE) == "nowhere (never listed)"


def test_a_region_that_answers_says_how_fresh_that_is() -> None:
    play = told("suspect")
    assert [live_since(play.state, r, play.now) for r in (NORTH, WEST)] == ["answered 0 s ago", "answered 4 min ago"]


def test_a_region_that_was_never_polled_never_answered() -> None:
    assert live_since(State(awake_since=T0), WEST, T0) == "never answered yet"


@pytest.mark.parametrize(
    ("story", "says"),
    [
        ("quiet", "answered 0 s ago"),
        ("suspect", "the last 8 reads failed"),
        ("confirming", "2 runs failed, the last 6 reads failed"),
        ("held_by_mode", "2 runs failed, the last 40 reads failed"),
        ("blind", "reading Service Health fails as well (network trouble): the trouble is at our end"),
        ("recovering", "nothing speaks against it since 02:19 UTC (3 min ago); 6 min more and it is called healthy"),
    ],
)
def test_a_verdict_says_in_a_line_what_it_rests_on(story: str, says: str) -> None:
    play = told(story)
    assert verdict_sentence(play.state, play.verdict(), play.now) == says


@pytest.mark.parametrize(
    ("story", "says"),
    [
        ("quiet", "builds in westeurope"),
        ("suspect", "builds in westeurope"),
        ("moved", "failed over westeurope -> northeurope at 02:09 UTC; the run of base does not show yet"),
        ("moved_with_image", "failed over westeurope -> northeurope at 02:09 UTC; its image is there: 1"),
        (
            "moved_in_vain",
            "failed over westeurope -> northeurope at 02:09 UTC; the run of base failed, so there is no image",
        ),
        (
            "checking",
            "moves westeurope -> northeurope: every gate is open; polling afresh before anything is changed",
        ),
        ("moving", "moves westeurope -> northeurope: the new epoch stands; running the steps"),
    ],
)
def test_a_group_says_in_a_line_where_it_stands(story: str, says: str) -> None:
    assert (
        sentence(told(story)).replace(" (3 min ago)", "").replace(" (6 min ago)", "").replace(" (10 min ago)", "")
        == says
    )


def test_a_held_group_names_every_gate_that_holds_it() -> None:
    said = sentence(told("held_by_many"))
    assert [gate in said for gate in ("self_healthy", "secondary_ready", "mode_allows")] == [True, True, True]


def test_a_halted_group_says_what_halted_it_however_long_ago() -> None:
    said = sentence(told("halted"))
    assert "the handler says so" in said
    assert "is healthy" not in said


def test_a_run_on_the_target_is_not_said_to_have_begun_with_the_move() -> None:
    # It began three minutes after the move, which was eight minutes ago.
    assert "begun 8 min ago" not in sentence(told("moved_and_running"))


@pytest.mark.parametrize("ended", [RunState.FAILED, RunState.CANCELED])
def test_a_run_without_success_says_that_there_is_no_image(ended: RunState) -> None:
    assert image(a_move(run_state=ended)) == f"the run of base {ended.value}, so there is no image"


@pytest.mark.parametrize("good", [RunState.SUCCEEDED, RunState.PARTIALLY_SUCCEEDED])
def test_a_good_run_whose_image_is_not_read_yet_is_not_told_as_if_it_went_on(good: RunState) -> None:
    said = image(a_move(run_state=good, committed_at=T0))
    assert "begun" not in said
    assert "partiallysucceeded" not in said


def test_a_run_that_has_not_begun_yet_is_not_made_up() -> None:
    assert image(a_move()) == "the run of base does not show yet"


def test_several_images_are_all_named() -> None:
    assert image(a_move(images=("/g/1.0.1", "/g/1.0.2"))) == "its image is there: 1.0.1 and 1.0.2"


# one sentence first

HEADLINES = {
    "quiet": "All is well in northeurope and westeurope.",
    "suspect": "westeurope is suspect.",
    "confirming": "westeurope looks down, we wait to see whether it lasts.",
    "held_by_mode": "Image Builder is down in westeurope; base wants to move and is held.",
    "halted": "base halted and needs you; Image Builder is down in westeurope.",
    "recovering": "westeurope is recovering.",
    "nothing_seen": "No region was seen yet.",
    "no_groups": "No region was seen yet.",
}


@pytest.mark.parametrize(("story", "says"), HEADLINES.items())
def test_the_headline_is_the_one_sentence_that_matters(story: str, says: str) -> None:
    assert headline(told(story)) == says


@pytest.mark.parametrize("story", STORIES)
def test_a_headline_is_one_line_that_ends_with_a_full_stop(story: str) -> None:
    said = headline(told(story))
    assert (said.endswith("."), "\n" in said, said.count(". ")) == (True, False, 0)


def test_the_headline_of_two_held_groups_is_in_the_plural() -> None:
    assert "base and web want to move and are held" in headline(told("two_groups_held"))


def test_not_all_is_well_while_a_group_s_template_was_never_listed() -> None:
    play = told("never_listed")
    assert headline(play) != "All is well in northeurope."
    assert severity(play) != 0


def test_not_all_is_well_while_the_journal_cannot_be_written() -> None:
    play = told("journal_failing")
    assert not headline(play).startswith("All is well")
    assert severity(play) != 0


def test_a_group_that_is_not_configured_any_more_is_not_told_of() -> None:
    play = told("a_group_taken_away_while_held")
    assert "web" not in headline(play)
    assert severity(play) == 0


def test_regions_that_only_fail_to_answer_reads_are_not_called_down() -> None:
    assert "is down" not in headline(told("global_by_reads_alone"))


def test_regions_out_of_sight_are_told_together() -> None:
    assert headline(told("blind")).startswith("northeurope and westeurope are out of our sight")


SEVERITIES = {
    "quiet": 0,
    "moved_with_image": 4,
    "recovered": 0,
    "suspect": 3,
    "confirming": 3,
    "blind": 3,
    "recovering": 3,
    "nothing_seen": 3,
    "held_by_mode": 4,
    "halted": 4,
    "everywhere": 4,
}


@pytest.mark.parametrize(("story", "code"), SEVERITIES.items())
def test_the_severity_is_that_of_the_worst(story: str, code: int) -> None:
    assert severity(told(story)) == code


def test_a_halted_group_is_no_full_health_even_where_every_region_is_well() -> None:
    play = halted()
    play.state = replace(play.state, verdicts=told("quiet").state.verdicts)
    assert (severity(play), headline(play)) == (3, "base halted and needs you.")


def test_a_group_away_from_home_is_told_where_it_builds() -> None:
    assert place(told("recovered").state, BASE_NORTH) in sentence(told("recovered"))


@pytest.mark.parametrize(
    ("exclude", "says"),
    [
        (False, "; base in westeurope has built since, which may count as latest (aibwatch history --move base-1)"),
        (True, ""),
    ],
)
def test_what_the_member_that_was_left_built_since_is_told_until_it_is_taken_out_of_latest(
    exclude: bool, says: str
) -> None:
    play = a_night(exclude=exclude)
    group = play.group()
    assert (built_late(play.state, group), sentence(play).endswith(says)) == (says, True)


def test_a_group_that_stays_in_a_region_that_is_down_is_not_said_to_build_there() -> None:
    play = Play(a_group(policy=a_policy(mode=Mode.APPROVE))).run(2)
    play.break_region()
    play.until("held")
    play.run(70)
    assert sentence(play) == (
        "stays in westeurope: westeurope counts as down: it was proven before; at this moment two kinds of source are "
        "needed and only probe speaks against it"
    )


def after_a_reset(kind: str, result: StepResult) -> Play:
    """Return a group at its secondary that a human has reset after its last move of this kind had failed."""
    policy = a_policy(cooldown=timedelta(0), recovery_min=5 * MINUTE)
    play = Play(a_group(policy=policy, steps=(StepSpec(handler="run-template"), StepSpec(handler="switch")))).run(2)
    play.break_region()
    if kind == "failback":
        play.run(20)
        play.mend_region()
        play.run(90)
        play.order("failback")
        play.world.ran(BASE_WEST, a_run("ok", started=play.minute - 1, ended=play.minute))
        play.step_results = [result]
    else:
        play.step_results = [StepResult.APPLIED, result]
    play.until("halted")
    play.tell(Reset(group="base", owner="ann", reason="looked"))
    return play.run(1)


def test_a_failback_that_failed_is_not_told_as_a_failover() -> None:
    play = after_a_reset("failback", StepResult.NEVER)
    assert (
        sentence(play) == "builds in northeurope; the last failback base-2 failed 60 s ago: switch: the handler says so"
    )
    assert "It left" not in explain.group_as_text(play.state, play.setup, "base", play.now)


def test_a_failover_that_failed_is_told_with_what_it_failed_of() -> None:
    told = sentence(after_a_reset("failover", StepResult.NEVER))
    begins = "failed over westeurope -> northeurope at 02:09 UTC (60 s ago), not to the end: base-1 failed 60 s ago: "
    assert told.startswith(f"{begins}switch: the handler says so")


def test_a_group_that_asks_is_in_the_headline() -> None:
    play = told("asks")
    assert headline(play) == "Image Builder is down in westeurope; base waits for your approval to move."
