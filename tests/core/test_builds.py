"""What comes of an order to build: which template is run, once; when a secondary is run instead, and when not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aibwatch.core.actions import LookForBuild, ReadOutputs, RunBuild
from aibwatch.core.builds.build import Build, BuildResult, Stage
from aibwatch.core.builds.builds import KEPT
from aibwatch.core.builds.order import objection
from aibwatch.core.decision import NoteKind, Refusal, Reply
from aibwatch.core.events import (
    BuildAnswered,
    BuildLooked,
    BuildOrdered,
    JournalFailed,
    LeaseChecked,
    OutputsRead,
    Paused,
    Started,
)
from aibwatch.core.model import WELL, Mode, Region, TemplateId
from aibwatch.core.readiness.finding import Ready
from aibwatch.core.recall import memory_of, recall
from aibwatch.core.state import Phase
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
    a_report,
    a_run,
    a_world,
    at,
)

ORDER = BuildOrdered(id="b1", group="base", owner="ann", reason="urgent")
SHADOW = a_policy(mode=Mode.SHADOW)


def ordered(play: Play | None = None, *, to: Region | None = None, minutes: float = 0.0) -> Play:
    """Return a play in which "b1" was ordered, and so much time passed since."""
    play = play or Play().run(2)
    play.tell(replace(ORDER, to=to))
    return play.run(minutes)


def the_build(play: Play, known_as: str = "b1") -> Build:
    build = play.state.builds.find(known_as)
    assert build is not None
    return build


def only_in_japan(play: Play) -> Play:
    """Return the play with a group whose secondaries may build in Japan only."""
    spec = replace(play.setup.groups["base"], allowed_geographies=("Japan",))
    play.setup = replace(play.setup, groups={"base": spec})
    return play


def posts(play: Play) -> list[TemplateId]:
    """Return the templates whose run was asked for, in order."""
    return [a.template for a in play.wanted if isinstance(a, RunBuild)]


def stages(play: Play) -> list[Stage]:
    return [attempt.stage for attempt in the_build(play).attempts]


def end_run(play: Play, template: TemplateId, how: str = "ok", *, text: str = "") -> Play:
    """Let the template's run end, and the next poll see it."""
    run = play.world.templates[template].run
    assert run is not None
    ended = replace(a_run(how, ended=play.minute), started=run.started)
    if text:
        ended = replace(ended, diagnosis=replace(ended.diagnosis, rule=text))
    play.world.ran(template, ended)
    return play.run(0.5)


# the usual way


def test_the_active_template_is_read_and_run_once_and_its_images_are_told() -> None:
    play = end_run(ordered(minutes=5), BASE_WEST)
    build = the_build(play)
    assert (posts(play), build.result, build.images) == ([BASE_WEST], BuildResult.BUILT, ("/images/1",))
    assert [type(a) for a in play.wanted] == [LookForBuild, RunBuild, ReadOutputs]


def test_a_build_moves_nothing() -> None:
    before = Play().run(2)
    after = end_run(ordered(minutes=5), BASE_WEST)
    known, group = before.group(), after.group()
    assert (group.active, group.epoch, group.phase, group.move) == (known.active, known.epoch, known.phase, None)


def test_a_build_is_on_record_from_its_order_to_its_image() -> None:
    play = end_run(ordered(minutes=1), BASE_WEST)
    assert play.heard(NoteKind.BUILD) == [
        "build ordered",
        "build tries base in westeurope",
        "build of base asked",
        "build of base taken",
        "build of base running",
        "build of base reading",
        "build of base built",
        "build ended: 1 image",
    ]


def test_a_run_that_is_under_way_already_is_followed_and_not_asked_for_again() -> None:
    play = Play().run(2)
    play.world.ran(BASE_WEST, a_run("running", started=1))
    play = end_run(ordered(play, minutes=3), BASE_WEST)
    assert (posts(play), the_build(play).result) == ([], BuildResult.BUILT)
    assert the_build(play).attempts[0].joined


def test_a_run_that_azure_says_is_under_way_is_looked_for_and_followed() -> None:
    play = Play().run(2)
    play.build_answers = {BASE_WEST: "expected"}
    play.unanswered = {LookForBuild}
    ordered(play)
    play.tell(BuildLooked(id="b1", attempt=1, read=1, run=None, diagnosis=WELL))
    play.world.ran(BASE_WEST, a_run("running", started=play.minute))
    play = end_run(play.run(3), BASE_WEST)
    assert (posts(play), the_build(play).result) == ([BASE_WEST], BuildResult.BUILT)


