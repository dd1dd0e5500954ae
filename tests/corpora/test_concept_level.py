"""BC5CDR and BioREx's conversions hold what their publishers, or the copies' READMEs, say."""

from __future__ import annotations

import gzip
import re
from collections import Counter
from pathlib import Path

import pytest

from relatome import formats
from relatome.corpora import CORPORA, load
from relatome.corpora.layouts.biorex import PMID, UNMENTIONED
from relatome.data import Document, Split, candidates, overlap, reach
from relatome.data.schemas import BC5CDR, PHARMGKB
from relatome.data.sentences import sentences
from relatome.errors import InputError


def mentions(*splits: Split) -> Counter[str]:
    """Mentions by the type their file gives them."""
    return Counter(
        m.fine_type or m.type for split in splits for d in split.documents for m in d.mentions
    )


def relations(*splits: Split) -> Counter[str]:
    return Counter(r.type for split in splits for d in split.documents for r in d.relations)


def all_of(corpus: str, directory: Path) -> list[Split]:
    entry = CORPORA[corpus]
    splits = [load(corpus, split.name, directory) for split in entry.splits]
    assert [len(split.documents) for split in splits] == [s.documents for s in entry.splits]
    assert [split.role for split in splits] == [s.role for s in entry.splits]
    return splits


@pytest.mark.parametrize(
    ("split", "chemicals", "diseases", "cid", "chemical_ids", "disease_ids"),
    [
        ("train", 5203, 4182, 1038, 1467, 1965),
        ("dev", 5347, 4244, 1012, 1507, 1864),
        ("test", 5385, 4424, 1066, 1434, 1988),
    ],
)
def test_bc5cdr(
    corpora_dir: Path,
    split: str,
    chemicals: int,
    diseases: int,
    cid: int,
    chemical_ids: int,
    disease_ids: int,
) -> None:
    found = load("bc5cdr", split, corpora_dir)
    assert len(found.documents) == 500
    assert mentions(found) == {"Chemical": chemicals, "Disease": diseases}
    assert relations(found) == {"CID": cid}
    entities = Counter(e.type for d in found.documents for e in d.entities)
    assert entities == {"Chemical": chemical_ids, "Disease": disease_ids}
    # Every annotated pair is a candidate, the chemical its head.
    assert not any(reach(document, BC5CDR).unreachable for document in found.documents)


def test_bc5cdr_composites_and_missing_identifiers(corpora_dir: Path) -> None:
    splits = all_of("bc5cdr", corpora_dir)
    every = [m for split in splits for d in split.documents for m in d.mentions]
    assert sum(not m.entity_ids for m in every) == 226
    composites = [m for m in every if "composite" in m.infons]
    # Of the 253 lines with a seventh field, 18 of one training abstract have it empty.
    assert len(composites) == 253 - 18
    assert all("|" in m.infons["composite"] for m in composites)
    assert any(len(m.entity_ids) > 1 for m in composites)


def test_bc5cdr_sample_is_an_earlier_annotation_of_training_abstracts(corpora_dir: Path) -> None:
    (sample,) = all_of("bc5cdr-sample", corpora_dir)
    assert mentions(sample) == {"Chemical": 502, "Disease": 423}
    (flawed,) = (d for d in sample.documents if d.infons)
    assert (flawed.id, flawed.infons[UNMENTIONED].split()[1]) == ("2385256", "D008278")
    assert relations(sample).total() + 1 == 124
    assert sample.ids <= load("bc5cdr", "train", corpora_dir).ids


# Four mentions of the BioC files are shifted: one contiguous, as the README of the copy says,
# and three with gaps, whose pieces begin or end one character off.
SHIFTED = {
    "Training": ["20722491", "11587867", "15863244"],
    "Development": ["6415512"],
    "Test": [],
}


