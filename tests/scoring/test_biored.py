"""The BioRED rule on documents small enough to count by hand."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import msgspec
import pytest

from relatome import formats
from relatome.data import Document
from relatome.errors import InputError
from relatome.scoring import Counts, score

from .build import document

GOLD = document(
    "1",
    [
        ("G1", "D1", "Association", True),
        ("C1", "D1", "Positive_Correlation", False),
        ("G1", "G2", "Bind", True),
        ("V1", "D1", "Association", True),
    ],
)
PREDICTED = document(
    "1",
    [
        ("D1", "G1", "Association", False),  # the other way round, and not novel
        ("C1", "D1", "Negative_Correlation", False),  # the wrong label
        ("G1", "G2", "Bind", True),  # right
        ("C1", "G1", "Association", True),  # invented
    ],
)


@pytest.mark.parametrize("rule", ["biored-8", "bc8"])
def test_eight_type_pairs(rule: str) -> None:
    result = score([GOLD], [PREDICTED], rule)
    assert result.rule == rule
    assert result.scores == ("pair", "pair+type", "pair+novelty", "all")
    assert result.counts("pair") == Counts(3, 1, 1)
    assert result.counts("pair+type") == Counts(2, 2, 2)
    assert result.counts("pair+novelty") == Counts(2, 2, 2)
    assert result.counts("all") == result.counts() == Counts(1, 3, 3)
    assert result.f1("pair") == 6 / 8
    assert result.notes == {}


def test_five_type_pairs_leave_variants_out() -> None:
    result = score([GOLD], [PREDICTED], "biored-5")
    assert result.counts("pair") == Counts(3, 1, 0)
    assert result.counts("pair+type") == Counts(2, 2, 1)
    assert result.counts("pair+novelty") == Counts(2, 2, 1)
    assert result.counts("all") == Counts(1, 3, 2)
    assert result.notes == {"gold relations of other type pairs, not judged by this protocol": 1}


def test_five_type_pairs_leave_predicted_variants_out() -> None:
    predicted = document("1", [("V1", "D2", "Association", True)])
    result = score([GOLD], [predicted], "biored-5")
    assert result.counts("pair").false_positive == 0
    assert score([GOLD], [predicted], "biored-8").counts("pair").false_positive == 1


def test_breakdown_per_label() -> None:
    result = score([GOLD], [PREDICTED], "biored-8")
    assert result.groups["label"] == {
        "pair+type": {
            "Association": Counts(1, 1, 1),
            "Bind": Counts(1, 0, 0),
            "Positive_Correlation": Counts(0, 0, 1),
            "Negative_Correlation": Counts(0, 1, 0),
        }
    }
    # Negative_Correlation is not in the annotation, so the mean is over three labels.
    assert result.macro_f1("label", "pair+type") == pytest.approx((0.5 + 1 + 0) / 3)


def test_breakdown_per_type_pair() -> None:
    groups = score([GOLD], [PREDICTED], "biored-8").groups["type pair"]
    assert groups["pair"] == {
        "chemical-disease": Counts(1, 0, 0),
        "disease-gene": Counts(1, 0, 0),
        "disease-variant": Counts(0, 0, 1),
        "gene-gene": Counts(1, 0, 0),
        "chemical-gene": Counts(0, 1, 0),
    }
    assert groups["pair+type"]["chemical-disease"] == Counts(0, 1, 1)
    assert groups["all"]["disease-gene"] == Counts(0, 1, 1)
    assert "pair+novelty" not in groups


def test_types_in_other_spellings() -> None:
    spelled = {"D": "Disease", "G": "gene", "C": "Chemical", "V": "DNAMutation"}
    gold = document(
        "1", [("V1", "D1", "Association", True), ("G1", "D1", "Bind", True)], types=spelled
    )
    result = score([gold], [gold], "biored-5")
    assert result.counts("all") == Counts(1, 0, 0)


def test_self_relations_and_illegal_pairs_in_the_gold_count() -> None:
    gold = document("1", [("G1", "G1", "Bind", True), ("G1", "V1", "Association", True)])
    result = score([gold], [document("1")], "biored-8")
    assert result.counts("all") == Counts(0, 0, 2)
    assert score([gold], [gold], "biored-8").f1("all") == 1.0


def test_a_gold_pair_may_have_two_labels() -> None:
    gold = document("1", [("G1", "D1", "Association", True), ("G1", "D1", "Bind", False)])
    predicted = document("1", [("G1", "D1", "Bind", True)])
    result = score([gold], [predicted], "biored-8")
    assert result.counts("pair") == Counts(1, 0, 0)
    assert result.counts("pair+type") == Counts(1, 0, 1)
    assert result.counts("pair+novelty") == Counts(1, 0, 1)
    assert result.counts("all") == Counts(0, 1, 2)


def test_repeated_predictions_count_once_and_are_noted() -> None:
    rows = [("G1", "D1", "Association", True), ("D1", "G1", "Association", True)]
    result = score([GOLD], [document("1", rows)], "biored-8")
    assert result.counts("all") == Counts(1, 0, 3)
    assert result.notes == {"predicted relations given more than once, counted once": 1}


def test_missing_novelty_is_wrong_on_either_side_and_noted() -> None:
    gold = document("1", [("G1", "D1", "Association", None), ("G1", "G2", "Bind", True)])
    predicted = document("1", [("G1", "D1", "Association", None), ("G1", "G2", "Bind", None)])
    result = score([gold], [predicted], "biored-8")
    assert result.counts("pair+type") == Counts(2, 0, 0)
    assert result.counts("pair+novelty") == result.counts("all") == Counts(0, 2, 2)
    assert result.notes == {
        "gold relations without a novelty label, missed by the novelty scores": 1,
        "predicted relations without a novelty label, wrong in the novelty scores": 2,
    }


def test_labels_that_say_no_relation_are_none() -> None:
    rows = [("G1", "D1", "None", True), ("C1", "D1", "None-CID", True)]
    result = score([document("1", rows)], [document("1", rows)], "biored-8")
    assert result.counts("pair") == Counts()


def test_a_predicted_label_bio_red_lacks_is_wrong_and_noted() -> None:
    predicted = document("1", [("G1", "D1", "INHIBITOR", True)])
    result = score([GOLD], [predicted], "biored-8")
    assert result.counts("pair") == Counts(1, 0, 3)
    assert result.counts("pair+type") == Counts(0, 1, 4)
    assert result.notes == {
        "predicted relations with a label BioRED does not have, wrong in the type scores": 1
    }


@pytest.mark.parametrize("rule", ["biored-8", "biored-5"])
def test_a_predicted_entity_the_gold_lacks_is_wrong_and_noted(rule: str) -> None:
    gold = document("1", [("G1", "D1", "Association", True)], entities=("G1", "D1"))
    predicted = document(
        "1",
        [("G9", "D1", "Association", True), ("X9", "D1", "Association", True)],
        entities=("G9", "X9", "D1"),
        types={"G": "Gene", "D": "Disease", "X": "Galaxy"},
    )
    result = score([gold], [predicted], rule)
    assert result.counts("pair") == Counts(0, 2, 1)
    assert result.groups["type pair"]["pair"] == {
        "disease-gene": Counts(0, 1, 1),
        "disease-unknown": Counts(0, 1, 0),
    }
    assert result.notes == {
        "predicted relations naming an entity the gold document does not have, all wrong": 2,
        "gold relations with an entity that the predicted document does not have (a tagger missed "
        "it), out of reach and missed": 1,
    }


def test_a_gold_label_bio_red_lacks_is_refused() -> None:
    gold = document("7", [("G1", "D1", "INHIBITOR", True)])
    with pytest.raises(InputError, match=r"document 7: unknown relation type 'INHIBITOR'"):
        score([gold], [gold], "biored-8")


def test_a_gold_type_bio_red_lacks_is_refused() -> None:
    gold = document("7", entities=("G1",), types={"G": "Galaxy"})
    with pytest.raises(InputError, match=r"document 7: unknown entity type 'Galaxy'"):
        score([gold], [gold], "biored-8")


def test_biored_five_loses_a_sixth_of_the_test_gold(corpora_dir: Path) -> None:
    gold = list(formats.read(corpora_dir / "biored" / "Test.PubTator.gz"))
    eight, five = score(gold, gold, "biored-8"), score(gold, gold, "biored-5")
    assert (eight.counts("all").gold, five.counts("all").gold) == (1163, 966)
    assert eight.f1("all") == five.f1("all") == 1.0
    assert five.notes["gold relations of other type pairs, not judged by this protocol"] == 197
    assert round(100 * 197 / 1163) == 17
    assert len(eight.groups["type pair"]["pair"]) == 8
    assert len(five.groups["type pair"]["pair"]) == 5


def test_mesh_identifiers_match_with_and_without_their_prefix() -> None:
    types = {"D": "Disease", "G": "Gene", "M": "Disease"}
    relation = ("G1", "D1", "Association", True)
    gold = document("1", [relation], entities=("G1", "D1"), types=types)
    tagged = document(
        "1",
        [("G1", "MESH:D1", "Association", True)],
        entities=("G1", "MESH:D1"),
        types=types,
    )
    for one, other in ((gold, tagged), (tagged, gold)):
        result = score([one], [other], "biored-8")
        assert result.counts("all") == Counts(1, 0, 0)
        assert not result.notes


def test_a_prefix_of_mentions_or_of_relations_alone_makes_no_difference() -> None:
    types = {"D": "Disease", "G": "Gene", "M": "Disease"}
    plain = document("1", [("G1", "D1", "Association", True)], entities=("G1", "D1"), types=types)
    of_mentions = document(
        "1", [("G1", "D1", "Association", True)], entities=("G1", "MESH:D1"), types=types
    )
    of_relations = document(
        "1", [("G1", "MESH:D1", "Association", True)], entities=("G1", "D1"), types=types
    )
    for one in (plain, of_mentions, of_relations):
        for other in (plain, of_mentions, of_relations):
            result = score([one], [other], "biored-8")
            assert result.groups["type pair"]["all"] == {"disease-gene": Counts(1, 0, 0)}
            assert not result.notes


def test_a_prefix_of_the_acting_entity_makes_no_difference() -> None:
    def acted(disease: str) -> Document:
        types = {"D": "Disease", "G": "Gene", "M": "Disease"}
        made = document(
            "1", [("G1", disease, "Association", True)], entities=("G1", disease), types=types
        )
        (relation,) = made.relations
        return made.with_relations((msgspec.structs.replace(relation, subject=disease),))

    for one, other in permutations((acted("D1"), acted("MESH:D1"))):
        result = score([one], [other], "biored-direction")
        assert result.counts("pair+type+direction") == Counts(1, 0, 0)
