"""Read `aibwatch explain` at 3 am: what is it, how sure, what holds, what can I do; and nothing that contradicts."""

import json
from dataclasses import replace

import pytest

from aibwatch.core.gates import gates_of
from aibwatch.core.move.move import MoveKind
from aibwatch.core.situation import situation
from aibwatch.views import explain
from tests.core.builders import BASE_FRANCE, BASE_NORTH, FRANCE, NORTH, WEST, Play, a_group, a_world

from .stories import STORIES, broken, told
from .words import faults, times_without_age

GROUP_STORIES = [name for name in STORIES if name != "no_groups"]


def text(story: str, group: str = "base") -> str:
    play = told(story)
    return explain.group_as_text(play.state, play.setup, group, play.now)


def region_text(story: str, region: str = WEST) -> str:
    play = told(story)
    known = {v.region: v.region for v in play.state.verdicts.values()}
    return explain.region_as_text(play.state, play.setup, known[next(r for r in known if r == region)], play.now)


def part(story: str, title: str) -> str:
    """Return the paragraph that begins so."""
    found = [p for p in text(story).split("\n\n") if p.startswith(title)]
    assert len(found) == 1, f"{title!r} is not one paragraph of:\n{text(story)}"
    return found[0]


def advice(story: str) -> str:
    return part(story, "What you can do").removeprefix("What you can do\n")


def test_a_quiet_group_in_full() -> None:
    assert text("quiet") == (
        "base builds in westeurope.\n"
        "\n"
        "Why?  It stays, because its region is not proven down: westeurope is healthy: "
        "nothing speaks against it.\n"
        "\n"
        "Is westeurope down?  No.\n"
        "   +0.0  probe        the last read was answered, 0 s ago\n"
        "  0.0 of 9.2 points; 0 of 2 kinds of source; answered 0 s ago\n"
        "  nothing speaks against it\n"
        "\n"
        "What would change it?\n"
        "  suspicion begins at 1.2 points: 3 failed reads in a row (90 s at this pace, +3.5), a run that fails by the "
        "service's fault (+2.9), or an Image Builder event (+4.9)\n"
        "  westeurope has no canary that could tell the service's fault from yours: an outage needs builds of yours "
        "that fail, or the provider's own word, beside what else fails\n"
        "\n"
        "If westeurope fails, nothing would hold a move to base.\n"
        "  open     self_healthy · not_global · secondary_ready · secondary_live · geography_allowed · lease_held · "
        "handler_ok · mode_allows · paused · frozen · cooldown · no_unacknowledged_failure · blast_radius · "
        "drill_fresh · maintenance · observers_agree\n"
        "\n"
        "How soon would it be noticed?\n"
        "  reads and builds fail   not known yet: of base, sql and web no two runs were seen, so how often they run is "
        "not known\n"
        "  only builds fail        it cannot be noticed by itself: builds alone convict nobody, it takes a Service "
        "Health event beside two of them that share nothing; westeurope has 3 independent builds, and no canary\n"
        "\n"
        "What you can do\n"
        "  nothing; it is watched"
    )


def test_a_suspect_region_in_full_but_for_what_would_change_it() -> None:
    assert region_text("suspect").split("\n\nWhat would change it?\n")[0] == (
        "westeurope is suspect, since 02:03 UTC (2 min ago).\n"
        "\n"
        "   +3.5  probe        the last 8 reads in 3 min failed: service trouble, 0 s ago\n"
        "  3.5 of 9.2 points; 1 of 2 kinds of source; answered 4 min ago\n"
        "  two kinds of source are needed and only probe speaks against it"
    )


def test_of_a_region_that_is_down_it_is_said_who_builds_there_and_what_holds_it() -> None:
    said = region_text("two_groups_held").split("Who builds here?\n")[1].split("\n\n")[0].split("\n")
    assert said == [
        f"  {name} wants to leave westeurope, held since 02:09 UTC (13 min ago) by mode_allows"
        for name in ("base", "web")
    ]


def test_before_the_first_decision_it_says_so() -> None:
    assert text("nothing_seen") == "base: nothing was decided yet; the first polls are not in."


@pytest.mark.parametrize("story", GROUP_STORIES)
def test_nothing_in_it_is_python_s_or_shouts(story: str) -> None:
    assert faults(text(story)) == []


@pytest.mark.parametrize("story", [name for name in STORIES if told(name).state.verdicts])
def test_nothing_in_what_is_said_of_regions_is_python_s_or_shouts(story: str) -> None:
    play = told(story)
    regions = {v.region for v in play.state.verdicts.values()}
    assert [f for r in regions for f in faults(explain.region_as_text(play.state, play.setup, r, play.now))] == []


@pytest.mark.parametrize("story", GROUP_STORIES)
def test_it_begins_with_one_sentence_about_the_group(story: str) -> None:
    first = text(story).split("\n")[0]
    assert (first.startswith("base"), first.endswith(".")) == (True, True)


