"""Speed and memory of a scan: one worker, two, and Ray; and what its bookkeeping costs.

    python benchmarks/scan.py [--documents 1500] [--long 20000] [--text DIR] [--folder DIR]
    python benchmarks/scan.py --bookkeeping [--shards 1300] [--records 30000] [--folder DIR]
    python benchmarks/scan.py --tables [--check]

The first scans real abstracts in every way, one after the other, each from nothing, and many more
by two workers, to see whether memory and time per document stay what they were; it writes
``benchmarks/results/scan.json``. The second sends as many shards as PubMed has through scheduler,
tables and manifest with a stub for a model, and writes ``scan_bookkeeping.json``. The third fills
the figures of docs/scale.md from the two.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import multiprocessing
import random
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from relatome.data import Document, Passage
from relatome.formats import jsonl
from relatome.graph.tables import DOCUMENTS, RELATIONS
from relatome.pipeline import Tally
from relatome.scale import State, scan
from relatome.scale.bulk import carry_out
from relatome.scale.folder import ScanFolder
from relatome.scale.rows import batch
from relatome.scale.shard import Counts, DoShard, Progress, ShardRecord, Task, modified, sha256
from relatome.scale.tables import ShardTables
from relatome.scale.work import Identity

ROOT = Path(__file__).parents[1]
RESULTS = Path(__file__).parent / "results"
PAGE = ROOT / "docs" / "scale.md"
FIRST = 1_000
SHARD = 50
SEED = 13

PUBMED = 37_000_000
CORES = (1, 16, 1_000)


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--documents", type=int, default=1_500)
    parser.add_argument("--long", type=int, default=20_000)
    parser.add_argument("--shards", type=int, default=1_300)
    parser.add_argument("--records", type=int, default=30_000)
    parser.add_argument("--text", type=Path, default=ROOT.parent / "shared" / "text" / "plain")
    parser.add_argument(
        "--folder", type=Path, help="where to write scans; default: a temporary one"
    )
    parser.add_argument("--bookkeeping", action="store_true")
    parser.add_argument("--tables", action="store_true")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    if options.tables:
        tables(options.check)
        return
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        if options.bookkeeping:
            name, result = (
                "scan_bookkeeping",
                bookkeeping(Path(folder), options.shards, options.records),
            )
        else:
            name, result = (
                "scan",
                speed(Path(folder), options.text, options.documents, options.long),
            )
    # Here, because what describes the machine brings torch along, which would be counted.
    from common import machine, write_result

    write_result(name, {**result, "machine": machine()})


# ---------------------------------------------------------------- speed


def speed(folder: Path, text: Path, count: int, many: int) -> dict[str, object]:
    """Scan real abstracts in every way, and many by two workers."""
    long = f"local, 2 workers, {many:,} abstracts"
    ways: dict[str, tuple[int, dict[str, Any]]] = {
        "local, 1 worker": (count, {"workers": 1}),
        "local, 2 workers": (count, {"workers": 2}),
        "ray, 2 workers": (count, {"workers": 2, "engine": "ray"}),
        long: (many, {"workers": 2}),
    }
    found, data = {}, {}
    for name, (documents, options) in ways.items():
        data[f"{documents} abstracts"] = write_abstracts(folder / "in", text, documents)
        found[name] = watched(folder / "in", folder / "out", options)
        shutil.rmtree(folder / "in")
        shutil.rmtree(folder / "out")
        print(name, json.dumps(found[name]), flush=True)
    one, two, ray, _ = (each["documents_per_second"] for each in found.values())
    seconds = found[long]["seconds_per_document"]
    return {
        "command": f"python benchmarks/scan.py --documents {count} --long {many}",
        "protocol": f"{count:,} abstracts of shared/text/plain in shards of {SHARD}, drawn and "
        f"shuffled with seed {SEED}; each way once, one after the other; rates from the first news "
        "of a worker on, without start-up",
        "data": data,
        "ways": found,
        "long": long,
        "ratios": {
            "two workers to one": two / one,
            "ray to local": ray / two,
            "seconds per document, all to the first": seconds["all"] / seconds["first"],
        },
    }


def write_abstracts(folder: Path, text: Path, count: int) -> str:
    """Shards of abstracts in relatome's own format; returns the SHA-256 of them all."""
    every = []
    for path in sorted(text.glob("*.jsonl.gz")):
        with gzip.open(path) as stream:
            every += [line for line in stream if line.strip()]
    random.Random(SEED).shuffle(every)
    folder.mkdir()
    chosen = every[:count]
    if len(chosen) < count:
        sys.exit(f"{text} holds {len(chosen)} abstracts, fewer than {count}")
    hashed = hashlib.sha256()
    for start in range(0, count, SHARD):
        numbers = range(start, min(start + SHARD, count))
        content = b"".join(
            jsonl.line(abstract(number, msgspec.json.decode(chosen[number]))) for number in numbers
        )
        hashed.update(content)
        (folder / f"{start // SHARD:04d}.jsonl").write_bytes(content)
    return hashed.hexdigest()


