"""Voting: who wins, by golden cases and by an independent count; what is refused, and where."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from itertools import permutations
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relatome.data import Document, Relation, Schema, Span, vote
from relatome.data.schemas import BIORED, CHEMPROT, DRUGPROT
from relatome.data.voting import all_scored
from relatome.errors import InputError, RelatomeError, UsageError
from tests.tiny import document

TEXT = document("d", "{KCN9|G|G1} binds {TPO2|G|G2} and {abadol|C|C1} in {fever|D|D1}.")
BIND, UP, DOWN, ANY = "Bind", "Positive_Correlation", "Negative_Correlation", "Association"


def said(*labels: str, score: float | None = None, **more: Any) -> list[Document]:
    """One member that relates G1 to G2 by these labels."""
    return one(Relation("G1", "G2", label, score, **more) for label in labels)


def one(relations: Iterable[Relation]) -> list[Document]:
    return [TEXT.with_relations(tuple(relations))]


def labels(result: list[Document]) -> list[str]:
    return [relation.type for relation in result[0].relations]


def only(result: list[Document]) -> Relation:
    (relation,) = result[0].relations
    return relation


# ------------------------------------------------------------------------------------- majority


@pytest.mark.parametrize(
    ("members", "elected"),
    [
        # More than half of the members assert it.
        ([[BIND], [BIND], []], [BIND]),
        ([[BIND], [BIND], [UP]], [BIND]),
        # Each of two labels has more than half: both are kept.
        ([[BIND, UP], [BIND], [UP]], [BIND, UP]),
        ([[BIND, UP], [BIND, UP], [BIND, UP, ANY]], [BIND, UP]),
        # Plurality: two of five, and no other choice has as many.
        ([[BIND], [BIND], [UP], [ANY], []], [BIND]),
        ([[], [], [UP], [ANY], [BIND]], []),
        # No relation wins every tie it is part of.
        ([[BIND], []], []),
        ([[BIND], [BIND], [], [], [UP]], []),
        ([[BIND], [UP], []], []),
        # A tie of labels alone elects one of them, here by the alphabet.
        ([[UP], [BIND]], [BIND]),
        ([[UP], [UP], [BIND], [BIND], []], [BIND]),
        ([[UP, BIND], [UP, BIND], [ANY], [DOWN], []], [BIND]),
    ],
)
def test_majority(members: list[list[str]], elected: list[str]) -> None:
    assert labels(vote([said(*answer) for answer in members])) == elected


def test_a_tie_of_labels_goes_to_the_higher_score_then_to_the_schema() -> None:
    higher = [said(UP, score=0.7), said(BIND, score=0.6)]
    assert only(vote(higher)) == Relation("G1", "G2", UP, 0.35)
    equal = [said(UP, score=0.6), said(BIND, score=0.6)]
    assert labels(vote(equal)) == [BIND]
    assert BIORED.labels.index(UP) < BIORED.labels.index(BIND)
    assert labels(vote(equal, BIORED)) == [UP]


def test_scores_that_are_not_all_there_break_no_tie() -> None:
    other = Relation("C1", "D1", ANY)
    members = [one([Relation("G1", "G2", UP, 0.9), other]), said(BIND, score=0.6)]
    assert labels(vote(members)) == [BIND]
    with_score = [
        one([Relation("G1", "G2", UP, 0.9), msgspec.structs.replace(other, score=0.1)]),
        said(BIND, score=0.6),
    ]
    assert labels(vote(with_score)) == [UP]


def test_labels_of_no_relation_are_votes_for_none() -> None:
    members = [said("None-DDI"), said("None"), said(BIND)]
    assert labels(vote(members)) == []
    assert labels(vote([*members, said(BIND), said(BIND)])) == [BIND]
    assert labels(vote([said(BIND, score=0.9), said("None")], by="mean", threshold=0.4)) == [BIND]


def test_pairs_and_documents_are_counted_apart() -> None:
    second = document("e", "{KCN9|G|G1} and {TPO2|G|G2}.")
    asserted = Relation("G1", "G2", BIND)
    members = [
        [*said(BIND), second],
        [second.with_relations((asserted,)), *one([Relation("G1", "D1", BIND)])],
        [*said(BIND), second],
    ]
    result = vote(members)
    assert [(d.id, len(d.relations)) for d in result] == [("d", 1), ("e", 0)]


# ------------------------------------------------------------------------------------- mean


def test_mean_counts_what_is_not_asserted_as_zero() -> None:
    members = [said(BIND, score=0.9), said(BIND, score=0.8), said()]
    assert only(vote(members, by="mean")) == Relation("G1", "G2", BIND, pytest.approx(1.7 / 3))
    assert labels(vote(members, by="mean", threshold=0.6)) == []
    assert labels(vote([*members, said()], by="mean")) == []


def test_mean_reaches_the_threshold() -> None:
    members = [said(BIND, score=0.75), said(BIND, score=0.25)]
    assert only(vote(members, by="mean")).score == 0.5
    assert labels(vote(members, by="mean", threshold=0.51)) == []


def test_mean_asserts_as_many_labels_as_the_schema_allows() -> None:
    members = [said(UP, score=0.8), said(BIND, score=0.9)]
    assert labels(vote(members, by="mean", threshold=0.4)) == [BIND, UP]
    assert labels(vote(members, BIORED, by="mean", threshold=0.4)) == [BIND]
    several = msgspec.structs.replace(BIORED, multi_label=True)
    assert labels(vote(members, several, by="mean", threshold=0.4)) == [BIND, UP]
    equal = [said(UP, score=0.8), said(BIND, score=0.8)]
    assert labels(vote(equal, BIORED, by="mean", threshold=0.4)) == [UP]


# ------------------------------------------------------------------------------------- order


def test_without_argument_order_both_orders_are_one_pair() -> None:
    evidence = (Span(0, 4),)
    members = [
        one([Relation("G1", "G2", BIND, 0.6)]),
        one([Relation("G2", "G1", BIND, 0.9, evidence=evidence)]),
        one([Relation("G1", "G2", BIND, 0.6)]),
    ]
    # Written as the member with the highest score has it.
    score = pytest.approx(0.7)
    assert only(vote(members, BIORED)) == Relation("G2", "G1", BIND, score, evidence=evidence)


def test_the_order_of_the_members_does_not_choose_the_order_of_the_arguments() -> None:
    one_way, other_way = one([Relation("G1", "G2", BIND)]), one([Relation("G2", "G1", BIND)])
    assert vote([one_way, other_way], BIORED) == vote([other_way, one_way], BIORED)


def test_with_argument_order_they_are_two() -> None:
    ordered = msgspec.structs.replace(BIORED, ordered=True)
    members = [one([Relation("G1", "G2", BIND)]), one([Relation("G2", "G1", BIND)])]
    assert labels(vote([*members, said(BIND)], ordered)) == [BIND]
    assert labels(vote(members, ordered)) == []


def test_without_a_schema_order_is_as_written_unless_it_is_ambiguous() -> None:
    asserted = [one([Relation("G2", "G1", BIND)])] * 2
    assert only(vote(asserted)) == Relation("G2", "G1", BIND, 1.0)
    itself = [one([Relation("G1", "G1", BIND)])] * 2
    assert only(vote(itself)).tail == "G1"
    with pytest.raises(
        InputError, match=r"^\[R218\] b, document d: G1 is related to G2 here"
    ) as hit:
        vote([*asserted, said(BIND)], names=("a", "a2", "b"))
    assert "--schema" in hit.value.next_step


def test_a_relation_given_twice_is_one_vote() -> None:
    twice = one([Relation("G1", "G2", BIND, 0.2), Relation("G2", "G1", BIND, 0.6)])
    assert labels(vote([twice, said(score=0.1), said()], BIORED)) == []
    assert only(vote([twice, twice, said()], BIORED)).score == pytest.approx(0.4)


# ------------------------------------------------------------------------------------- the rest


def test_the_score_is_a_share_where_any_score_is_missing_or_no_probability() -> None:
    scored = [said(BIND, score=0.9), said(BIND, score=0.6), said()]
    assert all_scored(scored)
    assert only(vote(scored)).score == pytest.approx(0.5)
    for other in (said(UP), said(UP, score=1.5), said(UP, score=-0.1)):
        members = [*scored[:2], other]
        assert not all_scored(members)
        assert only(vote(members)).score == pytest.approx(2 / 3)
    assert all_scored([*scored, said("None-CID")])


def test_the_highest_score_comes_first() -> None:
    weak, strong = Relation("C1", "D1", UP, 0.6), Relation("G1", "G2", BIND, 0.7)
    middle = Relation("G1", "D1", ANY, 0.65)
    result = vote([one([weak, strong, middle]), one([middle, weak, strong])])
    assert list(result[0].relations) == [strong, middle, weak]


@pytest.mark.parametrize(
    ("judged", "novel", "score"),
    [
        ([(True, 0.9), (True, 0.8), (False, 0.1)], True, 0.6),
        ([(True, 0.6), (False, 0.1), (False, 0.2)], False, 0.3),
        ([(True, 0.9), (False, 0.3)], True, 0.6),
        ([(True, 0.6), (False, 0.3)], False, 0.45),
        ([(True, 0.6), (False, 0.4)], False, 0.5),
        # In a tie without all scores: known.
        ([(True, 0.9), (False, None)], False, None),
        ([(True, None), (False, None)], False, None),
        # Who does not judge has no vote.
        ([(True, None), (None, None), (None, None)], True, None),
        ([(True, 0.8), (False, 0.3), (None, None)], True, None),
        ([(None, None), (None, None)], None, None),
    ],
)
def test_novelty(
    judged: list[tuple[bool | None, float | None]], novel: bool | None, score: float | None
) -> None:
    members = [said(BIND, novel=n, novel_score=s) for n, s in judged]
    # Members that do not assert the label have no say in its novelty.
    result = only(vote([*members, said(UP, novel=not novel)]))
    assert result.novel is novel
    assert result.novel_score == (None if score is None else pytest.approx(score))


def test_the_subject_is_what_most_say() -> None:
    for subjects, expected in [
        (("G1", "G1", "G2"), "G1"),
        (("G1", None, None), None),
        (("G1", "G2"), None),
        (("G1", "G1", None), "G1"),
    ]:
        assert only(vote([said(BIND, subject=s) for s in subjects])).subject == expected


def test_evidence_and_infons_come_from_the_highest_score() -> None:
    first, second = Span(0, 4), Span(11, 15)
    members = [
        said(BIND, score=0.6, evidence=(first,), infons={"seed": "1"}),
        said(BIND, score=0.9, evidence=(second,), infons={"seed": "2"}),
        said(BIND, score=0.9, evidence=(), infons={"seed": "3"}),
    ]
    for members_in_some_order in permutations(members):
        result = only(vote(members_in_some_order))
        assert (result.evidence, result.infons) == ((second,), {"seed": "2"})


def test_entity_types_are_those_of_the_schema() -> None:
    spelt = [
        msgspec.structs.replace(
            TEXT,
            mentions=tuple(
                msgspec.structs.replace(m, type=m.type.replace("ChemicalEntity", "Chemical"))
                for m in TEXT.mentions
            ),
        )
    ]
    assert spelt != [TEXT]
    assert vote([spelt, [TEXT]], BIORED) == [TEXT]
    with pytest.raises(InputError, match=r"R217.*--schema"):
        vote([spelt, [TEXT]])


# ------------------------------------------------------------------------------------- refusals


def _with_mention(**changes: Any) -> list[Document]:
    changed = msgspec.structs.replace(TEXT.mentions[0], **changes)
    return [msgspec.structs.replace(TEXT, mentions=(changed, *TEXT.mentions[1:]))]


OTHER_TEXT = [document("d", "{KCN9|G|G1} binds {TPO2|G|G2} and {abadol|C|C1} in {fever|D|D1}!")]


@pytest.mark.parametrize(
    ("second", "message"),
    [
        ([], r"\[R215\] b: documents of a are missing here: 1, for example d\."),
        (
            [TEXT, document("e", "Zinc."), document("f", "Zinc.")],
            r"\[R215\] a: documents of b are missing here: 2, for example e, f\.",
        ),
        ([TEXT, TEXT], r"\[R107\] b, document d: document id 'd' occurs more than once"),
        (OTHER_TEXT, r"\[R216\] b, document d: the text differs from that in a\."),
        (
            _with_mention(entity_ids=("G7",)),
            r"\[R217\] b, document d: mention 0-4 'KCN9', GeneOrGeneProduct, G7, is only here",
        ),
        (
            [msgspec.structs.replace(TEXT, mentions=TEXT.mentions[1:])],
            r"\[R217\] b, document d: mention 0-4 'KCN9', GeneOrGeneProduct, G1, is only in a",
        ),
        (
            _with_mention(type="Protein"),
            r"\[R103\] b, document d: unknown entity type 'Protein'",
        ),
        (said("Binds"), r"\[R110\] b, document d: unknown relation type 'Binds'"),
        (
            said(BIND, UP),
            r"\[R219\] b, document d: G1 and G2 are related by Bind and Positive_Correlation, but",
        ),
    ],
)
def test_members_that_do_not_fit_are_refused(second: list[Document], message: str) -> None:
    with pytest.raises(InputError, match=message):
        vote([said(BIND), second], BIORED, names=("a", "b"))


def test_mention_ids_and_the_order_of_mentions_may_differ() -> None:
    renamed = [
        msgspec.structs.replace(
            TEXT,
            mentions=tuple(
                msgspec.structs.replace(m, id=f"x{m.id}") for m in reversed(TEXT.mentions)
            ),
        )
    ]
    assert vote([[TEXT], renamed]) == [TEXT]
    composite = _with_mention(entity_ids=("G1", "G7"))
    assert vote([composite, _with_mention(entity_ids=("G7", "G1"))]) == composite


def test_every_mention_counts_as_often_as_it_is_there() -> None:
    doubled = msgspec.structs.replace(TEXT.mentions[0], id="again")
    second = [msgspec.structs.replace(TEXT, mentions=(*TEXT.mentions, doubled))]
    with pytest.raises(InputError, match="is only here"):
        vote([[TEXT], second])


def test_mean_takes_probabilities_only() -> None:
    members = [said(BIND, score=0.9), said(UP)]
    message = r"\[R220\] member 2, document d: Positive_Correlation of G1 and G2 has no score"
    with pytest.raises(InputError, match=message):
        vote(members, by="mean")
    with pytest.raises(InputError, match=r"has the score 17, which is no probability"):
        vote([said(BIND, score=17.0), said()], by="mean")


@pytest.mark.parametrize("threshold", [0.0, -0.1, 1.1, float("nan")])
def test_impossible_thresholds(threshold: float) -> None:
    with pytest.raises(UsageError, match="R213"):
        vote([said(), said()], by="mean", threshold=threshold)


@pytest.mark.parametrize("count", [0, 1])
def test_a_vote_takes_two(count: int) -> None:
    with pytest.raises(UsageError, match=r"R211"):
        vote([said(BIND)] * count)


# ------------------------------------------------------------------------------------- properties

ENTITIES = ("G1", "G2", "C1", "D1")
SCHEMAS: list[Schema | None] = [
    None,
    BIORED,
    msgspec.structs.replace(BIORED, multi_label=True),
    msgspec.structs.replace(BIORED, multi_label=True, ordered=True),
]
# Eighths are exact, so that means can be compared with a threshold without rounding.
_EIGHTHS = st.integers(0, 8).map(lambda n: n / 8)
_CHOSEN = st.sampled_from((BIND, UP, ANY, "None-DDI"))


@st.composite
def _member(draw: st.DrawFn, schema: Schema | None, scored: bool) -> list[Document]:
    """One member's two documents, legal for the schema (and for none: one order only)."""
    documents = []
    for name in ("d", "e"):
        relations: dict[tuple[str, str, str], Relation] = {}
        pairs = st.sampled_from([(a, b) for a in ENTITIES for b in ENTITIES if a < b])
        for head, tail in draw(st.lists(pairs, max_size=4, unique=True)):
            several = schema is None or schema.multi_label
            for label in draw(st.lists(_CHOSEN, min_size=1, max_size=3 if several else 1)):
                ends = (head, tail)
                if schema is not None and draw(st.booleans()):
                    ends = (tail, head)
                relation = Relation(
                    *ends,
                    label,
                    draw(_EIGHTHS) if scored else None,
                    draw(st.sampled_from((True, False, None))),
                    draw(st.none() | _EIGHTHS),
                    draw(st.sampled_from((None, head, tail))),
                    draw(st.sampled_from(((), (Span(0, 4),)))),
                    draw(st.sampled_from(({}, {"seed": "1"}))),
                )
                # A pair that is repeated in both orders would be two assertions of one relation.
                relations.setdefault((head, tail, label), relation)
        made = msgspec.structs.replace(TEXT, id=name)
        documents.append(made.with_relations(tuple(relations.values())))
    return documents


