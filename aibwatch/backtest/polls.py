"""Make the observations that the daemon's polls would bring from a world at a minute.

Rules: where our own way is broken (no token, no route, throttled) lists show nothing either; a read that the provider
refuses says nothing of the lists, which Azure makes by asking all regions. While the controls fail, the observer itself
is in trouble, and no region is read better than they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from aibwatch.backtest.scene import (
    AWAY,
    CANARY,
    HOME,
    PRIMARY,
    SCOPE,
    SECONDARY,
    moment,
    other_region,
    quiet_template,
    template,
)
from aibwatch.backtest.timeline import CUSTOMIZING_AFTER, CanaryFate, Timeline
from aibwatch.backtest.world import EventActive, Happens, PeerSays, WorldRun
from aibwatch.core.model import WELL, Diagnosis, FailureClass, Region, Run, RunPhase, RunState, TemplateId
from aibwatch.core.observation import (
    Concern,
    EventSeen,
    Observation,
    PeerSaid,
    Polled,
    Probed,
    ReadinessSeen,
    Source,
    TemplateSeen,
)

OUR_WAY = frozenset({FailureClass.NETWORK, FailureClass.AUTH, FailureClass.THROTTLED})

IN_BUILDING = frozenset({FailureClass.SERVICE, FailureClass.AMBIGUOUS, FailureClass.CAPACITY})
"""Runs that end so were never past Building: they must not look like proofs of life on their way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryStart:
    """A canary that was started, and how it will go on."""

    minute: float
    fate: CanaryFate


