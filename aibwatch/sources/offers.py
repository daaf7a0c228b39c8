"""Ask Azure where a resource provider offers what.

One GET for one provider: the list of all of them has megabytes. Whether a subscription
is registered with one is told by providers.py.
"""

from aibwatch.sources.answer import Bad, unexpected
from aibwatch.sources.arm import Api, Arm
from aibwatch.sources.parse_provider import Provider, provider_in


class Offers:
    """What the resource providers of one ARM endpoint offer."""

    def __init__(self, arm: Arm) -> None:
        self._arm = arm

    async def of(self, subscription: str, namespace: str) -> Provider | Bad:
        """Return the provider with this namespace as the subscription sees it, or why it is not known."""
        path = f"/subscriptions/{subscription}/providers/{namespace}"
        answer = await self._arm.get(path, api=Api.RESOURCES, operation="get_provider")
        if isinstance(answer, Bad):
            return answer
        provider = provider_in(answer.body)
        if provider is None or provider.namespace != namespace.lower():
            return unexpected(f"an answer that is not the provider {namespace}", answer.status)
        return provider
