"""F1 of a model folder on BioRED with gold entities, under every protocol, in every precision.

    python benchmarks/gold_entities.py [--model small] [--run RUN] [--corpora DIR]

Writes ``benchmarks/results/gold_entities.json``. With ``--run``, the run folder the model was
exported from, it also writes the scores into the model's card.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TypedDict

from common import RESULTS, machine, write_result

from relatome import corpora
from relatome.pipeline import find_model, load
from relatome.runtime import ModelFolder
from relatome.scoring import score
from relatome.scoring.intervals import f1_intervals

SPLITS = ("dev", "test")
PROTOCOLS = ("biored-8", "biored-5")
COMMAND = "python benchmarks/gold_entities.py"


class Row(TypedDict):
    """Scores of one split with one kind of weights under one protocol; F1 by score name."""

    protocol: str
    split: str
    weights: str
    f1: dict[str, float]
    interval_95: dict[str, list[float]]
    candidates: int
    gold: int


def main() -> None:
    """Score, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", default="small")
    parser.add_argument("--run", type=Path, help="run folder: also write the model's card")
    parser.add_argument("--corpora", type=Path)
    options = parser.parse_args()
    folder = ModelFolder(find_model(options.model))
    rows: list[Row] = []
    hashes = {}
    for name in SPLITS:
        split = corpora.load("biored", name, options.corpora)
        hashes[split.name] = corpora.data_hash(split.documents)
        for weights in ("bf16", *sorted(folder.weights)):
            pipeline = load(options.model, weights=weights)
            predicted = list(pipeline(split.documents))
            for protocol in PROTOCOLS:
                result = score(split.documents, predicted, protocol)
                intervals = f1_intervals(result)
                rows.append(
                    {
                        "protocol": protocol,
                        "split": split.name,
                        "weights": weights,
                        "f1": {name: result.f1(name) for name in result.scores},
                        "interval_95": {
                            name: [intervals[name].low, intervals[name].high]
                            for name in result.scores
                        },
                        "candidates": pipeline.tally.candidates,
                        "gold": result.gold_relations,
                    }
                )
                figures = " · ".join(
                    f"{name} {100 * result.f1(name):.1f} "
                    f"[{100 * intervals[name].low:.1f}, {100 * intervals[name].high:.1f}]"
                    for name in result.scores
                )
                print(f"{protocol} {split.name} {weights}: {figures}")
    write_result(
        "gold_entities",
        {
            "command": COMMAND,
            "model": f"{folder.manifest.name} {folder.manifest.version}",
            "data": hashes,
            "scores": rows,
            "machine": machine(),
        },
    )
    if options.run is not None:
        _write_card(folder, options.run, rows)


def _write_card(folder: ModelFolder, run: Path, rows: list[Row]) -> None:
    from relatome.recipes import load_recipe
    from relatome.runtime.folder import CARD
    from relatome.training.card import CardScore, render_card

    scores = [CardScore(row["protocol"], row["split"], row["weights"], row["f1"]) for row in rows]
    text = render_card(
        folder.manifest.name,
        folder.manifest.version,
        load_recipe(str(run / "recipe.toml")),
        json.loads((run / "provenance.json").read_text(encoding="utf-8")),
        scores,
        COMMAND,
        folder.settings,
    )
    (folder.path / CARD).write_text(text, encoding="utf-8")
    print(f"Wrote {CARD} of {folder.manifest.name} from {RESULTS.name}")


if __name__ == "__main__":
    main()
