"""Tell which triggers templates have. By itself a template has none; the scenario gives it some.

The shape was recorded in May 2024. This module starts nothing: a trigger here is only told of.
"""

from collections.abc import Iterable
from datetime import datetime

from aibwatch.simulator.body import KIND, resource_id
from aibwatch.simulator.parts import TriggerSpec
from aibwatch.simulator.template import Template
from aibwatch.simulator.wire import Json, run_time


class Triggers:
    """The triggers by the names of their templates. Mutable: a drill may break one."""

    def __init__(self, specs: Iterable[TriggerSpec]) -> None:
        self._specs: dict[tuple[str, str], TriggerSpec] = {}
        for spec in specs:
            self.put(spec)

    def put(self, spec: TriggerSpec) -> None:
        """Let a trigger be so from now on."""
        self._specs[spec.template.lower(), spec.name.lower()] = spec

    def of(self, template: Template) -> list[Json]:
        """Return the triggers of a template."""
        mine = (spec for (name, _), spec in self._specs.items() if name == template.name.lower())
        return [_body(template, spec, template.ready) for spec in mine if not spec.absent]


def _body(template: Template, spec: TriggerSpec, since: datetime) -> Json:
    # UNVERIFIED: code and message of a trigger that was switched off. Healthy is the one that was recorded.
    code, message = (
        ("Healthy", "Trigger is active")
        if spec.healthy
        else ("Unhealthy", "Trigger was deactivated after consecutive failed builds")
    )
    return {
        "properties": {
            "kind": spec.kind,
            "provisioningState": "Succeeded",
            "status": {"code": code, "message": message, "time": run_time(since, spec.name)},
        },
        "id": f"{resource_id(template)}/triggers/{spec.name}",
        "name": spec.name,
        "type": f"{KIND}/triggers",
    }
