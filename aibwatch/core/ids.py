"""Find in a failure's text the ids that support asks for.

The service names them in its own sentences ("Correlation ID: ...", "OperationId: ..."), and far behind what one line of
a report shows. This module does not know what any of them leads to.
"""

import re

MOST = 5
"""Of one text. Texts that were seen name one or two."""

_NAMED = re.compile(
    r"\b(correlation|operation|tracking|activity|request|deployment)[\s_-]?(?:request[\s_-]?)?id\b[\"\\']*\s*(?:is|:|=)?\s*"
    r"[\"\\'({]*([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\b",
    re.IGNORECASE,
)


def ids_in(text: str) -> tuple[str, ...]:
    """Return the ids that the text names, in its order, each once: "correlation id 0f1e...".  At most MOST."""
    found = (f"{match[1].lower()} id {match[2].lower()}" for match in _NAMED.finditer(text))
    return tuple(dict.fromkeys(found))[:MOST]
