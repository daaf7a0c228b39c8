"""Ask what would change a verdict, and let the engine say whether that is so."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aibwatch.core.judging import regional_verdicts
from aibwatch.core.policy import CanarySpec
from aibwatch.views.outlook import outlook
from tests.core.builders import BEAT, WEST, Play, a_diagnosis, a_run, a_template_id, an_event

from .stories import told
from .words import faults, times_without_age

CANARY = a_template_id("canary")
NO_CANARY = (
    "westeurope has no canary that could tell the service's fault from yours: an outage needs builds of yours that "
    "fail, or the provider's own word, beside what else fails"
)


def lines(play: Play) -> list[str]:
    verdict = regional_verdicts(play.state)[WEST]
    return outlook(play.state, play.setup, verdict, play.setup.policy, play.now)


def with_canary(**settings: object) -> Play:
    """Return a story of two regions in which the west has a canary."""
    play = Play()
    spec = replace(CanarySpec(region=WEST, template=CANARY), **settings)  # type: ignore[arg-type]  # its own names
    play.setup = replace(play.setup, canaries={WEST: spec})
    play.world.templates[CANARY] = replace(play.world.templates[a_template_id("web")], template=CANARY)
    return play.run(2)


def reads_fail(play: Play, minutes: float = 4) -> Play:
    play.world.probe[WEST] = "service"
    return play.run(minutes)


def kind(play: Play) -> str:
    return str(regional_verdicts(play.state)[WEST].kind)


def test_reads_alone_name_what_would_prove_an_outage_and_what_would_clear_it() -> None:
    assert lines(told("suspect")) == [
        "5.7 of 9.2 points are missing; two kinds of source are needed and only probe speaks against it",
        "it would be proven by one of these:",
        "  two more independent runs failing",
        "  an Image Builder event of Service Health and another independent run failing",
        "  an Image Builder event of Service Health and reads failing for 5 min in all",
        NO_CANARY,
        "a score below 0.6 clears it; one answered read would do",
    ]


@pytest.mark.parametrize(
    ("way", "runs", "event", "minutes"),
    [
        ("two more independent runs failing", ("web", "sql"), False, 0),
        ("an Image Builder event of Service Health and another independent run failing", ("web",), True, 0),
        ("an Image Builder event of Service Health and reads failing for 5 min in all", (), True, 2),
    ],
)
def test_what_is_said_to_prove_it_proves_it(way: str, runs: tuple[str, ...], event: bool, minutes: float) -> None:
    play = reads_fail(Play().run(2))
    assert f"  {way}" in lines(play)
    for name in runs:
        play.world.ran(a_template_id(name), a_run("service", started=play.minute - 1, ended=play.minute))
    play.world.events = [an_event(when=play.now)] if event else []
    assert kind(play.run(minutes + 0.5)) == "confirming"


def test_what_is_said_to_clear_it_clears_it() -> None:
    play = reads_fail(Play().run(2))
    play.world.probe[WEST] = "ok"
    assert kind(play.run(0.5)) == "healthy"


def test_a_confirmation_says_when_it_ends_and_what_would_stop_it() -> None:
    ends, stops = lines(told("confirming"))
    assert ends.startswith("the hold ends at 02:08 UTC (in 3 min); if it is still proven then")
    assert stops == "before that, one answered read would stop it"


def test_a_healthy_region_says_what_would_make_it_suspect_and_whether_a_canary_would_look() -> None:
    begins, canary = lines(with_canary(routine=None))
    assert begins.startswith("suspicion begins at 1.2 points: 3 failed reads in a row (90 s at this pace, +3.5), ")
    assert (
        canary == "a suspicion starts the canary canary (0 of 24 in 24 h), at once unless it built well shortly before"
    )


def test_a_canary_under_way_says_what_its_result_would_do() -> None:
    said = lines(reads_fail(with_canary(routine=None), 2))
    under_way = next(line for line in said if line.startswith("the canary"))
    assert under_way.startswith("the canary canary was started at 02:03 UTC (")
    assert under_way.endswith("failing (+4.5) would not prove it yet; building well (-4) would clear it")


def test_a_canary_may_prove_it_by_failing_twice() -> None:
    play = with_canary(routine=None)
    assert "  the canary canary failing twice" in lines(reads_fail(play, 2))


def test_a_canary_that_failed_says_when_the_next_one_is_due_and_that_it_would_prove_it() -> None:
    play = with_canary(routine=None)
    play.canary_answer = a_diagnosis()
    said = lines(reads_fail(play, 2.5))
    assert "the next canary canary is due at 02:08 UTC (in 4 min) (1 of 24 in 24 h): " in "".join(said)
    assert "failing (+7.5) would prove it" in "".join(said)
    assert "  the canary canary failing" in said
    play.run(5)
    assert kind(play) in {"confirming", "outage"}


def test_a_canary_whose_budget_is_spent_says_until_when() -> None:
    play = with_canary(routine=None, max_per_day=1)
    play.canary_answer = a_diagnosis()
    reads_fail(play, 10)
    assert "is due at 02:03 UTC (in 23 h) (1 of 1 in 24 h)" in "".join(lines(play))


def test_a_broken_canary_says_that_it_settles_nothing() -> None:
    play = with_canary(routine=None)
    play.canary_answer = a_diagnosis("auth")
    said = "".join(lines(reads_fail(play, 3)))
    assert "the canary canary is broken and settles nothing: auth trouble; the next try is due at " in said
    assert "the canary canary failing" not in said


def test_after_a_good_canary_only_a_newer_one_that_fails_can_prove_it() -> None:
    play = reads_fail(with_canary(routine=None), 2)
    started = play.minute
    play.world.ran(CANARY, a_run("ok", started=started, ended=started + 1))
    play.run(2)
    forbidden = lines(play)[1]
    assert forbidden.startswith(
        "its canary built well: until 02:24 UTC (in 18 min) only a newer one that fails can convict"
    )


@pytest.mark.parametrize(
    ("story", "begins"),
    [
        ("blind", "one answered read in westeurope; until then nothing is concluded"),
        ("recovering", "6 min more without trouble, and it is healthy"),
        ("everywhere", "it is called so as long as the other regions show it too"),
        ("held_by_mode", "it is proven as long as something of ours fails at least every 10 min, the last 0 s ago"),
        ("outage_not_proven_any_more", "3.4 of 9.2 points are missing; two kinds of source are needed"),
    ],
)
def test_every_verdict_says_what_it_waits_for(story: str, begins: str) -> None:
    assert lines(told(story))[0].startswith(begins)


def test_its_words_are_fit_to_be_read() -> None:
    play = with_canary(routine=None)
    play.canary_answer = a_diagnosis()
    said: list[str] = []
    for _ in range(40):
        said += lines(reads_fail(play, BEAT / timedelta(minutes=1)))
    assert (faults("\n".join(said)), times_without_age("\n".join(said))) == ([], [])
