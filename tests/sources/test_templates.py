"""Templates, read with lists."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from aibwatch.core.classify import Symptom
from aibwatch.core.model import WELL, FailureClass, RunPhase, TemplateId
from aibwatch.core.observation import Observation, Polled, Source, TemplateGone, TemplateSeen
from aibwatch.sources.answer import Bad, Good
from aibwatch.sources.templates import Templates, scopes_of

from .support import GROUP, NOW, RHEL, SUBSCRIPTION, TYPE, UBUNTU, Rig, a_run, a_template, now, says

LIST = f"{GROUP}{TYPE}"
WATCHED = frozenset({UBUNTU, RHEL})


def lists(rig: Rig, *templates: object, **more: object) -> None:
    rig.azure.on(LIST, says(200, {"value": list(templates), **more}))


async def poll(rig: Rig, known: dict[TemplateId, TemplateSeen] | None = None) -> tuple[Observation, ...]:
    return await Templates(rig.arm, now).poll(WATCHED, known or {})


async def known_of(rig: Rig, *templates: object) -> dict[TemplateId, TemplateSeen]:
    lists(rig, *templates)
    return {seen.template: seen for seen in await poll(rig) if isinstance(seen, TemplateSeen)}


WELL_POLLED = Polled(at=NOW, source=Source.TEMPLATES, subject=GROUP, diagnosis=WELL)


def cls_of(observation: Observation) -> FailureClass:
    assert isinstance(observation, Polled)
    return observation.diagnosis.cls


async def test_watched_templates_are_seen_and_strangers_are_not(rig: Rig) -> None:
    lists(rig, a_template("ubuntu"), a_template("rhel"), a_template("stranger"), {**a_template("odd"), "properties": 7})
    polled, *seen = await poll(rig)

    assert polled == WELL_POLLED
    assert [s.template for s in seen if isinstance(s, TemplateSeen)] == [UBUNTU, RHEL]


async def test_what_has_not_changed_is_not_seen_again(rig: Rig) -> None:
    known = await known_of(rig, a_template("ubuntu", a_run()), a_template("rhel"))
    later = {template: replace(seen, at=NOW.replace(hour=3)) for template, seen in known.items()}

    assert await poll(rig, later) == (WELL_POLLED,)


async def test_a_new_run_is_seen(rig: Rig) -> None:
    known = await known_of(rig, a_template("ubuntu", a_run()), a_template("rhel"))
    lists(rig, a_template("ubuntu", a_run(startTime="2026-03-02T09:50:00Z")), a_template("rhel"))
    _, seen = await poll(rig, known)

    assert isinstance(seen, TemplateSeen)
    assert seen.template == UBUNTU


async def test_a_run_that_failed_in_an_unknown_way_is_told_with_what_it_looked_like(rig: Rig) -> None:
    before = await known_of(rig, a_template("ubuntu", a_run("Running", runSubState="Building")), a_template("rhel"))
    unknown = a_run("Failed", message="something new")
    lists(rig, a_template("ubuntu", unknown), a_template("rhel", a_run("Failed", message="QuotaExceeded")))
    told: list[tuple[TemplateId, Symptom]] = []
    source = Templates(rig.arm, now, on_unclassified=lambda seen, symptom: told.append((seen.template, symptom)))
    news = await source.poll(WATCHED, before)
    again = {s.template: s for s in news if isinstance(s, TemplateSeen)}
    await source.poll(WATCHED, again)

    lasted = timedelta(minutes=20, microseconds=864198)
    symptom = Symptom(of_run=True, message="something new", phase=RunPhase.BUILDING, lasted=lasted)
    assert told == [(UBUNTU, symptom)]


async def test_a_template_that_is_listed_no_more_and_cannot_be_read_is_gone(rig: Rig) -> None:
    known = await known_of(rig, a_template("ubuntu"), a_template("rhel"))
    lists(rig, a_template("ubuntu"))

    assert await poll(rig, known) == (WELL_POLLED, TemplateGone(at=NOW, template=RHEL))


async def test_a_template_that_a_list_left_out_but_that_can_be_read_is_not_gone(rig: Rig) -> None:
    known = await known_of(rig, a_template("ubuntu"), a_template("rhel"))
    lists(rig, a_template("ubuntu"))
    rig.azure.on(RHEL, says(200, a_template("rhel")))

    assert await poll(rig, known) == (WELL_POLLED,)


@pytest.mark.parametrize("azure", [True, False])
async def test_a_template_whose_read_fails_is_not_gone(rig: Rig, azure: bool) -> None:
    known = await known_of(rig, a_template("ubuntu"), a_template("rhel"))
    lists(rig, a_template("ubuntu"))
    rig.azure.on(RHEL, says(500 if azure else 404, azure=azure))

    assert await poll(rig, known) == (WELL_POLLED,)


async def test_no_more_than_a_few_missing_templates_are_read_in_one_poll(rig: Rig) -> None:
    many = [a_template(f"t{number}") for number in range(20)]
    watched = {TemplateId(f"{GROUP}{TYPE.lower()}/t{number}") for number in range(20)}
    lists(rig, *many)
    source = Templates(rig.arm, now)
    known = {s.template: s for s in await source.poll(watched, {}) if isinstance(s, TemplateSeen)}
    lists(rig)

    assert len(await source.poll(watched, known)) == 1 + 5


async def test_nothing_is_gone_by_a_list_that_did_not_come_whole(rig: Rig) -> None:
    known = await known_of(rig, a_template("ubuntu"), a_template("rhel"))
    lists(rig, a_template("ubuntu", a_run()), nextLink="/next")
    rig.azure.on("/next", says(500, x_ms_failure_cause="service"))
    polled, *seen = await poll(rig, known)

    assert cls_of(polled) is FailureClass.SERVICE
    assert [s.template for s in seen if isinstance(s, TemplateSeen)] == [UBUNTU]
    assert rig.azure.count("GET", RHEL) == 0


@pytest.mark.parametrize("torn", [None, {}, {"id": "?"}, {**a_template("rhel"), "location": 7}])
async def test_nothing_is_gone_by_a_list_with_an_entry_that_cannot_be_understood(rig: Rig, torn: object) -> None:
    known = await known_of(rig, a_template("ubuntu"), a_template("rhel"))
    lists(rig, a_template("ubuntu"), torn)
    (polled,) = await poll(rig, known)

    assert cls_of(polled) is FailureClass.AMBIGUOUS


async def test_a_resource_group_that_is_not_there_is_a_failed_poll(rig: Rig) -> None:
    known = await known_of(rig, a_template("ubuntu"))
    rig.azure.on(LIST, says(404, {"error": {"code": "ResourceGroupNotFound", "message": "no group"}}))
    (polled,) = await poll(rig, known)

    assert cls_of(polled) is FailureClass.CUSTOMER


async def test_one_failing_list_does_not_hide_the_others(rig: Rig) -> None:
    other = TemplateId(UBUNTU.replace("images-weu", "images-neu"))
    lists(rig, a_template("ubuntu"))
    found = await Templates(rig.arm, now).poll({UBUNTU, other}, {})

    assert [cls_of(p) for p in found if isinstance(p, Polled)] == [FailureClass.CUSTOMER, FailureClass.OK]


def in_group(number: int) -> TemplateId:
    return TemplateId(UBUNTU.replace("images-weu", f"group-{number}"))


def test_a_few_resource_groups_are_listed_one_by_one() -> None:
    scopes = scopes_of([in_group(number) for number in range(8)])
    assert list(scopes) == [f"/subscriptions/{SUBSCRIPTION}/resourcegroups/group-{number}" for number in range(8)]


def test_many_resource_groups_are_listed_with_their_subscription() -> None:
    watched = [in_group(number) for number in range(9)]
    assert scopes_of(watched) == {f"/subscriptions/{SUBSCRIPTION}": frozenset(watched)}


def test_what_has_no_resource_group_cannot_be_watched() -> None:
    with pytest.raises(ValueError, match="is not the resource id of an image template"):
        scopes_of([TemplateId("/subscriptions/x/providers/y")])


async def test_nothing_watched_asks_for_nothing(rig: Rig) -> None:
    assert await Templates(rig.arm, now).poll([], {}) == ()
    assert rig.azure.asked == []


async def test_one_template_is_read_as_a_list_shows_it(rig: Rig) -> None:
    known = await known_of(rig, a_template("ubuntu", a_run()))
    rig.azure.on(UBUNTU, says(200, a_template("ubuntu", a_run())))

    assert await Templates(rig.arm, now).read(UBUNTU) == known[UBUNTU]


@pytest.mark.parametrize("body", [{}, {"value": []}, a_template("rhel"), {**a_template(), "properties": None}])
async def test_an_answer_that_is_not_the_template_is_bad(rig: Rig, body: Any) -> None:
    rig.azure.on(UBUNTU, says(200, body))
    answer = await Templates(rig.arm, now).read(UBUNTU)

    assert isinstance(answer, Bad)
    assert (answer.status, answer.diagnosis.cls) == (200, FailureClass.AMBIGUOUS)


async def test_a_run_is_one_post_to_the_templates_run(rig: Rig) -> None:
    rig.azure.on(f"{UBUNTU}/run", says(202), method="POST")
    answer = await Templates(rig.arm, now).run(UBUNTU)

    assert isinstance(answer, Good)
    assert answer.ids.request == "8c1e"
    assert rig.azure.asked == [("POST", f"{UBUNTU}/run?api-version=2025-10-01")]


async def test_outputs_are_the_artifacts_of_all_pages(rig: Rig) -> None:
    first, second = ({"properties": {"artifactId": f"/Images/{number}"}} for number in (1, 2))
    rig.azure.on(f"{UBUNTU}/runOutputs", says(200, {"value": [first], "nextLink": "/next"}))
    rig.azure.on("/next", says(200, {"value": [second]}))

    assert await Templates(rig.arm, now).outputs(UBUNTU) == ("/Images/1", "/Images/2")


async def test_outputs_that_cannot_be_read_are_bad(rig: Rig) -> None:
    answer = await Templates(rig.arm, now).outputs(UBUNTU)

    assert isinstance(answer, Bad)
    assert answer.status == 404
