import re
import tomllib
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from aibwatch.config.document import Document, parse
from aibwatch.config.duration import parse_duration
from aibwatch.config.load import Loaded, load
from aibwatch.config.schema import Group, PolicySettings, Settings
from aibwatch.config.sections import SECTIONS, Section
from aibwatch.config.unacted import UNACTED

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"


@pytest.fixture(scope="module")
def uncommented() -> Document:
    """Return the example as if every setting in it were set."""
    return parse(re.sub(r"^#(?=[a-z\[])", "", EXAMPLE.read_text(), flags=re.MULTILINE), EXAMPLE)


def settings_with_defaults() -> Iterator[tuple[Section, str, object]]:
    for section in SECTIONS.values():
        for key, field in section.table.model_fields.items():
            if (*section.path, key) in SECTIONS or field.is_required():
                continue
            overrides = section.table is Group and key in PolicySettings.model_fields
            default = getattr(PolicySettings(), key) if overrides else field.default
            yield section, key, default


def test_the_example_loads_without_a_warning() -> None:
    loaded = load(EXAMPLE)

    assert loaded.warnings == ()
    assert [*loaded.setup.groups] == ["ubuntu-base"]


def test_the_example_sets_nothing_but_its_group() -> None:
    settings = load(EXAMPLE).settings

    assert settings == Settings(group=settings.group)


@pytest.mark.parametrize("section", SECTIONS.values(), ids=lambda section: section.header)
def test_the_example_has_every_key(uncommented: Document, section: Section) -> None:
    missing = [key for key in section.keys if not [*uncommented.places(".".join((*section.path, key)))]]

    assert missing == []


def test_the_example_shows_the_defaults_that_are_in_force(uncommented: Document) -> None:
    shown, expected = {}, {}
    for section, key, default in settings_with_defaults():
        if default is None or default == {}:  # nothing by default: the example shows what it could be
            continue
        dotted = ".".join((*section.path, key))
        (written,) = map(uncommented.at, uncommented.places(dotted))
        shown[dotted] = parse_duration(written) if isinstance(default, timedelta) else written
        expected[dotted] = [*default] if isinstance(default, tuple) else default
    assert shown == expected


def test_the_example_says_which_settings_do_not_act_yet() -> None:
    later = [line for line in EXAMPLE.read_text().splitlines() if "(later)" in line]

    # The example shows a key of [policy] there, not under [[group]]; only what has no effect there is marked.
    nowhere = {row.key for row in UNACTED if row.value is None} - {"group.service_health_service"}
    for key in {key.rsplit(".", 1)[-1] for key in nowhere}:
        assert [line for line in later if key in line], f"{key} is not marked"


def test_every_key_in_the_example_is_explained_in_its_line_or_above_it() -> None:
    lines = EXAMPLE.read_text().splitlines()
    bare = [line for line in lines if re.match(r"#?[a-z_]+ = ", line) and not re.search(r"\S +# ", line)]
    keys = {line.lstrip("#").partition(" = ")[0] for line in bare}

    assert keys <= {*PolicySettings.model_fields, "region", "template", "resource", "primary", "secondaries", "exact"}


def test_an_example_with_everything_set_still_has_only_known_mistakes(
    uncommented: Document, read: Callable[[str], Loaded]
) -> None:
    text = re.sub(r"^#(?=[a-z\[])", "", EXAMPLE.read_text().split("[group.step.options]")[0], flags=re.MULTILINE)

    assert len(read(text.rstrip("#\n")).settings.canary) == 1
    assert tomllib.loads(text)
