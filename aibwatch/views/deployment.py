"""Tell what a deployment would do, or did: one sentence, what speaks against it, what it is made of, the request.

Rules: the request is shown as it would go out, but for signatures and passwords, which show as ***; it ends with what
to do next. This module does not know who asked for it.
"""

import json
from collections.abc import Iterator, Mapping, Sequence

from aibwatch.core.deployment.ended import Done, Fate
from aibwatch.core.deployment.lookup import Lookup, Standing
from aibwatch.core.deployment.plan import Plan, Present
from aibwatch.core.redact import redacted
from aibwatch.core.sentences import count, printable

MOST_LINES = 100
"""Of one kind; --json has them all."""


def deployment_dict(plan: Plan, done: Done | None, *, replace: bool, then: Sequence[str] = ()) -> dict[str, object]:
    """Return all of it, with the text for people. `then` are the lines that say what to do once it is made."""
    return {
        "schema": 1,
        "target": plan.target,
        "region": plan.region,
        "request": {"method": "PUT", "url": plan.url, "body": _shown(plan.body)},
        "changes": [{"path": one.path, "before": one.before, "after": one.after} for one in plan.changes],
        "missing": [{"path": one.path, "id": one.id, "why": one.why, "remedy": one.remedy} for one in plan.missing],
        "needs": [_need(lookup) for lookup in plan.lookups],
        "present": plan.present.value,
        "against": list(plan.against(replace=replace)),
        "permissions": list(_permissions(plan, done)),
        "notes": list(plan.notes),
        "result": done.ended.fate.value if done else None,
        "why": done.ended.why if done else "",
        "kept": done.kept if done else "",
        "text": "\n".join(map(printable, _lines(plan, done, replace=replace, then=then))),
    }


def _need(lookup: Lookup) -> Mapping[str, object]:
    return {
        "kind": lookup.need.kind.value,
        "id": lookup.need.id,
        "path": lookup.need.where,
        "standing": lookup.standing.value,
        "why": lookup.why,
        "holds": lookup.holds,
        "permission": lookup.permission,
    }


def _permissions(plan: Plan, done: Done | None) -> Iterator[str]:
    yield from plan.permissions
    if done and done.ended.permission:
        yield done.ended.permission


def _lines(plan: Plan, done: Done | None, *, replace: bool, then: Sequence[str]) -> Iterator[str]:
    yield _headline(plan, done, replace=replace)
    yield from (f"  {note}" for note in plan.notes)
    if done:
        yield from _after(done, then)
        return
    yield from _missing(plan)
    yield from _block("Needed there", [_stands(lookup) for lookup in plan.lookups])
    yield from _block(
        f"Written differently for {plan.region}",
        [f"{one.path}: {one.before or 'nothing'} -> {one.after}" for one in plan.changes],
    )
    yield from ("", "The request", f"  PUT {plan.url}")
    yield from (f"  {line}" for line in json.dumps(_shown(plan.body), indent=2, ensure_ascii=False).splitlines())


def _headline(plan: Plan, done: Done | None, *, replace: bool) -> str:
    name = f'"{plan.target.rpartition("/")[2]}"'
    if done:
        word = {
            Fate.DONE: f"{name} was made in {plan.region}",
            Fate.REFUSED: f"{name} was not made in {plan.region}",
            Fate.FAILED: f"making {name} in {plan.region} failed",
            Fate.UNKNOWN: f"whether {name} was made in {plan.region} is not known",
        }[done.ended.fate]
        return f"{word}." if done.ended.fate is Fate.DONE else f"{word}: {done.ended.why}."
    reasons = list(plan.against(replace=replace))
    if not reasons:
        how = "replaced" if plan.present is Present.YES else "made"
        return f"{name} can be {how} in {plan.region}; nothing was sent, --apply does it."
    if len(reasons) == 1:
        return f"{name} cannot be made in {plan.region} like that, and nothing was sent: {reasons[0]}."
    return f"{name} cannot be made in {plan.region} like that, for {len(reasons)} reasons, and nothing was sent."


def _missing(plan: Plan) -> Iterator[str]:
    lines: list[str] = []
    for one in plan.missing:
        lines += [f"{one.path}: {one.why}: {one.id}", f"  -> {one.remedy}"]
    yield from _block(f"Missing: {count(len(plan.missing), 'thing')} that no mapping says", lines)


def _stands(lookup: Lookup) -> str:
    word = {
        Standing.THERE: "there",
        Standing.ELSEWHERE: "elsewhere",
        Standing.ABSENT: "absent",
        Standing.UNREAD: "unread",
    }
    return (
        f"{word[lookup.standing]:<10} {lookup.need.where}: {lookup.why}{'' if lookup.holds else _by_his_word(lookup)}"
    )


def _by_his_word(lookup: Lookup) -> str:
    return "" if lookup.standing is Standing.THERE else " (accepted: you named it)"


def _after(done: Done, then: Sequence[str]) -> Iterator[str]:
    if done.kept:
        yield f"  the template that was there was copied to {done.kept}"
    if done.ended.fate is Fate.DONE:
        yield from ("", *then)
    if done.ended.fate is Fate.FAILED:
        yield "  what is left of it is there; mend the reason, and make it anew with --replace"
    elif done.ended.fate is not Fate.DONE and done.deleted:
        yield f"  it is deleted; make it again with: aibwatch restore {done.kept}"


def _block(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield ""
        yield title
        yield from (f"  {line}" for line in lines[:MOST_LINES])
        if len(lines) > MOST_LINES:
            yield f"  ... and {len(lines) - MOST_LINES} more; --json has them all"


def _shown(value: object) -> object:
    """Return the JSON without what lets its reader in."""
    match value:
        case dict():
            return {redacted(key): _shown(item) for key, item in value.items()}
        case list():
            return [_shown(item) for item in value]
        case str():
            return redacted(value)
        case _:
            return value
