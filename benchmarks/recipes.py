"""Measures recipes: trains every seed, predicts the test split, scores it by the official rule.

    python benchmarks/recipes.py RECIPE... [--seeds 13,14,15] [--runs DIR] [--corpora DIR]
                                 [--results DIR]

Runs are kept in ``runs/RECIPE-SEED`` and gone on with, so a killed measurement continues where it
stopped. What other recipes start from or are taught by is kept in ``runs/RECIPE``, where these look
for it. A combination of runs is measured once; its members have seeds of their own. Writes
``benchmarks/results/recipes/RECIPE.json``, but never over a result of more seeds; nothing is
selected on the test split, which is predicted once, after training. ``--compare A B`` (two measured
recipes) writes the difference of each pair of seeds, with its interval, to
``benchmarks/results/ideas/A--B.json``.
"""

from __future__ import annotations

import argparse
import json
import logging
import statistics
import sys
from functools import cache
from pathlib import Path
from typing import Any

from common import RESULTS, machine, write_result

from relatome import formats
from relatome.corpora import data_hash
from relatome.data import Document, Split
from relatome.recipes import Combination, Recipe, TaggerRecipe, load_any, load_recipe, shipped
from relatome.scoring import Result, find_rule, score
from relatome.scoring.compare import compare
from relatome.scoring.intervals import f1_intervals
from relatome.training import carry_out, combine
from relatome.training.documents import split
from relatome.training.folder import PROVENANCE_FILE, RESULTS_FILE
from relatome.training.members import predict_run

SEEDS = (13, 14, 15)


