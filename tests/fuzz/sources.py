"""What is damaged: our own examples in every format, and the first documents of real files."""

from __future__ import annotations

import gzip
import io
import json
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from relatome import formats
from relatome.corpora import CORPORA
from relatome.corpora.corpus import Source
from relatome.corpora.layouts import LAYOUTS
from relatome.corpora.registry import copies
from relatome.data import Document
from relatome.errors import InputError
from relatome.formats import READABLE, write
from relatome.formats.submissions import read_submission
from relatome.scoring import score
from tests.formats.examples import DOCUMENTS, FULL
from tests.scoring.build import marked

OnError = Callable[[InputError], None] | None
Files = dict[str, bytes]

_DOCUMENTS = 3  # of a real file: enough to have neighbours, small enough to be read in a moment
_MEMBERS = 2  # of an archive
_SPLITS = 3  # of a corpus: further folds are no other files to a reader


class Fuzzed(NamedTuple):
    """Files that belong together, and how they are read."""

    name: str
    files: Files
    read: Callable[[Files, OnError], list[Document]]


def examples() -> Iterator[Fuzzed]:
    """Our own documents in every format that can be read, and in those of the shared tasks."""
    for format in READABLE:
        if format in formats.WRITABLE and format != "brat":
            documents = [DOCUMENTS[0]] if format == "text" else [*DOCUMENTS, FULL]
            yield Fuzzed(
                f"example:{format}", {"file": _written(documents, format)}, _stream(format)
            )
            yield Fuzzed(f"example:{format}?", {"file": _written(documents, format)}, _stream(None))
    yield Fuzzed("example:ddi-xml", {"file": _DDI}, _stream("ddi-xml"))
    yield Fuzzed("example:ppi-xml", {"file": _PPI}, _stream("ppi-xml"))
    yield Fuzzed("example:pubmed-xml", {"file": _PUBMED}, _stream("pubmed-xml"))
    yield Fuzzed("example:brat", _brat_files(), _brat)
    chemicals = marked(
        "1", {"T1": "CHEMICAL", "T2": "GENE"}, [("T1", "T2", "INHIBITOR"), ("T1", "T2", "PART-OF")]
    )
    drugs = marked(
        "d1", {"d1.s0.e0": "drug", "d1.s0.e1": "drug"}, [("d1.s0.e0", "d1.s0.e1", "int")]
    )
    induced = marked("1", {"D1": "Chemical", "D2": "Disease"}, [("D1", "D2", "CID")])
    for rule, document in (("drugprot", chemicals), ("ddi", drugs), ("bc5cdr-cid", induced)):
        format = f"{rule.removesuffix('-cid')}-submission"
        content = _written([document], format)
        yield Fuzzed(f"example:{format}", {"file": content}, _answer([document], rule))


def real(directory: Path) -> Iterator[Fuzzed]:
    """The first documents of every corpus split of which there is a copy."""
    for entry in CORPORA.values():
        for split in entry.splits[:_SPLITS]:
            found = copies(entry, split, directory)
            if found is None:
                continue
            format = getattr(split, "format", "") or entry.format
            files: Files = {}
            for copy in found:
                content = _content(copy.path, copy.member)
                if split.members:
                    files |= _members(content, split.members)
                else:
                    files[copy.path.name] = content
            read = (
                _layout(format, entry.schema)
                if format in LAYOUTS
                else _stream(format, entry.schema)
            )
            yield Fuzzed(f"{entry.name}:{split.name}", _shrunk(files), read)
    for samples in ("pubtator_samples", "pubmed_xml"):
        for path in sorted((directory / samples).glob("*.*")):
            if path.suffix != ".md":
                content = _content(path, None)
                yield Fuzzed(f"{samples}:{path.name}", _shrunk({path.name: content}), _stream(None))


# ------------------------------------------------------------------------------------- reading


def _stream(format: str | None, schema: Any = None) -> Callable[[Files, OnError], list[Document]]:
    def read(files: Files, on_error: OnError) -> list[Document]:
        documents = []
        for name, content in files.items():
            stream = io.BytesIO(content)
            documents += formats.read_stream(
                stream, name, format=format, schema=schema, on_error=on_error
            )
        return documents

    return read


def _layout(format: str, schema: Any) -> Callable[[Files, OnError], list[Document]]:
    def read(files: Files, on_error: OnError) -> list[Document]:
        sources = [Source(name, content) for name, content in files.items()]
        return list(LAYOUTS[format](sources, schema, on_error))

    return read


def _answer(gold: list[Document], rule: str) -> Callable[[Files, OnError], list[Document]]:
    """An answer may name what it likes; scoring it then says so."""

    def read(files: Files, on_error: OnError) -> list[Document]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "file"
            path.write_bytes(files["file"])
            documents = read_submission(path, gold)
        score(gold, documents, rule, extra="ignore")
        return [document.with_relations(()) for document in documents]

    return read


def _brat(files: Files, on_error: OnError) -> list[Document]:
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            (Path(folder) / name).write_bytes(content)
        return list(formats.read(Path(folder), on_error=on_error))


# ------------------------------------------------------------------------------------- contents


def _written(documents: list[Document], format: str) -> bytes:
    stream = io.BytesIO()
    write(documents, stream, format)
    return stream.getvalue()


