"""The ChemProt rule by hand and by brute force, and on the organisers' sample predictions."""

from __future__ import annotations

import re
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from relatome.data import Document
from relatome.scoring import Counts, score
from relatome.scoring.chemprot import JUDGED

from .build import marked

TYPES = {"T1": "CHEMICAL", "T2": "CHEMICAL", "T3": "GENE-Y", "T4": "GENE-N"}


def test_five_groups_are_judged_and_the_others_noted() -> None:
    gold = marked("1", TYPES, [("T1", "T3", "CPR:3"), ("T2", "T3", "CPR:1")])
    rows = [("T1", "T3", "CPR:3"), ("T1", "T4", "CPR:9"), ("T1", "T4", "CPR:10")]
    result = score([gold], [marked("1", TYPES, rows)], "chemprot")
    assert result.counts() == Counts(1, 1, 0)
    assert result.groups["label"]["pair+type"] == {
        "CPR:3": Counts(1, 0, 0),
        "CPR:9": Counts(0, 1, 0),
    }
    assert result.notes == {
        "gold relations of other groups, not judged": 1,
        "predicted relations of other groups or types, not judged": 1,
    }


def test_the_judged_groups() -> None:
    assert JUDGED == ("CPR:3", "CPR:4", "CPR:5", "CPR:6", "CPR:9")


def test_arguments_are_compared_as_written() -> None:
    gold = marked("1", TYPES, [("T1", "T3", "CPR:3")])
    rows = [("T3", "T1", "CPR:3"), ("T1", "T9", "CPR:3"), ("T1", "T9", "CPR:3")]
    result = score([gold], [marked("1", TYPES, rows)], "chemprot")
    assert result.counts() == Counts(0, 2, 1)
    assert result.notes == {
        "predicted relations that are right but for the order of their arguments, wrong": 1,
        "predicted relations naming a mention the gold document does not have, all wrong": 2,
        "predicted relations given more than once, counted once": 1,
    }


def test_a_document_of_one_pair_has_both_its_mentions() -> None:
    gold = marked("1", {"T1": "CHEMICAL", "T2": "GENE-Y"}, [("T1", "T2", "CPR:3")])
    assert score([gold], [gold], "chemprot").notes == {}


def table(path: Path, documents: dict[str, list[tuple[str, str, str]]]) -> None:
    """Add the lines of one of the organisers' files to the documents they name."""
    for line in path.read_text("utf-8").splitlines():
        name, label, *_, first, second = line.split("\t")
        row = (first.removeprefix("Arg1:"), second.removeprefix("Arg2:"), label)
        documents.setdefault(name, []).append(row)


def test_the_organisers_sample(corpora_dir: Path) -> None:
    folder = corpora_dir / "chemprot" / "chemprot_sample"
    entities: dict[str, dict[str, str]] = {}
    for line in (folder / "chemprot_sample_entities.tsv").read_text("utf-8").splitlines():
        name, mention, type_, *_ = line.split("\t")
        entities.setdefault(name, {})[mention] = type_
    sides: list[list[Document]] = []
    for kind in ("relations", "gold_standard", "predictions"):
        rows: dict[str, list[tuple[str, str, str]]] = {name: [] for name in entities}
        table(folder / f"chemprot_sample_{kind}.tsv", rows)
        sides.append([marked(name, entities[name], rows[name]) for name in entities])
    everything, judged, predicted = sides

    published = (folder / "chemprot_sample_predictions_eval.txt").read_text("utf-8")
    figures = dict(re.findall(r"^([\w -]+):\s+([\d.]+)$", published, re.MULTILINE))
    # All relations and the file of the judged ones alone are the same gold.
    for gold in (everything, judged):
        counts = score(gold, predicted, "chemprot").counts()
        assert figures == {
            "Total annotations": str(counts.gold),
            "Total predictions": str(counts.predicted),
            "TP": str(counts.true_positive),
            "FN": str(counts.false_negative),
            "FP": str(counts.false_positive),
            "Precision": f"{counts.precision:.12f}",
            "Recall": f"{counts.recall:.12f}",
            "F-score": f"{counts.f1:.12f}",
        }


GROUPS = (*JUDGED[:2], "CPR:1", "None")
rows = st.lists(
    st.tuples(st.sampled_from([*TYPES]), st.sampled_from([*TYPES, "T9"]), st.sampled_from(GROUPS)),
    max_size=10,
)


@given(rows, rows)
@settings(deadline=None)
def test_against_asking_for_every_statement(
    annotated: list[tuple[str, str, str]], answered: list[tuple[str, str, str]]
) -> None:
    counts = [0, 0, 0]
    for head in (*TYPES, "T9"):
        for tail in (*TYPES, "T9"):
            for group in JUDGED:
                wanted, found = ((head, tail, group) in side for side in (annotated, answered))
                counts[0] += wanted and found
                counts[1] += found and not wanted
                counts[2] += wanted and not found
    sides = (marked("1", TYPES, side) for side in (annotated, answered))
    assert score(*([side] for side in sides), "chemprot").counts() == Counts(*counts)
