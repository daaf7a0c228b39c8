"""How canaries stand and what fails alike: in a line, in the headline, in the explanation, on the page, as JSON."""

import pytest

from aibwatch.core.policy import Setup
from aibwatch.views import explain, status
from aibwatch.views.canaries import canary_dict, canary_sentence
from aibwatch.views.pages import overview
from tests.core.builders import FRANCE, WEST, Play, a_group

from .pages.seen import seen_of
from .stories import alike, told

SENTENCES = {
    "quiet": "",
    "canary_never_run": "canary was not run yet; 0 of 24 runs used in 24 h",
    "canary_awaited": "canary was started 90 s ago, and its result is awaited; 1 of 24 runs used in 24 h",
    "canary_past_building": (
        "canary was started 3 min ago and got past Building; its result is awaited; 1 of 24 runs used in 24 h"
    ),
    "canary_well": "canary built well 12 min ago; 1 of 24 runs used in 24 h",
    "canary_failed": "canary failed 2 times in a row, last 90 s ago: service trouble; 2 of 24 runs used in 24 h",
    "canary_stuck": (
        "canary was started 27 min ago and is stuck: it is still building and was never past Building; "
        "1 of 24 runs used in 24 h"
    ),
    "canary_broken": (
        "canary is broken since 02:03 UTC (2 min ago) and proves nothing: auth trouble; 1 of 24 runs used in 24 h"
    ),
    "canary_lost": (
        "canary was asked for 6 min ago, and nothing can be said of that run; 1 of 1 run used in 24 h, so none for 23 h"
    ),
    "canary_elsewhere": (
        "canary is never run: it is in northeurope, and so proves nothing of westeurope; name a template of westeurope"
    ),
}


@pytest.mark.parametrize(("story", "says"), SENTENCES.items())
def test_a_canary_says_in_a_line_how_it_stands(story: str, says: str) -> None:
    play = told(story)
    assert canary_sentence(play.state, play.setup, WEST, play.now) == says


@pytest.mark.parametrize("story", [name for name, says in SENTENCES.items() if says])
def test_the_line_stands_in_status_in_the_explanation_and_on_the_page(story: str) -> None:
    play = told(story)
    shown = (
        status.as_text(play.state, play.setup, play.now),
        explain.region_as_text(play.state, play.setup, WEST, play.now),
        explain.group_as_text(play.state, play.setup, "base", play.now),
        overview.as_html(seen_of(play)),
    )
    assert [SENTENCES[story] in text for text in shown] == [True] * 4


def test_a_canary_that_nobody_needs_is_told_so_and_wakes_nobody() -> None:
    play = told("canary_for_nobody")
    line = "canary is never run: no group has a template in francecentral"
    assert f"francecentral  CANARY      {line}" in status.as_text(play.state, play.setup, play.now)
    assert line in overview.as_html(seen_of(play))
    body = status.as_dict(play.state, play.setup, play.now)
    assert (body["severity"], body["headline"]) == (0, "All is well in northeurope and westeurope.")


def test_before_every_member_was_seen_no_canary_is_called_unneeded() -> None:
    play = Play(a_group(primary=told("never_listed").setup.groups["base"].primary))
    play.setup = Setup(groups=play.setup.groups, canaries=told("canary_for_nobody").setup.canaries)
    assert canary_sentence(play.state, play.setup, FRANCE, play.now).startswith("canary was not run yet")


STATES = {
    "canary_never_run": "never",
    "canary_awaited": "running",
    "canary_past_building": "alive",
    "canary_well": "well",
    "canary_failed": "failed",
    "canary_stuck": "stuck",
    "canary_broken": "broken",
    "canary_lost": "lost",
    "canary_elsewhere": "misplaced",
}


@pytest.mark.parametrize(("story", "word"), STATES.items())
def test_a_script_reads_the_state_in_a_word(story: str, word: str) -> None:
    play = told(story)
    body = canary_dict(play.state, play.setup, WEST, play.now)
    assert body is not None
    assert (body["state"], body["max_per_day"]) == (word, 1 if story == "canary_lost" else 24)


