"""Several templates that fail alike for a reason that is not the region's are noticed, once, with what they share."""

import pytest

from aibwatch.core.canary.canary import CanaryRun
from aibwatch.core.correlation import PLAIN, WORDS, Correlation, correlations
from aibwatch.core.decision import NoteKind
from aibwatch.core.model import FailureClass, Run
from aibwatch.core.observation import Observation
from tests.core.builders import (
    CANARY,
    MINUTE,
    NORTH,
    WEST,
    Play,
    a_canary,
    a_canary_run,
    a_run,
    a_template,
    a_template_id,
    a_window,
    a_world,
    at,
    the_runs,
)

NAMES = ("web", "sql", "app", "db")


def alike(
    *observations: Observation, now: float = 30, canary: tuple[CanaryRun, ...] = (), known: tuple[str, ...] = ()
) -> tuple[Correlation, ...]:
    return correlations(
        a_window(*observations, now=at(now)),
        WEST,
        canary=a_canary(*canary),
        known={FailureClass(cls) for cls in known},
        run_window=60 * MINUTE,
        now=at(now),
    )


def the_same(how: str, *, number: int = 3, ended: float = 20, shares: str = "") -> list[Observation]:
    """Return so many templates whose runs ended so, a minute apart."""
    runs = [(name, a_run(how, started=1, ended=ended + n), shares) for n, name in enumerate(NAMES[:number])]
    return list(the_runs(*runs))


def test_three_that_fail_alike_are_named_with_what_all_of_them_share() -> None:
    shared = "/net/subnet-7 https://st/install.sh"
    (found,) = alike(*the_same("customer", shares=shared))
    assert found == Correlation(
        region=WEST,
        cls=FailureClass.CUSTOMER,
        templates=("app", "sql", "web"),
        shared=("/net/subnet-7", "https://st/install.sh"),
        example="customer trouble",
    )
    assert found.sentence == (
        "3 templates (app, sql and web) failed for a reason of yours; "
        "all of them share subnet-7 and install.sh: customer trouble"
    )


def test_what_only_some_of_them_share_is_not_named() -> None:
    runs = [(name, a_run("customer", started=1, ended=20), f"{name}.sh all.sh") for name in ("web", "sql")]
    (found,) = alike(*the_runs(*runs, ("app", a_run("customer", started=1, ended=20), "app.sh")))
    assert (found.shared, "share" in found.sentence) == ((), False)


@pytest.mark.parametrize("cls", sorted(PLAIN))
def test_every_class_that_is_not_the_regions_counts_as_it_is(cls: FailureClass) -> None:
    assert [found.cls for found in alike(*the_same(cls))] == [cls]


@pytest.mark.parametrize("how", ["ok", "running", "service"])
def test_good_runs_and_the_services_failures_are_no_correlation(how: str) -> None:
    assert alike(*the_same(how, number=4)) == ()


def test_several_that_somebody_cancelled_are_a_question() -> None:
    assert [found.cls for found in alike(*the_same("canceled"))] == [FailureClass.EXPECTED]


def test_two_are_bad_luck_and_two_are_enough_to_go_on_calling_it_one() -> None:
    assert alike(*the_same("customer", number=2)) == ()
    assert len(alike(*the_same("customer", number=2), known=("customer",))) == 1
    assert alike(*the_same("customer", number=1), known=("customer",)) == ()
    assert alike(*the_same("customer", number=2), known=("capacity",)) == ()


def test_different_reasons_are_no_correlation() -> None:
    kinds = zip(NAMES, ("customer", "capacity", "auth", "network"), strict=True)
    assert alike(*the_runs(*((name, a_run(how, ended=20), "") for name, how in kinds))) == ()


def test_ambiguous_failures_count_once_a_canary_built_well_at_that_time() -> None:
    failed = the_same("ambiguous")
    assert alike(*failed) == ()
    assert alike(*failed, canary=(a_canary_run("failed", ended=25),)) == ()
    assert alike(*failed, canary=(a_canary_run("well", ended=21),)) == (), "one of them failed since"
    assert [c.cls for c in alike(*failed, canary=(a_canary_run("well", ended=22),))] == [FailureClass.AMBIGUOUS]


