"""Documents for a student to learn from besides: abstracts tagged with all six types of entities.

    python benchmarks/unlabelled.py [--text DIR] [--corpora DIR] [--output runs/unlabelled]

The recipe `flagship` names what this writes. The abstracts are those of four corpora that BioRED's
were drawn from; each of these corpora marks one or a few types only, so that its entities are left
out and all types are tagged anew by relatome-small. What is in BioRED, or in any dev or test split
at hand, is left out, by id and by text. Relations are found along the way and left out, too:
what a student learns of these documents is what its teacher says.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from relatome import corpora
from relatome.corpora.overlap import Index
from relatome.data import Document
from relatome.formats import read, write
from relatome.pipeline import load
from relatome.training.adaptation import evaluation_splits

SOURCES = ("gnormplus", "ncbi_disease", "nlm_gene", "tmvar3")
TEXT = Path(__file__).resolve().parents[2] / "shared" / "text" / "annotated"
OUTPUT = Path("runs") / "unlabelled"
DESCRIPTION = """name = "unlabelled"
title = "Abstracts tagged by relatome-small, without relations"
schema = "biored"

[splits.train]
role = "train"
files = ["documents.jsonl"]
"""


def main() -> None:
    """Read, leave out, tag, write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--text", type=Path, default=TEXT)
    parser.add_argument("--corpora", type=Path)
    parser.add_argument("--output", type=Path, default=OUTPUT)
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    found = list(unknown(options.text, options.corpora))
    print(f"{len(found)} abstracts are neither in BioRED nor in a dev or test split", flush=True)
    tagged = (document.with_relations(()) for document in load("small")(found))
    write(
        (document for document in tagged if document.mentions),
        options.output / "documents.jsonl",
        "jsonl",
    )
    (options.output / "unlabelled.toml").write_text(DESCRIPTION, encoding="utf-8")


def unknown(folder: Path, directory: Path | None) -> Iterator[Document]:
    """The abstracts of `SOURCES`, each once, without those that are learnt from or judged on."""
    known = [*evaluation_splits(directory), corpora.load("biored", "train", directory)]
    index = Index(document for split in known for document in split.documents)
    seen: set[str] = set()
    for source in SOURCES:
        # One file holds a document twice: the copy is named, and left out.
        for document in read(folder / f"{source}.pubtator.gz", on_error=print):
            if document.id not in seen and not index.find(document):
                seen.add(document.id)
                yield document.without_annotations()


if __name__ == "__main__":
    main()
