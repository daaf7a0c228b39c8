"""Make the way to Azure that the configuration describes."""

from collections.abc import Callable, Mapping
from datetime import datetime

from aibwatch import __version__
from aibwatch.config.schema import AzureSettings, Cloud
from aibwatch.sources.answer import RequestSeen
from aibwatch.sources.arm import Arm, ArmSettings
from aibwatch.sources.credential import make_credential

ENDPOINTS: Mapping[Cloud, str] = {
    Cloud.PUBLIC: "https://management.azure.com",
    Cloud.USGOVERNMENT: "https://management.usgovcloudapi.net",
    Cloud.CHINA: "https://management.chinacloudapi.cn",
}
"""Azure Resource Manager of each cloud; its address is also what a token is asked for."""


def connect(settings: AzureSettings, *, now: Callable[[], datetime], on_request: Callable[[RequestSeen], None]) -> Arm:
    """Return the way to Azure. To be called in a running loop, once, and closed by the caller.

    Raises:
        ValueError: if the endpoint or the credential cannot be used; the message says why.
    """
    home = ENDPOINTS[settings.cloud]
    return Arm(
        ArmSettings(
            endpoint=settings.arm_endpoint or home,
            scopes=(f"{home}/.default",),
            connect_timeout=settings.connect_timeout,
            request_timeout=settings.request_timeout,
            ca_bundle=settings.ca_bundle,
            user_agent=f"aibwatch/{__version__}",
        ),
        make_credential(settings.credential, settings.client_id),
        now=now,
        on_request=on_request,
    )
