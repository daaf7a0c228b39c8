"""Be the metadata service of the machine that the caller runs on: what it says of the machine itself.

Tokens come from the same address, but are made elsewhere (tokens.py). The machine is in a region of its own, which need
not be one of the templates'. This module knows neither HTTP nor what the region is asked for.
"""

from collections.abc import Mapping

from aibwatch.simulator.lots import guid
from aibwatch.simulator.refusal import Refusal
from aibwatch.simulator.scenario import Scenario
from aibwatch.simulator.wire import Json

INSTANCE_PATH = "/metadata/instance"
COMPUTE_PATH = f"{INSTANCE_PATH}/compute"


def machine(path: str, headers: Mapping[str, str], query: Mapping[str, str], scenario: Scenario) -> tuple[int, Json]:
    """Return status and body of an answer about the machine. Raises Refusal where there is no metadata service."""
    if not scenario.observer_region:
        raise Refusal(404, "NotFound", "This machine is not in Azure.")
    if headers.get("Metadata", "").lower() != "true":
        return 400, {"error": "Bad request. Required metadata header not specified"}
    if not query.get("api-version"):
        return 400, {"error": "Bad request. api-version was not specified in the request"}
    compute = _compute(scenario)
    return 200, compute if path == COMPUTE_PATH else {"compute": compute}


def _compute(scenario: Scenario) -> Json:
    subscription, group, name = scenario.templates[0].subscription, "aibwatch", "observer"
    resource = (
        f"/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Compute/virtualMachines/{name}"
    )
    return {
        "azEnvironment": "AzurePublicCloud",
        "location": scenario.observer_region,
        "name": name,
        "osType": "Linux",
        "provider": "Microsoft.Compute",
        "resourceGroupName": group,
        "resourceId": resource,
        "subscriptionId": subscription,
        "tags": "",
        "tagsList": [],
        "vmId": guid(scenario.seed, "machine"),
        "vmSize": "Standard_B2s",
        "zone": "",
    }
