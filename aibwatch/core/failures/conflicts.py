"""Answers that only say: not now, the template is busy. They are no failures, and come first for that reason."""

from aibwatch.core.failures.origins import RECORDED_RUNS, TROUBLESHOOTING, issue, samples
from aibwatch.core.failures.row import Row, words
from aibwatch.core.model import FailureClass

CONFLICTS = (
    Row(
        name="already-running",
        cls=FailureClass.EXPECTED,
        # Neither code nor status is enough: an exceeded quota is OperationNotAllowed too, and the status was 405.
        text=words(r"is not allowed in provisioning ?state"),
        cause="the template is being created, run, cancelled or deleted at this moment",
        advice="wait for what is under way; ask again when it has ended",
        source=f"{samples(38, 48, 79, 116)}; {issue('Azure/azvmimagebuilder', 65)}; recorded: cancel while cancelling",
        example="Operation 'run' is not allowed in provisioningState: 'provisioned', runState: 'running'",
    ),
    Row(
        name="cancelled",
        cls=FailureClass.EXPECTED,
        of_run=True,
        text=words("Cancell?ing image build", "The (build|operation) was cancell?ed"),
        cause="somebody, or the time limit of a pipeline, cancelled the run",
        advice="nothing; run it again if it was not meant, and raise the pipeline's time limit if that was it",
        source=f"{RECORDED_RUNS}; {TROUBLESHOOTING}",
        example="The build was canceled",
    ),
)
