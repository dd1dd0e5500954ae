"""What is known of a published corpus: plain values, so adding one is adding an entry."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from relatome.data import Schema


class CorpusFile(msgspec.Struct, frozen=True):
    """A file of annotated documents, or of a part of what is known of them.

    Attributes:
        path: its place inside the published archive, with ``/`` between the parts; or the name of
            an archive that is read whole.
        sha256: checksum of its uncompressed content, hexadecimal; empty in a user's own corpus.
    """

    path: str
    sha256: str


class SplitEntry(msgspec.Struct, frozen=True):
    """A split as published.

    Attributes:
        name: as the publisher calls it.
        role: what it may be used for.
        documents: how many it has; None in a user's own corpus.
        files: what it is read from, in order.
        members: which members of an archive among `files` belong to the split, as a pattern such
            as ``DDICorpus/Train/*/*.xml``. Empty where the files are no archives.
        format: the format of its files, where it is not that of the corpus.
    """

    name: str
    role: Literal["train", "dev", "test"]
    documents: int | None
    files: tuple[CorpusFile, ...]
    members: str = ""
    format: str = ""


class Source(NamedTuple):
    """A verified file of a split, or a member of a verified archive, ready to be read."""

    name: str
    content: bytes


class Download(msgspec.Struct, frozen=True):
    """An official address with what it must deliver.

    Attributes:
        url: where the publisher keeps the file.
        sha256: checksum of the file, hexadecimal.
        bytes: its size; nothing larger is accepted.
        stored_as: its name on disk, where that is not its name in the address.
    """

    url: str
    sha256: str
    bytes: int
    stored_as: str = ""

    @property
    def name(self) -> str:
        """The file's name on disk."""
        return self.stored_as or self.url.rsplit("/", 1)[-1]


class Corpus(msgspec.Struct, frozen=True):
    """A published corpus, or a user's own.

    Attributes:
        name: as in ``relatome corpora list``; of a user's own, the path of its description.
        title: what it is, in one line.
        citation: the reference its authors ask for.
        licence: the short name of the terms, such as ``CC BY 4.0``.
        terms: what they allow, in a line or two, as the publisher states them.
        licence_url: where the terms can be read.
        homepage: the publisher's page or folder.
        schema: the corpus as a task.
        format: the format of its files: a name of `relatome.formats`, or of
            `relatome.corpora.layouts` where a document is spread over several files.
        splits: the published splits.
        downloads: addresses with known checksums. Empty where none is known; such a corpus is
            downloaded by hand from `homepage`.
        folders: names its folder may have below a corpora directory; the first is the one that
            ``relatome corpora get`` makes.
        base: of a user's own corpus, the folder that its files are relative to.
    """

    name: str
    title: str
    citation: str
    licence: str
    terms: str
    licence_url: str
    homepage: str
    schema: Schema
    format: str
    splits: tuple[SplitEntry, ...]
    folders: tuple[str, ...]
    downloads: tuple[Download, ...] = ()
    base: Path | None = None
