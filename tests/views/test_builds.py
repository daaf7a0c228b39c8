"""What is said of a build, while it is under way and when it has ended."""

from dataclasses import replace

import pytest

from aibwatch.cli.exits import Exit
from aibwatch.core.builds.build import BuildResult
from aibwatch.core.builds.builds import OWN_FAULT
from aibwatch.core.events import BuildOrdered
from aibwatch.core.model import Diagnosis, FailureClass
from aibwatch.views import explain, status
from aibwatch.views.builds import EXITS, build_dict, under_way
from tests.core.builders import BASE_WEST, Play, a_run


def a_build(answer: str = "ok") -> Play:
    """Return a play in which "b1" was ordered a minute ago."""
    play = Play().run(2)
    play.build_answers = {BASE_WEST: answer}
    play.tell(BuildOrdered(id="b1", group="base", owner="ann", reason="urgent"))
    return play.run(1)


RUNNING = "base in westeurope: its run is under way; it is the active member (build b1, ordered by ann 60 s ago)"


def test_a_build_that_is_under_way_stands_in_status_and_explain() -> None:
    play = a_build()
    assert under_way(play.state, "base", play.now) == RUNNING
    assert RUNNING in status.as_text(play.state, play.setup, play.now)
    assert RUNNING in explain.group_as_text(play.state, play.setup, "base", play.now)
    told = status.group_dict(play.state, play.setup, "base", play.now)["build"]
    assert told == build_dict(play.state, play.state.builds.kept[0])


def test_a_build_that_has_ended_stands_there_no_more() -> None:
    play = a_build("customer")
    assert under_way(play.state, "base", play.now) == ""
    assert "b1" not in status.as_text(play.state, play.setup, play.now)
    assert status.group_dict(play.state, play.setup, "base", play.now)["build"] is None


def test_of_a_good_end_the_images_are_told() -> None:
    play = a_build()
    run = play.world.templates[BASE_WEST].run
    assert run is not None
    play.world.ran(BASE_WEST, replace(a_run("ok", ended=play.minute), started=run.started))
    told = build_dict(play.run(1).state, play.state.builds.kept[0])
    assert (told["exit"], told["images"], told["class"], told["accepted"]) == (0, ["/images/1"], None, True)
    assert told["text"] == "base in westeurope has built 1 image: 1; it is the active member"


def test_of_a_bad_end_the_class_and_the_advice_are_told() -> None:
    play = a_build("customer")
    (build,) = play.state.builds.kept
    quota = Diagnosis(cls=FailureClass.CUSTOMER, rule="default", summary="no")
    build = replace(build, attempts=(replace(build.attempts[0], diagnosis=quota),))
    told = build_dict(play.state, build)
    assert (told["exit"], told["result"], told["class"]) == (1, "failed", "customer")
    assert str(told["advice"]).startswith("read the message")


def test_a_run_that_is_somebody_elses_is_told_as_such() -> None:
    play = Play().run(2)
    play.world.ran(BASE_WEST, a_run("running", started=1))
    play.tell(BuildOrdered(id="b1", group="base", owner="ann", reason="urgent"))
    assert "it was running already, and that run is followed; " in under_way(play.state, "base", play.now)


def test_every_result_has_its_exit_code() -> None:
    assert set(EXITS) == set(BuildResult)
    assert [code for code in EXITS.values() if code not in set(Exit)] == []


@pytest.mark.parametrize("cls", [c for c in FailureClass if c not in {FailureClass.SERVICE, FailureClass.AMBIGUOUS}])
def test_every_failure_that_is_not_the_services_says_why_nothing_else_is_run(cls: FailureClass) -> None:
    assert OWN_FAULT[cls]
