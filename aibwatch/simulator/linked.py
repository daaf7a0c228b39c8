"""Look at the identities that a template is given, as ARM does before the service sees them.

Rules: an identity is named by its whole id, is in a subscription of the tenant, and is one that the caller may give
away. Whether it is there is another question (creation.py). This module does not know what a template is.
"""

from collections.abc import Container, Iterator

from aibwatch.simulator.lots import guid
from aibwatch.simulator.needs import ID
from aibwatch.simulator.refusal import Refusal
from aibwatch.simulator.rights import ASSIGN
from aibwatch.simulator.roles import Roles

WRITE = "Microsoft.VirtualMachineImages/imageTemplates/write"


def check_linked(roles: Roles, subscriptions: Container[str], template: str, sent: object, seed: int) -> None:
    """Pass identities that may be given to the template of this id. Raises Refusal, in ARM's words, for others.

    `subscriptions` are those of the tenant, in lower case.
    """
    for identity in _identities(sent):
        if not ID.fullmatch(identity):
            raise _no_id(identity)
        if (subscription := identity.split("/")[2]).lower() not in subscriptions:
            raise _foreign(template, subscription, guid(seed, "tenant"))
        if not roles.allow(ASSIGN, identity):
            raise _not_given(roles.client, template, identity)


def _identities(sent: object) -> Iterator[str]:
    identity = sent.get("identity") if isinstance(sent, dict) else None
    users = identity.get("userAssignedIdentities") if isinstance(identity, dict) else None
    yield from (name for name in users if isinstance(name, str)) if isinstance(users, dict) else ()


def _no_id(text: str) -> Refusal:
    said = (
        f"Property id '{text}' at path 'identity.userAssignedIdentities' is invalid. Expect fully qualified resource "
        "Id that start with '/subscriptions/{subscriptionId}' or '/providers/{resourceProviderNamespace}/'."
    )
    return Refusal(400, "LinkedInvalidPropertyId", said)


def _foreign(template: str, subscription: str, tenant: str) -> Refusal:
    text = (  # recorded in 2020
        f"The client has permission to perform action '{ASSIGN}' on scope '{template}', however the current tenant "
        f"'{tenant}' is not authorized to access linked subscription '{subscription}'."
    )
    return Refusal(403, "LinkedAuthorizationFailed", text)


def _not_given(client: str, template: str, identity: str) -> Refusal:
    text = (
        f"{client} has permission to perform action '{WRITE}' on scope '{template}'; however, it does not have "
        f"permission to perform action(s) '{ASSIGN}' on the linked scope(s) '{identity}' (respectively) or the linked "
        "scope(s) are invalid."
    )
    return Refusal(403, "LinkedAuthorizationFailed", text, lacking=ASSIGN)
