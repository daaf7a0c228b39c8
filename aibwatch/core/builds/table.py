"""Say what may happen to one attempt of a build: a table of stages and words.

A pair that is not in it changes nothing. Only one row sends the request, it starts from LOOKING, and no row leads back
there: so an attempt asks for a run at most once, whatever comes twice, late or never.
This module does not know how a word is found; that is for build_attempt.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from aibwatch.core.builds.build import Stage


class Word(StrEnum):
    """What an event means to an attempt."""

    NONE = "none"
    """A read shows no run that could be its own."""
    DENIED = "denied"
    """The same, of a request that Azure had refused."""
    UNREAD = "unread"
    """The read failed, and the next one may not."""
    UNREAD_DENIED = "unread_denied"
    """The last of the reads failed too; the request was refused."""
    UNREAD_AT_ALL = "unread_at_all"
    """The last of the reads failed too; the request got lost."""
    UNREADABLE = "unreadable"
    """The read was refused for a reason that stays."""
    CANCELING = "canceling"
    UNDER_WAY = "under_way"
    WELL = "well"
    BAD = "bad"
    CANCELED = "canceled"
    REPLACED = "replaced"
    """A later run shows in its place."""
    ACCEPTED = "accepted"
    ALREADY = "already"
    REFUSED = "refused"
    LATER = "later"
    UNSURE = "unsure"
    IMAGES = "images"
    RESTARTED = "restarted"
    OVERDUE = "overdue"
    GIVEN_UP = "given_up"


class Ask(StrEnum):
    """What a row wants done."""

    NOTHING = "nothing"
    LOOK = "look"
    LOOK_LATER = "look_later"
    POST = "post"
    READ = "read"


@dataclass(frozen=True, slots=True)
class Turn:
    """One row of the table."""

    to: Stage
    why: str
    ask: Ask = Ask.NOTHING


_RUNS = Turn(Stage.RUNNING, "its run is under way")
_ENDED_WELL = Turn(Stage.READING, "its run ended well; what it put out is read", Ask.READ)
_ENDED_ILL = Turn(Stage.FAILED, "its run failed")
_CANCELED = Turn(Stage.FAILED, "somebody cancelled its run")
_SILENT = Turn(Stage.LOST, "its time-out has passed, and nothing of its end was seen")
_REPLACED = Turn(Stage.LOST, "another run of it began before the end of this one was seen")

TABLE: Mapping[tuple[Stage, Word], Turn] = {
    (Stage.LOOKING, Word.NONE): Turn(Stage.ASKED, "no run of it was under way, so one is asked for", Ask.POST),
    (Stage.LOOKING, Word.UNREAD): Turn(
        Stage.ASKED, "it could not be read, which says nothing of runs, so one is asked for", Ask.POST
    ),
    (Stage.LOOKING, Word.UNREADABLE): Turn(Stage.FAILED, "it could not be read, so no run was asked for"),
    (Stage.LOOKING, Word.CANCELING): Turn(Stage.NOTHING, "its last run is being cancelled, so none can begin yet"),
    (Stage.LOOKING, Word.UNDER_WAY): Turn(Stage.RUNNING, "it was running already, and that run is followed"),
    (Stage.LOOKING, Word.RESTARTED): Turn(Stage.LOOKING, "aibwatch was restarted; it is read again", Ask.LOOK),
    (Stage.LOOKING, Word.OVERDUE): Turn(Stage.NOTHING, "reading it came to no end, so no run was asked for"),
    (Stage.ASKED, Word.ACCEPTED): Turn(Stage.TAKEN, "Azure accepted its run"),
    (Stage.ASKED, Word.ALREADY): Turn(
        Stage.SETTLING, "Azure says that a run of it is under way already; that one is looked for", Ask.LOOK_LATER
    ),
    (Stage.ASKED, Word.REFUSED): Turn(Stage.FAILED, "Azure refused to run it"),
    (Stage.ASKED, Word.LATER): Turn(Stage.NOTHING, "the request for its run did not get through"),
    (Stage.ASKED, Word.UNSURE): Turn(
        Stage.SETTLING, "whether its run began all the same is found out first", Ask.LOOK_LATER
    ),
    (Stage.ASKED, Word.RESTARTED): Turn(
        Stage.SETTLING, "aibwatch was restarted before the answer; whether a run began is found out", Ask.LOOK_LATER
    ),
    (Stage.ASKED, Word.OVERDUE): Turn(
        Stage.SETTLING, "no answer came; whether a run began is found out", Ask.LOOK_LATER
    ),
    (Stage.SETTLING, Word.UNDER_WAY): _RUNS,
    (Stage.SETTLING, Word.WELL): _ENDED_WELL,
    (Stage.SETTLING, Word.BAD): _ENDED_ILL,
    (Stage.SETTLING, Word.CANCELED): _CANCELED,
    (Stage.SETTLING, Word.NONE): Turn(Stage.NOTHING, "no run of it began, and the request is not sent twice"),
    (Stage.SETTLING, Word.DENIED): Turn(Stage.FAILED, "Azure refused to run it, and no run of it began"),
    (Stage.SETTLING, Word.UNREAD): Turn(
        Stage.SETTLING, "it cannot be read; whether its run began is not known yet", Ask.LOOK_LATER
    ),
    (Stage.SETTLING, Word.UNREAD_DENIED): Turn(
        Stage.FAILED, "Azure refused to run it; whether a run began all the same could not be read"
    ),
    (Stage.SETTLING, Word.UNREAD_AT_ALL): Turn(Stage.LOST, "whether a run of it began could not be read"),
    (Stage.SETTLING, Word.RESTARTED): Turn(
        Stage.SETTLING, "aibwatch was restarted; whether its run began is found out", Ask.LOOK_LATER
    ),
    (Stage.SETTLING, Word.OVERDUE): Turn(Stage.SETTLING, "no answer came; it is looked for again", Ask.LOOK),
    (Stage.SETTLING, Word.GIVEN_UP): Turn(Stage.LOST, "whether a run of it began could not be found out"),
    (Stage.TAKEN, Word.UNDER_WAY): _RUNS,
    (Stage.TAKEN, Word.WELL): _ENDED_WELL,
    (Stage.TAKEN, Word.BAD): _ENDED_ILL,
    (Stage.TAKEN, Word.CANCELED): _CANCELED,
    (Stage.TAKEN, Word.OVERDUE): _SILENT,
    (Stage.RUNNING, Word.WELL): _ENDED_WELL,
    (Stage.RUNNING, Word.BAD): _ENDED_ILL,
    (Stage.RUNNING, Word.CANCELED): _CANCELED,
    (Stage.RUNNING, Word.REPLACED): _REPLACED,
    (Stage.RUNNING, Word.OVERDUE): _SILENT,
    (Stage.READING, Word.IMAGES): Turn(Stage.BUILT, "its run ended well"),
    (Stage.READING, Word.RESTARTED): Turn(Stage.READING, "its run ended well; what it put out is read", Ask.READ),
    (Stage.READING, Word.OVERDUE): Turn(Stage.READING, "its run ended well; what it put out is read again", Ask.READ),
    (Stage.READING, Word.GIVEN_UP): Turn(Stage.BUILT, "its run ended well; the names of its images could not be read"),
}