@pytest.mark.parametrize(
    ("name", "chemicals", "diseases", "cid", "with_gaps"),
    [
        ("Training", 5207, 4363, 1038, 73),
        ("Development", 5352, 4421, 1012, 43),
        ("Test", 5394, 4534, 1066, 37),
    ],
)
def test_bc5cdr_bioc(
    corpora_dir: Path, name: str, chemicals: int, diseases: int, cid: int, with_gaps: int
) -> None:
    path = corpora_dir / "bc5cdr" / f"CDR_{name}Set.BioC.xml.gz"
    problems: list[InputError] = []
    documents = tuple(formats.read(path, schema=BC5CDR, on_error=problems.append))
    assert [(p.code, p.place.document) for p in problems] == [("R104", d) for d in SHIFTED[name]]
    left_out = _annotations(path, SHIFTED[name])
    found = Split(name, "train", documents)
    assert mentions(found) + left_out["mentions"] == {"Chemical": chemicals, "Disease": diseases}
    assert relations(found).total() + left_out["relations"].total() == cid
    gaps = sum(bool(m.fragments) for d in documents for m in d.mentions)
    assert gaps + left_out["gaps"].total() == with_gaps
    if name == "Test":
        as_pubtator = {d.id: d for d in load("bc5cdr", "test", corpora_dir).documents}
        assert found.ids == as_pubtator.keys()
        for document in documents:
            assert _pairs(document) == _pairs(as_pubtator[document.id])
            assert document.text == as_pubtator[document.id].text


def _pairs(document: Document) -> set[tuple[str, str]]:
    return {(relation.head, relation.tail) for relation in document.relations}


def _annotations(path: Path, ids: list[str]) -> dict[str, Counter[str]]:
    """What the XML of some documents holds, counted without our reader."""
    found: dict[str, Counter[str]] = {name: Counter() for name in ("mentions", "relations", "gaps")}
    for document in gzip.decompress(path.read_bytes()).decode().split("<document>")[1:]:
        if re.search(r"<id>(\d+)</id>", document)[1] in ids:  # type: ignore[index]
            for annotation in document.split("<annotation ")[1:]:
                kind = re.search(r'<infon key="type">(\w+)</infon>', annotation)
                assert kind is not None
                found["mentions"][kind[1]] += 1
                found["gaps"]["all"] += annotation.split("</annotation>")[0].count("<location") > 1
            found["relations"]["all"] += document.count("<relation ")
    return found


def test_disgenet(corpora_dir: Path) -> None:
    splits = all_of("disgenet", corpora_dir)
    assert mentions(*splits) == {
        "Gene": 973, "Disease": 948, "SNP": 45, "ProteinMutation": 17, "ProteinAcidChange": 1,
    }  # fmt: skip
    assert relations(*splits) == {"Association": 859}
    documents = [d for split in splits for d in split.documents]
    assert len({d.id for d in documents}) == 859
    assert all(len(d.relations) == 1 and len(sentences(d)) == 1 for d in documents)
    schema = CORPORA["disgenet"].schema
    assert not any(reach(d, schema).unreachable for d in documents)
    # The published division cuts abstracts apart: sentences of 28 stand on both sides.
    pmids = [[d.infons[PMID] for d in split.documents] for split in splits]
    assert len(overlap(*pmids)) == 28


def test_emu(corpora_dir: Path) -> None:
    splits = {split.name: split for split in all_of("emu", corpora_dir)}
    breast = [splits["emu:bc_train80"], splits["emu:bc_test20"]]
    prostate = [splits["emu:pc_train80"], splits["emu:pc_test20"]]
    assert sum(len(split.documents) for split in breast) == 58
    assert sum(len(split.documents) for split in prostate) == 25
    assert mentions(*breast) == {
        "Gene": 420, "Disease": 276, "ProteinMutation": 120, "DNAMutation": 4,
    }  # fmt: skip
    assert mentions(*prostate) == {"Gene": 226, "Disease": 107, "ProteinMutation": 76}
    assert [relations(split).total() for split in breast] == [67, 17]
    assert [relations(split).total() for split in prostate] == [23, 8]
    assert [overlap(*(s.ids for s in pair)) for pair in (breast, prostate)] == [[], []]
    variants = {m.fine_type for s in splits.values() for d in s.documents for m in d.mentions}
    assert variants == {"", "ProteinMutation", "DNAMutation"}


