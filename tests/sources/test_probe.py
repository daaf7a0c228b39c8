"""One GET a region."""

import pytest

from aibwatch.core.model import WELL, FailureClass, Region
from aibwatch.core.observation import Polled, Probed, Source
from aibwatch.sources.probe import Probe

from .support import NOW, UBUNTU, Rig, Script, a_template, now, resets, says

HERE = Region("westeurope")


async def probe(rig: Rig, script: Script) -> Probed:
    rig.azure.on(UBUNTU, script)
    polled, probed = await Probe(rig.arm, now).poll(HERE, UBUNTU)
    assert isinstance(probed, Probed)
    assert polled == Polled(at=NOW, source=Source.PROBE, subject="westeurope", diagnosis=probed.diagnosis)
    return probed


async def test_a_template_is_a_good_answer(rig: Rig) -> None:
    assert await probe(rig, says(200, a_template())) == Probed(at=NOW, region=HERE, diagnosis=WELL)
    assert rig.seen[0].region == "westeurope"


@pytest.mark.parametrize(
    ("script", "cls"),
    [
        pytest.param(says(404, {"error": {"code": "ResourceNotFound"}}), FailureClass.CUSTOMER, id="404"),
        pytest.param(says(500, x_ms_failure_cause="service"), FailureClass.SERVICE, id="500 service"),
        pytest.param(says(500, x_ms_failure_cause="gateway"), FailureClass.AMBIGUOUS, id="500 gateway"),
        pytest.param(says(429), FailureClass.THROTTLED, id="429"),
        pytest.param(says(502, azure=False), FailureClass.NETWORK, id="a proxy"),
        pytest.param(resets, FailureClass.NETWORK, id="reset"),
        pytest.param(says(200, {}), FailureClass.AMBIGUOUS, id="an empty object"),
        pytest.param(says(200, {"value": []}), FailureClass.AMBIGUOUS, id="a list"),
        pytest.param(says(200, a_template("rhel")), FailureClass.AMBIGUOUS, id="another template"),
        pytest.param(says(200, b"<html>"), FailureClass.AMBIGUOUS, id="a web page"),
    ],
)
async def test_every_other_answer_has_its_class(rig: Rig, script: Script, cls: FailureClass) -> None:
    assert (await probe(rig, script)).diagnosis.cls is cls


async def test_a_template_that_failed_to_be_created_is_a_good_answer_too(rig: Rig) -> None:
    assert (await probe(rig, says(200, a_template(provisioningState="Failed")))).diagnosis == WELL
