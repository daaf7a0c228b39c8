"""Supply what does not matter to a test, and play stories in which time is a variable.

Minutes are counted from T0. A failure class stands for a whole diagnosis: "service", "network", "ok".
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar, assert_never

from aibwatch.core.actions import (
    Action,
    AskStatus,
    DispatchStep,
    ExcludeFromLatest,
    LookForBuild,
    PollAfresh,
    ReadOutputs,
    RunBuild,
    RunCanary,
    WriteEpoch,
)
from aibwatch.core.approval import Answered
from aibwatch.core.canary.canary import Canary, CanaryResult, CanaryRun
from aibwatch.core.decision import Decision, Note, NoteKind, Reply
from aibwatch.core.discovery.problem import Change, Problem
from aibwatch.core.engine import step
from aibwatch.core.events import (
    ApprovalAnswered,
    BuildAnswered,
    BuildLooked,
    CanaryAnswered,
    EpochAnswered,
    Event,
    Excluded,
    MoveOrdered,
    Observed,
    OutputsRead,
    PolledAfresh,
    StepEnded,
    Ticked,
)
from aibwatch.core.evidence import Evidence, Kind
from aibwatch.core.model import (
    WELL,
    Diagnosis,
    FailureClass,
    Mode,
    Region,
    Run,
    RunPhase,
    RunState,
    TemplateId,
    template_id,
    template_name,
)
from aibwatch.core.move.move import Move, MoveKind, Order, Step, StepResult
from aibwatch.core.observation import (
    CallFailed,
    Concern,
    DependencySeen,
    DiscoverySeen,
    EventSeen,
    HandlerChecked,
    Observation,
    PeerSaid,
    Polled,
    Probed,
    ReadinessSeen,
    Source,
    TemplateSeen,
)
from aibwatch.core.policy import CanarySpec, GroupSpec, Policy, Setup, StepSpec
from aibwatch.core.readiness.finding import Ready
from aibwatch.core.sight import Sight
from aibwatch.core.state import GroupState, Phase, State
from aibwatch.core.verdict import Verdict, VerdictKind
from aibwatch.core.votes import Hearing
from aibwatch.core.window import Window, add

T0 = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
BEAT, CALM = timedelta(seconds=30), timedelta(seconds=90)

WEST, NORTH, FRANCE, SWEDEN = (Region(r) for r in ("westeurope", "northeurope", "francecentral", "swedencentral"))
SCOPE = "/subscriptions/s1"
SEEN = Sight(seen=True, learned=True, why="")


T = TypeVar("T")


def the(value: T | None) -> T:
    """Return what must be there for the test to make sense."""
    assert value is not None
    return value


def at(minutes: float = 0.0) -> datetime:
    return T0 + timedelta(minutes=minutes)


def minutes_of(moment: datetime) -> float:
    return (moment - T0) / MINUTE


def a_template_id(name: str = "base", region: Region = WEST) -> TemplateId:
    group = f"{SCOPE}/resourceGroups/{region}"
    return template_id(f"{group}/providers/Microsoft.VirtualMachineImages/imageTemplates/{name}")


BASE_WEST, BASE_NORTH = a_template_id("base", WEST), a_template_id("base", NORTH)
BASE_FRANCE = a_template_id("base", FRANCE)
CANARY = a_template_id("canary", WEST)


# what the operator decided


def a_policy(**settings: object) -> Policy:
    return replace(Policy(mode=Mode.AUTO), **settings)  # type: ignore[arg-type]  # the names are those of Policy


def a_group(
    name: str = "base",
    *,
    primary: TemplateId = BASE_WEST,
    secondaries: tuple[TemplateId, ...] = (BASE_NORTH,),
    policy: Policy | None = None,
    steps: tuple[StepSpec, ...] = (StepSpec(handler="run-template"),),
) -> GroupSpec:
    return GroupSpec(name=name, primary=primary, secondaries=secondaries, policy=policy or a_policy(), steps=steps)


def a_setup(*groups: GroupSpec, policy: Policy | None = None, canaries: Iterable[CanarySpec] = ()) -> Setup:
    known = groups or (a_group(),)
    return Setup(
        groups={g.name: g for g in known}, policy=policy or a_policy(), canaries={c.region: c for c in canaries}
    )


def a_canary_spec(**settings: object) -> CanarySpec:
    """Return the west region's canary, run on suspicion only."""
    known = CanarySpec(region=WEST, template=CANARY, routine=None)
    return replace(known, **settings)  # type: ignore[arg-type]  # the names are those of CanarySpec


