"""Say how the canary of a region stands, and which templates fail alike for reasons that are not the region's."""

from collections.abc import Mapping
from datetime import datetime

from aibwatch.core.canary.canaries import misplaced
from aibwatch.core.canary.canary import Canary, CanaryResult, CanaryRun
from aibwatch.core.canary.plan import DAY, spent
from aibwatch.core.correlation import Correlation
from aibwatch.core.judging import regions_of
from aibwatch.core.model import FailureClass, Region, template_name
from aibwatch.core.policy import CanarySpec, Setup
from aibwatch.core.sentences import ago, count, listing, span, when
from aibwatch.core.state import State

Json = Mapping[str, object]

NEVER, MISPLACED, UNUSED = "never", "misplaced", "unused"
"""States of a canary that are no result of a run: never run by us, in another region, no group to run it for."""

NOT_YOURS = {
    FailureClass.CAPACITY: "for want of quota or capacity",
    FailureClass.THROTTLED: "because they are throttled",
    FailureClass.EXPECTED: "because they were cancelled or busy",
}
"""Classes whose cause may be nobody's mistake, and the headline's words for it."""


def canary_dict(state: State, setup: Setup, region: Region, now: datetime) -> Json | None:
    """Return how the region's canary stands as JSON can carry it, or None where none is configured."""
    spec = setup.canaries.get(region)
    if spec is None:
        return None
    canary = known(state, spec)
    last = canary.last
    return {
        "region": region,
        "template": spec.template,
        "state": state_of(state, setup, spec),
        "asked_at": last.asked_at.isoformat() if last else None,
        "why": misplaced(state.window, spec) or (last.diagnosis.summary if last else ""),
        "runs_in_24_h": spent(canary, now),
        "max_per_day": spec.max_per_day,
        "sentence": canary_sentence(state, setup, region, now),
    }


def canary_sentence(state: State, setup: Setup, region: Region, now: datetime) -> str:
    """Return how the region's canary stands, in one line; empty where none is configured."""
    spec = setup.canaries.get(region)
    if spec is None:
        return ""
    name, canary = template_name(spec.template), known(state, spec)
    match state_of(state, setup, spec):
        case "unused":
            return f"{name} is never run: no group has a template in {region}"
        case "misplaced":
            return f"{name} is never run: {misplaced(state.window, spec)}"
    told = _told(canary, canary.last, now) if canary.last else "was not run yet"
    return f"{name} {told}; {_used(canary, spec, now)}"


def never_run(state: State, setup: Setup, now: datetime) -> tuple[str, ...]:
    """Return the sentences of the canaries that are never run as things are: of no group's region, or elsewhere."""
    idle = [r for r, spec in sorted(setup.canaries.items()) if state_of(state, setup, spec) in {MISPLACED, UNUSED}]
    return tuple(canary_sentence(state, setup, region, now) for region in idle)


def state_of(state: State, setup: Setup, spec: CanarySpec) -> str:
    """Return in a word how a configured canary stands."""
    if misplaced(state.window, spec):
        return MISPLACED
    if is_unused(state, setup, spec.region):
        return UNUSED
    last = known(state, spec).last
    return str(last.result) if last else NEVER


def is_unused(state: State, setup: Setup, region: Region) -> bool:
    """Return whether no group lives in the region, as far as every member was seen."""
    members = [template for spec in setup.groups.values() for template in spec.members]
    return all(state.window.region_of(t) for t in members) and region not in regions_of(state, setup)


def known(state: State, spec: CanarySpec) -> Canary:
    """Return the canary as it is remembered; one without runs where nothing is yet."""
    canary = state.canaries.get(spec.region)
    if canary is None or canary.template != spec.template:
        return Canary(region=spec.region, template=spec.template)
    return canary


def useless(state: State, setup: Setup) -> Mapping[Region, str]:
    """Return the regions whose canary can prove nothing at the moment, and why: what somebody has to repair."""
    whys = {
        region: misplaced(state.window, spec) or known(state, spec).broken for region, spec in setup.canaries.items()
    }
    return {region: why for region, why in sorted(whys.items()) if why}


def alike_in(state: State, region: Region) -> tuple[Correlation, ...]:
    """Return what fails alike in the region."""
    return tuple(c for c in state.correlations if c.region == region)


def alike_sentence(correlation: Correlation) -> str:
    """Return what fails alike, and whose it is, in one line."""
    whose = "not Image Builder's fault" if correlation.cls in NOT_YOURS else "yours, not Azure's"
    return f"{correlation.sentence.rstrip('.')}; {whose}"


def alike_dict(correlation: Correlation) -> Json:
    """Return what fails alike as JSON can carry it."""
    return {
        "class": str(correlation.cls),
        "templates": list(correlation.templates),
        "shared": list(correlation.shared),
        "sentence": alike_sentence(correlation),
    }


def in_headline(state: State, setup: Setup) -> list[str]:
    """Return parts of the headline: canaries to repair, and what fails alike."""
    broken = [str(region) for region in useless(state, setup)]
    told = []
    if broken:
        whose = f"the canary of {broken[0]} is" if len(broken) == 1 else f"the canaries of {listing(broken)} are"
        told.append(f"{whose} broken and {'proves' if len(broken) == 1 else 'prove'} nothing")
    for c in state.correlations:
        cause = f" {NOT_YOURS[c.cls]}" if c.cls in NOT_YOURS else ", and that is yours, not Azure's"
        told.append(f"{count(len(c.templates), 'template')} of {c.region} fail alike{cause}")
    return told


def _told(canary: Canary, run: CanaryRun, now: datetime) -> str:
    asked = ago(run.asked_at, now)
    match run.result:
        case CanaryResult.ASKED:
            return f"was asked for {asked}, and does not show yet"
        case CanaryResult.RUNNING:
            return f"was started {asked}, and its result is awaited"
        case CanaryResult.ALIVE:
            return f"was started {asked} and got past Building; its result is awaited"
        case CanaryResult.STUCK:
            return f"was started {asked} and is stuck: {run.diagnosis.summary}"
        case CanaryResult.WELL:
            return f"built well {_ended(run, now)}"
        case CanaryResult.FAILED:
            times = _in_a_row(canary)
            row = f"{times} times in a row, last " if times > 1 else ""
            return f"failed {row}{_ended(run, now)}: {_why(run)}"
        case CanaryResult.BROKEN:
            return f"is broken since {when(run.ended_at or run.asked_at, now)} and proves nothing: {_why(run)}"
        case CanaryResult.LOST:
            return f"was asked for {asked}, and nothing can be said of that run"


def _ended(run: CanaryRun, now: datetime) -> str:
    return ago(run.ended_at or run.asked_at, now)


def _why(run: CanaryRun) -> str:
    return run.diagnosis.summary.rstrip(".")


def _in_a_row(canary: Canary) -> int:
    results = [run.result for run in reversed(canary.runs)]
    return next((i for i, result in enumerate(results) if result is not CanaryResult.FAILED), len(results))


def _used(canary: Canary, spec: CanarySpec, now: datetime) -> str:
    used = spent(canary, now)
    told = f"{used} of {count(spec.max_per_day, 'run')} used in 24 h"
    if used < spec.max_per_day:
        return told
    oldest = min(run.asked_at for run in canary.runs if now - run.asked_at < DAY)
    return f"{told}, so none for {span(oldest + DAY - now)}"
