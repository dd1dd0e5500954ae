"""Mentions and relations from one encoder pass, beside two: what it costs on BioRED.

    relatome train one-pass-minilm --output runs/one-pass-minilm
    relatome train c-baseline-minilm --output runs/c-baseline-minilm
    python benchmarks/one_pass.py runs/one-pass-minilm runs/c-baseline-minilm [--tagger small]
                                  [--corpora DIR] [--check]

The first run reads the bare text once, for a head that finds mentions and, with the types of
mentions added to the encoder's output, for relations. The second is the same recipe with the types
at the encoder's input and without the head, so that a tagger needs a pass of its own; that of
`--tagger`, which learnt from more corpora than BioRED. Relations are scored between annotated
entities under `biored-8`, mentions by span and type. Writes ``benchmarks/results/one_pass.json``
and the table of ``docs/tagging.md``; with ``--check`` it only says whether that is up to date.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from common import RESULTS, machine, write_result
from tables import ROOT, filled

from relatome import corpora
from relatome.data import Document
from relatome.encode import DocumentEncoding, Tokenizer
from relatome.encode.mention_tags import token_windows
from relatome.pipeline import find_model
from relatome.runtime import Tagger
from relatome.scoring import score
from relatome.scoring.intervals import f1_intervals
from relatome.scoring.mentions import COMPARISONS, compare_mentions, mention_counts
from relatome.training.ensemble import LoadedModel, load_run, predict
from relatome.training.tagger import tagger_of

SPLITS = ("dev", "test")
PROTOCOL = "biored-8"
ONE, TWO = "one pass", "two passes"
PAGE = ROOT / "docs" / "tagging.md"
RESULT = RESULTS / "one_pass.json"

Tag = Callable[[Sequence[Document]], Sequence[Document]]


def main() -> None:
    """Score, print, write; or check the page."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("run", type=Path, nargs="?")
    parser.add_argument("baseline", type=Path, nargs="?")
    parser.add_argument("--tagger", default="small")
    parser.add_argument("--corpora", type=Path)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    if options.check:
        if PAGE.read_text(encoding="utf-8") != _page():
            sys.exit(f"{PAGE.name} differs from {RESULT.name}: run benchmarks/one_pass.py")
        return
    if options.run is None or options.baseline is None:
        parser.error("name a run of one-pass-minilm and one of c-baseline-minilm")
    splits = [corpora.load("biored", name, options.corpora) for name in SPLITS]
    one, two = load_run(options.run), load_run(options.baseline)
    joint = tagger_of(one.model, one.tokenizer, one.settings)
    alone = Tagger(find_model(options.tagger))

    def tag_alone(documents: Sequence[Document]) -> list[Document]:
        return [alone(document) for document in documents]

    systems: dict[str, Any] = {ONE: {}, TWO: {}}
    for split in splits:
        gold = split.documents
        read = {ONE: _windows(gold, one.tokenizer, one.settings.encoding)}
        read[TWO] = _windows(gold, two.tokenizer, two.settings.encoding) + _windows(
            gold, alone.tokenizer, alone.settings.encoding
        )
        for name, loaded, tag in ((ONE, one, joint.tag), (TWO, two, tag_alone)):
            found = measured(gold, loaded, tag, joint.settings.types)
            systems[name][split.name] = {"windows_per_document": read[name], **found}
            print(split.name, name, found["relations"]["f1"], found["entities"]["all"])
    write_result(
        "one_pass",
        {
            "command": "python benchmarks/one_pass.py RUN BASELINE",
            "protocol": f"{PROTOCOL}, annotated entities; mentions by span and type",
            "data": {split.name: corpora.data_hash(split.documents) for split in splits},
            "runs": {ONE: _run(options.run), TWO: _run(options.baseline)},
            "tagger": f"{alone.folder.manifest.name} {alone.folder.manifest.version}",
            "systems": systems,
            "machine": machine(),
        },
    )
    PAGE.write_text(_page(), encoding="utf-8")


def measured(
    gold: Sequence[Document], loaded: LoadedModel, tag: Tag, types: Sequence[str]
) -> dict[str, Any]:
    """Scores of relations between annotated entities, and of the mentions found in the text."""
    result = score(gold, predict([loaded], gold), PROTOCOL)
    intervals = f1_intervals(result)
    tagged = tag([document.without_annotations() for document in gold])
    counts = mention_counts(gold, tagged, types)
    ways = compare_mentions(gold, tagged, types)
    return {
        "relations": {
            "f1": {name: result.f1(name) for name in result.scores},
            "interval_95": {
                name: [intervals[name].low, intervals[name].high] for name in result.scores
            },
        },
        "entities": {
            type: {
                "precision": count.precision,
                "recall": count.recall,
                "f1": count.f1,
                **{f"nervaluate_{way}": ways[type][way] for way in COMPARISONS},
            }
            for type, count in counts.items()
        },
    }


def _windows(documents: Sequence[Document], tokenizer: Tokenizer, encoding: object) -> float:
    """Sequences that an encoder reads of a document, a mean."""
    assert isinstance(encoding, DocumentEncoding)
    return fmean(token_windows(each.text, tokenizer, encoding).windows for each in documents)


def _run(folder: Path) -> dict[str, Any]:
    """By what a run was trained, on what."""
    provenance = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
    results = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    return {
        "recipe": results["recipe"],
        "trained_by": provenance["code"],
        "data": provenance["data"],
    }


def _page() -> str:
    """The page on tagging with the table made anew, if there are results."""
    page = PAGE.read_text(encoding="utf-8")
    if not RESULT.is_file():
        return page
    systems = json.loads(RESULT.read_text(encoding="utf-8"))["systems"]
    names = list(systems[ONE]["biored:dev"]["relations"]["f1"])
    lines = [
        f"| documents | encoder | windows each | mentions F1 | {' | '.join(names)} |",
        "| --- | --- | ---: | ---: |" + " ---: |" * len(names),
    ]
    for split in systems[ONE]:
        for name, found in systems.items():
            row = found[split]
            cells = " | ".join(
                f"{100 * row['relations']['f1'][of]:.1f} ({100 * low:.1f}–{100 * high:.1f})"
                for of, (low, high) in row["relations"]["interval_95"].items()
            )
            read, mentions = row["windows_per_document"], 100 * row["entities"]["all"]["f1"]
            lines.append(f"| {split} | {name} | {read:.2f} | {mentions:.1f} | {cells} |")
    return filled(page, {"one-pass": "\n".join(lines)})


if __name__ == "__main__":
    main()
