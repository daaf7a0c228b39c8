"""Write down what is new, mention what is not, and get the very observation back from the mention."""

from dataclasses import replace

import pytest

from aibwatch.core.news import is_news, mentions, recalled
from aibwatch.core.observation import HandlerChecked, Observation, PeerSaid, ReadinessSeen, TemplateGone
from aibwatch.core.readiness.finding import Finding, Ready
from tests.core.builders import (
    BASE_NORTH,
    BASE_WEST,
    WEST,
    a_call,
    a_dependency,
    a_poll,
    a_probe,
    a_template,
    a_window,
    an_event,
    at,
)

A_PEER = PeerSaid(at=at(0), peer="paris", region=WEST, troubled=True, why="reads fail")
A_CHECK = HandlerChecked(at=at(0), group="base", handler="run-template", target=BASE_NORTH, well=True, why="")
REPEATING = [a_poll(), a_poll("network"), a_probe(cls="ok"), an_event(), a_dependency(), A_PEER, A_CHECK]
ALWAYS_NEW = [
    a_probe(),
    a_template(),
    TemplateGone(at=at(0), template=BASE_WEST),
    a_call(),
]
A_PROOF = Finding(rule="machines", state=Ready.READY, why="cores are free", at=at(0))
AN_OLD_PROOF = Finding(rule="parity", state=Ready.READY, why="it says the same", at=at(-60), blocked="500")
A_REPORT = ReadinessSeen(
    at=at(0), template=BASE_NORTH, state=Ready.READY, why="all is kept", findings=(A_PROOF, AN_OLD_PROOF)
)


def test_a_report_of_readiness_that_proves_the_same_anew_is_no_news() -> None:
    window, later = (
        a_window(A_REPORT),
        replace(A_REPORT, at=at(30), findings=(replace(A_PROOF, at=at(30)), AN_OLD_PROOF)),
    )
    assert not is_news(window, later)
    assert [recalled(window, m) for m in mentions(window, (later,))] == [later]


def test_a_report_of_readiness_that_cannot_prove_anew_what_it_did_is_news() -> None:
    later = replace(A_REPORT, at=at(30), findings=(replace(A_PROOF, blocked="500"), AN_OLD_PROOF))
    assert is_news(a_window(A_REPORT), later)


@pytest.mark.parametrize("seen", REPEATING, ids=repr)
def test_what_was_never_seen_is_news_and_the_same_again_is_not(seen: Observation) -> None:
    later = replace(seen, at=at(1))
    assert (is_news(a_window(), seen), is_news(a_window(seen), later)) == (True, False)


@pytest.mark.parametrize("seen", ALWAYS_NEW, ids=repr)
def test_failed_reads_and_what_sources_report_only_when_it_changed_is_always_news(seen: Observation) -> None:
    assert is_news(a_window(seen, now=at(10)), replace(seen, at=at(1)))


@pytest.mark.parametrize("seen", REPEATING, ids=repr)
def test_a_mention_gives_back_the_very_observation(seen: Observation) -> None:
    window, later = a_window(seen), replace(seen, at=at(1.2345))
    assert [recalled(window, m) for m in mentions(window, (later,))] == [later]


def test_the_ids_of_an_answer_make_no_news_of_a_poll_that_fails_as_before() -> None:
    failed = a_poll("service")
    again = replace(failed, at=at(1), diagnosis=replace(failed.diagnosis, ids=("x-ms-request-id 2",)))
    assert not is_news(a_window(failed), again)


def test_a_poll_that_fails_for_another_reason_is_news() -> None:
    other = a_poll("network")
    other = replace(other, at=at(1), diagnosis=replace(other.diagnosis, summary="another reason"))
    assert is_news(a_window(a_poll("network")), other)


@pytest.mark.parametrize("seen", REPEATING, ids=repr)
def test_what_the_window_let_go_of_cannot_be_recalled(seen: Observation) -> None:
    (mentioned,) = mentions(a_window(seen), (seen,))
    assert recalled(a_window(), mentioned) is None