class Observer:
    """Polls of one world. Times of observations are the observer's own; times of runs are the service's."""

    def __init__(self, timeline: Timeline, since: float) -> None:
        self._timeline, self._world = timeline, timeline.world
        self._since = since
        self.canary: CanaryStart | None = None
        """The latest canary that the service took."""

    def probes(self, minute: float, at: datetime) -> list[Observation]:
        """Return one read of every region."""
        number, elsewhere = self._timeline.others(minute)
        answers: dict[Region, FailureClass] = {
            PRIMARY: self._timeline.answer("read_probe", minute),
            SECONDARY: self._timeline.answer("secondary_probe", minute),
        }
        for other in range(1, self._timeline.most_others() + 1):
            answers[other_region(other)] = elsewhere if other <= number else FailureClass.OK
        controls = self._timeline.answer("controls", minute)
        seen: list[Observation] = []
        for region, answer in answers.items():
            # A read that the world says is well stays so; of the regions that it does not speak of, the observer sees
            # no more than of its controls.
            cls = controls if answer is FailureClass.OK and region != PRIMARY else answer
            seen.append(Polled(at=at, source=Source.PROBE, subject=region, diagnosis=said(cls)))
            seen.append(Probed(at=at, region=region, diagnosis=said(cls)))
        return seen

    def lists(self, minute: float, at: datetime) -> list[Observation]:
        """Return what the list of all templates shows."""
        broken = next((c for c in self._our_way(minute) if c in OUR_WAY), FailureClass.OK)
        polled = Polled(at=at, source=Source.TEMPLATES, subject=SCOPE, diagnosis=said(broken))
        return [polled, *(self._templates(minute, at) if broken is FailureClass.OK else ())]

    def events(self, minute: float, at: datetime) -> list[Observation]:
        """Return what Service Health says. Reading it is also a control: it has nothing to do with Image Builder."""
        cls = self._timeline.answer("controls", minute)
        seen: list[Observation] = [Polled(at=at, source=Source.SERVICE_HEALTH, subject=SCOPE, diagnosis=said(cls))]
        if cls is not FailureClass.OK:
            return seen
        for number, event in enumerate(self._timeline.all(EventActive)):
            if minute >= event.begin:
                seen.append(self._event(f"BT{number:02d}-XYZ", event.service, event, minute, at))
        for number, condition in enumerate(self._timeline.all(Happens)):
            if condition.what == "maintenance" and minute >= condition.begin:
                seen.append(self._event(f"PM{number:02d}-XYZ", Concern.IMAGE_BUILDER, condition, minute, at))
        return seen

    def others(self, minute: float, at: datetime) -> list[Observation]:
        """Return what a second observer says, where the world has one."""
        return [
            PeerSaid(at=at, peer="peer", region=PRIMARY, troubled=c.says == "agree", why=f"it says that it {c.says}s")
            for c in self._timeline.all(PeerSays)
            if c.at(minute)
        ]

    def readiness(self, minute: float, at: datetime) -> list[Observation]:
        """Return a readiness report of the secondary."""
        state = self._timeline.readiness(minute)
        return [ReadinessSeen(at=at, template=AWAY, state=state, why=f"the world says {state}")]

    def _our_way(self, minute: float) -> tuple[FailureClass, FailureClass]:
        return self._timeline.answer("controls", minute), self._timeline.answer("read_probe", minute)

    def _event(
        self, name: str, concern: Concern, lasts: EventActive | Happens, minute: float, at: datetime
    ) -> EventSeen:
        began = self._time(lasts.begin)
        return EventSeen(
            at=at,
            tracking_id=name,
            region=PRIMARY,
            concern=concern,
            active=lasts.at(minute),
            maintenance=isinstance(lasts, Happens),
            updated=began if lasts.at(minute) else self._time(lasts.end),
            began=began,
            title=f"{concern.replace('_', ' ')} in trouble",
        )

    def _templates(self, minute: float, at: datetime) -> list[Observation]:
        known: dict[TemplateId, TemplateSeen] = {
            HOME: quiet_template(HOME, PRIMARY, at),
            AWAY: quiet_template(AWAY, SECONDARY, at),
        }
        for number in range(1, self._timeline.most_others() + 1):
            region = other_region(number)
            known[template("golden", region)] = quiet_template(template("golden", region), region, at)
        known |= self._runs(minute, at)
        known[CANARY] = self._canary(minute, at)
        return list(known.values())

    def _runs(self, minute: float, at: datetime) -> Mapping[TemplateId, TemplateSeen]:
        """Return the templates that the world's runs are of, each with the last run that has begun."""
        seen: dict[TemplateId, TemplateSeen] = {}
        for run in sorted(self._world.runs, key=lambda r: r.ended):
            name = template(run.template, PRIMARY)
            started = run.ended - 0.5 if run.started is None else run.started
            if minute >= run.ended:
                shown = self._ended(run, started)
            elif run.started is not None and minute >= started:
                shown = self._going_on(run, started, minute)
            else:
                continue
            seen[name] = TemplateSeen(
                at=at,
                template=name,
                region=PRIMARY,
                provisioning="succeeded",
                run=shown,
                build_timeout_minutes=0,
                shares=frozenset({run.shares}) - {""},
            )
        return seen

    def _ended(self, run: WorldRun, started: float) -> Run:
        match run.cls:
            case FailureClass.OK:
                state = RunState.SUCCEEDED
            case FailureClass.EXPECTED:
                state = RunState.CANCELED
            case _:
                state = RunState.FAILED
        diagnosis = said(run.cls) if state is RunState.FAILED else WELL
        return Run(started=self._time(started), ended=self._time(run.ended), state=state, diagnosis=diagnosis)

    def _going_on(self, run: WorldRun, started: float, minute: float) -> Run:
        past = run.cls not in IN_BUILDING and minute - started >= CUSTOMIZING_AFTER
        phase = RunPhase.CUSTOMIZING if past else RunPhase.BUILDING
        return Run(started=self._time(started), ended=None, state=RunState.RUNNING, phase=phase)

    def _canary(self, minute: float, at: datetime) -> TemplateSeen:
        seen = quiet_template(CANARY, PRIMARY, at)
        if self.canary is None:
            return seen
        start, fate = self.canary.minute, self.canary.fate
        if minute >= start + fate.ends:
            state = RunState.SUCCEEDED if fate.cls is FailureClass.OK else RunState.FAILED
            ended = self._time(start + fate.ends)
            run = Run(started=self._time(start), ended=ended, state=state, diagnosis=said(fate.cls))
        else:
            phase = RunPhase.CUSTOMIZING if minute >= start + fate.alive else RunPhase.BUILDING
            run = Run(started=self._time(start), ended=None, state=RunState.RUNNING, phase=phase)
        return TemplateSeen(
            at=at,
            template=CANARY,
            region=PRIMARY,
            provisioning="succeeded",
            run=run,
            build_timeout_minutes=0,
        )

    def _time(self, minute: float) -> datetime:
        """Return the service's time of a minute; of what was always so, the time when the observer began to look."""
        return moment(max(minute, self._since))


def said(cls: FailureClass) -> Diagnosis:
    """Return a diagnosis of this class, as a world has them: without words of its own."""
    return WELL if cls is FailureClass.OK else Diagnosis(cls=cls, rule="backtest", summary=f"the world says {cls}")
