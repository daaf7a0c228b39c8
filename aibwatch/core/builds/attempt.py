"""Follow one attempt of a build: what was seen of its run, or answered to the request for it, and what that means.

What follows from a word is the table in build_table.py.

Note [Run unless run since]: the start of the template's last run is read before the request, and put on record with the
decision to send it. A run that started later is this attempt's, whoever asked for it. Both are times of the service, so
no clock of ours is involved. Where that read fails, what is known from before may be old: then a run is only taken for
ours if it did not start earlier than STALE before the attempt, by our clock.

Note [Settling]: a request that was answered 5xx, or not at all, may have started a run. A read in the same second as an
accepted run still showed the run before (recorded). So the first look that counts is VISIBLE_AFTER later. Where nothing
can be read for LOOKS looks, nobody knows; a refusal of the service's then counts as one, because an image is wanted and
two runs in two regions harm nobody.

This module does not know what a build does next; that is for builds.py.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aibwatch.core.builds.build import Attempt, Stage
from aibwatch.core.builds.table import TABLE, Ask, Word
from aibwatch.core.events import BuildAnswered, BuildLooked, Event, OutputsRead, Started
from aibwatch.core.failures import NO_WORDS
from aibwatch.core.model import Diagnosis, FailureClass, Run, RunState
from aibwatch.core.observation import TemplateSeen
from aibwatch.core.stuck import DEFAULT_TIMEOUT, MARGIN

VISIBLE_AFTER = timedelta(seconds=30)
"""How long an accepted run may take to show in a read: it took at most 3 s where that was recorded; ten times that."""

LOOKS = 6
"""Looks for a run of which nobody knows whether it began, VISIBLE_AFTER apart: three minutes, against twenty-two that
a build takes elsewhere."""

STALE = timedelta(minutes=5)
"""See Note [Run unless run since]. Longer than clocks differ, shorter than a run takes."""

PATIENCE = timedelta(minutes=5)
"""How long an answer of our own doing may be waited for: every request has a time-out of its own, which is shorter."""

BETWEEN_READS = timedelta(minutes=1)
READS = 5
"""Reads of what a good run put out. The image is there; only its name is wanted."""

TEXT_COMES = timedelta(minutes=3)
"""A run that failed without a reason is waited for so long: the text may come after the state."""

LONGEST_TIMEOUT = timedelta(minutes=960)
"""The most that the service takes for a buildTimeoutInMinutes."""


PASSING = frozenset({FailureClass.SERVICE, FailureClass.AMBIGUOUS, FailureClass.THROTTLED, FailureClass.NETWORK})
"""Failures of a read that say nothing of whether the template can be run."""

NO_REFUSAL = frozenset({FailureClass.OK, FailureClass.NETWORK, FailureClass.THROTTLED, FailureClass.EXPECTED})
"""Answers to the request that leave no reason behind where no run came of it."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A word, and what came with it."""

    word: Word
    run: Run | None = None
    diagnosis: Diagnosis | None = None
    images: tuple[str, ...] = ()


def follow(
    attempt: Attempt, event: Event, seen: TemplateSeen | None, key: str, now: datetime
) -> tuple[Attempt, Ask] | None:
    """Return the attempt as it stands now and what is to be done for it; None where nothing changed.

    `seen` is the latest sight of its template, `key` the name that reads of its outputs are known by.
    """
    heard = _answered(attempt, event, key) or _watched(attempt, seen) or _waited(attempt, seen, now)
    turn = TABLE.get((attempt.stage, heard.word)) if heard else None
    if heard is None or turn is None or _may_change(heard, now):
        return None
    stays = turn.to is attempt.stage
    after = replace(
        attempt,
        stage=turn.to,
        told=turn.why,
        since=now,
        reads=attempt.reads + 1 if stays else 1,
        diagnosis=heard.diagnosis or attempt.diagnosis,
        joined=attempt.joined or heard.word is Word.ALREADY or (attempt.stage, turn.to) == JOINS,
        started=heard.run.started if heard.run and turn.ask is not Ask.POST else attempt.started,
        images=heard.images or attempt.images,
    )
    if turn.ask is Ask.POST:
        after = replace(after, run_before=_run_before(heard, seen, now))
    return after, turn.ask


JOINS = (Stage.LOOKING, Stage.RUNNING)


def _answered(attempt: Attempt, event: Event, key: str) -> Heard | None:
    """Return what an answer to something of ours means, or a restart that took the answer away."""
    match event:
        case Started():
            return Heard(Word.RESTARTED)
        case BuildLooked() if event.read == attempt.reads and attempt.stage in {Stage.LOOKING, Stage.SETTLING}:
            return _looked(attempt, event)
        case BuildAnswered() if attempt.stage is Stage.ASKED:
            return Heard(_answer(event), diagnosis=event.diagnosis)
        case OutputsRead(activation_id=known) if known == key and event.diagnosis.cls is FailureClass.OK:
            return Heard(Word.IMAGES, images=event.images)
        case _:
            return None


