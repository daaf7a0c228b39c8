"""Give orders over real HTTP: who may, what is refused, and what stands on record."""

import asyncio
from pathlib import Path

import pytest

from aibwatch.core.decision import Note, NoteKind
from aibwatch.core.state import Phase
from aibwatch.runtime.control import LONGEST

from .support import ORDER, TOKEN, Site, a_site


async def test_without_a_configured_token_every_order_is_refused(tmp_path: Path) -> None:
    async with a_site(tmp_path, token="") as site:
        told = [await site.reset(token=token) for token in (None, TOKEN, "")]
        assert [t.status for t in told] == [403, 403, 403]
        assert told[0].text == "orders are refused, because http.token_file is not configured\n"
        assert await site.phase() is Phase.HALTED


@pytest.mark.parametrize("token", [None, "", "wrong", TOKEN[:-1], TOKEN + "x", TOKEN.upper(), "tökén" * 5])
async def test_a_wrong_token_is_refused_and_told_what_is_asked_for(site: Site, token: str | None) -> None:
    told = await site.reset(token=token)
    assert (told.status, told.headers["WWW-Authenticate"]) == (401, 'Bearer realm="aibwatch"')
    assert (told.text, await site.phase()) == ("the token is missing or wrong\n", Phase.HALTED)


@pytest.mark.parametrize("scheme", ["Basic", "Token", ""])
async def test_the_right_token_under_another_scheme_is_wrong(site: Site, scheme: str) -> None:
    told = await site.post("/api/v1/groups/base/reset", {"Authorization": f"{scheme} {TOKEN}".strip()}, json=ORDER)
    assert told.status == 401


async def test_the_scheme_may_be_written_in_any_case(site: Site) -> None:
    told = await site.post("/api/v1/groups/base/reset", {"Authorization": f"bearer {TOKEN}"}, json=ORDER)
    assert told.status == 202


async def test_the_right_token_lets_a_halted_group_watch_again(site: Site) -> None:
    told = await site.reset()
    assert (told.status, await site.phase()) == (202, Phase.WATCHING)
    assert told.said == "base will watch again; see: aibwatch status"


async def test_the_record_names_who_reset_and_why(site: Site) -> None:
    await site.reset()
    assert [r.note for r in await site.notes() if r.note.subject == "base"][-1] == Note(
        kind=NoteKind.PHASE,
        subject="base",
        what="halted -> watching",
        why="reset: by ann, the gallery was full",
    )


async def test_a_group_that_is_not_halted_needs_no_reset(site: Site) -> None:
    told = await site.reset("web")
    assert (told.status, told.said) == (409, "web is held; only a halted group needs a reset")


async def test_the_second_of_two_resets_is_a_conflict(site: Site) -> None:
    await site.reset()
    assert await site.phase() is Phase.WATCHING
    assert (await site.reset()).status == 409


async def test_an_unknown_group_is_answered_with_those_there_are(site: Site) -> None:
    told = await site.reset("nobody")
    assert (told.status, told.text) == (404, "there is no group 'nobody'; there are: base, web\n")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"reason",
        b"[]",
        b"null",
        b'"text"',
        b"{}",
        b"\xff\xfe",
        b'{"owner": "ann"}',
        b'{"reason": "so"}',
        b'{"owner": "ann", "reason": ""}',
        b'{"owner": "ann", "reason": "  \\n "}',
        b'{"owner": "ann", "reason": 7}',
        b'{"owner": ["ann"], "reason": "so"}',
        b'{"owner": null, "reason": "so"}',
    ],
)
async def test_an_order_that_does_not_say_who_and_why_is_refused(site: Site, body: bytes) -> None:
    told = await site.reset(data=body)
    assert (told.status, told.text) == (400, 'say who and why: {"owner": "...", "reason": "..."}\n')
    assert await site.phase() is Phase.HALTED


@pytest.mark.parametrize(
    "body", [b"[" * 50_000, b'{"owner": ' * 6_000], ids=["lists in lists in lists", "objects in objects in objects"]
)
async def test_a_body_too_deep_to_read_is_refused_and_breaks_nothing(site: Site, body: bytes) -> None:
    assert (await site.reset(data=body)).status == 400
    assert (await site.reset()).status == 202


async def test_a_body_in_letters_that_nobody_knows_is_refused(site: Site) -> None:
    told = await site.reset(data=b'{"owner": "ann", "reason": "so"}', **{"Content-Type": "application/json; charset=x"})
    assert told.status in {400, 415}


async def test_a_huge_body_is_not_read(site: Site) -> None:
    assert (await site.reset(data=b" " * (64 * 1024 + 1))).status == 413


async def test_a_long_story_is_cut_to_a_line_of_the_record(site: Site) -> None:
    await site.reset(json={"owner": "a" * 5_000, "reason": "line\nline\r\n\tline " * 500})
    why = (await site.notes())[-1].note.why
    assert len(why) <= 2 * LONGEST + len("reset: by , ")
    assert "\n" not in why


async def test_what_would_steer_a_terminal_does_not_get_on_record(site: Site) -> None:
    await site.reset(json={"owner": "ann", "reason": "\x1b[2Jall is well\x07\x00"})
    why = (await site.notes())[-1].note.why
    assert [c for c in why if not c.isprintable()] == []


async def test_half_a_letter_does_not_end_the_daemon(site: Site) -> None:
    # JSON may carry a lone surrogate, which no database can write.
    await site.reset(data=b'{"owner": "ann", "reason": "half \\ud800"}')
    await asyncio.wait({site.consumer}, timeout=0.3)
    assert not site.consumer.done(), f"the loop died of {site.consumer.exception()!r}"


async def test_letters_of_every_alphabet_are_kept(site: Site) -> None:
    await site.reset(json={"owner": "Åsa", "reason": "проверено 検査済み"})
    assert [r.note.why for r in await site.notes() if r.note.subject == "base"][
        -1
    ] == "reset: by Åsa, проверено 検査済み"


async def test_whoever_has_no_token_does_not_learn_which_groups_there_are(site: Site) -> None:
    assert (await site.reset("nobody", token=None)).status == 401
