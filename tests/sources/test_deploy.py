"""Make and delete templates, and wait for the end."""

from datetime import timedelta
from typing import Any

import pytest

from aibwatch.core.deployment.ended import Ended, Fate
from aibwatch.sources.deploy import DELETE, SHOWS_AFTER, WRITE, Deploy

from .conftest import Open
from .support import SUBSCRIPTION, UBUNTU, Rig, Script, a_template, hangs, resets, says

OPERATION = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.VirtualMachineImages/locations/westeurope/operations/1"
BODY = {"location": "westeurope", "properties": {}}
GONE = says(404, {"error": {"code": "ResourceNotFound", "message": "gone"}})
FORBIDDEN = says(403, {"error": {"code": "AuthorizationFailed", "message": "no right to that"}})


class Pauses:
    def __init__(self) -> None:
        self.length = timedelta()

    async def __call__(self, length: timedelta) -> None:
        self.length += length


def a_deploy(rig: Rig) -> Deploy:
    return Deploy(rig.arm, Pauses())


def under_way(rig: Rig, status: int = 201) -> Script:
    return says(status, {}, Azure_AsyncOperation=f"{rig.azure.base}{OPERATION}?t=1&s=2")


def told(status: str, **more: object) -> Script:
    return says(200, {"name": "1", "status": status, **more})


def shows(state: str, **more: Any) -> Script:
    return says(200, a_template(provisioningState=state, **more))


MADE = Ended(fate=Fate.DONE, why='"ubuntu" was made')
DELETED = Ended(fate=Fate.DONE, why='"ubuntu" was deleted')


async def test_a_template_is_made_once_its_operation_has_succeeded(rig: Rig) -> None:
    rig.azure.on(UBUNTU, under_way(rig), method="PUT")
    rig.azure.on(OPERATION, told("InProgress"), says(500), told("Succeeded"))

    assert await a_deploy(rig).put(UBUNTU, BODY) == MADE
    assert [rig.azure.count("PUT", UBUNTU), rig.azure.count("GET", OPERATION)] == [1, 3]


async def test_a_template_is_deleted_once_its_operation_has_succeeded(rig: Rig) -> None:
    rig.azure.on(UBUNTU, under_way(rig, 202), method="DELETE")
    rig.azure.on(OPERATION, told("Succeeded"))

    assert await a_deploy(rig).delete(UBUNTU) == DELETED


@pytest.mark.parametrize("answer", [says(204), GONE])
async def test_a_template_that_is_not_there_is_deleted(rig: Rig, answer: Script) -> None:
    rig.azure.on(UBUNTU, answer, method="DELETE")
    rig.azure.on(UBUNTU, GONE)

    assert await a_deploy(rig).delete(UBUNTU) == DELETED


async def test_an_operation_that_failed_says_why(rig: Rig) -> None:
    rig.azure.on(UBUNTU, under_way(rig), method="PUT")
    rig.azure.on(OPERATION, told("Failed", error={"code": "Unauthorized", "message": "Not authorized\nto x"}))

    ended = await a_deploy(rig).put(UBUNTU, BODY)

    assert ended == Ended(fate=Fate.FAILED, why="Azure ended it as failed: Unauthorized: Not authorized to x")


async def test_where_operations_may_not_be_read_the_template_says_how_far_it_is(rig: Rig) -> None:
    rig.azure.on(UBUNTU, under_way(rig), method="PUT")
    rig.azure.on(OPERATION, FORBIDDEN)
    failed = shows("Failed", provisioningError={"provisioningErrorCode": "Other", "message": "no"})
    rig.azure.on(UBUNTU, shows("Creating"), failed)

    ended = await a_deploy(rig).put(UBUNTU, BODY)

    assert ended == Ended(fate=Fate.FAILED, why="Azure ended it as failed: Other: no")
    assert rig.azure.count("GET", OPERATION) == 1


