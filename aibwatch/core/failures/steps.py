"""The build VM was there, and what ran on it broke: texts of customization.log, and the phase in which it happened.

Note [When the phase decides]: a text that names its reason is believed in any phase. One that names none ("Packer
build command has failed", a generic internal error) is the customer's where a step of his was running: by then the
service had made a VM, reached it and started the step.
"""

from aibwatch.core.failures.origins import CONCLUDED, TROUBLESHOOTING, issue
from aibwatch.core.failures.row import Row, words
from aibwatch.core.model import FailureClass, RunPhase

STEPS = (
    Row(
        name="timeout-too-short",
        cls=FailureClass.CUSTOMER,
        text=words("client_jwt will expire within"),
        cause="the build's time limit (buildTimeoutInMinutes) is too short to begin with",
        advice="set it to 6 minutes or more, or to 0 for the default of four hours",
        source=TROUBLESHOOTING,
        example="client_jwt will expire within 5 minutes, please use a JWT that is valid for at least 5 minutes",
    ),
    Row(
        name="restart-failed",
        cls=FailureClass.CUSTOMER,
        text=words("Timeout waiting for machine to restart", "A system shutdown has already been scheduled"),
        cause="the build VM did not come back from a restart in time, or was told to restart twice",
        advice="raise restartTimeout, and leave restarting to the restart step",
        source=TROUBLESHOOTING,
        example="Timeout waiting for machine to restart.",
    ),
    Row(
        name="vm-exhausted",
        cls=FailureClass.CUSTOMER,
        text=words("errored: unexpected EOF"),
        cause="the build VM ran out of memory or disk and dropped the connection",
        advice="choose a larger VM size",
        source=TROUBLESHOOTING,
        example="Build 'azure-arm' errored: unexpected EOF",
    ),
    Row(
        name="sysprep",
        cls=FailureClass.CUSTOMER,
        text=words("IMAGE_STATE_UNDEPLOYABLE"),
        cause="Windows could not be generalized: sysprep waits for something, or races with the guest agent",
        advice="look at the sysprep logs of the VM; wait for the guest agent before sysprep",
        source=TROUBLESHOOTING,
        example="azure-arm: IMAGE_STATE_UNDEPLOYABLE",
    ),
    Row(
        name="script-failed",
        cls=FailureClass.CUSTOMER,
        text=words(r"exited with non-zero exit status: ?-?\d", r"chmod \+x"),
        cause="a script of yours ended with an error, or could not be made executable on a hardened image",
        advice="read customization.log just above this line",
        source=f"{issue('Azure/azvmimagebuilder', 2)}; {TROUBLESHOOTING}",
        example="Script exited with non-zero exit status: 1",
    ),
)

CUSTOMER_STEP = Row(
    name="customer-step",
    cls=FailureClass.CUSTOMER,
    of_run=True,
    phases=frozenset({RunPhase.CUSTOMIZING, RunPhase.VALIDATING}),
    cause="it failed inside a step of yours, on a build VM that the service had made and reached",
    advice="read customization.log (validation.log) in the staging group's storage, container packerlogs",
    source=TROUBLESHOOTING,
    example="Packer build command has failed: exit status 1",
)

DISTRIBUTING_STEP = Row(
    name="distributing-step",
    cls=FailureClass.DISTRIBUTION,
    of_run=True,
    phases=frozenset({RunPhase.DISTRIBUTING}),
    cause="the image was built, and the run failed while it was copied to its targets",
    advice="look at the run's outputs, at the gallery and at its target regions",
    source=CONCLUDED,
    example="Internal error occurred.",
)
