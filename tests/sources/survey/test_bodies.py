"""The JSON of templates."""

from aibwatch.core.model import Region, TemplateId
from aibwatch.core.readiness.survey import ABSENT, Unread
from aibwatch.sources.survey.bodies import FEW, Bodies
from tests.sources.support import GROUP, RHEL, TYPE, UBUNTU, Rig, a_graph, a_template, a_thrift, says

LIST = f"{GROUP}{TYPE}"
NO = {"error": {"code": "InternalError", "message": "no"}}


MORE = tuple(TemplateId(f"{LIST.lower()}/more-{number}") for number in range(FEW))


def bodies(rig: Rig, *templates: TemplateId) -> Bodies:
    return Bodies(a_thrift(rig), a_graph(rig), templates or (UBUNTU, RHEL, *MORE))


async def test_templates_come_of_one_list(rig: Rig) -> None:
    rig.azure.on(LIST, says(200, {"value": [a_template("ubuntu"), a_template("rhel"), a_template("stranger"), 7]}))
    source = bodies(rig)
    assert [await source.of(UBUNTU), await source.of(RHEL)] == [a_template("ubuntu"), a_template("rhel")]
    assert len(rig.azure.asked) == 1


async def test_a_few_templates_are_read_one_by_one(rig: Rig) -> None:
    rig.azure.on(UBUNTU, says(200, a_template("ubuntu")))
    assert await bodies(rig, UBUNTU, *MORE[1:]).of(UBUNTU) == a_template("ubuntu")
    assert [path.partition("?")[0] for _, path in rig.azure.asked] == [UBUNTU]


async def test_what_is_not_on_the_list_is_read_by_itself_and_only_then_absent(rig: Rig) -> None:
    rig.azure.on(LIST, says(200, {"value": []}))
    rig.azure.on(UBUNTU, says(200, a_template("ubuntu")))
    source = bodies(rig)
    assert [await source.of(UBUNTU), await source.of(RHEL)] == [a_template("ubuntu"), ABSENT]
    assert [seen.operation for seen in rig.seen] == ["survey_templates", "survey_template", "survey_template"]


async def test_where_the_list_fails_each_template_is_read(rig: Rig) -> None:
    rig.azure.on(LIST, says(500, NO))
    rig.azure.on(UBUNTU, says(200, a_template("ubuntu")))
    rig.azure.on(RHEL, says(500, NO))
    source = bodies(rig)
    assert [await source.of(UBUNTU), await source.of(RHEL)] == [
        a_template("ubuntu"),
        Unread(why="500 InternalError: no"),
    ]


async def test_a_region_that_does_not_answer_is_given_up_without_the_other(rig: Rig) -> None:
    ids = [TemplateId(f"{LIST.lower()}/{number}") for number in range(6)]
    regions = {template: Region("westeurope") for template in ids[:5]}
    rig.azure.on(LIST, says(500, NO))
    for template in ids:
        rig.azure.on(template, says(500, NO))
    source = Bodies(a_thrift(rig), a_graph(rig), ids, regions)
    for template in ids:
        await source.of(template)
    assert [rig.azure.count("GET", template) for template in ids] == [1, 1, 1, 0, 0, 1]


async def test_another_template_than_asked_for_is_not_taken(rig: Rig) -> None:
    rig.azure.on(UBUNTU, says(200, a_template("rhel")))
    why = "the answer is not the image template that was asked for"
    assert await bodies(rig).of(UBUNTU) == Unread(why=why)


async def test_what_is_no_id_of_a_template_is_not_asked_for(rig: Rig) -> None:
    odd = TemplateId("/subscriptions/1/odd")
    found = await bodies(rig, odd, UBUNTU).of(odd)
    assert found == Unread(why='"/subscriptions/1/odd" is not the id of an image template that this round is about')
    assert rig.azure.asked == []
