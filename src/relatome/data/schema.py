"""A corpus as a task: which entities, which labels, which pairs may carry which label."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

import msgspec

from relatome.data.document import Document
from relatome.errors import UNKNOWN_LABEL, UNKNOWN_TYPE, InputError, Place

NO_RELATION = "None"
CORPUS_INFON = "corpus"  # of a document in a pool: the corpus it comes from
PROMPT_INFON = "prompt_word"  # of a document in a pool: its corpus's own prompt word
DOCUMENT_INFON = "document"  # of a document that is one sentence: the document it is from


def is_no_relation(label: str) -> bool:
    """Whether a label says that there is none: ``None``, or ``None-…`` of one corpus of a pool."""
    return label == NO_RELATION or label.startswith(f"{NO_RELATION}-")


class PairRule(msgspec.Struct, frozen=True):
    """An ordered pair of entity types that may be related, and the labels legal for it.

    In a schema without argument order the rule covers both orders, and `(head, tail)` is the
    canonical one.
    """

    head: str
    tail: str
    labels: tuple[str, ...]


class Negative(msgspec.Struct, frozen=True):
    """What a pair without annotated relation is, in the documents of one corpus of a pool.

    "Not annotated here" is not "no relation": corpora annotate different things.

    Attributes:
        corpus: the corpus, as the documents name it in their infon ``corpus``.
        head: type of the pair's head, as in a rule of the schema.
        tail: type of its tail.
        label: the class of such pairs: ``None``, or a label ``None-…`` of the schema.
    """

    corpus: str
    head: str
    tail: str
    label: str


class Schema(msgspec.Struct, frozen=True, dict=True):
    """What a corpus annotates and how it is judged.

    Attributes:
        name: the corpus, as in ``relatome corpora list``.
        entity_types: canonical entity types, each with the other spellings that mean the same.
        labels: relation types, without "no relation".
        pairs: the legal type pairs and the labels legal for each.
        ordered: whether (a, b) and (b, a) are different relations.
        unit: ``concept`` if relations hold between identifiers, ``mention`` if between mentions.
        scope: ``document`` if a relation may span the document, ``sentence`` if it may not.
        multi_label: whether one pair may carry several labels.
        novelty: whether relations are judged novel or not.
        prompt_word: the task's name, as prompts give it ("DDI"); it tells a model of several
            corpora whose habits apply.
        rule: name of the official scoring rule.
        direction: whether relations name the entity that acts (`Relation.subject`).
        negatives: for pooled corpora, what pairs without relation are. Pairs of a corpus and types
            that it does not list were not annotated there, and are no examples. Empty where all
            documents are of one corpus: there such pairs are unrelated.
    """

    name: str
    entity_types: dict[str, tuple[str, ...]]
    labels: tuple[str, ...]
    pairs: tuple[PairRule, ...]
    ordered: bool
    unit: Literal["concept", "mention"]
    scope: Literal["document", "sentence"]
    multi_label: bool
    novelty: bool
    prompt_word: str
    rule: str
    direction: bool = False
    negatives: tuple[Negative, ...] = ()

    @cached_property
    def _canonical(self) -> dict[str, str]:
        spellings: dict[str, str] = {}
        for name, aliases in self.entity_types.items():
            for spelling in (name, *aliases):
                spellings[spelling.lower()] = name
        return spellings

    @cached_property
    def _rule_by_types(self) -> dict[tuple[str, str], PairRule]:
        rules: dict[tuple[str, str], PairRule] = {}
        for rule in self.pairs:
            rules[rule.head, rule.tail] = rule
            if not self.ordered:
                rules.setdefault((rule.tail, rule.head), rule)
        return rules

    @cached_property
    def _negatives(self) -> dict[tuple[str, str, str], str]:
        return {(n.corpus, n.head, n.tail): n.label for n in self.negatives}

    @cached_property
    def asserting(self) -> tuple[str, ...]:
        """The labels that assert a relation: all but the ``None-…`` of a pool."""
        return tuple(label for label in self.labels if not is_no_relation(label))

    def unrelated(self, document: Document, rule: PairRule) -> str | None:
        """The class of a pair without annotated relation, or None if it is no example.

        Documents that do not say which corpus of a pool they come from are taken to be annotated
        completely.
        """
        if not self.negatives or CORPUS_INFON not in document.infons:
            return NO_RELATION
        return self._negatives.get((document.infons[CORPUS_INFON], rule.head, rule.tail))

    def canonical_type(self, spelling: str, place: Place | None = None) -> str:
        """The schema's own name of an entity type, whatever its spelling.

        Raises:
            InputError: if the schema does not know the type.
        """
        try:
            return self._canonical[spelling.lower()]
        except KeyError:
            raise InputError(
                UNKNOWN_TYPE, at=place, type=spelling, known=", ".join(self.entity_types)
            ) from None

    def knows_type(self, spelling: str) -> bool:
        """Whether the schema has the entity type, whatever its spelling."""
        return spelling.lower() in self._canonical

    def conform(self, document: Document) -> Document:
        """The document with entity types in the schema's spelling; itself where they are already.

        Where mentions are related, a mention without identifier becomes an entity of its own.

        Raises:
            InputError: naming the first type the schema does not know.
        """
        place = Place(document=document.id)
        mentions = tuple(
            msgspec.structs.replace(
                mention,
                type=self.canonical_type(mention.type, place),
                entity_ids=mention.entity_ids or ((mention.id,) if self.unit == "mention" else ()),
            )
            for mention in document.mentions
        )
        if mentions == document.mentions:
            return document
        return msgspec.structs.replace(document, mentions=mentions)

    def require_label(self, label: str, place: Place | None = None) -> str:
        """`label` itself, if the schema has it.

        Raises:
            InputError: if the schema does not have the label.
        """
        if label not in self.labels:
            raise InputError(UNKNOWN_LABEL, at=place, type=label, known=", ".join(self.labels))
        return label

    def pair_rule(self, head_type: str, tail_type: str) -> PairRule | None:
        """The rule for two entity types, or None if they may not be related."""
        return self._rule_by_types.get((head_type, tail_type))


_CORRELATED = ("Association", "Negative_Correlation", "Positive_Correlation")

# Eight type pairs (BioRED paper, table 2) and the labels seen for each in the training split, plus
# chemical-gene Cotreatment, which only dev has; `tests/data` counts them again. One gene-variant
# relation of the training split and three self-relations lie outside the task and are reported as
# unreachable.
BIORED = Schema(
    name="biored",
    entity_types={
        "DiseaseOrPhenotypicFeature": ("Disease",),
        "GeneOrGeneProduct": ("Gene",),
        "ChemicalEntity": ("Chemical",),
        "SequenceVariant": ("Variant", "Mutation", "DNAMutation", "ProteinMutation", "SNP"),
        "OrganismTaxon": ("Organism", "Species"),
        "CellLine": (),
    },
    labels=(
        "Association",
        "Positive_Correlation",
        "Negative_Correlation",
        "Bind",
        "Comparison",
        "Cotreatment",
        "Drug_Interaction",
        "Conversion",
    ),
    pairs=(
        PairRule("DiseaseOrPhenotypicFeature", "GeneOrGeneProduct", _CORRELATED),
        PairRule("DiseaseOrPhenotypicFeature", "SequenceVariant", _CORRELATED),
        PairRule("ChemicalEntity", "DiseaseOrPhenotypicFeature", _CORRELATED),
        PairRule("ChemicalEntity", "GeneOrGeneProduct", (*_CORRELATED, "Bind", "Cotreatment")),
        PairRule("ChemicalEntity", "SequenceVariant", _CORRELATED),
        PairRule("GeneOrGeneProduct", "GeneOrGeneProduct", (*_CORRELATED, "Bind")),
        PairRule(
            "ChemicalEntity",
            "ChemicalEntity",
            (*_CORRELATED, "Comparison", "Conversion", "Cotreatment", "Drug_Interaction"),
        ),
        PairRule("SequenceVariant", "SequenceVariant", ("Association",)),
    ),
    ordered=False,
    unit="concept",
    scope="document",
    multi_label=False,
    novelty=True,
    prompt_word="BioRED",
    rule="biored-8",
)
