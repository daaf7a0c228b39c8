"""Registrations of resource providers."""

from aibwatch.core.readiness.survey import Unread
from aibwatch.sources.survey.providers import registrations
from tests.sources.support import SUBSCRIPTION, Rig, a_thrift, says

PATH = f"/subscriptions/{SUBSCRIPTION}/providers"
ONE, TWO = "microsoft.compute", "microsoft.storage"


async def test_each_provider_is_asked_for_once(rig: Rig) -> None:
    rig.azure.on(f"{PATH}/{ONE}", says(200, {"namespace": "Microsoft.Compute", "registrationState": "Registered"}))
    rig.azure.on(f"{PATH}/{TWO}", says(200, {"registrationState": "NotRegistered"}))
    round_ = a_thrift(rig)
    found = [await registrations(round_, SUBSCRIPTION, (ONE, TWO)) for _ in range(2)]
    assert found == [{ONE: "Registered", TWO: "NotRegistered"}] * 2
    assert len(rig.azure.asked) == 2


async def test_one_provider_that_cannot_be_read_leaves_all_of_them_open(rig: Rig) -> None:
    rig.azure.on(f"{PATH}/{ONE}", says(200, {"registrationState": "Registered"}))
    rig.azure.on(f"{PATH}/{TWO}", says(403, {"error": {"code": "AuthorizationFailed", "message": "no"}}))
    found = await registrations(a_thrift(rig), SUBSCRIPTION, (ONE, TWO))
    assert isinstance(found, Unread)
    assert found.permission == "Microsoft.Resources/subscriptions/providers/read"


async def test_an_answer_without_a_state_is_none(rig: Rig) -> None:
    rig.azure.on(f"{PATH}/{ONE}", says(200, {"registrationState": 7}))
    why = "the answer does not say whether microsoft.compute is registered"
    assert await registrations(a_thrift(rig), SUBSCRIPTION, (ONE,)) == Unread(why=why)
