"""Mentions grouped into entities, without a knowledge base or with one.

Mentions are of one entity if they have one type and

- their names differ in spelling alone (`names`),
- one is the abbreviation of the other, as the text defines it (`abbreviations`), also within a
  longer name: *VEGF receptor 2*, *vascular endothelial growth factor receptor 2*,
- one stands in brackets behind the other: *gelatinase A (MMP-2)*,
- one is an abbreviation that the text does not define, and only one other name fits it,
- they are the same change of a sequence, in DNA and in protein (`variants`),
- or somebody says so: a model of coreference, a linker.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Container, Iterable, Iterator, Sequence
from itertools import pairwise, product

import msgspec

from relatome.data import Document, Mention, Span
from relatome.entities.abbreviations import Definition, abbreviates, definitions
from relatome.entities.identifiers import local_id
from relatome.entities.kinds import Kind, kind_of
from relatome.entities.linking import Linker
from relatome.entities.names import NAME_RULES, VARIANTS, folded, normalized
from relatome.entities.variants import Variant, in_protein, parse_variant
from relatome.errors import COREFERENT_MENTION, InputError, Place

DEFINITIONS, EXPANSION, BRACKETS, ACRONYMS = "definitions", "expansion", "brackets", "acronyms"
RULES = (*NAME_RULES, DEFINITIONS, EXPANSION, BRACKETS, ACRONYMS)

# Not what chemists and geneticists write in brackets: Ca(2+), IP(3).
_IN_BRACKETS = re.compile(r"\s[(\[][^()\[\]]*[A-Za-z]{2}[^()\[\]]*[)\]]")
_HYPHENATED = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_NUMBER = re.compile(r"(?:alpha|beta|gamma|delta|[α-ω]|\d+)\Z")  # follows at once: DDR1, PKCα
_OPENING = re.compile(r"\s*[(\[]\s*")
_FARTHEST_BRACKET = 5  # characters between a mention and the one in brackets
_ACRONYM = re.compile(r"(?=.*[A-Z].*[A-Z])[A-Za-z][A-Za-z0-9-]{1,7}")
_SHORTEST_LONG_FORM = 8  # characters

# Among more candidates there is seldom only one that fits, and time must not grow with both.
_MOST_LONG_FORMS = 200

# A disease in brackets behind another is as often a kind of it as a name of it.
_NAMED_IN_BRACKETS = frozenset(Kind) - {Kind.DISEASE}
_WITH_ACRONYMS = frozenset((Kind.GENE, Kind.DISEASE, Kind.CHEMICAL))


def group(
    document: Document,
    linker: Linker | None = None,
    coreferent: Iterable[tuple[int, int]] = (),
    *,
    rules: Collection[str] = RULES,
) -> Document:
    """The document with an identifier on every mention, the same for mentions of one entity.

    Identifiers that mentions bring along stay. Mentions without one are asked of the linker. What
    it does not know gets the identifiers of its group: those that most identified mentions of the
    same name have, else most of the group (the first in the text, if they tie). A group without
    any is named by its first mention (`local_id`), whatever the order of the mentions.

    Time grows as n log n with the number of mentions.

    Args:
        document: the document, its types as the schema spells them.
        linker: a knowledge base, for example a `Dictionary`.
        coreferent: pairs of indices into the mentions that are said to be of one entity. A pair of
            different types is passed over: an entity has one type.
        rules: those of `RULES` to apply; without any, names must be equal but for case, white
            space and Unicode compatibility forms.

    Raises:
        InputError: if `coreferent` names a mention that is not there.

    Example:
        >>> from relatome.data import Passage
        >>> text = "Gelatinase A (MMP-2)"
        >>> spans = (0, 12), (14, 19)
        >>> mentions = tuple(Mention(str(a), a, b, text[a:b], "Gene") for a, b in spans)
        >>> grouped = group(Document("d", (Passage("title", 0, text),), mentions))
        >>> [entity.id for entity in grouped.entities]
        ['local:Gene:gelatinase_a']
    """
    mentions = document.mentions
    groups = _Groups(mentions)
    names = [normalized(mention.text, mention.type, rules) for mention in mentions]
    defined = _definitions(document) if {DEFINITIONS, EXPANSION} & set(rules) else []
    expansion = _Expansion(document.text, defined)
    for index, mention in enumerate(mentions):
        groups.name(index, names[index])
        for other in expansion.names(mention) if EXPANSION in rules else ():
            groups.name(index, normalized(other, mention.type, rules))
    if DEFINITIONS in rules:
        _join_definitions(document, defined, groups, rules)
    if BRACKETS in rules:
        _join_brackets(document, groups)
    if ACRONYMS in rules:
        _join_acronyms(mentions, names, groups)
    if VARIANTS in rules:
        _join_variants(mentions, groups)
    for pair in coreferent:
        if not all(0 <= index < len(mentions) for index in pair):
            place = Place(document=document.id)
            raise InputError(COREFERENT_MENTION, at=place, pair=pair, mentions=len(mentions))
        groups.join(*pair)
    return _identified(document, linker, groups, names)


def without_groups(document: Document) -> Document:
    """The document with neither identifiers nor relations, which hold between identifiers."""
    bare = tuple(msgspec.structs.replace(m, entity_ids=()) for m in document.mentions)
    return msgspec.structs.replace(document, mentions=bare, relations=())


class _Groups:
    """Disjoint sets of mentions, each of one type; names lead to them."""

    def __init__(self, mentions: Sequence[Mention]) -> None:
        self._parents = list(range(len(mentions)))
        self._types = [mention.type for mention in mentions]
        self._named: dict[str, dict[str, int]] = defaultdict(dict)
        self.kinds = {kind_of(type): type for type in sorted(set(self._types))}

    def find(self, index: int) -> int:
        """The mention that stands for the group."""
        parents = self._parents
        while parents[index] != index:
            parents[index] = parents[parents[index]]
            index = parents[index]
        return index

    def join(self, one: int, other: int) -> None:
        """Make one group of two, if they are of one type."""
        if self._types[one] == self._types[other]:
            self._parents[self.find(one)] = self.find(other)

    def name(self, index: int, name: str) -> None:
        """Say that a mention is called `name`: it joins the others of its type that are."""
        self.join(index, self._named[name].setdefault(self._types[index], index))

    def join_names(self, one: str, other: str) -> None:
        """Say that two names mean the same, in every type that has both."""
        called, also = self._named.get(one, {}), self._named.get(other, {})
        for type in called.keys() & also.keys():
            self.join(called[type], also[type])


def _in_text_order(mentions: Sequence[Mention]) -> list[int]:
    return sorted(
        range(len(mentions)), key=lambda i: (mentions[i].start, mentions[i].end, mentions[i].text)
    )


# ------------------------------------------------------------------------------ abbreviations


def _definitions(document: Document) -> list[Definition]:
    """The definitions of all passages; none crosses from one into the next."""
    return [
        Definition(*(Span(passage.offset + s.start, passage.offset + s.end) for s in found))
        for passage in document.passages
        for found in definitions(passage.text)
    ]


def _join_definitions(
    document: Document, defined: Iterable[Definition], groups: _Groups, rules: Container[str]
) -> None:
    """Join what is called by the short form with what is called by the long form."""
    text, mentions = document.text, document.mentions
    ending: dict[int, dict[tuple[int, str], int]] = defaultdict(dict)
    for index, mention in enumerate(mentions):
        ending[mention.end].setdefault((mention.start, mention.type), index)
    for short, long in defined:
        for type in groups.kinds.values():
            forms = (text[form.start : form.end] for form in (short, long))
            groups.join_names(*(normalized(form, type, rules) for form in forms))
        # The long form may be more or less than what is marked as a mention.
        shorts = [i for (start, _), i in ending[short.end].items() if start == short.start]
        for one, other in product(shorts, ending[long.end].values()):
            groups.join(one, other)


class _Expansion:
    """Writes the abbreviations of a document in full, within longer names."""

    def __init__(self, text: str, defined: Iterable[Definition]) -> None:
        self._long_forms: dict[str, str] = {}
        for short, long in defined:
            self._long_forms.setdefault(text[short.start : short.end], text[long.start : long.end])

    def names(self, mention: Mention) -> Iterator[str]:
        """The mention's name without what it says in brackets, and with abbreviations in full."""
        name = mention.text
        if kind_of(mention.type) is Kind.VARIANT:
            return
        if " (" in name or " [" in name:
            name = _IN_BRACKETS.sub("", name)
            yield name
        if self._long_forms and mention.text not in self._long_forms:
            full = _HYPHENATED.sub(self._in_full, name)
            if full != name:
                yield full

    def _in_full(self, found: re.Match[str]) -> str:
        word = found[0]
        if word in self._long_forms:
            return self._long_forms[word]
        if "-" in word:
            return "-".join(_HYPHENATED.sub(self._in_full, part) for part in word.split("-"))
        stem = _NUMBER.sub("", word)
        return f"{self._long_forms[stem]} {word[len(stem) :]}" if stem in self._long_forms else word


