"""Say how everything stands: one sentence, then a line a region and a line a group."""

from collections.abc import Mapping
from datetime import datetime

from aibwatch.core.judging import regional_verdicts
from aibwatch.core.model import Region
from aibwatch.core.modes import mode_of
from aibwatch.core.own_view import own_view
from aibwatch.core.policy import GroupSpec, Setup
from aibwatch.core.protection import Expectation, Protections
from aibwatch.core.sentences import clock, span
from aibwatch.core.state import GroupState, Phase, State
from aibwatch.views import readiness
from aibwatch.views.builds import build_dict, under_way
from aibwatch.views.canaries import alike_dict, alike_in, alike_sentence, canary_dict, canary_sentence
from aibwatch.views.discovery import discovery_dict
from aibwatch.views.discovery import lines as discovery_lines
from aibwatch.views.facts import group_sentence, headline, severity, verdict_sentence

LEAST_WIDE = 10
"""Columns of the words for how something stands: all but the longest fit."""

Json = Mapping[str, object]


def as_dict(state: State, setup: Setup, now: datetime) -> Json:
    """Return the status as JSON can carry it, with its text beside it."""
    known = Protections(state, setup, now)
    return {
        "schema": 1,
        "at": now.isoformat(),
        "severity": severity(state, setup),
        "headline": headline(state, setup),
        "regions": [
            {**region_dict(state, setup, region, now), "own_view": own_view_dict(state, setup, region, now)}
            for region in sorted(regional_verdicts(state))
        ],
        "canaries": [canary_dict(state, setup, region, now) for region in sorted(setup.canaries)],
        "groups": [group_dict(state, setup, name, now, known) for name in sorted(setup.groups)],
        "discovery": discovery_dict(state, setup, now),
        "text": as_text(state, setup, now),
    }


def region_dict(state: State, setup: Setup, region: str, now: datetime) -> Json:
    """Return one region's verdict, its canary, and what fails alike in it."""
    verdict = next(v for r, v in regional_verdicts(state).items() if r == region)
    return {
        "name": region,
        "verdict": str(verdict.kind),
        "since": verdict.since.isoformat(),
        "score": round(verdict.score, 2),
        "why": verdict.why,
        "sentence": verdict_sentence(state, verdict, now),
        "evidence": [
            {
                "kind": str(e.kind),
                "weight": round(e.weight, 2),
                "sentence": e.sentence,
                "since": e.since.isoformat() if e.since else None,
                "last": e.last.isoformat() if e.last else None,
            }
            for e in verdict.evidence
        ],
        "canary": canary_dict(state, setup, verdict.region, now),
        "correlations": [alike_dict(c) for c in alike_in(state, verdict.region)],
    }


def own_view_dict(state: State, setup: Setup, region: Region, now: datetime) -> Json | None:
    """Return what other observers may take from us; None where we have nothing to say."""
    view = own_view(state, setup, region, now)
    return {"troubled": view.troubled, "why": view.why} if view else None


def group_dict(state: State, setup: Setup, name: str, now: datetime, known: Protections | None = None) -> Json:
    """Return how one group stands. `known` is what is known already of how soon an outage would be noticed."""
    protection = (known or Protections(state, setup, now)).of(setup.groups[name])
    spec, group = setup.groups[name], state.groups.get(name)
    if group is None:
        group = GroupState(name=name, active=spec.primary, since=state.awake_since, known_since=state.awake_since)
    last = group.move or group.last
    return {
        "name": name,
        "phase": str(group.phase),
        "since": group.since.isoformat(),
        "mode": str(mode_of(state.window, spec, group, now)),
        "tagged": spec.tagged,
        "configured_mode": str(spec.policy.mode),
        "active": group.active,
        "active_region": state.window.region_of(group.active),
        "primary": spec.primary,
        "epoch": group.epoch,
        "held_by": list(group.held_by),
        "asks": _asks(group),
        "why": group.why,
        "sentence": group_sentence(state, spec, group, now),
        "protection": {"api": _expectation(protection.api), "build": _expectation(protection.build)},
        "secondaries": readiness.of_group(state, spec, now),
        "build": build_dict(state, build) if (build := state.builds.open_of(name)) else None,
        "last_move": {"activation_id": last.activation_id, "images": list(last.images)} if last else None,
    }


