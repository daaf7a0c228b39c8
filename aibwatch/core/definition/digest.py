"""Tell whether a definition has changed, in a few characters that are kept with every look at a template.

Rules: the same for two definitions that mean the same, so neither letter case of ids nor a new signature is a change;
tags are no part of it, because a build does not read them. This module does not know what has changed.
"""

import hashlib
import json

from aibwatch.core.definition.normal import normal
from aibwatch.core.definition.portable import Json

LENGTH = 16
"""Hexadecimal digits. Of one template's definitions two are alike by chance once in 10^19."""


def recipe_of(body: Json) -> str:
    """Return the digest of what the template builds, and how."""
    kept = {key: value for key, value in normal(body).items() if key != "tags"}
    written = json.dumps(kept, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode("utf-8", "replace")).hexdigest()[:LENGTH]
