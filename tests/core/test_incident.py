"""From the first suspicion to the recovery there is one incident."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta, timezone

import pytest

from aibwatch.core.incident import KEPT, Incident, follow, incident_id, open_incident
from aibwatch.core.verdict import Verdict
from tests.core.builders import NORTH, WEST, a_verdict, at

OPEN = Incident(id="westeurope-20260302-020000", region=WEST, opened_at=at(0), why="so it is", worst_score=2.9)


def known(*incidents: Incident) -> Mapping[str, Incident]:
    return {i.id: i for i in incidents}


def a_scored(kind: str, score: float = 0.0, **settings: object) -> Verdict:
    return replace(a_verdict(kind), score=score, **settings)  # type: ignore[arg-type]  # the names are those of Verdict


def test_an_incident_opens_when_a_region_becomes_suspect() -> None:
    assert follow({}, a_scored("suspect", 2.9), at(0)) == known(OPEN)


@pytest.mark.parametrize("kind", ["learning", "healthy", "blind"])
def test_neither_health_nor_blindness_opens_one(kind: str) -> None:
    assert follow({}, a_scored(kind), at(0)) == {}


@pytest.mark.parametrize("kind", ["confirming", "outage", "global"])
def test_worse_than_suspicion_opens_one_too(kind: str) -> None:
    assert set(follow({}, a_scored(kind), at(0))) == {OPEN.id}


def test_an_incident_takes_the_time_of_its_first_conviction_and_keeps_it() -> None:
    convicted = follow(known(OPEN), a_scored("confirming", confirmed_since=at(3)), at(3))
    again = follow(convicted, a_scored("confirming", confirmed_since=at(9)), at(9))
    assert again == known(replace(OPEN, confirmed_at=at(3)))


def test_an_incident_remembers_its_worst_score() -> None:
    worse = follow(known(OPEN), a_scored("suspect", 7.0), at(1))
    assert follow(worse, a_scored("suspect", 1.0), at(2)) == known(replace(OPEN, worst_score=7.0))


def test_it_closes_when_the_region_is_healthy_again() -> None:
    assert follow(known(OPEN), a_scored("healthy"), at(9)) == known(replace(OPEN, closed_at=at(9)))


@pytest.mark.parametrize("kind", ["blind", "recovering", "learning", "global", "outage"])
def test_nothing_else_closes_it(kind: str) -> None:
    assert follow(known(OPEN), a_scored(kind), at(9)) == known(OPEN)


def test_a_region_has_at_most_one_open_incident() -> None:
    assert follow(known(OPEN), a_scored("suspect", 2.9), at(9)) == known(OPEN)


def test_a_closed_incident_is_not_opened_again() -> None:
    closed = replace(OPEN, closed_at=at(5))
    after = follow(known(closed), a_scored("suspect", 2.9), at(9))
    assert [(i.opened_at, i.closed_at) for i in after.values()] == [(at(0), at(5)), (at(9), None)]


def test_the_incident_of_another_region_is_not_ours() -> None:
    assert open_incident(known(replace(OPEN, region=NORTH)), WEST) is None


def test_the_oldest_closed_incidents_are_let_go() -> None:
    many = [replace(OPEN, id=f"i{n:03}", opened_at=at(n), closed_at=at(n)) for n in range(KEPT)]
    after = follow(known(*many, replace(OPEN, region=WEST)), a_scored("healthy"), at(500))
    assert (len(after), "i000" in after, "i001" in after) == (KEPT, False, True)


def test_the_name_of_an_incident_is_told_in_utc() -> None:
    assert incident_id(WEST, at(0).astimezone(timezone(timedelta(hours=9)))) == OPEN.id
