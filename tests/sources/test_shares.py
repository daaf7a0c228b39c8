"""What templates have in common."""

from typing import Any

import pytest

from aibwatch.sources.shares import MOST, shares_of

from .support import GROUP, a_template

GALLERY = f"{GROUP}/providers/Microsoft.Compute/galleries/Golden"
IDENTITY = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/Builder"


@pytest.mark.parametrize(
    ("properties", "named"),
    [
        ({"customize": [{"scriptUri": "https://Store/Harden.sh?sv=1&sig=SECRET"}]}, {"script:https://store/harden.sh"}),
        ({"customize": [{"scriptUri": "https://me:SECRET@store/a#b"}]}, {"script:https://store/a"}),
        ({"customize": [{"scriptUri": "local.sh?sig=SECRET"}]}, {"script:local.sh"}),
        ({"customize": [{"sourceUri": "https://store/file"}]}, {"script:https://store/file"}),
        ({"customize": [{"inline": ["echo hi", "exit"]}]}, {"script:inline-d199182da1345ad0"}),
        ({"customize": [{"inline": []}]}, set()),
        ({"validate": {"inVMValidations": [{"scriptUri": "https://store/a"}]}}, {"script:https://store/a"}),
        ({"vmProfile": {"vnetConfig": {"subnetId": "/A/B"}}}, {"subnet:/a/b"}),
        ({"vmProfile": {"vnetConfig": {"containerInstanceSubnetId": "/A/C/"}}}, {"subnet:/a/c"}),
        ({"vmProfile": {"userAssignedIdentities": ["/I/1"]}}, {"identity:/i/1"}),
        ({"source": {"type": "ManagedImage", "imageId": "/Images/One"}}, {"source:/images/one"}),
        (
            {"source": {"imageVersionId": f"{GALLERY}/images/Base/versions/1.2.3"}},
            {f"source:{GALLERY.lower()}/images/base"},
        ),
        ({"source": {"type": "PlatformImage", "publisher": "Canonical", "offer": "o", "sku": "s"}}, set()),
        (
            {"distribute": [{"type": "SharedImage", "galleryImageId": f"{GALLERY}/images/Base/versions/1.0.0"}]},
            {f"gallery:{GALLERY.lower()}"},
        ),
        ({"distribute": [{"type": "VHD"}]}, set()),
    ],
)
def test_things_are_named_by_kind_without_version_secret_or_letter_case(
    properties: dict[str, Any], named: set[str]
) -> None:
    assert shares_of(a_template(**properties)) == named


def test_the_identities_of_a_template_are_the_keys_of_a_table() -> None:
    template = {**a_template(), "identity": {"type": "UserAssigned", "userAssignedIdentities": {IDENTITY: {}}}}
    assert shares_of(template) == {f"identity:{IDENTITY.lower()}"}


def test_a_template_names_no_more_than_a_hundred_things() -> None:
    scripts = [{"scriptUri": f"https://store/{number}"} for number in range(1000)]
    assert len(shares_of(a_template(customize=scripts))) == MOST