def _asks(group: GroupState) -> Json | None:
    """Return what a human is asked for, while nobody has answered."""
    asked = group.approval
    if asked is None or asked.answer is not None:
        return None
    return {"id": asked.id, "to": asked.target, "since": asked.asked_at.isoformat()}


def _expectation(expected: Expectation) -> Json:
    """Return how soon a failure would be noticed; no minutes and known means never by itself."""
    minutes = None if expected.after is None else round(expected.after.total_seconds() / 60, 1)
    return {"minutes": minutes, "known": expected.known, "sentence": expected.sentence}


def as_text(state: State, setup: Setup, now: datetime) -> str:
    """Return the status for a terminal."""
    verdicts = regional_verdicts(state)
    idle = sorted(region for region in setup.canaries if region not in verdicts)
    tags = discovery_lines(state, setup, now)
    names = [*verdicts, *idle, *setup.groups, *(about for about, _, _ in tags)]
    width = max((len(name) for name in names), default=0)
    wide = max([LEAST_WIDE, *(len(verdict.kind) for verdict in verdicts.values())])
    lines = [headline(state, setup), ""]
    for region, verdict in sorted(verdicts.items()):
        since = f"since {clock(verdict.since)} ({span(now - verdict.since)})"
        sentence = verdict_sentence(state, verdict, now)
        lines.append(f"{region:<{width}}  {str(verdict.kind).upper():<{wide}}  {since}   {sentence}")
        beside = [("canary", canary_sentence(state, setup, region, now))]
        beside += [("alike", alike_sentence(c)) for c in alike_in(state, region)]
        lines += [f"{'':<{width}}  {what:<{wide}}  {said}" for what, said in beside if said]
    lines += [f"{region:<{width}}  {'CANARY':<{wide}}  {canary_sentence(state, setup, region, now)}" for region in idle]
    for name, spec in sorted(setup.groups.items()):
        group = state.groups.get(name)
        if group is None:
            lines.append(f"{name:<{width}}  nothing was decided yet")
            continue
        word = word_for(state, spec, group).upper()
        lines.append(f"{name:<{width}}  {word:<{wide}}  {group_sentence(state, spec, group, now)}{by_tags(spec)}")
        building = under_way(state, name, now)
        if building:
            lines.append(f"{'':<{width}}  {'build':<{wide}}  {building}")
        lines += [f"{'':<{width}}  {'readiness':<{wide}}  {told}" for told in readiness.wanting(state, spec, now)]
        if group.phase is not Phase.WATCHING:
            lines.append(f"{'':<{width}}  -> aibwatch explain {name}")
    lines += [f"{about:<{width}}  {word:<{wide}}  {sentence}" for about, word, sentence in tags]
    if not setup.groups:
        lines.append("No group is configured, so nothing is watched.")
    return "\n".join(lines)


def word_for(state: State, spec: GroupSpec, group: GroupState) -> str:
    """Return the word for how a group stands: its phase, and for one that just watches, what it can see."""
    if group.phase is not Phase.WATCHING:
        return str(group.phase)
    if state.window.region_of(group.active) is None:
        return "unseen"
    return "watching" if group.active == spec.primary else "away"


def by_tags(spec: GroupSpec) -> str:
    """Return the mark of a group that tags say, and not the configuration."""
    return " (by tags)" if spec.tagged else ""


def active_text(state: State, setup: Setup, name: str) -> str:
    """Return the id of the group's active template, alone."""
    group = state.groups.get(name)
    return group.active if group else setup.groups[name].primary