def test_every_time_says_how_long_ago_it_was() -> None:
    said = {story: times_without_age(text(story)) for story in GROUP_STORIES}
    assert {story: found for story, found in said.items() if found} == {}


@pytest.mark.parametrize("story", GROUP_STORIES)
def test_every_gate_that_is_not_open_stands_there_with_its_reason(story: str) -> None:
    play = told(story)
    if "base" not in play.state.groups:
        return
    seen = situation(play.state, play.setup, play.setup.groups["base"], play.group(), play.now)
    for gate in seen.gates:
        said = any(gate.name in line and gate.why in line for line in text(story).split("\n"))
        assert said or gate.state == "open", f"{gate} is not told"


@pytest.mark.parametrize(
    ("story", "answer"),
    [
        ("quiet", "No."),
        ("suspect", "Perhaps; that is not proven."),
        ("confirming", "It looks so, and we wait to see that it stays so."),
        ("blind", "We cannot see it."),
        ("everywhere", "Not it alone: other regions show the same."),
    ],
)
def test_whether_the_region_is_down_is_answered_first(story: str, answer: str) -> None:
    assert part(story, "Is westeurope down?").split("\n")[0] == f"Is westeurope down?  {answer}"


def test_an_outage_is_answered_with_yes_and_the_time_of_its_proof() -> None:
    assert part("held_by_mode", "Is westeurope down?").startswith("Is westeurope down?  Yes, proven at 02:03 UTC")


def test_the_evidence_stands_with_its_weight_strongest_first() -> None:
    lines = part("held_by_mode", "Is westeurope down?").split("\n")[1:3]
    assert [line.split()[:2] for line in lines] == [["+5.8", "runs"], ["+4.5", "probe"]]


@pytest.mark.parametrize(
    ("story", "title"),
    [("held_by_mode", "What holds a move to base?"), ("checking", "Nothing holds a move to base.")],
)
def test_what_holds_is_said_before_the_gates(story: str, title: str) -> None:
    assert part(story, title).split("\n")[0] == title


def test_all_gates_are_told_open_or_not() -> None:
    said = part("held_by_many", "What holds a move to base?")
    assert [gate for gate in gates_of(MoveKind.FAILOVER) if gate not in said] == []


# what you can do


def test_of_a_quiet_group_nothing_is_asked() -> None:
    assert advice("quiet") == "  nothing; it is watched"


def test_a_group_held_by_its_mode_can_be_moved_by_hand_or_let_go() -> None:
    assert advice("held_by_mode") == (
        "  move it to base now; for the next time, set its mode to approve or auto:\n"
        '    aibwatch failover base --reason "..."\n'
        "  build an urgent image; where the service fails it, a ready secondary is run instead, and nothing is moved:\n"
        "    aibwatch build base --wait"
    )


def test_a_group_that_asks_is_answered_with_one_of_two_commands() -> None:
    assert advice("asks").startswith(
        "  let it move, or keep it where it is until the incident is over:\n"
        "    aibwatch approve base-1\n"
        '    aibwatch deny base-1 --reason "..."\n'
    )


def test_a_denied_move_is_left_or_ordered() -> None:
    assert 'aibwatch failover base --reason "..."' in advice("denied")
    assert "moves by itself" not in advice("denied")


def test_who_ordered_a_move_is_said_in_place_of_an_outage() -> None:
    assert "by order of ann: so she wants" in part("moved_by_order", "Why?")
    assert "proven down" not in part("moved_by_order", "Why?")


def test_a_failback_says_what_it_waits_for() -> None:
    assert "goes back northeurope -> westeurope: the primary is run once first; waiting for its image" in text(
        "going_back"
    )


def test_a_drill_that_failed_is_said_with_what_follows_and_what_to_do() -> None:
    said = text("rehearsed_in_vain")
    assert "it would ask before it moves: the last rehearsal failed 60 s ago: run-template: the handler says so" in said
    assert advice("rehearsed_in_vain").endswith("aibwatch drill base")


def test_a_group_held_by_more_than_its_mode_is_not_told_that_auto_would_move_it() -> None:
    # Its secondary cannot be run and the journal is full: neither way that is named would help.
    said = advice("held_by_many")
    assert "secondary" in said or "cause" in said


def test_a_group_held_by_a_gate_is_told_to_open_it() -> None:
    said = advice("secondary_never_listed")
    assert said.startswith("  remove the cause that a closed gate names; it moves by itself when the last one opens")


def test_a_group_whose_secondary_is_not_ready_is_told_where_to_read_why() -> None:
    where = "  see what readiness found, rule by rule:\n    aibwatch readiness base"
    assert where in advice("secondary_never_listed")
    by_day = STORIES["quiet"]()
    by_day.world.ready = "not_ready"
    by_day.run(1)
    told_by_day = explain.group_as_text(by_day.state, by_day.setup, "base", by_day.now)
    assert "mend its secondary before it is needed" in told_by_day
    assert where in told_by_day


