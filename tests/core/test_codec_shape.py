"""All that is journalled survives JSON exactly: state, observations, events and actions."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import TypeAdapter

from aibwatch.core.actions import Action, AskStatus
from aibwatch.core.discovery.problem import Change
from aibwatch.core.events import (
    BuildAnswered,
    BuildLooked,
    BuildOrdered,
    CanaryAnswered,
    ClockStepped,
    EpochAnswered,
    Event,
    Excluded,
    JournalFailed,
    JournalRecovered,
    LeaseChecked,
    Observed,
    OutputsRead,
    Paused,
    PolledAfresh,
    Reset,
    Resumed,
    Started,
    StepEnded,
    Ticked,
)
from aibwatch.core.model import WELL
from aibwatch.core.move.move import StepResult
from aibwatch.core.observation import Observation, TemplateGone
from aibwatch.core.state import State
from tests.core.builders import (
    BASE_WEST,
    WEST,
    Play,
    a_call,
    a_canary_spec,
    a_check,
    a_dependency,
    a_diagnosis,
    a_discovery,
    a_peer,
    a_poll,
    a_probe,
    a_report,
    a_run,
    a_template,
    an_event,
    at,
)

STATES, OBSERVATIONS = TypeAdapter(State), TypeAdapter[Observation](Observation)
EVENTS, ACTIONS = TypeAdapter[Event](Event), TypeAdapter[Action](Action)

FACTS: Sequence[Observation] = (
    a_poll("network", when=at(1.23456)),
    a_template(run=a_run("service", started=1, phase="building"), shares={"a.sh", "b.sh"}),
    a_template(run=a_run("running")),
    a_template(),
    TemplateGone(at=at(1), template=BASE_WEST),
    a_probe(),
    an_event(maintenance=True),
    a_dependency(own=True),
    a_call(called=1.5, ours=True),
    a_report("not_ready"),
    a_peer(troubled=False),
    a_check(well=False),
    a_discovery("linux", changes=(Change(about="linux", what="found by tags", why="so", loud=True),)),
)

HAPPENINGS: Sequence[Event] = (
    Ticked(),
    Observed(observations=tuple(FACTS)),
    Started(),
    ClockStepped(seconds=-3.25),
    JournalFailed(why="disk full"),
    JournalRecovered(),
    PolledAfresh(group="base", activation_id="base-1"),
    EpochAnswered(group="base", activation_id="base-1", written=False, why="no"),
    StepEnded(group="base", activation_id="base-1", step=0, attempt=1, result=StepResult.PARTIAL, why="half"),
    OutputsRead(group="base", activation_id="base-1", images=("/i",), diagnosis=a_diagnosis("throttled")),
    OutputsRead(group="base", activation_id="base-1", images=(), diagnosis=WELL, late_run=at(1)),
    Excluded(group="base", activation_id="base-1", run=at(1), image="/i", diagnosis=a_diagnosis("service")),
    Reset(group="base", owner="ann", reason="seen to"),
    CanaryAnswered(region=WEST, asked_at=at(1), diagnosis=a_diagnosis("service"), uncertain=True),
    BuildOrdered(id="b1", group="base", owner="ann", reason="urgent", to=WEST),
    BuildLooked(id="b1", attempt=1, read=2, run=a_run("service", started=1), diagnosis=WELL),
    BuildAnswered(id="b1", attempt=2, diagnosis=a_diagnosis("service"), uncertain=True),
    LeaseChecked(held=False, why="another host has it"),
    Paused(group="", owner="ann", reason="holidays", until=at(600)),
    Resumed(group="base", owner="ann", reason="back"),
)


@pytest.mark.parametrize("fact", FACTS, ids=lambda f: f.type)
def test_an_observation_survives_json(fact: Observation) -> None:
    assert OBSERVATIONS.validate_json(OBSERVATIONS.dump_json(fact)) == fact


@pytest.mark.parametrize("event", HAPPENINGS, ids=lambda e: e.type)
def test_an_event_survives_json(event: Event) -> None:
    assert EVENTS.validate_json(EVENTS.dump_json(event)) == event


def test_the_state_in_every_minute_of_a_move_survives_json() -> None:
    play = Play(canaries=[a_canary_spec()])
    play.world.events = [an_event()]
    play.run(2).break_region()
    for _ in range(20):
        play.run(1)
        assert STATES.validate_json(STATES.dump_json(play.state)) == play.state
    assert play.group().active != BASE_WEST


def test_the_state_in_the_middle_of_a_step_survives_json() -> None:
    play = Play()
    play.unanswered = {AskStatus}
    play.step_results = [StepResult.UNKNOWN]
    play.run(1).break_region()
    play.until("moving")
    state = replace(play.state, clock_stepped_at=at(3), journal_failing_since=at(4))
    assert STATES.validate_json(STATES.dump_json(state)) == state


def test_the_actions_of_a_whole_move_survive_json() -> None:
    play = Play(canaries=[a_canary_spec()])
    play.step_results, play.canary_answer = [StepResult.UNKNOWN], a_diagnosis("service")
    play.run(1).break_region()
    play.run(10)
    play.world.ran(play.group().active, a_run("ok", started=play.minute))
    play.run(1)
    assert {type(a).__name__ for a in play.wanted} >= {
        "PollAfresh",
        "WriteEpoch",
        "DispatchStep",
        "AskStatus",
        "RunCanary",
    }
    assert [ACTIONS.validate_json(ACTIONS.dump_json(a)) for a in play.wanted] == play.wanted


def test_the_state_and_the_actions_of_a_whole_build_survive_json() -> None:
    play = Play().run(2)
    play.build_answers = {BASE_WEST: "service"}
    play.tell(BuildOrdered(id="b1", group="base", owner="ann", reason="urgent"))
    for _ in range(4):
        play.run(0.5)
        assert STATES.validate_json(STATES.dump_json(play.state)) == play.state
    assert {type(a).__name__ for a in play.wanted} == {"LookForBuild", "RunBuild"}
    assert [ACTIONS.validate_json(ACTIONS.dump_json(a)) for a in play.wanted] == play.wanted


def test_what_comes_back_from_json_decides_alike() -> None:
    play = Play().run(1)
    twin = Play(world=play.world).run(1)
    play.break_region()
    for _ in range(20):
        play.run(0.5)
        twin.state = STATES.validate_json(STATES.dump_json(twin.state))
        twin.run(0.5)
    assert twin.state == play.state


def test_a_length_of_time_survives_json_to_the_microsecond() -> None:
    odd = timedelta(minutes=15, microseconds=1)
    adapter = TypeAdapter(timedelta)
    assert adapter.validate_json(adapter.dump_json(odd)) == odd
