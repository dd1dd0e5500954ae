"""The sections of the page that show documents: errors, and entities that a tagger missed."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

from relatome.data import Document, Relation
from relatome.report.excerpt import EVIDENCE, HEAD, TAIL, excerpt, spans_of
from relatome.report.judged import Judged, Stated, entity_of
from relatome.report.markup import Child, Markup, element, join
from relatome.report.missed import aligned, has_own_mentions, missed_entities
from relatome.report.outcomes import (
    FALSE_POSITIVE,
    KINDS,
    MISSED,
    RIGHT,
    WRONG_DIRECTION,
    WRONG_NOVELTY,
    WRONG_TYPE,
    Outcome,
)
from relatome.report.ranking import most_confident
from relatome.report.scored import Scored
from relatome.report.tables import FIGURES, NONE, figures_of, probability, table
from relatome.scoring.mentions import mention_counts

MOST_SHOWN = 50

WITHHELD = (
    "These documents are a test split. Its errors are not shown: who reads them tunes on them. Ask "
    "for the report of a dev split."
)
_ABOUT = {
    FALSE_POSITIVE: "predicted, and not annotated",
    MISSED: "annotated, and not predicted; without a score, so the easiest to see come first",
    WRONG_TYPE: "the right entities with another type",
    WRONG_NOVELTY: "the right entities and type, novel where it is not or the other way round",
    WRONG_DIRECTION: "the right entities and type, in the wrong order or with another subject",
}
_NOVELTY = {True: "novel", False: "not novel", None: None}


# ----------------------------------------------------------------------------------------- errors


def errors(answers: Sequence[Scored], *, show: bool) -> Markup:
    """How many errors there are of each kind, and the most confident ones with their text.

    Of two answers, the errors that only one of them makes.

    Args:
        answers: one or two.
        show: whether the errors themselves may be seen.
    """
    score = answers[0].result.primary
    kinds = [k for k in KINDS if any(o.kind == k for each in answers for o in each.primary)]
    rows: list[list[Child]] = [
        [kind, *(f"{_count(each, kind):,}" for each in answers), _ABOUT[kind]] for kind in kinds
    ]
    parts: list[Child] = [
        table(
            f"errors under {score}; what is wrong in type, novelty or direction counts as one "
            "false positive and one false negative",
            ("kind", *(each.name for each in answers), "what it is"),
            rows,
            class_="kinds",
        )
    ]
    if not show:
        return join(*parts, element("p", WITHHELD))
    parts.append(
        element(
            "p",
            "In the text: ",
            element("mark", "head", class_=HEAD),
            ", ",
            element("mark", "tail", class_=TAIL),
            " and ",
            element("span", "evidence", class_=EVIDENCE),
            " (the sentences the answer names). Left out sentences are […].",
            class_="note",
        )
    )
    if len(answers) == 1:
        parts += [
            _kind(kind, "", _of_kind(answers[0].primary, kind), answers[0].documents, not index)
            for index, kind in enumerate(kinds)
        ]
        return join(*parts)
    keys = [_keys(each, score) for each in answers]
    for index, kind in enumerate(kinds):
        both = sum(key[1] == kind for key in keys[0].keys() & keys[1].keys())
        parts.append(element("h3", f"{kind}: {both:,} in both"))
        for own, other, each in ((keys[0], keys[1], answers[0]), (keys[1], keys[0], answers[1])):
            found = [error for key, error in own.items() if key not in other and key[1] == kind]
            parts.append(_kind(kind, f" only in {each.name}", found, each.documents, not index))
    return join(*parts)


def _keys(answer: Scored, score: str) -> Mapping[tuple[int, str, Hashable, Hashable], Outcome]:
    return {each.key(score): each for each in answer.primary if each.kind != RIGHT}


def _count(answer: Scored, kind: str) -> int:
    return sum(each.kind == kind for each in answer.primary)


def _of_kind(found: Sequence[Outcome], kind: str) -> list[Outcome]:
    return [each for each in found if each.kind == kind]


def _kind(
    kind: str, whose: str, found: Sequence[Outcome], documents: Sequence[Judged], opened: bool
) -> Markup:
    shown = most_confident(found, documents)[:MOST_SHOWN]
    number = f"{len(found):,}" if len(shown) == len(found) else f"{len(shown)} of {len(found):,}"
    return element(
        "details",
        element("summary", f"{kind}{whose}: {number}"),
        *(_case(each, documents[each.document]) for each in shown),
        class_="kind",
        open="open" if opened else None,
    )


def _case(error: Outcome, document: Judged) -> Markup:
    relation = error.stated.relation
    heading = element(
        "h4",
        _entity(document, relation.head),
        " – ",
        _entity(document, relation.tail),
        element("small", " in document ", element("bdi", document.gold.id)),
    )
    scores = []
    if error.predicted is not None:
        scores.append(element("span", f"score {probability(relation.score)}"))
        if relation.novel_score is not None:
            scores.append(element("span", f"novelty {probability(relation.novel_score)}"))
    told = element(
        "p",
        element("span", "annotated: ", element("b", _said(error.gold)), class_="gold"),
        element("span", "predicted: ", element("b", _said(error.predicted)), class_="answer"),
        *scores,
        class_="told",
    )
    return element("article", heading, told, _text(error, document, relation), class_="case")


def _entity(document: Judged, identifier: str) -> Markup:
    for side in (document.gold, document.predicted):
        entity = entity_of(side, identifier)
        if entity is not None:
            name = side.mentions[entity.mentions[0]].text
            return join(element("bdi", name), element("small", f" ({entity.type})"))
    return join(element("bdi", identifier), element("small", " (not annotated)"))


def _said(stated: Stated | None) -> str:
    if stated is None:
        return "none"
    relation = stated.relation
    parts = [relation.type, _NOVELTY[relation.novel]]
    if relation.subject is not None:
        parts.append(f"subject {relation.subject}")
    return ", ".join(part for part in parts if part)


def _text(error: Outcome, document: Judged, relation: Relation) -> Markup:
    marked = {}
    for name, identifier in ((HEAD, relation.head), (TAIL, relation.tail)):
        entity = entity_of(document.gold, identifier)
        marked[name] = spans_of(document.gold, entity.mentions) if entity else []
        if not entity and (other := entity_of(document.predicted, identifier)):
            marked[name] = spans_of(document.predicted, other.mentions)
    marked[EVIDENCE] = list(relation.evidence)
    return excerpt(document.gold, marked)


# -------------------------------------------------------------------------------- missed entities


def tagging(
    gold: Sequence[Document],
    answers: Mapping[str, Sequence[Document]],
    *,
    taggers: bool,
    show: bool,
) -> Markup:
    """How well mentions were found, and the entities that were not.

    Args:
        gold: annotated documents.
        answers: predicted documents by whose they are.
        taggers: whether they are of taggers, even where they have no mention.
        show: whether the missed entities themselves may be seen.
    """
    parts: list[Child] = []
    for name, predicted in answers.items():
        if len(answers) > 1:
            parts.append(element("h3", name))
        if not taggers and not has_own_mentions(gold, predicted):
            parts.append(
                element("p", "The entities were given: no tagger was asked.", class_="note")
            )
            continue
        parts.append(_mention_scores(gold, predicted))
        parts.append(_missed(gold, predicted, show))
    return join(*parts)


def _mention_scores(gold: Sequence[Document], predicted: Sequence[Document]) -> Markup:
    types = list(dict.fromkeys(m.type for document in gold for m in document.mentions))
    counts = mention_counts(gold, aligned(gold, predicted), types)
    return table(
        "mentions with the same span and type",
        ("type", *FIGURES),
        [[type, *figures_of(count)] for type, count in counts.items()],
        main=0,
    )


def _missed(gold: Sequence[Document], predicted: Sequence[Document], show: bool) -> Markup:
    missed = missed_entities(gold, predicted)
    entities = sum(len(document.entities) for document in gold)
    summary = element(
        "p",
        f"Of {entities:,} annotated entities, {len(missed):,} were missed with all their mentions, "
        f"and {sum(each.relations > 0 for each in missed):,} of these take part in relations.",
    )
    if not show:
        return join(summary, element("p", WITHHELD))
    rows: list[list[Child]] = []
    for each in missed[:MOST_SHOWN]:
        names = dict.fromkeys(each.document.mentions[i].text for i in each.entity.mentions)
        instead = dict.fromkeys(f"{m.text} ({m.type})" for m in each.instead)
        rows.append(
            [
                element("bdi", " · ".join(names)),
                each.entity.type,
                element("bdi", each.document.id),
                str(len(each.entity.mentions)),
                str(each.relations),
                element("bdi", " · ".join(instead) or NONE),
            ]
        )
    return join(
        summary,
        table(
            f"the {len(rows)} with most relations",
            ("entity", "type", "document", "mentions", "relations", "tagged instead"),
            rows,
            class_="words",
        ),
    )
