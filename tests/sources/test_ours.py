"""Our requests are known by their ids."""

from uuid import UUID, uuid1, uuid4

import pytest

from aibwatch.sources.arm import Api
from aibwatch.sources.ours import is_ours, new_id

from .support import Rig, says


def test_an_id_of_ours_is_a_guid_and_known_again() -> None:
    made = new_id()
    assert str(UUID(made)) == made
    assert is_ours(made)
    assert is_ours(f" {made.upper()} ")


def test_no_two_ids_are_alike() -> None:
    assert len({new_id() for _ in range(1000)}) == 1000


@pytest.mark.parametrize("stranger", ["", "616962776174", str(uuid1()), str(uuid4()), "aibwatch"])
def test_an_id_of_others_is_not_ours(stranger: str) -> None:
    assert not is_ours(stranger)


async def test_every_request_has_an_id_of_ours(rig: Rig) -> None:
    rig.azure.on("/subscriptions/x/run", says(202), method="POST")
    rig.azure.on("/subscriptions/x", says(200, {}))
    for api in Api:
        await rig.arm.get("/subscriptions/x", api=api, operation="x")
    await rig.arm.post("/subscriptions/x/run", api=Api.IMAGE_BUILDER, operation="x")
    ids = [seen.ids.client for seen in rig.seen]
    assert (len(set(ids)), all(map(is_ours, ids))) == (len(Api) + 1, True)
