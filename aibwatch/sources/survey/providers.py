"""Read which resource providers a subscription has registered.

Rules: one GET a provider, because the list of all of them has megabytes. One answer that is missing makes all of them
unread: what is not told must not look well. Which of them matter is core.readiness.room's to say.
"""

import asyncio
from collections.abc import Iterable, Mapping

from aibwatch.core.readiness.room import PROVIDERS
from aibwatch.core.readiness.survey import Unread
from aibwatch.core.reading import text
from aibwatch.sources.answer import Bad
from aibwatch.sources.arm import Api
from aibwatch.sources.lacking import unread
from aibwatch.sources.survey.thrift import Question, Thrift

NEEDED = tuple(name.lower() for name in PROVIDERS)

ACTION = "Microsoft.Resources/subscriptions/providers/read"


async def registrations(
    thrift: Thrift, subscription: str, namespaces: Iterable[str] = NEEDED
) -> Mapping[str, str] | Unread:
    """Return the registration state of each namespace. Asked once a round."""
    names = tuple(namespaces)
    found = await asyncio.gather(*(_state(thrift, subscription, name) for name in names))
    lost = next((state for state in found if isinstance(state, Unread)), None)
    return lost or {name: state for name, state in zip(names, found, strict=True) if isinstance(state, str)}


async def _state(thrift: Thrift, subscription: str, namespace: str) -> str | Unread:
    question = Question(
        path=f"/subscriptions/{subscription}/providers/{namespace}",
        api=Api.RESOURCES,
        operation="survey_providers",
        subject="providers",
    )

    async def find() -> str | Unread:
        answer = await thrift.get(question)
        if isinstance(answer, Bad):
            return unread(answer, ACTION)
        state = text(answer.body, "registrationState").strip()
        return state or Unread(why=f"the answer does not say whether {namespace} is registered")

    return await thrift.once(question.path, find)