def test_the_run_from_before_the_order_is_not_its_run() -> None:
    play = Play().run(2)
    play.world.ran(BASE_WEST, a_run("ok", started=0))
    play.unanswered = {RunBuild}
    ordered(play.run(1), minutes=2)
    play.tell(BuildAnswered(id="b1", attempt=1, diagnosis=WELL))
    assert stages(play.run(5)) == [Stage.TAKEN]


def test_a_run_of_which_a_list_did_not_tell_yet_is_not_taken_for_its_own() -> None:
    play = Play().run(2)
    play.world.lists = "network"
    play.world.ran(BASE_WEST, a_run("ok", started=play.minute))  # a stranger's, between two lists
    play.unanswered = {RunBuild}
    ordered(play.run(1))
    play.world.lists = "ok"
    play.tell(BuildAnswered(id="b1", attempt=1, diagnosis=WELL))
    assert stages(play.run(5)) == [Stage.TAKEN]


def test_where_it_cannot_be_read_before_the_request_an_older_run_is_not_taken_for_its_own() -> None:
    play = Play().run(2)
    play.world.lists, play.world.probe[WEST] = "service", "service"
    play.world.ran(BASE_WEST, a_run("ok", started=3))  # of which nothing can be read until after the order
    play.run(8)
    play.build_answers = {BASE_WEST: "service"}
    play.unanswered = {LookForBuild}
    ordered(play)
    play.tell(BuildLooked(id="b1", attempt=1, read=1, run=None, diagnosis=a_diagnosis("service")))
    play.world.lists, play.world.probe[WEST] = "ok", "ok"
    assert stages(play.run(1)) == [Stage.SETTLING]
    play.tell(BuildLooked(id="b1", attempt=1, read=1, run=a_run("ok", started=3), diagnosis=WELL))
    assert stages(play) == [Stage.FAILED, Stage.LOOKING]


@pytest.mark.parametrize("mode", Mode)
def test_it_builds_in_every_mode_and_while_moves_are_paused(mode: Mode) -> None:
    play = Play(a_group(policy=a_policy(mode=mode))).run(2)
    play.tell(Paused(group="base", owner="bob", reason="holidays", until=at(600)))
    assert posts(ordered(play)) == [BASE_WEST]


# the service fails it


def test_what_the_service_refused_is_settled_before_a_secondary_is_run_instead() -> None:
    play = Play().run(2)
    play.build_answers = {BASE_WEST: "service"}
    play.unanswered = {LookForBuild}
    ordered(play)
    looked = BuildLooked(id="b1", attempt=1, read=1, run=None, diagnosis=WELL)
    play.tell(looked)
    assert (stages(play), posts(play)) == ([Stage.SETTLING], [BASE_WEST])
    wait = [a.wait for a in play.wanted if isinstance(a, LookForBuild)]
    assert wait == [timedelta(0), timedelta(seconds=30)]
    play.tell(looked)
    assert stages(play) == [Stage.FAILED, Stage.LOOKING]
    assert the_build(play).attempts[1].template == BASE_NORTH


def test_a_refused_request_that_began_a_run_all_the_same_is_followed_and_nothing_else_is_run() -> None:
    play = Play().run(2)
    play.build_answers = {BASE_WEST: "service"}
    play.unanswered = {LookForBuild}
    ordered(play)
    play.tell(BuildLooked(id="b1", attempt=1, read=1, run=None, diagnosis=WELL))
    play.world.ran(BASE_WEST, a_run("running", started=play.minute))
    play = end_run(play.run(3), BASE_WEST)
    assert (posts(play), the_build(play).result) == ([BASE_WEST], BuildResult.BUILT)


@pytest.mark.parametrize("cls", ["service"])
def test_a_run_that_the_service_failed_is_followed_by_one_of_the_secondary(cls: str) -> None:
    play = end_run(ordered(minutes=3), BASE_WEST, cls)
    assert posts(play) == [BASE_WEST, BASE_NORTH]
    assert the_build(end_run(play.run(1), BASE_NORTH)).result is BuildResult.BUILT


