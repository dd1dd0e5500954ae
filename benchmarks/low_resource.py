"""The low-resource curve: test scores over the share of the target's documents that is learnt from.

    python benchmarks/low_resource.py [TARGET TRANSFER...] [--shares 0.01,0.05,0.1,0.25,0.5,1]
                                      [--seeds 13,14,15] [--runs DIR] [--corpora DIR]

By default DDI alone, and the pool of other corpora first and DDI then (paper A, D_target and the
staged transfer). What a recipe starts from, and ``data.source``, stays whole. Small shares first;
runs are kept in ``runs/RECIPE-SHARE-SEED``, whole ones where `recipes.py` keeps them, and gone on
with. After every run ``benchmarks/results/low_resource.json`` and the figure
``docs/images/low-resource.svg`` are written of what is finished.
"""

from __future__ import annotations

import argparse
import json
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from common import RESULTS, machine, write_result
from recipes import SEEDS, predictions, run_folder

from relatome.corpora import data_hash
from relatome.recipes import Recipe, load_recipe
from relatome.report.sweep import draw_sweep
from relatome.scoring import score
from relatome.training import carry_out
from relatome.training.documents import split
from relatome.training.folder import PROVENANCE_FILE
from relatome.training.sweep import spreads

WAYS = ("a-ddi-target-document-minilm", "a-ddi-staged-document-minilm")
SHARES = ("0.01", "0.05", "0.1", "0.25", "0.5", "1")
KEYS = ("recipe", "data.fraction")
FIGURE = Path(__file__).parents[1] / "docs" / "images" / "low-resource.svg"


def main() -> None:
    """Train, predict, score, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("recipes", nargs="*", default=WAYS)
    parser.add_argument("--shares", default=",".join(SHARES))
    parser.add_argument("--seeds", default=",".join(map(str, SEEDS)))
    parser.add_argument("--runs", type=Path, default=Path("runs"))
    parser.add_argument("--corpora", type=Path)
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--figure", type=Path, default=FIGURE)
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    shares = sorted(options.shares.split(","), key=float)
    seeds = [int(seed) for seed in options.seeds.split(",")]
    names = list(options.recipes)
    units = [(name, share, seed) for seed in seeds for share in shares for name in names]
    done: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for name, share, seed in units:
        row = measured(name, share, seed, options.runs, options.corpora)
        done.setdefault((name, share), []).append(row)
        result = curve(names, shares, seeds, done, options.corpora)
        write_result("low_resource", result, options.results)
        options.figure.parent.mkdir(parents=True, exist_ok=True)
        draw_sweep(result, options.figure)


def measured(
    name: str, share: str, seed: int, runs: Path, directory: Path | None
) -> dict[str, Any]:
    """One run: its seed, how many documents it learnt from, its score on test."""
    recipe = load_recipe(name, (f"training.seed={seed}", f"data.fraction={float(share)}"))
    folder = runs / f"{name}-{share}-{seed}"
    if float(share) == 1:
        folder = run_folder(name, seed, runs)
    carry_out(recipe, folder, directory, resume=folder.exists())
    test = split(recipe.data.test, directory)
    result = score(test.documents, predictions(folder, test), recipe.selection.rule)
    provenance = json.loads((folder / PROVENANCE_FILE).read_text(encoding="utf-8"))
    train = provenance["coverage"][next(iter(provenance["coverage"]))]["documents"]
    print(f"{name}, {share}, seed {seed}: {100 * result.f1(recipe.selection.score):.1f}")
    return {
        "seed": seed,
        "documents": train,
        "f1": {each: result.f1(each) for each in result.scores},
        "data": provenance["data"],
        "trained_by": provenance["code"],
    }


def curve(
    names: Sequence[str],
    shares: Sequence[str],
    seeds: Sequence[int],
    done: dict[tuple[str, str], list[dict[str, Any]]],
    directory: Path | None,
) -> dict[str, Any]:
    """What is finished, in the form of a sweep over recipe and share."""
    recipe: Recipe = load_recipe(names[0])
    test = split(recipe.data.test, directory)
    wanted = [*names, "--shares", ",".join(shares), "--seeds", ",".join(map(str, seeds))]
    return {
        "command": " ".join(["python benchmarks/low_resource.py", *wanted]),
        "protocol": recipe.selection.rule,
        "score": recipe.selection.score,
        "split": test.name,
        "test": {"split": test.name, "sha256": data_hash(test.documents)},
        "grid": dict(zip(KEYS, (list(names), list(shares)), strict=True)),
        "points": [
            {
                "values": dict(zip(KEYS, point, strict=True)),
                "seeds": rows,
                "scores": spreads(row["f1"] for row in rows),
            }
            for point, rows in done.items()
        ],
        "machine": machine(),
    }


if __name__ == "__main__":
    main()
