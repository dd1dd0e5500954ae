"""Mentions of BioRED grouped into entities: B³, and relations between the groups.

    python benchmarks/grouping.py [--model small] [--corpora DIR] [--check]

The mentions are the annotated ones, without their identifiers. On dev, the rules of grouping are
added one after another; test is scored with all of them alone. Relations are those that the model
extracts between the groups, scored under the annotated entity that most mentions of a group carry
(`relatome.scoring.mapping`), beside those between annotated entities and between mentions of equal
names. Writes
``benchmarks/results/grouping.json`` and the tables of ``docs/entities.md``; with ``--check`` it
only says whether the tables are those of the results.

With a model folder that groups mentions by coreference (`relatome models calibrate` fits the
threshold, on dev), dev and test are grouped with it and without, and
``benchmarks/results/grouping_coreference.json`` and its table are written instead.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from common import RESULTS, machine, write_result
from tables import ROOT, filled

from relatome import corpora
from relatome.data import Document, Split
from relatome.entities.grouping import RULES, group, without_groups
from relatome.pipeline import find_model, load
from relatome.runtime import Model, ModelFolder
from relatome.scoring import score
from relatome.scoring.b_cubed import BCubed, b_cubed
from relatome.scoring.intervals import f1_intervals
from relatome.scoring.mapping import with_gold_ids

CORPUS = "biored"
SPLITS = ("dev", "test")
PROTOCOL = "biored-8"
COMMAND = "python benchmarks/grouping.py"
PAGE = ROOT / "docs" / "entities.md"
RESULT = RESULTS / "grouping.json"
COREFERENCE = RESULTS / "grouping_coreference.json"


def main() -> None:
    """Group, score, print, write; or check the page."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", default="small")
    parser.add_argument("--corpora", type=Path)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    if options.check:
        if PAGE.read_text(encoding="utf-8") != _page():
            sys.exit(f"{PAGE.name} differs from {RESULT.name}: run {COMMAND}")
        return
    folder = ModelFolder(find_model(options.model))
    splits = {name: corpora.load(CORPUS, name, options.corpora) for name in SPLITS}
    if Model(folder.path).learnt_coreference:
        _write_coreference(folder, tuple(splits.values()))
        return
    dev = splits["dev"].documents
    ablation = [
        {"rules": list(RULES[:count]), **_measured(dev, _grouped(dev, RULES[:count]))}
        for count in range(len(RULES) + 1)
    ]
    without = [
        {"without": rule, **_measured(dev, _grouped(dev, set(RULES) - {rule}))} for rule in RULES
    ]
    rows = []
    for split in splits.values():
        gold = split.documents
        started = time.perf_counter()
        grouped = _grouped(gold, RULES)
        seconds = time.perf_counter() - started
        rows.append(
            {
                "split": split.name,
                **_measured(gold, grouped),
                "documents_per_second": round(len(gold) / seconds),
                "relations": {
                    "annotated groups": _relations(options.model, gold, gold),
                    "groups of equal names": _relations(options.model, gold, _grouped(gold, ())),
                    "predicted groups": _relations(options.model, gold, grouped),
                },
            }
        )
        print(split.name, _line(rows[-1]["all"]))
        for groups, found in rows[-1]["relations"].items():
            figures = " · ".join(f"{name} {100 * f1:.1f}" for name, f1 in found["f1"].items())
            print(f"  {PROTOCOL} {groups}: {figures}")
    write_result(
        "grouping",
        {
            "command": COMMAND,
            "model": f"{folder.manifest.name} {folder.manifest.version}",
            "protocol": PROTOCOL,
            "data": {split.name: corpora.data_hash(split.documents) for split in splits.values()},
            "scores": rows,
            "rules added, on dev": ablation,
            "rules left out, on dev": without,
            "machine": machine(),
        },
    )
    PAGE.write_text(_page(), encoding="utf-8")


def _write_coreference(folder: ModelFolder, splits: Sequence[Split]) -> None:
    """Group by the rules alone, and by what a model says besides; score, print, write."""
    pipeline = load(folder.path, tagger="given")
    threshold = pipeline.model.settings.coreference_threshold
    if threshold is None:
        print("No threshold of coreference makes better groups on dev, or none was fitted.")
    rows = []
    for split in splits:
        gold = split.documents
        bare = [without_groups(document) for document in gold]
        ways = {
            "rules alone": [group(document) for document in bare],
            "and coreference": [pipeline.identify(document) for document in bare],
        }
        for way, grouped in ways.items():
            measured = _measured(gold, grouped)
            relations = _relations(str(folder.path), gold, grouped)
            rows.append({"split": split.name, "groups": way, **measured, "relations": relations})
            print(split.name, way, _line(measured["all"]))
    write_result(
        COREFERENCE.stem,
        {
            "command": f"{COMMAND} --model MODEL",
            "model": f"{folder.manifest.name} {folder.manifest.version}",
            "weights": pipeline.model.weights,
            "files": folder.manifest.files,
            "threshold": threshold,
            "protocol": PROTOCOL,
            "data": {split.name: corpora.data_hash(split.documents) for split in splits},
            "scores": rows,
            "machine": machine(),
        },
    )
    PAGE.write_text(_page(), encoding="utf-8")


