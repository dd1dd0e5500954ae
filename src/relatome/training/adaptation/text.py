"""Plain text for adapting an encoder: read, kept clear of evaluation documents, cut into blocks."""

from __future__ import annotations

import gzip
import hashlib
import re
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from relatome.data import Document
from relatome.data.abstracts import abstract_document
from relatome.encode import Tokenizer
from relatome.errors import FILE_MISSING, FILE_UNREADABLE, TEXT_LINE, InputError, Place, UsageError

# As ids of PubMed are written, besides as bare numbers.
_PUBMED = re.compile(r"^(pmid|pubmed):\s*", re.IGNORECASE)


class Abstract(NamedTuple):
    """A text to learn from."""

    id: str
    title: str
    text: str

    @property
    def whole(self) -> str:
        """Title and text."""
        return f"{self.title} {self.text}".strip()


class Blocks(Dataset[dict[str, Tensor]]):
    """Blocks of equal length, cut from the texts laid end to end.

    Attributes:
        blocks: token ids without special tokens, ``(blocks, length - 2)``, on disk.
        texts: texts they were cut from.
        left_out: texts left out because they are evaluation documents.
        digest: SHA-256 over ids and texts, in order.
    """

    def __init__(
        self,
        texts: Iterable[Abstract],
        tokenizer: Tokenizer,
        length: int,
        evaluation: Evaluation,
    ) -> None:
        self.cls_id, self.sep_id = tokenizer.cls_id, tokenizer.sep_id
        self.texts = self.left_out = 0
        digest = hashlib.sha256()
        # On disk, so that any amount of text takes the same memory; nobody else sees the file.
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the blocks
        tokens = 0
        for text in texts:
            if text in evaluation:
                self.left_out += 1
                continue
            self.texts += 1
            digest.update(f"{text.id}\n{text.whole}\n".encode())
            ids = np.append(tokenizer(text.whole).ids, self.sep_id).astype(np.int32)
            self._file.write(ids.tobytes())
            tokens += len(ids)
        self.digest = digest.hexdigest()
        shape = (tokens // (length - 2), length - 2)
        self._file.flush()
        self.blocks = (
            np.memmap(self._file, dtype=np.int32, mode="r", shape=shape)
            if shape[0]
            else np.empty(shape, dtype=np.int32)
        )

    def __len__(self) -> int:
        return len(self.blocks)

    def __getitem__(self, index: int) -> dict[str, Tensor]:
        """``input_ids`` ``(length,)``, framed by special tokens."""
        block = self.blocks[index].astype(np.int64)
        framed = np.concatenate(([self.cls_id], block, [self.sep_id]))
        return {"input_ids": torch.from_numpy(framed)}


class Evaluation:
    """Documents that a model will be judged on, so that none is learnt from.

    A text is one of them if it has the id of one (either with or without ``PMID:``), or its title,
    letters and digits compared.
    """

    def __init__(self, documents: Iterable[Document]) -> None:
        self._ids: set[str] = set()
        self._titles: set[str] = set()
        for document in documents:
            self._ids.add(_bare(document.id))
            if document.passages and (title := _plain(document.passages[0].text)):
                self._titles.add(title)

    def __contains__(self, text: Abstract) -> bool:
        return _bare(text.id) in self._ids or _plain(text.title) in self._titles


def read_texts(paths: Iterable[Path]) -> Iterator[Abstract]:
    """Read JSON Lines with ``id``, ``title`` and ``abstract`` or ``text``, gzip or not.

    What a line may say is told by `relatome.data.abstracts`.

    Args:
        paths: files, or folders whose ``*.jsonl`` and ``*.jsonl.gz`` are read in order of name.

    Raises:
        UsageError: if a path does not exist.
        InputError: at a line that is not such an object, or a file that cannot be read.
    """
    for path in paths:
        if not path.exists():
            raise UsageError(FILE_MISSING, path=str(path))
        files = (
            sorted((*path.glob("*.jsonl"), *path.glob("*.jsonl.gz"))) if path.is_dir() else [path]
        )
        for file in files:
            yield from _read_file(file)


def _read_file(path: Path) -> Iterator[Abstract]:
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
            for number, line in enumerate(stream, start=1):
                yield _read_line(line, Place(str(path), number))
    except (OSError, EOFError, zlib.error) as error:  # of the file itself, or its packing
        raise InputError(FILE_UNREADABLE, at=Place(str(path)), reason=error) from None


def _read_line(line: bytes, place: Place) -> Abstract:
    try:
        record = msgspec.json.decode(line)
        if not isinstance(record, dict):
            raise ValueError("it is no object")
        document = abstract_document(record)
    except (ValueError, RecursionError, msgspec.MsgspecError) as error:
        raise InputError(TEXT_LINE, at=place, reason=error) from None
    titles = (passage.text for passage in document.passages if passage.kind == "title")
    others = (passage.text for passage in document.passages if passage.kind != "title")
    return Abstract(document.id, " ".join(titles), " ".join(others))


def _bare(id: str) -> str:
    return _PUBMED.sub("", id)


def _plain(title: str) -> str:
    return re.sub(r"\W+", "", title.lower())
