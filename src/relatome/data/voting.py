"""One prediction from several, such as those of several seeds: a hard vote, or the mean score.

Predictions are aligned by (document, head, tail), arguments being concept ids, or mention ids in
mention-level corpora. Each prediction is a member with one vote on every pair, and a member that
asserts nothing for a pair has voted for no relation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import mean
from typing import Literal, NamedTuple

import msgspec

from relatome.data.document import Document, Mention, Relation
from relatome.data.schema import Schema, is_no_relation
from relatome.errors import (
    DUPLICATE_DOCUMENT,
    VOTE_DOCUMENTS,
    VOTE_MEMBERS,
    VOTE_MENTIONS,
    VOTE_ONE_LABEL,
    VOTE_ORDER,
    VOTE_SCORE,
    VOTE_TEXT,
    VOTE_THRESHOLD,
    InputError,
    Place,
    UsageError,
)

By = Literal["majority", "mean"]

_Pair = tuple[str, str]
_Answer = dict[str, Relation]  # what one member asserts for one pair, by label


def vote(
    members: Sequence[Sequence[Document]],
    schema: Schema | None = None,
    by: By = "majority",
    threshold: float = 0.5,
    *,
    names: Sequence[str] = (),
) -> list[Document]:
    """Combine several predictions of the same documents into one.

    The order of the members decides nothing but the order of the documents.

    **majority**: a label that more than half of the members assert for a pair is asserted, so that
    a pair may keep several. Where there is none, the choice with most votes wins, and no relation
    is one of the choices. Ties: no relation wins any tie it is part of; among labels wins the one
    with the higher score (the mean described below), then the one that comes first in the schema,
    or in the alphabet without a schema.

    **mean**: a label is asserted where its mean score over all members reaches `threshold`. A
    member that does not assert the label counts as 0: documents do not hold the probability of
    what is not asserted, so this is a lower bound of the mean over class distributions. If the
    schema allows one label per pair, only the one with the highest mean is asserted, ties as above.

    A relation of the result has

    - as score the mean of the members' scores, 0 for a member that does not assert it; or, for all
      relations alike, the share of members that assert it, if any relation of any member has no
      score between 0 and 1;
    - as novelty what most members say, of those that assert it and judge its novelty; in a tie it
      is novel if all of these have a novelty score and the mean is above 0.5, and known otherwise.
      Its novelty score is the mean over the members that assert it, if all of them have one;
    - as subject what most members that assert it say, and none in a tie;
    - order of arguments, evidence and infons as the member with the highest score has them.

    Labels that say that there is none (``None``, ``None-…``) assert nothing.

    Args:
        members: the predictions, each with the same documents in any order.
        schema: tells whether the order of arguments means anything, which labels there are, in
            which order, and whether a pair may have several. Without it (a, b) and (b, a) are
            different pairs, and members in which both are related are refused.
        by: the kind of vote.
        threshold: for ``mean``, above 0 and at most 1.
        names: what errors call the members; by default "member 1", "member 2", ….

    Returns:
        the documents of the first member, entity types in the schema's spelling, with the relations
        of the vote, highest score first.

    Raises:
        UsageError: if there are fewer than two members, or the threshold is impossible.
        InputError: if members differ in documents, texts or mentions; if a label or entity type is
            not the schema's, or a pair has more labels than it allows; if the order of arguments
            is ambiguous; or if ``mean`` meets a relation without a score between 0 and 1. Member
            and document are named.

    Source: hard voting over five seeds is the ensemble of Li et al. for DrugProt (BioCreative VII),
    voting over ten folds that of Li et al. for BioRED (BioCreative VIII). Neither paper states what
    happens in a tie.

    Example:
        >>> from relatome.data import Document, Relation
        >>> bind, nothing = (Relation("26151", "3887", "Bind"),), ()
        >>> members = [[Document("1", (), (), said)] for said in (bind, nothing, bind)]
        >>> [(r.type, round(r.score, 2)) for r in vote(members)[0].relations]
        [('Bind', 0.67)]
    """
    names = names or [f"member {number}" for number in range(1, len(members) + 1)]
    if len(members) < 2:
        raise UsageError(VOTE_MEMBERS, count=len(members))
    if not 0 < threshold <= 1:
        raise UsageError(VOTE_THRESHOLD, threshold=threshold)
    aligned = [_by_id(member, schema, name) for member, name in zip(members, names, strict=True)]
    for documents, name in zip(aligned[1:], names[1:], strict=True):
        _require_same(aligned[0], documents, names[0], name)
    scored = all_scored(members)
    if by == "mean" and not scored:
        raise next(_unscored(members, names))
    ballots = {id: _ballots([d[id] for d in aligned], names, schema) for id in aligned[0]}
    count = _Count(schema, by, threshold, scored)
    return [d.with_relations(count.relations(ballots[id])) for id, d in aligned[0].items()]


def all_scored(members: Iterable[Iterable[Document]]) -> bool:
    """Whether every relation that a member asserts has a score between 0 and 1.

    If not, `vote` gives shares of members as scores, and cannot take means.
    """
    return not any(
        _lacks_probability(relation)
        for documents in members
        for document in documents
        for relation in document.relations
    )


# ------------------------------------------------------------------------------------- alignment


def _by_id(documents: Sequence[Document], schema: Schema | None, name: str) -> dict[str, Document]:
    """One member's documents by id, in the schema's spelling."""
    found: dict[str, Document] = {}
    for document in documents:
        place = Place(name, document=document.id)
        if document.id in found:
            raise InputError(DUPLICATE_DOCUMENT, at=place, document=document.id)
        try:
            found[document.id] = document if schema is None else schema.conform(document)
        except InputError as error:
            raise error.located(place) from None
    return found


def _require_same(
    first: Mapping[str, Document], second: Mapping[str, Document], first_name: str, second_name: str
) -> None:
    """Refuse two members unless they have the same documents, texts and mentions."""
    for there, other, here, name in (
        (first, first_name, second, second_name),
        (second, second_name, first, first_name),
    ):
        if missing := [id for id in there if id not in here]:
            examples = ", ".join(missing[:3])
            raise InputError(
                VOTE_DOCUMENTS, at=Place(name), other=other, count=len(missing), examples=examples
            )
    for id, document in second.items():
        place = Place(second_name, document=id)
        if document.text != first[id].text:
            raise InputError(VOTE_TEXT, at=place, other=first_name)
        ours, theirs = (
            Counter(map(_said, document.mentions)),
            Counter(map(_said, first[id].mentions)),
        )
        for surplus, where in ((ours - theirs, "here"), (theirs - ours, f"in {first_name}")):
            if surplus:
                mention = min(surplus)
                raise InputError(VOTE_MENTIONS, at=place, mention=mention, where=where)


def _said(mention: Mention) -> str:
    """What of a mention members must agree on, in words: not its id, which formats make up."""
    spans = mention.fragments or (mention.span,)
    where = ";".join(f"{span.start}-{span.end}" for span in spans)
    return f"{where} {mention.text!r}, {', '.join((mention.type, *sorted(mention.entity_ids)))}"


def _unscored(members: Sequence[Sequence[Document]], names: Sequence[str]) -> Iterator[InputError]:
    """An error for each assertion without a probability."""
    for documents, name in zip(members, names, strict=True):
        for document in documents:
            for relation in filter(_lacks_probability, document.relations):
                score = relation.score
                yield InputError(
                    VOTE_SCORE,
                    at=Place(name, document=document.id),
                    head=relation.head,
                    tail=relation.tail,
                    type=relation.type,
                    score="no score" if score is None else f"the score {score:g}",
                )


def _lacks_probability(relation: Relation) -> bool:
    score = relation.score
    return not is_no_relation(relation.type) and (score is None or not 0 <= score <= 1)


def _ballots(
    documents: Sequence[Document], names: Sequence[str], schema: Schema | None
) -> list[list[_Answer]]:
    """What each member asserts, for every pair that any of them relates.

    Args:
        documents: one document, as each member has it.
        names: what to call the members.
        schema: what is legal, if that is known.
    """
    pairs: dict[_Pair, list[_Answer]] = {}
    for member, (document, name) in enumerate(zip(documents, names, strict=True)):
        place = Place(name, document=document.id)
        for relation in document.relations:
            if is_no_relation(relation.type):
                continue
            head, tail, label = relation.head, relation.tail, relation.type
            if schema is not None:
                schema.require_label(label, place)
                if not schema.ordered:
                    head, tail = sorted((head, tail))
            elif head != tail and (tail, head) in pairs:
                raise InputError(VOTE_ORDER, at=place, head=head, tail=tail)
            answer = pairs.setdefault((head, tail), [{} for _ in documents])[member]
            # A relation given twice is one assertion.
            answer[label] = max(answer.get(label, relation), relation, key=_preference)
            if schema is not None and not schema.multi_label and len(answer) > 1:
                labels = " and ".join(answer)
                raise InputError(VOTE_ONE_LABEL, at=place, head=head, tail=tail, labels=labels)
    return list(pairs.values())


def _preference(relation: Relation) -> tuple[object, ...]:
    """Orders relations of one pair and label: by score, then by anything that tells them apart."""
    return (
        relation.score or 0.0,
        relation.evidence,
        sorted(relation.infons.items()),
        relation.head,
    )


# ------------------------------------------------------------------------------------- counting


class _Count(NamedTuple):
    """How votes are counted; the fields are the arguments of `vote`.

    `scored` tells whether every assertion has a probability.
    """

    schema: Schema | None
    by: By
    threshold: float
    scored: bool

    def relations(self, pairs: Sequence[Sequence[_Answer]]) -> tuple[Relation, ...]:
        """The relations that are elected for a document, highest score first."""
        elected = [
            self._combined(label, answers) for answers in pairs for label in self._elected(answers)
        ]
        elected.sort(key=lambda r: (*self._rank(r.type, r.score or 0.0), r.head, r.tail))
        return tuple(elected)

    def _elected(self, answers: Sequence[_Answer]) -> list[str]:
        """The labels that are elected for one pair."""
        votes = Counter(label for answer in answers for label in answer)
        scores = {label: self._score(label, answers) for label in votes}
        if self.by == "mean":
            chosen = [label for label in votes if scores[label] >= self.threshold]
            several = self.schema is None or self.schema.multi_label
        else:
            chosen = [label for label in votes if 2 * votes[label] > len(answers)]
            several = bool(chosen)
            most = max(votes.values())
            if not chosen and most > sum(not answer for answer in answers):
                chosen = [label for label in votes if votes[label] == most]
        if several:
            return chosen
        return sorted(chosen, key=lambda label: self._rank(label, scores[label]))[:1]

    def _score(self, label: str, answers: Sequence[_Answer]) -> float:
        """The mean score of a label over all members, or the share of members that assert it."""
        asserted = [answer.get(label) for answer in answers]
        # `statistics.mean` is exact: it neither depends on the order of the members nor moves the
        # score on which all agree.
        if self.scored:
            return mean([0.0 if r is None else r.score or 0.0 for r in asserted])
        return mean([float(r is not None) for r in asserted])

    def _rank(self, label: str, score: float) -> tuple[float, int, str]:
        """Sorts labels: the higher score first, then as in the schema or the alphabet."""
        order = 0 if self.schema is None else self.schema.labels.index(label)
        return (-score, order, label)

    def _combined(self, label: str, answers: Sequence[_Answer]) -> Relation:
        """One relation from those of the members that assert it."""
        asserted = [answer[label] for answer in answers if label in answer]
        return msgspec.structs.replace(
            max(asserted, key=_preference),
            score=self._score(label, answers),
            novel=_novel(asserted),
            novel_score=_mean_or_none([r.novel_score for r in asserted]),
            subject=_most([r.subject for r in asserted]),
        )


def _novel(asserted: Sequence[Relation]) -> bool | None:
    """Whether a relation is novel, by the members that assert it and judge that."""
    judged = [relation for relation in asserted if relation.novel is not None]
    if not judged:
        return None
    lead = sum(1 if relation.novel else -1 for relation in judged)
    if lead:
        return lead > 0
    return (_mean_or_none([relation.novel_score for relation in judged]) or 0.0) > 0.5


def _mean_or_none(values: Sequence[float | None]) -> float | None:
    """The mean, if there is no gap."""
    known = [value for value in values if value is not None]
    return mean(known) if len(known) == len(values) else None


def _most(values: Sequence[str | None]) -> str | None:
    """The value met most often; None in a tie."""
    (value, count), *others = Counter(values).most_common(2)
    return None if others and others[0][1] == count else value
