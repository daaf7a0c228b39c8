"""Name where the rows of the table come from, so that a reader can look for himself.

Beside a recording, a document or an issue there is nothing that a row may rest on; what was merely concluded says so.
"""

_LEARN = "learn.microsoft.com/azure"

TROUBLESHOOTING = f"Microsoft's troubleshooting article ({_LEARN}/virtual-machines/linux/image-builder-troubleshoot)"
TEMPLATE_REFERENCE = f"Microsoft's template reference ({_LEARN}/virtual-machines/linux/image-builder-json)"
RELEASE_NOTES = f"Microsoft's API release notes ({_LEARN}/virtual-machines/image-builder-api-update-release-notes)"
RELIABILITY = f"Microsoft's reliability article ({_LEARN}/reliability/reliability-image-builder)"
DEPLOYMENT_ERRORS = (
    f"Microsoft's list of deployment errors ({_LEARN}/azure-resource-manager/troubleshooting/common-deployment-errors)"
)
VIRTUAL_DESKTOP = (
    f"Microsoft's article on custom image templates ({_LEARN}/virtual-desktop/troubleshoot-custom-image-templates)"
)
CONTAINER_INSTANCES = (
    f"Microsoft's article on container instances ({_LEARN}/container-instances/container-instances-troubleshooting)"
)
SDK = "the enumeration ProvisioningErrorCode of azure-mgmt-imagebuilder 2.0"
RECORDED = "recorded answers of Azure Resource Manager"
RECORDED_RUNS = "recorded runs and creations of templates"
CONCLUDED = "concluded from how the parts work together; no recording, no document"


def samples(*issues: int) -> str:
    """Return where in the service's first samples repository something was reported."""
    return f"github.com/danielsollondon/azvmimagebuilder, {_issues(*issues)}"


def issue(repository: str, *issues: int) -> str:
    """Return where in a repository something was reported."""
    return f"github.com/{repository}, {_issues(*issues)}"


def _issues(*issues: int) -> str:
    numbers = ", ".join(map(str, issues))
    return f"issue {numbers}" if len(issues) == 1 else f"issues {numbers}"