def main() -> None:
    """Measure recipes, or compare two that were measured."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("recipes", nargs="+")
    parser.add_argument("--seeds", default=",".join(map(str, SEEDS)))
    parser.add_argument("--runs", type=Path, default=Path("runs"))
    parser.add_argument("--corpora", type=Path)
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--compare", action="store_true", help="the gain of the second of two")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    seeds = [int(seed) for seed in options.seeds.split(",")]
    if options.compare:
        first, second = (relation_recipe(name) for name in options.recipes)
        compared(first, second, seeds, options.runs, options.corpora, options.results)
        return
    for name in options.recipes:
        measured(relation_recipe(name), seeds, options.runs, options.corpora, options.results)


def relation_recipe(name: str) -> Recipe | Combination:
    """A recipe for relations, of one run or of several.

    Raises:
        SystemExit: if it is one for a tagger.
    """
    recipe = load_any(name)
    if isinstance(recipe, TaggerRecipe):
        sys.exit(f"{recipe.name} is for a tagger, which has no relations to measure.")
    return recipe


def single(recipe: Recipe | Combination) -> Recipe:
    """A recipe of one run, or that of the first members of a combination."""
    return load_recipe(recipe.relation[0].recipe) if isinstance(recipe, Combination) else recipe


def measured(
    recipe: Recipe | Combination,
    seeds: list[int],
    runs: Path,
    directory: Path | None,
    results: Path = RESULTS,
) -> None:
    """Train, predict and score one recipe for every seed, and write the result."""
    if isinstance(recipe, Combination):
        if recipe.tagged:
            sys.exit(f"{recipe.name} is for tagged documents, and there are none of {recipe.test}.")
        seeds = seeds[:1]
    test_split, rule, primary = _judged(recipe)
    test = split(test_split, directory)
    rows = [_seed(recipe, seed, test, runs, directory) for seed in seeds]
    write_result(
        f"recipes/{recipe.name}",
        {
            "command": f"python benchmarks/recipes.py {recipe.name} --seeds "
            + ",".join(map(str, seeds)),
            "recipe": recipe.name,
            "encoder": single(recipe).encoder.name,
            "protocol": rule,
            "primary": primary,
            "test": {"split": test_split, "sha256": data_hash(test.documents)},
            "seeds": rows,
            "mean": {
                part: {name: statistics.mean(row[part]["f1"][name] for row in rows) for name in f1}
                for part, f1 in ((part, rows[0][part]["f1"]) for part in ("dev", "test"))
            },
            "machine": machine(),
        },
        results,
    )


def _judged(recipe: Recipe | Combination) -> tuple[str, str, str]:
    """The split a recipe is judged on, the rule, and its foremost score."""
    if isinstance(recipe, Combination):
        return recipe.test, recipe.rule, find_rule(recipe.rule).primary
    return recipe.data.test, recipe.selection.rule, recipe.selection.score


def _seed(
    recipe: Recipe | Combination, seed: int, test: Split, runs: Path, directory: Path | None
) -> dict[str, Any]:
    _, rule, _ = _judged(recipe)
    folder = _run(recipe, seed, runs, directory)
    provenance = json.loads((folder / PROVENANCE_FILE).read_text(encoding="utf-8"))
    dev = json.loads((folder / RESULTS_FILE).read_text(encoding="utf-8"))
    result = score(test.documents, predictions(folder, test), rule)
    intervals = f1_intervals(result)
    row = {
        "seed": seed,
        "trained_by": provenance["code"],
        **_history(provenance),
        "dev": {"split": dev["split"], "f1": dev["f1"]},
        "test": {
            "f1": {name: result.f1(name) for name in result.scores},
            "interval_95": {name: [i.low, i.high] for name, i in intervals.items()},
            "macro_f1": _macro(result),
        },
    }
    figures = " · ".join(f"{name} {100 * f1:.1f}" for name, f1 in row["test"]["f1"].items())
    print(f"{recipe.name}, seed {seed}, {test.name}, {rule}: {figures}")
    return row


def _history(provenance: dict[str, Any]) -> dict[str, Any]:
    """What a run, or each run of a combination, learnt from."""
    if "members" in provenance:
        return {"members": {n: _history(each) for n, each in provenance["members"].items()}}
    return {
        "data": provenance["data"],
        "shortened": {name: part["shortened"] for name, part in provenance["coverage"].items()},
    }


def _macro(result: Result) -> dict[str, float]:
    """Means over labels of the scores that judge labels."""
    labelled = result.groups.get("label", {})
    return {name: result.macro_f1("label", name) for name in labelled}


def _run(recipe: Recipe | Combination, seed: int, runs: Path, directory: Path | None) -> Path:
    folder = run_folder(recipe.name, seed, runs)
    if isinstance(recipe, Combination):
        combine(recipe, folder, directory, resume=folder.exists())
        return folder
    seeded = load_recipe(recipe.name, (f"training.seed={seed}",))
    carry_out(seeded, folder, directory, resume=folder.exists())
    return folder


def run_folder(name: str, seed: int, runs: Path) -> Path:
    """Where the run of a recipe with a seed lies."""
    return runs / (name if seed == SEEDS[0] and name in _built_upon() else f"{name}-{seed}")


@cache
def _built_upon() -> frozenset[str]:
    """The recipes that others start from, and those whose answers others learn."""
    every = [load_recipe(name) for name in shipped()]
    teachers = (recipe.distillation.teacher for recipe in every if recipe.distillation)
    return frozenset((*(recipe.start for recipe in every), *teachers))


def predictions(folder: Path, test: Split) -> list[Document]:
    """What the model of a run says of a split; read back where it was predicted before."""
    path = folder / f"predictions.{test.name.replace(':', '-')}.jsonl"
    if not path.is_file():
        documents = predict_run(folder, test.documents)
        formats.write(documents, path, "jsonl")
    return list(formats.read(path))


def compared(
    first: Recipe | Combination,
    second: Recipe | Combination,
    seeds: list[int],
    runs: Path,
    directory: Path | None,
    results: Path = RESULTS,
) -> None:
    """Write what the second of two measured recipes gains over the first."""
    test_split, rule, primary = _judged(second)
    test = split(test_split, directory)
    rows, differences = [], []
    for seed in seeds:
        with_, without = (
            score(test.documents, predictions(run_folder(r.name, seed, runs), test), rule)
            for r in (second, first)
        )
        found = compare(with_, without, primary)
        differences.append(found.difference)
        rows.append(
            {
                "seed": seed,
                "difference": found.difference,
                "interval_95": [found.low, found.high],
                "p": found.p,
            }
        )
        print(
            f"{second.name} over {first.name}, seed {seed}: {100 * found.difference:+.1f} "
            f"[{100 * found.low:+.1f}, {100 * found.high:+.1f}]"
        )
    write_result(
        f"ideas/{first.name}--{second.name}",
        {
            "command": f"python benchmarks/recipes.py --compare {first.name} {second.name} --seeds "
            + ",".join(map(str, seeds)),
            "without": first.name,
            "with": second.name,
            "protocol": rule,
            "score": primary,
            "test": {"split": test_split, "sha256": data_hash(test.documents)},
            "seeds": rows,
            "mean": statistics.mean(differences),
            "machine": machine(),
        },
        results,
    )


if __name__ == "__main__":
    main()
