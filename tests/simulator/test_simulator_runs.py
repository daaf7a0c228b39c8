"""Where runs are at which second, and what befalls them."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aibwatch.simulator import ledger
from aibwatch.simulator.refusal import Refusal
from aibwatch.simulator.run import Durations
from aibwatch.simulator.template import Key
from aibwatch.simulator.world import World

from .support import SUBSCRIPTION, Clock, scenario

UBUNTU = Key.of(SUBSCRIPTION, "images-weu", "ubuntu-weu")
OWN = '[[template]]\nname = "own"\nresource_group = "images-weu"\nregion = "westeurope"\nevery = 700\n'
OWN_KEY = Key.of(SUBSCRIPTION, "images-weu", "own")
DIES = '[[trouble]]\nregion = "westeurope"\nanswer = "dies-in-building"\n'
STUCK = '[[trouble]]\nregion = "westeurope"\nanswer = "stuck-queued"\n'


class Played:
    """A world and its clock."""

    def __init__(self, *more: str) -> None:
        self.clock = Clock()
        self.world = World(scenario(*more), self.clock.now)

    def at(self, second: float, key: Key = UBUNTU) -> tuple[str, str]:
        """Return state and phase at a second since the world began."""
        self.clock.advance(second - self.world.elapsed(self.clock.now()))
        last = self.last(key)
        return last["runState"], last.get("runSubState", "")

    def last(self, key: Key = UBUNTU) -> dict[str, Any]:
        last: dict[str, Any] = self.world.template(key)["properties"].get("lastRunStatus", {"runState": "never"})
        return last


def test_a_run_goes_through_its_phases_in_order() -> None:
    played = Played()
    played.world.run(UBUNTU)
    assert [played.at(second) for second in (0, 9, 10, 109, 110, 309, 310, 609, 610)] == [
        ("Running", "Queued"),
        ("Running", "Queued"),
        ("Running", "Building"),
        ("Running", "Building"),
        ("Running", "Customizing"),
        ("Running", "Customizing"),
        ("Running", "Distributing"),
        ("Running", "Distributing"),
        ("Succeeded", ""),
    ]


def test_optimizing_and_validating_are_phases_of_templates_that_ask_for_them() -> None:
    played = Played(OWN.replace("every = 700", "optimize = true\nvalidate = true\nscript = ''"))
    played.world.run(OWN_KEY)
    # [durations] leaves optimizing at 300 and validating at 120 seconds.
    assert [played.at(second, OWN_KEY)[1] for second in (111, 411, 531)] == ["Optimizing", "Validating", "Distributing"]


def test_speed_divides_every_length() -> None:
    clock = Clock()
    world = World(replace(scenario(), speed=60.0, durations=Durations()), clock.now)
    world.run(UBUNTU)
    clock.advance(40.0)  # 2400 build seconds
    assert world.template(UBUNTU)["properties"]["lastRunStatus"]["runState"] == "Succeeded"


@pytest.mark.parametrize(
    ("outcome", "second", "state", "words"),
    [
        ("script-fails", 231, "Failed", "Packer build command has failed"),
        ("unauthorized", 36, "Failed", "AuthorizationFailed"),
        ("quota", 36, "Failed", "exceeding quota limit"),
        ("no-capacity", 36, "Failed", "AllocationFailed"),
        ("times-out", 311, "Failed", "context deadline exceeded"),
        ("distribution-fails", 551, "Failed", "Failed in distributing 1 images"),
        ("internal-error", 41, "Failed", "This is a generic error"),
        ("partial", 611, "PartiallySucceeded", "Failed in distributing"),
    ],
)
def test_a_run_ends_as_its_outcome_says(outcome: str, second: float, state: str, words: str) -> None:
    played = Played(OWN.replace("every = 700", f'outcome = "{outcome}"'))
    played.world.run(OWN_KEY)
    assert played.at(second - 2, OWN_KEY)[0] == "Running"
    assert played.at(second, OWN_KEY) == (state, "")
    assert words in played.last(OWN_KEY)["message"]


def test_outcomes_follow_one_another_and_the_last_one_stays() -> None:
    played = Played(OWN.replace("every = 700", 'outcome = ["script-fails", "succeeds"]\nlast_run = "succeeded"'))
    states = []
    for second in (0, 1000, 2000):
        played.at(second, OWN_KEY)
        played.world.run(OWN_KEY)
        states.append(played.at(second + 700, OWN_KEY)[0])
    assert states == ["Failed", "Succeeded", "Succeeded"]


@pytest.mark.parametrize("last", ["succeeded", "failed", "canceled", "partiallysucceeded"])
def test_a_last_run_of_before_is_over_and_counts_as_no_effect(last: str) -> None:
    played = Played(OWN.replace("every = 700", f'last_run = "{last}"\nlast_run_ended = 60'))
    assert played.at(0, OWN_KEY)[0].lower() == last
    assert played.world.effects() == []


def test_a_run_of_before_may_still_go_on() -> None:
    played = Played(OWN.replace("every = 700", 'last_run = "running"'))
    assert played.at(0, OWN_KEY) == ("Running", "Queued")
    with pytest.raises(Refusal, match="OperationNotAllowed"):
        played.world.run(OWN_KEY)
    assert played.at(611, OWN_KEY)[0] == "Succeeded"
    assert played.world.effects() == []


@pytest.mark.parametrize("state", ["Failed", "Creating", "Updating", "Deleting", "Canceled"])
def test_a_template_that_is_not_ready_takes_no_run(state: str) -> None:
    played = Played(OWN.replace("every = 700", f'provisioning_state = "{state}"'))
    with pytest.raises(Refusal, match="OperationNotAllowed"):
        played.world.run(OWN_KEY)
    assert played.world.effects() == []


def test_a_full_account_takes_no_run_and_forgets_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "MAX_RUNS", 2)
    played = Played(OWN.replace("every = 700", 'last_run = "succeeded"') + OWN.replace("own", "scheduled"))
    played.world.run(UBUNTU)
    with pytest.raises(Refusal, match="StandInFull"):
        played.world.run(OWN_KEY)
    played.at(3000)
    assert len(played.world.effects()) == 1


def test_a_run_alive_when_builds_die_fails_out_of_building() -> None:
    played = Played(DIES + "from = 5\nto = 300")
    played.world.run(UBUNTU)
    assert [played.at(second) for second in (9, 10, 49, 50)] == [
        ("Running", "Queued"),
        ("Running", "Building"),
        ("Running", "Building"),  # dying takes 40 s
        ("Failed", ""),
    ]
    assert "packerizer" in played.last()["message"]


def test_a_doomed_run_can_die_with_the_generic_text() -> None:
    played = Played(DIES + 'text = "internal"')
    played.world.run(UBUNTU)
    assert played.at(60)[0] == "Failed"
    assert played.last()["message"].startswith("Internal error occurred. This is a generic error.")


def test_a_run_past_building_dies_where_it_is() -> None:
    played = Played(DIES + "from = 400")
    played.world.run(UBUNTU)
    assert [played.at(second) for second in (401, 439, 440)] == [
        ("Running", "Distributing"),
        ("Running", "Distributing"),
        ("Failed", ""),
    ]


def test_a_run_that_was_over_before_the_trouble_stays_well() -> None:
    played = Played(DIES + "from = 611")
    played.world.run(UBUNTU)
    assert played.at(700)[0] == "Succeeded"


def test_another_regions_trouble_hurts_nobody_here() -> None:
    played = Played(DIES.replace("westeurope", "northeurope"))
    played.world.run(UBUNTU)
    assert played.at(700)[0] == "Succeeded"


def test_a_stuck_run_waits_in_queued_until_the_trouble_ends() -> None:
    played = Played(STUCK + "from = 5\nto = 1000")
    played.world.run(UBUNTU)
    assert [played.at(second)[1] for second in (999, 1000, 1100)] == ["Queued", "Building", "Customizing"]


def test_a_run_stuck_for_ever_can_still_be_cancelled() -> None:
    played = Played(STUCK)
    played.world.run(UBUNTU)
    assert played.at(10**7) == ("Running", "Queued")
    played.world.cancel(UBUNTU)
    assert played.at(10**7 + 19) == ("Canceling", "")
    assert played.at(10**7 + 20) == ("Canceled", "")
    assert played.last()["message"] == "The build was canceled"


def test_ending_a_trouble_does_not_raise_the_dead() -> None:
    played = Played(DIES)
    played.world.run(UBUNTU)
    assert played.at(60)[0] == "Failed"
    assert played.world.end_troubles() == 1
    assert played.at(900)[0] == "Failed"
    played.world.run(UBUNTU)
    assert played.at(1600)[0] == "Succeeded"


def test_a_customers_own_runs_start_by_themselves() -> None:
    played = Played(OWN)
    played.at(2200, OWN_KEY)
    effects = played.world.effects()
    assert [effect["by"] for effect in effects] == ["schedule"] * 3
    seconds = [(effect["accepted"]) for effect in effects]
    assert seconds == [
        "2026-03-02T10:11:40.250000+00:00",
        "2026-03-02T10:23:20.250000+00:00",
        "2026-03-02T10:35:00.250000+00:00",
    ]


def test_a_customers_own_run_is_left_out_while_runs_are_refused() -> None:
    refused = '[[trouble]]\nregion = "westeurope"\noperations = ["run"]\nanswer = "500"\nfrom = 600\nto = 800'
    played = Played(OWN, refused)
    played.at(1500, OWN_KEY)
    assert len(played.world.effects()) == 1


def test_a_customers_own_run_is_left_out_while_one_goes_on() -> None:
    played = Played(OWN.replace("700", "100"))
    played.at(710, OWN_KEY)
    assert [effect["accepted"][14:19] for effect in played.world.effects()] == ["01:40"]
    played.at(800, OWN_KEY)
    assert [effect["accepted"][14:19] for effect in played.world.effects()] == ["01:40", "13:20"]


@given(looks=st.lists(st.floats(0, 5000), max_size=30))
def test_looking_more_often_changes_nothing(looks: list[float]) -> None:
    troubled = (
        OWN.replace("700", "250") + DIES + "from = 900\nto = 1500\nshare = 0.5\n" + STUCK + "from = 2000\nto = 2500"
    )
    seldom, often = Played(troubled), Played(troubled)
    for look in sorted(looks):
        often.at(look, OWN_KEY)
    seldom.at(5000, OWN_KEY)
    often.at(5000, OWN_KEY)
    assert often.world.effects() == seldom.world.effects()
    assert often.last(OWN_KEY) == seldom.last(OWN_KEY)


@given(steps=st.lists(st.tuples(st.sampled_from(["run", "cancel", "wait"]), st.floats(0, 400)), max_size=25))
def test_never_do_two_runs_of_a_template_go_on_at_a_time(steps: list[tuple[str, float]]) -> None:
    played = Played(DIES + "from = 300\nto = 900\nshare = 0.4")
    accepted = 0
    starts = []
    for step, seconds in steps:
        before = played.last()["runState"]
        try:
            if step == "run":
                played.world.run(UBUNTU)
                accepted += 1
                assert before not in ("Running", "Canceling")
                starts.append(played.last()["startTime"])
            elif step == "cancel":
                played.world.cancel(UBUNTU)
                assert before == "Running"
        except Refusal:
            assert before in ("Running", "Canceling") if step == "run" else before != "Running"
        played.clock.advance(seconds)
    assert [effect["started"] for effect in played.world.effects()] == starts
    assert starts == sorted(set(starts))
    assert len(starts) == accepted


def test_a_run_never_starts_before_the_one_before_it_was_over() -> None:
    played = Played()
    played.world.run(UBUNTU)
    played.at(610.001)
    ended = played.last()["endTime"]
    played.world.run(UBUNTU)
    assert played.last()["startTime"] > ended


def test_a_run_starts_a_little_before_it_was_accepted() -> None:
    played = Played()
    work = played.world.run(UBUNTU)
    started = played.world.effects()[0]["started"]
    assert "2026-03-02T09:59:59.2" <= started < f"{work.begun:%Y-%m-%dT%H:%M:%S.%f}"
