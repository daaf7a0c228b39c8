"""A program is called with a minimal environment, struck where it was asked for, and never outlives its call."""

from datetime import timedelta
from pathlib import Path

import pytest

from aibwatch.conformance.effect import Effect, same
from aibwatch.conformance.finding import FailedError
from aibwatch.conformance.raw import MOST_KEPT, Ended, Raw

LONG = timedelta(seconds=60)


async def sh(script: str, limit: timedelta = LONG, *, at_line: int | None = None) -> Ended:
    return await Raw(command=("sh", "-c", script), limit=limit).call("verb", b"told\n", {"GIVEN": "1"}, at_line=at_line)


async def test_it_is_told_on_stdin_and_in_variables_and_gets_nothing_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_CLIENT_SECRET", "s3cret")
    ended = await sh('read -r told; echo "$told $GIVEN ${AZURE_CLIENT_SECRET-none} $0"; echo oops >&2; exit 7')
    assert ended == Ended(code=7, output=b"told 1 none verb\n", errors=b"oops\n", late=False)


async def test_one_that_is_struck_at_a_line_and_all_that_it_began_end_there() -> None:
    ended = await sh("echo one; sleep 60 & sleep 60; echo two", at_line=1)
    assert ended == Ended(code=None, output=b"one\n", errors=b"", late=False)


async def test_one_that_does_not_end_is_late() -> None:
    assert (await sh("exec sleep 60", timedelta(seconds=0.2))).late is True


async def test_of_a_flood_no_more_is_kept_than_is_of_use() -> None:
    ended = await sh(f"head -c {2 * MOST_KEPT} /dev/zero")
    assert (ended.code, len(ended.output)) == (0, MOST_KEPT)


async def test_an_effect_that_is_not_there_yet_is_nothing(tmp_path: Path) -> None:
    assert await Effect(command=("cat", str(tmp_path / "absent"))).seen() == ()


async def test_a_way_to_look_that_cannot_be_gone_is_told() -> None:
    with pytest.raises(FailedError, match=r"^--effect /absent cannot be run: No such file or directory$"):
        await Effect(command=("/absent",)).seen()


def test_a_change_is_told_with_what_was_there() -> None:
    with pytest.raises(FailedError) as told:
        same(("a",), ("a", "b"), "the second call")
    words = 'the second call changed what --effect shows, from the line "a" to 2 lines ending with "b"'
    assert str(told.value) == words
