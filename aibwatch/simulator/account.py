"""Give an account of the runs: each that a client or a schedule started, whatever became of it or of its template.

This module does not know who asks, nor forgets anything.
"""

from collections.abc import Iterable
from datetime import datetime

from aibwatch.simulator.body import resource_id
from aibwatch.simulator.ledger import Ledger
from aibwatch.simulator.run import Origin, Run
from aibwatch.simulator.template import Template
from aibwatch.simulator.wire import Json, run_time


def effects(ledger: Ledger, templates: Iterable[Template], now: datetime) -> list[Json]:
    """Return every run accepted from a client or started by a schedule, oldest first: the count must be exact."""
    told = [
        (run, _effect(ledger, template, run, now))
        for template in templates
        for run in ledger.runs(template)
        if run.origin is not Origin.BEFORE
    ]
    return [effect for _, effect in sorted(told, key=lambda item: item[0].accepted)]


def _effect(ledger: Ledger, template: Template, run: Run, now: datetime) -> Json:
    return {
        "template": resource_id(template),
        "region": template.region,
        "number": run.number,
        "by": run.origin.value,
        "operation": run.operation,
        "started": run_time(run.started, run.operation),
        "accepted": run.accepted.isoformat(),
        "state": ledger.status(template, run, now).state.value,
    }
