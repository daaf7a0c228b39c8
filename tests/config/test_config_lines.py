import contextlib
import tomllib
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aibwatch.config.lines import DEEPEST, LineIndex, Place

KEYS = {"a": "a", "b-1": "b-1", "7": "7", '"x.y"': "x.y", "'[['": "[[", '"q\\"]"': 'q"]', '"\\u0041"': "A"}
SCALARS = [
    "1",
    "-1.5e3",
    "true",
    "1979-05-27 07:32:00",
    '""',
    '"text"',
    '"a, b] = # c"',
    "'# no\\'",
    '""""in quotes"""""',
    '"""\nx = 1\n[no] \\""" \\\n  """',
    "'''\n]]\n# '''",
]
DEPTH = 3


class Writer:
    """Write a random but valid TOML text, and remember the line of every place."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.text = ""
        self.lines: dict[Place, int] = {}

    def table(self, place: Place, path: tuple[str, ...]) -> None:
        keys = self.some_keys()
        pairs = self.draw(st.integers(0, len(keys)))
        for key in keys[:pairs]:
            self.gap()
            self.pair(place, key)
            self.text += self.draw(st.sampled_from(["\n", "  # = [x]\n", "\r\n"]))
        for key in keys[pairs:] if len(path) < DEPTH else []:
            here, names = (*place, KEYS[key]), (*path, key)
            if self.draw(st.booleans()):
                self.header(here, f"[{'.'.join(names)}]")
                self.table(here, names)
                continue
            for index in range(self.draw(st.integers(1, 2))):  # two show that they are counted; more is only longer
                self.header(here, f"[[ {' . '.join(names)} ]]")
                self.lines[(*here, index)] = self.text.count("\n")
                self.table((*here, index), names)

    def header(self, place: Place, written: str) -> None:
        self.gap()
        self.note(place)
        self.text += written + "\n"

    def pair(self, place: Place, key: str) -> None:
        here = (*place, KEYS[key])
        self.note(here)
        self.text += key
        if self.draw(st.booleans()):
            dotted = self.draw(st.sampled_from(sorted(KEYS)))
            here = (*here, KEYS[dotted])
            self.note(here)
            self.text += f" . {dotted}"
        self.text += self.draw(st.sampled_from([" = ", "="]))
        self.value(here, 0)

    def value(self, place: Place, depth: int) -> None:
        kind = self.draw(st.sampled_from(["scalar", "array", "inline"])) if depth < DEPTH else "scalar"
        if kind == "array":
            self.text += "["
            for index in range(self.draw(st.integers(0, 3))):
                self.text += self.draw(st.sampled_from(["", " ", "\n", " # ],\n\n"]))
                self.note((*place, index))
                self.value((*place, index), depth + 1)
                self.text += ","
            self.text += self.draw(st.sampled_from(["]", "\n]"]))
        elif kind == "inline":
            self.text += "{ "
            for number, key in enumerate(self.some_keys()):
                self.text += ", " if number else ""
                self.pair(place, key)
            self.text += " }"
        else:
            self.text += self.draw(st.sampled_from(SCALARS))

    def some_keys(self) -> list[str]:
        return self.draw(st.lists(st.sampled_from(sorted(KEYS)), unique=True, max_size=3))

    def gap(self) -> None:
        self.text += self.draw(st.sampled_from(["", "\n", "# [no]\n", "  "]))

    def note(self, place: Place) -> None:
        self.lines.setdefault(place, self.text.count("\n") + 1)


@st.composite
def documents(draw: st.DrawFn) -> Writer:
    writer = Writer(draw)
    writer.table((), ())
    return writer


def places_of(value: object, place: Place = ()) -> Iterator[Place]:
    if place:
        yield place
    inside: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        inside = list(value.items())
    elif isinstance(value, list):
        inside = list(enumerate(value))
    for part, inner in inside:
        yield from places_of(inner, (*place, part))


@settings(max_examples=40)  # a text has dozens of places, of every kind; to draw one takes 25 ms
@given(documents())
def test_every_place_of_a_toml_text_is_found_at_its_line(written: Writer) -> None:
    index = LineIndex(written.text)

    found = {place: index.line_of(place) for place in places_of(tomllib.loads(written.text)) if place in index}

    assert found == {place: line for place, line in written.lines.items() if len(place) <= DEEPEST}


@given(st.text(alphabet="[]{}=.,#'\"\\\n ab1") | st.text())
def test_what_is_not_toml_ends_in_lines_or_a_value_error(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert 1 <= LineIndex(text).line_of(("a", 0)) <= text.count("\n") + 1


def test_a_place_that_is_not_written_has_the_line_of_the_table_around_it() -> None:
    index = LineIndex('[poll]\nprobe = "1s"\n\n[[group]]\nname = "a"\n[[group]]\n')

    lines = [index.line_of(place) for place in [("poll", "templates"), ("group", 1, "name"), ("http", "listen")]]

    assert lines == [1, 6, 1]


def test_tables_of_a_step_belong_to_the_group_above_them() -> None:
    index = LineIndex("[[group]]\n[[group.step]]\n[[group]]\n[[group.step]]\n[[group.step]]\n[group.step.options]\n")

    assert index.line_of(("group", 1, "step", 1, "options")) == 6
    assert index.line_of(("group", 1, "step", 0)) == 4


@pytest.mark.parametrize("text", ["a" + ".a" * 2000 + " = 1", "a = " + "[" * 100 + "]" * 100])
def test_a_place_too_deep_to_matter_has_the_line_of_its_stem(text: str) -> None:
    assert LineIndex("\n" + text).line_of(("a",) * 50) == 2