def abstract(number: int, record: dict[str, str]) -> Document:
    """One entry of the collection; ids may come again in it."""
    title, body = record.get("title") or "", record.get("abstract") or ""
    passages = [Passage("title", 0, title)] if title else []
    if body:
        passages.append(Passage("abstract", len(title) + 1 if title else 0, body))
    return Document(f"{number}", tuple(passages))


def watched(inputs: Path, out: Path, options: dict[str, Any]) -> dict[str, Any]:
    """One scan: its rate, time per document, and the memory of its workers."""
    news: list[tuple[float, int]] = []
    memory: dict[str, float] = {}

    def watch(state: State) -> None:
        if state.documents and (not news or state.documents > news[-1][1]):
            news.append((time.perf_counter(), state.documents))
            peak = max((_memory(pid) for pid in workers()), default=0.0)
            if state.documents <= FIRST or "first" not in memory:
                memory["first"] = peak
            memory["all"] = max(peak, memory.get("all", 0.0))

    started = time.perf_counter()
    report = scan([str(inputs)], out, watch=watch, **options)
    seconds = time.perf_counter() - started
    begun, before = news[0]
    few = early_documents(report.counts.documents)
    early = next(each for each in news if each[1] >= few)
    ended, done = news[-1]
    return {
        "documents": report.counts.documents,
        "relations": report.counts.relations,
        "errors": report.counts.errors,
        "seconds": seconds,
        "documents_per_second": (done - before) / (ended - begun),
        "seconds_per_document": {
            "first": (early[0] - begun) / max(1, early[1] - before),
            "all": (ended - begun) / (done - before),
        },
        "peak_worker_mb": memory,
    }


