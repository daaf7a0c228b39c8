"""A sample of the removals, and that all of them still fit. `make removals` tries the whole list."""

from collections import Counter
from dataclasses import replace

import pytest

from aibwatch.core.gates import GATES
from tests.removals.lists import ALL, benches
from tests.removals.removal import Removal
from tests.removals.trial import REPOSITORY, Verdict

SAMPLE = (
    "one kind of source convicts",
    "the gate paused is always open",
    "fresh silence writes the epoch",
)


def named(name: str) -> Removal:
    (removal,) = [r for r in ALL if r.name == name]
    return removal


@pytest.mark.parametrize("file", sorted({r.path for r in ALL}), ids=str)
def test_every_removal_still_fits_the_code_in_exactly_one_place(file: object) -> None:
    here = [r for r in ALL if r.path == file]
    text = (REPOSITORY / here[0].path).read_text(encoding="utf-8")
    misfits = {r.name: text.count(r.old) for r in here if text.count(r.old) != 1}
    assert misfits == {}, "write the removal anew for the code as it is"


def test_every_removal_has_a_name_of_its_own_and_tests_that_are_there() -> None:
    assert [name for name, number in Counter((r.file, r.name) for r in ALL).items() if number > 1] == []
    assert [f for f in {f for r in ALL for f in r.test_files} if not (REPOSITORY / f).is_file()] == []


def test_every_gate_is_taken_away_once() -> None:
    assert {f"the gate {gate} is always open" for gate in GATES} <= {r.name for r in ALL}


def test_a_sample_of_removals_is_noticed_and_one_that_changes_nothing_is_not() -> None:
    idle = replace(named(SAMPLE[0]), name="nothing is taken away", old="FLOOR = -3.0", new="FLOOR = -3.00")
    misfit = replace(named(SAMPLE[0]), name="what is not there is taken away", old="no such text")
    with benches() as made:
        outcomes = {o.removal.name: o.verdict for o in made.try_all([*map(named, SAMPLE), idle, misfit])}
    assert outcomes == dict.fromkeys(SAMPLE, Verdict.NOTICED) | {
        idle.name: Verdict.UNNOTICED,
        misfit.name: Verdict.MISFIT,
    }
