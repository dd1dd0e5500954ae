"""The same text in another spelling, and other texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relatome.sources.spelling import same_but_for_spelling


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("α‑ketoglutarate", "a-ketoglutarate"),
        ("β-GPA", "b-GPA"),
        ("TGF–Β1", "TGF-b1"),
        ("5µM", "5uM"),
        ("Sjögren’s", "Sjogren's"),
        ("IL 6", "IL\u00a06"),
        ("H₂O", "H2O"),
        ("−", "‑"),
    ],
)
def test_the_same(one: str, other: str) -> None:
    assert same_but_for_spelling(one, other)
    assert same_but_for_spelling(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("α-ketoglutarate", "alpha-ketoglutarate"),
        ("β-GPA", "a-GPA"),
        ("IL-6", "IL-8"),
        ("KCN9", "KCN"),
        ("", "a"),
        ("α", "β"),
        ("IL-6", "IL 6"),
    ],
)
def test_other_texts(one: str, other: str) -> None:
    assert not same_but_for_spelling(one, other)
    assert not same_but_for_spelling(other, one)


@given(st.text(), st.text())
def test_it_is_symmetric_and_every_text_is_itself(one: str, other: str) -> None:
    assert same_but_for_spelling(one, one)
    assert same_but_for_spelling(one, other) == same_but_for_spelling(other, one)
