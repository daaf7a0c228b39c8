"""JSON of any shape, with the keys that a parser looks for in it, so that it gets past the first of them."""

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st


def json_with(keys: Sequence[str]) -> st.SearchStrategy[Any]:
    leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(keys)
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(keys), inner, max_size=5),
        max_leaves=20,
    )
