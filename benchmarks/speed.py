"""Speed of extraction: from raw text, with given entities, and of the bare encoder passes.

    python benchmarks/speed.py [--model small] [--corpora DIR] [--pair-documents 4]

All ways of reading run alternately in one process, with the same weights and threads, so their
ratios hold on a noisy machine. Beside them stand one sequence per pair, and start-up. Writes
``benchmarks/results/speed.json``.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import numpy as np
from common import machine, write_result

from relatome import corpora, formats
from relatome.data import Document
from relatome.encode import ENCODER_INPUTS, EncodedDocument, encoder_batch
from relatome.encode.mention_tags import token_windows, window_batch
from relatome.pipeline import load
from relatome.runtime import Model, Tagger, cores, in_order

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
    texts = [document.without_annotations() for document in documents]
    extract = load(options.model)
    model, tagger = extract.model, extract.tagger
    assert isinstance(tagger, Tagger)
    fast = load(options.model, weights="bf16")
    consume(fast(texts[:4]))
    encoded = encoded_by(model, documents)
    # every n-th document, so that the sample has the lengths and pairs of the whole
    sample = encoded[:: max(1, len(encoded) // options.pair_documents)]
    relation_passes = bare_relations(model, encoded)
    tagger_passes = bare_tagger(tagger, texts)

    def passes_of_texts() -> None:
        at_once(tagger_passes)
        at_once(relation_passes)

    ways: dict[str, tuple[int, Callable[[], object]]] = {
        "raw text": (len(texts), lambda: consume(extract(texts))),
        "given entities": (len(documents), lambda: consume(extract(documents))),
        "bare passes, raw text": (len(texts), passes_of_texts),
        "bare passes, given entities": (len(documents), lambda: at_once(relation_passes)),
        "one sequence per pair": (
            len(sample),
            lambda: consume(in_order(lambda e: pair_passes(model, e), sample, cores())),
        ),
        "raw text, bf16": (len(texts), lambda: consume(fast(texts))),
        "given entities, bf16": (len(documents), lambda: consume(fast(documents))),
        "sample": (len(sample), lambda: consume(in_order(model.relations, sample, cores()))),
    }
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, (count, work) in ways.items():
            started = time.perf_counter()
            work()
            rates[name].append(count / (time.perf_counter() - started))
    middle = {name: statistics.median(each) for name, each in rates.items()}
    ratios = {
        "raw text to its bare passes": middle["raw text"] / middle["bare passes, raw text"],
        "given entities to their bare passes": middle["given entities"]
        / middle["bare passes, given entities"],
        "given entities to one sequence per pair": middle["sample"]
        / middle["one sequence per pair"],
    }
    for name, rate in middle.items():
        print(f"{name}: {rate:.2f} abstracts/s")
    for name, ratio in ratios.items():
        print(f"{name}: {ratio:.2f}")
    starts = start_up(options.model, documents[0])
    for name, figures in starts.items():
        print(f"{name}: {figures['seconds_median']:.2f} s, {figures['peak_mb']:.0f} MB")
    write_result(
        "speed",
        {
            "command": "python benchmarks/speed.py",
            "protocol": f"{len(documents)} BioRED test abstracts, {model.weights}, "
            f"{ROUNDS} alternating rounds, medians",
            "abstracts_per_second": middle,
            "rounds": rates,
            "ratios": ratios,
            "pair_passes": sum(len(e.pairs) * len(e.window_ids) for e in sample),
            "start_up": starts,
            "machine": machine(),
        },
    )


def encoded_by(model: Model, documents: Iterable[Document]) -> list[EncodedDocument]:
    """Documents as a model of document encoding reads them, those that have a candidate pair."""
    found = [each for each in map(model.encode, documents) if each is not None]
    encoded = [each for each in found if isinstance(each, EncodedDocument)]
    if len(encoded) != len(found):
        raise SystemExit("The model does not read a document in one pass: name one that does.")
    return encoded


def consume(results: Iterable[object]) -> None:
    """Take all results."""
    for _ in results:
        pass


def at_once(passes: list[Callable[[], object]]) -> None:
    """Make all passes, as many at a time as the pipeline works on documents."""
    consume(in_order(lambda work: work(), passes, cores()))


def bare_relations(model: Model, encoded: list[EncodedDocument]) -> list[Callable[[], object]]:
    """The encoder passes of relations, their arrays made beforehand."""
    batches = [encoder_batch([each], 0) for each in encoded]
    feeds = [{name: batch[name] for name in ENCODER_INPUTS} for batch in batches]
    return [partial(model.run_encoder, feed) for feed in feeds]


def bare_tagger(tagger: Tagger, texts: list[Document]) -> list[Callable[[], object]]:
    """The passes of the tagger, their arrays made beforehand."""
    cut = [token_windows(d.text, tagger.tokenizer, tagger.settings.encoding) for d in texts]
    feeds = [window_batch(each.ids, tagger.tokenizer.pad_id) for each in cut]
    return [partial(tagger.run, feed) for feed in feeds]


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


def start_up(model: str, document: Document) -> dict[str, dict[str, float]]:
    """Wall seconds (median) and peak memory of fresh processes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "one.pubtator"
        formats.write([document], path, "pubtator")
        text = Path(folder) / "one.txt"
        formats.write([document.without_annotations()], text, "text")
        commands = {
            "relatome --help": ["--help"],
            "relatome extract, one abstract": ["extract", str(path), "--model", model],
            "relatome extract, one text": ["extract", str(text), "--model", model],
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
