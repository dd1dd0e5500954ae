"""DrugProt: typed chemical-to-gene relations between mentions, thirteen types, several per pair.

Miranda-Escalada et al., "Overview of DrugProt task at BioCreative VII", Database 2023.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from typing import ClassVar, Literal

import msgspec

from relatome.data import Document, Relation
from relatome.data.schemas import DRUGPROT as SCHEMA
from relatome.errors import Place
from relatome.scoring.rule import Judgement, argument_types, asserted

LABELS = SCHEMA.labels


class DrugProt(msgspec.Struct, frozen=True):
    """The rule of the DrugProt track: micro average over (chemical, gene, type) per document.

    A prediction that cannot be in the annotation by its form (an unknown type, document or
    mention, a pair of two chemicals or two genes) is dropped rather than wrong, as the organisers
    do, and a gene named before its chemical is turned round. All of it is counted in the notes.
    """

    name: str = "drugprot"
    about: str = "DrugProt: chemical, gene and type, thirteen types (BioCreative VII track 1)"
    script: str | None = "drugprot-script"

    scores: ClassVar[tuple[str, ...]] = ("pair+type",)
    primary: ClassVar[str] = "pair+type"
    breakdowns: ClassVar[Mapping[str, tuple[str, ...]]] = {"label": ("pair+type",)}
    extra: ClassVar[Literal["ignore"]] = "ignore"
    notes: ClassVar[Mapping[str, str]] = {
        "gold_not_a_pair": "gold relations not between a chemical and a gene, dropped",
        "unknown_label": "predicted relations of a type DrugProt does not have, dropped",
        "unknown_mention": "predicted relations naming a mention the gold document does not have, "
        "dropped",
        "not_a_pair": "predicted relations not between a chemical and a gene, dropped",
        "turned": "predicted relations with the gene before the chemical, turned round",
        "duplicate": "predicted relations given more than once, counted once",
    }

    def judge(self, gold: Document, predicted: Document) -> Judgement:
        """Turn a document's annotation and prediction into comparable items.

        Raises:
            InputError: if the gold has a type that DrugProt does not have.
        """
        place = Place(document=gold.id)
        types = {id: _kind(type) for id, type in argument_types(gold).items()}
        notes: Counter[str] = Counter()
        wanted: dict[Hashable, dict[str, str]] = {}
        for relation in asserted(gold.relations):
            SCHEMA.require_label(relation.type, place)
            pair = _chemical_and_gene(relation, types)
            if pair is None:
                notes["gold_not_a_pair"] += 1
            else:
                wanted[*pair, relation.type] = {"label": relation.type}

        found: dict[Hashable, dict[str, str]] = {}
        for relation in asserted(predicted.relations):
            pair = _chemical_and_gene(relation, types)
            if relation.type not in LABELS:
                notes["unknown_label"] += 1
            elif not {relation.head, relation.tail} <= types.keys():
                notes["unknown_mention"] += 1
            elif pair is None:
                notes["not_a_pair"] += 1
            else:
                item = (*pair, relation.type)
                notes["turned"] += pair[0] != relation.head
                notes["duplicate"] += item in found
                found[item] = {"label": relation.type}
        return Judgement({"pair+type": wanted}, {"pair+type": found}, +notes)


class DrugProtScript(DrugProt, frozen=True):
    """The figures of the organisers' program, as published with its second gold example.

    It lays the chemical–gene pairs of all documents, sorted by document id, in one row of cells,
    but moves on by one cell too few after each document. So the last pair of a document shares a
    cell with the first pair of the next, and what is said of either counts for both: a miss may be
    hidden, and two hits may count once. A document with a single pair has no cell of its own.
    """

    name: str = "drugprot-script"
    about: str = (
        "DrugProt as the organisers' program counts: the last pair of a document and the first "
        "of the next are one"
    )
    script: str | None = None

    def settle(
        self, gold: Sequence[Document], judgements: Sequence[Judgement]
    ) -> Sequence[Judgement]:
        """Hand the items of each document's last pair to the first pair of the next."""
        sides = [
            (dict(judgement.gold["pair+type"]), dict(judgement.predicted["pair+type"]))
            for judgement in judgements
        ]
        before: tuple[int, _Pair] | None = None
        for index in sorted(range(len(gold)), key=lambda i: gold[i].id):
            edges = _edges(gold[index])
            if edges is None:
                continue
            first, last = edges
            if before is not None:
                for source, target in zip(sides[before[0]], sides[index], strict=True):
                    for label in LABELS:
                        if source.pop((*before[1], label), None):
                            target[*first, label] = {"label": label}
            before = index, last
        return [
            Judgement({"pair+type": wanted}, {"pair+type": found}, judgement.notes)
            for (wanted, found), judgement in zip(sides, judgements, strict=True)
        ]


_Pair = tuple[str, str]


def _kind(entity_type: str) -> str:
    """CHEMICAL or GENE: also for GENE-Y and GENE-N, and as a pool of corpora calls the two."""
    upper = entity_type.upper()
    return next((kind for kind in ("CHEMICAL", "GENE") if upper.startswith(kind)), upper)


def _chemical_and_gene(relation: Relation, types: Mapping[str, str]) -> _Pair | None:
    kinds = types.get(relation.head), types.get(relation.tail)
    if kinds == ("CHEMICAL", "GENE"):
        return relation.head, relation.tail
    if kinds == ("GENE", "CHEMICAL"):
        return relation.tail, relation.head
    return None


def _edges(document: Document) -> tuple[_Pair, _Pair] | None:
    """The first and the last chemical–gene pair of a document, in the order of the program.

    It takes mentions in the order of the entities file, which is that of their numbers.
    """
    marks = sorted(argument_types(document).items(), key=lambda entry: _number(entry[0]))
    chemicals = [id for id, type in marks if _kind(type) == "CHEMICAL"]
    genes = [id for id, type in marks if _kind(type) == "GENE"]
    if not chemicals or not genes:
        return None
    return (chemicals[0], genes[0]), (chemicals[-1], genes[-1])


def _number(mention_id: str) -> int:
    digits = re.search(r"\d+$", mention_id)
    return int(digits[0]) if digits else 0


DRUGPROT = DrugProt()
DRUGPROT_SCRIPT = DrugProtScript()
