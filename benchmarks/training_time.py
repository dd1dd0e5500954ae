"""How long training takes until dev reaches a score, read from finished runs.

    python benchmarks/training_time.py RUN... [--reach 30]

Runs are compared where rule, score and dev documents are the same. The score to reach is
``--reach``, in per cent, or the highest whole per cent that all of them reached. Seconds are those
of work, evaluations included, interruptions not; other work on the machine makes them longer.
Writes ``benchmarks/results/training_time.json``.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from pathlib import Path
from typing import Any

from common import RESULTS, write_result

from relatome.recipes import load_recipe
from relatome.training.folder import PROVENANCE_FILE, RECIPE_FILE, RESULTS_FILE
from relatome.training.trainer import METRICS_FILE, TIMES_FILE


def main() -> None:
    """Read, print, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("runs", nargs="+", type=Path, metavar="RUN")
    parser.add_argument("--reach", type=float)
    parser.add_argument("--results", type=Path, default=RESULTS)
    options = parser.parse_args()
    rows = [read(folder) for folder in options.runs]
    judged = {(row["protocol"], row["score"], row["dev"]) for row in rows}
    if len(judged) > 1:
        sys.exit("These runs were judged by different scores, or on other dev documents.")
    reach = options.reach
    if reach is None:
        reach = math.floor(100 * min(row["best"] for row in rows))
    for row in rows:
        row["seconds_to_reach"] = next(
            (each["seconds"] for each in row["evaluations"] if 100 * each["f1"] >= reach), None
        )
        print(f"{row['run']}: {row['seconds_to_reach']} s to {reach:g}, {row['seconds']:.0f} s")
    protocol, name, dev = judged.pop()
    result = {
        "command": " ".join(["python benchmarks/training_time.py", *map(str, options.runs)]),
        "protocol": protocol,
        "score": name,
        "dev": dev,
        "reach": reach / 100,
        "runs": rows,
    }
    write_result("training_time", result, options.results)


def read(folder: Path) -> dict[str, Any]:
    """What a finished run came to, and when."""
    for file in (RESULTS_FILE, TIMES_FILE):
        if not (folder / file).is_file():
            sys.exit(
                f"{folder} has no {file}: it is not finished, or was trained before there was one."
            )
    recipe = load_recipe(str(folder / RECIPE_FILE))
    provenance = json.loads((folder / PROVENANCE_FILE).read_text(encoding="utf-8"))
    scores = {
        entry["step"]: entry["eval_score"]
        for entry in _lines(folder / METRICS_FILE)
        if "eval_score" in entry
    }
    evaluations = [
        {"seconds": each["seconds"], "f1": scores[each["step"]]}
        for each in _lines(folder / TIMES_FILE)
    ]
    results = json.loads((folder / RESULTS_FILE).read_text(encoding="utf-8"))
    return {
        "run": folder.name,
        "recipe": recipe.name,
        "encoder": recipe.encoder.name,
        "encoding": recipe.encoding.__struct_config__.tag,
        "seed": recipe.training.seed,
        "protocol": recipe.selection.rule,
        "score": recipe.selection.score,
        "dev": provenance["data"][results["split"]],
        "evaluations": evaluations,
        "best": max(each["f1"] for each in evaluations),
        "seconds": evaluations[-1]["seconds"],
        "trained_by": provenance["code"],
        "machine": provenance["machine"],
    }


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


if __name__ == "__main__":
    main()
