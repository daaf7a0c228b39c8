"""Knock at the door slowly, in crowds and with garbage: the daemon goes on, and others are served meanwhile."""

from dataclasses import replace

import pytest

from aibwatch.runtime.door.limits import LARGEST_BODY, LONGEST_LINE, MOST_HEADERS
from aibwatch.runtime.door.visitor import Cut
from tests.runtime.door.support import LARGE, PATIENT, SOON, Knock, a_house
from tests.waiting import until

ASK = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"
SEND = b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 100\r\n\r\n"


async def trickle(knock: Knock) -> None:
    """Send a header line that never ends, a byte at a time, until the other side hangs up."""

    async def look() -> bool:
        knock.writer.write(b"a")
        return knock.reader.at_eof() or knock.writer.is_closing()

    await until("it is cut off", look, within=10)


async def test_headers_that_trickle_in_are_cut_off_while_others_are_served() -> None:
    async with a_house(replace(PATIENT, headers=SOON)) as house:
        slow = await house.knock(b"GET / HTTP/1.1\r\nX: ")
        served = await house.get()
        await trickle(slow)
        assert (served, await slow.rest(), house.cuts) == (200, b"", [Cut.SLOW_REQUEST])


async def test_who_connects_and_says_nothing_is_cut_off() -> None:
    async with a_house(replace(PATIENT, headers=SOON)) as house:
        silent = await house.knock()
        assert (await silent.rest(), house.cuts) == (b"", [Cut.SLOW_REQUEST])


async def test_headers_of_a_further_request_have_no_more_time() -> None:
    async with a_house(replace(PATIENT, headers=SOON)) as house:
        kept = await house.knock(ASK)
        await kept.reader.readuntil(b"here")
        kept.writer.write(b"GET / HTTP/1.1\r\n")
        assert (await kept.rest(), house.cuts) == (b"", [Cut.SLOW_REQUEST])


async def test_a_body_that_does_not_come_is_answered_with_408_and_reaches_nobody() -> None:
    async with a_house(replace(PATIENT, body=SOON)) as house:
        slow = await house.knock(SEND + b"half")
        served = await house.get()
        told = await slow.rest()
        assert (served, told.partition(b"\r\n")[0]) == (200, b"HTTP/1.1 408 Request Timeout")
        assert (house.asked, house.cuts) == ([""], [Cut.SLOW_REQUEST])


async def test_who_does_not_take_the_answer_is_cut_off_while_others_are_served() -> None:
    async with a_house(replace(PATIENT, between=SOON)) as house:
        slow = await house.knock(ASK.replace(b"/ ", b"/large "))
        served = await house.get()
        await house.cut_for(Cut.SLOW_READER)
        assert (served, len(await slow.rest()) < LARGE) == (200, True)


async def test_who_was_answered_may_ask_again_and_who_does_not_is_hung_up_on() -> None:
    async with a_house(replace(PATIENT, between=SOON)) as house:
        kept = await house.knock(ASK)
        await kept.reader.readuntil(b"here")
        kept.writer.write(ASK)
        assert (await kept.rest()).endswith(b"here")
        assert (house.asked, house.cuts) == (["", ""], [])


async def test_a_crowd_of_silent_ones_keeps_nobody_out() -> None:
    async with a_house(replace(PATIENT, connections=8)) as house:
        crowd = [await house.knock() for _ in range(20)]
        assert [await house.get() for _ in range(3)] == [200, 200, 200]
        assert set(house.cuts) == {Cut.CROWD}
        for one in crowd:
            one.close()


async def test_nobody_is_cut_off_for_others_while_the_answer_is_worked_on() -> None:
    async with a_house(replace(PATIENT, connections=2)) as house:
        busy = [await house.knock(SEND) for _ in range(2)]

        async def taken() -> bool:
            return len(house.entrance._hall._awaited) == 0

        await until("both are worked for", taken, within=10)
        late = await house.knock(ASK)
        assert (await late.rest(), house.cuts) == (b"", [Cut.CROWD])
        for one in busy:
            one.writer.write(bytes(100))
            assert await one.reader.readuntil(b"here")
            one.close()


@pytest.mark.parametrize(
    ("text", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(100), b"400"),
        (b"nonsense\r\n\r\n", b"400"),
        (b"GET /" + b"a" * LONGEST_LINE + b" HTTP/1.1\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nX: " + b"a" * (LONGEST_LINE + 10) + b"\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\n" + b"X: a\r\n" * (MOST_HEADERS + 1) + b"\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", b"400"),
    ],
    ids=["TLS", "nonsense", "a long line", "a long header", "many headers", "two lengths"],
)
async def test_garbage_is_refused_and_counted_and_fills_no_log(
    text: bytes, status: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with a_house() as house:
        told = await (await house.knock(text)).rest()
        assert (told.split(b" ")[1], house.cuts, await house.get()) == (status, [Cut.GARBAGE], 200)
        assert caplog.records == []


async def test_a_body_that_is_too_large_is_refused() -> None:
    async with a_house() as house:
        size = LARGEST_BODY + 1
        head = b"POST / HTTP/1.1\r\nHost: here\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % size
        told = await (await house.knock(head + bytes(size))).rest()
        assert (told.split(b" ")[1], house.asked) == (b"413", [])


async def test_everybody_who_left_is_forgotten() -> None:
    async with a_house() as house:
        for text in (ASK, b"", b"nonsense\r\n\r\n"):
            (await house.knock(text)).close()

        async def empty() -> bool:
            return not (len(house.entrance._hall) or house.entrance._hall._awaited or house.entrance._hall._served_by)

        await until("nobody is there", empty, within=10)