@pytest.mark.parametrize("answer", [says(500), resets, hangs, says(502, b"<html>", azure=False)])
async def test_a_request_without_an_answer_may_have_made_the_template(open_rig: Open, answer: Script) -> None:
    rig = await open_rig(request_timeout=timedelta(seconds=1))
    rig.azure.on(UBUNTU, answer, method="PUT")
    rig.azure.on(UBUNTU, GONE, shows("Creating"), shows("Succeeded"))

    assert await a_deploy(rig).put(UBUNTU, BODY) == MADE
    assert rig.azure.count("PUT", UBUNTU) == 1


async def test_where_nothing_shows_after_a_request_without_an_answer_nothing_is_known(rig: Rig) -> None:
    rig.azure.on(UBUNTU, says(500, {"error": {"code": "Some", "message": "words"}}), method="PUT")
    rig.azure.on(UBUNTU, GONE)

    ended = await a_deploy(rig).put(UBUNTU, BODY)

    assert ended.fate is Fate.UNKNOWN
    assert ended.why.startswith('Azure shows no "ubuntu", and did not say what it did: 500 Some')
    assert rig.azure.count("GET", UBUNTU) == SHOWS_AFTER


async def test_a_deletion_without_an_answer_may_still_begin(rig: Rig) -> None:
    rig.azure.on(UBUNTU, says(503), method="DELETE")
    rig.azure.on(UBUNTU, shows("Succeeded"), shows("Deleting"), GONE)

    assert await a_deploy(rig).delete(UBUNTU) == DELETED


@pytest.mark.parametrize(("method", "permission"), [("PUT", WRITE), ("DELETE", DELETE)])
async def test_a_refusal_for_lack_of_rights_names_the_permission(rig: Rig, method: str, permission: str) -> None:
    rig.azure.on(UBUNTU, FORBIDDEN, method=method)
    deploy = a_deploy(rig)

    ended = await (deploy.put(UBUNTU, BODY) if method == "PUT" else deploy.delete(UBUNTU))

    assert (ended.fate, ended.permission) == (Fate.REFUSED, permission)
    assert ended.why == f'the permission {permission} is missing (role "aibwatch deploy")'


async def test_an_identity_that_may_not_be_given_is_named_by_the_refusal(rig: Rig) -> None:
    assign = "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action"
    message = f"The client has permission to perform action '{WRITE}'; however, not 'perform action '{assign}'' on it"
    rig.azure.on(UBUNTU, says(403, {"error": {"code": "LinkedAuthorizationFailed", "message": message}}), method="PUT")

    assert (await a_deploy(rig).put(UBUNTU, BODY)).permission == assign


async def test_a_template_that_is_there_already_is_refused_and_not_waited_for(rig: Rig) -> None:
    rig.azure.on(UBUNTU, says(409, {"error": {"code": "Conflict", "message": "not supported"}}), method="PUT")

    ended = await a_deploy(rig).put(UBUNTU, BODY)

    assert (ended.fate, rig.azure.count("GET", UBUNTU)) == (Fate.REFUSED, 0)


async def test_waiting_has_an_end(rig: Rig) -> None:
    rig.azure.on(UBUNTU, under_way(rig), method="PUT")
    rig.azure.on(OPERATION, told("InProgress"))

    pauses = Pauses()
    ended = await Deploy(rig.arm, pauses).put(UBUNTU, BODY)

    assert ended == Ended(fate=Fate.UNKNOWN, why='"ubuntu" is not finished after 30 minutes; look again later')
    assert timedelta(minutes=30) <= pauses.length < timedelta(minutes=31)


async def test_a_template_that_cannot_be_read_leaves_the_end_open(rig: Rig) -> None:
    rig.azure.on(UBUNTU, says(201, {}), method="PUT")
    rig.azure.on(UBUNTU, FORBIDDEN)

    assert (await a_deploy(rig).put(UBUNTU, BODY)).fate is Fate.UNKNOWN


async def test_a_deletion_whose_connection_breaks_goes_out_once(rig: Rig) -> None:
    rig.azure.on(UBUNTU, resets, method="DELETE")
    rig.azure.on(UBUNTU, GONE)

    assert await a_deploy(rig).delete(UBUNTU) == DELETED
    assert rig.azure.count("DELETE", UBUNTU) == 1
