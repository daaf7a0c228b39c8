"""Texts come back from a template file as they were, and what is secret does not stand in it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aibwatch.core.copies.literal import LiteralError, Secrets, read, too_deep, written

KEY = "AccountKey=abc+/==;EndpointSuffix=core"
ADDRESS = "https://st.blob.core.windows.net/s/a.sh?sv=2024&sig=Ab%2Fc%3D&se=2027"

texts = st.text() | st.sampled_from(["[", "]", "[]", "[[x]", "[x]", "[concat('a')]", "it's", KEY, ADDRESS])
values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
    max_leaves=20,
)


@given(values)
def test_any_value_is_read_back_as_it_was(value: object) -> None:
    secrets = Secrets()
    there = written(value, secrets)
    assert read(there, secrets.values) == value


@given(st.lists(texts))
def test_whatever_stands_between_brackets_is_ours_or_escaped(lines: list[str]) -> None:
    for text in json.loads(json.dumps(written(lines, Secrets()))):
        assert not (text.startswith("[") and text.endswith("]")) or text.startswith(("[[", "[concat("))


def test_a_line_of_a_script_is_not_taken_for_an_expression() -> None:
    assert written(["[ -f /x ]", "[ -f /x ] && reboot", "[[ $a ]]"], Secrets()) == [
        "[[ -f /x ]",
        "[ -f /x ] && reboot",
        "[[[ $a ]]",
    ]


def test_a_signature_becomes_a_parameter_and_the_rest_of_its_address_stays() -> None:
    secrets = Secrets()
    told = written({"scriptUri": ADDRESS}, secrets)
    ((name, value),) = secrets.values.items()
    assert value == "Ab%2Fc%3D"
    before, after = "https://st.blob.core.windows.net/s/a.sh?sv=2024&sig=", "&se=2027"
    assert told == {"scriptUri": f"[concat('{before}', parameters('{name}'), '{after}')]"}


def test_one_signature_in_two_places_is_one_secret_of_one_name() -> None:
    first, second = Secrets(), Secrets()
    written([ADDRESS, ADDRESS], first)
    written([KEY, ADDRESS], second)
    assert len(first.values) == 1
    assert first.values.items() < second.values.items()


@pytest.mark.parametrize(
    "text",
    [
        "[resourceId('x')]",
        "[concat('a', variables('b'))]",
        "[concat('a', parameters('b')]",
        "[concat('a''', resourceGroup().id)]",
        "[]",
    ],
)
def test_an_expression_of_somebody_else_is_refused_and_shown(text: str) -> None:
    with pytest.raises(LiteralError, match=r"^has an expression that cannot be worked out here: "):
        read({"a": [text]}, {"b": "x"})


def test_a_secret_that_is_not_at_hand_is_named() -> None:
    with pytest.raises(LiteralError, match=r"^needs the secret secret_1$"):
        read("[concat('a', parameters('secret_1'))]", {"secret_2": "x"})


@pytest.mark.parametrize(("levels", "deep"), [(64, False), (65, True), (900, True)])
def test_what_is_nested_without_end_is_told_apart(levels: int, deep: bool) -> None:
    value: object = "x"
    for _ in range(levels):
        value = [value]
    assert too_deep(value) is deep