def test_a_template_counts_by_its_latest_run() -> None:
    well = the_runs(("web", a_run("ok", started=25, ended=26), ""))
    assert alike(*the_same("customer"), *well) == ()
    again = the_runs(("web", a_run("customer", started=25, ended=26), ""))
    assert [len(c.templates) for c in alike(*the_same("customer"), *again)] == [3]


def test_runs_count_as_long_as_they_are_kept_and_in_their_region() -> None:
    assert len(alike(*the_same("customer", ended=20), now=20 + 6 * 60 - 0.1)) == 1
    assert alike(*the_same("customer", ended=20), now=20 + 6 * 60) == ()
    north = [a_template(n, NORTH, run=a_run("customer", ended=20), when=at(20)) for n in NAMES]
    assert alike(*north) == ()


def test_builds_that_are_far_apart_are_a_correlation_too() -> None:
    runs = [(name, a_run("customer", started=70 * n, ended=70 * n + 20), "") for n, name in enumerate(NAMES[:3])]
    assert [c.templates for c in alike(*the_runs(*runs), now=161)] == [("app", "sql", "web")]


def test_cancellations_count_within_the_run_window_only() -> None:
    assert len(alike(*the_same("canceled", ended=20), now=79.9)) == 1
    assert alike(*the_same("canceled", ended=20), now=80) == ()
    later = the_runs(*((n, a_run("canceled", started=70, ended=75), "") for n in NAMES[1:3]))
    assert alike(*the_same("customer"), *later, known=("customer",), now=140) == (), "the latest run is what counts"


def test_the_canarys_own_failure_is_not_one_of_them() -> None:
    own = a_template("canary", run=a_run("customer", ended=20), when=at(20))
    assert own.template == CANARY
    assert alike(*the_same("customer", number=2), own) == ()


@pytest.mark.parametrize("cls", sorted({*PLAIN, FailureClass.AMBIGUOUS}))
def test_every_class_that_counts_has_its_words(cls: FailureClass) -> None:
    assert WORDS[cls]


# stories


def ran(play: Play, *names: str, how: str = "customer") -> Run:
    run = a_run(how, started=play.minute - 1, ended=play.minute)
    for name in names:
        play.world.ran(a_template_id(name), run)
    return run


def test_it_is_told_once_and_loudly_and_again_only_when_it_was_over() -> None:
    play = Play().run(2)
    ran(play, "base", "web", "sql")
    play.run(30)
    ran(play, "sql", how="ok")
    play.idle(90)
    assert play.heard(NoteKind.ALIKE, WEST) == ["several templates fail alike (customer)"]
    assert [c.cls for c in play.state.correlations] == ["customer"]
    ran(play, "web", how="ok")
    play.run(1)
    assert play.state.correlations == ()
    ran(play, "base", "web", "sql")
    play.run(1)
    notes = [n for n in play.said if n.kind is NoteKind.ALIKE]
    assert [n.loud for n in notes] == [True, True]
    assert notes[0].why.startswith("3 templates (base, sql and web) failed for a reason of yours")


def test_one_region_is_told_apart_from_another() -> None:
    play = Play(world=a_world(WEST, NORTH)).run(2)
    for region in (WEST, NORTH):
        for name in ("base", "web", "sql"):
            play.world.ran(a_template_id(name, region), a_run("capacity", started=1, ended=2))
    play.run(5)
    assert [len(play.heard(NoteKind.ALIKE, region)) for region in (WEST, NORTH)] == [1, 1]


def test_what_fails_alike_moves_nobody_and_makes_no_region_suspect() -> None:
    play = Play().run(2)
    ran(play, "base", "web", "sql")
    play.run(30)
    assert (play.verdict().kind, play.wanted) == ("healthy", [])
