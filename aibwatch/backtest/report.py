"""Tell how trials went, as JSON for scripts and as prose for the operator whose thresholds were tried.

Rules of the prose: one sentence for all first; then world by world what was decided, when and why, the wrong ones
first with what is wrong. What is told of a world in full is told once: of canaries after the second only how many.
"""

import textwrap
from collections.abc import Iterator, Sequence

from aibwatch.backtest.play import Said
from aibwatch.backtest.scene import GROUP, PRIMARY, SECONDARY
from aibwatch.backtest.trial import ENOUGH, Trial, Variants
from aibwatch.backtest.world import Expectation, World
from aibwatch.core.decision import NoteKind
from aibwatch.core.judging import regional_verdicts
from aibwatch.core.sentences import count, listing, printable
from aibwatch.core.verdict import VerdictKind

WIDTH = 118
INDENT = " " * 16
TOLD_CANARIES = 6
"""Lines about canaries of one world: the start and the end of two, and one that got on between."""

TOLD_TURNS = 24
"""Lines of one world in all. What flaps for hours is known by then."""


def as_json(trials: Sequence[Trial], variants: Variants | None = None) -> dict[str, object]:
    """Return the report as scripts read it."""
    body: dict[str, object] = {
        "schema": 1,
        "results": [_result(trial) for trial in trials],
        "correct": sum(trial.correct is True for trial in trials),
        "wrong": [trial.world.id for trial in trials if trial.wrong],
    }
    if variants is not None:
        body["variants"] = {
            "played": variants.played,
            "right": variants.played - len(variants.misses),
            "share": round(variants.share, 4),
            "unsafe": variants.unsafe,
            "wrong": [{"id": m.id, "number": m.number, "what": m.what, "unsafe": m.unsafe} for m in variants.misses],
        }
    return body


def render(trials: Sequence[Trial], variants: Variants | None = None) -> str:
    """Return the report as people read it."""
    parts = [_summary(trials)]
    if variants is not None:
        parts.append(_variants(variants))
    parts.append(
        "Minute 0 is when the trouble begins, and 02:00 UTC where a time is quoted. ! is what people are told."
    )
    parts += [_world(trial) for trial in sorted(trials, key=lambda trial: not trial.wrong)]
    return "\n\n".join(parts)


def list_json(worlds: Sequence[World]) -> dict[str, object]:
    """Return the worlds as scripts read them, without playing them."""
    return {
        "schema": 1,
        "worlds": [
            {
                "id": w.id,
                "category": w.category,
                "source": w.source,
                "story": w.story,
                "expect": w.expect.model_dump(exclude_none=True, exclude_defaults=True) if w.expect else None,
            }
            for w in worlds
        ],
    }


def list_text(worlds: Sequence[World]) -> str:
    """Return the worlds by category, each with what is right in it."""
    lines = [f"{count(len(worlds), 'world')}, by category."]
    for category in dict.fromkeys(w.category for w in worlds):
        lines += ["", printable(category) or "without a category"]
        for world in worlds:
            if world.category == category:
                lines.append(f"  {printable(world.id)}: {wanted(world.expect)}.")
                lines += _wrapped(world.story, "      ")
                lines += _wrapped(world.source and f"From: {world.source}", "      ")
    return "\n".join(lines)


def wanted(expect: Expectation | None) -> str:
    """Return what is right in a world, as a sentence goes on: "it should ..."."""
    if expect is None:
        return "nobody says what is right"
    by, early = expect.by_minute, expect.not_before_minute
    match expect.kind:
        case "failover":
            told = f"it should move once, by minute {by:g}" + (
                f" and not before {early:g}" if early is not None else ""
            )
        case "never":
            told = "it must not move"
        case "alert":
            told = f"it must not move, and people should be told by minute {by:g}"
        case "hold":
            told = f"it should want to move, be held by the gate {expect.gate}, and say so"
        case "once":
            told = "it may move, once in six hours at most"
    most = expect.max_canaries
    return told + (f"; {count(most, 'canary', 'canaries')} at most" if most is not None else "")


def _result(trial: Trial) -> dict[str, object]:
    course = trial.course
    result: dict[str, object] = {
        "id": trial.world.id,
        "failovers": [{"minute": round(minute, 2)} for minute in course.failovers],
        "holds": [{"minute": round(held.minute, 2), "gates": list(held.gates)} for held in course.holds],
        "alerts": [{"minute": round(alert.minute, 2), "kind": alert.kind} for alert in course.alerts],
        "canaries": course.canaries,
    }
    if trial.correct is not None:
        result["correct"] = trial.correct
    if trial.wrong:
        result["what"] = trial.wrong
    return result


