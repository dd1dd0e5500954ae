"""How well mentions of entities are found, by span and type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from relatome.data import Document
from relatome.scoring.counts import Counts

# The ways nervaluate compares, with what each asks for.
COMPARISONS = ("strict", "exact", "partial", "ent_type")


def mention_counts(
    gold: Sequence[Document], predicted: Sequence[Document], types: Sequence[str]
) -> dict[str, Counts]:
    """Mentions of the same document, span and type, over all types (``all``) and for each.

    This is the strict comparison of CoNLL-2003 and of `nervaluate`.

    Args:
        gold: annotated documents.
        predicted: the same in the same order, with predicted mentions.
        types: those judged.
    """
    counts = {
        type: Counts.of(_items(gold, type), _items(predicted, type))
        for type in dict.fromkeys(types)
    }
    return {"all": sum(counts.values(), start=Counts()), **counts}


def _items(documents: Sequence[Document], type: str) -> set[object]:
    return {
        (index, mention.start, mention.end)
        for index, document in enumerate(documents)
        for mention in document.mentions
        if mention.type == type
    }


def compare_mentions(
    gold: Sequence[Document], predicted: Sequence[Document], types: Sequence[str]
) -> dict[str, dict[str, float]]:
    """F1 in the four ways of SemEval-2013 task 9, by `nervaluate`: type to comparison to F1.

    ``strict``: same span and type; ``exact``: same span; ``partial``: half a point for spans that
    overlap; ``ent_type``: same type, spans that overlap. Arguments as for `mention_counts`.
    """
    from nervaluate import Evaluator

    outcome = Evaluator(
        _plain(gold, types), _plain(predicted, types), tags=list(types), loader="dict"
    ).evaluate()
    of = {"all": outcome["overall"], **outcome["entities"]}
    # A type that no document has is left out there.
    return {
        type: {name: float(of[type][name].f1) if type in of else 0.0 for name in COMPARISONS}
        for type in ("all", *types)
    }


def _plain(documents: Sequence[Document], types: Sequence[str]) -> list[list[dict[str, Any]]]:
    return [
        [
            # There, the end is the last character.
            {"label": mention.type, "start": mention.start, "end": mention.end - 1}
            for mention in document.mentions
            if mention.type in types
        ]
        for document in documents
    ]
