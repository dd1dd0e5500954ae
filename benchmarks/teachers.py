"""Which models teach the flagship: every set of the candidates, answering together on BioRED dev.

    python benchmarks/teachers.py [RUN...] [--corpora DIR]

Runs that are finished, by default those of the recipes that `CANDIDATES` names. The members of a
set answer as those of a combination do: by the mean of their probabilities, at the mean of the
thresholds that each was given on dev. The test split is not read. Writes
``benchmarks/results/teachers.json``.
"""

from __future__ import annotations

import argparse
from itertools import combinations
from pathlib import Path
from typing import Any

from common import machine, write_result

from relatome import corpora
from relatome.corpora import data_hash
from relatome.scoring import score
from relatome.training.ensemble import joint_settings, load_run, mean_scores, scored_by
from relatome.training.predict import decoded

CANDIDATES = (
    "c-baseline-minilm",
    "c-joint-minilm-13",
    "flagship-member-13",
    "anchored-minilm-13",
)
RULE, SCORES = "biored-8", ("pair", "pair+type", "pair+novelty", "all")


def main() -> None:
    """Score every set of runs, print, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument(
        "runs", nargs="*", type=Path, default=[Path("runs") / name for name in CANDIDATES]
    )
    parser.add_argument("--corpora", type=Path)
    options = parser.parse_args()
    dev = corpora.load("biored", "dev", options.corpora)
    models = {run.name: load_run(run) for run in options.runs}
    scored = {name: scored_by(model, dev.documents) for name, model in models.items()}
    rows: list[dict[str, Any]] = []
    for size in range(1, len(models) + 1):
        for names in combinations(models, size):
            members = zip(*(scored[name] for name in names), strict=True)
            settings = joint_settings([models[name] for name in names])
            found = decoded([mean_scores(each) for each in members], dev.documents, settings)
            result = score(dev.documents, found, RULE)
            rows.append({"members": names, "f1": {name: result.f1(name) for name in SCORES}})
            print(f"{100 * result.f1('all'):.1f} {', '.join(names)}", flush=True)
    write_result(
        "teachers",
        {
            "command": "python benchmarks/teachers.py",
            "protocol": RULE,
            "data": {dev.name: data_hash(dev.documents)},
            "sets": rows,
            "machine": machine(),
        },
    )


if __name__ == "__main__":
    main()
