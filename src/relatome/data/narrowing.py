"""Fewer candidates: pairs so far apart that next to none of them is related are not asked about."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence

import msgspec

from relatome.data.candidates import Candidate, candidates
from relatome.data.document import Document
from relatome.data.schema import Schema


class Narrowing(msgspec.Struct, frozen=True):
    """Which of a schema's candidates to ask about.

    Attributes:
        sentence: only pairs that some sentence mentions together.
        interval: only pairs with so many mentions of the tail's type between the two, see
            `within_gene_interval`.
    """

    sentence: bool = False
    interval: tuple[int, int] | None = None

    def candidates(self, document: Document, schema: Schema) -> list[Candidate]:
        """The candidates of a document that are left."""
        scope = "sentence" if self.sentence else schema.scope
        asked = candidates(document, msgspec.structs.replace(schema, scope=scope))
        if self.interval is not None:
            asked = within_gene_interval(document, asked, *self.interval)
        return asked

    def lost(self, document: Document, schema: Schema) -> int:
        """Number of the relations in the schema's reach whose pair is not among those left."""
        if self == Narrowing():
            return 0
        before = _related(document, candidates(document, schema), schema)
        return before - _related(document, self.candidates(document, schema), schema)


def within_gene_interval(
    document: Document, asked: Sequence[Candidate], low: int, high: int
) -> list[Candidate]:
    """The candidates with few mentions of the tail's type between head and tail.

    In paper B's DrugProt (section II B) the tail is a gene, and the interval [-10, 16] counts the
    gene mentions between a chemical and a gene, as a negative number where the gene stands before
    the chemical. The paper gives no more than that; here a mention lies between two others where
    it begins between their beginnings (of two that begin together, the shorter comes first), and
    an entity of several mentions is within the interval if one of them is.

    Args:
        document: the document.
        asked: its candidates.
        low: the most mentions between a tail and the head after it, as a negative number.
        high: the most mentions between a head and the tail after it.

    Returns:
        the candidates within the interval, in their order.
    """
    mentions, entities = document.mentions, document.entities
    place = {index: (mention.start, mention.end, index) for index, mention in enumerate(mentions)}
    of_type: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    for index, where in sorted(place.items(), key=lambda item: item[1]):
        of_type[mentions[index].type].append(where)

    def crossed(head: int, tail: int, type: str) -> int:
        first, last = sorted((place[head], place[tail]))
        between = bisect_left(of_type[type], last) - bisect_right(of_type[type], first)
        return between if place[head] < place[tail] else -between

    return [
        candidate
        for candidate in asked
        if any(
            low <= crossed(head, tail, candidate.rule.tail) <= high
            for head in entities[candidate.head].mentions
            for tail in entities[candidate.tail].mentions
        )
    ]


def _related(document: Document, asked: Sequence[Candidate], schema: Schema) -> int:
    """Number of the document's relations that the candidates reach."""
    entities = document.entities
    rules = {(entities[c.head].id, entities[c.tail].id): c.rule for c in asked}
    if not schema.ordered:
        rules |= {(tail, head): rule for (head, tail), rule in rules.items()}
    found = [
        (relation, rules.get((relation.head, relation.tail))) for relation in document.relations
    ]
    return sum(rule is not None and relation.type in rule.labels for relation, rule in found)
