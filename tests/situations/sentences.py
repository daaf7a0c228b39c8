"""Which sentences a story may say, each with what it does."""

import re
from collections.abc import Awaitable, Callable

from .people import ORDER
from .story import Story
from .words import SPAN, StoryError

POINT = r"(before|after) (decision \w+|epoch|(?:intent|dispatch|effect|result) of step \d)"
Do = Callable[..., Awaitable[None]]

SENTENCES: tuple[tuple[str, Do], ...] = (
    ("start|start again", Story.start),
    ("start a second daemon", Story.start_second),
    ("the power is cut", Story.cut),
    (rf"(the power is cut|the journal fails) {POINT}", Story.fail_at),
    (rf"{SPAN} pass(?:es)?", Story.pass_time),
    (rf"the machine stands still for {SPAN}", Story.pass_frozen),
    (r"until (watching|held|checking|committing|moving|moved|halted|\w+ is \w+|the power is cut)", Story.until),
    (rf"the host's clock jumps by ([+-]){SPAN}", Story.set_clock),
    (rf"fresh polls take {SPAN}", Story.slow_polls),
    (r"(\w+) breaks", Story.fail_region),
    (r"(\w+) is mended", Story.mend_region),
    (r"somebody runs base in (\w+)", Story.foreign_run),
    (rf"somebody runs base in (\w+), and it takes {SPAN}", Story.long_run),
    (r"switch will (.+)", Story.behave),
    (r"switch, asked for its state, will (.+)", Story.look),
    (r"switch can (resume|be repeated)", Story.able),
    (r"switch is at version (\d+)", Story.version),
    (r"switch, asked whether it could act, says (.+)", Story.check_says),
    (r"switch is (taken away|installed again)", Story.install),
    (r"the journal fails", Story.journal_fails),
    (r"the journal is well again", Story.journal_well),
    (r"the journal forgets its last (\d+) (marks|observations)", Story.forget),
    (r"the state was written by a version that did not know ([\w, ]+)", Story.older),
    (r"another daemon writes epoch (\d+)", Story.other_epoch),
    (r"the lock file is (moved away|put back)", Story.move_lock),
    (r"at once: (.+)", Story.at_once),
    (ORDER, Story.order),
    (r"the configuration says (.+)", Story.configure),
    (r"the configuration is broken: (.+)", Story.break_configuration),
    (r"aibwatch status", Story.status),
    (r"what was done\?", Story.outcome),
)


async def tell(story: Story, sentence: str) -> list[str]:
    """Do what the sentence says, and return what followed.

    Raises:
        StoryError: if nobody understands it.
    """
    for pattern, do in SENTENCES:
        if match := re.fullmatch(pattern, sentence):
            await do(story, *match.groups())
            return await story.followed()
    raise StoryError(f"nobody understands {sentence!r}; what can be said is in sentences.py")
