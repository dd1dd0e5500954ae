"""Scoring predicted documents against annotated ones, the same way under every rule."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Literal

from relatome.data import Document
from relatome.errors import (
    DUPLICATE_DOCUMENT,
    EXTRA_DOCUMENTS,
    NO_GOLD,
    InputError,
)
from relatome.scoring.counts import Counts
from relatome.scoring.registry import find_rule
from relatome.scoring.result import Result
from relatome.scoring.rule import CrossDocumentRule, Items, Judgement, Rule

_Groups = dict[str, dict[str, dict[str, Counts]]]

_FOUND, _INVENTED, _MISSED = Counts(1, 0, 0), Counts(0, 1, 0), Counts(0, 0, 1)


def score(
    gold: Iterable[Document],
    predicted: Iterable[Document],
    rule: str | Rule,
    *,
    extra: Literal["refuse", "ignore"] | None = None,
) -> Result:
    """Score predicted relations against annotated ones.

    Args:
        gold: the annotated documents.
        predicted: documents with predicted relations, in any order. A gold document without a
            prediction counts as entirely missed.
        rule: a scoring rule or its name, for example ``"biored-8"``.
        extra: what to do with predicted documents that the gold does not have: refuse them, or
            ignore and count them. By default as the rule's task does.

    Raises:
        UsageError: if there is no rule of that name.
        InputError: if there is no gold document, an id occurs twice on one side, a prediction is
            for a document outside the gold, or the gold does not fit the rule.

    Example:
        >>> from relatome.data import Document, Relation
        >>> found = Relation("D015032", "26151", "Association", novel=True)
        >>> documents = [Document("1", (), relations=(found,))]
        >>> score(documents, documents, "biored-8").f1("all")
        1.0
    """
    if isinstance(rule, str):
        rule = find_rule(rule)
    annotated = _by_id(gold)
    if not annotated:
        raise InputError(NO_GOLD)
    answered = _by_id(predicted)
    outside = [document_id for document_id in answered if document_id not in annotated]
    if outside and (extra or rule.extra) == "refuse":
        raise InputError(EXTRA_DOCUMENTS, count=len(outside), examples=", ".join(outside[:3]))

    tallies: dict[str, list[Counts]] = {name: [] for name in rule.scores}
    groups: _Groups = {
        breakdown: {name: defaultdict(Counts) for name in scores}
        for breakdown, scores in rule.breakdowns.items()
    }
    notes: Counter[str] = Counter()
    judgements: Sequence[Judgement] = [
        rule.judge(document, answered.get(document_id) or document.with_relations(()))
        for document_id, document in annotated.items()
    ]
    if isinstance(rule, CrossDocumentRule):
        judgements = rule.settle(list(annotated.values()), judgements)
    for judgement in judgements:
        for name in rule.scores:
            found, wanted = judgement.predicted[name], judgement.gold[name]
            tallies[name].append(Counts.of(wanted.keys(), found.keys()))
            for breakdown, by_score in groups.items():
                if name in by_score:
                    _count_groups(by_score[name], breakdown, wanted, found)
        notes.update({rule.notes[key]: count for key, count in judgement.notes.items()})
    notes["gold documents without a prediction, counted as missed"] += len(
        annotated.keys() - answered.keys()
    )
    notes["predicted documents that the gold does not have, ignored"] += len(outside)
    return Result(
        rule=rule.name,
        about=rule.about,
        primary=rule.primary,
        documents=tuple(annotated),
        tallies={name: tuple(counts) for name, counts in tallies.items()},
        groups=_sorted(groups),
        gold_relations=sum(len(d.relations) for d in annotated.values()),
        predicted_documents=len(annotated.keys() & answered.keys()),
        predicted_relations=sum(len(d.relations) for d in answered.values() if d.id in annotated),
        notes={text: count for text, count in notes.items() if count},
    )


def _by_id(documents: Iterable[Document]) -> dict[str, Document]:
    found: dict[str, Document] = {}
    for document in documents:
        if document.id in found:
            raise InputError(DUPLICATE_DOCUMENT, document=document.id)
        found[document.id] = document
    return found


def _count_groups(counts: dict[str, Counts], breakdown: str, gold: Items, predicted: Items) -> None:
    """Add one document's items to the counts of the group each belongs to."""
    for item, group in gold.items():
        counts[group[breakdown]] += _FOUND if item in predicted else _MISSED
    for item, group in predicted.items():
        if item not in gold:
            counts[group[breakdown]] += _INVENTED


def _sorted(groups: _Groups) -> _Groups:
    """Plain dictionaries, the groups with most gold first."""
    return {
        breakdown: {
            score: dict(sorted(counts.items(), key=lambda entry: (-entry[1].gold, entry[0])))
            for score, counts in by_score.items()
        }
        for breakdown, by_score in groups.items()
    }
