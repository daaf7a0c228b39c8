"""Take a YAML text apart with its lines, and note every mistake instead of stopping at the first.

Rules: a key that nobody knows is a mistake, and so is one that is written twice; a text is taken as it is written, so
that a user may be called 007. Nothing is built from tags: a text stays a text.
"""

from collections.abc import Collection, Mapping
from pathlib import Path

import yaml

from aibwatch.config.problem import ConfigError, Problem
from aibwatch.config.words import choices, quoted

MOST = 1000
"""Entries of one table or list. Nobody keeps more users in a file."""

NULL, BOOL = "tag:yaml.org,2002:null", "tag:yaml.org,2002:bool"

TRUE = frozenset({"yes", "true", "on"})


class Nodes:
    """One YAML file, and what is wrong with it so far."""

    def __init__(self, text: str, file: Path) -> None:
        """Read the text.

        Raises:
            ConfigError: if it is not YAML.
        """
        self.file, self.problems = file, list[Problem]()
        try:
            # Only its nodes: the loader that makes objects would lose lines, and the first of two equal keys.
            self.root: yaml.Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.YAMLError as error:
            raise ConfigError([self._not_yaml(error)]) from error
        except RecursionError:
            raise ConfigError([self.problem(None, "syntax", "nested too deeply; no setting needs that")]) from None

    def problem(self, node: yaml.Node | None, key: str, message: str) -> Problem:
        """Return a complaint about what stands there."""
        line = node.start_mark.line + 1 if node is not None else 1
        return Problem(file=self.file, line=line, key=key, message=message)

    def complain(self, node: yaml.Node | None, key: str, message: str) -> None:
        """Note a mistake."""
        self.problems.append(self.problem(node, key, message))

    def table(self, node: yaml.Node | None, key: str, known: Collection[str] = ()) -> Mapping[str, yaml.Node]:
        """Return the entries of a table; an empty one where nothing is written. Without `known` any key will do."""
        if _is_nothing(node):
            return {}
        if not isinstance(node, yaml.MappingNode):
            self.complain(node, key or "file", "must be a table of keys and values")
            return {}
        found: dict[str, yaml.Node] = {}
        for name, value in node.value[:MOST]:
            label = f"{key}.{name.value}" if key and isinstance(name, yaml.ScalarNode) else str(name.value)[:80]
            if not isinstance(name, yaml.ScalarNode):
                self.complain(name, key or "file", "a key must be a text")
            elif known and name.value not in known:
                self.complain(name, label, f"is no setting; there are {choices(sorted(known))}")
            elif name.value in found:
                self.complain(name, label, "is written twice; leave one of the two")
            else:
                found[name.value] = value
        if len(node.value) > MOST:
            self.complain(node, key or "file", f"has more than {MOST} entries; name fewer")
        return found

    def text(self, node: yaml.Node | None, key: str) -> str:
        """Return a text, "" where nothing is written."""
        if _is_nothing(node):
            return ""
        if not isinstance(node, yaml.ScalarNode):
            self.complain(node, key, "must be a text")
            return ""
        return str(node.value)

    def texts(self, node: yaml.Node | None, key: str) -> tuple[str, ...]:
        """Return the texts of a list."""
        if _is_nothing(node):
            return ()
        if not isinstance(node, yaml.SequenceNode) or len(node.value) > MOST:
            self.complain(node, key, f"must be a list of at most {MOST} texts")
            return ()
        return tuple(self.text(item, key) for item in node.value)

    def flag(self, node: yaml.Node | None, key: str, *, default: bool) -> bool:
        """Return what is written, true or false."""
        if _is_nothing(node):
            return default
        if not isinstance(node, yaml.ScalarNode) or node.tag != BOOL:
            self.complain(node, key, "must be true or false")
            return default
        return node.value.lower() in TRUE

    def _not_yaml(self, error: yaml.YAMLError) -> Problem:
        mark = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", None) or str(error)
        line = mark.line + 1 if mark is not None else 1
        message = f"not YAML: {what}; correct this first, the rest was not read"
        return Problem(file=self.file, line=line, key="syntax", message=message)

    def choice(self, node: yaml.Node | None, key: str, known: Collection[str]) -> str:
        """Return one of the known words, "" where nothing is written or none of them."""
        word = self.text(node, key)
        if word and word not in known:
            self.complain(node, key, f"{quoted(word)} is not offered; choose {choices(known)}")
            return ""
        return word


def _is_nothing(node: yaml.Node | None) -> bool:
    return node is None or (isinstance(node, yaml.ScalarNode) and node.tag == NULL)
