"""Say whether a template can be deployed to a region at all, before anything is looked into.

Rules: a group's geographies bind whoever deploys for it; Azure is asked where Image Builder is offered, and our own
table only where it does not say. This module does not know what is deployed.
"""

from aibwatch.core.model import Region
from aibwatch.core.policy import GroupSpec
from aibwatch.core.regions.allowed import Within, allowed
from aibwatch.core.regions.known import AS_OF, KNOWN
from aibwatch.sources.answer import Bad
from aibwatch.sources.arm import Arm
from aibwatch.sources.offers import Offers

IMAGE_BUILDER, TEMPLATES = "Microsoft.VirtualMachineImages", "imagetemplates"


class RefusedError(Exception):
    """A template cannot be deployed like that; the message says why and what to do."""

    def __init__(self, message: str, permission: str = "", *, unreachable: bool = False) -> None:
        super().__init__(message)
        self.permission = permission
        """The action that is missing, where that is why."""
        self.unreachable = unreachable


async def notes_on(arm: Arm, to: Region, spec: GroupSpec | None, *, home: Region, subscription: str) -> list[str]:
    """Return what is to be told of the region. `spec` is the group that is deployed for, None for none.

    Raises:
        RefusedError: for a region that no template of the group can be in.
    """
    standing = allowed(to, spec.allowed_geographies if spec else ())
    if spec and standing.within is not Within.INSIDE:
        raise RefusedError(f"{spec.name}: {standing.why} (allowed_geographies)")
    offered = await Offers(arm).of(subscription, IMAGE_BUILDER)
    asked = frozenset() if isinstance(offered, Bad) else offered.regions.get(TEMPLATES, frozenset())
    if to not in (asked or KNOWN.building):
        raise RefusedError(f"Image Builder is not offered in {to}; see where it is: aibwatch regions {home}")
    return [] if asked else [f"Azure did not say where Image Builder is offered; by our table of {AS_OF} it is there"]
