"""Availability of what the operator named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aibwatch.core.model import WELL, FailureClass, Region
from aibwatch.core.observation import DependencySeen, Observation, Polled, Source
from aibwatch.sources.parse_availability import made_by_customer, state_of
from aibwatch.sources.resource_health import ResourceHealth

from .support import GROUP, NOW, Rig, Script, now, says

HERE = Region("westeurope")
STORE = f"{GROUP}/providers/microsoft.storage/storageaccounts/scripts"
PATH = f"{STORE}/providers/Microsoft.ResourceHealth/availabilityStatuses/current"
POLLED = Polled(at=NOW, source=Source.RESOURCE_HEALTH, subject=STORE, diagnosis=WELL)


async def poll(rig: Rig, script: Script) -> tuple[Observation, ...]:
    rig.azure.on(PATH, script)
    return await ResourceHealth(rig.arm, now).poll(HERE, f"{STORE.upper()}/")


def status(state: object, **more: object) -> dict[str, object]:
    return {"name": "current", "properties": {"availabilityState": state, "reasonType": "", **more}}


def seen(state: str, *, customer_made: bool = False) -> DependencySeen:
    return DependencySeen(at=NOW, region=HERE, resource=STORE, state=state, customer_made=customer_made)


@pytest.mark.parametrize(
    ("said", "state"),
    [("Available", "available"), ("UNAVAILABLE", "unavailable"), ("Degraded", "degraded"), ("Haunted", "unknown")],
)
async def test_the_state_is_told_in_lower_case(rig: Rig, said: str, state: str) -> None:
    assert await poll(rig, says(200, status(said))) == (POLLED, seen(state))


@pytest.mark.parametrize(
    "more",
    [{"context": "Customer Initiated"}, {"reasonType": "UserInitiated"}, {"reasonType": "Customer Initiated"}],
)
async def test_what_the_customer_did_himself_is_marked(rig: Rig, more: dict[str, object]) -> None:
    assert (await poll(rig, says(200, status("Unavailable", **more))))[1] == seen("unavailable", customer_made=True)


async def test_what_the_platform_did_is_not(rig: Rig) -> None:
    body = status("Unavailable", context="Platform Initiated", reasonType="Unplanned")
    assert (await poll(rig, says(200, body)))[1] == seen("unavailable")


async def test_a_type_that_resource_health_does_not_know_is_unsupported_and_never_healthy(rig: Rig) -> None:
    refusal = {"error": {"code": "UnsupportedResourceType", "message": "Resource type is not supported."}}
    assert await poll(rig, says(422, refusal)) == (POLLED, seen("unsupported"))


@pytest.mark.parametrize(
    ("script", "cls"),
    [
        pytest.param(says(404, {"error": {"code": "ResourceNotFound"}}), FailureClass.CUSTOMER, id="404"),
        pytest.param(says(422, azure=False), FailureClass.NETWORK, id="422 of a proxy"),
        pytest.param(says(200, {}), FailureClass.AMBIGUOUS, id="no state"),
        pytest.param(says(409, {"code": "MissingSubscriptionRegistration"}), FailureClass.CUSTOMER, id="409"),
    ],
)
async def test_a_failing_poll_says_nothing_of_the_resource(rig: Rig, script: Script, cls: FailureClass) -> None:
    (polled,) = await poll(rig, script)

    assert isinstance(polled, Polled)
    assert polled.diagnosis.cls is cls


LEAVES = st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text(), max_size=2)
KEYS = st.sampled_from(["availabilityState", "reasonType", "context", "category"])


@given(st.dictionaries(st.just("properties"), LEAVES | st.dictionaries(KEYS, LEAVES)))
def test_json_of_any_shape_raises_nothing(body: dict[str, object]) -> None:
    state_of(body)
    made_by_customer(body)
