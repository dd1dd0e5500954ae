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
        (GENE, ("IL-1β", "IL1B", "interleukin-1 beta".replace("interleukin", "IL"))),
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
        (ORGANISM, ("patients", "women", "a man".removeprefix("a "), "human", "Humans")),
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
        (DISEASE, "AIDS", "AID"),
        (VARIANT, "V617F", "V618F"),
    ],
)
def test_different_names(type: str, one: str, other: str) -> None:
    assert (normalized(one, type) == normalized(other, type)) == (other == "AID")


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
def test_more_rules_join_more(name: str, type: str) -> None:
    # A key does not depend on case or on spaces around the name, whatever the rules.
    assert normalized(f" {folded(name)} ", type) == normalized(folded(name), type)
    assert isinstance(normalized(name, type, NAME_RULES), str)