def early_documents(count: int) -> int:
    """How many of the first documents the time of all is compared with."""
    return min(FIRST, count // 2)


def workers() -> list[int]:
    """Processes of this scan's workers, of either engine."""
    found = [child.pid for child in multiprocessing.active_children() if child.pid is not None]
    for each in Path("/proc").iterdir():
        if each.name.isdigit():
            try:
                command = (each / "cmdline").read_bytes()
            except OSError:
                continue
            if command.startswith(b"ray::Worker"):
                found.append(int(each.name))
    return found


def _memory(pid: int) -> float:
    """The most memory a process has had, in MB; 0 if it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
        return float(status.split("VmHWM:")[1].split()[0]) / 1024
    except (OSError, IndexError):
        return 0.0


# ---------------------------------------------------------------- bookkeeping


class Bookkeeping(msgspec.Struct, frozen=True):
    """Work whose shards hold records that nobody read."""

    records: int

    def identity(self) -> Identity:
        """Their number."""
        return {"records": self.records}

    def load(self) -> DoShard:
        """Rows made once, written for every shard."""
        record = {"document": "", "version": 1, "position": 0}
        about = {"title": "A title of some words", "journal": "J", "year": 2026, "retracted": False}
        documents = [
            {**record, **about, "document": str(n), "position": n, "entities": 9, "relations": 3}
            for n in range(self.records)
        ]
        relation = {
            **{"head": "h", "head_type": "T", "head_name": "name", "tail": "t", "tail_type": "T"},
            **{"tail_name": "other", "type": "Association", "model": "stub", "model_version": "1"},
            "evidence": [{"start": 0, "end": 21, "text": "A sentence that says."}],
        }
        relations = [
            {**record, **relation, "document": str(n), "position": n, "score": n % 97 / 97}
            for n in range(self.records)
        ]
        rows = [
            {DOCUMENTS: batch(DOCUMENTS, documents[n : n + 1000])}
            | {RELATIONS: batch(RELATIONS, relations[n : n + 1000])}
            for n in range(0, self.records, 1000)
        ]
        return partial(_shard, rows, self.records)


def _shard(rows: list[Any], records: int, task: Task) -> Iterator[Progress | ShardRecord]:
    started = time.monotonic()
    written = ShardTables(task.folder)
    for number, each in enumerate(rows):
        written.add(each)
        yield Progress(1000 * (number + 1), 0, task.bytes, "")
    yield ShardRecord(
        input=str(task.input),
        bytes=task.bytes,
        modified=modified(task.input),
        sha256=sha256(task.input),
        counts=Counts(documents=records, relations=records),
        codes={},
        tally=Tally(documents=records),
        tables=written.finish(),
        seconds=time.monotonic() - started,
    )


def bookkeeping(folder: Path, shards: int, records: int) -> dict[str, object]:
    """Shards without a model through all that surrounds it."""
    inputs = folder / "in"
    inputs.mkdir()
    for shard in range(shards):
        (inputs / f"pubmed26n{shard:04d}.xml").write_bytes(b"%d" % shard)
    work, out = Bookkeeping(records), folder / "out"
    commits: list[float] = []
    kept = ScanFolder.commit

    def timed(self: ScanFolder, task: Task, record: ShardRecord) -> None:
        started = time.perf_counter()
        kept(self, task, record)
        commits.append(time.perf_counter() - started)

    ScanFolder.commit = timed  # type: ignore[method-assign]
    used = time.process_time()
    whole, report = _timed(lambda: carry_out(work, [str(inputs)], out, workers=2))
    used = time.process_time() - used
    size = sum(path.stat().st_size for path in out.rglob("*.parquet"))
    nothing, again = _timed(lambda: carry_out(work, [str(inputs)], out, workers=2))
    assert (report.done, again.before, again.done) == (shards, shards, 0)
    result: dict[str, object] = {
        "command": f"python benchmarks/scan.py --bookkeeping --shards {shards} --records {records}",
        "protocol": f"{shards} shards of {records} made-up records, two workers; all of a scan but "
        "reading and the model",
        "seconds": whole,
        "seconds_per_shard": whole / shards,
        "main_processor_seconds": used,
        "commit_seconds": sum(commits),
        "commit_seconds_first_tenth": sum(commits[: shards // 10]) / max(1, shards // 10),
        "commit_seconds_last_tenth": sum(commits[-(shards // 10) :]) / max(1, shards // 10),
        "resume_seconds": nothing,
        "manifest_bytes": (out / "scan.json").stat().st_size,
        "record_bytes": sum(p.stat().st_size for p in (out / "shards").iterdir()),
        "table_bytes": size,
        "peak_main_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "shards": shards,
        "records": records,
    }
    print(json.dumps(result, indent=1))
    return result


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result


# ---------------------------------------------------------------- docs/scale.md


def tables(check: bool) -> None:
    """Fill docs/scale.md, or say whether its figures are those of the results."""
    from tables import filled

    page = PAGE.read_text(encoding="utf-8")
    made = filled(page, {"speed": speed_table(), "bookkeeping": bookkeeping_table()})
    if check:
        if made != page:
            sys.exit("docs/scale.md differs from the results: python benchmarks/scan.py --tables")
        return
    PAGE.write_text(made, encoding="utf-8")
    print("Wrote docs/scale.md")


def speed_table() -> str:
    """Rates, memory, and what they mean for PubMed."""
    result = _result("scan")
    if result is None:
        return "Not measured yet."
    machine, ways, ratios = result["machine"], result["ways"], result["ratios"]
    lines = [
        f"{result['protocol']}. {machine['processor']}, {machine['cores']} cores.",
        "",
        "| | documents a second | peak memory of a worker, first thousand | all |",
        "| --- | ---: | ---: | ---: |",
    ]
    for name, way in ways.items():
        memory = way["peak_worker_mb"]
        rate = f"{way['documents_per_second']:.2f}"
        lines.append(f"| {name} | {rate} | {memory['first']:.0f} MB | {memory['all']:.0f} MB |")
    long = ways[result["long"]]
    seconds, early = long["seconds_per_document"], early_documents(long["documents"])
    core = long["documents_per_second"] / 2
    lines += [
        "",
        f"Two workers do {ratios['two workers to one']:.2f} times what one does; Ray does "
        f"{100 * ratios['ray to local']:.0f} % of what processes do. Of {long['documents']:,} "
        f"abstracts two workers do one in {1000 * seconds['first']:.0f} ms over the first "
        f"{early:,} and in {1000 * seconds['all']:.0f} ms over all.",
        "",
        f"At {core:.1f} documents a second on each of two cores, as over those, "
        f"{PUBMED / 1e6:.0f} million abstracts take, if cores scale as these two do:",
        "",
        "| cores | time |",
        "| ---: | ---: |",
    ]
    lines += [f"| {cores:,} | {_long(PUBMED / core / cores)} |" for cores in CORES]
    return "\n".join(lines)


def bookkeeping_table() -> str:
    """What all but reading and the model costs."""
    result = _result("scan_bookkeeping")
    if result is None:
        return "Not measured yet."
    shards, speed = result["shards"], _result("scan")
    lines = [
        "| | |",
        "| --- | ---: |",
        f"| shards × records | {shards:,} × {result['records']:,} |",
        f"| seconds for a shard, two workers | {result['seconds_per_shard']:.2f} |",
        f"| of it, commit by the main process | {result['commit_seconds'] / shards:.3f} |",
        f"| commit, first tenth of the shards | {result['commit_seconds_first_tenth']:.3f} |",
        f"| commit, last tenth | {result['commit_seconds_last_tenth']:.3f} |",
        "| processor time of the main process, for a shard | "
        f"{result['main_processor_seconds'] / shards:.3f} |",
        f"| start of a run with all shards done | {result['resume_seconds']:.1f} s |",
        f"| manifest | {result['manifest_bytes'] / 1024:.0f} kB |",
        f"| peak memory of the main process | {result['peak_main_mb']:.0f} MB |",
    ]
    if speed is not None:
        core = speed["ways"][speed["long"]]["documents_per_second"] / 2
        busy = result["records"] / core / (result["commit_seconds"] / shards)
        lines += [
            "",
            f"A core that reads {core:.1f} documents a second needs "
            f"{_long(result['records'] / core)} for such a shard, so one main process could commit "
            f"for about {int(busy / 100) * 100:,} cores before they waited for it.",
        ]
    return "\n".join(lines)


def _long(seconds: float) -> str:
    for unit, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} seconds"


def _result(name: str) -> dict[str, Any] | None:
    path = RESULTS / f"{name}.json"
    if not path.exists():
        return None
    result: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return result


if __name__ == "__main__":
    main()
