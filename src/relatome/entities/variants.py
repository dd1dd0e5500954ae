"""Names of sequence variants: V617F, p.Val617Phe, c.1849G>T, *Val to Phe at codon 617*.

What is read of a name is the place and the alleles. Which of two alleles is the common one is left
open, as authors leave it: 1359G/A and A1359G are the same place with the same alleles.
"""

from __future__ import annotations

import re
from itertools import product
from typing import NamedTuple

# Name, code of three letters, code of one letter.
_AMINO_ACIDS = """alanine ala a, arginine arg r, asparagine asn n, aspartic asp d, aspartate asp d,
cysteine cys c, glutamine gln q, glutamic glu e, glutamate glu e, glycine gly g, histidine his h,
isoleucine ile i, leucine leu l, lysine lys k, methionine met m, phenylalanine phe f,
proline pro p, serine ser s, threonine thr t, tryptophan trp w, tyrosine tyr y, valine val v,
termination ter x, stop stop x"""
_LETTER = {
    name: names[-1]
    for names in (entry.split() for entry in _AMINO_ACIDS.split(","))
    for name in names[:-1]
}
_RESIDUE = re.compile(rf"(?<![a-z])({'|'.join(_LETTER)})(?![a-z]{{3}})(?:\s+acid)?")
_ARROW = re.compile(r"\s*(?:[-–−]*>|→|⟶|/|-to-|\bto\b|\bby\b|\bfor\b|\bwith\b)\s*")
_PREFIX = re.compile(r"^([pcgmnr])\.\s*")
_BETWEEN = re.compile(r"[\s()\[\],]+")

_ALLELE = "([a-z])"
_PLACE = r"([+-]?\d+(?:[+-]\d+)?)"
_ALLELE_PLACE_ALLELE = re.compile(f"{_ALLELE}{_PLACE}>?{_ALLELE}")
_PLACE_ALLELES = re.compile(f"{_PLACE}{_ALLELE}>?{_ALLELE}?")
_ALLELE_PLACE = re.compile(f"{_ALLELE}{_PLACE}")
_NUMBER = re.compile(r"(?<![\w.])[+-]?\d+\b")
_SUBSTITUTION = re.compile(r"(?<![a-z])([acgt])>([acgt])(?![a-z])")
_ONE_ALLELE = re.compile(r"(?<![a-z])([acgt]) allele")

# Characters; what is longer is no name of a variant, and patterns take long to find that out.
_LONGEST = 200

_BASES = "tcag"
_CODE = "ffllssssyyxxccxwllllpppphhqqrrrriiimttttnnkkssrrvvvvaaaaddeegggg"
_CODONS = {"".join(codon): _CODE[i] for i, codon in enumerate(product(_BASES, repeat=3))}


class Variant(NamedTuple):
    """A place in a sequence and what stands there.

    Attributes:
        place: the number, as written, with its sign and offset: ``-31``, ``357-3``.
        alleles: one letter each; one allele for ``326Ile`` and ``Met326Met``.
        level: ``p`` for protein, ``c`` for DNA, empty where the name leaves it open (A35T).
    """

    place: str
    alleles: frozenset[str]
    level: str


def variant_key(text: str) -> str:
    """The key of a variant's name: place and alleles if they can be read, else the bare name.

    Args:
        text: the name in lower case.
    """
    if len(text) > _LONGEST:
        return text
    variant = parse_variant(text)
    if variant is not None:
        return f"{variant.place}{''.join(sorted(variant.alleles))}"
    text = _RESIDUE.sub(lambda found: _LETTER[found[1]], _PREFIX.sub("", text))
    return _BETWEEN.sub("", _ARROW.sub(">", text)).replace("*", "x") or text


def parse_variant(text: str) -> Variant | None:
    """Read a substitution from its name, or None if it is no substitution at one place.

    Args:
        text: the name in lower case.
    """
    if len(text) > _LONGEST:
        return None
    prefix = _PREFIX.match(text)
    residues = _RESIDUE.findall(text)
    level = "p" if residues or (prefix and prefix[1] == "p") else "c" if prefix else ""
    spelled = _ARROW.sub(">", _RESIDUE.sub(lambda found: _LETTER[found[1]], _PREFIX.sub("", text)))
    bare = _BETWEEN.sub("", spelled).replace("*", "x")
    if match := _ALLELE_PLACE_ALLELE.fullmatch(bare):
        return _variant(match[2], (match[1], match[3]), level)
    if match := _PLACE_ALLELES.fullmatch(bare):
        return _variant(match[1], (match[2], match[3] or match[2]), level)
    if match := _ALLELE_PLACE.fullmatch(bare):
        return _variant(match[2], (match[1],), level)
    places = _NUMBER.findall(text)
    if len(places) != 1:
        return None
    if residues:
        alleles = {_LETTER[name] for name in residues}
        return _variant(places[0], tuple(alleles), "p") if len(alleles) <= 2 else None
    if match := _SUBSTITUTION.search(spelled):
        return _variant(places[0], (match[1], match[2]), "c")
    if match := _ONE_ALLELE.search(text):
        return _variant(places[0], (match[1],), "c")
    return None


def _variant(place: str, alleles: tuple[str, ...], level: str) -> Variant:
    if not level:
        outside = not set(alleles) <= set(_BASES)
        level = "p" if outside else "" if place.isdigit() else "c"
    return Variant(place, frozenset(alleles), level)


def in_protein(dna: Variant) -> tuple[str, frozenset[frozenset[str]]] | None:
    """What a substitution in coding DNA can be in the protein: c.1849G>T is V617F.

    Returns:
        The place, and all pairs of amino acids of which the genetic code has a codon each that
        differ in this substitution alone; None if it is no substitution in coding DNA.
    """
    bases = sorted(dna.alleles)
    known = len(bases) == 2 and set(bases) <= set(_BASES)
    if dna.level == "p" or not known or not dna.place.isdigit() or len(dna.place) > 9:
        return None
    codon, position = divmod(int(dna.place) - 1, 3)
    changes = frozenset(
        frozenset((amino, _CODONS[spelled[:position] + bases[1] + spelled[position + 1 :]]))
        for spelled, amino in _CODONS.items()
        if spelled[position] == bases[0]
    )
    return str(codon + 1), changes
