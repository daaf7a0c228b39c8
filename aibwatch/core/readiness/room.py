"""Ask whether the subscription may build in the secondary's region: machines, containers, providers."""

from collections.abc import Mapping

from aibwatch.core.readiness.said import Said, degraded, not_ready, ready, unread, worst
from aibwatch.core.readiness.survey import Absence, Quota, Size, Survey, Unread
from aibwatch.core.sentences import listing

CORES_OF_CONTAINERS = 4
"""Standard cores of container instances that the service takes for one isolated build."""

ALL_CORES = "cores"
"""The quota of a region over all families of machines."""

PROVIDERS = (
    "Microsoft.VirtualMachineImages",
    "Microsoft.Compute",
    "Microsoft.KeyVault",
    "Microsoft.Storage",
    "Microsoft.Network",
    "Microsoft.ContainerInstance",
)
"""Resource providers that the service works with in the customer's subscription."""


def machines(survey: Survey) -> Said | None:
    """Ask whether the build machine's size can be had, and as many cores as it has."""
    if survey.seen is None or survey.size is None:
        return None
    if isinstance(survey.size, Unread):
        return unread("the sizes of machines", survey.size)
    if isinstance(survey.size, Absence):
        where = f"is not offered in {survey.seen.region}"
        return not_ready(f"{survey.wanted_size} {where}{_assumed(survey)}; choose another vmSize for it")
    if survey.size.restricted:
        why = f"{survey.size.name} is closed to this subscription in {survey.seen.region} ({survey.size.restricted})"
        return not_ready(f"{why}{_assumed(survey)}; choose another vmSize for it or ask for access")
    if isinstance(survey.quotas, Unread):
        return unread("quotas", survey.quotas)
    return _cores(survey.size, survey.quotas)


def _assumed(survey: Survey) -> str:
    return ", the default of a template that names no size" if survey.size_assumed else ""


def _cores(size: Size, quotas: Mapping[str, Quota]) -> Said:
    said = []
    for name in (size.family, ALL_CORES):
        quota = quotas.get(name.lower())
        if quota is None:
            said.append(degraded(f"no quota called {name} is told there, so it is not known whether one is left"))
        else:
            said.append(_enough(quota, size.cores, name))
    return worst(said, ready(f"{said[0].why} ({size.name})"))


def _enough(quota: Quota, needed: int, name: str) -> Said:
    if quota.free < needed:
        why = f"{quota.free} of {quota.limit} cores of {name} free, {needed} needed"
        return not_ready(f"{why}; ask for more quota or free some")
    return ready(f"{needed} cores of {name} are free")


def containers(survey: Survey) -> Said | None:
    """Ask whether the container that drives a build could be had."""
    if survey.seen is None:
        return None
    if isinstance(survey.containers, Unread):
        return unread("the quota of container instances", survey.containers)
    if isinstance(survey.containers, Absence):
        return degraded("no quota of container instances is told there, so it is not known whether one can be had")
    free, limit = survey.containers.free, survey.containers.limit
    if free < CORES_OF_CONTAINERS:
        why = f"{free} of {limit} cores of container instances free, {CORES_OF_CONTAINERS} needed"
        return not_ready(f"{why}; ask for more quota or free some")
    return ready(f"{CORES_OF_CONTAINERS} cores of container instances are free")


def providers(survey: Survey) -> Said | None:
    """Ask whether every resource provider that a build works with is registered."""
    if survey.seen is None:
        return None
    if isinstance(survey.providers, Unread):
        return unread("which resource providers are registered", survey.providers)
    states = {name: survey.providers.get(name.lower(), "") for name in PROVIDERS}
    missing = [name for name, state in states.items() if state.lower() != "registered"]
    if not missing:
        return ready(f"all {len(PROVIDERS)} resource providers are registered")
    return not_ready(f"not registered: {listing(missing)}; az provider register --namespace {missing[0]}")