def _brat_files() -> Files:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "out"
        write([*DOCUMENTS, FULL], target, "brat")
        return {path.name: path.read_bytes() for path in sorted(target.iterdir())}


def _content(path: Path, member: str | None) -> bytes:
    if member is not None:
        with zipfile.ZipFile(path) as archive:
            return archive.read(member)
    content = path.read_bytes()
    return gzip.decompress(content) if path.suffix == ".gz" else content


def _members(content: bytes, pattern: str) -> Files:
    from fnmatch import fnmatchcase

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = [name for name in archive.namelist() if fnmatchcase(name, pattern)]
        return {name: archive.read(name) for name in names[:_MEMBERS]}


def _shrunk(files: Files) -> Files:
    """The files with their first documents only, well-formed as they were."""
    tables = {name for name, content in files.items() if b"\t" in content.partition(b"\n")[0]}
    wanted: list[bytes] = []
    for name in tables:  # documents that the first table begins with, in every table
        wanted = (
            wanted
            or list(dict.fromkeys(re.findall(rb"^([^\t\n]+)\t", files[name], re.MULTILINE)))[
                :_DOCUMENTS
            ]
        )
    return {
        name: _rows(content, wanted) if name in tables else _first(content)
        for name, content in files.items()
    }


def _rows(content: bytes, wanted: list[bytes]) -> bytes:
    rows = [row for row in content.splitlines(keepends=True) if row.split(b"\t")[0] in wanted]
    return b"".join(rows or content.splitlines(keepends=True)[:_DOCUMENTS])


def _first(content: bytes) -> bytes:
    start = content.lstrip()[:1]
    if start == b"<":
        return _first_elements(content)
    if start in (b"{", b"["):
        return _first_values(content)
    blocks = re.split(rb"\r?\n\r?\n", content)
    return b"\n\n".join(blocks[:_DOCUMENTS]) + b"\n"


def _first_elements(content: bytes) -> bytes:
    ends = [match.end() for match in re.finditer(rb"</document>", content)]
    if len(ends) <= _DOCUMENTS:
        return content
    return content[: ends[_DOCUMENTS - 1]] + content[ends[-1] :]


def _first_values(content: bytes) -> bytes:
    try:
        value = json.loads(content)
    except ValueError:  # a value a line
        return b"\n".join(content.split(b"\n")[:_DOCUMENTS]) + b"\n"
    if isinstance(value, dict):
        value = {
            key: each[:_DOCUMENTS] if isinstance(each, list) and key != "passages" else each
            for key, each in value.items()
        }
    return json.dumps(value).encode()


_DDI = b"""<?xml version="1.0" encoding="UTF-8"?>
<document id="Own.d1">
  <sentence id="Own.d1.s0" text="Aspirin and caffeine, not zinc or copper salts, interact.">
    <entity id="Own.d1.s0.e0" charOffset="0-6" type="drug" text="Aspirin"/>
    <entity id="Own.d1.s0.e1" charOffset="12-19" type="drug" text="caffeine"/>
    <entity id="Own.d1.s0.e2" charOffset="26-29;41-45" type="group" text="zinc salts"/>
    <pair id="Own.d1.s0.p0" e1="Own.d1.s0.e0" e2="Own.d1.s0.e1" ddi="true" type="int"/>
    <pair id="Own.d1.s0.p1" e1="Own.d1.s0.e0" e2="Own.d1.s0.e2" ddi="false"/>
    <pair id="Own.d1.s0.p2" e1="Own.d1.s0.e1" e2="Own.d1.s0.e2" ddi="false"/>
  </sentence>
  <sentence id="Own.d1.s1" text="Nothing else &amp; nobody."/>
</document>
"""
_PUBMED = b"""<?xml version="1.0"?>
<PubmedArticleSet>
<PubmedArticle><MedlineCitation><PMID Version="1">1</PMID><Article>
<Journal><JournalIssue><PubDate><Year>2001</Year></PubDate></JournalIssue><Title>Own</Title>
</Journal><ArticleTitle>NAT9 and <i>KRT81</i>.</ArticleTitle><Abstract>
<AbstractText Label="AIM">To bind.</AbstractText><AbstractText>They do.</AbstractText></Abstract>
<Language>eng</Language></Article></MedlineCitation><PubmedData/></PubmedArticle>
<DeleteCitation><PMID>2</PMID></DeleteCitation>
</PubmedArticleSet>
"""
_PPI = b"""<?xml version="1.0" encoding="UTF-8"?>
<corpus source="Own">
  <document id="Own.d1">
    <sentence id="Own.d1.s0" text="NAT9 binds KRT81 alpha and beta.">
      <entity id="Own.d1.s0.e0" charOffset="0-4" type="protein" text="NAT9"/>
      <entity id="Own.d1.s0.e1" charOffset="11-16,27-31" type="protein" text="KRT81 beta"/>
      <interaction id="Own.d1.s0.i0" e1="Own.d1.s0.e0" e2="Own.d1.s0.e1" type="PPI"/>
    </sentence>
  </document>
  <document id="Own.d2">
    <sentence id="Own.d2.s0" text="Nothing else."/>
  </document>
</corpus>
"""
