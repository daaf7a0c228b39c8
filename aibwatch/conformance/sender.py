"""Send events to a receiver as the handler `webhook` does, and worse: forged, or without staying for an answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from aibwatch.handlers.delivery import Receiver, Reply
from aibwatch.handlers.signature import Secrets, signed

TYPE = "application/cloudevents+json; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """A way to one receiver, with the secrets that it knows."""

    url: str
    receiver: Receiver
    secrets: Secrets

    async def post(self, body: bytes, headers: Mapping[str, str]) -> Reply:
        """Return what it answers to this."""
        return await self.receiver.send("POST", self.url, headers={"Content-Type": TYPE, **headers}, body=body)

    async def post_and_leave(self, body: bytes, message_id: str, at: datetime) -> None:
        """Send a good event and hang up without waiting for the answer."""
        parts = urlsplit(self.url)
        headers = {
            "Host": parts.netloc,
            "Content-Type": TYPE,
            "Content-Length": str(len(body)),
            "Connection": "close",
            **signed(self.secrets, message_id, at, body),
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        whole = f"POST {parts.path or '/'} HTTP/1.1\r\n{head}\r\n".encode() + body
        async with self.receiver.connected(self.url) as writer:
            writer.write(whole)
            await writer.drain()
