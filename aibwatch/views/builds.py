"""Say how a build stands: one sentence, and the exit code that it comes to."""

from collections.abc import Mapping
from datetime import datetime

from aibwatch.core.builds.build import Attempt, Build, BuildResult
from aibwatch.core.failures import DEFAULT, ROWS
from aibwatch.core.model import FailureClass, template_name
from aibwatch.core.sentences import ago, count, listing
from aibwatch.core.state import State
from aibwatch.views.facts import place

Json = Mapping[str, object]

EXITS = {
    BuildResult.BUILT: 0,
    BuildResult.FAILED: 1,
    BuildResult.LOST: 1,
    BuildResult.NOT_READY: 3,
    BuildResult.OUTAGE: 4,
    BuildResult.BUSY: 75,
}
"""What the command exits with: the codes are those of the whole command line."""

ADVICE = {row.name: row.advice for row in (*ROWS, DEFAULT)}


def sentence(state: State, build: Build) -> str:
    """Return how the build stands, in one line."""
    last = build.last
    if build.result is BuildResult.BUILT and last is not None:
        images = listing([image.rsplit("/", 1)[-1] for image in build.images]) or "names not known"
        return f"{_name(state, last)} has built {count(len(build.images), 'image')}: {images}; {last.why}"
    if build.result is not None:
        return build.why
    if last is None:
        return "nothing was tried yet"
    return f"{_name(state, last)}: {_stands(last)}; {last.why}"


def under_way(state: State, group: str, now: datetime) -> str:
    """Return the line about the group's build that is under way; empty if there is none."""
    build = state.builds.open_of(group)
    if build is None:
        return ""
    by = f"ordered by {build.order.owner} {ago(build.order.at, now)}"
    return f"{sentence(state, build)} (build {build.id}, {by})"


def build_dict(state: State, build: Build) -> Json:
    """Return the build as JSON can carry it, with its text beside it."""
    told = sentence(state, build)
    failed = build.last if build.result not in {None, BuildResult.BUILT} else None
    return {
        "id": build.id,
        "group": build.group,
        "to": build.to,
        "owner": build.order.owner,
        "reason": build.order.reason,
        "ordered_at": build.order.at.isoformat(),
        "ended_at": build.ended_at.isoformat() if build.ended_at else None,
        "accepted": any(attempt.stage.has_run for attempt in build.attempts),
        "result": str(build.result) if build.result else None,
        "exit": EXITS[build.result] if build.result else None,
        "class": str(failed.diagnosis.cls) if failed and failed.diagnosis.cls is not FailureClass.OK else None,
        "advice": _advice(failed),
        "images": list(build.images),
        "attempts": [_attempt(state, attempt) for attempt in build.attempts],
        "text": told,
    }


def _attempt(state: State, attempt: Attempt) -> Json:
    return {
        "template": attempt.template,
        "region": state.window.region_of(attempt.template),
        "why": attempt.why,
        "stage": str(attempt.stage),
        "told": attempt.told,
        "asked_at": attempt.asked_at.isoformat(),
        "run_started": attempt.started.isoformat() if attempt.started else None,
        "class": str(attempt.diagnosis.cls),
        "rule": attempt.diagnosis.rule,
        "summary": attempt.diagnosis.summary,
    }


def _advice(failed: Attempt | None) -> str | None:
    """Return what to do about the failure, in the words of the table of failures; None where it has none."""
    return ADVICE.get(failed.diagnosis.rule) if failed else None


def _stands(attempt: Attempt) -> str:
    told = attempt.told or "its last run is read first"
    return f"{told} ({attempt.diagnosis.summary})" if attempt.diagnosis.summary else told


def _name(state: State, attempt: Attempt) -> str:
    return f"{template_name(attempt.template)} in {place(state, attempt.template)}"
