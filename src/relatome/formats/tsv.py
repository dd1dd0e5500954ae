"""A table of relations, one per line with a header line; written only."""

from __future__ import annotations

import re

from relatome.data.document import Document, Relation
from relatome.formats.report import Layout, WriteReport, lose_document_extras

COLUMNS = (
    "document",
    "head_id",
    "head_type",
    "head_names",
    "tail_id",
    "tail_type",
    "tail_names",
    "type",
    "score",
    "novel",
    "novel_score",
    "subject",
    "evidence",
    "evidence_spans",
)

_CONTROLS = re.compile(r"[\t\r\n\v\f\x85\u2028\u2029]+")


def row(document: Document, relation: Relation) -> tuple[str, ...]:
    """The cells of one relation, in the order of `COLUMNS`.

    Names are the different spellings in the text, the most frequent first, joined by ``|``;
    evidence is the text of its spans, joined by `` … ``.
    """
    return (
        document.id,
        *_entity(document, relation.head),
        *_entity(document, relation.tail),
        relation.type,
        "" if relation.score is None else f"{relation.score:.4f}",
        "" if relation.novel is None else ("Novel" if relation.novel else "No"),
        "" if relation.novel_score is None else f"{relation.novel_score:.4f}",
        relation.subject or "",
        " … ".join(document.text[span.start : span.end] for span in relation.evidence),
        ";".join(f"{span.start}-{span.end}" for span in relation.evidence),
    )


def _entity(document: Document, entity_id: str) -> tuple[str, str, str]:
    entity = document.entity_by_id[entity_id]
    spellings = [document.mentions[index].text for index in entity.mentions]
    # A stable sort: of equally frequent spellings, the first met comes first.
    names = sorted(dict.fromkeys(spellings), key=spellings.count, reverse=True)
    return entity_id, entity.type, "|".join(names)


def _write(document: Document, report: WriteReport) -> bytes:
    report.lose("text of a document", 1)
    report.lose("mention offset", len(document.mentions))
    report.lose("finer entity type", sum(bool(m.fine_type) for m in document.mentions))
    lose_document_extras(document, report)
    rows = (row(document, relation) for relation in document.relations)
    lines = ("\t".join(_CONTROLS.sub(" ", cell) for cell in cells) + "\n" for cells in rows)
    return "".join(lines).encode()


LAYOUT = Layout(_write, start="\t".join(COLUMNS).encode() + b"\n")
