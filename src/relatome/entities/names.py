"""Names of entities in one spelling, so that two spellings of one name are equal.

The result of `normalized` is a key to compare, not a name to show. docs/entities.md says what the
rules are worth on BioRED.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container

from relatome.entities.kinds import Kind, kind_of
from relatome.entities.variants import variant_key

SPELLING, WORDS, PEOPLE, VARIANTS = "spelling", "words", "people", "variants"
NAME_RULES = (SPELLING, WORDS, PEOPLE, VARIANTS)

_GREEK = {
    chr(code): unicodedata.name(chr(code)).split()[-1].lower() for code in range(0x3B1, 0x3CA)
} | {"λ": "lambda"}  # Unicode spells it lamda
_GREEK_LETTERS = str.maketrans(_GREEK)

_WORD = re.compile(r"[^\W_]+")
_POSSESSIVE = re.compile(r"(?<=\w)['’]s\b")

# Single letters are numbers only after a word that is numbered: vitamin C is no vitamin 100.
_ROMAN_NUMERALS = "i ii iii iv v vi vii viii ix x xi xii xiii"
_ROMAN = {roman: str(n) for n, roman in enumerate(_ROMAN_NUMERALS.split(), start=1)}
_NUMBERED = frozenset(("type", "factor", "class", "stage", "grade", "group"))

_BRITISH = (("ae", "e"), ("oe", "e"), ("tumour", "tumor"), ("sulph", "sulf"))

_EMPTY_OF_GENES = frozenset(("gene", "protein"))
_EMPTY_OF_DISEASES = frozenset(("mellitus", "disease", "syndrome", "disorder"))

# Genes: TNF-alpha is TNFa, IL-1 beta is IL1B.
_GREEK_NAMES = ("alpha", "beta", "gamma", "delta")

# Diseases: hypertensive and hypertension, ischemic and ischemia, epileptic and epilepsy.
_ENDING = re.compile(
    r"(?:otic|osis|osed|atic|asis|ases|ations?|atory|ati(?:ve|c)|ions?|ives?|ory|"
    r"(?<=p)(?:tic|sy)|ics?|ias?|ity|al|ous|ed|isms?|e|y|m|s)$"
)
_SHORTEST_STEM = 4  # letters

_WORDS_FOR_PEOPLE = """human patient man men woman women person people participant inpatient
outpatient child children boy girl infant individual subject volunteer"""
_PEOPLE = frozenset(_WORDS_FOR_PEOPLE.split())
_ANIMALS = {"mice": "mouse", "murine": "mouse"}


def normalized(name: str, type: str = "", rules: Container[str] = NAME_RULES) -> str:
    """The key of a name: names that differ in spelling alone have the same.

    Unicode compatibility forms, case and white space never matter. Beyond that:

    - ``spelling``: hyphens, spaces and other punctuation (but not between two numbers), Greek
      letters and their names, possessives, plurals, Roman numerals, British spelling;
    - ``words``: last words that add nothing (*gene*, *disease*), *alpha* to *delta* in genes as a
      or b, adjectives of diseases;
    - ``people``: patients, women, humans are one organism; so are mice and murine;
    - ``variants``: amino acids in one letter, arrows and prefixes (see `variants.variant_key`).

    Args:
        name: the name as written.
        type: its entity type; rules for genes, diseases, organisms and variants depend on it.
        rules: those of `NAME_RULES` to apply.
    """
    text = folded(name)
    kind = kind_of(type)
    if kind is Kind.VARIANT:
        return variant_key(text) if VARIANTS in rules else text
    if SPELLING not in rules:
        return text
    words = _spelled(text)
    if not words:
        return text
    if WORDS in rules:
        words = _without_empty_words(words, kind)
    if kind is Kind.ORGANISM and PEOPLE in rules:
        words = ["human" if w in _PEOPLE else _ANIMALS.get(w, w) for w in words]
    return _joined(words)


def folded(name: str) -> str:
    """A name in lower case, in Unicode's compatibility form, with single spaces."""
    if not name.isascii():
        name = unicodedata.normalize("NFKC", name)
    return " ".join(name.casefold().split())


def _spelled(text: str) -> list[str]:
    """The words of a name, in one spelling."""
    if not text.isascii():
        text = text.translate(_GREEK_LETTERS)
    if "'" in text or "’" in text:
        text = _POSSESSIVE.sub("", text)
    for british, american in _BRITISH:
        text = text.replace(british, american)
    words = _WORD.findall(text)
    if not words:
        return words
    for index in range(1, len(words)):
        word = words[index]
        if word in _ROMAN and (len(word) > 1 or words[index - 1] in _NUMBERED):
            words[index] = _ROMAN[word]
    words[-1] = _singular(words[-1])
    return words


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 2 and word[-1] == "s" and word[-2] not in "siu":
        return word[:-1]
    return word


def _without_empty_words(words: list[str], kind: Kind) -> list[str]:
    if kind is Kind.GENE:
        while len(words) > 1 and words[-1] in _EMPTY_OF_GENES:
            words.pop()
        return [_with_greek_letter(w) if w.endswith(_GREEK_NAMES) else w for w in words]
    if kind is Kind.DISEASE:
        while len(words) > 1 and words[-1] in _EMPTY_OF_DISEASES:
            words.pop()
        words[-1] = _stem(words[-1])
    return words


def _with_greek_letter(word: str) -> str:
    """``tnfalpha`` as ``tnfa``."""
    name = next(name for name in _GREEK_NAMES if word.endswith(name))
    return word[: len(word) - len(name) + 1]


def _stem(word: str) -> str:
    for _ in range(2):
        short = _ENDING.sub("", word)
        if len(short) < _SHORTEST_STEM:
            break
        word = short
    return word


def _joined(words: list[str]) -> str:
    """The words without anything between them, but for two numbers, which would be another."""
    joined = words[0]
    for word in words[1:]:
        joined += f" {word}" if joined[-1].isdigit() and word[0].isdigit() else word
    return joined