def _looked(attempt: Attempt, event: BuildLooked) -> Heard:
    run = event.run
    if event.diagnosis.cls is not FailureClass.OK:
        word = _unread(attempt, event.diagnosis)
        # A read that failed is no refusal of the run; it is only kept where it is the reason that none is asked for.
        return Heard(word, diagnosis=event.diagnosis if word is Word.UNREADABLE else None)
    if attempt.stage is Stage.LOOKING and run is not None and run.state is RunState.CANCELING:
        return Heard(Word.CANCELING)
    if attempt.stage is Stage.LOOKING:
        return Heard(Word.UNDER_WAY if run and run.state is RunState.RUNNING else Word.NONE, run=run)
    if run is not None and is_own(attempt, run):
        return _of_run(run)
    return Heard(Word.NONE if attempt.diagnosis.cls in NO_REFUSAL else Word.DENIED)


def _unread(attempt: Attempt, diagnosis: Diagnosis) -> Word:
    if attempt.stage is Stage.LOOKING:
        return Word.UNREAD if diagnosis.cls in PASSING else Word.UNREADABLE
    if attempt.reads < LOOKS:
        return Word.UNREAD
    return Word.UNREAD_AT_ALL if attempt.diagnosis.cls in NO_REFUSAL else Word.UNREAD_DENIED


def _answer(event: BuildAnswered) -> Word:
    match event.diagnosis.cls:
        case FailureClass.OK:
            return Word.ACCEPTED
        case FailureClass.EXPECTED:
            return Word.ALREADY
        case _ if event.uncertain:
            return Word.UNSURE
        case FailureClass.THROTTLED | FailureClass.NETWORK:
            return Word.LATER
        case _:
            return Word.REFUSED


def _watched(attempt: Attempt, seen: TemplateSeen | None) -> Heard | None:
    """Return what the polls show of its run."""
    if attempt.stage not in {Stage.SETTLING, Stage.TAKEN, Stage.RUNNING} or seen is None or seen.run is None:
        return None
    run = seen.run
    if is_own(attempt, run):
        return None if attempt.stage is Stage.RUNNING and not run.state.ended else _of_run(run)
    later = attempt.started is not None and run.started > attempt.started
    return Heard(Word.REPLACED) if later else None


def _of_run(run: Run) -> Heard:
    if not run.state.ended:
        return Heard(Word.UNDER_WAY, run=run, diagnosis=run.diagnosis)
    if run.state.built:
        return Heard(Word.WELL, run=run, diagnosis=run.diagnosis)
    word = Word.CANCELED if run.state is RunState.CANCELED else Word.BAD
    return Heard(word, run=run, diagnosis=run.diagnosis)


def is_own(attempt: Attempt, run: Run) -> bool:
    """Return whether the run is the attempt's. See Note [Run unless run since]."""
    if attempt.started is not None:
        return run.started == attempt.started
    since = attempt.run_before is None or run.started > attempt.run_before
    return since or (attempt.joined and run.state is RunState.RUNNING)


def _may_change(heard: Heard, now: datetime) -> bool:
    """Return whether a run failed so lately, and so silently, that the reason may still come."""
    run = heard.run
    if heard.word is not Word.BAD or run is None or run.diagnosis.rule != NO_WORDS:
        return False
    return now - (run.ended or run.started) < TEXT_COMES


def _run_before(heard: Heard, seen: TemplateSeen | None, now: datetime) -> datetime | None:
    if heard.word is Word.NONE:
        return heard.run.started if heard.run else None
    known = seen.run.started if seen and seen.run else None
    return max(known, now - STALE) if known else now - STALE


def _waited(attempt: Attempt, seen: TemplateSeen | None, now: datetime) -> Heard | None:
    """Return that the attempt was too long in its stage, if it was."""
    begun = attempt.asked_at if attempt.stage in {Stage.TAKEN, Stage.RUNNING} else attempt.since
    if now - begun < _limit(attempt, seen):
        return None
    most = {Stage.SETTLING: LOOKS, Stage.READING: READS}.get(attempt.stage)
    return Heard(Word.GIVEN_UP if most is not None and attempt.reads >= most else Word.OVERDUE)


def _limit(attempt: Attempt, seen: TemplateSeen | None) -> timedelta:
    match attempt.stage:
        case Stage.TAKEN | Stage.RUNNING:
            own = timedelta(minutes=seen.build_timeout_minutes) if seen else timedelta(0)
            return min(own or DEFAULT_TIMEOUT, LONGEST_TIMEOUT) + MARGIN
        case Stage.READING:
            return BETWEEN_READS
        case _:
            return PATIENCE
