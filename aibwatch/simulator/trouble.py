"""Name what can go wrong, and say which trouble a request or a run meets.

Rules: 1 the first trouble of the file that fits a request is the one it meets. 2 `every_nth` and `share` count the
requests that fit, nothing else. 3 a trouble that ends stays in the past, because runs it killed stay dead. 4 events,
the Activity Log, Resource Graph, permissions, sizes, providers, locations and tokens belong to no region, and a list
over a subscription is made by ARM over all regions: only a trouble of region "*" reaches those. This module does not
know how a trouble looks on the wire (spoil.py) nor what it does to a run (run.py).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from aibwatch.simulator.lots import lot

EVERYWHERE = "*"


class Operation(StrEnum):
    """What a request asks for, in the words of a scenario file."""

    LIST = "list"
    GET = "get"
    RUN = "run"
    CANCEL = "cancel"
    OUTPUTS = "outputs"
    OPERATION = "operation"
    CREATE = "create"
    PATCH = "patch"
    DELETE = "delete"
    EVENTS = "events"
    AVAILABILITY = "availability"
    ACTIVITY = "activity"
    IMAGE = "image"
    """A version in a gallery, read or changed."""
    GRAPH = "graph"
    """A query to Resource Graph."""
    PERMISSIONS = "permissions"
    """What the caller may do at a scope."""
    RESOURCE = "resource"
    """Anything else that templates need, and resource groups."""
    USAGES = "usages"
    SKUS = "skus"
    PLATFORM = "platform"
    """The versions of a platform image."""
    PROVIDERS = "providers"
    LOCATIONS = "locations"
    TRIGGERS = "triggers"
    TOKEN = "token"  # noqa: S105 - the name of an operation


OF_ARM = frozenset(Operation) - {Operation.TOKEN}
"""What a trouble means that names no operation: an outage of ARM leaves the machine's own metadata service alone."""
OF_NO_REGION = frozenset(
    {
        *(Operation.EVENTS, Operation.ACTIVITY, Operation.GRAPH, Operation.PERMISSIONS, Operation.TOKEN),
        *(Operation.SKUS, Operation.PROVIDERS, Operation.LOCATIONS),
    }
)


class Answer(StrEnum):
    """What is answered instead of the truth; the last two are no answers but what happens to runs."""

    INTERNAL = "500"
    ARM_INTERNAL = "arm-500"
    BAD_GATEWAY = "502"
    UNAVAILABLE = "503"
    UNAVAILABLE_HTML = "503-html"
    GATEWAY_TIMEOUT = "504"
    THROTTLED = "429"
    THROTTLED_TEXT = "429-text"
    HTML = "html"
    EMPTY = "empty"
    GARBAGE = "garbage"
    HUGE = "huge"
    WRONG_SHAPE = "wrong-shape"
    TIMEOUT = "timeout"
    SLOW = "slow"
    RESET = "reset"
    RESET_AFTER = "reset-after"
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    FOREIGN_NEXT_LINK = "foreign-next-link"
    DIES_IN_BUILDING = "dies-in-building"
    STUCK_QUEUED = "stuck-queued"


FATES = frozenset({Answer.DIES_IN_BUILDING, Answer.STUCK_QUEUED})
"""Troubles of runs: they spoil no answer."""
HARMLESS = frozenset({Answer.SLOW, Answer.RESET_AFTER, Answer.FOREIGN_NEXT_LINK})
"""Answers after which the operation has happened all the same."""


class Shape(StrEnum):
    """The body of an answer 500. All four were recorded behind ARM; which of them AIB sends is not known."""

    WRAPPED = "wrapped"
    UNWRAPPED = "unwrapped"
    MESSAGE = "message"
    CODELESS = "codeless"


class DeathText(StrEnum):
    """What lastRunStatus says of a run the service killed."""

    PACKERIZER = "packerizer"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One thing that goes wrong for a while. Times are seconds since the stand-in began."""

    region: str
    answer: Answer
    operations: frozenset[Operation] = OF_ARM
    templates: frozenset[str] = frozenset()
    """Names in lower case; empty means every template."""
    start: float = 0.0
    end: float | None = None
    every_nth: int = 1
    share: float = 1.0
    effect: bool = False
    """Carry the operation out, then spoil the answer: the client cannot know that it happened."""
    shape: Shape = Shape.WRAPPED
    retry_after: int = 30
    delay: float = 5.0
    text: DeathText = DeathText.PACKERIZER

    def stands(self, elapsed: float) -> bool:
        """Return whether the trouble is on at that second."""
        return self.start <= elapsed and (self.end is None or elapsed < self.end)

    def reaches(self, regions: Collection[str], template: str) -> bool:
        """Return whether somebody of these regions, asking for this template ("" for none), is meant."""
        here = self.region == EVERYWHERE or self.region in regions
        return here and (not self.templates or template.lower() in self.templates)

    @property
    def prevents(self) -> bool:
        """Whether the operation does not happen."""
        return not self.effect and self.answer not in HARMLESS | FATES


class Desk:
    """Keep the troubles and count who met them. Mutable, because `every_nth` counts."""

    def __init__(self, troubles: Sequence[Trouble], seed: int) -> None:
        self._troubles = list(troubles)
        self._met = [0] * len(self._troubles)
        self._seed = seed

    def meet(self, operation: Operation, regions: Collection[str], template: str, elapsed: float) -> Trouble | None:
        """Return the trouble a request meets, and count the request."""
        for place, trouble in enumerate(self._troubles):
            fits = trouble.answer not in FATES and operation in trouble.operations
            if fits and trouble.stands(elapsed) and trouble.reaches(regions, template) and self._turn(place):
                return trouble
        return None

    def _turn(self, place: int) -> bool:
        trouble = self._troubles[place]
        self._met[place] += 1
        turn = self._met[place]
        return turn % trouble.every_nth == 0 and lot(self._seed, "share", place, turn) < trouble.share

    def prevented_by(self, region: str, template: str, elapsed: float) -> Trouble | None:
        """Return the trouble for which a customer's own run cannot start now. Does not count as a request that fits."""
        for place, trouble in enumerate(self._troubles):
            fits = trouble.prevents and Operation.RUN in trouble.operations and trouble.stands(elapsed)
            chance = trouble.share / trouble.every_nth
            if (
                fits
                and trouble.reaches((region,), template)
                and lot(self._seed, "own", place, template, elapsed) < chance
            ):
                return trouble
        return None

    def fates(self, region: str, template: str, number: int) -> tuple[Trouble, ...]:
        """Return what befalls a template's run of that number, whenever it is alive."""
        return tuple(
            trouble
            for place, trouble in enumerate(self._troubles)
            if trouble.answer in FATES
            and trouble.reaches((region,), template)
            and number % trouble.every_nth == 0
            and lot(self._seed, "fate", place, template, number) < trouble.share
        )

    def add(self, trouble: Trouble) -> int:
        """Add a trouble behind the others and return its place."""
        self._troubles.append(trouble)
        self._met.append(0)
        return len(self._troubles) - 1

    def end_all(self, elapsed: float) -> int:
        """End what is on or still to come; return how many that were. The past stays as it was."""
        ended = 0
        for place, trouble in enumerate(self._troubles):
            if trouble.end is None or trouble.end > elapsed:
                # One that never began becomes an empty interval.
                self._troubles[place] = replace(trouble, start=min(trouble.start, elapsed), end=elapsed)
                ended += 1
        return ended