@pytest.mark.parametrize("cls", ["customer", "capacity", "auth", "distribution", "ambiguous"])
def test_a_run_that_failed_for_another_reason_is_not_followed_by_one_of_the_secondary(cls: str) -> None:
    play = end_run(ordered(minutes=3), BASE_WEST, cls)
    build = the_build(play)
    assert (posts(play), build.result) == ([BASE_WEST], BuildResult.FAILED)
    assert build.why.startswith(f"its run failed: {cls} trouble; ")


@pytest.mark.parametrize(
    ("cls", "result"),
    [
        ("customer", BuildResult.FAILED),
        ("capacity", BuildResult.FAILED),
        ("auth", BuildResult.FAILED),
        ("throttled", BuildResult.BUSY),
        ("network", BuildResult.BUSY),
        ("expected", BuildResult.BUSY),
        ("ambiguous", BuildResult.FAILED),
    ],
)
def test_a_request_that_was_refused_without_the_services_fault_runs_nothing_else(cls: str, result: BuildResult) -> None:
    play = Play().run(2)
    play.build_answers = {BASE_WEST: cls}
    ordered(play, minutes=2)
    assert (posts(play), the_build(play).result) == ([BASE_WEST], result)
    assert the_build(play).why


def test_a_run_that_somebody_cancelled_is_no_reason_for_another_one() -> None:
    play = end_run(ordered(minutes=3), BASE_WEST, "canceled")
    assert (posts(play), the_build(play).result) == ([BASE_WEST], BuildResult.FAILED)
    assert "somebody cancelled" in the_build(play).why


def test_what_may_be_anybodys_counts_as_the_services_while_the_region_is_judged_to_be_failing() -> None:
    play = ordered(minutes=1)
    play.unanswered = {RunBuild}
    play.break_region()
    while play.verdict().kind != "confirming":
        play.run(0.5)
    end_run(play, BASE_WEST, "ambiguous")
    assert posts(play) == [BASE_WEST, BASE_NORTH]


def test_a_failure_without_words_is_waited_for_until_its_reason_came() -> None:
    play = end_run(ordered(minutes=3), BASE_WEST, "ambiguous", text="no-words")
    assert (stages(play), posts(play)) == ([Stage.RUNNING], [BASE_WEST])
    assert posts(end_run(play, BASE_WEST, "service")) == [BASE_WEST, BASE_NORTH]


def test_a_failure_that_stays_without_words_is_taken_for_what_it_is() -> None:
    play = end_run(ordered(minutes=3), BASE_WEST, "ambiguous", text="no-words")
    assert the_build(play.run(4)).result is BuildResult.FAILED


def test_only_one_secondary_is_tried_and_then_it_is_an_outage() -> None:
    world = a_world(WEST, NORTH, FRANCE)
    play = Play(a_group(secondaries=(BASE_NORTH, BASE_FRANCE)), world=world).run(2)
    play.build_answers = dict.fromkeys((BASE_WEST, BASE_NORTH, BASE_FRANCE), "service")
    ordered(play, minutes=5)
    assert (posts(play), the_build(play).result) == ([BASE_WEST, BASE_NORTH], BuildResult.OUTAGE)


def test_a_secondary_that_is_not_ready_is_passed_over_for_one_that_is() -> None:
    world = a_world(WEST, NORTH, FRANCE)
    world.templates[BASE_NORTH] = replace(world.templates[BASE_NORTH], provisioning="failed")
    play = Play(a_group(secondaries=(BASE_NORTH, BASE_FRANCE)), world=world).run(2)
    play.build_answers = {BASE_WEST: "service"}
    ordered(play, minutes=2)
    assert posts(play) == [BASE_WEST, BASE_FRANCE]


def test_without_a_ready_secondary_it_says_which_gate_is_closed() -> None:
    play = Play().run(2)
    play.world.templates[BASE_NORTH] = replace(play.world.templates[BASE_NORTH], provisioning="failed")
    play.build_answers = {BASE_WEST: "service"}
    ordered(play.run(1), minutes=2)
    build = the_build(play)
    assert (posts(play), build.result) == ([BASE_WEST], BuildResult.NOT_READY)
    assert "secondary_ready: base cannot be run: its provisioningState is failed" in build.why


