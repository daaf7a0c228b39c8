"""Tell stories with the real engine, each to the moment at which a person looks at its state.

A story breaks two minutes after T0 (02:00 UTC). Groups are called "base" unless a story needs more of them.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache

from aibwatch.core.actions import AskStatus, DispatchStep, PollAfresh
from aibwatch.core.events import JournalFailed
from aibwatch.core.model import Mode, Region
from aibwatch.core.move.move import StepResult
from aibwatch.core.policy import CanarySpec, Setup
from tests.core.builders import (
    BASE_NORTH,
    FRANCE,
    MINUTE,
    NORTH,
    WEST,
    Play,
    a_diagnosis,
    a_group,
    a_policy,
    a_run,
    a_setup,
    a_template,
    a_template_id,
    an_event,
)

SHADOW = a_policy(mode=Mode.SHADOW)
ELSEWHERE = a_template_id("nowhere", Region("nowhere"))
"""A template that no list ever shows."""


def broken(play: Play) -> Play:
    play.run(2).break_region()
    return play


def quiet() -> Play:
    return Play().run(10)


def suspect() -> Play:
    """Let reads fail, and nothing else: one kind of source moves nobody."""
    play = Play().run(2)
    play.world.probe[WEST] = "service"
    return play.run(4)


def confirming() -> Play:
    return broken(Play()).run(3)


def held_by_mode() -> Play:
    return broken(Play(a_group(policy=SHADOW))).run(20)


def held_by_many() -> Play:
    """Hold a group by its mode, by a secondary that cannot be run, and by this host's journal."""
    play = held_by_mode()
    play.world.templates[BASE_NORTH] = a_template("base", NORTH, provisioning="failed")
    play.world.probe[NORTH] = "network"
    play.poll()
    play.tell(JournalFailed(why="disk full"))
    return play


def held_without_target() -> Play:
    """Let the secondary's region go down too, long after the move to it."""
    play = moved_with_image()
    play.mend_region()
    play.run(120).break_region(NORTH)
    return play.run(30)


def checking() -> Play:
    play = broken(Play())
    play.unanswered = {PollAfresh}
    return play.until("checking")


def moving() -> Play:
    play = broken(Play())
    play.unanswered = {DispatchStep, AskStatus}
    return play.until("moving")


def moved() -> Play:
    """Let the run on the secondary not show yet."""
    return broken(Play()).run(10)


def moved_and_running() -> Play:
    play = moved()
    play.world.ran(BASE_NORTH, a_run("running", started=play.minute))
    return play.run(5)


def moved_with_image() -> Play:
    play = moved()
    play.world.ran(BASE_NORTH, a_run("running", started=play.minute))
    play.run(5)
    play.world.ran(BASE_NORTH, a_run("ok", started=play.minute - 5, ended=play.minute))
    return play.run(2)


def moved_in_vain() -> Play:
    play = moved()
    play.world.ran(BASE_NORTH, a_run("customer", started=play.minute, ended=play.minute + 1))
    return play.run(3)


def outage_not_proven_any_more() -> Play:
    """Let reads be answered again while the failed runs and the memory of the outage stay."""
    play = held_by_mode()
    play.world.probe[WEST] = "ok"
    return play.run(3)


def halted() -> Play:
    play = broken(Play())
    play.step_results = [StepResult.NEVER]
    return play.until("halted").run(3)


def blind() -> Play:
    play = Play().run(5)
    play.world.probe = dict.fromkeys(play.world.probe, "network")
    play.world.lists = play.world.controls = "network"
    return play.run(10)


def everywhere() -> Play:
    play = broken(Play())
    play.break_region(NORTH)
    return play.run(10)


def recovering() -> Play:
    play = moved_with_image()
    play.mend_region()
    return play.run(4)


def recovered() -> Play:
    return recovering().run(120)


def event_only() -> Play:
    play = Play().run(2)
    play.world.events = [an_event(when=play.now)]
    return play.run(5)


def never_listed() -> Play:
    """Watch a group whose primary no list ever shows, beside nothing else."""
    return Play(a_group(primary=ELSEWHERE)).run(10)


def secondary_never_listed() -> Play:
    return broken(Play(a_group(secondaries=(ELSEWHERE,)))).run(15)


def global_by_reads_alone() -> Play:
    """Let reads fail in both regions, and nothing else: neither is proven to be down."""
    play = Play().run(2)
    play.world.probe = dict.fromkeys(play.world.probe, "service")
    return play.run(5)


def journal_failing() -> Play:
    play = Play().run(5)
    play.tell(JournalFailed(why="disk full"))
    return play.run(1)


CANARY = a_template_id("canary")


def with_canary(*, lives: Region = WEST, speaks_for: Region = WEST, most: int = 24) -> Play:
    """Begin with a canary that is run on suspicion only."""
    play = Play()
    template = a_template_id("canary", lives)
    canary = CanarySpec(region=speaks_for, template=template, routine=None, max_per_day=most)
    play.setup = replace(play.setup, canaries={speaks_for: canary})
    play.world.templates[template] = a_template("canary", lives)
    return play


def canary_never_run() -> Play:
    return with_canary().run(5)


def canary_awaited() -> Play:
    play = with_canary().run(2)
    play.world.probe[WEST] = "service"
    return play.run(3)


