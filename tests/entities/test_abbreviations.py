"""Definitions of abbreviations, as Schwartz & Hearst find them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relatome.entities.abbreviations import abbreviates, definitions


def found(text: str) -> list[tuple[str, str]]:
    return [
        (text[short.start : short.end], text[long.start : long.end])
        for short, long in definitions(text)
    ]


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("Cleaved by matrix metalloproteinase 2 (MMP-2).", "MMP-2", "matrix metalloproteinase 2"),
        ("Heat shock transcription factor (HSF)", "HSF", "Heat shock transcription factor"),
        ("given 5-fluorouracil (5-FU) daily", "5-FU", "5-fluorouracil"),
        ("nonsteroidal antiinflammatory drugs (NSAIDs)", "NSAIDs", "nonsteroidal antiinflammatory "
         "drugs"),
        ("type 2 diabetes [T2D] and", "T2D", "type 2 diabetes"),
        ("interferon gamma (IFNG, 12q15)", "IFNG", "interferon gamma"),
        ("ACE (angiotensin-converting enzyme) is", "ACE", "angiotensin-converting enzyme"),
        ("It failed. Liver X receptor (LXR)", "LXR", "Liver X receptor"),
        ("(with tumor necrosis factor (TNF))", "TNF", "tumor necrosis factor"),
    ],
)  # fmt: skip
def test_definition(text: str, short: str, long: str) -> None:
    assert found(text) == [(short, long)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no brackets",
        "mice (12)",  # no letter
        "expression (Fig)",  # nothing to begin with
        "It failed. Rats (IF)",  # across sentences
        "the receptor (a very long remark which is no abbreviation)",
        "patients (PATIENTS)",
        "grew (-)",
        "unclosed (ABC",
        "closed ABC) alone ]",
        "alpha beta (AB]",
    ],
)
def test_no_definition(text: str) -> None:
    assert found(text) == []


def test_definitions_come_in_text_order() -> None:
    text = "tumor necrosis factor (TNF), interleukin (IL) and vascular cell adhesion (VCA)"
    assert [short for short, _ in found(text)] == ["TNF", "IL", "VCA"]


@given(st.text(alphabet="ab AB12().[]-İß\n", max_size=200))
def test_the_letters_of_the_short_form_stand_in_the_long_form_in_order(text: str) -> None:
    for short, long in found(text):
        rest = iter(long.lower())
        assert all(c in rest for c in short.lower() if c.isalnum())
        assert len(long) > len(short)


@pytest.mark.parametrize(
    "piece", ["(", "()", "(ab)", "(ab cd ", "a b c (abc) ", "ab (a b) ", "[(])"]
)
def test_time_is_linear_in_pathological_text(piece: str) -> None:
    def seconds(length: int) -> float:
        started = time.process_time()
        definitions(piece * (length // len(piece)))
        return time.process_time() - started

    seconds(5_000)
    assert seconds(80_000) < 16 * 4 * max(seconds(5_000), 0.005)


def test_a_long_word_costs_no_more() -> None:
    started = time.process_time()
    assert definitions("a" * 1_000_000 + " (ab)") == []
    assert time.process_time() - started < 1


def test_undefined_abbreviations() -> None:
    assert abbreviates("LIFR", "LIF receptor")
    assert abbreviates("STZ", "streptozotocin")
    assert not abbreviates("EGF", "epidermal growth factor receptor")
    assert not abbreviates("STZ", "a streptozotocin")
    assert not abbreviates("LIFR", "LIF")
    assert not abbreviates("AB", "(...)")
