"""Whether two stretches of text are the same but for their spelling.

PubTator3 serves some texts with ``a`` for α and ``-`` for a no-break hyphen while a mention in it
keeps the characters of the article, at the right offsets. Two of 200 documents of an export have
such mentions.
"""

from __future__ import annotations

import unicodedata

# Letters that stand for a Greek one: the sound, or the shape.
_LATIN = {
    "α": "a",
    "β": "b",
    "γ": "gy",
    "δ": "d",
    "ε": "e",
    "ζ": "z",
    "η": "ehn",
    "θ": "t",
    "ι": "i",
    "κ": "k",
    "λ": "l",
    "μ": "mu",
    "ν": "nv",
    "ξ": "x",
    "ο": "o",
    "π": "p",
    "ρ": "rp",
    "σ": "s",
    "τ": "t",
    "υ": "uy",
    "φ": "fp",
    "χ": "cx",
    "ψ": "p",
    "ω": "ow",
}
_QUOTES = frozenset("'`´‘’‚‛′\"“”„‟″")
_MINUS = "−"


def same_but_for_spelling(one: str, other: str) -> bool:
    """Whether each character of `one` stands for the one at the same place of `other`.

    Greek letters stand for Latin ones, accented letters for plain ones, capitals for small ones,
    and hyphens, quotation marks and spaces for others of their kind.
    """
    return len(one) == len(other) and all(map(_same, one, other))


def _same(one: str, other: str) -> bool:
    if one == other:
        return True
    a, b = _plain(one), _plain(other)
    return a == b or b in _LATIN.get(a, "") or a in _LATIN.get(b, "")


def _plain(character: str) -> str:
    if character in _QUOTES:
        return "'"
    if character == _MINUS or unicodedata.category(character) == "Pd":
        return "-"
    if character.isspace():
        return " "
    # The first character of the decomposition is the letter, accents follow it.
    return unicodedata.normalize("NFKD", character)[0].lower().replace("ς", "σ")
