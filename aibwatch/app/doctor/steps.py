"""Check the steps of moves: every handler is asked whether it could act on each secondary, as the daemon asks it.

Rules: no effects; a handler that is asked here may read templates and nothing more. Programs and receivers are reached
from here as the user who asks, which may be another one than the daemon's.
"""

import tempfile
from collections.abc import Mapping
from pathlib import Path

from aibwatch.app.doctor.bench import Reached, few
from aibwatch.core.checkup import Checked, fail, well
from aibwatch.core.classify import Symptom, classify
from aibwatch.core.events import Event, Observed
from aibwatch.core.model import TemplateId, template_name
from aibwatch.core.observation import HandlerChecked, TemplateSeen
from aibwatch.core.sentences import count
from aibwatch.core.state import State
from aibwatch.handlers.api import Refusal, Surroundings
from aibwatch.handlers.loader import Handlers
from aibwatch.runtime.checks import HandlerChecks
from aibwatch.sources.answer import Bad
from aibwatch.sources.templates import Templates


async def check_steps(reached: Reached) -> list[Checked]:
    """Return which handlers could not act, and how many could."""
    bench, heard = reached.bench, list[HandlerChecked]()

    async def take(event: Event) -> None:
        if isinstance(event, Observed):
            heard.extend(o for o in event.observations if isinstance(o, HandlerChecked))

    with tempfile.TemporaryDirectory(prefix="aibwatch-doctor-") as folder:
        access = _ReadOnly(Templates(reached.arm, bench.clock.now), reached.seen)
        surroundings = Surroundings(templates=access, now=bench.clock.now, pause=bench.clock.pause, folder=Path(folder))
        handlers = Handlers(surroundings)
        state = State(awake_since=bench.clock.now())
        checks = HandlerChecks(
            handlers.find, clock=bench.clock, setup=lambda: bench.setup, state=lambda: state, put=take
        )
        try:
            await checks.all()
        finally:
            await handlers.close()
    told = few([_ill(check) for check in heard if not check.well])
    good = sum(check.well for check in heard)
    if good:
        told.append(well("steps", f"{count(good, 'handler')} of {len(heard)} could act where a move would lead"))
    return told


def _ill(check: HandlerChecked) -> Checked:
    said = f"the handler {check.handler} of {check.group} could not act on {template_name(check.target)}: {check.why}"
    return fail("steps", said, "until it can, the gate handler_ok holds moves there")


class _ReadOnly:
    """What handlers may do here: look."""

    def __init__(self, templates: Templates, seen: Mapping[TemplateId, TemplateSeen]) -> None:
        self._templates, self._seen = templates, seen

    async def read(self, template: TemplateId) -> TemplateSeen | Refusal:
        seen = self._seen.get(template) or await self._templates.read(template)
        return Refusal(diagnosis=seen.diagnosis, uncertain=False) if isinstance(seen, Bad) else seen

    async def run(self, template: TemplateId) -> Refusal | None:
        why = f"{template_name(template)} is not run: this is a look at things, and no move"
        return Refusal(diagnosis=classify(Symptom(status=400, message=why)), uncertain=False)