def test_a_region_without_a_canary_has_none() -> None:
    play = told("quiet")
    assert canary_dict(play.state, play.setup, WEST, play.now) is None


# what people get paged for

HEADLINES = {
    "canary_well": "westeurope builds, though reads fail there.",
    "canary_failed": "westeurope looks down, we wait to see whether it lasts.",
    "canary_broken": "westeurope is suspect; the canary of westeurope is broken and proves nothing.",
    "canary_elsewhere": "the canary of westeurope is broken and proves nothing.",
    "alike": "3 templates of westeurope fail alike, and that is yours, not Azure's.",
    "short_of_quota": "3 templates of westeurope fail alike for want of quota or capacity.",
    "degraded": "westeurope is degraded: some runs fail.",
    "maintained": "westeurope is in trouble during announced maintenance; base wants to move and is held.",
}
SEVERITIES = {"canary_never_run": 0, "maintained": 4}
"""All others in HEADLINES are degraded."""


@pytest.mark.parametrize(("story", "says"), HEADLINES.items())
def test_the_headline_names_what_somebody_has_to_look_at(story: str, says: str) -> None:
    play = told(story)
    assert status.as_dict(play.state, play.setup, play.now)["headline"] == says


@pytest.mark.parametrize("story", [*HEADLINES, *SEVERITIES])
def test_it_is_degraded_and_no_outage(story: str) -> None:
    play = told(story)
    assert status.as_dict(play.state, play.setup, play.now)["severity"] == SEVERITIES.get(story, 3)


def test_what_fails_alike_is_told_with_what_is_shared_and_whose_it_is() -> None:
    play = told("alike")
    line = (
        "3 templates (base, sql and web) failed for a reason of yours; all of them share common.sh: customer trouble; "
        "yours, not Azure's"
    )
    assert line in status.as_text(play.state, play.setup, play.now)
    assert line in explain.group_as_text(play.state, play.setup, "base", play.now)
    assert line in overview.as_html(seen_of(play)).replace("&#x27;", "'")
    assert status.region_dict(play.state, play.setup, WEST, play.now)["correlations"] == [
        {"class": "customer", "templates": ["base", "sql", "web"], "shared": ["/x/common.sh"], "sentence": line}
    ]


def test_what_failed_alike_is_not_told_any_more_once_it_is_six_hours_old() -> None:
    play = alike().idle(6 * 60)
    assert "alike" not in status.as_text(play.state, play.setup, play.now)


# what to do


@pytest.mark.parametrize(
    ("story", "words"),
    [
        (
            "canary_broken",
            "repair canary and run it once by hand; until then nothing settles a suspicion of westeurope",
        ),
        ("canary_elsewhere", "correct the canary of westeurope in the configuration: it is in northeurope"),
        ("alike", "look at common.sh, which base, sql and web share; they fail alike, and moving would not help"),
        ("short_of_quota", "look at what changed for base, sql and web; they fail alike"),
        ("degraded", "run an urgent image once more; some runs still succeed"),
        ("maintained", "let builds wait for the end of the announced maintenance"),
        ("everywhere", "look at the provider's own status, and at this host's way to Azure; moving would not help"),
        ("suspect", "give westeurope a canary ([[canary]] in the configuration)"),
    ],
)
def test_the_explanation_of_a_region_ends_with_what_to_do(story: str, words: str) -> None:
    play = told(story)
    assert words in explain.region_as_text(play.state, play.setup, WEST, play.now).split("What you can do\n")[1]


@pytest.mark.parametrize("story", ["canary_broken", "alike"])
def test_the_explanation_of_a_group_says_it_too(story: str) -> None:
    play = told(story)
    said = explain.group_as_text(play.state, play.setup, "base", play.now).split("What you can do\n")[1]
    assert "until then nothing settles" in said or "moving would not help" in said


def test_whoever_has_a_canary_is_not_told_to_get_one() -> None:
    play = told("canary_awaited")
    assert "give westeurope a canary" not in explain.region_as_text(play.state, play.setup, WEST, play.now)
