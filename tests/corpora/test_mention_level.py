"""The mention-level corpora hold what their publishers, or the copies' READMEs, say."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from relatome.corpora import CORPORA, load
from relatome.corpora.overlap import Index, Twin
from relatome.data import Document, candidates, overlap, reach, sentences

DRUGPROT_LABELS = [
    "INHIBITOR", "DIRECT-REGULATOR", "SUBSTRATE", "ACTIVATOR", "INDIRECT-UPREGULATOR",
    "INDIRECT-DOWNREGULATOR", "ANTAGONIST", "PRODUCT-OF", "PART-OF", "AGONIST",
    "AGONIST-ACTIVATOR", "SUBSTRATE_PRODUCT-OF", "AGONIST-INHIBITOR",
]  # fmt: skip
DDI_TYPES = ["drug", "group", "brand", "drug_n"]
DDI_LABELS = ["effect", "mechanism", "advise", "int", "untyped"]


def mentions(documents: tuple[Document, ...]) -> Counter[str]:
    """Mentions by the type their file gives them."""
    return Counter(m.fine_type or m.type for d in documents for m in d.mentions)


def relations(documents: tuple[Document, ...]) -> Counter[str]:
    return Counter(r.type for d in documents for r in d.relations)


def asked(documents: tuple[Document, ...], corpus: str) -> int:
    return sum(len(candidates(d, CORPORA[corpus].schema)) for d in documents)


def unreachable(documents: tuple[Document, ...], corpus: str) -> Counter[str]:
    reasons = (reach(d, CORPORA[corpus].schema).reasons() for d in documents)
    return sum(reasons, Counter())


@pytest.mark.parametrize(
    "corpus",
    ["drugprot", "chemprot", "chemprot-sample", "ddi", "aimed", "bioinfer", "hprd50", "iepa",
     "lll", "euadr", "euadr-drug-target", "euadr-folds", "gad"],
)  # fmt: skip
def test_every_split_is_sound(corpora_dir: Path, corpus: str) -> None:
    entry = CORPORA[corpus]
    types = set(entry.schema.entity_types)
    ids: list[str] = []
    for split in entry.splits:
        found = load(corpus, split.name, corpora_dir)
        assert (len(found.documents), found.role) == (split.documents, split.role)
        ids += [document.id for document in found.documents]
        for document in found.documents:
            document.check()
            assert {m.type for m in document.mentions} <= types
            # Every mention is an entity of its own, and nothing else is.
            assert all(m.entity_ids == (m.id,) for m in document.mentions)
            assert len(document.entities) == len(document.mentions)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    ("split", "documents", "types", "labels"),
    [
        ("train", 1989, {"CHEMICAL": 26225, "GENE-Y": 16692, "GENE-N": 8368},
         [3028, 1279, 912, 760, 833, 828, 554, 498, 493, 372, 14, 19, 12]),
        ("dev", 750, {"CHEMICAL": 9853, "GENE": 9005},
         [1150, 458, 494, 246, 302, 332, 218, 158, 257, 131, 10, 3, 2]),
    ],
)  # fmt: skip
def test_drugprot(
    corpora_dir: Path, split: str, documents: int, types: dict[str, int], labels: list[int]
) -> None:
    found = load("drugprot", split, corpora_dir).documents
    assert len(found) == documents
    assert mentions(found) == types
    assert relations(found) == dict(zip(DRUGPROT_LABELS, labels, strict=True))
    assert not unreachable(found, "drugprot")
    pairs = Counter((d.id, r.head, r.tail) for d in found for r in d.relations)
    assert any(count > 1 for count in pairs.values())


@pytest.mark.parametrize(
    ("corpus", "split", "documents", "types", "groups", "gold"),
    [
        ("chemprot-sample", "sample", 50, [683, 387, 219],
         [0, 1, 83, 78, 89, 13, 14, 0, 1, 45, 15], 239),
        ("chemprot", "train", 1020, [13017, 8348, 4387],
         [1, 308, 1652, 777, 2260, 173, 235, 29, 34, 727, 241], 4157),
        ("chemprot", "dev", 612, [8004, 5151, 2412],
         [2, 153, 780, 552, 1103, 116, 199, 19, 2, 457, 175], 2416),
        ("chemprot", "test", 800, [10810, 6658, 3360],
         [0, 215, 1743, 667, 1667, 198, 293, 25, 25, 644, 267], 3458),
    ],
)  # fmt: skip
def test_chemprot(
    corpora_dir: Path,
    corpus: str,
    split: str,
    documents: int,
    types: list[int],
    groups: list[int],
    gold: int,
) -> None:
    found = load(corpus, split, corpora_dir).documents
    assert len(found) == documents
    assert mentions(found) == dict(zip(["CHEMICAL", "GENE-Y", "GENE-N"], types, strict=True))
    assert [relations(found)[f"CPR:{group}"] for group in range(11)] == groups
    assert not unreachable(found, corpus)
    # The gold standard that is judged is the evaluated lines, repetitions aside.
    evaluated = {
        (d.id, r.type, r.head, r.tail)
        for d in found
        for r in d.relations
        if r.infons["evaluated"] == "Y"
    }
    assert len(evaluated) == gold
    assert {label for _, label, _, _ in evaluated} == {f"CPR:{group}" for group in (3, 4, 5, 6, 9)}


def test_chemprot_is_in_drugprot(corpora_dir: Path) -> None:
    chemprot = {
        s.name: load("chemprot", s.name, corpora_dir).ids for s in CORPORA["chemprot"].splits
    }
    sample = load("chemprot-sample", "sample", corpora_dir).ids
    assert [len(overlap(sample, chemprot[split])) for split in ("train", "dev", "test")] == [
        12,
        4,
        0,
    ]
    every = frozenset().union(*chemprot.values())
    assert len(overlap(every, load("drugprot", "dev", corpora_dir).ids)) == 743
    assert len(overlap(every, load("drugprot", "train", corpora_dir).ids)) == 1689


@pytest.mark.parametrize(
    ("split", "source", "documents", "sentence_count", "types", "pairs", "labels"),
    [
        ("train", "DrugBank", 572, 5675, [8197, 3206, 1423, 103], 26005, [1535, 1257, 818, 178, 1]),
        ("train", "MedLine", 142, 1301, [1228, 193, 14, 401], 1787, [152, 62, 8, 10, 0]),
        ("test", "DrugBank", 158, 973, [1518, 626, 347, 21], 5265, [298, 278, 214, 94, 0]),
        ("test", "MedLine", 33, 326, [346, 41, 22, 119], 451, [62, 24, 7, 2, 0]),
        ("test-ner", "DrugBank", 54, 145, [180, 65, 53, 6], 606, [0, 0, 0, 0, 0]),
        ("test-ner", "MedLine", 58, 520, [171, 90, 6, 115], 335, [0, 0, 0, 0, 0]),
    ],
)
def test_ddi(
    corpora_dir: Path,
    split: str,
    source: str,
    documents: int,
    sentence_count: int,
    types: list[int],
    pairs: int,
    labels: list[int],
) -> None:
    whole = load("ddi", split, corpora_dir).documents
    found = tuple(d for d in whole if d.id.startswith(f"DDI-{source}."))
    assert len(found) == documents
    assert sum(len(d.passages) for d in found) == sentence_count
    assert [mentions(found)[name] for name in DDI_TYPES] == types
    assert [relations(found)[name] for name in DDI_LABELS] == labels
    # The corpus lists every pair of every sentence: the candidates are the same.
    assert asked(found, "ddi") == pairs
    assert sum(unreachable(found, "ddi").values()) == labels[-1]


def test_ddi_discontinuous_mentions(corpora_dir: Path) -> None:
    found = [
        d for s in ("train", "test", "test-ner") for d in load("ddi", s, corpora_dir).documents
    ]
    every = [m for d in found for m in d.mentions]
    assert sum(bool(m.fragments) for m in every) == 49
    # Stored text that is joined differently, one of them annotated a character too early.
    assert sorted(m.infons["text"] for m in every if "text" in m.infons) == [
        "(R)-warfarin",
        "alpha-adrenergic blocking agents",
        "delta(1)-selective opioids",
        "mu-selective opioids",
    ]


@pytest.mark.parametrize(
    ("corpus", "documents", "sentence_count", "entities", "positive", "negative"),
    [
        ("aimed", 224, 1943, 4202, 991, 4784),
        ("bioinfer", 836, 1100, 4421, 2534, 7132),
        ("hprd50", 43, 145, 405, 163, 270),
        ("iepa", 200, 486, 1117, 335, 482),
        ("lll", 45, 77, 239, 164, 166),
    ],
)
def test_protein_interactions(
    corpora_dir: Path,
    corpus: str,
    documents: int,
    sentence_count: int,
    entities: int,
    positive: int,
    negative: int,
) -> None:
    found = load(corpus, "all", corpora_dir).documents
    assert len(found) == documents
    assert sum(len(sentences(d)) for d in found) == sentence_count
    assert sum(len(d.mentions) for d in found) == entities
    assert relations(found) == {"PPI": positive}
    assert asked(found, corpus) == positive + negative
    assert not unreachable(found, corpus)
    assert {d.infons["set"] for d in found} == {"train", "test"}


def test_bioinfer_types_and_pieces(corpora_dir: Path) -> None:
    found = load("bioinfer", "all", corpora_dir).documents
    assert mentions(found) == {
        "Individual_protein": 2802,
        "Gene/protein/RNA": 1228,
        "Protein_family_or_group": 192,
        "Gene": 178,
        "Protein_complex": 18,
        "DNA_family_or_group": 3,
    }
    assert sum(bool(m.fragments) for d in found for m in d.mentions) == 122


def test_aimed_d78(corpora_dir: Path) -> None:
    (document,) = load("aimed", "d78", corpora_dir).documents
    assert (len(sentences(document)), len(document.mentions), len(document.relations)) == (
        12,
        32,
        8,
    )
    assert not unreachable((document,), "aimed")
    # It is the abstract of d31 once more: with its 9 positive and 50 negative pairs counted twice
    # the corpus has the published 1,000 and 4,834.
    whole = load("aimed", "all", corpora_dir).documents
    twin = Index(whole).find(document)
    assert twin == Twin("AIMed.d31", "text")
    d31 = tuple(d for d in whole if d.id == "AIMed.d31")
    assert (relations(d31)["PPI"], asked(d31, "aimed")) == (9, 59)


def test_euadr_page(corpora_dir: Path) -> None:
    found = load("euadr", "first100", corpora_dir).documents
    assert mentions(found) == {
        "Genes & Molecular Sequences": 964,
        "Diseases & Disorders": 761,
        "Chemicals & Drugs": 661,
        "SNP & Sequence variations": 136,
        "unknown": 1,
    }
    assert relations(found) == {"PA": 747, "SA": 104, "NA": 37}
    assert sum(unreachable(found, "euadr").values()) == 2


def test_euadr_drug_targets(corpora_dir: Path) -> None:
    found = load("euadr-drug-target", "all", corpora_dir).documents
    assert mentions(found) == {"GENE-Y": 389, "CHEMICAL": 340}
    assert relations(found) == {"DRUG-TARGET": 166}
    assert sum(bool(m.fragments) for d in found for m in d.mentions) == 3
    assert not unreachable(found, "euadr-drug-target")


@pytest.mark.parametrize(
    ("corpus", "count", "positive", "distinct"),
    [("gad", 5330, 2801, 5122), ("euadr-folds", 355, 262, 355)],
)
def test_folds_are_the_corpus(
    corpora_dir: Path, corpus: str, count: int, positive: int, distinct: int
) -> None:
    found = tuple(
        d for s in CORPORA[corpus].splits for d in load(corpus, s.name, corpora_dir).documents
    )
    assert len(found) == asked(found, corpus) == count
    assert relations(found) == {"Association": positive}
    assert mentions(found) == {"Gene": count, "Disease": count}
    # GAD repeats sentences, and across its folds: 47 stand in more than one.
    assert len({d.text for d in found}) == distinct
    folds_of: dict[str, set[str]] = {}
    for document in found:
        folds_of.setdefault(document.text, set()).add(document.id.split(".")[0])
    assert sum(len(folds) > 1 for folds in folds_of.values()) == (47 if corpus == "gad" else 0)