def canary_past_building() -> Play:
    play = canary_awaited()
    play.world.ran(CANARY, a_run("running", started=play.minute, phase="customizing"))
    return play.run(2)


def canary_well() -> Play:
    """Let reads fail and the canary build: the region is cleared."""
    play = canary_awaited()
    play.world.ran(CANARY, a_run("ok", started=play.minute - 1, ended=play.minute))
    return play.run(12)


def canary_failed() -> Play:
    """Let two canaries be refused by the service, and the hold not be over."""
    play = with_canary().run(2)
    play.world.probe[WEST], play.canary_answer = "service", a_diagnosis("service")
    return play.run(8)


def canary_stuck() -> Play:
    play = canary_awaited()
    play.world.ran(CANARY, a_run("running", started=play.minute, phase="building"))
    return play.run(26)


def canary_broken() -> Play:
    play = with_canary().run(2)
    play.world.probe[WEST], play.canary_answer = "service", a_diagnosis("auth")
    return play.run(4)


def canary_lost() -> Play:
    play = with_canary(most=1).run(2)
    play.world.probe[WEST], play.canary_answer = "service", a_diagnosis("network")
    return play.run(8)


def canary_elsewhere() -> Play:
    return with_canary(lives=NORTH).run(5)


def canary_for_nobody() -> Play:
    return with_canary(lives=FRANCE, speaks_for=FRANCE).run(5)


def alike() -> Play:
    """Let three templates fail for a reason of the customer's, and share a script."""
    play = Play().run(2)
    for name in ("base", "web", "sql"):
        run = a_run("customer", started=play.minute - 1, ended=play.minute)
        play.world.templates[a_template_id(name)] = a_template(name, run=run, shares={f"{name}.sh", "/x/common.sh"})
    return play.run(2)


def short_of_quota() -> Play:
    play = Play().run(2)
    for name in ("base", "web", "sql"):
        play.world.ran(a_template_id(name), a_run("capacity", started=play.minute - 1, ended=play.minute))
    return play.run(2)


def degraded() -> Play:
    """Let two independent runs fail, and others succeed after them."""
    play = Play().run(5)
    for name in ("web", "sql"):
        play.world.ran(a_template_id(name), a_run("service", started=play.minute - 1, ended=play.minute))
    play.run(2)
    play.world.ran(a_template_id("base"), a_run("ok", started=play.minute - 0.5, ended=play.minute))
    return play.run(2)


def maintained() -> Play:
    """Let a region break during announced maintenance."""
    play = Play().run(2)
    play.world.events = [an_event(when=play.now, maintenance=True)]
    play.break_region()
    return play.run(15)


def no_groups() -> Play:
    play = Play()
    play.setup = Setup(groups={}, policy=play.setup.policy)
    return play.run(2)


def nothing_seen() -> Play:
    return Play()


def two_groups_held() -> Play:
    web = a_group("web", primary=a_template_id("web"), secondaries=(a_template_id("web", NORTH),), policy=SHADOW)
    return broken(Play(a_group(policy=SHADOW), web)).run(20)


def a_group_taken_away_while_held() -> Play:
    play = two_groups_held()
    play.setup = a_setup(play.setup.groups["base"])
    play.mend_region()
    return play.run(180)


@cache
def told(name: str) -> Play:
    """Return the story of this name, played once for all tests; they only look."""
    return STORIES[name]()


def asks() -> Play:
    """Let a group ask a human before it moves."""
    return broken(Play(a_group(policy=a_policy(mode=Mode.APPROVE)))).until("held")


def denied() -> Play:
    play = asks()
    play.answer("denied")
    return play.run(1)


def moved_by_order() -> Play:
    play = Play(a_group(policy=SHADOW)).run(2)
    play.order("failover")
    return play.run(3)


def going_back() -> Play:
    """Let a group wait for the image of its primary."""
    quick = a_policy(cooldown=MINUTE, recovery_min=MINUTE)
    play = Play(a_group(policy=quick)).run(2)
    play.order("failover")
    play.run(10)
    play.order("failback")
    return play.run(3)


def rehearsing() -> Play:
    play = Play().run(2)
    play.unanswered = {DispatchStep}
    play.order("drill")
    return play.run(1)


def rehearsed_in_vain() -> Play:
    play = Play().run(2)
    play.step_results = [StepResult.NEVER]
    play.order("drill")
    return play.run(1)


STORIES: Mapping[str, Callable[[], Play]] = {
    story.__name__: story
    for story in (
        quiet,
        suspect,
        event_only,
        confirming,
        held_by_mode,
        held_by_many,
        held_without_target,
        checking,
        moving,
        moved,
        moved_and_running,
        moved_with_image,
        moved_in_vain,
        outage_not_proven_any_more,
        halted,
        asks,
        denied,
        moved_by_order,
        going_back,
        rehearsing,
        rehearsed_in_vain,
        blind,
        everywhere,
        global_by_reads_alone,
        journal_failing,
        canary_never_run,
        canary_awaited,
        canary_past_building,
        canary_well,
        canary_failed,
        canary_stuck,
        canary_broken,
        canary_lost,
        canary_elsewhere,
        canary_for_nobody,
        alike,
        short_of_quota,
        degraded,
        maintained,
        recovering,
        recovered,
        never_listed,
        secondary_never_listed,
        no_groups,
        nothing_seen,
        two_groups_held,
        a_group_taken_away_while_held,
    )
}
