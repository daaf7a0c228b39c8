"""Hold what is wrong with the tags of templates, in words that say what to do about it."""

from dataclasses import dataclass

from aibwatch.core.model import TemplateId


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Tags that cannot be followed as they are, or not yet."""

    about: str
    """The group; where tags name none, the template; "tags" where it is about all of them."""
    why: str
    """What is wrong, and what counts meanwhile."""
    remedy: str
    templates: tuple[TemplateId, ...] = ()
    """Those that have to be looked at, in order."""

    @property
    def sentence(self) -> str:
        """Return it in one line."""
        return f"{self.why}; {self.remedy}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is another than it was when tags were read before."""

    about: str
    """The group."""
    what: str
    """In a few words."""
    why: str
    loud: bool = False
    """Whether people should be told, not only those who look."""
