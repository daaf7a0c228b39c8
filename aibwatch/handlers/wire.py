"""Put a request into the words that handlers outside of this process are told, and name those they answer with.

Essential are protocol, activation_id, epoch, group, kind, from, to, rehearsal and deadline; whoever reads it must bear
keys that are not known to him yet. There is never a secret in it.

Note [Environment]: a program gets PASSED of the daemon's environment and nothing else. The daemon's own may hold
client secrets and proxy passwords; what a program needs, it is given in a file that it knows of.
"""

import json
import os
from collections.abc import Mapping

from aibwatch.core.move.move import StepResult
from aibwatch.handlers.api import HandlerRequest, Plan

PASSED = ("PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "SSL_CERT_FILE")
"""See Note [Environment]."""

STATES = {
    "applied": StepResult.APPLIED,
    "not_applied": StepResult.NOTHING_CHANGED,
    "partial": StepResult.PARTIAL,
    "unknown": StepResult.UNKNOWN,
}
"""What they may answer when they are asked for the state of an effect."""


def as_object(request: HandlerRequest, plan: Plan | None = None) -> dict[str, object]:
    """Return the request as an object of JSON, with what the plan found before."""
    told: dict[str, object] = {
        "protocol": request.protocol,
        "activation_id": request.activation_id,
        "epoch": request.epoch,
        "group": request.group,
        "kind": request.kind.value,
        "from": request.source,
        "to": request.target,
        "rehearsal": request.rehearsal,
        "deadline": request.deadline.isoformat(),
        "step": request.step,
        "attempt": request.attempt,
    }
    if request.sent_at is not None:
        told["sent_at"] = request.sent_at.isoformat()
    if plan is not None:
        told["before"] = dict(plan.before)
    return told


def as_variables(verb: str, told: Mapping[str, object]) -> dict[str, str]:
    """Return the same for a shell script, which reads variables more easily than JSON."""
    plain = {key: value for key, value in told.items() if not isinstance(value, dict)}
    words = {key: json.dumps(value) if isinstance(value, bool) else str(value) for key, value in plain.items()}
    return {f"AIBWATCH_{key.upper()}": word for key, word in {"verb": verb, **words}.items()}


def environment(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the whole environment of a program."""
    passed = {name: os.environ[name] for name in PASSED if name in os.environ}
    return {"PATH": os.defpath, **passed, **variables}
