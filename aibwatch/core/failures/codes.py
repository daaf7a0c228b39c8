"""Codes of `provisioningError`: why a template could not be created.

Two of the enumeration are not here. ServerError was recorded for a deleted identity too, so the text goes first (see
provider.py). Other means nothing by itself; a recorded one was a missing permission, which its text says.
"""

from aibwatch.core.failures.origins import RECORDED_RUNS, SDK
from aibwatch.core.failures.row import Row, names
from aibwatch.core.model import FailureClass

CODES = (
    Row(
        name="source-missing",
        cls=FailureClass.CUSTOMER,
        text=names("BadSourceType", "BadPIRSource", "BadManagedImageSource", "BadSharedImageVersionSource"),
        cause="the source image is not there, not in this region, not readable for the identity, or named wrongly",
        advice="check the source image version, its replication and its purchase plan",
        source=f"{SDK}; {RECORDED_RUNS}",
        example="BadPIRSource",
    ),
    Row(
        name="bad-step",
        cls=FailureClass.CUSTOMER,
        text=names(
            "BadCustomizerType",
            "UnsupportedCustomizerType",
            "NoCustomizerScript",
            "BadValidatorType",
            "UnsupportedValidatorType",
            "NoValidatorScript",
        ),
        cause="a customizer or validator of the template is of no known type, or its script is not there",
        advice="correct the step, check its script's address, and create the template anew",
        source=f"{SDK}; {RECORDED_RUNS}",
        example="NoCustomizerScript",
    ),
    Row(
        name="bad-target",
        cls=FailureClass.CUSTOMER,
        text=names("BadDistributeType", "BadSharedImageDistribute"),
        cause="a target of the template is wrong, or its identity may not write there",
        advice="check the gallery image definition that it names, and the identity's role there",
        source=f"{SDK}; {RECORDED_RUNS}",
        example="BadSharedImageDistribute",
    ),
    Row(
        name="bad-staging-group",
        cls=FailureClass.CUSTOMER,
        text=names("BadStagingResourceGroup"),
        cause="the staging resource group that the template names cannot be used",
        advice="name an empty group in the template's region that nothing else uses, or name none",
        source=SDK,
        example="BadStagingResourceGroup",
    ),
)
