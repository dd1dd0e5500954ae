"""What is read of a variant's name."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relatome.entities.variants import Variant, in_protein, parse_variant, variant_key


def variant(place: str, alleles: str, level: str) -> Variant:
    return Variant(place, frozenset(alleles), level)


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("v617f", variant("617", "vf", "p")),
        ("p.val617phe", variant("617", "vf", "p")),
        ("val(617)phe", variant("617", "vf", "p")),
        ("arg58*", variant("58", "rx", "p")),
        ("valine to phenylalanine at codon 617", variant("617", "vf", "p")),
        ("glutamic acid 333 by aspartic acid", variant("333", "ed", "p")),
        ("326 from ser to cys", variant("326", "sc", "p")),
        ("326ile", variant("326", "i", "p")),
        ("met326met", variant("326", "m", "p")),
        ("c.1849g>t", variant("1849", "gt", "c")),
        ("c.1849g --> t", variant("1849", "gt", "c")),
        ("1359 g/a", variant("1359", "ga", "")),
        ("-511c/t", variant("-511", "ct", "c")),
        ("c.357-3c>g", variant("357-3", "cg", "c")),
        ("g to a at nucleotide position 1359", variant("1359", "ga", "c")),
        ("c-to-t substitution at -31", variant("-31", "ct", "c")),
        ("c allele at -31", variant("-31", "c", "c")),
        ("-511cc", variant("-511", "c", "c")),
        ("a35t", variant("35", "at", "")),
    ],
)
def test_substitution(name: str, read: Variant) -> None:
    assert parse_variant(name) == read


@pytest.mark.parametrize(
    "name", ["", "rs77375493", "30 nucleotide deletion", "c.1052dela", "r58fs", "g/a", "del(1)"]
)
def test_no_substitution_at_one_place(name: str) -> None:
    assert parse_variant(name) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("p.arg58fs", "r58fs"),
        ("c.35delg", "35 delg"),
        ("a35t", "p.ala35thr"),
        ("1359g/a", "a1359g"),
        ("c -> t", "c>t"),
    ],
)
def test_one_key(one: str, other: str) -> None:
    assert variant_key(one) == variant_key(other)


@pytest.mark.parametrize(
    ("dna", "protein"),
    [
        ("c.1849g>t", "v617f"),
        ("c.1799t>a", "v600e"),
        ("c.35g>a", "g12d"),
        ("c.20a>t", "e7v"),
        ("c.892c>t", "q298x"),
    ],
)
def test_a_change_of_dna_is_one_of_the_protein(dna: str, protein: str) -> None:
    change, wanted = parse_variant(dna), parse_variant(protein)
    assert change is not None
    assert wanted is not None
    here = in_protein(change)
    assert here is not None
    assert here[0] == wanted.place
    assert wanted.alleles in here[1]


def test_other_changes_of_dna_are_not() -> None:
    change = in_protein(variant("1849", "ga", "c"))
    assert change is not None
    assert frozenset("vf") not in change[1]
    assert in_protein(variant("-31", "ct", "c")) is None
    assert in_protein(variant("617", "vf", "p")) is None
    assert in_protein(variant("357-3", "cg", "c")) is None


@given(st.text(alphabet="acgtpvxf0123456789.>-+/() \n*é", max_size=40))
def test_any_name_has_a_key(name: str) -> None:
    assert variant_key(name) == variant_key(name)
    assert bool(variant_key(name)) == bool(name)


@pytest.mark.parametrize("piece", ["-", "a ", "a(", "1", "+1", "a1"])
def test_what_is_no_name_takes_no_time(piece: str) -> None:
    name = piece * 20_000
    began = time.process_time()
    assert variant_key(name) == name
    assert parse_variant(name) is None
    assert time.process_time() - began < 1
