"""How long it takes to read and check every corpus that has a local copy.

    python benchmarks/corpora.py [--corpora DIR]

Every split is read (checksum, offsets, references), every corpus examined as ``relatome check``
does: its own splits, what candidates reach, and the documents it shares with all others. One
process; the target is 20 seconds on two cores. Writes ``benchmarks/results/corpora.json``.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections import defaultdict
from pathlib import Path

from common import machine, write_result

from relatome.corpora import CORPORA, load, present
from relatome.corpora.check import examine
from relatome.corpora.overlap import Library
from relatome.data import Split

TARGET = 20.0  # seconds
PROTOCOL = (
    "every split present read with checksums, offsets and references verified, then every corpus "
    "examined against all others; one process; wall clock and processor seconds"
)


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--corpora", type=Path)
    directory = parser.parse_args().corpora
    results: dict[str, dict[str, float]] = defaultdict(dict)
    splits: dict[str, list[Split]] = defaultdict(list)
    begun = _clock()
    for entry, split in present(directory):
        started = _clock()
        splits[entry.name].append(load(entry.name, split.name, directory))
        _add(results[entry.name], "read", started)
    started = _clock()
    library = Library(split for each in splits.values() for split in each)
    indexing = time.perf_counter() - started[0]
    for name, own in splits.items():
        started = _clock()
        others = [split for other, each in splits.items() if other != name for split in each]
        report = examine(name, own, CORPORA[name].schema, known=others, library=library)
        results[name] |= {
            "documents": sum(split.documents for split in report.splits),
            "relations": report.gold,
            "candidates": report.candidates,
            "errors": report.errors,
            "notes": report.notes,
        }
        _add(results[name], "check", started)
    wall, processor = (now - then for now, then in zip(_clock(), begun, strict=True))
    total = {
        "corpora": len(splits),
        "documents": sum(int(result["documents"]) for result in results.values()),
        "indexing_seconds": round(indexing, 2),
        "seconds": round(wall, 2),
        "processor_seconds": round(processor, 2),
        "target_seconds": TARGET,
        "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    print(f"{PROTOCOL}\n{machine()}")
    for name, result in results.items():
        print(
            f"{name:18} {result['documents']:6,} documents  read {result['read_seconds']:6.2f} s  "
            f"check {result['check_seconds']:6.2f} s  {result['errors']:4} errors"
        )
    print(", ".join(f"{key} {value:,}" for key, value in total.items()))
    write_result(
        "corpora",
        {"protocol": PROTOCOL, "total": total, "results": dict(results), "machine": machine()},
    )


def _clock() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def _add(result: dict[str, float], what: str, started: tuple[float, float]) -> None:
    seconds = time.perf_counter() - started[0]
    result[f"{what}_seconds"] = round(result.get(f"{what}_seconds", 0.0) + seconds, 3)


if __name__ == "__main__":
    main()
