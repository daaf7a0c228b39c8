"""Look at the secondary itself: is it there, provisioned, where it should and may be?"""

from aibwatch.core.model import template_name
from aibwatch.core.readiness.said import Said, not_ready, ready, unread
from aibwatch.core.readiness.survey import ABSENT, Survey, Unread
from aibwatch.core.regions.allowed import Within, allowed


def exists(survey: Survey) -> Said:
    """Ask whether Azure knows the secondary."""
    name = template_name(survey.secondary)
    if isinstance(survey.secondary_body, Unread):
        return unread(f"template {name}", survey.secondary_body)
    if survey.secondary_body is ABSENT or survey.seen is None:
        deploy = f"deploy it (aibwatch replicate {survey.group} --to REGION) or remove the member"
        return not_ready(f"Azure has no template {name}; {deploy}")
    return ready(f"template {name} is there")


def provisioned(survey: Survey) -> Said | None:
    """Ask whether the service took the secondary's definition."""
    if survey.seen is None:
        return None
    state = survey.seen.provisioning
    if state == "succeeded":
        return ready("it is provisioned")
    remedy = "wait for it" if state in {"creating", "updating"} else "see its provisioningError, and deploy it anew"
    return not_ready(f"it cannot be run: its provisioningState is {state or 'missing'}; {remedy}")


def region(survey: Survey) -> Said | None:
    """Ask whether the secondary is where the configuration says, and elsewhere than the primary."""
    if survey.seen is None:
        return None
    here = survey.seen.region
    if survey.primary_region is None:
        return unread(
            "the primary's region", Unread(why="it was never seen, so it is not known whether this is another")
        )
    if here == survey.primary_region:
        return not_ready(f"it is in {here}, the region of the primary; a secondary must be elsewhere")
    if survey.wanted_region is not None and here != survey.wanted_region:
        return not_ready(f"it is in {here}, and {survey.wanted_region} is configured; correct one of the two")
    return ready(f"it is in {here}")


def geography(survey: Survey) -> Said | None:
    """Ask whether images may be built where the secondary is."""
    if survey.seen is None or not survey.allowed_geographies:
        return None
    standing = allowed(survey.seen.region, survey.allowed_geographies)
    if standing.within is Within.INSIDE:
        return ready(standing.why)
    return not_ready(f"{standing.why}; choose another secondary or change allowed_geographies")