Ballot = tuple[list[list[Document]], Schema | None, bool]


@st.composite
def _ballots(draw: st.DrawFn) -> Ballot:
    schema = draw(st.sampled_from(SCHEMAS))
    scored = draw(st.booleans())
    count = draw(st.integers(2, 5))
    return [draw(_member(schema, scored)) for _ in range(count)], schema, scored


def _results(members: list[list[Document]], schema: Schema | None) -> list[list[Document]]:
    voted = [vote(members, schema)]
    if all_scored(members):
        voted += [vote(members, schema, "mean", threshold) for threshold in (0.25, 0.5, 1.0)]
    return voted


@given(_ballots(), st.randoms(use_true_random=False))
def test_the_order_of_members_and_relations_means_nothing(ballots: Ballot, random: Any) -> None:
    members, schema, _ = ballots
    shuffled = [
        [d.with_relations(tuple(random.sample(d.relations, len(d.relations)))) for d in member]
        for member in random.sample(members, len(members))
    ]
    assert _results(shuffled, schema) == _results(members, schema)


@given(_ballots(), st.integers(2, 7))
def test_identical_members_return_themselves(ballots: Ballot, count: int) -> None:
    (member, *_), schema, scored = ballots
    voted = vote([member] * count, schema)
    for before, after in zip(member, voted, strict=True):
        asserted = [r for r in before.relations if not r.type.startswith("None")]
        if not scored:
            asserted = [msgspec.structs.replace(r, score=1.0) for r in asserted]
        assert sorted(after.relations, key=repr) == sorted(asserted, key=repr)
        assert after.with_relations(()) == before.with_relations(())