def test_where_nothing_can_be_read_for_three_minutes_the_refusal_stands() -> None:
    play = Play(a_group(policy=SHADOW)).run(2)
    play.build_answers = {BASE_WEST: "service"}
    play.world.probe[WEST] = "service"
    play.world.lists = "service"
    ordered(play, minutes=1)
    assert posts(play) == [BASE_WEST, BASE_NORTH]
    assert "could not be read" in the_build(play).attempts[0].told
    assert sum(isinstance(a, LookForBuild) and a.attempt == 1 for a in play.wanted) == 7, "one before, six after"


def test_where_the_request_got_lost_and_nothing_can_be_read_it_is_lost_and_nothing_else_is_run() -> None:
    play = Play().run(2)
    play.build_answers = {BASE_WEST: "network"}
    play.world.probe[WEST] = "network"
    ordered(play, minutes=1)
    assert (posts(play), the_build(play).result) == ([BASE_WEST], BuildResult.LOST)


def test_a_template_that_may_not_be_read_is_not_run() -> None:
    play = Play().run(2)
    play.world.probe[WEST] = "auth"
    ordered(play, minutes=1)
    assert (posts(play), the_build(play).result) == ([], BuildResult.FAILED)


# in an outage


def an_outage(*groups: object) -> Play:
    play = Play(a_group(policy=SHADOW)).run(2)
    play.break_region()
    while play.verdict().kind != "outage":
        play.run(0.5)
    return play


def test_where_the_region_is_known_to_be_down_the_secondary_is_run_at_once() -> None:
    play = ordered(an_outage())
    assert posts(play) == [BASE_NORTH]
    assert the_build(play).attempts[0].why == "westeurope is down, so a ready secondary is run instead"


def test_where_the_region_is_down_and_the_secondary_fails_too_it_is_an_outage() -> None:
    play = an_outage()
    play.build_answers = {BASE_NORTH: "service"}
    ordered(play, minutes=2)
    assert (posts(play), the_build(play).result) == ([BASE_NORTH], BuildResult.OUTAGE)


def test_where_the_region_is_down_and_no_secondary_is_ready_nothing_is_run() -> None:
    play = an_outage()
    play.tell_observed(a_report(Ready.NOT_READY, when=play.now, why="its script is in westeurope"))
    ordered(play)
    build = the_build(play)
    assert (posts(play), build.result, build.attempts) == ([], BuildResult.OUTAGE, ())
    assert "its script is in westeurope" in build.why
    assert (play.state.builds.ordered, play.state.builds.failed) == ({"base": 1}, {"base": 1})


def test_where_the_region_is_down_a_secondary_outside_the_allowed_geographies_is_not_run() -> None:
    build = the_build(ordered(only_in_japan(an_outage())))
    assert (build.result, build.attempts) == (BuildResult.OUTAGE, ())
    assert "geography_allowed: northeurope is in Europe, outside of allowed_geographies (Japan)" in build.why


# by name


@pytest.mark.parametrize(("region", "template"), [(WEST, BASE_WEST), (NORTH, BASE_NORTH)])
def test_the_member_of_a_named_region_is_run_also_in_an_outage(region: Region, template: TemplateId) -> None:
    assert posts(ordered(an_outage(), to=region)) == [template]


def test_instead_of_a_named_member_no_other_is_run() -> None:
    play = Play().run(2)
    play.build_answers = {BASE_WEST: "service"}
    ordered(play, to=WEST, minutes=2)
    assert (posts(play), the_build(play).result) == ([BASE_WEST], BuildResult.FAILED)


# what is not begun


def test_the_same_order_twice_is_one_build() -> None:
    play = Play().run(2)
    first, second = play.tell(ORDER).reply, play.tell(ORDER).reply
    assert (posts(play), len(play.state.builds.kept)) == ([BASE_WEST], 1)
    told = Reply(text="base is built; follow it: aibwatch build base --id b1", id="b1")
    assert (first, second) == (told, Reply(text="build b1 was ordered already", id="b1"))


