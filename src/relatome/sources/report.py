"""What a fetch has met, besides the documents it gave."""

from __future__ import annotations

from dataclasses import dataclass, field

from relatome.formats.report import counted

_SHOWN = 5


@dataclass
class FetchReport:
    """The outcome of fetching; filled while the documents are taken.

    Attributes:
        documents: documents given.
        cached: how many of them came from the cache.
        missing: ids that gave no document. Each is a problem of its own, which says why.
        retracted: ids of documents whose article has been retracted (known of PubMed only).
        without_abstract: ids of documents of nothing but a title.
        mended: mentions whose text the service spells otherwise than the document (α for a), and
            which now have the document's spelling; the other is in the infon ``as_sent``.
        mentions_left_out: mentions that do not fit the text of the document.
        relations_left_out: relations of the service, where asked for, that cannot be used.
        surplus: records sent that were not asked for.
        cache_failure: why a record could not be kept, the first time.
    """

    documents: int = 0
    cached: int = 0
    missing: list[str] = field(default_factory=list)
    retracted: list[str] = field(default_factory=list)
    without_abstract: list[str] = field(default_factory=list)
    mended: int = 0
    mentions_left_out: int = 0
    relations_left_out: int = 0
    surplus: int = 0
    cache_failure: str = ""

    def summary(self) -> list[str]:
        """The outcome in sentences, the remarkable ones only where they happened."""
        cached = f", {self.cached:,} from the cache" if self.cached else ""
        lines = [f"{counted(self.documents, 'document')} fetched{cached}."]
        for ids, noun, what in (
            (self.missing, "id", "gave no document"),
            (self.retracted, "document", "retracted"),
            (self.without_abstract, "document", "without abstract"),
        ):
            if ids:
                shown = ", ".join(ids[:_SHOWN]) + (", …" if len(ids) > _SHOWN else "")
                lines.append(f"{counted(len(ids), noun)} {what}: {shown}.")
        for count, noun, what in (
            (self.mended, "mention", "spelt as the text has them"),
            (self.mentions_left_out, "mention", "left out, since the text differs"),
            (self.relations_left_out, "relation", "of the service left out"),
            (self.surplus, "record", "sent that nobody had asked for"),
        ):
            if count:
                lines.append(f"{counted(count, noun)} {what}.")
        if self.cache_failure:
            lines.append(f"Nothing was kept in the cache: {self.cache_failure}")
        return lines
