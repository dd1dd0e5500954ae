"""How many pieces an abstract takes with a general vocabulary, and with one learnt from PubMed.

    python benchmarks/vocabulary.py [--text DIR] [--corpora DIR]

The vocabulary is learnt as the adaptation `minilm-vocabulary` does it, from JSON Lines of
abstracts, clear of every dev and test split at hand; nothing is trained. Pieces are counted on the
dev split of BioRED. Writes ``benchmarks/results/vocabulary.json``.
"""

from __future__ import annotations

import argparse
import hashlib
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from common import machine, write_result

from relatome import corpora
from relatome.data import Document
from relatome.encode import Tokenizer
from relatome.models import load_encoder
from relatome.recipes import MaskedWords, load_adaptation, to_plain
from relatome.training.adaptation import (
    Evaluation,
    evaluation_splits,
    published_encoder,
    read_texts,
    replacement,
)
from relatome.training.adaptation.text import Abstract
from relatome.training.adaptation.vocabulary import pieces_per_word

RECIPE = "minilm-vocabulary"
CORPUS, PART = "biored", "dev"
SPLIT = f"{CORPUS}:{PART}"
TEXT = Path(__file__).resolve().parents[2] / "shared" / "text" / "plain"
PROTOCOL = (
    f"word pieces of title and abstract on {SPLIT}, special tokens left out, by the tokenizer of "
    "the published encoder and by the one whose vocabulary is learnt from abstracts"
)


def main() -> None:
    """Learn, count, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--text", type=Path, default=TEXT)
    parser.add_argument("--corpora", type=Path)
    options = parser.parse_args()
    recipe = load_adaptation(RECIPE)
    assert isinstance(recipe, MaskedWords)
    _, before = load_encoder(published_encoder(recipe.encoder.name))
    judged = evaluation_splits(options.corpora)
    evaluation = Evaluation(document for split in judged for document in split.documents)
    texts = Hashed(text for text in read_texts([options.text]) if text not in evaluation)
    started = time.perf_counter(), time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "run"
        made = replacement(recipe, texts, before, evaluation, run, resume=False)
    assert made is not None
    wall, processor = time.perf_counter() - started[0], time.process_time() - started[1]
    dev = corpora.load(CORPUS, PART, options.corpora)
    old, new = (counted(dev.documents, each) for each in (before, made.tokenizer))
    fewer = round(1 - new["pieces_per_abstract"] / old["pieces_per_abstract"], 4)
    for name, found in (("before", old), ("after", new)):
        print(name, ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in found.items()))
    print(f"fewer pieces: {fewer:.1%}; learnt in {processor:.0f} s of processor time")
    write_result(
        "vocabulary",
        {
            "protocol": PROTOCOL,
            "command": "python benchmarks/vocabulary.py",
            "recipe": RECIPE,
            "vocabulary": to_plain(recipe)["vocabulary"],
            "before": old,
            "after": new,
            "fewer_pieces": fewer,
            "learning": {**made.facts, "texts": texts.count, "seconds": round(wall, 1)},
            "data": {
                SPLIT: corpora.data_hash(dev.documents),
                "text": texts.digest.hexdigest(),
            },
            "left_out": [split.name for split in judged],
            "machine": machine(),
        },
    )


class Hashed:
    """Texts that are counted, and hashed as `Blocks` does, while they pass."""

    def __init__(self, texts: Iterable[Abstract]) -> None:
        self.texts = texts
        self.count = 0
        self.digest = hashlib.sha256()

    def __iter__(self) -> Iterator[Abstract]:
        for text in self.texts:
            self.count += 1
            self.digest.update(f"{text.id}\n{text.whole}\n".encode())
            yield text


def counted(documents: Iterable[Document], tokenizer: Tokenizer) -> dict[str, float]:
    """Pieces per abstract, word and mention, the longest abstract, and pieces that are unknown."""
    documents = list(documents)
    pieces: list[int] = []
    mentions: list[int] = []
    unknown = 0
    for document in documents:
        tokens = tokenizer(document.text)
        pieces.append(len(tokens))
        unknown += int((tokens.ids == tokenizer.unknown_id).sum())
        spans = (tokens.covering(each.start, each.end) for each in document.mentions)
        mentions.extend(last - first for first, last in spans)
    return {
        "pieces_per_abstract": round(sum(pieces) / len(pieces), 1),
        "longest_abstract": max(pieces),
        "pieces_per_word": pieces_per_word(tokenizer, [each.text for each in documents]),
        "pieces_per_mention": round(sum(mentions) / len(mentions), 3),
        "unknown_pieces": unknown,
    }


if __name__ == "__main__":
    main()
