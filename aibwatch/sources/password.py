"""Say name and password as HTTP wants them, from the file that holds the password.

Rules: the file is read each time, so that a new password counts at once; the password is never part of a message.
"""

import base64
import os

from aibwatch.config.path import named_file

LONGEST = 1024
"""Bytes of a password; a file that holds more holds something else."""


def basic(username: str, password_file: str) -> str:
    """Return the value of an Authorization header, "" without a username.

    Raises:
        ValueError: if the file cannot be read or holds no password; says which.
    """
    if not username:
        return ""
    try:
        with named_file(password_file, os.environ).open("rb") as file:
            password = file.read(LONGEST + 1).rstrip(b"\r\n")
    except OSError as error:
        raise ValueError(f"password_file {password_file} cannot be read: {error.strerror or error}") from error
    if not password or len(password) > LONGEST:
        raise ValueError(f"password_file {password_file} holds no password; write it into the first line, alone")
    return "Basic " + base64.b64encode(username.encode() + b":" + password).decode()
