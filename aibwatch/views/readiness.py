"""Say which secondaries would build, and why one would not: a line each, or one group rule by rule."""

from collections.abc import Mapping
from datetime import datetime

from aibwatch.core.model import TemplateId, template_name
from aibwatch.core.observation import ReadinessSeen
from aibwatch.core.policy import GroupSpec, Setup
from aibwatch.core.readiness.finding import Finding, Ready
from aibwatch.core.readiness.said import GRAVITY
from aibwatch.core.sentences import ago, count, span
from aibwatch.core.state import State
from aibwatch.views.facts import place

Json = Mapping[str, object]

WIDE = max(len(state.phrase) for state in Ready)


def as_dict(state: State, setup: Setup, now: datetime, group: str | None = None) -> Json:
    """Return the readiness of every secondary, or of one group's in full, with its text beside it."""
    specs = [spec for name, spec in sorted(setup.groups.items()) if group in {None, name}]
    told = [
        {**_secondary(state, spec, secondary, now), "rules": _rules_of(state, secondary)}
        for spec in specs
        for secondary in spec.secondaries
    ]
    text = _table(state, specs, now) if group is None else in_full(state, specs[0], now)
    return {"schema": 1, "at": now.isoformat(), "exit": exit_of(state, specs), "secondaries": told, "text": text}


def exit_of(state: State, specs: list[GroupSpec]) -> int:
    """Return what the command exits with: 0 if every secondary is ready, else 3."""
    reports = (state.window.readiness.get(secondary) for spec in specs for secondary in spec.secondaries)
    return 0 if all(report is not None and report.state is Ready.READY for report in reports) else 3


def line(state: State, secondary: TemplateId, now: datetime) -> str:
    """Return how ready a secondary is, in one line without its name: "NOT READY   script storage ..."."""
    report = state.window.readiness.get(secondary)
    if report is None:
        return f"{Ready.UNKNOWN.phrase:<{WIDE}}   it was not looked at yet"
    return f"{report.state.phrase:<{WIDE}}   {_summary(report, now)}"


def of_group(state: State, spec: GroupSpec, now: datetime) -> list[Json]:
    """Return how ready each secondary of the group is, without its rules: a status has a thousand groups."""
    return [_secondary(state, spec, secondary, now) for secondary in spec.secondaries]


def wanting(state: State, spec: GroupSpec, now: datetime) -> list[str]:
    """Return a line for each secondary of the group that is not ready, as far as they were looked at."""
    known = state.window.readiness
    return [
        f"-> {place(state, secondary)}   {line(state, secondary, now)}"
        for secondary in spec.secondaries
        if secondary in known and known[secondary].state is not Ready.READY
    ]


def in_full(state: State, spec: GroupSpec, now: datetime) -> str:
    """Return a group rule by rule, for a terminal."""
    return "\n\n".join(_rules(state, spec, secondary, now) for secondary in spec.secondaries)


def _summary(report: ReadinessSeen, now: datetime) -> str:
    if report.state is not Ready.READY or not report.findings:
        return report.why
    oldest = span(now - min(finding.at for finding in report.findings))
    proven = next((_told(finding, now) for finding in report.findings if finding.rule == "proven"), "")
    return ", ".join(filter(None, (count(len(report.findings), "rule"), f"oldest proof {oldest}", proven)))


def _table(state: State, specs: list[GroupSpec], now: datetime) -> str:
    rows = [(spec, secondary) for spec in specs for secondary in spec.secondaries]
    if not rows:
        return "No group is configured, so there is no secondary to look at."
    reports = [state.window.readiness.get(secondary) for _, secondary in rows]
    ready = sum(report is not None and report.state is Ready.READY for report in reports)
    noun = "secondary is" if len(rows) == 1 else "secondaries are"
    lines = [f"{ready} of {len(rows)} {noun} ready.", ""]
    wide = max(len(spec.name) for spec, _ in rows)
    far = max(len(place(state, secondary)) for _, secondary in rows)
    lines += [
        f"{spec.name:<{wide}} -> {place(state, secondary):<{far}}   {line(state, secondary, now)}"
        for spec, secondary in rows
    ]
    worse = sorted({spec.name for (spec, _), report in zip(rows, reports, strict=True) if _wants_a_look(report)})
    return "\n".join([*lines, *([""] if worse else []), *(f"-> aibwatch readiness {name}" for name in worse)])


def _wants_a_look(report: ReadinessSeen | None) -> bool:
    return report is not None and report.state is not Ready.READY


def _rules(state: State, spec: GroupSpec, secondary: TemplateId, now: datetime) -> str:
    region = state.window.region_of(secondary)
    name = f"{spec.name} -> {template_name(secondary)} {f'in {region}' if region else '(never seen)'}"
    report = state.window.readiness.get(secondary)
    if report is None:
        return f"{name} was not looked at yet."
    head = f"{name} is {report.state.phrase}, looked at {ago(report.at, now)}."
    wide = max((len(finding.rule) for finding in report.findings), default=0)
    gravest_first = sorted(report.findings, key=lambda finding: GRAVITY.index(finding.state))
    lines = [line for finding in gravest_first for line in _finding(finding, report, wide, now)]
    return "\n".join([head, "", *lines])


def _finding(finding: Finding, report: ReadinessSeen, wide: int, now: datetime) -> list[str]:
    mark = "ok" if finding.state is Ready.READY else finding.state.phrase.lower()
    age = f" (proven {ago(finding.at, now)})" if finding.at != report.at else ""
    indent = " " * (WIDE + wide + 6)
    more = [f"not looked at again: {finding.blocked}"] if finding.blocked else []
    lines = [*finding.details, *more]
    return [
        f"  {mark:<{WIDE}}  {finding.rule:<{wide}}  {_told(finding, now)}{age}",
        *(f"{indent}{line}" for line in lines),
    ]


def _told(finding: Finding, now: datetime) -> str:
    """Return what the finding says, with the age of what it tells of."""
    if finding.dated is None:
        return finding.why
    age = ago(finding.dated, now)
    return f"{finding.why} {age}" if finding.state is Ready.READY else f"{finding.why} ({age})"


def _secondary(state: State, spec: GroupSpec, secondary: TemplateId, now: datetime) -> Json:
    report = state.window.readiness.get(secondary)
    return {
        "group": spec.name,
        "template": secondary,
        "region": state.window.region_of(secondary),
        "state": str(report.state if report else Ready.UNKNOWN),
        "why": report.why if report else "it was not looked at yet",
        "at": report.at.isoformat() if report else None,
        "age_seconds": round((now - report.at).total_seconds(), 1) if report else None,
    }


def _rules_of(state: State, secondary: TemplateId) -> list[Json]:
    report = state.window.readiness.get(secondary)
    return [_rule(finding) for finding in report.findings] if report else []


def _rule(finding: Finding) -> Json:
    return {
        "rule": finding.rule,
        "state": str(finding.state),
        "why": finding.why,
        "at": finding.at.isoformat(),
        "dated": finding.dated.isoformat() if finding.dated else None,
        "permission": finding.permission or None,
        "details": list(finding.details),
        "blocked": finding.blocked or None,
    }
