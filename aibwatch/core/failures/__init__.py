"""The failures that are known, as data: how to tell them, whose fault they are, what to do, how we know.

Rows are tried from top to bottom, the first that fits decides; what fits nothing is ambiguous. The order is

 1. state conflicts, which are no failures
 2. the HTTP answer: status and x-ms-failure-cause
 3. provisioning error codes
 4. texts that name their reason, whatever the phase
 5. a 4xx, by its status or its name, which was refused for a reason that no row knows
 6. the phase in which it failed, for texts that name no reason (see steps.py)
 7. texts in which the service owns up, then those that leave it open, shorter runs before longer ones
 8. lines that mean nothing

So a phase or a length decides only where the text does not. A file of this package holds the rows of one subject.
"""

import re

from aibwatch.core.failures.access import ACCESS
from aibwatch.core.failures.answers import ANSWERS, IN_WORDS, NOT_AS_PROMISED, REFUSED, REFUSED_IN_WORDS
from aibwatch.core.failures.codes import CODES
from aibwatch.core.failures.conflicts import CONFLICTS
from aibwatch.core.failures.definition import DEFINITION
from aibwatch.core.failures.provider import ADMITTED, DISTRIBUTION, GENERIC
from aibwatch.core.failures.room import ROOM
from aibwatch.core.failures.row import Row
from aibwatch.core.failures.steps import CUSTOMER_STEP, DISTRIBUTING_STEP, STEPS
from aibwatch.core.failures.unclear import NOISE, UNCLEAR
from aibwatch.core.model import FailureClass

ROWS: tuple[Row, ...] = (
    *CONFLICTS,
    *ANSWERS,
    *CODES,
    *ROOM,
    *ACCESS,
    *DEFINITION,
    *IN_WORDS,
    *STEPS,
    *DISTRIBUTION,
    *ADMITTED,
    REFUSED,
    REFUSED_IN_WORDS,
    CUSTOMER_STEP,
    *GENERIC,
    DISTRIBUTING_STEP,
    *UNCLEAR,
    *NOISE,
    NOT_AS_PROMISED,
)

DEFAULT = Row(
    name="default",
    cls=FailureClass.AMBIGUOUS,
    text=re.compile(r"(?!)"),
    cause="not a failure that is known here",
    advice="read the message; it weighs little until something else agrees. A row can be added for it: open an issue "
    "with the message and whose fault it turned out to be",
    source="no row of the table fits",
    example="",
)

WELL = Row(
    name="none",
    cls=FailureClass.OK,
    text=re.compile(r"(?!)"),
    cause="this is not a failure",
    advice="nothing",
    source="the state or status itself",
    example="",
)
"""For answers and runs that are well, so that whoever asks about one gets an answer of the same shape."""

NO_WORDS = "no-words"
"""Name of the row for a run that failed without a reason; its text may still come."""
