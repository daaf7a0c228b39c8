"""Take what plug-ins say, and what our own handler says too."""

from aibwatch.core.model import RunState
from aibwatch.handlers.api import Plan
from aibwatch.runtime.answers import as_plan


def test_a_word_of_ours_is_a_text_like_any_other() -> None:
    kept = as_plan(Plan(changes=("run base-north",), before={"run_state": RunState.NEVER}))
    assert kept == Plan(changes=("run base-north",), before={"run_state": "never"})
    assert type(kept.before["run_state"]) is str
