"""Keep the builds that people ordered: begin them, follow them, and run a ready secondary where the service fails one.

Rules: a build is no move: it goes on in every mode, paused or not, and whatever gates are closed that hold moves. One a
group at a time, and none is begun while its group is being moved, or nothing can be put on record. The group's active
template is tried first, unless its region is known to be down. Only where the *service* failed it a secondary is run
instead, once, and only one that would and may build: gates NEEDED are open. A failure that could be anybody's counts
as the service's while the region is judged to be failing. The primary is never run instead of a secondary: going back
is a human's, who names its region.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aibwatch.core.actions import Action, LookForBuild, ReadOutputs, RunBuild
from aibwatch.core.builds.attempt import VISIBLE_AFTER, follow
from aibwatch.core.builds.build import Attempt, Build, BuildResult, Builds, Stage
from aibwatch.core.builds.order import is_new, member_in, objection, unrecorded
from aibwatch.core.builds.table import Ask
from aibwatch.core.decision import Note, NoteKind, Reply
from aibwatch.core.events import BuildAnswered, BuildLooked, BuildOrdered, Event, Ticked
from aibwatch.core.gates import holding
from aibwatch.core.judging import verdict_for
from aibwatch.core.model import FailureClass, TemplateId, template_name
from aibwatch.core.move.move import Order
from aibwatch.core.policy import Setup
from aibwatch.core.sentences import count, listing
from aibwatch.core.situation import ask_gates
from aibwatch.core.state import State
from aibwatch.core.verdict import Verdict, VerdictKind

KEPT = 100
"""Builds remembered, ended ones first forgotten: pipelines try again within minutes, and what is on record is kept
longer. All of them are written anew with every change of the memory."""

NEEDED = frozenset({"secondary_ready", "secondary_live", "geography_allowed", "not_global"})
"""Gates that say whether a template would and may build. The others hold moves."""

FAILING = frozenset({VerdictKind.CONFIRMING, VerdictKind.OUTAGE})

OWN_FAULT = {
    FailureClass.CUSTOMER: "the failure is the template's own, and another region would not help",
    FailureClass.CAPACITY: "quota or capacity is lacking, which is not the service's fault",
    FailureClass.AUTH: "rights or a token are missing, which another region would not help",
    FailureClass.THROTTLED: "requests were throttled, which says nothing of the region",
    FailureClass.NETWORK: "the way to Azure was broken, which says nothing of the region",
    FailureClass.DISTRIBUTION: "the image was made and could not be handed out: look at its targets",
    FailureClass.EXPECTED: "somebody wanted it so, and it is no failure of the service",
    FailureClass.OK: "nothing says that the service failed it",
}
"""Why no secondary is run after a failure of this class."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What an event leads to for all builds."""

    state: State
    actions: tuple[Action, ...] = ()
    notes: tuple[Note, ...] = ()
    reply: Reply | None = None


def follow_builds(state: State, event: Event, setup: Setup, now: datetime) -> Followed:
    """Return the state with every build as it stands now, what they want done, and what to say."""
    begun = _take(state, event, setup, now) if isinstance(event, BuildOrdered) else Followed(state=state)
    state, actions, notes = begun.state, [*begun.actions], [*begun.notes]
    for build in state.builds.kept:
        if build.result is None:
            after, wanted, said = _follow(state, build, event, setup, now)
            state = _with(state, after) if after is not build else state
            actions += wanted
            notes += said
    return Followed(state=state, actions=tuple(actions), notes=tuple(notes), reply=begun.reply)


def _take(state: State, event: BuildOrdered, setup: Setup, now: datetime) -> Followed:
    """Return what comes of an order: a build that is begun, or why it is not."""
    refused = objection(state, setup, event)
    if refused is not None:
        return Followed(state=state, reply=refused)
    if not is_new(state, event):
        return Followed(state=state, reply=Reply(text=f"build {event.id} was ordered already", id=event.id))
    order = Order(owner=event.owner, reason=event.reason, at=now)
    build = Build(id=event.id, group=event.group, order=order, to=event.to)
    note = _note(build, "build ordered", f"by {event.owner}: {event.reason}")
    build, wanted, said = _choose(state, build, setup, now)
    builds = state.builds
    ordered = {**builds.ordered, build.group: builds.ordered.get(build.group, 0) + 1}
    state = _with(replace(state, builds=replace(builds, ordered=ordered)), build)
    reply = Reply(text=f"{event.group} is built; follow it: aibwatch build {event.group} --id {event.id}", id=event.id)
    return Followed(state=state, actions=wanted, notes=(note, *said), reply=reply)


