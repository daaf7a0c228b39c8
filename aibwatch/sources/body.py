"""Read the body of an answer, and never more of it than a limit.

Rules: the limit holds for the bytes as sent and as decompressed, so that neither a long body nor a small one that
swells fills the memory. What cannot be read is a flaw, said in words, and no exception; a time-out is the caller's.
"""

import zlib
from dataclasses import dataclass
from enum import StrEnum

from azure.core.exceptions import AzureError
from azure.core.rest import AsyncHttpResponse

MOST_BYTES = 8 * 1024 * 1024
"""Of one answer. A recorded list page has 10 templates in 30 kB; a page of 1,000 would still fit twice."""


class Flaw(StrEnum):
    """Why there is no body. The values are sentences."""

    NONE = ""
    TOO_LONG = f"the body of the answer is longer than {MOST_BYTES // 1024 // 1024} MiB"
    BROKEN_OFF = "the answer broke off in the middle"
    GARBLED = "the answer is compressed in a way that cannot be read"


@dataclass(frozen=True, slots=True)
class Body:
    """What came, and what is wrong with it."""

    raw: bytes = b""
    flaw: Flaw = Flaw.NONE


async def read_body(response: AsyncHttpResponse) -> Body:
    """Return the body, decompressed. Raises only TimeoutError and CancelledError, from around it."""
    coding = response.headers.get("content-encoding", "").strip().lower()
    if coding not in {"", "identity", "gzip", "x-gzip"}:
        return Body(flaw=Flaw.GARBLED)
    taken = _Unzipped() if "gzip" in coding else _AsItIs()
    sent = 0
    try:
        async for chunk in response.iter_raw():
            sent += len(chunk)
            taken.take(chunk)
            if max(sent, taken.length) > MOST_BYTES:
                return Body(flaw=Flaw.TOO_LONG)
    except AzureError:
        return Body(flaw=Flaw.BROKEN_OFF)
    except zlib.error:
        return Body(flaw=Flaw.GARBLED)
    return Body(b"".join(taken.parts)) if taken.whole else Body(flaw=Flaw.BROKEN_OFF)


class _AsItIs:
    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.length = 0

    @property
    def whole(self) -> bool:
        return True

    def take(self, chunk: bytes) -> None:
        self.parts.append(chunk)
        self.length += len(chunk)


class _Unzipped(_AsItIs):
    """Decompresses no further than one byte past the limit, however much a chunk would swell to."""

    def __init__(self) -> None:
        super().__init__()
        self._gzip = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)

    @property
    def whole(self) -> bool:
        return self._gzip.eof or not self.parts

    def take(self, chunk: bytes) -> None:
        super().take(self._gzip.decompress(chunk, MOST_BYTES + 1 - self.length))