@given(_ballots())
def test_what_all_assert_is_asserted_and_what_none_asserts_is_not(ballots: Ballot) -> None:
    members, schema, _ = ballots
    ordered = schema is not None and schema.ordered
    for result in _results(members, schema):
        answers = [_triples(member, ordered) for member in members]
        assert _triples(result, ordered) <= set.union(*answers)
    assert set.intersection(*answers) <= _triples(vote(members, schema), ordered)


@given(_ballots())
def test_against_an_independent_count(ballots: Ballot) -> None:
    members, schema, scored = ballots
    ordered = schema is not None and schema.ordered
    tables = [_table(member, ordered) for member in members]
    pairs = {key[:3] for table in tables for key in table}
    order = sorted((BIND, UP, ANY)) if schema is None else list(BIORED.labels)
    elected = set()
    for pair in pairs:
        given = [{k[3]: v for k, v in table.items() if k[:3] == pair} for table in tables]
        elected |= {(*pair, label) for label in _winners(given, order, scored)}
    assert _triples(vote(members, schema), ordered) == elected
    if not scored:
        return
    for threshold in (0.25, 0.5, 0.75):
        elected = set()
        for pair in pairs:
            means = {
                label: sum(table.get((*pair, label), Fraction(0)) for table in tables) / len(tables)
                for label in order
            }
            reached = [label for label in order if means[label] >= Fraction(threshold)]
            if schema is not None and not schema.multi_label:
                # `max` keeps the first of equals, and `order` has them in the order of the schema.
                reached = [max(reached, key=lambda label: means[label])] if reached else []
            elected |= {(*pair, label) for label in reached}
        assert _triples(vote(members, schema, "mean", threshold), ordered) == elected


