"""Check where this observer itself is: in a region that it watches, it goes down together with what it should save."""

from collections.abc import Iterator, Mapping

from aibwatch.app.doctor.bench import Bench, few
from aibwatch.core.checkup import Checked, fail, warn, well
from aibwatch.core.model import Mode, Region, TemplateId
from aibwatch.core.observation import TemplateSeen
from aibwatch.core.policy import GroupSpec
from aibwatch.sources.machine import Elsewhere, whereabouts

UNKNOWN_REMEDY = "see to it that it runs in no region of its groups, nor behind a way that leads through one"


async def check_observer(bench: Bench, seen: Mapping[TemplateId, TemplateSeen]) -> list[Checked]:
    """Return where this machine is, and which groups it would go down with."""
    here = await whereabouts(bench.environment)
    if isinstance(here, Elsewhere):
        return [warn("observer", f"it is not known in which region this machine is: {here.why}", UNKNOWN_REMEDY)]
    told = [ill for spec in bench.setup.groups.values() for ill in _with(spec, here, seen)]
    return few(told) or [well("observer", f"this machine is in {here}, where no member of a group is")]


def _with(spec: GroupSpec, here: Region, seen: Mapping[TemplateId, TemplateSeen]) -> Iterator[Checked]:
    """Return how a group is endangered. Both counts: a configured region, and the one that Azure shows."""
    for template in spec.members:
        shown = seen.get(template)
        if here not in {spec.regions.get(template), shown.region if shown else None}:
            continue
        role = "primary" if template == spec.primary else "secondary"
        why = "would go down with it" if role == "primary" else "could not see it fail"
        said = f"this machine is in {here}, the region of the {role} of {spec.name} ({spec.policy.mode}): it {why}"
        remedy = "run aibwatch in a third region"
        if spec.policy.mode is Mode.AUTO:
            yield fail("observer", said, f"{remedy}; until then set its mode to approve")
        else:
            yield warn("observer", said, remedy)
        return
