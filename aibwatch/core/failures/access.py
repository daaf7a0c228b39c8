"""Doors that are closed: roles, identities, policies, locks, networks.

A 403 in the message of a run is about the template's identity, and so the customer's; one to a call of ours is not
here but in answers.py.
"""

from aibwatch.core.failures.origins import (
    CONCLUDED,
    DEPLOYMENT_ERRORS,
    RECORDED,
    RECORDED_RUNS,
    TROUBLESHOOTING,
    VIRTUAL_DESKTOP,
    issue,
    samples,
)
from aibwatch.core.failures.row import Row, names, words
from aibwatch.core.model import FailureClass

ACCESS = (
    Row(
        name="identity-gone",
        cls=FailureClass.CUSTOMER,
        text=words("The assigned managed identity cannot be used"),
        cause="the template's identity was deleted, or deleted and made again",
        advice="take the identity off the template and assign it anew",
        source=f"{TROUBLESHOOTING}; {RECORDED_RUNS}: it came with the code ServerError",
        example="The assigned managed identity cannot be used. Please remove the existing one.",
    ),
    Row(
        name="storage-closed",
        cls=FailureClass.CUSTOMER,
        text=words(
            r"(storage account|firewall).{0,120}?(not allowed|denied|AuthorizationFailure)",
            r"\bAuthorizationFailure\b.{0,80}?This request is not authorized",
        ),
        cause="a storage account of the build or of its scripts does not let it in: a firewall, or no role at the data",
        advice="open the account for the build subnet and give the template's identity a role at its blobs",
        source=f"{samples(31, 88)}; the wording varies",
        example="AuthorizationFailure: This request is not authorized to perform this operation.",
    ),
    Row(
        name="caller-not-permitted",
        cls=FailureClass.AUTH,
        text=words(r"does(n't| not) have authorization to perform action 'Microsoft\.VirtualMachineImages/"),
        # No build acts upon templates: whoever lacks this right is who asked.
        cause="whoever asked lacks the role for this action at the template; no build needs it",
        advice="assign the role at the template's resource group to the identity that asked",
        source=f"{RECORDED}; {CONCLUDED}",
        example="'c' doesn't have authorization to perform action 'Microsoft.VirtualMachineImages/imageTemplates/read'",
    ),
    Row(
        name="missing-permission",
        cls=FailureClass.CUSTOMER,
        text=words(
            r"\b(Linked)?AuthorizationFailed\b",
            "Not authorized to access the resource",
            "does(n't| not) have authorization to perform action",
            "not authorized to access linked subscription",
            r"\bStatus(Code)?=403\b",
            # Microsoft names a missing permission as the reason of this one, though it says 404.
            r"InterfacesClient#UpdateTags.{0,120}?StatusCode=404",
        ),
        cause="the template's identity lacks a role",
        advice="give the identity the role at the resource that the message names",
        source=f"{TROUBLESHOOTING}; {samples(20)}; {RECORDED_RUNS}",
        example="Not authorized to access the resource: /subscriptions/s/resourceGroups/g/providers/p/v",
    ),
    Row(
        name="policy",
        cls=FailureClass.CUSTOMER,
        text=words("RequestDisallowedByPolicy", "disallowed by policy"),
        cause="an Azure Policy forbids what the build needs to create",
        advice="exempt the staging resource group",
        source=f"{TROUBLESHOOTING}; {samples(11)}",
        example="Resource 'r' was disallowed by policy",
    ),
    Row(
        name="own-network",
        cls=FailureClass.CUSTOMER,
        text=words(
            r"\bSubnetIsFull\b",
            "PrivateLinkService Network Policy is not disabled",
            r"\bNicInUseWithPrivateEndpoint\b",
        ),
        cause="the subnet that you gave it does not let the build in, or does not let go of it",
        advice="free addresses, switch off the subnet's private link policy, or delete the endpoint that is left over",
        source=f"{VIRTUAL_DESKTOP}; {issue('Azure/avdaccelerator', 272)}; {DEPLOYMENT_ERRORS}; {TROUBLESHOOTING}",
        example="SubnetIsFull",
    ),
    Row(
        name="locked",
        cls=FailureClass.CUSTOMER,
        text=names("ScopeLocked"),
        cause="a resource lock is on the staging group or on a target's group",
        advice="take the lock off, or build into a group without one",
        source=f"{DEPLOYMENT_ERRORS}; the wording for builds is {CONCLUDED}",
        example="ScopeLocked",
    ),
    Row(
        name="not-registered",
        cls=FailureClass.CUSTOMER,
        text=words(r"\bMissingSubscriptionRegistration\b", "provider not registered for your subscription"),
        cause="the subscription is not registered for a provider that the build needs",
        advice="register it: az provider register -n with the provider's name from the message",
        source=f"{TROUBLESHOOTING}; {DEPLOYMENT_ERRORS}",
        example="Azure Container Instances provider not registered for your subscription.",
    ),
)
