"""A build's promise over random lives: no attempt asks twice, at most one secondary is tried, and it comes to an end.

Answers come late, twice or never, runs begin and end by themselves, polls fail, and the daemon dies at any moment.
"""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from aibwatch.core.actions import Action, LookForBuild, ReadOutputs, RunBuild
from aibwatch.core.builds.build import BuildResult
from aibwatch.core.events import BuildAnswered, BuildLooked, BuildOrdered, Event, OutputsRead, Started
from aibwatch.core.model import Mode, RunState
from aibwatch.core.recall import memory_of, recall
from tests.core.builders import (
    BASE_FRANCE,
    BASE_NORTH,
    BASE_WEST,
    FRANCE,
    NORTH,
    WEST,
    Play,
    a_diagnosis,
    a_group,
    a_policy,
    a_run,
    a_world,
)

CLASSES = ["ok", "ok", "service", "service", "ambiguous", "customer", "throttled", "network", "expected", "auth"]
MEMBERS = (BASE_WEST, BASE_NORTH, BASE_FRANCE)
HAPPENINGS = st.lists(
    st.tuples(
        st.sampled_from(["answer", "answer", "again", "run", "end", "die", "poll", "wait", "break", "order"]),
        st.sampled_from(CLASSES),
        st.booleans(),
        st.integers(min_value=0, max_value=2),
    ),
    max_size=40,
)


class Life:
    """A daemon's life with a build in it."""

    def __init__(self) -> None:
        group = a_group(secondaries=(BASE_NORTH, BASE_FRANCE), policy=a_policy(mode=Mode.SHADOW))
        self.play = Play(group, world=a_world(WEST, NORTH, FRANCE)).run(2)
        self.play.unanswered = {LookForBuild, RunBuild, ReadOutputs}
        self.open: list[Action] = []
        self.given: list[Event] = []
        self.seen = 0
        self.order()

    def order(self) -> None:
        """Order it, again too; but not one that came to nothing, which would be another build by the same id."""
        known = self.play.state.builds.find("b1")
        if known is None or known.result is not BuildResult.BUSY:
            self.play.tell(BuildOrdered(id="b1", group="base", owner="ann", reason="urgent"))

    def happen(self, what: str, cls: str, unsure: bool, number: int) -> None:
        play, member = self.play, MEMBERS[number]
        match what:
            case "answer" if self.open:
                self.give(self.answer(self.open.pop(min(number, len(self.open) - 1)), cls, unsure))
            case "again" if self.given:
                play.tell(self.given[-1 - min(number, len(self.given) - 1)])
            case "run":
                play.world.ran(member, a_run("running", started=play.minute))
            case "end":
                self.end(number, "ok" if cls in {"expected", "throttled"} else cls)
            case "die":
                play.state = recall(memory_of(play.state), (), play.now)
                self.open = []
                play.tell(Started())
            case "wait":
                play.tick(30 if unsure else 400)
            case "break":
                play.world.probe[WEST] = "service" if unsure else "ok"
            case "order":
                self.order()
            case _:
                play.run(0.5)
        self.open += play.wanted[self.seen :]
        self.seen = len(play.wanted)

    def give(self, event: Event) -> None:
        self.given.append(event)
        self.play.tell(event)

    def end(self, number: int, how: str) -> None:
        run = self.play.world.templates[MEMBERS[number]].run
        if run is not None and run.state is RunState.RUNNING:
            ended = replace(a_run(how, ended=self.play.minute), started=run.started)
            self.play.world.ran(MEMBERS[number], ended)

    def answer(self, action: Action, cls: str, unsure: bool) -> Event:
        match action:
            case LookForBuild():
                run = self.play.world.templates[action.template].run if cls == "ok" else None
                how = a_diagnosis(cls)
                return BuildLooked(id=action.id, attempt=action.attempt, read=action.read, run=run, diagnosis=how)
            case RunBuild():
                if cls == "ok" or unsure:
                    self.play.world.ran(action.template, a_run("running", started=self.play.minute))
                how = a_diagnosis(cls)
                return BuildAnswered(id=action.id, attempt=action.attempt, diagnosis=how, uncertain=unsure)
            case ReadOutputs():
                return OutputsRead(
                    group=action.group, activation_id=action.activation_id, images=("/i",), diagnosis=a_diagnosis(cls)
                )
            case _:
                raise AssertionError(f"in shadow mode nothing else is wanted: {action}")

    def check(self) -> None:
        posts = [a for a in self.play.wanted if isinstance(a, RunBuild)]
        assert [key for key, times in Counter((a.id, a.attempt) for a in posts).items() if times > 1] == []
        assert [t for t, times in Counter(a.template for a in posts).items() if times > 1] == []
        build = self.play.state.builds.kept[0]
        assert len(build.attempts) <= 2
        assert BASE_WEST not in [attempt.template for attempt in build.attempts[1:]]
        assert build.result is None or build.why
        group = self.play.group()
        assert (group.active, group.epoch, group.move) == (BASE_WEST, 0, None)


@settings(max_examples=150)
@given(HAPPENINGS)
def test_whatever_happens_no_attempt_asks_twice_one_secondary_is_tried_at_most_and_nothing_is_moved(
    happenings: list[tuple[str, str, bool, int]],
) -> None:
    life = Life()
    for happening in happenings:
        life.happen(*happening)
        life.check()


@settings(max_examples=60)
@given(HAPPENINGS)
def test_whatever_happens_and_whoever_never_answers_a_build_comes_to_an_end(
    happenings: list[tuple[str, str, bool, int]],
) -> None:
    life = Life()
    for happening in happenings:
        life.happen(*happening)
    end = life.play.now + timedelta(hours=24)
    while life.play.now < end and life.play.state.builds.kept[0].result is None:
        life.play.tick(360)
    assert life.play.state.builds.kept[0].result is not None
    life.check()


def test_the_answers_of_a_life_are_such_as_bring_an_image() -> None:
    life = Life()
    for what in ("poll", "answer", "answer", "poll", "end", "poll", "answer"):
        life.happen(what, "ok", False, 0)
    assert life.play.state.builds.kept[0].images == ("/i",)