def test_a_group_that_has_nowhere_to_go_is_not_told_of_gates() -> None:
    assert "gate" not in advice("held_without_target")
    assert "moves by itself" not in advice("held_without_target")


def test_a_halted_group_is_told_what_to_look_at_and_how_to_go_on() -> None:
    said = advice("halted")
    assert ("aibwatch history base" in said, 'aibwatch reset base --reason "..."' in said) == (True, True)


def test_a_group_away_from_home_is_told_that_going_back_is_its_human_s() -> None:
    assert "going back is for a human" in advice("moved_with_image")


def test_nobody_is_told_to_run_the_primary_in_a_region_that_is_down() -> None:
    assert "run the primary" not in advice("moved_with_image")


@pytest.mark.parametrize("story", ["blind", "never_listed"])
def test_what_is_not_seen_is_not_said_to_be_watched(story: str) -> None:
    assert "it is watched" not in advice(story)


def test_a_run_that_failed_on_the_secondary_too_is_something_to_do() -> None:
    assert advice("moved_in_vain") != advice("moved_with_image")


def test_in_trouble_it_is_not_said_how_soon_it_would_be_noticed() -> None:
    assert ("How soon" in text("quiet"), "How soon" in text("suspect")) == (True, False)


# nothing contradicts itself


def test_a_group_that_moved_says_why_it_moved() -> None:
    assert "no outage of the active region is proven" not in text("moved").lower()
    assert "westeurope" in text("moved").split("\n\n", 1)[1]


def test_it_does_not_say_yes_proven_and_not_proven_of_the_same_region() -> None:
    said = text("outage_not_proven_any_more")
    assert not ("Yes, proven" in said and "No outage of the active region is proven" in said)


def test_a_move_under_way_is_not_held_by_its_own_target() -> None:
    assert "the region to leave" not in text("moving")


def test_a_halted_group_says_what_halted_it_even_after_the_next_poll() -> None:
    assert "the handler says so" in text("halted")


def test_a_group_whose_primary_was_never_listed_does_not_build_there() -> None:
    assert not text("never_listed").startswith("base builds in")


def test_a_held_group_s_reasons_are_told_once_beside_their_gates() -> None:
    # Three times the same half page is a wall of text at 3 am.
    assert text("held_by_many").count("its provisioningState is failed") <= 2


def test_what_would_convict_a_suspect_region_is_not_told_as_what_is_so() -> None:
    change = region_text("suspect").split("What would change it?\n")[1]
    assert not change.strip().startswith("to be convicted: two kinds of source are needed and only")


def test_a_sentence_of_azure_s_that_ends_with_a_full_stop_is_not_followed_by_a_comma() -> None:
    play = broken(Play()).run(5)
    window = play.state.window
    ended = {
        region: tuple(replace(p, diagnosis=replace(p.diagnosis, summary="500: Internal error occurred.")) for p in seen)
        for region, seen in window.probes.items()
    }
    play.state = replace(play.state, window=replace(window, probes=ended))
    play.tick(1)
    assert ".," not in explain.group_as_text(play.state, play.setup, "base", play.now)


# for scripts


@pytest.mark.parametrize("story", GROUP_STORIES)
def test_the_json_of_a_group_is_json_of_schema_1_with_its_text_and_gates(story: str) -> None:
    play = told(story)
    body = json.loads(json.dumps(explain.group_as_dict(play.state, play.setup, "base", play.now), allow_nan=False))
    assert (body["schema"], body["name"], body["text"]) == (1, "base", text(story))
    assert {frozenset(gate) for gate in body["gates"]} <= {frozenset({"name", "state", "why"})}
    assert {gate["state"] for gate in body["gates"]} <= {"open", "closed", "unknown"}


@pytest.mark.parametrize("story", ["quiet", "suspect", "held_by_mode", "blind", "everywhere", "recovering"])
def test_the_json_of_a_region_is_json_of_schema_1_with_its_text(story: str) -> None:
    play = told(story)
    body = json.loads(json.dumps(explain.region_as_dict(play.state, play.setup, WEST, play.now), allow_nan=False))
    keys = {
        "schema",
        "name",
        "verdict",
        "since",
        "score",
        "why",
        "sentence",
        "evidence",
        "canary",
        "correlations",
        "text",
    }
    assert (set(body), body["schema"], body["text"]) == (keys, 1, region_text(story))


def test_the_gates_that_are_told_are_those_of_the_secondary_it_would_go_to() -> None:
    group = a_group(secondaries=(BASE_NORTH, BASE_FRANCE))
    play = Play(group, world=a_world(WEST, NORTH, FRANCE))
    north = play.world.templates[BASE_NORTH]
    play.world.templates[BASE_NORTH] = replace(north, provisioning="failed")
    play.run(5)
    body = explain.group_as_dict(play.state, play.setup, "base", play.now)
    assert [g["state"] for g in body["gates"] if g["name"] == "secondary_ready"] == ["open"]  # type: ignore[attr-defined]
