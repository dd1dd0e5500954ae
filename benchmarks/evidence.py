"""How often the evidence of a relation is the sentence that states it, and what it costs.

    python benchmarks/evidence.py [--model small] [--split dev] [--corpora DIR]

DrugProt annotates relations between single mentions, so it tells in which sentence each stands. Its
mentions are taken together to entities by their names, the model reads the document as a whole,
and its evidence for every annotated pair is compared with the sentences of the annotation, beside
two choices that need no model. On BioRED, which does not tell sentences, it is counted what the
evidence of the asserted relations mentions. The cost is the processor time of reading documents
with and without evidence, alternately, on one thread. Writes ``benchmarks/results/evidence.json``.
The rule of `relatome.encode.evidence` was chosen with ``--split train``, which writes nothing.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec
import onnx
from common import machine, write_result

from relatome import corpora
from relatome.data import Document, Mention, Span, sentence_of, sentences
from relatome.encode import Asked, decode
from relatome.pipeline import find_model
from relatome.runtime import Model
from relatome.runtime.folder import ATTENTION, PAIRS, write_manifest

ROUNDS = 5
TIMED = 20  # documents
TYPES = {"CHEMICAL": "ChemicalEntity", "GENE": "GeneOrGeneProduct"}


class Judged(NamedTuple):
    """An annotated pair: its sentences, what each way chose, and what could be chosen."""

    gold: set[int]
    chosen: dict[str, list[int]]
    together: int
    asserted: bool


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", default="small")
    parser.add_argument("--split", default="dev", choices=("train", "dev"))
    parser.add_argument("--corpora", type=Path)
    options = parser.parse_args()
    model = Model(find_model(options.model))
    drugprot = corpora.load("drugprot", options.split, options.corpora)
    found = [each for document in drugprot.documents for each in judged(model, document)]
    pairs = {
        "all": found,
        "several sentences mention both": [each for each in found if each.together > 1],
        "of these, asserted": [each for each in found if each.together > 1 and each.asserted],
    }
    of_sentences = {name: figures(rows) for name, rows in pairs.items()}
    for name, rows in of_sentences.items():
        print(name, rows)
    if options.split == "train":
        return
    biored = corpora.load("biored", "dev", options.corpora)
    mentioned = of_mentions(model, biored.documents)
    print(mentioned)
    cost = cpu_seconds(options.model, biored.documents[:TIMED])
    print(cost)
    write_result(
        "evidence",
        {
            "command": "python benchmarks/evidence.py",
            "model": f"{model.folder.manifest.name} {model.folder.manifest.version}, "
            f"{model.weights}",
            "data": {s.name: corpora.data_hash(s.documents) for s in (drugprot, biored)},
            "sentences": of_sentences,
            "mentions": mentioned,
            "cost": cost,
            "machine": machine(),
        },
    )


def judged(model: Model, document: Document) -> Iterator[Judged]:
    """The annotated pairs of a document of DrugProt whose two mentions share a sentence."""
    spans = sentences(document)
    mentions = {mention.id: mention for mention in document.mentions}
    gold: dict[frozenset[str], set[int]] = defaultdict(set)
    for relation in document.relations:
        ends = mentions[relation.head], mentions[relation.tail]
        head, tail = (sentence_of(spans, end.span) for end in ends)
        if head is not None and head == tail:
            gold[frozenset(map(entity, ends))].add(head)
    whole = msgspec.structs.replace(
        document,
        relations=(),
        mentions=tuple(
            msgspec.structs.replace(m, type=TYPES[m.type], entity_ids=(entity(m),), fine_type="")
            for m in document.mentions
        ),
    )
    asked = model.encode(whole) if gold else None
    if asked is None:
        return
    scores = model.score(asked)
    looked = scores.evidence
    assert looked is not None, "the model does not tell what it looked at"
    read = decode(asked, scores.relation, None, model.schema, model.settings.decoding)
    asserted = {frozenset((r.head, r.tail)) for r in read.relations}
    for row, candidate in zip(looked.tolist(), asked.candidates, strict=True):
        heads, tails = (
            [whole.mentions[index] for index in whole.entities[e].mentions]
            for e in (candidate.head, candidate.tail)
        )
        pair = frozenset((entity(heads[0]), entity(tails[0])))
        if pair not in gold:
            continue
        both = sorted(holding(spans, heads) & holding(spans, tails))
        chosen = {
            "evidence": [index for index in row if index >= 0],
            "first that mentions both": both[:1],
            "nearest mentions": nearest(spans, heads, tails),
        }
        yield Judged(gold[pair], chosen, len(both), pair in asserted)


def entity(mention: Mention) -> str:
    """What a mention's entity is called: its type and its name, whatever the case."""
    return f"{TYPES.get(mention.type, mention.type)} {mention.text.lower()}"


