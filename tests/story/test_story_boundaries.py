"""Die at a boundary of a move in three steps, live on, and count: every effect is there once.

These are a sample; `make crashes` dies at all of them. That the names of the sample are boundaries that are crossed is
tested too, so that none of them is a death that does not happen.
"""

from pathlib import Path

import pytest

from tests.waiting import until

from .crashes import THREE, Fate, boundaries, die_at, fate, moved, steps
from .killer import FIRST_WRITE
from .recording import effects
from .support import a_daemon, a_world, an_azure

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]

SAMPLE = {
    ("after record WriteEpoch", "after swap_epoch"): False,
    ("before run-template.activate",): True,
    ("after run-template.activate",): False,
    ("after recording.activate", "after recording.status"): False,
    ("after command.activate", FIRST_WRITE): False,
}
"""Where to die, one life after the other; and whether the story is a long one."""


@pytest.mark.parametrize(
    "points",
    [
        pytest.param(points, marks=pytest.mark.beside(die_at, *points, long=long), id=", ".join(points))
        for points, long in SAMPLE.items()
    ],
)
async def test_killed_at_a_boundary_of_a_move_it_does_everything_once(
    points: tuple[str, ...], outcome: tuple[tuple[str, ...], Fate]
) -> None:
    assert outcome == (points, moved())


@pytest.mark.beside.with_args(boundaries)
async def test_around_every_effect_the_journal_is_written_and_each_side_of_that_is_a_boundary(
    outcome: list[str],
) -> None:
    def step(handler: str, number: str) -> list[str]:
        names = [
            f"record DispatchStep{number}", f"{handler}.plan", f"intend{number}", f"dispatch{number}",
            f"{handler}.activate", f"conclude{number}",
        ]  # fmt: skip
        return [f"{side} {name}" for name in names for side in ("before", "after")]

    expected = [
        *step("run-template", ""), *step("recording", "#2"), *step("command", "#3"),
        "before record StepEnded", "after record StepEnded",
    ]  # fmt: skip
    assert [name for name in outcome if name in expected] == expected


async def die_while_a_program_runs(folder: Path) -> Fate:
    async with (
        an_azure(a_world(broken=True)) as azure,
        a_daemon(folder, azure.base, steps=steps(folder, *THREE)) as daemon,
    ):
        await daemon.start()
        begun = daemon.state / "handlers" / "scribe.begun"

        async def look() -> bool:
            return begun.exists()

        await until("the program has begun", look, seen=daemon.last_words)
        await daemon.kill()
        assert effects(daemon.state / "handlers").get("scribe", ()) == ()
        await daemon.start()
        return await fate(azure, daemon)


@pytest.mark.beside.with_args(die_while_a_program_runs)
async def test_a_program_that_outlives_the_daemon_is_waited_for_and_not_begun_again(outcome: Fate) -> None:
    assert outcome == moved()


async def cannot_tell(folder: Path, point: str) -> tuple[tuple[str, ...], Fate]:
    return await die_at(folder, point, handlers=("run-template", "recording-mute"))


UNSURE = ("before recording-mute.activate", "after recording-mute.activate")


@pytest.mark.parametrize(
    ("point", "lines"),
    [
        pytest.param(point, lines, marks=pytest.mark.beside(cannot_tell, point, long=True), id=point)
        for point, lines in zip(UNSURE, ((), ("ubuntu-base-1",)), strict=True)
    ],
)
async def test_where_the_handler_cannot_tell_it_halts_says_so_within_two_minutes_and_acts_no_more(
    point: str, lines: tuple[str, ...], outcome: tuple[tuple[str, ...], Fate]
) -> None:
    met, fate = outcome
    assert met == (point,)
    assert (fate.phase, fate.accepted) == ("halted", ("ubuntu-neu",))
    assert dict(fate.effects).get("mute", ()) == lines
    assert fate.told == "the step cannot be finished; a human must look: recording-mute: unknown: I have no way to look"


@pytest.mark.parametrize(
    "point",
    [
        pytest.param(point, marks=pytest.mark.beside(cannot_tell, point))
        for point in ("before dispatch#2", "after conclude#2")
    ],
)
async def test_what_the_journal_knows_for_certain_is_not_asked_of_a_handler_that_cannot_tell(
    point: str, outcome: tuple[tuple[str, ...], Fate]
) -> None:
    assert outcome == ((point,), moved(files=("mute",)))


async def half_done(folder: Path, handler: str) -> tuple[tuple[str, ...], Fate]:
    return await die_at(folder, f"before {handler}.rest", handlers=("run-template", handler))


@pytest.mark.beside.with_args(half_done, "recording-half")
async def test_an_effect_that_is_there_in_part_halts_the_group_and_is_told(
    outcome: tuple[tuple[str, ...], Fate],
) -> None:
    _, fate = outcome
    assert (fate.phase, dict(fate.effects)) == ("halted", {"half": ("ubuntu-base-1",)})
    assert fate.told.endswith("partial: only the first half is there")


@pytest.mark.beside.with_args(half_done, "recording-resuming")
async def test_a_handler_that_can_go_on_where_it_stopped_is_called_again(
    outcome: tuple[tuple[str, ...], Fate],
) -> None:
    assert outcome == (("before recording-resuming.rest",), moved(files=("half", "whole")))


async def lose_a_handler(folder: Path) -> tuple[int, str, Fate]:
    """Die in the middle of a step, and come back without its handler, then with it."""
    async with (
        an_azure(a_world(broken=True)) as azure,
        a_daemon(folder, azure.base, steps=steps(folder, *THREE)) as daemon,
    ):
        await daemon.start(kill_at="after recording.activate")
        assert await daemon.ended() == -9, daemon.log
        daemon.without_plugins()
        await daemon.start()
        code = await daemon.ended()
        said = daemon.log.splitlines()[-2]
        daemon.without_plugins(without=False)
        await daemon.start()
        return code, said, await fate(azure, daemon)


@pytest.mark.beside.with_args(lose_a_handler)
async def test_without_the_handler_of_an_open_step_it_does_not_start_and_with_it_finishes(
    outcome: tuple[int, str, Fate],
) -> None:
    code, said, fate = outcome
    assert (code, fate) == (78, moved())
    assert '"recording" is not an installed handler' in said