# what was seen


def a_diagnosis(cls: str = "service") -> Diagnosis:
    return WELL if cls == "ok" else Diagnosis(cls=FailureClass(cls), rule="a-rule", summary=f"{cls} trouble")


def a_run(how: str = "ok", *, started: float = 0.0, ended: float | None = None, phase: str = "absent") -> Run:
    """Return a run: "ok", "running", "canceled" or a failure class. Minutes after T0; by default it takes one."""
    states = {"ok": RunState.SUCCEEDED, "running": RunState.RUNNING, "canceled": RunState.CANCELED}
    state = states.get(how, RunState.FAILED)
    end = None if how == "running" else at(started + 1 if ended is None else ended)
    known = WELL if how in states else a_diagnosis(how)
    return Run(started=at(started), ended=end, state=state, phase=RunPhase(phase), diagnosis=known)


def a_template(
    name: str = "base",
    region: Region = WEST,
    *,
    run: Run | None = None,
    when: datetime = T0,
    shares: Iterable[str] = (),
    provisioning: str = "succeeded",
) -> TemplateSeen:
    return TemplateSeen(
        at=when,
        template=a_template_id(name, region),
        region=region,
        provisioning=provisioning,
        run=run,
        build_timeout_minutes=0,
        shares=frozenset(shares),
    )


def a_poll(cls: str = "ok", *, when: datetime = T0, source: Source = Source.PROBE, subject: str = WEST) -> Polled:
    return Polled(at=when, source=source, subject=subject, diagnosis=a_diagnosis(cls))


def a_probe(region: Region = WEST, cls: str = "service", *, when: datetime = T0) -> Probed:
    return Probed(at=when, region=region, diagnosis=a_diagnosis(cls))


def probes(region: Region = WEST, cls: str = "service", *, when: datetime = T0, number: int = 3) -> list[Probed]:
    """Return a row of reads, the last of them at `when`."""
    return [a_probe(region, cls, when=when - i * BEAT) for i in reversed(range(number))]


def an_event(
    region: Region = WEST,
    concern: str = "image_builder",
    *,
    active: bool = True,
    when: datetime = T0,
    updated: datetime | None = None,
    began: datetime | None = None,
    tracking_id: str = "VT60-RPZ",
    maintenance: bool = False,
) -> EventSeen:
    return EventSeen(
        at=when,
        tracking_id=tracking_id,
        region=region,
        concern=Concern(concern),
        active=active,
        maintenance=maintenance,
        updated=updated or when,
        began=began or when,
        title="Image Builder: failures",
    )


def a_dependency(
    state: str = "unavailable",
    *,
    region: Region = WEST,
    resource: str = "/r/vnet",
    when: datetime = T0,
    own: bool = False,
) -> DependencySeen:
    return DependencySeen(at=when, region=region, resource=resource, state=state, customer_made=own)


def a_call(
    name: str = "base",
    cls: str = "service",
    *,
    region: Region = WEST,
    called: float = 0.0,
    when: datetime | None = None,
    call: str = "c0ffee",
    ours: bool = False,
) -> CallFailed:
    """Return a call to run that failed, in minutes after T0; by default it was seen five minutes later."""
    return CallFailed(
        at=when or at(called + 5),
        called_at=at(called),
        template=a_template_id(name, region),
        region=region,
        call=call,
        diagnosis=a_diagnosis(cls),
        ours=ours,
    )