Chosen = tuple[Build, tuple[Action, ...], tuple[Note, ...]]


def _choose(state: State, build: Build, setup: Setup, now: datetime) -> Chosen:
    """Return the build with its first attempt: the named member, the active one, or a secondary in an outage."""
    spec, group = setup.groups[build.group], state.groups[build.group]
    named = member_in(state, spec, build.to) if build.to else None
    if named is not None:
        return _try(state, replace(build, spent=True), named, f"{build.to} was asked for", now)
    region = state.window.region_of(group.active)
    verdict = verdict_for(state, setup, spec, region) if region else None
    if verdict is not None and verdict.kind is VerdictKind.OUTAGE:
        return _instead(state, build, setup, group.active, f"{region} {verdict.kind.phrase}", now)
    return _try(state, build, group.active, "it is the active member", now)


def _try(state: State, build: Build, template: TemplateId, why: str, now: datetime, *, loud: bool = False) -> Chosen:
    attempt = Attempt(template=template, why=why, asked_at=now, since=now)
    after = replace(build, attempts=(*build.attempts, attempt))
    region = state.window.region_of(template)
    where = f" in {region}" if region else ""
    note = _note(build, f"build tries {template_name(template)}{where}", why, loud=loud)
    return after, _wanted(after, attempt, Ask.LOOK), (note,)


def _follow(state: State, build: Build, event: Event, setup: Setup, now: datetime) -> Chosen:
    last = build.attempts[-1]
    heard = event if _concerns(event, build) else Ticked()
    turned = follow(last, heard, state.window.templates.get(last.template), _key(build), now)
    if turned is None:
        return build, (), ()
    attempt, ask = turned
    stopped = unrecorded(state) if ask is Ask.POST else None
    if stopped is not None:
        attempt = replace(attempt, stage=Stage.NOTHING, told=f"no run was asked for: {stopped.text}")
    build = replace(build, attempts=(*build.attempts[:-1], attempt))
    name = template_name(attempt.template)
    notes = () if attempt.stage is last.stage else (_note(build, f"build of {name} {attempt.stage}", _told(attempt)),)
    if attempt.stage.open:
        return build, _wanted(build, attempt, ask), notes
    after, wanted, said = _after(state, build, setup, now)
    return after, wanted, (*notes, *said)


def _concerns(event: Event, build: Build) -> bool:
    """Return whether the event is no answer, or an answer to the build's present attempt."""
    if not isinstance(event, BuildLooked | BuildAnswered):
        return True
    return (event.id, event.attempt) == (build.id, len(build.attempts))


def _told(attempt: Attempt) -> str:
    return f"{attempt.told}: {attempt.diagnosis.summary}" if attempt.diagnosis.summary else attempt.told


def _after(state: State, build: Build, setup: Setup, now: datetime) -> Chosen:
    """Return what follows from an attempt that ended."""
    attempt = build.attempts[-1]
    ends = {Stage.BUILT: BuildResult.BUILT, Stage.NOTHING: BuildResult.BUSY, Stage.LOST: BuildResult.LOST}
    if attempt.stage in ends:
        return _end(build, ends[attempt.stage], _told(attempt), now)
    verdict = _verdict(state, setup, build, attempt)
    wont = _keeps_to_itself(attempt, verdict)
    if wont:
        return _end(build, BuildResult.FAILED, f"{_told(attempt)}; {wont}", now)
    if not build.spent:
        return _instead(
            state, build, setup, attempt.template, f"the service failed {template_name(attempt.template)}", now
        )
    down = build.to is None or (verdict is not None and verdict.kind is VerdictKind.OUTAGE)
    so = "where it was asked for" if build.to else "the secondary too"
    result = BuildResult.OUTAGE if down else BuildResult.FAILED
    return _end(build, result, f"the service failed {so}: {attempt.diagnosis.summary}", now)


def _verdict(state: State, setup: Setup, build: Build, attempt: Attempt) -> Verdict | None:
    spec, region = setup.groups.get(build.group), state.window.region_of(attempt.template)
    return verdict_for(state, setup, spec, region) if spec and region else None


