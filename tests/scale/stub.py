"""A quick stand-in for the pipeline, and scans of it in processes that can be killed.

python -m tests.scale.stub OUT INPUT... [--engine ray] [--workers 2] [--die-at N] [--slow S]
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import signal
import sys
import time
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec

from relatome.cli.scan import described
from relatome.data import Document, Mention, Relation, Schema, Span
from relatome.errors import InputError, Message, ModelError, Place, RelatomeError
from relatome.formats import jsonl
from relatome.pipeline import Tally
from relatome.scale.bulk import carry_out
from relatome.scale.shard import DoShard, extract_shard
from relatome.scale.work import Identity

WORDS = re.compile(r"[A-Z][a-z]+")
BAD = Message("R999", "this document is bad.", "Nothing.")


class StubExtractor:
    """Capitalized words are entities, neighbours are related; scores follow from the text."""

    input_schema: Schema | None = None

    def __init__(self, slow: float = 0.0, die: Path | None = None) -> None:
        self.tally = Tally()
        self._slow, self._die = slow, die

    def extract(self, document: Document) -> Document:
        if self._slow:
            time.sleep(self._slow)
        if "Killer" in document.text and self._die is not None:
            # Each worker that comes upon it dies, until as many have as the file has bytes.
            left = self._die.read_bytes()
            if left:
                self._die.write_bytes(left[1:])
                os.kill(os.getpid(), signal.SIGKILL)
        if "Bad" in document.text:
            raise InputError(BAD, at=Place(document=document.id))
        if "Odd" in document.text:
            raise ValueError("odd\nin two lines")
        self.tally.documents += 1
        found = [
            Mention(f"M{number}", m.start(), m.end(), m[0], "Word", (m[0].lower(),))
            for number, m in enumerate(WORDS.finditer(document.text))
        ]
        made = msgspec.structs.replace(document, mentions=tuple(found), relations=())
        ids = [entity.id for entity in made.entities]
        score = hashlib.sha256(document.text.encode()).digest()[0] / 256
        return made.with_relations(
            tuple(
                Relation(
                    head,
                    tail,
                    "Next_To",
                    score=score,
                    novel=None if score < 0.3 else score > 0.6,
                    evidence=(Span(0, len(document.text)),),
                )
                for head, tail in pairwise(ids)
            )
        )


class StubWork(msgspec.Struct, frozen=True):
    """Work without a model.

    Attributes:
        slow: seconds a document takes.
        option: something the result is said to depend on.
        die: a file of as many bytes as workers are to die at the word Killer.
        missing: workers are to find no model.
    """

    slow: float = 0.0
    option: str = "as ever"
    die: str = ""
    missing: bool = False

    def identity(self) -> Identity:
        return {"option": self.option}

    def load(self) -> DoShard:
        if self.missing:
            raise ModelError(BAD, at=Place("a model"))
        extractor = StubExtractor(self.slow, Path(self.die) if self.die else None)
        return partial(extract_shard, extractor=extractor, model="stub", version="1")


def write_inputs(folder: Path, shards: int = 4, documents: int = 12) -> Path:
    """Files of small documents, some of them broken; always the same."""
    folder.mkdir(parents=True)
    for shard in range(shards):
        lines = []
        for number in range(documents):
            made = document(f"{shard}-{number}", f"Alpha meets Beta{'b' * number} and Gamma.")
            lines.append(jsonl.line(made))
        lines.insert(3, b'{"id": "broken", "passages": 5}\n')
        (folder / f"part-{shard}.jsonl").write_bytes(b"".join(lines))
    return folder


def document(id: str, text: str, **infons: str) -> Document:
    """A document of one passage."""
    from relatome.formats import text_document

    return msgspec.structs.replace(text_document(text, id), infons=infons)


def tables(scan: Path) -> dict[str, bytes]:
    """All tables of a scan."""
    return {str(p.relative_to(scan)): p.read_bytes() for p in sorted(scan.rglob("*.parquet"))}


def _die_at(step: int) -> None:
    """Kill this process at the n-th time it changes something on the disk."""
    steps = iter(range(step))

    def dying(function: Any) -> Any:
        def called(*arguments: Any, **options: Any) -> Any:
            if next(steps, None) is None:
                os.kill(os.getpid(), signal.SIGKILL)
            return function(*arguments, **options)

        return called

    os.fsync = dying(os.fsync)
    os.replace = dying(os.replace)
    os.mkdir = dying(os.mkdir)
    os.unlink = dying(os.unlink)


def main() -> None:
    """Scan."""
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("inputs", nargs="+")
    parser.add_argument("--engine", default="local")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--die-at", type=int)
    parser.add_argument("--slow", type=float, default=0.0)
    parser.add_argument("--kill", default="")
    options = parser.parse_args()
    work = StubWork(options.slow, die=options.kill)
    if options.die_at is not None:
        _die_at(options.die_at)
    try:
        report = carry_out(
            work,
            options.inputs,
            options.out,
            engine=options.engine,
            workers=options.workers,
            watch=lambda state: print(described(state), flush=True),
        )
    except RelatomeError as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt as stop:
        sys.exit(128 + stop.args[0] if stop.args else 130)
    print(*report.summary(), sep="\n")


if __name__ == "__main__":
    # Under its own name: what __main__ defines cannot be sent to other machines.
    from tests.scale import stub

    stub.main()
