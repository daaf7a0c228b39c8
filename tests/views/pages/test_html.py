"""Nothing gets out of its place in HTML, whatever the text."""

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aibwatch.views import pages
from aibwatch.views.pages.html import Html, el, embedded, path, several

from .strict import read

FOLDER = Path(pages.__file__).parent


@given(st.text(), st.text())
def test_any_text_is_one_text_and_one_attribute(text: str, value: str) -> None:
    page = read(el("p", text, title=value).text)
    assert ([tag for tag, _ in page.tags], page.mistakes, page.open) == (["p"], [], [])
    assert list(page.tags[0][1]) == ["title"]


def test_pieces_stay_and_texts_are_escaped() -> None:
    assert el("p", el("b", "<"), " & ", None, [1, ["<i>"]]) == Html("<p><b>&lt;</b> &amp; 1&lt;i&gt;</p>")
    assert several("<", el("br"), ">") == Html("&lt;<br>&gt;")


def test_attributes_are_named_as_html_names_them() -> None:
    told = el("p", class_="a", aria_label='"', hidden=True, open=False, lang=None)
    assert told == Html('<p class="a" aria-label="&quot;" hidden></p>')


@pytest.mark.parametrize(
    "attributes",
    [
        {"onclick": "alert(1)"},
        {"style": "color:red"},
        {"href": "https://example.org"},
        {"href": "//example.org"},
        {"href": "javascript:alert(1)"},
        {"src": "data:text/html,x"},
        {"a b": "c"},
    ],
)
def test_what_no_page_may_have_cannot_be_built(attributes: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"no page has|another site|no name"):
        el("a", "x", **attributes)


@given(st.text(min_size=1))
def test_any_name_is_one_segment_of_an_address(name: str) -> None:
    address = path("groups", name)
    assert address.startswith("/groups/")
    assert not set(address.removeprefix("/groups/")) & set("/?#<>\"' ")


def test_what_would_end_a_style_too_early_is_refused() -> None:
    with pytest.raises(ValueError, match="would end"):
        embedded("style", "p{}</style><b>")


def test_only_one_module_makes_html_of_text() -> None:
    made = {
        module.name
        for module in FOLDER.glob("*.py")
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"Html", "embedded"}
    }
    assert made == {"html.py", "renewal.py"}
