"""Name the thresholds of judgement."""

from pydantic import StrictBool as Flag

from aibwatch.config.schema.kinds import (
    DAY,
    HOUR,
    MINUTE,
    Duration,
    DurationOrOff,
    ModeChoice,
    Moves,
    Pattern,
    Score,
    Table,
)
from aibwatch.core.model import Mode


class PolicySettings(Table):
    """The thresholds of judgement: defaults of every group, and the ones that regions are judged by."""

    mode: ModeChoice = Mode.SHADOW
    """How far aibwatch may go by itself: shadow (say only), approve (ask first), auto (move). Default "shadow":
    it has to earn trust on your templates before it moves them."""
    cooldown: Duration = HOUR
    """Least time between two moves of a group. Default 60m: longer than a usual build, so that a move has shown
    an image before the next; doubles after a failure."""
    drill_max_age: DurationOrOff = 35 * DAY
    """How old the last rehearsal may be before moves are held, or "off". Default 35d: a monthly drill with days
    to spare."""
    hold_min: Duration = 3 * MINUTE
    """Wait between confirmation and move when every kind of evidence agrees. Default 3m: short blips end by
    themselves."""
    hold_max: Duration = 15 * MINUTE
    """The same wait when evidence is only just enough. Default 15m: costs less than a needless move does."""
    min_outage_age: Duration = 5 * MINUTE
    """Least time from the first evidence to a move. Default 5m: most restarts inside the service are over by
    then."""
    recovery_min: Duration = 10 * MINUTE
    """How long a region must show no trouble before its incident closes. Default 10m: as long as evidence
    counts as "still failing", so that an outage that flickers stays one incident."""
    run_window: Duration = HOUR
    """How long the end of a run counts as evidence. Default 60m: builds are rare, and an older end says little
    about now."""
    suspect_score: Score = 1.2
    """Score (natural-log likelihood ratio) from which a region is suspected. Default 1.2: one or two ambiguous
    failures; suspicion is cheap, it only starts a closer look."""
    confirm_score: Score = 9.2
    """Score from which an outage is confirmed. Default 9.2: odds of 10,000 to 1, which no two
    kinds of source reach by a hiccup."""
    approve_timeout: Duration = 15 * MINUTE
    """In mode approve: after how long without an answer people are told again (nothing is moved meanwhile), and how
    long an approval that was given counts. Default 15m: an answer is about the moment in which it is given, and
    whoever was woken needs a few minutes."""
    max_moves_per_day: Moves = 3
    """Most moves of one group in 24 hours. Default 3: a group that moved three times in a day is chasing something
    that moving does not cure."""
    exclude_late_images: Flag = False
    """Whether image versions that a left member builds late, from a run begun before the active member's, are taken out
    of "latest" in their gallery. Default false: it writes to a gallery, which nothing else here does, and needs a
    permission of its own (Microsoft.Compute/galleries/images/versions/write); without it people are told."""
    service_health_service: Pattern = "image builder"
    """Regular expression, letter case ignored, for the service names of events that concern us. Default "image
    builder": Azure's own words; events of other services count only as dependencies."""
