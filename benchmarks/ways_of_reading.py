"""Speed of document and pair encoding by weights and cores, given entities.

    python benchmarks/ways_of_reading.py DOCUMENT_RUN PAIR_RUN [--documents 100] [--corpora DIR]

Both runs are exported and read BioRED test abstracts, spread over the whole split, in a process of
their own for each kind of weights and number of cores: abstracts per second, peak memory, and
seconds from the start of the process to the first answer. Writes
``benchmarks/results/ways_of_reading.json``.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from relatome.runtime import Weights

SPLIT = ("biored", "test")
WEIGHTS: tuple[Weights, ...] = ("fp32", "bf16", "int8")
CORES = (1, 2)
SHARE = 10  # of pair encoding, which takes many times as long, one document for so many


def main() -> None:
    """Export, measure each way in a fresh process, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("runs", nargs="*", type=Path, metavar="RUN")
    parser.add_argument("--documents", type=int, default=100)
    parser.add_argument("--corpora", type=Path)
    parser.add_argument("--results", type=Path)
    parser.add_argument("--one", nargs=3, metavar=("MODEL", "WEIGHTS", "CORES"))
    options = parser.parse_args()
    if options.one:
        model, weights, cores = options.one
        print(json.dumps(one(Path(model), weights, int(cores), options)))
        return
    from common import RESULTS, machine, write_result

    from relatome import corpora
    from relatome.recipes import load_recipe
    from relatome.training.export import export_run
    from relatome.training.folder import RECIPE_FILE

    rows = []
    with tempfile.TemporaryDirectory() as temporary:
        for run in options.runs:
            recipe = load_recipe(str(run / RECIPE_FILE))
            encoding = recipe.encoding.__struct_config__.tag
            model = Path(temporary) / recipe.name
            export_run(run, model, None)
            count = options.documents if encoding == "document" else options.documents // SHARE
            for weights in WEIGHTS:
                for cores in CORES:
                    figures = _fresh(model, weights, cores, max(1, count), options.corpora)
                    row = {
                        "encoding": encoding,
                        "recipe": recipe.name,
                        "weights": weights,
                        "cores": cores,
                        **figures,
                    }
                    print(row)
                    rows.append(row)
    documents = corpora.load(*SPLIT, options.corpora).documents
    result = {
        "command": " ".join(["python benchmarks/ways_of_reading.py", *map(str, options.runs)]),
        "protocol": f"{':'.join(SPLIT)}, given entities, every n-th abstract, once",
        "data": {":".join(SPLIT): corpora.data_hash(documents)},
        "ways": rows,
        "machine": machine(),
    }
    write_result("ways_of_reading", result, options.results or RESULTS)


def _fresh(
    model: Path, weights: Weights, cores: int, documents: int, corpora: Path | None
) -> dict[str, Any]:
    command = [sys.executable, __file__, "--one", str(model), weights, str(cores)]
    command += ["--documents", str(documents)]
    if corpora is not None:
        command += ["--corpora", str(corpora)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def one(model: Path, weights: Weights, cores: int, options: argparse.Namespace) -> dict[str, Any]:
    """Measure in this process; libraries are loaded only now that it is bound to its cores."""
    started = time.perf_counter()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])
    from relatome import corpora
    from relatome.pipeline import load
    from relatome.runtime import cores as usable

    every = corpora.load(*SPLIT, options.corpora).documents
    documents = every[:: max(1, len(every) // options.documents)][: options.documents]
    reading = time.perf_counter()
    extract = load(str(model), weights=weights)
    next(iter(extract(documents[:1])))
    first = time.perf_counter()
    for _ in extract(documents):
        pass
    seconds = time.perf_counter() - first
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return {
        "usable_cores": usable(),
        "documents": len(documents),
        "documents_per_second": len(documents) / seconds,
        "first_answer_seconds": first - reading,
        "start_seconds": first - started,
        "peak_mb": float(status.split("VmHWM:")[1].split()[0]) / 1024,
    }


if __name__ == "__main__":
    main()
