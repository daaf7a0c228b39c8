"""Put a request into the words that handlers outside of this process are told: an object of JSON.

Essential are protocol, activation_id, epoch, group, kind, from, to, rehearsal and deadline; whoever reads it must bear
keys that are not known to him yet. There is never a secret in it.
"""

from collections.abc import Mapping

from aibwatch.handlers.api import HandlerRequest


def as_object(request: HandlerRequest) -> Mapping[str, object]:
    """Return the request as an object of JSON."""
    return {
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