def a_report(
    state: str = "ready", *, template: TemplateId = BASE_NORTH, when: datetime = T0, why: str = "so it is"
) -> ReadinessSeen:
    return ReadinessSeen(at=when, template=template, state=Ready(state), why=why)


def a_discovery(*problems: str, changes: tuple[Change, ...] = (), when: datetime = T0) -> DiscoverySeen:
    told = tuple(Problem(about=about, why=f"{about} has no secondary", remedy="deploy one") for about in problems)
    return DiscoverySeen(at=when, groups=2, problems=told, changes=changes)


def a_peer(
    *, troubled: bool = True, region: Region = WEST, when: datetime = T0, peer: str = "oslo", why: str = "it sees it"
) -> PeerSaid:
    return PeerSaid(at=when, peer=peer, region=region, troubled=troubled, why=why)


def a_check(
    *,
    well: bool = True,
    when: datetime = T0,
    handler: str = "run-template",
    target: TemplateId = BASE_NORTH,
    step: int = 0,
    version: str = "",
) -> HandlerChecked:
    return HandlerChecked(
        at=when,
        group="base",
        handler=handler,
        target=target,
        well=well,
        why="so it says",
        step=step,
        version=version,
    )


def a_window(*observations: Observation, now: datetime = T0) -> Window:
    return add(Window(), observations, now)


def a_hearing(window: Window, *, now: datetime, region: Region = WEST, **settings: object) -> Hearing:
    """Return a hearing of the region at `now`, with an hour of runs."""
    known = Hearing(window=window, region=region, run_window=60 * MINUTE, now=now)
    return replace(known, **settings)  # type: ignore[arg-type]  # the names are those of Hearing


def the_runs(*runs: tuple[str, Run, str]) -> list[TemplateSeen]:
    """Return templates of the west region with their runs: (name, run, shared things parted by blanks)."""
    return [
        a_template(name, run=run, shares=shares.split(), when=run.ended or run.started) for name, run, shares in runs
    ]


def a_canary_run(how: str = "well", *, asked: float = 0.0, ended: float | None = None, **settings: object) -> CanaryRun:
    """Return a run of a canary, in minutes after T0; one that ended took 22 minutes by default."""
    result = CanaryResult(how)
    failed = result in {CanaryResult.FAILED, CanaryResult.STUCK}
    known = CanaryRun(
        asked_at=at(asked),
        why="suspicion",
        run_before=None,
        result=result,
        started=None if result is CanaryResult.ASKED else at(asked),
        alive_at=at(asked + 6) if result is CanaryResult.ALIVE else None,
        ended_at=None if result.open else at(asked + 22 if ended is None else ended),
        diagnosis=a_diagnosis("service" if failed else "auth" if result is CanaryResult.BROKEN else "ok"),
    )
    return replace(known, **settings)  # type: ignore[arg-type]  # the names are those of CanaryRun


def a_canary(*runs: CanaryRun) -> Canary:
    return Canary(region=WEST, template=CANARY, runs=runs)


# what was concluded


def against(
    kind: str = "probe", weight: float = 3.5, *, witnesses: int = 1, since: float = 0.0, last: float = 0.0
) -> Evidence:
    return Evidence(
        kind=Kind(kind),
        weight=weight,
        sentence=f"{kind} speaks against it",
        since=at(since),
        last=at(last),
        witnesses=witnesses,
        names_service=kind == "events",
    )


def in_favour(kind: str = "runs", weight: float = -2.25) -> Evidence:
    return Evidence(kind=Kind(kind), weight=weight, sentence=f"{kind} speaks for it")


def a_proof(*, last: float = 0.0, since: float = 0.0) -> tuple[Evidence, ...]:
    """Return evidence that convicts: the probe and two independent runs."""
    return (against("probe", since=since, last=last), against("runs", 5.8, witnesses=2, since=since, last=last))


