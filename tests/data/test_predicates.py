"""The names of relations elsewhere: PubTator 3's own output, the Biolink model's own file."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from relatome.data import Document, PairRule, Relation
from relatome.data.predicates import (
    VOCABULARIES,
    Predicate,
    predicate,
    require_predicates,
    with_predicates,
)
from relatome.data.schema import BIORED
from relatome.data.schemas import BIOREDIRECT, DRUGPROT
from relatome.errors import InputError, UsageError
from tests.tiny import CHEMICAL, DISEASE, GENE, VARIANT, document

LEGAL = [(label, rule.head, rule.tail) for rule in BIORED.pairs for label in rule.labels]


@pytest.mark.parametrize("vocabulary", VOCABULARIES)
def test_every_legal_relation_has_a_name_in_either_order(vocabulary: Any) -> None:
    for label, head, tail in LEGAL:
        found = predicate(vocabulary, label, head, tail)
        assert found is not None
        assert found == predicate(vocabulary, label, tail, head)
        assert found.subject in (None, head, tail)
        assert found.subject is None or head != tail, "two of one type have no subject"


def test_types_decide() -> None:
    assert predicate("pubtator3", "Negative_Correlation", CHEMICAL, DISEASE) == Predicate(
        "treat", CHEMICAL
    )
    assert predicate("pubtator3", "Negative_Correlation", DISEASE, VARIANT) == Predicate(
        "prevent", VARIANT
    )
    assert predicate("pubtator3", "Negative_Correlation", GENE, DISEASE) == Predicate("inhibit")
    assert predicate("pubtator3", "Negative_Correlation", GENE, GENE) == Predicate(
        "negative_correlate"
    )
    assert predicate("biolink", "Drug_Interaction", CHEMICAL, CHEMICAL) == Predicate(
        "biolink:pharmacologically_interacts_with"
    )


def test_what_biored_does_not_have_has_no_name() -> None:
    assert predicate("biolink", "CID", CHEMICAL, DISEASE) is None
    assert predicate("biolink", "Bind", "Protein", GENE) is None


MADE = document(
    "d",
    "{x|C|C1} {y|D|D1} {z|V|V1} {g|G|G1}",
    ("D1", "C1", "Negative_Correlation", True),
    ("D1", "V1", "Positive_Correlation", False),
    ("D1", "G1", "Association", None),
)


def named(made: Document, vocabulary: Any) -> list[tuple[str, str, str]]:
    return [(r.head, r.type, r.tail) for r in with_predicates(made, vocabulary).relations]


def test_the_subject_becomes_the_head() -> None:
    assert named(MADE, "pubtator3") == [
        ("C1", "treat", "D1"),
        ("V1", "cause", "D1"),
        ("D1", "associate", "G1"),
    ]
    assert named(MADE, "biolink") == [
        ("C1", "biolink:treats_or_applied_or_studied_to_treat", "D1"),
        ("V1", "biolink:associated_with_increased_likelihood_of", "D1"),
        ("D1", "biolink:related_to", "G1"),
    ]


def test_everything_else_stays() -> None:
    full = Relation("D1", "C1", "Positive_Correlation", 0.5, True, 0.25, "C1", infons={"a": "b"})
    (found,) = with_predicates(MADE.with_relations((full,)), "biolink").relations
    assert found == msgspec.structs.replace(full, head="C1", tail="D1", type="biolink:causes")


@pytest.mark.parametrize(
    ("vocabulary", "name"),
    [("pubtator3", "positive_correlate"), ("biolink", "biolink:positively_correlated_with")],
)
def test_another_subject_makes_it_symmetric(vocabulary: Any, name: str) -> None:
    raised = Relation("C1", "D1", "Positive_Correlation", subject="D1")
    assert named(MADE.with_relations((raised,)), vocabulary) == [("C1", name, "D1")]


def test_other_spellings_of_types_are_known() -> None:
    mentions = tuple(
        msgspec.structs.replace(m, type=BIORED.entity_types[m.type][0]) for m in MADE.mentions
    )
    assert named(msgspec.structs.replace(MADE, mentions=mentions), "biolink") == named(
        MADE, "biolink"
    )


def test_another_label_is_refused() -> None:
    odd = MADE.with_relations((Relation("C1", "D1", "CID"),))
    with pytest.raises(InputError, match=r"R110.*document d.*'CID'"):
        with_predicates(odd, "biolink")


def test_schemas_with_other_labels_are_refused() -> None:
    for vocabulary in VOCABULARIES:
        require_predicates(BIORED, vocabulary)
        require_predicates(BIOREDIRECT, vocabulary)
        with pytest.raises(UsageError, match=r"R380.*drugprot"):
            require_predicates(DRUGPROT, vocabulary)


def test_classes_of_no_relation_need_no_name() -> None:
    rule = PairRule(CHEMICAL, DISEASE, ("Association", "None-CID"))
    pool = msgspec.structs.replace(BIORED, labels=rule.labels, pairs=(rule,))
    require_predicates(pool, "pubtator3")


def shown_by_pubtator3(folder: Path) -> Iterator[tuple[str, list[str], str]]:
    """Label, entity types and displayed name of every relation of the samples."""
    content = json.loads(gzip.decompress((folder / "pubtator3_200.biocjson.gz").read_bytes()))
    for each in content["PubTator3"]:
        displayed = [shown["name"].split("|")[0] for shown in each["relations_display"]]
        for relation, name in zip(each["relations"], displayed, strict=True):
            infons = relation["infons"]
            types = [infons[role]["type"] for role in ("role1", "role2")]
            yield infons["type"], [BIORED.canonical_type(type) for type in types], name


def test_pubtator3_names_its_relations_so(corpora_dir: Path) -> None:
    seen = set()
    count = 0
    for label, types, name in shown_by_pubtator3(corpora_dir / "pubtator_samples"):
        found = predicate("pubtator3", label, *types)
        assert found is not None
        assert found.name == name, (label, types)
        seen.add(name)
        count += 1
    assert count == 776
    assert seen >= {"treat", "cause", "inhibit", "stimulate", "interact", "cotreat"}


def test_biolink_has_the_predicates(biolink: dict[str, Any]) -> None:
    slots, classes = biolink["slots"], biolink["classes"]
    category = {
        CHEMICAL: "chemical entity",
        DISEASE: "disease or phenotypic feature",
        GENE: "gene",
        VARIANT: "sequence variant",
    }

    def above(name: str) -> set[str]:
        """A class with all it is or mixes in."""
        entry = classes[name]
        parents = [entry["is_a"]] if "is_a" in entry else []
        return {name}.union(*(above(each) for each in (*parents, *entry.get("mixins", ()))))

    def ancestors(name: str) -> Iterator[str]:
        while name:
            yield name
            name = slots[name].get("is_a")

    for label, head, tail in LEGAL:
        found = predicate("biolink", label, head, tail)
        assert found is not None
        prefix, _, name = found.name.partition(":")
        name = name.replace("_", " ")
        slot = slots[name]
        assert prefix == "biolink"
        assert "related to" in ancestors(name), "it is a predicate"
        assert not slot.get("deprecated"), name
        assert slot.get("annotations", {}).get("canonical_predicate"), name
        assert bool(slot.get("symmetric")) == (found.subject is None), name
        object_type = next((t for t in (head, tail) if t != found.subject), head)
        for type, bound in ((found.subject, "domain"), (object_type, "range")):
            for each in (head, tail) if type is None else (type,):
                if (wanted := slot.get(bound)) is not None:
                    assert wanted in above(category[each]) | {"named thing"}, (name, bound)
