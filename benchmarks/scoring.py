"""Speed of scoring: every rule on the gold of a corpus of its own, and the test of `compare`.

    python benchmarks/scoring.py [--corpora DIR]

Needs local copies of BioRED, BioREDirect, DrugProt, ChemProt, DDI, BC5CDR and BioInfer. The
prediction is the gold with a fifth of its relations left out and as many invented, drawn with a
fixed seed. The best of `ROUNDS` rounds is kept: the machine may have other work, which can only
make a round slower. Writes ``benchmarks/results/scoring.json``.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from common import machine, write_result

from relatome import corpora
from relatome.data import Document, Relation
from relatome.scoring import score
from relatome.scoring.compare import RESAMPLES, compare

ROUNDS = 7
SPLITS = {
    "biored-8": "biored:test",
    "biored-5": "biored:test",
    "biored-direction": "bioredirect:test",
    "drugprot": "drugprot:dev",
    "drugprot-script": "drugprot:dev",
    "chemprot": "chemprot:test",
    "ddi": "ddi:test",
    "bc5cdr-cid": "bc5cdr:test",
    "bc5cdr-cid-script": "bc5cdr:test",
    "ppi": "bioinfer:all",
}
PROTOCOL = (
    "documents in memory, gold against a prediction with a fifth missing and a fifth invented; "
    f"one process, one thread; best of {ROUNDS} rounds"
)


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--corpora", type=Path)
    directory = parser.parse_args().corpora
    results: dict[str, dict[str, object]] = {}
    for rule, reference in SPLITS.items():
        name, _, split = reference.partition(":")
        gold = corpora.load(name, split, directory).documents
        predicted = [_answer(document, seed) for seed, document in enumerate(gold)]
        result = score(gold, predicted, rule)
        results[rule] = {
            "split": reference,
            "documents": len(gold),
            "relations": sum(len(document.relations) for document in gold),
            "seconds": _seconds(partial(score, gold, predicted, rule)),
        }
        if rule == "drugprot":
            other = score(gold, [_answer(d, -seed - 1) for seed, d in enumerate(gold)], rule)
            compared = {
                "split": reference,
                "documents": len(gold),
                "resamples": RESAMPLES,
                "seconds": _seconds(partial(compare, result, other)),
            }
    for rule, figures in results.items():
        print(f"{rule:18} {figures['split']:18} {figures['seconds']:6.3f} s")
    print(f"{'compare':18} {compared['split']:18} {compared['seconds']:6.3f} s")
    write_result(
        "scoring",
        {"protocol": PROTOCOL, "results": results, "compare": compared, "machine": machine()},
    )


def _answer(document: Document, seed: int) -> Document:
    """The document with a fifth of its relations left out, and as many invented."""
    draw = random.Random(seed)
    kept = [relation for relation in document.relations if draw.random() >= 0.2]
    ends = sorted(document.entity_by_id)
    labels = [relation.type for relation in document.relations]
    invented = [
        _invented(draw, ends, labels)
        for _ in range(len(document.relations) - len(kept))
        if len(ends) > 1
    ]
    return document.with_relations((*kept, *invented))


def _invented(draw: random.Random, ends: list[str], labels: list[str]) -> Relation:
    head, tail = draw.sample(ends, 2)
    return Relation(head, tail, draw.choice(labels))


def _seconds(work: Callable[[], object]) -> float:
    times: Sequence[float] = [_once(work) for _ in range(ROUNDS)]
    return round(min(times), 4)


def _once(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
