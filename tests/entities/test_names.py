"""Names in one spelling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relatome.entities.names import NAME_RULES, SPELLING, folded, normalized

GENE, DISEASE, CHEMICAL, ORGANISM, VARIANT = "Gene", "Disease", "Chemical", "Species", "Variant"


@pytest.mark.parametrize(
    ("type", "names"),
    [
        (GENE, ("MMP-2", "mmp2", "MMP 2", "MMP–2", "ＭＭＰ２")),
        (GENE, ("TNF-α", "TNF-alpha", "TNFalpha", "tnf-a", "TNF-α protein")),
        (GENE, ("IL-1β", "IL1B", "IL-1 beta")),
        (GENE, ("receptor type II", "receptor type 2", "receptor, type II gene")),
        (DISEASE, ("type 2 diabetes mellitus", "Type II diabetes", "type II diabetic")),
        (DISEASE, ("Parkinson's disease", "Parkinson disease", "parkinson’s")),
        (DISEASE, ("hypertension", "hypertensive")),
        (DISEASE, ("ischemia", "ischaemia", "ischaemic")),
        (DISEASE, ("inflammation", "inflammatory")),
        (DISEASE, ("tumour", "tumors")),
        (DISEASE, ("epilepsy", "epilepsies", "epileptic")),
        (CHEMICAL, ("Ca2+", "Ca(2+)", "Ca2 +")),
        (CHEMICAL, ("catecholamine", "catecholamines")),
        (ORGANISM, ("patients", "women", "man", "human", "Humans")),
        (ORGANISM, ("mice", "mouse", "murine")),
        (VARIANT, ("V617F", "Val617Phe", "p.Val617Phe", "p.(Val617Phe)")),
        ("CellLine", ("HEK-293", "HEK 293", "hek293")),
    ],
)  # fmt: skip
def test_spellings_of_one_name(type: str, names: tuple[str, ...]) -> None:
    assert len({normalized(name, type) for name in names}) == 1


@pytest.mark.parametrize(
    ("type", "one", "other"),
    [
        (GENE, "MMP-2", "MMP-9"),
        (GENE, "IL-1 2", "IL-12"),
        (GENE, "p53", "p63"),
        (CHEMICAL, "vitamin C", "vitamin 100"),
        (CHEMICAL, "vitamin C", "vitamin"),
        (GENE, "gene", "protein"),
        (ORGANISM, "mice", "rats"),
        (VARIANT, "V617F", "V618F"),
    ],
)
def test_different_names(type: str, one: str, other: str) -> None:
    assert normalized(one, type) != normalized(other, type)


def test_rules_for_a_type_are_not_for_others() -> None:
    assert normalized("hypertensive", GENE) != normalized("hypertension", GENE)
    assert normalized("patients", DISEASE) != normalized("women", DISEASE)
    assert normalized("insulin gene", CHEMICAL) != normalized("insulin", CHEMICAL)


def test_without_rules_only_case_space_and_compatibility_forms_are_even() -> None:
    assert normalized("MMP\u00a0 ２", GENE, ()) == "mmp 2"
    assert normalized("MMP-2", GENE, ()) == "mmp-2"
    assert normalized("Val617Phe", VARIANT, (SPELLING,)) == "val617phe"


def test_names_without_letters_stay() -> None:
    assert normalized("+/−", GENE) == "+/−"
    assert normalized("", GENE) == ""


@given(st.text(max_size=30), st.sampled_from((GENE, DISEASE, CHEMICAL, ORGANISM, VARIANT, "")))
def test_case_and_spaces_around_never_matter(name: str, type: str) -> None:
    assert normalized(f" {folded(name)} ", type) == normalized(folded(name), type)


@given(st.text(max_size=30), st.text(max_size=30), st.sampled_from((GENE, DISEASE, ORGANISM)))
def test_more_rules_join_more(one: str, other: str, type: str) -> None:
    for count in range(len(NAME_RULES)):
        fewer, more = NAME_RULES[:count], NAME_RULES[: count + 1]
        if normalized(one, type, fewer) == normalized(other, type, fewer):
            assert normalized(one, type, more) == normalized(other, type, more)
