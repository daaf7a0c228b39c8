"""Keep the groups that were found by tags in a file beside the journal, for starts in which Resource Graph is silent.

The groups are not in the journal: they are what somebody wants, as the configuration is, and not what happened. A file
that cannot be read is told and counts as none; what is found next is written in its place.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from aibwatch.config.values import is_template
from aibwatch.core.discovery.group import TaggedGroup
from aibwatch.core.discovery.tagged import PRIMARY
from aibwatch.core.model import is_group_name, template_id
from aibwatch.runtime.whole import write_whole

VERSION = 1

LARGEST = 16 * 1024 * 1024
"""Bytes: 2,000 groups with four members each take 3 MB."""


class FoundError(Exception):
    """What was found before cannot be read, or not be written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """What is in the file."""

    version: int
    groups: Mapping[str, TaggedGroup] = field(default_factory=dict)


_KEPT = TypeAdapter(_Kept)


class FoundFile:
    """The file. Not for several threads at once."""

    def __init__(self, database: Path) -> None:
        """Use the file that belongs to this database."""
        self.path = database.with_name(f"{database.name}.groups")

    def write(self, groups: Mapping[str, TaggedGroup]) -> None:
        """Put these in the place of those that were there.

        Raises:
            FoundError: if they are not on the disk.
        """
        try:
            write_whole(self.path, _KEPT.dump_json(_Kept(version=VERSION, groups=groups), indent=1))
        except OSError as error:
            raise FoundError(f"{self.path}: cannot be written ({error.strerror or error})") from error

    def read(self) -> Mapping[str, TaggedGroup]:
        """Return what was found last; nothing if nothing ever was.

        Raises:
            FoundError: if it cannot be read, or is not what was written.
        """
        try:
            with self.path.open("rb") as file:
                content = file.read(LARGEST + 1)
            kept = _KEPT.validate_json(content)
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise FoundError(f"{self.path}: cannot be read ({error.strerror or error})") from error
        except ValidationError as error:
            raise FoundError(f"{self.path}: is damaged ({error.errors()[0]['msg']})") from error
        if kept.version != VERSION:
            raise FoundError(f"{self.path}: was written by another version of aibwatch ({kept.version})")
        if not all(_is_whole(name, group) for name, group in kept.groups.items()):
            raise FoundError(f"{self.path}: is damaged (a group without its members)")
        return kept.groups


def _is_whole(name: str, group: TaggedGroup) -> bool:
    primary, *secondaries = group.members or (None,)
    ids = [member.template for member in group.members]
    return (
        is_group_name(name)
        and group.name == name
        and primary is not None
        and primary.rank == PRIMARY
        and bool(secondaries)
        and all(member.rank != PRIMARY for member in secondaries)
        and len({*ids}) == len(ids)
        and all(is_template(template) and template == template_id(template) for template in ids)
    )
