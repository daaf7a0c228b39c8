"""Look at what a template names when one is put: refuse it as ARM does, or let its creation fail as the service does.

Rules: ARM refuses at once a region in which the service is not, a provider that is not registered, and an identity that
the caller may not give or that is in a subscription of somebody else. Whether an identity, a subnet, a gallery or an
image is there is found out by the service, which takes the template and fails to create it. A staging group is made
where it is missing, and scripts are fetched later. This module does not know what a template looks like otherwise.
"""

from collections.abc import Iterator

from aibwatch.core.model import region_of
from aibwatch.simulator import body
from aibwatch.simulator.estate import Estate
from aibwatch.simulator.lots import guid
from aibwatch.simulator.needs import FIRST_VERSION, ID, LATEST, kind_of, named
from aibwatch.simulator.refusal import Refusal
from aibwatch.simulator.rights import ASSIGN
from aibwatch.simulator.roles import Roles
from aibwatch.simulator.wire import Json

NAMESPACE, KIND = "Microsoft.VirtualMachineImages", "imageTemplates"
WRITE = f"{NAMESPACE}/{KIND}/write"

GONE = "The assigned managed identity cannot be used. Please remove the existing one and re-assign a new identity."
"""Documented, of an identity that was deleted."""

_LATER = frozenset({"", "microsoft.storage/storageaccounts"})
"""Kinds that a creation does not look at: resource groups, and what scripts are fetched from."""


class Linked:
    """What there is and what the caller may do, as far as a new template depends on it."""

    def __init__(self, estate: Estate, roles: Roles, seed: int) -> None:
        self._estate = estate
        self._roles = roles
        self._seed = seed

    def check_new(self, template: str, definition: Json) -> None:
        """Pass a template of this id that ARM would let through. Raises Refusal, in ARM's words, for any other."""
        self._check_region(template.split("/")[2], definition["location"])
        self.check_identities(template, definition)

    def _check_region(self, subscription: str, location: str) -> None:
        provider = self._estate.providers.one(subscription, NAMESPACE)
        if provider["registrationState"] != "Registered":
            text = f"The subscription is not registered to use namespace '{NAMESPACE}'."
            raise Refusal(409, "MissingSubscriptionRegistration", f"{text} See https://aka.ms/rps-not-found.")
        (kind,) = (one for one in provider["resourceTypes"] if one["resourceType"] == KIND)
        regions = [region_of(shown) for shown in kind["locations"]]
        if region_of(location) not in regions:
            text = (
                f"The provided location '{location}' is not available for resource type '{NAMESPACE}/{KIND}'. List of "
                f"available regions for the resource type is '{','.join(regions)}'."
            )
            raise Refusal(400, "LocationNotAvailableForResourceType", text)

    def check_identities(self, template: str, sent: object) -> None:
        """Pass identities that the caller may give to a template. Raises Refusal, in ARM's words, for others."""
        for identity in _identities(sent):
            if not ID.fullmatch(identity):
                raise _no_id(identity)
            if self._estate.is_foreign(identity):
                raise self._foreign(template, identity.split("/")[2])
            if not self._roles.allow(ASSIGN, identity):
                text = (
                    f"{self._roles.client} has permission to perform action '{WRITE}' on scope '{template}'; however, "
                    f"it does not have permission to perform action(s) '{ASSIGN}' on the linked scope(s) '{identity}' "
                    "(respectively) or the linked scope(s) are invalid."
                )
                raise Refusal(403, "LinkedAuthorizationFailed", text, lacking=ASSIGN)

    def _foreign(self, template: str, subscription: str) -> Refusal:
        text = (
            f"The client has permission to perform action '{ASSIGN}' on scope '{template}', however the current "
            f"tenant '{guid(self._seed, 'tenant')}' is not authorized to access linked subscription '{subscription}'."
        )
        return Refusal(403, "LinkedAuthorizationFailed", text)

    def failure_of(self, definition: Json, group: str) -> str:
        """Return why the creation of a template comes to nothing; "" if it comes to a template."""
        there = self._estate.regions_of
        if any(not there(identity) for identity in _identities(definition)):
            return GONE
        missing = next((id_ for id_ in _looked_at(definition, group) if not there(id_)), None)
        return body.unreachable(missing) if missing else ""


def _no_id(text: str) -> Refusal:
    said = (
        f"Property id '{text}' at path 'identity.userAssignedIdentities' is invalid. Expect fully qualified resource "
        "Id that start with '/subscriptions/{subscriptionId}' or '/providers/{resourceProviderNamespace}/'."
    )
    return Refusal(400, "LinkedInvalidPropertyId", said)


def _identities(sent: object) -> Iterator[str]:
    identity = sent.get("identity") if isinstance(sent, dict) else None
    users = identity.get("userAssignedIdentities") if isinstance(identity, dict) else None
    yield from (name for name in users if isinstance(name, str)) if isinstance(users, dict) else ()


def _looked_at(definition: Json, group: str) -> Iterator[str]:
    for id_ in named(definition, group):
        # "latest" is looked for when a run begins, and stands for the first version in a list of names.
        latest = id_.endswith(f"/{FIRST_VERSION}") and f"/versions/{LATEST}" in str(definition["properties"]).lower()
        if kind_of(id_).lower() not in _LATER and not latest:
            yield id_