def _join_brackets(document: Document, groups: _Groups) -> None:
    """Join a mention with the one in brackets behind it, where the brackets hold nothing else."""
    text, mentions = document.text, document.mentions
    for one, other in pairwise(_in_text_order(mentions)):
        first, second = mentions[one], mentions[other]
        if (
            first.end < second.start <= first.end + _FARTHEST_BRACKET
            and kind_of(first.type) in _NAMED_IN_BRACKETS
            and _OPENING.fullmatch(text, first.end, second.start)
            and text[second.end : second.end + 1] in (")", "]")
        ):
            groups.join(one, other)


def _join_acronyms(mentions: Sequence[Mention], names: Sequence[str], groups: _Groups) -> None:
    """Join abbreviations that the text does not define with the one name that they fit."""
    named: dict[int, set[str]] = defaultdict(set)  # what is called how, before this step
    short: dict[tuple[str, str], int] = {}
    long: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for index, mention in enumerate(mentions):
        named[groups.find(index)].add(names[index])
        if kind_of(mention.type) not in _WITH_ACRONYMS:
            continue
        if _ACRONYM.fullmatch(mention.text):
            short.setdefault((mention.type, mention.text), index)
        elif len(mention.text) > _SHORTEST_LONG_FORM:
            long[mention.type, mention.text[0].lower()].setdefault(names[index], index)
    joins = []
    for (type, acronym), index in short.items():
        candidates = long[type, acronym[0].lower()].values()
        if len(named[groups.find(index)]) > 1 or len(candidates) > _MOST_LONG_FORMS:
            continue
        fitting = [i for i in candidates if abbreviates(acronym, mentions[i].text)]
        if len({groups.find(i) for i in fitting}) == 1:
            joins.append((index, fitting[0]))
    for pair in joins:
        groups.join(*pair)


