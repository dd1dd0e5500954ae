"""The rules, and the tasks' own formats, on the published corpora."""

from __future__ import annotations

import gzip
import io
import random
import time
from functools import lru_cache
from pathlib import Path

import pytest

from relatome.corpora import load
from relatome.data import Document, Relation
from relatome.formats import write
from relatome.formats.submissions import read_submission
from relatome.scoring import Counts, score

# Relations that each rule judges, as the corpora's descriptions count them.
JUDGED = [
    ("biored", "test", "biored-8", 1163),
    ("bioredirect", "test", "biored-direction", 1163),
    ("drugprot", "dev", "drugprot", 3761),
    ("chemprot", "dev", "chemprot", 2416),
    ("chemprot", "test", "chemprot", 3458),
    ("ddi", "test", "ddi", 979),
    ("bc5cdr", "test", "bc5cdr-cid", 1066),
    ("bc5cdr", "test", "bc5cdr-cid-script", 1066),
    ("bioinfer", "all", "ppi", 2534),
    ("hprd50", "all", "ppi", 163),
    ("iepa", "all", "ppi", 335),
    ("lll", "all", "ppi", 164),
]


@lru_cache
def documents(name: str, split: str, directory: Path) -> tuple[Document, ...]:
    """A split, read once."""
    return load(name, split, directory).documents


def noisy(document: Document, seed: int) -> Document:
    """The document with some relations left out, some turned, some of another type, some new."""
    draw = random.Random(seed)
    ends = sorted(document.entity_by_id)
    found = []
    for relation in document.relations:
        kind = draw.random()
        head, tail, label = relation.head, relation.tail, relation.type
        if kind < 0.2:
            continue
        if kind < 0.3:
            head, tail = tail, head
        elif kind < 0.4:
            label = draw.choice([r.type for r in document.relations])
        elif kind < 0.5:
            head, tail = draw.choice(ends), draw.choice(ends)
        found.append(Relation(head, tail, label, novel=relation.novel, subject=relation.subject))
    return document.with_relations(tuple(found))


@pytest.mark.parametrize(("name", "split", "rule", "judged"), JUDGED)
def test_gold_against_itself(
    corpora_dir: Path, name: str, split: str, rule: str, judged: int
) -> None:
    gold = documents(name, split, corpora_dir)
    result = score(gold, gold, rule)
    assert result.counts() == Counts(judged, 0, 0)
    for by_score in result.groups.values():
        for score_name, groups in by_score.items():
            assert sum(groups.values(), Counts()) == result.counts(score_name)


def test_the_program_of_drugprot_loses_relations_of_the_development_set(corpora_dir: Path) -> None:
    gold = documents("drugprot", "dev", corpora_dir)
    # Three pairs of shared cells are annotated with the same type on both sides.
    assert score(gold, gold, "drugprot-script").counts() == Counts(3758, 0, 0)


def test_drugprot_against_sets_of_lines(corpora_dir: Path) -> None:
    gold = documents("drugprot", "dev", corpora_dir)
    predicted = [noisy(document, seed) for seed, document in enumerate(gold)]
    kinds = {(d.id, m.id): m.type for d in gold for m in d.mentions}

    def lines(side: list[Document]) -> set[tuple[str, ...]]:
        found = set()
        for each in side:
            for r in each.relations:
                types = kinds[each.id, r.head], kinds[each.id, r.tail]
                if types == ("CHEMICAL", "GENE"):
                    found.add((each.id, r.type, r.head, r.tail))
                elif types == ("GENE", "CHEMICAL"):
                    found.add((each.id, r.type, r.tail, r.head))
        return found

    expected = Counts.of(lines(list(gold)), lines(predicted))
    assert expected.false_positive > 100
    assert score(gold, predicted, "drugprot").counts() == expected


def test_scoring_the_development_set_of_drugprot_takes_under_a_second(corpora_dir: Path) -> None:
    gold = documents("drugprot", "dev", corpora_dir)
    predicted = [noisy(document, seed) for seed, document in enumerate(gold)]
    times = []
    for _ in range(3):
        started = time.perf_counter()
        score(gold, predicted, "drugprot")
        times.append(time.perf_counter() - started)
    assert min(times) < 1


# ------------------------------------------------------------------ answers to shared tasks


def submitted(gold: tuple[Document, ...], format: str, folder: Path) -> tuple[str, Path]:
    stream = io.BytesIO()
    write(gold, stream, format)
    path = folder / "answer"
    path.write_bytes(stream.getvalue())
    return stream.getvalue().decode(), path


def test_a_drugprot_answer_of_the_gold_is_the_published_file(
    corpora_dir: Path, tmp_path: Path
) -> None:
    gold = documents("drugprot", "dev", corpora_dir)
    text, path = submitted(gold, "drugprot-submission", tmp_path)
    published = corpora_dir / "drugprot/development/drugprot_development_relations.tsv"
    assert sorted(text.splitlines()) == sorted(published.read_text("utf-8").splitlines())
    assert score(gold, read_submission(path, gold), "drugprot").f1() == 1.0


def test_a_chemprot_answer_of_the_gold_has_the_published_lines(
    corpora_dir: Path, tmp_path: Path
) -> None:
    gold = documents("chemprot", "dev", corpora_dir)
    text, path = submitted(gold, "chemprot-submission", tmp_path)
    folder = corpora_dir / "chemprot/chemprot_development"
    published = (folder / "chemprot_development_gold_standard.tsv").read_text("utf-8")
    assert set(published.splitlines()) <= set(text.splitlines())
    result = score(gold, read_submission(path, gold), "chemprot")
    assert result.counts() == Counts(2416, 0, 0)


def test_the_sample_predictions_of_chemprot(corpora_dir: Path) -> None:
    folder = corpora_dir / "chemprot" / "chemprot_sample"
    gold = documents("chemprot-sample", "sample", corpora_dir)
    predicted = read_submission(folder / "chemprot_sample_predictions.tsv", gold)
    published = (folder / "chemprot_sample_predictions_eval.txt").read_text("utf-8")
    counts = score(gold, predicted, "chemprot").counts()
    assert f"TP:  {counts.true_positive}\n" in published
    assert f"FP:  {counts.false_positive}\n" in published
    assert f"FN:  {counts.false_negative}\n" in published
    assert f"F-score:  {counts.f1:.12f}\n" in published


def test_a_bc5cdr_answer_of_the_gold_has_the_published_lines(
    corpora_dir: Path, tmp_path: Path
) -> None:
    gold = documents("bc5cdr", "test", corpora_dir)
    text, path = submitted(gold, "bc5cdr-submission", tmp_path)
    with gzip.open(corpora_dir / "bc5cdr/CDR_TestSet.PubTator.txt.gz", "rt", encoding="utf-8") as f:
        published = [line.rstrip("\r\n") for line in f if "\tCID\t" in line]
    assert text.splitlines() == published
    assert score(gold, read_submission(path, gold), "bc5cdr-cid").f1() == 1.0


def test_a_ddi_answer_lists_every_pair_of_the_test_set(corpora_dir: Path, tmp_path: Path) -> None:
    gold = documents("ddi", "test", corpora_dir)
    text, path = submitted(gold, "ddi-submission", tmp_path)
    lines = text.splitlines()
    assert len(lines) == 5716
    assert sum(line.split("|")[3] == "1" for line in lines) == 979
    assert score(gold, read_submission(path, gold), "ddi").f1() == 1.0
