"""Memory of a process that reads raw text, after a thousand documents and after many more.

    python benchmarks/memory.py [--model small] [--corpora DIR] [--documents 10000]

The texts are those of the BioRED test split, again and again. Writes
``benchmarks/results/memory.json``.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import msgspec

from relatome import corpora
from relatome.pipeline import load

FIRST = 1_000


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", default="small")
    parser.add_argument("--corpora", type=Path)
    parser.add_argument("--documents", type=int, default=10 * FIRST)
    options = parser.parse_args()
    split = corpora.load("biored", "test", options.corpora)
    texts = [document.without_annotations() for document in split.documents]
    many = (
        msgspec.structs.replace(texts[number % len(texts)], id=str(number))
        for number in range(options.documents)
    )
    found = {}
    for number, _ in enumerate(load(options.model)(many), start=1):
        if number in (FIRST, options.documents):
            found[str(number)] = {"now_mb": _status("VmRSS"), "peak_mb": _status("VmHWM")}
            print(number, found[str(number)])
    # Here, because what describes the machine brings torch along, which would be counted.
    from common import machine, write_result

    write_result(
        "memory",
        {
            "command": f"python benchmarks/memory.py --documents {options.documents}",
            "protocol": f"raw text of {split.name}, repeated",
            "data": {split.name: corpora.data_hash(split.documents)},
            "after_documents": found,
            "machine": machine(),
        },
    )


def _status(name: str) -> float:
    """A figure of this process, in MB."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return float(status.split(f"{name}:")[1].split()[0]) / 1024


if __name__ == "__main__":
    main()
