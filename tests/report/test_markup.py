"""Whatever is not markup enters as text."""

from __future__ import annotations

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from relatome.report.markup import Markup, breakable, element, join, text


def test_children_and_attributes_are_escaped() -> None:
    made = element("td", "<b>&", element("i", "x"), None, class_='"><script>', aria_label="a")
    assert made == (
        '<td class="&quot;&gt;&lt;script&gt;" aria-label="a">&lt;b&gt;&amp;<i>x</i></td>'
    )


def test_empty_elements_and_attributes_left_out() -> None:
    assert element("wbr") == "<wbr/>"
    assert element("td") == "<td></td>"
    assert element("p", "x", class_=None) == "<p>x</p>"


def test_names_break_at_their_underscores() -> None:
    assert breakable("A_<b>_C") == "A_<wbr/>&lt;b&gt;_<wbr/>C"


def test_joined_markup_is_not_escaped_again() -> None:
    assert join(text("&"), Markup("<b></b>"), "<") == "&amp;<b></b>&lt;"


@given(st.text(st.characters(codec=None)))
def test_any_text_makes_well_formed_markup(content: str) -> None:
    made = element("p", content, title=content)
    made.encode("utf-8")
    parsed = ElementTree.fromstring(made)
    assert not list(parsed)