def holding(spans: tuple[Span, ...], mentions: list[Mention]) -> set[int]:
    """The sentences that hold one of the mentions."""
    found = (sentence_of(spans, mention.span) for mention in mentions)
    return {index for index in found if index is not None}


def nearest(spans: tuple[Span, ...], heads: list[Mention], tails: list[Mention]) -> list[int]:
    """The sentence that holds both mentions of the least distance within a sentence."""
    apart = [
        (max(one.start - other.end, other.start - one.end), index)
        for one in heads
        for other in tails
        if (index := sentence_of(spans, one.span)) is not None
        and index == sentence_of(spans, other.span)
    ]
    return [min(apart)[1]] if apart else []


def figures(rows: list[Judged]) -> dict[str, object]:
    """How often the first sentence is right, and precision and recall of all."""
    result: dict[str, object] = {"pairs": len(rows)}
    for way in rows[0].chosen:
        chosen = [each.chosen[way] for each in rows]
        right = sum(len(each.gold & set(each.chosen[way])) for each in rows)
        result[way] = {
            "first_right": statistics.fmean(
                bool(each.chosen[way]) and each.chosen[way][0] in each.gold for each in rows
            ),
            "precision": right / sum(map(len, chosen)),
            "recall": right / sum(len(each.gold) for each in rows),
            "sentences": statistics.fmean(map(len, chosen)),
        }
    return result


def of_mentions(model: Model, documents: tuple[Document, ...]) -> dict[str, float]:
    """What the evidence of the asserted relations mentions."""
    counts: dict[str, int] = defaultdict(int)
    for document in documents:
        asked = model.encode(document)
        for relation in model.relations(asked).relations if asked is not None else ():
            heads, tails = (
                [document.mentions[index] for index in document.entity_by_id[id].mentions]
                for id in (relation.head, relation.tail)
            )
            evidence = tuple(sorted(relation.evidence))
            inside = [holding(evidence, each) for each in (heads, tails)]
            counts["relations"] += 1
            counts["sentences"] += len(relation.evidence)
            counts["mention_both_in_one_sentence"] += bool(inside[0] & inside[1])
            counts["mention_both"] += bool(inside[0]) and bool(inside[1])
            spans = sentences(document)
            counts["pairs_that_share_a_sentence"] += bool(
                holding(spans, heads) & holding(spans, tails)
            )
    return dict(counts)


def cpu_seconds(name: str, documents: tuple[Document, ...]) -> dict[str, object]:
    """Processor seconds per document with and without evidence, one thread, medians of rounds.

    A model keeps to the thread that asks it; only a pipeline asks several at a time.
    """
    model = Model(find_model(name))
    with tempfile.TemporaryDirectory() as folder:
        plain = Model(without_attention(model, Path(folder)))

    def silent(asked: Asked) -> None:
        scores = plain.score(asked)
        decoding = plain.settings.decoding
        decode(asked, scores.relation, scores.novelty, plain.schema, decoding, scores.direction)

    seconds: dict[str, list[float]] = {"with": [], "without": []}
    for _ in range(ROUNDS):
        took = dict.fromkeys(seconds, 0.0)
        for document in documents:
            for way, read in (("with", model.relations), ("without", silent)):
                started = time.process_time()
                asked = model.encode(document)
                if asked is not None:
                    read(asked)
                took[way] += time.process_time() - started
        for way, total in took.items():
            seconds[way].append(total / len(documents))
    ratios = [a / b for a, b in zip(seconds["with"], seconds["without"], strict=True)]
    return {"documents": len(documents), "rounds": seconds, "ratio": statistics.median(ratios)}


def without_attention(model: Model, folder: Path) -> Path:
    """The model with a pair graph that does not tell what it looked at."""
    for path in model.folder.path.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    graph = onnx.load(folder / PAIRS)
    kept = [output for output in graph.graph.output if output.name != ATTENTION]
    del graph.graph.output[:]
    graph.graph.output.extend(kept)
    onnx.save(graph, folder / PAIRS)
    manifest = model.folder.manifest
    write_manifest(folder, manifest.name, manifest.version, manifest.settings)
    return folder


if __name__ == "__main__":
    main()
