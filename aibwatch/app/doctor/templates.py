"""Check that members and canaries are there, can be run, and are in the regions in which they have to be."""

from collections.abc import Iterator

from aibwatch.app.doctor.bench import Reached, few
from aibwatch.app.doctor.permissions import words
from aibwatch.core.checkup import Cause, Checked, fail, warn, well
from aibwatch.core.model import FailureClass, TemplateId, template_name
from aibwatch.core.observation import TemplateSeen
from aibwatch.core.policy import GroupSpec
from aibwatch.core.regions.allowed import Within, allowed
from aibwatch.core.sentences import count


async def check_templates(reached: Reached) -> list[Checked]:
    """Return what is wrong with members, and how many groups have none of it."""
    told = [*_lists(reached)]
    groups = reached.bench.setup.groups.values()
    found = {spec.name: [*_group(reached, spec)] for spec in groups}
    for ills in found.values():
        told += ills
    good = sum(not ills for ills in found.values())
    told = few(told)
    if not found:
        return [warn("members", "no group is configured, so nothing is watched", "write a [[group]]")]
    if good:
        of = count(len(found), "group")
        told.append(well("members", f"in {good} of {of} every member is there, and the secondaries are elsewhere"))
    return told


async def check_canaries(reached: Reached) -> list[Checked]:
    """Return whether every canary is there and speaks for its region."""
    canaries = reached.bench.setup.canaries
    if not canaries:
        return [well("canary", "none is configured: an outage is then harder to tell from a mistake of your own")]
    told: list[Checked] = []
    for region, spec in canaries.items():
        name, seen = template_name(spec.template), reached.seen.get(spec.template)
        if seen is None:
            told += _absent(reached, "canary", spec.template, f"the canary {name} of {region}")
        elif seen.region != region:
            said = f"the canary {name} is in {seen.region} and not in {region}, so it is never run"
            told.append(fail("canary", said, "correct its region or its template in the configuration"))
        else:
            told.append(_runnable(seen, "canary") or well("canary", f"{name} is there, in {region}"))
    return few(told)


def _lists(reached: Reached) -> Iterator[Checked]:
    for scope, failure in reached.unlisted.items():
        refused = failure.cls is FailureClass.AUTH
        said = f"the templates of {words(scope)} were not listed: {failure.summary}"
        remedy = 'assign the role "aibwatch watch" there (deploy/azure)' if refused else "try again in a few minutes"
        yield fail("members", said, remedy, Cause.NOT_PERMITTED if refused else Cause.UNREACHABLE)


def _group(reached: Reached, spec: GroupSpec) -> Iterator[Checked]:
    home = reached.seen.get(spec.primary)
    for template in spec.members:
        seen, name = reached.seen.get(template), f"{template_name(template)} of {spec.name}"
        if seen is None:
            yield from _absent(reached, "members", template, name)
            continue
        if ill := _runnable(seen, "members"):
            yield ill
        if template != spec.primary:
            yield from _elsewhere(spec, seen, home)
        wanted = spec.regions.get(template, seen.region)
        if seen.region != wanted:
            said = f"{name} is in {seen.region}, and by the configuration it should be in {wanted}"
            yield fail("members", said, "correct whichever is wrong; nothing is moved there")


def _elsewhere(spec: GroupSpec, seen: TemplateSeen, home: TemplateSeen | None) -> Iterator[Checked]:
    name = f"{template_name(seen.template)} of {spec.name}"
    if home is not None and seen.region == home.region:
        said = f"{name} is in {seen.region}, the primary's region; it fails together with it"
        yield fail("members", said, f"deploy one elsewhere: aibwatch regions {seen.region}")
    standing = allowed(seen.region, spec.allowed_geographies)
    if standing.within is not Within.INSIDE:
        yield fail("members", f"{name}: {standing.why}", "deploy it inside, or change allowed_geographies")


def _runnable(seen: TemplateSeen, subject: str) -> Checked | None:
    """Return why the template cannot be run; None if it can."""
    if seen.provisioning == "succeeded":
        return None
    said = f"{template_name(seen.template)} cannot be run: its provisioningState is {seen.provisioning}"
    return fail(subject, said, "see its provisioningError in the portal, and deploy it anew")


def _absent(reached: Reached, subject: str, template: TemplateId, name: str) -> Iterator[Checked]:
    """Say that a template is not listed; where its list did not come that is told already."""
    if not any(template.startswith(f"{scope}/") for scope in reached.unlisted):
        said = f"{name} is not listed by Azure: it is not there, or may not be read"
        yield fail(subject, said, "compare its id in the configuration with the one in Azure, or deploy it")
