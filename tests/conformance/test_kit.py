"""The kit finds each flaw, and finds no other where there is one."""

import asyncio
import os
from collections.abc import Iterable
from pathlib import Path

import pytest

from aibwatch.conformance.effect import Effect
from aibwatch.conformance.finding import Finding, Verdict
from aibwatch.conformance.kit import PROGRAM
from tests.conformance.direct import tried

HANDLER = Path(__file__).with_name("handler.sh")
ALL = [check.name for check in PROGRAM]

ALSO = {
    "never": {"killed", "ends"},
    "again": {"killed", "ends"},
    "killed": {"ends"},
    "codes": {"twice", "again", "killed", "ends"},
    "applies": {"twice", "again", "stale", "rehearsal", "back", "killed", "ends", "newer"},
    "doubled": {"twice", "again"},
}
"""Checks that may fail too, because the flaw of this name shows there as well."""
FINDS = {"doubled": "once", "denied": "rehearsal"}
"""The check of a flaw that is not named after it."""
SAMPLE = ("none", "twice", "killed", "once", "garbage")
FLAWS = ("none", *ALL, *FINDS) if os.environ.get("AIBWATCH_THOROUGH") else SAMPLE
AT_ONCE = 4


async def found(folder: Path, flaw: str, *, visible: bool = True) -> tuple[Finding, ...]:
    """Return what the kit finds of the handler with this flaw."""
    effect = Effect(command=("cat", str(folder / "effects")) if visible else ())
    return await tried((str(HANDLER), str(folder), flaw), effect)


def named(findings: Iterable[Finding], verdict: Verdict) -> list[str]:
    return [finding.check for finding in findings if finding.verdict is verdict]


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Finding, ...]]:
    """What is found of each flaw. All are tried side by side, because most of the time is spent in their programs."""

    async def all_found() -> list[tuple[Finding, ...]]:
        turn = asyncio.Semaphore(AT_ONCE)

        async def one(flaw: str) -> tuple[Finding, ...]:
            async with turn:
                return await found(tmp_path_factory.mktemp(flaw), flaw)

        return await asyncio.gather(*map(one, FLAWS))

    return dict(zip(FLAWS, asyncio.run(all_found()), strict=True))


@pytest.mark.parametrize("flaw", FLAWS[1:])
def test_a_flaw_fails_its_check_and_no_other(findings: dict[str, tuple[Finding, ...]], flaw: str) -> None:
    failed = {finding.check: finding.why for finding in findings[flaw] if finding.verdict is Verdict.FAILED}
    check = FINDS.get(flaw, flaw)
    assert check in failed
    assert {name: why for name, why in failed.items() if name not in {check, *ALSO.get(flaw, ())}} == {}


def test_a_handler_that_is_well_passes_every_check(findings: dict[str, tuple[Finding, ...]]) -> None:
    assert [(finding.check, finding.verdict) for finding in findings["none"]] == [
        (name, Verdict.PASSED) for name in ALL
    ]


async def test_without_a_way_to_look_it_says_what_it_could_not_check(tmp_path: Path) -> None:
    findings = {finding.check: finding for finding in await found(tmp_path, "none", visible=False)}
    assert named(findings.values(), Verdict.NOT_CHECKED) == ["no_effects", "once"]
    assert findings["once"].why == "nobody can count effects; give --effect"
    assert named(findings.values(), Verdict.FAILED) == []


async def test_a_second_trial_finds_epochs_that_are_newer_than_those_of_the_first(tmp_path: Path) -> None:
    (tmp_path / "effects").write_text("conformance-9 99999999999 made-up-one\n")
    findings = await found(tmp_path, "none")
    assert findings[0].verdict is Verdict.PASSED