def test_one_build_a_group_at_a_time() -> None:
    play = ordered()
    second = replace(ORDER, id="b2")
    against = objection(play.state, play.setup, second)
    assert against is not None
    assert (against.refusal, "b1 of base is under way, ordered by ann" in against.text) == (Refusal.BUSY, True)
    assert play.tell(second).reply == against
    assert (posts(play), len(play.state.builds.kept)) == ([BASE_WEST], 1)
    assert play.state.builds.ordered == {"base": 1}, "what was not begun is not counted"


@pytest.mark.parametrize("phase", [Phase.COMMITTING, Phase.MOVING])
def test_no_build_is_begun_while_its_group_is_being_moved(phase: Phase) -> None:
    play = Play().run(2)
    group = replace(play.group(), phase=phase)
    play.state = replace(play.state, groups={"base": group})
    against = objection(play.state, play.setup, ORDER)
    assert (against.refusal if against else None) is Refusal.BUSY


def test_nothing_is_begun_that_cannot_be_put_on_record() -> None:
    for trouble in (JournalFailed(why="disk full"), LeaseChecked(held=False, why="another file")):
        play = Play().run(2)
        play.tell(trouble)
        against = objection(play.state, play.setup, ORDER)
        assert (against.refusal if against else None) is Refusal.HELD
        assert posts(ordered(play)) == []


def test_the_request_is_not_sent_where_the_state_was_lost_since_the_order() -> None:
    play = Play().run(2)
    play.unanswered = {LookForBuild}
    ordered(play)
    play.tell(LeaseChecked(held=False, why="another file"))
    play.tell(BuildLooked(id="b1", attempt=1, read=1, run=None, diagnosis=WELL))
    assert (posts(play), the_build(play).result) == ([], BuildResult.BUSY)


def test_a_group_or_a_region_that_is_not_there_is_told_with_those_there_are() -> None:
    play = Play().run(2)
    orders = (replace(ORDER, group="nobody"), replace(ORDER, to=FRANCE))
    told = [objection(play.state, play.setup, order) for order in orders]
    assert [t.refusal if t else None for t in told] == [Refusal.UNASKED] * 2
    assert ["base" in t.text or "northeurope and westeurope" in t.text for t in told if t] == [True, True]


def test_no_order_builds_where_no_image_may_be_made_and_the_primary_is_where_it_is() -> None:
    play = only_in_japan(Play().run(2))
    assert objection(play.state, play.setup, replace(ORDER, to=NORTH)) == Reply(
        text="base may not be run: northeurope is in Europe, outside of allowed_geographies (Japan)",
        refusal=Refusal.UNASKED,
    )
    assert objection(play.state, play.setup, replace(ORDER, to=WEST)) is None


def test_an_order_of_which_nothing_was_run_may_be_given_again_by_its_id() -> None:
    play = Play().run(2)
    play.build_answers = {BASE_WEST: "throttled"}
    ordered(play, minutes=1)
    play.build_answers = {}
    ordered(play, minutes=1)
    assert (posts(play), stages(play)) == ([BASE_WEST] * 2, [Stage.RUNNING])
    assert (play.state.builds.ordered, play.state.builds.failed) == ({"base": 2}, {"base": 1})


def test_an_order_that_failed_is_not_begun_again_by_its_id() -> None:
    play = Play().run(2)
    play.build_answers = {BASE_WEST: "customer"}
    ordered(ordered(play))
    assert (posts(play), the_build(play).result) == ([BASE_WEST], BuildResult.FAILED)


def test_an_id_that_another_build_has_is_refused() -> None:
    play = ordered()
    against = objection(play.state, play.setup, replace(ORDER, to=NORTH))
    assert (against.refusal if against else None) is Refusal.UNASKED


# restarts and limits


def reborn(play: Play) -> Play:
    """Let the daemon die, and another one begin with what was on record."""
    observed = play.world.polls(play.now)
    play.state = recall(memory_of(play.state), observed, play.now)
    play.tell(Started())
    return play


def test_restarted_before_the_read_it_reads_again_and_runs_once() -> None:
    play = Play().run(2)
    play.unanswered = {LookForBuild}
    ordered(play)
    play.unanswered = set()
    assert posts(reborn(play)) == [BASE_WEST]


