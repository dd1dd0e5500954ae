"""Memory, time and disk of building a graph from a synthetic scan, and of asking it.

    python benchmarks/graph.py [--relations 5000000] [--memory 1GB] [--folder DIR]

Documents name entities as often as words are used: few of them often, most of them seldom (Zipf).
Every sentence is another one. The graph is built and asked in processes of their own, whose
greatest memory is read from the system. Writes ``benchmarks/results/graph.json``.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from relatome.graph.tables import DELETIONS, DOCUMENTS, ENTITIES, RELATIONS, SCHEMAS, SHARDS

_DOCUMENTS = 25_000  # of a shard, near what a file of PubMed holds
_ENTITIES, _RELATIONS = 3, 2  # of a document
_KNOWN = 400_000  # entities of all documents
_SEED = 13
_TYPES = ("ChemicalEntity", "DiseaseOrPhenotypicFeature", "GeneOrGeneProduct")
_LABELS = ("Association", "Positive_Correlation", "Negative_Correlation", "Bind")
_FILLER = "of this study in patients and in mice, with a dose that was given twice a day, showed "

_BUILD = """
import sys
from relatome.graph import build
build([sys.argv[1]], sys.argv[2], memory=sys.argv[3])
"""
_EXPORT = """
import sys
from relatome.graph import Graph, export
export(Graph(sys.argv[1]), "kgx-jsonl", sys.argv[2])
"""
_MEASURED = """
import time
begun = time.perf_counter()
{work}
seconds = time.perf_counter() - begun
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(int(status["VmHWM"].split()[0]) / 1024, seconds, time.process_time())
"""


def main() -> None:
    """Generate, measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--relations", type=int, default=5_000_000)
    parser.add_argument("--memory", default="1GB")
    parser.add_argument(
        "--folder", type=Path, help="for the scan and the graph; default: temporary"
    )
    parser.add_argument("--dry", action="store_true", help="print only")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        shards = -(-options.relations // (_DOCUMENTS * _RELATIONS))
        _generate(folder / "scan", shards)
        build = _measure(_BUILD, folder / "scan", folder / "kg", options.memory)
        told = json.loads((folder / "kg" / "graph.json").read_text(encoding="utf-8"))
        export = _measure(_EXPORT, folder / "kg", folder / "kgx")
        result: dict[str, object] = {
            "command": f"python benchmarks/graph.py --relations {options.relations} "
            f"--memory {options.memory}",
            "protocol": f"synthetic scan: {shards} shards, seed {_SEED}; one build, one export",
            "counts": told["counts"],
            "scan_mb": _size(folder / "scan"),
            "graph_mb": _size(folder / "kg"),
            "build": build,
            "export_kgx_jsonl": export,
            "queries_ms": _queries(folder / "kg"),
        }
    print(json.dumps(result, indent=2))
    if not options.dry:
        # Here, because what describes the machine brings torch along.
        from common import machine, write_result

        write_result("graph", {**result, "machine": machine()})


def _generate(folder: Path, shards: int) -> None:
    for table in (*SCHEMAS, SHARDS):
        (folder / table).mkdir(parents=True)
    names = [f"{number:06d}-synthetic" for number in range(shards)]
    manifest = {"format": 1, "work": {}, "inputs": [{"shard": name} for name in names]}
    (folder / "scan.json").write_text(json.dumps(manifest), encoding="utf-8")
    random = np.random.default_rng(_SEED)
    known = (1 / np.arange(1, _KNOWN + 1)) ** 0.9
    known = np.cumsum(known / known.sum())
    for number, name in enumerate(names):
        for table, columns in _shard(random, known, number).items():
            made = pa.table(columns, schema=SCHEMAS[table])
            pq.write_table(made, folder / table / f"{name}.parquet", row_group_size=8192)
        (folder / SHARDS / f"{name}.json").write_text("{}", encoding="utf-8")


def _shard(
    random: np.random.Generator, known: np.ndarray, number: int
) -> dict[str, dict[str, pa.Array]]:
    ids = np.arange(_DOCUMENTS) + number * _DOCUMENTS
    entities = np.searchsorted(known, random.random(_DOCUMENTS * _ENTITIES))
    entities = entities.reshape(_DOCUMENTS, _ENTITIES)

    def record(times: int) -> dict[str, pa.Array]:
        return {
            "document": pa.array(np.repeat(ids, times).astype(str)),
            "version": pa.array(np.ones(len(ids) * times, np.int32)),
            "position": pa.array(np.repeat(np.arange(_DOCUMENTS, dtype=np.int32), times)),
        }

    def named(which: np.ndarray, end: str = "") -> dict[str, pa.Array]:
        return {
            end or "id": pa.array([f"MESH:D{each:07d}" for each in which]),
            f"{end}_type" if end else "type": pa.array([_TYPES[each % 3] for each in which]),
            f"{end}_name" if end else "name": pa.array([f"entity {each}" for each in which]),
        }

    every = record(_RELATIONS)
    heads, tails = entities[:, (0, 1)].ravel(), entities[:, (1, 2)].ravel()
    count = len(heads)
    sentences = [
        f"Finding {i} of document {document} {_FILLER}that entity {head} acts on entity {tail}."
        for i, (document, head, tail) in enumerate(
            zip(np.repeat(ids, _RELATIONS), heads, tails, strict=True)
        )
    ]
    novel = random.integers(0, 2, count).astype(bool)
    subjects = pa.array([f"MESH:D{head:07d}" if head % 5 == 0 else None for head in heads])
    documents = {
        **record(1),
        "title": pa.array([f"Title {each}" for each in ids]),
        "journal": pa.array(["Journal"] * len(ids)),
        "year": pa.array(random.integers(1970, 2026, len(ids)).astype(np.int16)),
        "retracted": pa.array(random.random(len(ids)) < 0.001),
        "characters": pa.array(np.full(len(ids), 1500, np.int32)),
        "entities": pa.array(np.full(len(ids), _ENTITIES, np.int32)),
        "relations": pa.array(np.full(len(ids), _RELATIONS, np.int32)),
    }
    flat = entities.ravel()
    relations = {
        **every,
        **named(heads, "head"),
        **named(tails, "tail"),
        "type": pa.array([_LABELS[each] for each in random.integers(0, 4, count)]),
        "score": pa.array(random.random(count).astype(np.float32)),
        "novel": pa.array(novel),
        "novel_score": pa.array(random.random(count).astype(np.float32)),
        "subject": subjects,
        "evidence": _spans(sentences),
        "model": pa.array(["synthetic"] * count),
        "model_version": pa.array(["1"] * count),
    }
    return {
        DOCUMENTS: documents,
        ENTITIES: {
            **record(_ENTITIES),
            **named(flat),
            "mentions": _spans([f"entity {each}" for each in flat]),
        },
        RELATIONS: relations,
        DELETIONS: {"document": pa.array([], pa.string())},
    }


def _spans(texts: list[str]) -> pa.Array:
    """One span each."""
    spans = pa.StructArray.from_arrays(
        [
            pa.array(np.zeros(len(texts), np.int32)),
            pa.array(np.fromiter(map(len, texts), np.int32)),
            pa.array(texts),
        ],
        ["start", "end", "text"],
    )
    return pa.ListArray.from_arrays(pa.array(np.arange(len(texts) + 1, dtype=np.int32)), spans)


def _measure(work: str, *arguments: object) -> dict[str, float]:
    code = _MEASURED.format(work=work)
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    peak, seconds, busy = map(float, done.stdout.split())
    return {
        "peak_mb": round(peak, 1),
        "seconds": round(seconds, 1),
        "processor_seconds": round(busy, 1),
    }


def _queries(folder: Path) -> dict[str, float]:
    """Milliseconds of questions about an entity in the middle of the field."""
    from relatome.graph import Graph

    found = {}
    with Graph(folder) as graph:
        edges = graph.provenance.counts.edges
        one, other = graph.edge(edges // 3), graph.edge(edges // 3 * 2)
        assert one is not None
        assert other is not None
        asked: dict[str, Callable[[], object]] = {
            "relations": lambda: graph.relations(head="entity 1000"),
            "evidence": lambda: graph.evidence(100),
            "neighbours_depth_2": lambda: graph.neighbours("entity 1000", depth=2),
            "path": lambda: graph.paths(one.head.id, other.tail.id),
            "beginning_of_a_name": lambda: graph.search("entity 20"),
        }
        for name, ask in asked.items():
            ask()
            begun = time.perf_counter()
            ask()
            found[name] = round((time.perf_counter() - begun) * 1000, 1)
    return found


def _size(folder: Path) -> float:
    return round(sum(f.stat().st_size for f in folder.rglob("*") if f.is_file()) / 1e6, 1)


if __name__ == "__main__":
    main()
