"""Speed of extraction with gold entities, against one sequence per pair; start-up and memory.

    python benchmarks/speed.py [--model small] [--corpora DIR] [--pair-documents 4]

Both ways of reading run alternately in one process, with the same encoder weights and threads, so
their ratio holds on a noisy machine. Writes ``benchmarks/results/speed.json``.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from common import machine, write_result

from relatome import corpora, formats
from relatome.encode import ENCODER_INPUTS, EncodedDocument, encoder_batch
from relatome.pipeline import find_model
from relatome.runtime import Model

ROUNDS = 3
PAIR_BATCH = 8
STARTS = 7


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", default="small")
    parser.add_argument("--corpora", type=Path)
    parser.add_argument("--pair-documents", type=int, default=4)
    options = parser.parse_args()
    documents = corpora.load("biored", "test", options.corpora).documents
    model = Model(find_model(options.model))
    encoded = [e for e in map(model.encode, documents) if e is not None]
    # every n-th document, so that the sample has the lengths and pairs of the whole
    sample = encoded[:: max(1, len(encoded) // options.pair_documents)]
    by_document, by_pair = [], []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        for document in documents:
            entry = model.encode(document)
            if entry is not None:
                model.relations(entry)
        by_document.append(len(documents) / (time.perf_counter() - started))
        started = time.perf_counter()
        passes = sum(pair_passes(model, entry) for entry in sample)
        by_pair.append(len(sample) / (time.perf_counter() - started))
    # The sample's documents may be easier or harder than all; compare over the same ones.
    started = time.perf_counter()
    for entry in sample:
        model.relations(entry)
    sample_rate = len(sample) / (time.perf_counter() - started)
    ratio = sample_rate / statistics.median(by_pair)
    print(f"document encoding: {statistics.median(by_document):.1f} abstracts/s")
    print(f"one sequence per pair: {statistics.median(by_pair):.3f} abstracts/s ({passes} passes)")
    print(f"ratio on the same {len(sample)} documents: {ratio:.1f}")
    starts = start_up(options.model, documents[0])
    for name, figures in starts.items():
        print(f"{name}: {figures['seconds_median']:.2f} s, {figures['peak_mb']:.0f} MB")
    write_result(
        "speed",
        {
            "command": "python benchmarks/speed.py",
            "protocol": f"{len(documents)} BioRED test abstracts, gold entities, "
            f"{model.weights}, {ROUNDS} alternating rounds, medians",
            "abstracts_per_second": {"rounds": by_document},
            "pair_encoding_abstracts_per_second": {"rounds": by_pair, "passes": passes},
            "ratio": ratio,
            "start_up": starts,
            "machine": machine(),
        },
    )


def pair_passes(model: Model, encoded: EncodedDocument) -> int:
    """Run the encoder once per candidate over the whole document; return the number of passes.

    The sequences carry the type tags of all entities rather than markers around two: they are
    no longer than marked ones would be, so this flatters the pair encoding if anything. Pooling
    and classification, which cost little, are left out of it altogether.
    """
    arrays = encoder_batch([encoded], 0)
    for start in range(0, len(encoded.pairs), PAIR_BATCH):
        copies = min(PAIR_BATCH, len(encoded.pairs) - start)
        feed = {name: np.repeat(arrays[name], copies, axis=0) for name in ENCODER_INPUTS}
        model.run_encoder(feed)
    return len(encoded.pairs) * len(encoded.window_ids)


def start_up(model: str, document: object) -> dict[str, dict[str, float]]:
    """Wall seconds (median) and peak memory of fresh processes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "one.pubtator"
        formats.write([document], path, "pubtator")
        commands = {
            "relatome --help": ["--help"],
            "relatome extract, one abstract": ["extract", str(path), "--model", model],
        }
        return {name: _fresh(arguments) for name, arguments in commands.items()}


# Runs the command line in a fresh interpreter and tells the peak memory of that process alone.
_TOLD = """
import atexit, pathlib, sys
def tell():
    status = pathlib.Path("/proc/self/status").read_text()
    print("VmHWM", status.split("VmHWM:")[1].split()[0], file=sys.stderr)
atexit.register(tell)
from relatome.cli import main
main()
"""


def _fresh(arguments: list[str]) -> dict[str, float]:
    seconds = []
    for _ in range(STARTS):
        started = time.perf_counter()
        command = [sys.executable, "-c", _TOLD, *arguments]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        seconds.append(time.perf_counter() - started)
    peak = float(done.stderr.rsplit("VmHWM", 1)[1]) / 1024
    return {"seconds_median": statistics.median(seconds), "peak_mb": peak}


if __name__ == "__main__":
    main()