def _summary(trials: Sequence[Trial]) -> str:
    labelled = [trial for trial in trials if trial.correct is not None]
    wrong = sum(1 for trial in labelled if trial.wrong)
    unlabelled = len(trials) - len(labelled)
    if not labelled:
        return f"{count(unlabelled, 'world')} played; none says what is right, so nothing is judged."
    told = f"{len(labelled) - wrong} of {count(len(labelled), 'world')} went right"
    told += f", {wrong} went wrong." if wrong else "."
    return told + (f" {unlabelled} more say nothing of what is right." if unlabelled else "")


def _variants(variants: Variants) -> str:
    right = variants.played - len(variants.misses)
    told = [
        f"{right} of {count(variants.played, 'variant')} went right ({variants.share:.2%}); {ENOUGH:.1%} are needed."
    ]
    if variants.unsafe:
        told[0] += f" {variants.unsafe} did what must not be done, which none may."
    told += [
        f"  {printable(miss.id)} number {miss.number}: {miss.what}{' (unsafe)' if miss.unsafe else ''}"
        for miss in sorted(variants.misses, key=lambda miss: not miss.unsafe)
    ]
    return "\n".join(told)


def _world(trial: Trial) -> str:
    word = {True: "right", False: "WRONG", None: "played"}[trial.correct]
    lines = [f"{word}  {printable(trial.world.id)}: {trial.wrong or _outcome(trial)}."]
    if trial.correct is not None:
        lines += _wrapped(f"What is right: {wanted(trial.world.expect)}.", "       ")
    lines += _wrapped(trial.wrong and trial.world.story, "       ")
    return "\n".join([*lines, *_course(trial)])


def _outcome(trial: Trial) -> str:
    course = trial.course
    moved = f"it moved at minute {listing([_minute(m) for m in course.failovers])}" if course.failovers else ""
    gates = dict.fromkeys(gate for held in course.holds for gate in held.gates)
    since = _minute(course.holds[0].minute) if course.holds else ""
    held = f"it wanted to move from minute {since} and was held by {listing(list(gates))}" if gates else ""
    told = [part for part in (held, moved) if part]
    return f"{', then '.join(told) or 'it did not move'}; {count(course.canaries, 'canary', 'canaries')}"


def _course(trial: Trial) -> Iterator[str]:
    canaries = 0
    told: list[Said] = []
    for note in trial.course.said:
        if note.subject not in {PRIMARY, SECONDARY, GROUP, "host"} or note.what.startswith("unseen"):
            continue
        canaries += note.about is NoteKind.CANARY
        if note.about is not NoteKind.CANARY or canaries <= TOLD_CANARIES or note.loud:
            told.append(note)
    for note in told[:TOLD_TURNS]:
        yield from _line(note, in_full=bool(trial.wrong))
    left = len(told) - TOLD_TURNS
    if left > 0:
        yield f"{INDENT}{left} further turns are left out"
    if canaries > TOLD_CANARIES:
        yield f"{INDENT}{count(trial.course.canaries, 'canary', 'canaries')} were started in all"
    if trial.wrong and not trial.course.failovers:
        yield from _wrapped(_in_the_end(trial), INDENT)


def _in_the_end(trial: Trial) -> str:
    """Return how the region stood at last: what a conviction still lacked is what a threshold would change."""
    verdict = regional_verdicts(trial.course.state).get(PRIMARY)
    return f"in the end {PRIMARY} {verdict.kind.phrase}: {verdict.why}" if verdict else ""


def _line(note: Said, *, in_full: bool) -> list[str]:
    mark = "!" if note.loud else " "
    text = f"{mark} minute {_minute(note.minute):<6} {_sentence(note)}"
    if not in_full and len(text) > WIDTH:
        return [text[: WIDTH - 3].rstrip() + "..."]
    return textwrap.wrap(text, WIDTH, subsequent_indent=INDENT)


def _sentence(note: Said) -> str:
    if note.about is NoteKind.VERDICT and note.kind in set(VerdictKind):
        return f"{note.subject} {VerdictKind(note.kind).phrase}: {note.why}"
    if note.about is NoteKind.PHASE:
        return f"the group: {note.why}"
    return f"{note.what}: {note.why}"


def _minute(minute: float) -> str:
    return f"{round(minute, 2):g}"


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(printable(text), WIDTH, initial_indent=indent, subsequent_indent=indent)
