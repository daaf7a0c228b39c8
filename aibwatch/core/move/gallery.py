"""Know the id of a version in a gallery from other ids of images.

Such an id is written to, so it is taken apart to the last character: what is not certainly a version in a gallery is
none. The service was seen to write "imageversions" where the resource's own name is "versions".
"""

import re

_PART = r"[\w().-]*[\w()-]"
"""A name: without slash, percent or question mark, and with no dot at its end, so that it never leads upwards."""

_VERSION = re.compile(
    rf"(?P<image>/subscriptions/[0-9a-z-]+/resourcegroups/{_PART}/providers/microsoft\.compute"
    rf"/galleries/{_PART}/images/{_PART})/(?:versions|imageversions)/(?P<version>\d+\.\d+\.\d+)",
    re.IGNORECASE | re.ASCII,
)


def version_of(image: str) -> str | None:
    """Return the path of the gallery's version that the id names, or None if it names none."""
    match = _VERSION.fullmatch(image)
    return f"{match['image']}/versions/{match['version']}" if match else None