def test_restarted_before_the_answer_it_looks_half_a_minute_later_and_sends_nothing_again() -> None:
    play = Play().run(2)
    play.unanswered = {RunBuild, LookForBuild}
    ordered(play)
    play.tell(BuildLooked(id="b1", attempt=1, read=1, run=None, diagnosis=WELL))
    reborn(play)
    last = play.wanted[-1]
    assert isinstance(last, LookForBuild)
    assert (last.wait, stages(play), posts(play)) == (timedelta(seconds=30), [Stage.SETTLING], [BASE_WEST])


def test_restarted_before_the_answer_a_run_that_began_is_followed() -> None:
    play = Play().run(2)
    play.unanswered = {RunBuild}
    ordered(play)
    play.world.ran(BASE_WEST, a_run("running", started=play.minute))
    reborn(play)
    assert (posts(play), the_build(end_run(play.run(1), BASE_WEST)).result) == ([BASE_WEST], BuildResult.BUILT)


def test_restarted_before_the_answer_and_without_a_run_it_says_that_nothing_was_run() -> None:
    play = Play().run(2)
    play.unanswered = {RunBuild}
    ordered(play)
    reborn(play)
    assert (posts(play), the_build(play).result) == ([BASE_WEST], BuildResult.BUSY)


def test_a_read_that_failed_before_the_request_is_not_taken_for_its_refusal() -> None:
    play = Play().run(2)
    play.unanswered = {LookForBuild, RunBuild}
    ordered(play)
    play.tell(BuildLooked(id="b1", attempt=1, read=1, run=None, diagnosis=a_diagnosis("service")))
    play.unanswered = {RunBuild}
    reborn(play)
    assert (posts(play), the_build(play).result) == ([BASE_WEST], BuildResult.BUSY)


def test_restarted_while_the_outputs_are_read_they_are_read_again() -> None:
    play = ordered(minutes=2)
    play.unanswered = {ReadOutputs}
    end_run(play, BASE_WEST)
    play.unanswered = set()
    assert the_build(reborn(play)).images == ("/images/1",)


def test_outputs_that_cannot_be_read_do_not_unmake_the_image() -> None:
    play = ordered(minutes=2)
    play.unanswered = {ReadOutputs}
    end_run(play, BASE_WEST)
    play.tell(OutputsRead(group="base", activation_id="build b1", images=(), diagnosis=a_diagnosis("throttled")))
    assert the_build(play).result is None
    build = the_build(play.run(10))
    assert (build.result, build.images) == (BuildResult.BUILT, ())
    assert sum(isinstance(a, ReadOutputs) for a in play.wanted) == 5


def test_a_run_that_neither_ends_nor_is_seen_any_more_is_lost_after_its_time_out() -> None:
    play = ordered(minutes=1)
    play.idle(4 * 60 + 28)
    assert stages(play) == [Stage.RUNNING]
    assert the_build(play.idle(5)).result is BuildResult.LOST


def test_a_run_that_was_replaced_before_its_end_was_seen_is_lost() -> None:
    play = ordered(minutes=1)
    play.world.ran(BASE_WEST, a_run("ok", started=play.minute))
    assert the_build(play.run(1)).result is BuildResult.LOST


def test_answers_to_something_else_change_nothing() -> None:
    play = Play().run(2)
    play.unanswered = {LookForBuild}
    ordered(play)
    before = play.state.builds
    play.tell(BuildLooked(id="b1", attempt=2, read=1, run=None, diagnosis=WELL))
    play.tell(BuildLooked(id="b1", attempt=1, read=2, run=None, diagnosis=WELL))
    play.tell(BuildLooked(id="b9", attempt=1, read=1, run=None, diagnosis=WELL))
    play.tell(BuildAnswered(id="b1", attempt=1, diagnosis=WELL))
    assert play.state.builds == before


def test_only_the_latest_builds_are_remembered_and_open_ones_are_never_forgotten() -> None:
    web = a_group("web", primary=BASE_NORTH, secondaries=(BASE_WEST,))
    play = Play(a_group(), web).run(2)
    play.build_answers = {BASE_WEST: "customer"}
    play.tell(replace(ORDER, id="open", group="web"))
    for number in range(KEPT + 5):
        play.tell(replace(ORDER, id=f"n{number}"))
    kept = play.state.builds.kept
    assert (len(kept), kept[0].id, kept[1].id) == (KEPT, "open", "n6")
    assert play.state.builds.failed == {"base": KEPT + 5}
