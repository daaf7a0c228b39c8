"""Describe a build: a run of a group's template that somebody ordered, and what became of it.

Rules: a build moves nothing; the group's active member, epoch and phase stay as they are. Each of its attempts asks for
a run once. A build is known by an id that whoever orders it may choose, so that an order that is sent twice is one.
How one attempt goes is the table in build_table.py; which template is tried, and what follows, is for builds.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from aibwatch.core.model import WELL, Diagnosis, Region, TemplateId
from aibwatch.core.move.move import Order


class Stage(StrEnum):
    """How far an attempt is."""

    LOOKING = "looking"
    """Reads the template's last run, before anything is asked for."""
    ASKED = "asked"
    """Decided, and on record: the request for a run may be under way."""
    SETTLING = "settling"
    """The answer leaves open whether a run began; that is found out first."""
    TAKEN = "taken"
    """Azure accepted the run, which does not show yet."""
    RUNNING = "running"
    READING = "reading"
    """The run ended well; what it put out is read."""
    BUILT = "built"
    FAILED = "failed"
    NOTHING = "nothing"
    """No run came of it, and that says nothing against the service or the template."""
    LOST = "lost"
    """Nothing is known of its run, and nothing more will be."""

    @property
    def open(self) -> bool:
        """Whether more may come of the attempt."""
        return self not in {Stage.BUILT, Stage.FAILED, Stage.NOTHING, Stage.LOST}

    @property
    def has_run(self) -> bool:
        """Whether there is a run, as far as is known."""
        return self in {Stage.TAKEN, Stage.RUNNING, Stage.READING, Stage.BUILT}


class BuildResult(StrEnum):
    """What became of a build."""

    BUILT = "built"
    FAILED = "failed"
    NOT_READY = "not_ready"
    """The service failed it, and no secondary is ready to be run instead."""
    OUTAGE = "outage"
    """The service failed it wherever it was tried, or is known to be down where it would be."""
    BUSY = "busy"
    """Nothing was run; the same order may well succeed a little later."""
    LOST = "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One template's part in a build."""

    template: TemplateId
    why: str
    """Why this template."""
    asked_at: datetime
    """When it was begun."""
    since: datetime
    """When it came into its stage, or was last read in it."""
    stage: Stage = Stage.LOOKING
    told: str = ""
    """Why it is in its stage: the sentence of the table's row."""
    reads: int = 1
    """Reads begun in this stage; an answer belongs to the last one."""
    run_before: datetime | None = None
    """What started no later than this is not its run, by the service's own clock; None: every run is."""
    joined: bool = False
    """Azure or a read said that a run was under way already: that one is followed, whoever began it."""
    started: datetime | None = None
    """Start of its run, once that shows."""
    diagnosis: Diagnosis = WELL
    """How the request was refused, or why the run failed."""
    images: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """One build, open or ended."""

    id: str
    group: str
    order: Order
    to: Region | None = None
    """The region that was asked for by name: then no other is tried."""
    attempts: tuple[Attempt, ...] = ()
    spent: bool = False
    """Whether the one change to a secondary was made, or is not to be made."""
    result: BuildResult | None = None
    """None while it is under way."""
    why: str = ""
    ended_at: datetime | None = None

    @property
    def last(self) -> Attempt | None:
        """Return the latest attempt; None for an order that could not be begun."""
        return self.attempts[-1] if self.attempts else None

    @property
    def images(self) -> tuple[str, ...]:
        """Return the resource ids of what was built."""
        return self.attempts[-1].images if self.attempts else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Builds:
    """All builds that are remembered, and how many there ever were."""

    kept: tuple[Build, ...] = ()
    """In the order in which they were ordered."""
    ordered: Mapping[str, int] = field(default_factory=dict)
    """Builds begun, by group."""
    failed: Mapping[str, int] = field(default_factory=dict)
    """Builds that ended without an image, by group."""

    def find(self, id: str) -> Build | None:  # noqa: A002  # the contract calls it so
        """Return the build of this id, or None."""
        return next((build for build in self.kept if build.id == id), None)

    def open_of(self, group: str) -> Build | None:
        """Return the group's build that is under way, or None."""
        return next((build for build in self.kept if build.group == group and build.result is None), None)