def _table(member: list[Document], ordered: bool) -> dict[tuple[str, str, str, str], Fraction]:
    """Document, arguments and label of everything asserted, with its score."""
    table: dict[tuple[str, str, str, str], Fraction] = {}
    for d in member:
        for r in d.relations:
            if not r.type.startswith("None"):
                ends = (r.head, r.tail) if ordered else tuple(sorted((r.head, r.tail)))
                table[(d.id, *ends, r.type)] = Fraction(r.score or 0)
    return table


def _triples(member: list[Document], ordered: bool) -> set[tuple[str, ...]]:
    return set(_table(member, ordered))


def _winners(given: list[dict[str, Fraction]], order: list[str], scored: bool) -> set[str]:
    """The stated rule, counted choice by choice; the empty label is no relation."""
    votes = {label: sum(label in answer for answer in given) for label in order}
    votes[""] = sum(answer == {} for answer in given)
    majority = {label for label in order if votes[label] > len(given) / 2}
    if majority:
        return majority
    winners = {choice for choice in votes if votes[choice] == max(votes.values())}
    if "" in winners:
        return set()
    if scored:
        total = {w: sum((a.get(w, Fraction(0)) for a in given), Fraction(0)) for w in winners}
        winners = {w for w in winners if total[w] == max(total.values())}
    return {min(winners, key=order.index)}


def test_members_of_a_mention_level_corpus() -> None:
    chemical = "CHEMICAL"
    base = document("p", "{zinc|C|T1} blocks {KRT81|G|T2} and {NAT9|G|T3}.")
    types = {"T1": chemical, "T2": "GENE-Y", "T3": "GENE"}
    text = msgspec.structs.replace(
        base,
        mentions=tuple(
            msgspec.structs.replace(m, id=m.entity_ids[0], type=types[m.entity_ids[0]])
            for m in base.mentions
        ),
    )
    inhibits, regulates = (Relation("T1", "T2", x) for x in ("INHIBITOR", "DIRECT-REGULATOR"))
    part = Relation("T1", "T3", "PART-OF")
    members = [
        [text.with_relations(said)]
        for said in ((inhibits, regulates), (inhibits, regulates, part), (inhibits,))
    ]
    (voted,) = vote(members, DRUGPROT)
    assert [(r.type, r.tail) for r in voted.relations] == [
        ("INHIBITOR", "T2"),
        ("DIRECT-REGULATOR", "T2"),
    ]
    with pytest.raises(RelatomeError, match="unknown relation type 'INHIBITOR'"):
        vote(members, CHEMPROT)