def _keeps_to_itself(attempt: Attempt, verdict: Verdict | None) -> str:
    """Return why the failure is no reason to try elsewhere; empty where it is one."""
    cls = attempt.diagnosis.cls
    if cls is FailureClass.AMBIGUOUS:
        failing = verdict is not None and verdict.kind in FAILING
        return "" if failing else "it may be anybody's fault, and the region is not judged to be failing"
    return "" if cls is FailureClass.SERVICE else OWN_FAULT[cls]


def _instead(state: State, build: Build, setup: Setup, failed: TemplateId, why: str, now: datetime) -> Chosen:
    """Return the build with a ready secondary tried instead, or ended because there is none."""
    build = replace(build, spent=True)
    spec, group = setup.groups.get(build.group), state.groups.get(build.group)
    if spec is None or group is None:
        return _end(build, BuildResult.NOT_READY, f"{why}, and its group is not configured any more", now)
    tried = {failed, *(attempt.template for attempt in build.attempts)}
    shut: list[str] = []
    for secondary in spec.secondaries:
        if secondary in tried:
            continue
        gates = ask_gates(state, setup, spec, group, secondary, failed, now)
        closed = [gate for gate in holding(gates) if gate.name in NEEDED]
        if not closed:
            return _try(state, build, secondary, f"{why}, so a ready secondary is run instead", now, loud=True)
        shut += [f"{gate.name}: {gate.why}" for gate in closed]
    region = state.window.region_of(failed)
    verdict = verdict_for(state, setup, spec, region) if region else None
    down = verdict is not None and verdict.kind is VerdictKind.OUTAGE
    lacking = "; ".join(shut) or "there is no other secondary"
    return _end(build, BuildResult.OUTAGE if down else BuildResult.NOT_READY, f"{why}, and {lacking}", now)


def _end(build: Build, result: BuildResult, why: str, now: datetime) -> Chosen:
    after = _ended(build, result, why, now)
    loud = result in {BuildResult.NOT_READY, BuildResult.OUTAGE, BuildResult.LOST}
    what = f"build ended: {count(len(build.images), 'image')}" if result is BuildResult.BUILT else f"build {result}"
    told = listing(list(build.images)) or why if result is BuildResult.BUILT else why
    return after, (), (_note(build, what, told, loud=loud),)


def _ended(build: Build, result: BuildResult, why: str, now: datetime) -> Build:
    return replace(build, result=result, why=why, ended_at=now)


def _wanted(build: Build, attempt: Attempt, ask: Ask) -> tuple[Action, ...]:
    number = len(build.attempts)
    match ask:
        case Ask.NOTHING:
            return ()
        case Ask.POST:
            return (RunBuild(id=build.id, attempt=number, template=attempt.template),)
        case Ask.READ:
            return (ReadOutputs(group=build.group, activation_id=_key(build), template=attempt.template),)
        case Ask.LOOK | Ask.LOOK_LATER:
            wait = VISIBLE_AFTER if ask is Ask.LOOK_LATER else timedelta(0)
            look = LookForBuild(id=build.id, attempt=number, read=attempt.reads, template=attempt.template, wait=wait)
            return (look,)


def _key(build: Build) -> str:
    """Return what reads of the build's outputs are known by: no activation id of a move has a blank."""
    return f"build {build.id}"


def _with(state: State, build: Build) -> State:
    """Return the state with the build as it is now; what is too old to be asked for is forgotten."""
    builds = state.builds
    known = builds.find(build.id)
    kept = [build if b.id == build.id else b for b in builds.kept] if known else [*builds.kept, build]
    over = [b.id for b in kept if b.result is not None][: max(0, len(kept) - KEPT)]
    failed = builds.failed
    if build.result not in {None, BuildResult.BUILT}:
        failed = {**failed, build.group: failed.get(build.group, 0) + 1}
    return replace(
        state, builds=Builds(kept=tuple(b for b in kept if b.id not in over), ordered=builds.ordered, failed=failed)
    )


def _note(build: Build, what: str, why: str, *, loud: bool = False) -> Note:
    return Note(kind=NoteKind.BUILD, subject=build.group, what=what, why=f"{why} (build {build.id})", loud=loud)