def a_verdict(
    kind: str = "healthy", *, region: Region = WEST, why: str = "so it is", convicted: bool = False
) -> Verdict:
    proven = at(0) if convicted else None
    return Verdict(
        region=region,
        kind=VerdictKind(kind),
        since=T0,
        score=0.0,
        evidence=(),
        why=why,
        trouble_since=proven,
        confirmed_since=proven,
        held=convicted,
        alone=VerdictKind(kind),
    )


def a_step(**settings: object) -> Step:
    known = Step(handler="run-template", timeout=15 * MINUTE, retries=2)
    return replace(known, **settings)  # type: ignore[arg-type]  # the names are those of Step


def a_move(**settings: object) -> Move:
    known = Move(
        activation_id="base-1",
        kind=MoveKind.FAILOVER,
        group="base",
        source=BASE_WEST,
        target=BASE_NORTH,
        epoch=1,
        incident="westeurope-20260302-020000",
        claimed_at=T0,
        steps=(a_step(),),
    )
    return replace(known, **settings)  # type: ignore[arg-type]  # the names are those of Move


def a_group_state(phase: str = "watching", **settings: object) -> GroupState:
    known = GroupState(name="base", active=BASE_WEST, since=T0, known_since=T0, phase=Phase(phase))
    return replace(known, **settings)  # type: ignore[arg-type]  # the names are those of GroupState


# stories


@dataclass
class World:
    """What polls would meet. Well until a story breaks something."""

    templates: dict[TemplateId, TemplateSeen]
    probe: dict[Region, str]
    lists: str = "ok"
    controls: str = "ok"
    ready: str = "ready"
    """What surveys say of every template."""
    events: list[EventSeen] = field(default_factory=list)

    def polls(self, now: datetime) -> tuple[Observation, ...]:
        """Return what one poll of everything brings at this moment."""
        seen: list[Observation] = []
        for region, cls in self.probe.items():
            seen += [a_poll(cls, when=now, subject=region), a_probe(region, cls, when=now)]
        seen.append(a_poll(self.lists, when=now, source=Source.TEMPLATES, subject=SCOPE))
        if self.lists == "ok":
            seen += [replace(t, at=now) for t in self.templates.values()]
            seen += [a_report(self.ready, template=template, when=now) for template in self.templates]
        seen.append(a_poll(self.controls, when=now, source=Source.SERVICE_HEALTH, subject=SCOPE))
        if self.controls == "ok":
            seen += [replace(e, at=now) for e in self.events]
        return tuple(seen)

    def ran(self, template: TemplateId, run: Run) -> None:
        """Let a template's last run be this one."""
        self.templates[template] = replace(self.templates[template], run=run)


def a_world(*regions: Region) -> World:
    """Return well regions (west, north) with the templates base, web and sql, each with a script of its own."""
    known = regions or (WEST, NORTH)
    names = ("base", "web", "sql")
    listed = [a_template(name, region, shares={f"{name}.sh"}) for region in known for name in names]
    return World(templates={t.template: t for t in listed}, probe=dict.fromkeys(known, "ok"))


