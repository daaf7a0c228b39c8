"""Azure in a story: templates that can be read and run while their region is well; a build takes twenty minutes."""

from dataclasses import replace
from datetime import datetime, timedelta

from aibwatch.core.model import WELL, Diagnosis, Region, RunState, TemplateId
from aibwatch.core.observation import Observation, TemplateSeen
from aibwatch.handlers.api import Refusal
from tests.core.builders import World, a_diagnosis, a_run, a_template_id, a_world, at, minutes_of

from .timeline import StoryLoop
from .transcript import Transcript

BUILD = timedelta(minutes=20)
GALLERY = "/subscriptions/s1/resourceGroups/rg/providers/Microsoft.Compute/galleries/g/images/base/versions/1.0.{:.0f}"


class Azure:
    """What polls and the built-in handler meet."""

    def __init__(self, world: World, loop: StoryLoop, transcript: Transcript) -> None:
        self.world, self._loop, self._transcript = world, loop, transcript
        self.runs: list[TemplateId] = []
        """Runs that were accepted from us."""
        self._builds: dict[TemplateId, timedelta] = {}

    @property
    def now(self) -> datetime:
        """Azure's own time: nobody sets its clock."""
        return at(self._loop.time() / 60)

    def polls(self, dated: datetime) -> tuple[Observation, ...]:
        self._end_builds()
        return self.world.polls(dated)

    def open(self, region: Region) -> None:
        """Let there be one more region."""
        more = a_world(region)
        self.world.templates |= more.templates
        self.world.probe |= more.probe

    def fail(self, region: Region) -> None:
        """Let reads fail and two runs that share nothing end with the provider's failure."""
        self.world.probe[region] = "service"
        for name in ("web", "sql"):
            self._ran(a_template_id(name, region), "service")

    def mend(self, region: Region) -> None:
        self.world.probe[region] = "ok"
        for name in ("web", "sql"):
            self._ran(a_template_id(name, region), "ok")

    def begin(self, template: TemplateId, takes: timedelta = BUILD) -> None:
        """Let a run begin, whoever wanted it."""
        self._builds[template] = takes
        self.world.ran(template, a_run("running", started=minutes_of(self.now)))

    async def read(self, template: TemplateId) -> TemplateSeen | Refusal:
        self._end_builds()
        seen = self.world.templates[template]
        return self._refusal(seen.region) or replace(seen, at=self.now)

    async def run(self, template: TemplateId) -> Refusal | None:
        self._end_builds()
        region = self.world.templates[template].region
        refusal = self._refusal(region)
        self._transcript.line("azure", f"run of {name_of(template)} {'refused' if refusal else 'accepted'}")
        if refusal is None:
            self.runs.append(template)
            self.begin(template)
        return refusal

    async def outputs(self, template: TemplateId, _: datetime | None) -> tuple[str, ...] | Diagnosis:
        """Return the version that the template's last run has put into a gallery, named by the minute of its start."""
        run = self.world.templates[template].run
        assert run is not None
        return (GALLERY.format(minutes_of(run.started)),)

    async def exclude(self, image: str) -> Diagnosis:
        self._transcript.line("azure", f"excludeFromLatest set on {image.rpartition('/')[2]}")
        return WELL

    def _refusal(self, region: Region) -> Refusal | None:
        cls = self.world.probe[region]
        return None if cls == "ok" else Refusal(diagnosis=a_diagnosis(cls), uncertain=False)

    def _ran(self, template: TemplateId, how: str) -> None:
        ended = minutes_of(self.now)
        self.world.ran(template, a_run(how, started=ended - 1, ended=ended))

    def _end_builds(self) -> None:
        for template, seen in self.world.templates.items():
            run = seen.run
            takes = self._builds.get(template, BUILD)
            if run is not None and run.state is RunState.RUNNING and self.now - run.started >= takes:
                how = "ok" if self.world.probe[seen.region] == "ok" else "service"
                ended = minutes_of(run.started + takes)
                self.world.ran(template, a_run(how, started=minutes_of(run.started), ended=ended))


def name_of(template: TemplateId) -> str:
    return f"{template.rpartition('/')[2]} in {template.split('/')[4]}"