def test_variants_described_by_attributes_are_one_identifier(corpora_dir: Path) -> None:
    document = next(
        d for d in load("emu", "bc_train80", corpora_dir).documents if d.id == "18186519"
    )
    variant = next(m for m in document.mentions if m.text == "V600E")
    assert variant.type == "SequenceVariant"
    assert variant.entity_ids == ("rs113488022",)
    assert variant.infons["identifier"].startswith("tmVar:p|SUB|V|600|E;")


def test_pharmgkb(corpora_dir: Path) -> None:
    partial, test = all_of("pharmgkb", corpora_dir)
    assert mentions(partial) == {
        "Gene": 679, "Chemical": 539, "ProteinMutation": 174, "SNP": 160, "DNAMutation": 95,
        "ProteinAllele": 20, "DNAAllele": 12, "DNAAcidChange": 12, "ProteinAcidChange": 7,
    }  # fmt: skip
    left_out = {d.id: d.infons[UNMENTIONED] for d in partial.documents if d.infons}
    assert list(left_out) == [
        "15077008", "15761113", "18055561", "18349289", "19617864", "20348464",
    ]  # fmt: skip
    assert all(text.count(";") == 0 for text in left_out.values())
    assert relations(partial).total() + len(left_out) == 157
    # The file is cut after a relation line: nothing of its last document is broken.
    assert len(partial.documents[-1].relations) == 3
    assert relations(test) == {"Association": 172}
    unrelated = [d.infons["unrelated"].split(";") for d in test.documents if d.infons]
    assert sum(map(len, unrelated)) == 4
    assert sum(len(candidates(d, PHARMGKB)) for d in test.documents) == 176
    assert len(overlap(partial.ids, test.ids)) == 24


@pytest.mark.parametrize(
    ("corpus", "split", "table"),
    [
        ("emu", "bc_train80", "emu/processed/emu_bc_train80.tsv.gz"),
        ("emu", "pc_test20", "emu/processed/emu_pc_test20.tsv.gz"),
        ("disgenet", "test20", "disgenet/processed/test20.tsv.gz"),
    ],
)
def test_the_table_and_the_pubtator_file_agree(
    corpora_dir: Path, corpus: str, split: str, table: str
) -> None:
    expected = {d.id: d for d in load(corpus, split, corpora_dir).documents}
    schema = CORPORA[corpus].schema
    problems: list[InputError] = []
    documents = list(formats.read(corpora_dir / table, schema=schema, on_error=problems.append))
    # Where a marked mention lies inside another, the table loses one of them.
    assert len(problems) == (corpus == "disgenet")
    for document in documents:
        assert _pairs(document) == _pairs(expected[document.id])
        letters = re.sub(r"\W", "", expected[document.id].text)
        assert re.sub(r"\W", "", document.text) == letters


def test_hprd50_as_converted_for_biorex(corpora_dir: Path) -> None:
    (split,) = all_of("hprd50-biorex", corpora_dir)
    assert mentions(split) == {"Protein": 405}
    assert relations(split) == {"Association": 163}
    for document in split.documents:
        assert all(m.entity_ids == (m.id,) for m in document.mentions)
        assert all(len(e.mentions) == 1 for e in document.entities)


def test_roles_of_bioredirect(corpora_dir: Path) -> None:
    schema = CORPORA["bioredirect"].schema
    assert (schema.name, schema.direction) == ("bioredirect", True)
    for name, roles in (("train_dev", 4798), ("test", 1045)):
        split = load("bioredirect", name, corpora_dir)
        pairs = {
            (d.id, frozenset((r.head, r.tail)))
            for d in split.documents
            for r in d.relations
            if r.subject is not None
        }
        assert len(pairs) == roles
        assert all(
            r.subject in (None, r.head, r.tail) for d in split.documents for r in d.relations
        )