class Play:
    """Feed events to the engine, keep what it wants and says, and answer for the world unless a story does."""

    def __init__(
        self,
        *groups: GroupSpec,
        world: World | None = None,
        policy: Policy | None = None,
        canaries: Iterable[CanarySpec] = (),
    ) -> None:
        self.world = world or a_world()
        self.setup = a_setup(*groups, policy=policy, canaries=canaries)
        for spec in self.setup.canaries.values():
            self.world.templates[spec.template] = a_template(template_name(spec.template), spec.region)
        self.now = T0
        self.state = State(awake_since=T0)
        self.wanted: list[Action] = []
        self.said: list[Note] = []
        self.unanswered: set[type[Action]] = set()
        """Kinds of action that the story answers itself."""
        self.step_results: list[StepResult] = []
        """What handlers say to the next calls; APPLIED when nothing is left."""
        self.status_results: list[StepResult] = []
        self.epoch_written = True
        self.images: tuple[str, ...] = ("/images/1",)
        self.late_images: tuple[str, ...] = ()
        """What the runs of the active member and of one that was left put out."""
        self.gallery: list[Diagnosis] = []
        """What galleries say to the next calls; WELL when nothing is left."""
        self.canary_answer = WELL
        """How the request for a canary's run is answered."""
        self.build_answers: dict[TemplateId, str] = {}
        """How requests for a build's run are answered, by template; "ok" begins one."""

    # doing

    def tell(self, event: Event) -> Decision:
        """Let the engine decide on one event, and answer what it wants."""
        decision = step(self.state, event, self.setup, self.now)
        self.state = decision.state
        self.wanted += decision.actions
        self.said += decision.notes
        for action in decision.actions:
            if type(action) not in self.unanswered:
                for answer in self.answers(action):
                    self.tell(answer)
        return decision

    def order(
        self, kind: str, *, to: TemplateId | None = None, over: tuple[str, ...] = (), owner: str = "ann"
    ) -> Reply:
        """Let a human order a move, and return what he is told."""
        order = Order(owner=owner, reason="so she wants", at=self.now, overrides=over)
        return self.reply(MoveOrdered(group="base", kind=MoveKind(kind), to=to, order=order))

    def answer(self, answer: str, *, id: str = "base-1", owner: str = "ann") -> Reply:  # noqa: A002
        """Let a human approve or deny, and return what he is told."""
        said = Answered(answer)
        return self.reply(ApprovalAnswered(group="base", id=id, answer=said, owner=owner, reason="so she says"))

    def reply(self, event: Event) -> Reply:
        """Return what is answered to an order."""
        reply = self.tell(event).reply
        assert reply is not None
        return reply

    def poll(self) -> Decision:
        """Poll everything once."""
        return self.tell(Observed(observations=self.world.polls(self.now)))

    def tell_observed(self, *observations: Observation) -> Decision:
        """Let the engine see these facts."""
        return self.tell(Observed(observations=observations))

    def tick(self, seconds: float = 0.0) -> Decision:
        """Let time pass without a poll."""
        self.now += timedelta(seconds=seconds)
        return self.tell(Ticked())

    def run(self, minutes: float, *, beat: timedelta = BEAT) -> "Play":
        """Let time pass with a poll every 30 s."""
        end = self.now + minutes * MINUTE
        while self.now < end:
            self.now += beat
            self.poll()
        return self

    def idle(self, minutes: float) -> "Play":
        """Let time pass in which nothing happens, with a poll so seldom that it is just not late."""
        return self.run(minutes, beat=CALM)

    def until(self, phase: str, *, group: str = "base", most: float = 90.0) -> "Play":
        """Let time pass until the group is in this phase."""
        end = self.now + most * MINUTE
        while self.phase(group) != phase:
            assert self.now < end, f"never {phase}: {self.group(group).phase}, because {self.group(group).why}"
            self.now += BEAT
            self.poll()
        return self

    def break_region(self, region: Region = WEST) -> None:
        """Let reads fail and two runs that share nothing with each other end with the provider's failure."""
        self.world.probe[region] = "service"
        for name in ("web", "sql"):
            self.world.ran(a_template_id(name, region), a_run("service", started=self.minute - 1, ended=self.minute))

    def mend_region(self, region: Region = WEST) -> None:
        """Let reads be answered, and two new runs end well."""
        self.world.probe[region] = "ok"
        for name in ("web", "sql"):
            run = a_run("ok", started=self.minute + 0.1, ended=self.minute + 0.2)
            self.world.ran(a_template_id(name, region), run)

    def answers(self, action: Action) -> tuple[Event, ...]:
        """Return what the world answers to an action."""
        match action:
            case PollAfresh():
                observed = Observed(observations=self.world.polls(self.now))
                return (observed, PolledAfresh(group=action.group, activation_id=action.activation_id))
            case WriteEpoch():
                return (self.epoch_answer(action, written=self.epoch_written),)
            case DispatchStep():
                return (step_answer(action, self.step_results.pop(0) if self.step_results else StepResult.APPLIED),)
            case AskStatus():
                return (step_answer(action, self.status_results.pop(0) if self.status_results else StepResult.APPLIED),)
            case ReadOutputs():
                return (
                    OutputsRead(
                        group=action.group,
                        activation_id=action.activation_id,
                        images=self.images if action.late_run is None else self.late_images,
                        diagnosis=WELL,
                        late_run=action.late_run,
                    ),
                )
            case ExcludeFromLatest():
                said = self.gallery.pop(0) if self.gallery else WELL
                return (
                    Excluded(
                        group=action.group,
                        activation_id=action.activation_id,
                        run=action.run,
                        image=action.image,
                        diagnosis=said,
                    ),
                )
            case RunCanary():
                return (CanaryAnswered(region=action.region, asked_at=action.asked_at, diagnosis=self.canary_answer),)
            case LookForBuild():
                return (self.build_look(action),)
            case RunBuild():
                return (self.build_answer(action),)
        assert_never(action)

    def build_look(self, action: LookForBuild) -> BuildLooked:
        """Return what a read of the template shows, or how it fails where all reads of its region do."""
        seen = self.world.templates[action.template]
        how = a_diagnosis(self.world.probe[seen.region])
        run = seen.run if how is WELL else None
        return BuildLooked(id=action.id, attempt=action.attempt, read=action.read, run=run, diagnosis=how)

    def build_answer(self, action: RunBuild) -> BuildAnswered:
        answer = self.build_answers.get(action.template, "ok")
        unsure = answer in {"service", "ambiguous", "network"}
        if answer == "ok":
            self.world.ran(action.template, a_run("running", started=self.minute))
        return BuildAnswered(id=action.id, attempt=action.attempt, diagnosis=a_diagnosis(answer), uncertain=unsure)

    def epoch_answer(self, action: WriteEpoch, *, written: bool) -> EpochAnswered:
        why = "" if written else "the epoch on record is 7"
        return EpochAnswered(group=action.group, activation_id=action.activation_id, written=written, why=why)

    # looking

    @property
    def minute(self) -> float:
        return minutes_of(self.now)

    def group(self, name: str = "base") -> GroupState:
        return self.state.groups[name]

    def phase(self, name: str = "base") -> str:
        return self.state.groups[name].phase if name in self.state.groups else "unseen"

    def verdict(self, region: Region = WEST) -> Verdict:
        return self.state.verdicts[f"@{region}"]

    def dispatched(self) -> list[tuple[str, int, int]]:
        """Return every call to act: (activation, step, attempt)."""
        calls = [a.call for a in self.wanted if isinstance(a, DispatchStep)]
        return [(c.activation_id, c.step, c.attempt) for c in calls]

    def canary(self, region: Region = WEST) -> Canary:
        return self.state.canaries[region]

    def canaries(self) -> list[RunCanary]:
        """Return every request for a run of a canary."""
        return [a for a in self.wanted if isinstance(a, RunCanary)]

    def asked(self) -> list[AskStatus]:
        return [a for a in self.wanted if isinstance(a, AskStatus)]

    def heard(self, kind: NoteKind, subject: str = "base") -> list[str]:
        """Return what was said of a subject, in order."""
        return [n.what for n in self.said if n.kind is kind and n.subject == subject]


def step_answer(action: DispatchStep | AskStatus, result: StepResult, why: str = "the handler says so") -> StepEnded:
    call = action.call
    return StepEnded(
        group=call.group,
        activation_id=call.activation_id,
        step=call.step,
        attempt=call.attempt,
        result=result,
        why=why,
    )


def name_of(template: TemplateId) -> str:
    """Return region and name, for assertions that read well."""
    return f"{template.split('/')[4]}/{template_name(template)}"
