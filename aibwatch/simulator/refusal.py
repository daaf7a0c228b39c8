"""Refuse what the service would refuse, in its words and its two forms.

ARM's own errors are wrapped in {"error": ...}, compact, and carry x-ms-failure-cause "gateway". The resource
provider's state conflicts were recorded without the wrapper and without that header. This module does not know when
to refuse.
"""

from dataclasses import dataclass


# Not frozen: Python writes the traceback into an exception.
@dataclass(eq=False)
class Refusal(Exception):  # noqa: N818 - an answer of the service, not an error of ours
    """One error answer, not yet on the wire."""

    status: int
    code: str
    text: str
    by_arm: bool = True
    wrapped: bool = True
    lacking: str = ""
    """The action that the caller has no right to, if that is why."""

    def body(self) -> dict[str, object]:
        """Return the error's JSON."""
        error: dict[str, object] = {"code": self.code, "message": self.text}
        return {"error": error} if self.wrapped else error


def not_found(kind: str, name: str, group: str) -> Refusal:
    """Refuse a resource that is not there. ARM knows that by itself: the provider is not asked."""
    return Refusal(
        404, "ResourceNotFound", f"The Resource '{kind}/{name}' under resource group '{group}' was not found."
    )


def no_group(group: str) -> Refusal:
    """Refuse a resource group nobody created."""
    return Refusal(404, "ResourceGroupNotFound", f"Resource group '{group}' could not be found.")


def no_subscription(subscription: str) -> Refusal:
    """Refuse a subscription of which the scenario says nothing."""
    return Refusal(404, "SubscriptionNotFound", f"The subscription '{subscription}' could not be found.")


def not_allowed(action: str, provisioning: str, run: str, status: int = 405) -> Refusal:
    """Refuse an action in the wrong state: 405 and unwrapped, as recorded for a cancel while canceling."""
    states = f"provisioningState: '{provisioning}'" + (f", runState: '{run}'" if run else "")
    text = f"Operation '{action}' is not allowed in {states}"
    return Refusal(status, "OperationNotAllowed", text, by_arm=False, wrapped=False)


def conflict() -> Refusal:
    """Refuse a PUT over an existing template. The text is documented; status and wrapper are not recorded."""
    return Refusal(409, "Conflict", "Update/Upgrade of image templates is currently not supported", by_arm=False)


def invalid(text: str) -> Refusal:
    """Refuse a body the provider does not understand."""
    return Refusal(400, "ValidationFailed", f"Validation failed: {text}", by_arm=False)
