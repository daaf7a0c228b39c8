"""Look at every secondary once and say what was found, without a daemon and without a state."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from aibwatch.app.copies import Copies
from aibwatch.config.load import Loaded
from aibwatch.core.observation import Observation
from aibwatch.core.policy import Setup
from aibwatch.core.readiness.report import report_of
from aibwatch.core.state import State
from aibwatch.core.window import add
from aibwatch.runtime.clock import Clock
from aibwatch.sources.connection import connect
from aibwatch.sources.survey.surveyor import Surveyor
from aibwatch.views.readiness import as_dict


async def look_once(loaded: Loaded, group: str | None) -> Mapping[str, object]:
    """Return what the daemon would say of its secondaries if it looked at them now; of one group in full.

    Raises:
        ValueError: if the way to Azure cannot be made as configured.
    """
    clock = Clock()
    arm = connect(loaded.settings.azure, now=clock.now, on_request=lambda _: None)
    try:
        setup = _only(loaded.setup, group)
        copies = Copies(arm, clock, loaded.settings.backup)
        seen = await _survey(Surveyor(arm, clock.now, clock.pause), copies, setup)
    finally:
        await arm.close()
    now = clock.now()
    state = State(awake_since=now)
    state = replace(state, window=add(state.window, seen, now))
    return as_dict(state, setup, now, group)


def _only(setup: Setup, group: str | None) -> Setup:
    return setup if group is None else replace(setup, groups={group: setup.groups[group]})


async def _survey(surveyor: Surveyor, copies: Copies, setup: Setup) -> list[Observation]:
    specs = list(setup.groups.values())
    copied = await copies.confirmed({spec.primary for spec in specs})
    async with surveyor.round(specs) as shared:
        asked = (
            shared.survey(spec, secondary, backup_at=copied.get(spec.primary), backup_max_age=copies.max_age)
            for spec in specs
            for secondary in spec.secondaries
        )
        surveys = await asyncio.gather(*asked)
    seen: list[Observation] = []
    for survey in surveys:
        seen += [survey.seen] if survey.seen else []
        seen.append(report_of(survey, None))
    return seen
