"""Judge every region that a group lives in, once for each viewpoint.

A viewpoint is a set of thresholds. Most groups share the defaults, and a region is judged once for all of them; a group
with thresholds of its own is judged apart, under its own name.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from aibwatch.core.conviction import is_alike
from aibwatch.core.model import Region
from aibwatch.core.policy import GroupSpec, Policy, Setup
from aibwatch.core.sight import Sight, look
from aibwatch.core.signals.events import maintenance
from aibwatch.core.state import State
from aibwatch.core.verdict import Verdict, is_troubled, judge
from aibwatch.core.weigh import Known, weigh

GAP = timedelta(minutes=2)
"""Without a judgement for longer than this (a frozen machine, a daemon that was down) a hold begins anew."""

DEFAULT = ""
"""The viewpoint of the defaults, which metrics, incidents and status show."""


def viewpoint(spec: GroupSpec, setup: Setup) -> str:
    """Return under which name the group's regions are judged."""
    return DEFAULT if _thresholds(spec.policy) == _thresholds(setup.policy) else spec.name


def key(view: str, region: Region) -> str:
    """Return the key of a verdict in `State.verdicts`."""
    return f"{view}@{region}"


def verdict_for(state: State, setup: Setup, spec: GroupSpec, region: Region) -> Verdict | None:
    """Return the region's verdict as the group's thresholds see it."""
    return state.verdicts.get(key(viewpoint(spec, setup), region))


def regions_of(state: State, setup: Setup) -> tuple[Region, ...]:
    """Return the regions that members of groups live in, as far as they were seen."""
    members = (template for spec in setup.groups.values() for template in spec.members)
    found = {state.window.region_of(template) for template in members}
    return tuple(sorted(region for region in found if region is not None))


def regional_verdicts(state: State) -> Mapping[Region, Verdict]:
    """Return the verdicts of the default viewpoint."""
    return {v.region: v for k, v in state.verdicts.items() if k == key(DEFAULT, v.region)}


def judge_all(state: State, setup: Setup, now: datetime) -> Mapping[str, Verdict]:
    """Return all verdicts anew, by viewpoint and region."""
    regions = regions_of(state, setup)
    sights = {
        region: look(state.window, region, pace=setup.pace, awake_since=state.awake_since, now=now)
        for region in regions
    }
    views = {DEFAULT: setup.policy} | {
        spec.name: spec.policy for spec in setup.groups.values() if viewpoint(spec, setup) != DEFAULT
    }
    verdicts: dict[str, Verdict] = {}
    for view, policy in views.items():
        verdicts |= _judge_view(state, view, policy, sights, now)
    return verdicts


def _judge_view(
    state: State, view: str, policy: Policy, sights: Mapping[Region, Sight], now: datetime
) -> Mapping[str, Verdict]:
    before = {region: _seen_through(state, state.verdicts.get(key(view, region)), now) for region in sights}
    evidence = {
        region: weigh(
            Known(window=state.window, canary=state.canaries.get(region), habits=state.habits),
            region,
            policy=policy,
            trouble_since=known.trouble_since if (known := before[region]) else None,
            now=now,
        )
        for region in sights
    }
    troubled = {
        region
        for region, sight in sights.items()
        if sight.seen and is_troubled(evidence[region], before[region], policy) and is_alike(evidence[region])
    }
    return {
        key(view, region): judge(
            region,
            evidence=evidence[region],
            sight=sight,
            troubled_elsewhere=sorted(troubled - {region}),
            maintenance=maintenance(state.window, region, now),
            before=before[region],
            policy=policy,
            now=now,
        )
        for region, sight in sights.items()
    }


def _seen_through(state: State, before: Verdict | None, now: datetime) -> Verdict | None:
    """Return the verdict before, without its conviction if nobody looked for a while: it did not stand, it was kept."""
    if before is None or state.judged_at is None or now - state.judged_at <= GAP:
        return before
    return replace(before, confirmed_since=None, proven_at=None)


def _thresholds(policy: Policy) -> tuple[object, ...]:
    return (
        policy.hold_min,
        policy.hold_max,
        policy.min_outage_age,
        policy.recovery_min,
        policy.run_window,
        policy.suspect_score,
        policy.confirm_score,
    )