def _table_of_coreference(result: dict[str, Any]) -> str:
    names = list(result["scores"][0]["relations"]["f1"])
    fitted = result["threshold"]
    least = "no threshold, so it is not used" if fitted is None else f"from {fitted} on"
    lines = [
        f"{result['model']}, {least}:",
        "",
        f"| split, groups | precision | recall | F1 | {' | '.join(names)} |",
        "|---|---:|---:|---:|" + "---:|" * len(names),
    ]
    for row in result["scores"]:
        f1 = " | ".join(f"{100 * row['relations']['f1'][name]:.1f}" for name in names)
        split = row["split"].split(":")[1]
        lines.append(f"| {split}, {row['groups']} | {_cells(row['all'])} | {f1} |")
    return "\n".join(lines)


def _page() -> str:
    """The page on entities with the tables made anew from the results."""
    result = json.loads(RESULT.read_text(encoding="utf-8"))
    blocks = {
        "grouping": _table_of_splits(result),
        "rules": _table_of_rules(result),
        "relations": _table_of_relations(result),
    }
    if COREFERENCE.is_file():
        found = json.loads(COREFERENCE.read_text(encoding="utf-8"))
        blocks["coreference"] = _table_of_coreference(found)
    return filled(PAGE.read_text(encoding="utf-8"), blocks)


def _table_of_splits(result: dict[str, Any]) -> str:
    lines = ["| split | mentions | precision | recall | F1 |", "|---|---:|---:|---:|---:|"]
    for row in result["scores"]:
        name = row["split"].split(":")[1]
        lines.append(f"| {name}, all | {row['all']['mentions']:,} | {_cells(row['all'])} |")
        for type, figures in row["types"].items():
            lines.append(f"| {name}, {type} | {figures['mentions']:,} | {_cells(figures)} |")
    return "\n".join(lines)


def _table_of_rules(result: dict[str, Any]) -> str:
    lines = [
        "| rules | precision | recall | F1 | F1 with all but this |",
        "|---|---:|---:|---:|---:|",
    ]
    alone = {row["without"]: row["all"]["f1"] for row in result["rules left out, on dev"]}
    for row in result["rules added, on dev"]:
        last = row["rules"][-1] if row["rules"] else ""
        left_out = f"{100 * alone[last]:.1f}" if last else ""
        name = f"+ `{last}`" if last else "the same name, but for case"
        lines.append(f"| {name} | {_cells(row['all'])} | {left_out} |")
    return "\n".join(lines)


def _table_of_relations(result: dict[str, Any]) -> str:
    names = list(result["scores"][0]["relations"]["annotated groups"]["f1"])
    lines = [f"| split, entities | {' | '.join(names)} |", "|---|" + "---:|" * len(names)]
    for row in result["scores"]:
        for groups, found in row["relations"].items():
            cells = " | ".join(
                f"{100 * found['f1'][name]:.1f} "
                f"({100 * found['interval_95'][name][0]:.1f}–"
                f"{100 * found['interval_95'][name][1]:.1f})"
                for name in names
            )
            lines.append(f"| {row['split'].split(':')[1]}, {groups} | {cells} |")
    return "\n".join(lines)


def _cells(figures: dict[str, float]) -> str:
    return " | ".join(f"{100 * figures[name]:.1f}" for name in ("precision", "recall", "f1"))


def _grouped(documents: Sequence[Document], rules: Collection[str]) -> list[Document]:
    return [group(without_groups(document), rules=rules) for document in documents]


def _measured(gold: Sequence[Document], grouped: Sequence[Document]) -> dict[str, Any]:
    """B³ of all mentions and of each type."""
    types = sorted({mention.type for document in gold for mention in document.mentions})
    return {
        "all": _figures(b_cubed(gold, grouped)),
        "types": {type: _figures(b_cubed(gold, grouped, type)) for type in types},
    }


def _figures(found: BCubed) -> dict[str, float]:
    return {
        "precision": found.precision,
        "recall": found.recall,
        "f1": found.f1,
        "mentions": found.mentions,
        "left_out": found.left_out,
    }


def _relations(
    model: str, gold: Sequence[Document], entities: Sequence[Document]
) -> dict[str, object]:
    """Scores of the relations that the model finds between the entities of the documents."""
    pipeline = load(model)
    extracted = pipeline(entities)
    predicted = [with_gold_ids(found, one) for found, one in zip(extracted, gold, strict=True)]
    result = score(gold, predicted, PROTOCOL)
    intervals = f1_intervals(result)
    return {
        "weights": pipeline.model.weights,
        "candidates": pipeline.tally.candidates,
        "f1": {name: result.f1(name) for name in result.scores},
        "interval_95": {
            name: [intervals[name].low, intervals[name].high] for name in result.scores
        },
        "notes": result.notes,
    }


def _line(figures: dict[str, float]) -> str:
    return "B³ " + " ".join(
        f"{name} {100 * figures[name]:.1f}" for name in ("precision", "recall", "f1")
    )


if __name__ == "__main__":
    main()
