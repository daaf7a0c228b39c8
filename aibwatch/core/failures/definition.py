"""The template says something that cannot be, or names something that is not there."""

from aibwatch.core.failures.origins import (
    CONCLUDED,
    RELEASE_NOTES,
    TEMPLATE_REFERENCE,
    TROUBLESHOOTING,
    VIRTUAL_DESKTOP,
    samples,
)
from aibwatch.core.failures.row import Row, words
from aibwatch.core.model import FailureClass

DEFINITION = (
    Row(
        name="no-update",
        cls=FailureClass.CUSTOMER,
        text=words(
            "Update/Upgrade of image templates is currently not supported",
            "Deleting a distribution target is not allowed",
        ),
        cause="a template that exists cannot be changed in this way",
        advice="delete it and create it anew, or name every target that it has",
        source=TROUBLESHOOTING,
        example="Update/Upgrade of image templates is currently not supported",
    ),
    Row(
        name="unknown-field",
        cls=FailureClass.CUSTOMER,
        text=words("Unmarshalling entity encountered error", r"\bunknown field\b"),
        cause="the template has a field that this api-version does not know; since 2024-02-01 their case matters",
        advice="write the field as the reference does, and create the template anew",
        source=RELEASE_NOTES,
        example="Unmarshalling entity encountered error: unknown field",
    ),
    Row(
        name="generation",
        cls=FailureClass.CUSTOMER,
        text=words("Hyper-?V Version validation"),
        cause="source and target are of different VM generations",
        advice="take a source or an image definition of the same generation",
        source=VIRTUAL_DESKTOP,
        example="Validation failed: Error with Hyper-V Version validation",
    ),
    Row(
        name="bad-template",
        cls=FailureClass.CUSTOMER,
        text=words("Validation failed", r"'ImageTemplate[^']{0,100}': ?(Missing field|Field)", "Missing field"),
        cause="the template's definition is wrong or not complete",
        advice="correct the field that the message names, and create the template anew",
        source=f"{TROUBLESHOOTING}; {samples(39)}",
        example="'ImageTemplate.properties.distribute[0]': Missing field runOutputName",
    ),
    Row(
        name="staging-group-in-use",
        cls=FailureClass.CUSTOMER,
        text=words(r"staging resource group.{0,120}?(must be empty|not empty|already (in use|used))"),
        cause="the staging resource group is not empty, or another template has it",
        advice="give each template an empty group of its own in its region, or name none",
        source=f"{TEMPLATE_REFERENCE}; the wording is {CONCLUDED}",
        example="The staging resource group 'g' must be empty",
    ),
    Row(
        name="file-missing",
        cls=FailureClass.CUSTOMER,
        text=words("Downloading external file", "Error downloading", "Please check the file exists"),
        cause="a script or file of yours could not be fetched",
        advice="check its address and that the template's identity may read it; if its storage is down, many fail",
        source=f"{TROUBLESHOOTING}; {VIRTUAL_DESKTOP}",
        example="Error downloading 'setup.sh' to 'x.0.customizer.fp'",
    ),
    Row(
        name="source-unreadable",
        cls=FailureClass.CUSTOMER,
        text=words(
            r"Build \((Shared Image Version|Managed Image)\) step failed",
            r"GalleryImageVersionsClient#Get.{0,120}?StatusCode=404",
        ),
        cause="the source image is not there, is not replicated to the template's region, or may not be read",
        advice="check the source image version, its target regions and the identity's role there",
        source=TROUBLESHOOTING,
        example="Build (Managed Image) step failed: Error getting Managed Image 'm'",
    ),
)
