"""Speed of reading: the whole of BioRED (600 abstracts) in each format, every document verified.

    python benchmarks/reading.py --corpora DIR

DIR holds the published archive as ``biored/BIORED.zip``. Each format is read from a file on disk
`ROUNDS` times after one round that warms the file cache, and the median is kept. Writes
``benchmarks/results/reading.json``.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
import zipfile
from importlib.metadata import version
from pathlib import Path

from common import machine, write_result

from relatome.data.schema import BIORED
from relatome.formats import read, write

ROUNDS = 7
SPLITS = ("Train", "Dev", "Test")
PUBLISHED = {"pubtator": "PubTator", "bioc-xml": "BioC.XML", "bioc-json": "BioC.JSON"}
PROTOCOL = (
    f"all 600 documents, BioRED schema, offsets and references checked; one process, one thread; "
    f"median of {ROUNDS} rounds"
)


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--corpora", type=Path, default=os.environ.get("RELATOME_CORPORA"))
    options = parser.parse_args()
    if options.corpora is None:
        parser.error("name the directory of corpora: --corpora DIR, or RELATOME_CORPORA")
    results: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for format, paths in _files(options.corpora, Path(folder)).items():
            results[format] = _measure(format, paths)
    description = machine()
    print(f"{PROTOCOL}\n{description}")
    for format, result in results.items():
        print(
            f"{format:10} {result['seconds']:6.3f} s  {result['documents_per_second']:7,.0f} "
            f"documents/s  {result['megabytes_per_second']:6.1f} MB/s"
        )
    libraries = {name: version(name) for name in ("lxml", "msgspec")}
    write_result(
        "reading",
        {
            "protocol": PROTOCOL,
            "results": results,
            "machine": description,
            "readers": libraries,
        },
    )


def _files(corpora: Path, folder: Path) -> dict[str, list[Path]]:
    """The corpus as published in three formats, and as JSON Lines and gzipped PubTator of ours."""
    with zipfile.ZipFile(corpora / "biored" / "BIORED.zip") as archive:
        for split in SPLITS:
            for ending in PUBLISHED.values():
                (folder / f"{split}.{ending}").write_bytes(archive.read(f"BioRED/{split}.{ending}"))
    files = {
        format: [folder / f"{split}.{ending}" for split in SPLITS]
        for format, ending in PUBLISHED.items()
    }
    files["jsonl"] = [folder / f"{split}.jsonl" for split in SPLITS]
    files["pubtator.gz"] = [folder / f"{split}.pubtator.gz" for split in SPLITS]
    for source, lines, packed in zip(
        files["pubtator"], files["jsonl"], files["pubtator.gz"], strict=True
    ):
        write(read(source), lines, "jsonl")
        write(read(source), packed, "pubtator")
    return files


def _measure(format: str, paths: list[Path]) -> dict[str, float]:
    seconds = []
    for _ in range(ROUNDS + 1):
        started = time.perf_counter()
        count = sum(1 for path in paths for _ in read(path, schema=BIORED))
        seconds.append(time.perf_counter() - started)
    if count != 600:
        raise SystemExit(f"{format}: {count} documents instead of 600")
    median = statistics.median(seconds[1:])
    size = sum(path.stat().st_size for path in paths) / 1e6
    return {
        "seconds": round(median, 3),
        "documents_per_second": round(count / median),
        "megabytes": round(size, 2),
        "megabytes_per_second": round(size / median, 1),
    }


if __name__ == "__main__":
    main()
