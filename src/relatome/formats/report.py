"""What was written, and what the target format could not hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from relatome.data.document import Document

READS_BACK_DIFFERENTLY = "identifier that reads back differently"


@dataclass
class WriteReport:
    """The outcome of `write`.

    Attributes:
        format: the target format.
        documents: documents written.
        mentions: mentions of the documents written (also where the format holds none).
        relations: relations of the documents written.
        lost: what the target format cannot hold, in words, with how often it occurred.
    """

    format: str
    documents: int = 0
    mentions: int = 0
    relations: int = 0
    lost: Counter[str] = field(default_factory=Counter)

    def lose(self, what: str, count: int = 1) -> None:
        """Count something the target format cannot hold; nothing happens if `count` is 0."""
        if count:
            self.lost[what] += count

    def add(self, document: Document, losses: WriteReport) -> None:
        """Count a document that was written, and what it lost."""
        self.lost.update(losses.lost)
        self.documents += 1
        self.mentions += len(document.mentions)
        self.relations += len(document.relations)

    def summary(self) -> list[str]:
        """The outcome in a line, and a line for each kind of loss."""
        counts = (
            counted(self.documents, "document"),
            counted(self.mentions, "mention"),
            counted(self.relations, "relation"),
        )
        lines = [f"{', '.join(counts)} written as {self.format}"]
        lines += [f"not held by {self.format}: {n:,} × {what}" for what, n in self.lost.items()]
        return lines


class Layout(NamedTuple):
    """How a format is written: what stands before, between and after the documents.

    Attributes:
        start: the first bytes of a file.
        document: one document as bytes; it tells the report what it cannot hold.
        separator: bytes between documents.
        end: the last bytes of a file.
        single: whether a file holds one document only.
    """

    document: Callable[[Document, WriteReport], bytes]
    start: bytes = b""
    separator: bytes = b""
    end: bytes = b""
    single: bool = False


def lose_document_extras(document: Document, report: WriteReport) -> None:
    """Count what only JSON Lines and BioC can hold of a document's frame and relations."""
    report.lose("document infon", len(document.infons))
    report.lose("passage infon", sum(len(p.infons) for p in document.passages))
    report.lose("relation infon", sum(len(r.infons) for r in document.relations))


def counted(count: int, noun: str) -> str:
    """A number with its noun, as in ``1 document`` and ``2,000 documents``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
