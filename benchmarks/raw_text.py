"""From raw text to relations on BioRED: how well entities are found, and what that costs relations.

    python benchmarks/raw_text.py [--model small] [--corpora DIR] [--check]

Entities are matched by span and type. Relations between predicted entities are scored under
`biored-8`, local identifiers mapped through the annotated mentions; beside them stand the scores
with annotated entities. Writes ``benchmarks/results/raw_text.json`` and the tables of
``docs/tagging.md``.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from common import RESULTS, machine, write_result
from tables import filled

from relatome import corpora
from relatome.data import Document
from relatome.pipeline import GIVEN, load
from relatome.runtime import Tagger
from relatome.scoring import score
from relatome.scoring.intervals import f1_intervals
from relatome.scoring.mapping import with_gold_ids
from relatome.scoring.mentions import COMPARISONS, compare_mentions, mention_counts

SPLITS = ("dev", "test")
PROTOCOL = "biored-8"
COMMAND = "python benchmarks/raw_text.py"
PAGE = Path(__file__).parents[1] / "docs" / "tagging.md"
RESULT = RESULTS / "raw_text.json"


def main() -> None:
    """Score and write; or check the page."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", default="small")
    parser.add_argument("--corpora", type=Path)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    if options.check:
        if PAGE.read_text(encoding="utf-8") != _page():
            sys.exit(f"{PAGE.name} differs from {RESULT.name}: run {COMMAND}")
        return
    found, hashes = {}, {}
    for name in SPLITS:
        split = corpora.load("biored", name, options.corpora)
        hashes[split.name] = corpora.data_hash(split.documents)
        found[split.name] = measured(options.model, split.documents)
    result = {
        "command": COMMAND,
        "protocol": f"{PROTOCOL}; entities by span and type",
        "data": hashes,
        "splits": found,
        "machine": machine(),
    }
    write_result("raw_text", result)
    PAGE.write_text(_page(), encoding="utf-8")


def _page() -> str:
    """The page on tagging with the tables made anew from the results."""
    found = json.loads(RESULT.read_text(encoding="utf-8"))["splits"]
    blocks = {"entities": entities(found), "relations": relations(found)}
    return filled(PAGE.read_text(encoding="utf-8"), blocks)


def measured(model: str, documents: tuple[Document, ...]) -> dict[str, object]:
    """Scores of entities and relations from raw text, and of relations with given entities."""
    extract = load(model)
    predicted = list(extract([document.without_annotations() for document in documents]))
    tagger = extract.tagger
    assert isinstance(tagger, Tagger)
    types = tagger.types
    counts = mention_counts(documents, predicted, types)
    ways = compare_mentions(documents, predicted, types)
    mapped = [with_gold_ids(*pair) for pair in zip(predicted, documents, strict=True)]
    given = list(load(model, tagger=GIVEN)(documents))
    return {
        "entities": {
            type: {
                "precision": count.precision,
                "recall": count.recall,
                "f1": count.f1,
                "gold": count.gold,
                **{way: ways[type][way] for way in COMPARISONS},
            }
            for type, count in counts.items()
        },
        "relations": {
            name: relation_scores(documents, answers)
            for name, answers in (("raw text", mapped), ("annotated entities", given))
        },
    }


def relation_scores(
    documents: tuple[Document, ...], predicted: list[Document]
) -> dict[str, object]:
    """F1 by score, with intervals."""
    result = score(documents, predicted, PROTOCOL)
    intervals = f1_intervals(result)
    return {
        "f1": {name: result.f1(name) for name in result.scores},
        "interval_95": {
            name: [intervals[name].low, intervals[name].high] for name in result.scores
        },
    }


def entities(found: dict[str, Any]) -> str:
    """F1 of entities per type and split, as a Markdown table."""
    heads = [f"{split} {what}" for split in found for what in ("P", "R", "F1", "partial")]
    lines = [
        "| type | " + " | ".join(heads) + " |",
        "| --- |" + " ---: |" * len(heads),
    ]
    for type in next(iter(found.values()))["entities"]:
        cells = []
        for split in found.values():
            row = split["entities"][type]
            cells += [f"{100 * row[n]:.1f}" for n in ("precision", "recall", "f1", "partial")]
        lines.append(f"| {type} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def relations(found: dict[str, Any]) -> str:
    """F1 of relations from raw text and with annotated entities, as a Markdown table."""
    names = list(next(iter(found.values()))["relations"]["raw text"]["f1"])
    lines = [
        "| documents | entities | " + " | ".join(names) + " |",
        "| --- | --- |" + " --- |" * len(names),
    ]
    for split, scores in found.items():
        for source, row in scores["relations"].items():
            cells = []
            for name in names:
                low, high = row["interval_95"][name]
                cells.append(f"{100 * row['f1'][name]:.1f} ({100 * low:.1f}–{100 * high:.1f})")
            lines.append(f"| {split} | {source} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
