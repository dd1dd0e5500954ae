"""Speed of reading: the whole of BioRED (600 abstracts) in each format, every document verified.

    python benchmarks/reading.py [--corpora DIR]

It needs the published archive, ``BIORED.zip`` (``relatome corpora get biored``). The formats are
read in turn from files on disk, `ROUNDS` times, and the best time of each is kept: the machine may
have other work, which can only make a round slower. Writes ``benchmarks/results/reading.json``.
"""

from __future__ import annotations

import argparse
import tempfile
import time
import zipfile
from importlib.metadata import version
from pathlib import Path

from common import machine, write_result

from relatome import corpora
from relatome.data.schema import BIORED
from relatome.formats import read, write

ROUNDS = 7
DOCUMENTS = 600
SPLITS = ("Train", "Dev", "Test")
PUBLISHED = {"pubtator": "PubTator", "bioc-xml": "BioC.XML", "bioc-json": "BioC.JSON"}
PROTOCOL = (
    f"all {DOCUMENTS} documents, BioRED schema, offsets and references checked; "
    f"one process, one thread; best of {ROUNDS} rounds"
)


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--corpora", type=Path)
    archive = _archive(parser.parse_args().corpora)
    with tempfile.TemporaryDirectory() as folder:
        files = _files(archive, Path(folder))
        rounds = [{name: _seconds(paths) for name, paths in files.items()} for _ in range(ROUNDS)]
        results = {
            name: _result(min(each[name] for each in rounds), paths)
            for name, paths in files.items()
        }
    description = machine()
    print(f"{PROTOCOL}\n{description}")
    for format, result in results.items():
        print(
            f"{format:11} {result['seconds']:6.3f} s  {result['documents_per_second']:7,.0f} "
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


def _archive(directory: Path | None) -> Path:
    """The local copy of the published archive, whose three formats are read."""
    entry, (split,) = corpora.parts("biored:train", directory)
    for copy in corpora.copies(entry, split, directory) or ():
        if copy.member is not None:
            return copy.path
    raise SystemExit("There is no BIORED.zip: run `relatome corpora get biored`.")


def _files(published: Path, folder: Path) -> dict[str, list[Path]]:
    """The corpus as published in three formats, and as JSON Lines and gzipped PubTator of ours."""
    with zipfile.ZipFile(published) as archive:
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


def _seconds(paths: list[Path]) -> float:
    started = time.perf_counter()
    count = sum(1 for path in paths for _ in read(path, schema=BIORED))
    elapsed = time.perf_counter() - started
    if count != DOCUMENTS:
        raise SystemExit(f"{paths[0]}: {count} documents instead of {DOCUMENTS}")
    return elapsed


def _result(seconds: float, paths: list[Path]) -> dict[str, float]:
    size = sum(path.stat().st_size for path in paths) / 1e6
    return {
        "seconds": round(seconds, 3),
        "documents_per_second": round(DOCUMENTS / seconds),
        "megabytes": round(size, 2),
        "megabytes_per_second": round(size / seconds, 1),
    }


if __name__ == "__main__":
    main()
