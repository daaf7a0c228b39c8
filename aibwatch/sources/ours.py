"""Mark aibwatch's own requests, so that they are known again in the Activity Log.

The log shows x-ms-client-request-id as the client sent it. So every id of ours ends alike; it stays a GUID, as Azure
wants it, and its other 74 bits are drawn by lot. Nothing has to be remembered: a call that was made before a restart is
known as well, and so is one of another aibwatch with the same templates, which is no customer either. Looked at and
dropped: to compare the correlation id of the answer (there is none if no answer came, and it is gone with the
process), and to compare the caller (the token would have to be read, and an identity may be shared with pipelines).
"""

from uuid import uuid4

MARK = "-616962776174"
"""The last twelve digits of our ids: "aibwat" in hexadecimal. A stranger's id ends so once in 2.8e14."""


def new_id() -> str:
    """Return an id for one request."""
    return f"{str(uuid4())[: -len(MARK)]}{MARK}"


def is_ours(client_id: str) -> bool:
    """Return whether an aibwatch sent the request with that id."""
    return client_id.strip().lower().endswith(MARK)
