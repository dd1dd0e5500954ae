"""Counts by what a relation is like: its label, its entity types, how far and how often it is said.

Every relation belongs to one group of each slice, so the counts of a slice add up to those of the
whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from relatome.data import Relation
from relatome.data.sentences import sentence_of, sentences
from relatome.report.judged import Judged, Stated, entity_of
from relatome.report.outcomes import RIGHT, Outcome
from relatome.scoring import Counts

LABEL, TYPE_PAIR, DISTANCE, MENTIONS = "label", "type pair", "distance", "mentions"
SLICES = (LABEL, TYPE_PAIR, DISTANCE, MENTIONS)

_UNKNOWN = "entity not annotated"
_DISTANCES = ("same sentence", "next sentence", "2 sentences apart", "3 or more apart")
# The upper ends of groups of numbers of mentions.
_MENTIONS = {1: "once", 2: "twice", 3: "3 times", 5: "4 or 5 times"}
_MORE_MENTIONS = "more often"
_FIXED = {
    DISTANCE: (*_DISTANCES, _UNKNOWN),
    MENTIONS: (*_MENTIONS.values(), _MORE_MENTIONS, _UNKNOWN),
}


class Places:
    """Where the entities of an annotated document are mentioned."""

    def __init__(self, document: Judged) -> None:
        self._document = document.gold
        spans = sentences(document.gold)
        self._sentence = [sentence_of(spans, m.span) for m in document.gold.mentions]

    def distance(self, relation: Relation) -> int | None:
        """Sentences from the one entity to the other where they are nearest; None if unknown."""
        head, tail = (entity_of(self._document, id) for id in (relation.head, relation.tail))
        if head is None or tail is None:
            return None
        ends = [
            [s for m in each.mentions if (s := self._sentence[m]) is not None]
            for each in (head, tail)
        ]
        return min((abs(a - b) for a in ends[0] for b in ends[1]), default=None)

    def mentions(self, relation: Relation) -> int | None:
        """How often the entity that is mentioned less often is mentioned; None if unknown."""
        found = [entity_of(self._document, id) for id in (relation.head, relation.tail)]
        counts = [len(each.mentions) for each in found if each is not None]
        return min(counts) if len(counts) == 2 else None


def slices(documents: Sequence[Judged], found: Iterable[Outcome]) -> dict[str, dict[str, Counts]]:
    """Counts by slice and group.

    An annotated relation counts where it is annotated, one that is only predicted where it is
    predicted. Groups of labels and types stand with the most annotated first, others in their own
    order.

    Args:
        documents: what `relatome.report.judged.judge` returned.
        found: the outcomes under one score.
    """
    places = [Places(document) for document in documents]
    counts: dict[str, dict[str, Counts]] = {name: defaultdict(Counts) for name in SLICES}

    def add(index: int, stated: Stated, count: Counts) -> None:
        for name, group in _groups(documents[index], places[index], stated).items():
            counts[name][group] += count

    for each in found:
        if each.kind == RIGHT:
            assert each.gold is not None
            add(each.document, each.gold, Counts(true_positive=1))
            continue
        if each.gold is not None:
            add(each.document, each.gold, Counts(false_negative=1))
        if each.predicted is not None:
            add(each.document, each.predicted, Counts(false_positive=1))
    return {name: _ordered(name, groups) for name, groups in counts.items()}


def _groups(document: Judged, places: Places, stated: Stated) -> dict[str, str]:
    relation = stated.relation
    return {
        LABEL: relation.type,
        TYPE_PAIR: stated.groups.get(TYPE_PAIR) or _type_pair(document, relation),
        DISTANCE: _distance_group(places.distance(relation)),
        MENTIONS: _mentions_group(places.mentions(relation)),
    }


def _type_pair(document: Judged, relation: Relation) -> str:
    names = []
    for identifier in (relation.head, relation.tail):
        entity = entity_of(document.gold, identifier) or entity_of(document.predicted, identifier)
        names.append("unknown" if entity is None else entity.type)
    return "–".join(sorted(names))


def _distance_group(distance: int | None) -> str:
    return _UNKNOWN if distance is None else _DISTANCES[min(distance, len(_DISTANCES) - 1)]


def _mentions_group(mentions: int | None) -> str:
    if mentions is None:
        return _UNKNOWN
    return next((name for most, name in _MENTIONS.items() if mentions <= most), _MORE_MENTIONS)


def _ordered(name: str, groups: Mapping[str, Counts]) -> dict[str, Counts]:
    if name in _FIXED:
        return {group: groups[group] for group in _FIXED[name] if group in groups}
    return dict(sorted(groups.items(), key=lambda entry: (-entry[1].gold, entry[0])))