# ----------------------------------------------------------------------------------- variants


def _join_variants(mentions: Sequence[Mention], groups: _Groups) -> None:
    """Join alleles and genotypes with the variant of their place, and changes of DNA and protein.

    Only where the place has one variant that fits.
    """
    read: dict[tuple[str, Variant], int] = {}
    places: dict[tuple[str, str], dict[frozenset[str], int]] = defaultdict(dict)
    for index, mention in enumerate(mentions):
        if kind_of(mention.type) is not Kind.VARIANT:
            continue
        variant = parse_variant(folded(mention.text))
        if variant is not None:
            read.setdefault((mention.type, variant), index)
            if len(variant.alleles) > 1:
                places[mention.type, variant.place].setdefault(variant.alleles, index)
    for (type, variant), index in read.items():
        fitting: list[int] = []
        if len(variant.alleles) == 1:
            here = places.get((type, variant.place), {})
            fitting = [i for alleles, i in here.items() if variant.alleles < alleles]
        elif (change := in_protein(variant)) is not None:
            place, pairs = change
            here = places.get((type, place), {})
            fitting = [here[pair] for pair in pairs & here.keys()]
        if len(fitting) == 1:
            groups.join(index, fitting[0])


# -------------------------------------------------------------------------------- identifiers


def _identified(
    document: Document, linker: Linker | None, groups: _Groups, names: Sequence[str]
) -> Document:
    mentions = document.mentions
    first: dict[int, int] = {}  # of each group
    of_name: dict[tuple[str, str], Counter[tuple[str, ...]]] = defaultdict(Counter)
    of_group: dict[int, Counter[tuple[str, ...]]] = defaultdict(Counter)
    own: dict[int, tuple[str, ...]] = {}
    for index in _in_text_order(mentions):
        mention, root = mentions[index], groups.find(index)
        first.setdefault(root, index)
        ids = mention.entity_ids
        if not ids and linker is not None:
            ids = tuple(linker.link(mention, document))
        if ids:
            own[index] = ids
            of_name[mention.type, names[index]][ids] += 1
            of_group[root][ids] += 1
    identified = []
    for index, mention in enumerate(mentions):
        if index not in own:
            root = groups.find(index)
            known = of_name.get((mention.type, names[index])) or of_group.get(root)
            # Of those that tie, the first counted: the first in the text.
            ids = known.most_common(1)[0][0] if known else (_local_id(mentions[first[root]]),)
        else:
            ids = own[index]
        identified.append(msgspec.structs.replace(mention, entity_ids=ids))
    return msgspec.structs.replace(document, mentions=tuple(identified))


def _local_id(mention: Mention) -> str:
    return local_id(mention.type, mention.text)
