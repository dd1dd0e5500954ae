"""A small service for the page: its files, its policy, and the real pipeline behind `/v1`.

It stands for `relatome serve`, so that the tests of the page say whether the page is right.
"""

from __future__ import annotations

import io
import json
import mimetypes
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import msgspec

import relatome
from relatome import formats
from relatome.data import Document
from relatome.data.predicates import with_predicates
from relatome.errors import RelatomeError
from relatome.formats import Problems, text_document
from relatome.pipeline import Pipeline

PAGE = Path(relatome.__file__).parent / "serve" / "page"
EXAMPLES = Path(__file__).parents[2] / "examples"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@contextmanager
def running() -> Iterator[str]:
    """A service on a free port of this machine; its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def annotated() -> list[Document]:
    """The annotated examples of the repository."""
    return list(relatome.read(EXAMPLES / "annotated.pubtator"))


def extracted(text: str) -> Document:
    """A text with the relations the service finds in it."""
    return _pipeline("auto", None)(text)


def answer(documents: list[Document], problems: list[RelatomeError] | None = None) -> bytes:
    """Documents as the service answers them."""
    return msgspec.json.encode(
        {
            "documents": [_answered(document) for document in documents],
            "model": {"name": "small", "version": "0.1.0"},
            "summary": [],
            "problems": [_told(error) for error in problems or []],
        }
    )


def _answered(document: Document) -> dict[str, Any]:
    entities = [
        {
            "id": entity.id,
            "type": entity.type,
            "name": Counter(document.mentions[i].text for i in entity.mentions).most_common(1)[0][
                0
            ],
            "mentions": entity.mentions,
            "url": _entity_page(entity.id),
        }
        for entity in document.entities
    ]
    pubmed = f"https://pubmed.ncbi.nlm.nih.gov/{document.id}/" if document.id.isdigit() else None
    return {**msgspec.to_builtins(document), "entities": entities, "url": pubmed}


def _entity_page(id: str) -> str | None:
    if id.isdigit():
        return f"https://www.ncbi.nlm.nih.gov/gene/{id}"
    if id.startswith("rs"):
        return f"https://www.ncbi.nlm.nih.gov/snp/{id}"
    return f"https://meshb.nlm.nih.gov/record/ui?ui={id}" if id[0] in "CD" else None


def _told(error: RelatomeError) -> dict[str, str]:
    return {
        "code": error.code,
        "what": error.what,
        "next_step": error.next_step,
        "place": str(error.place),
    }


@cache
def _pipeline(tagger: str, precision: float | None) -> Pipeline:
    return relatome.load(tagger=tagger, precision=precision, threads=1)


def _extracted(asked: dict[str, Any], documents: list[Document], problems: Problems) -> bytes:
    options = asked["options"]
    extract = _pipeline(options["tagger"], options["precision"])
    found = list(extract(documents))
    if options["predicates"]:
        found = [with_predicates(document, options["predicates"]) for document in found]
    return answer(found, problems.errors)


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/":
            self._file("index.html")
        elif self.path.startswith("/page/"):
            self._file(self.path.removeprefix("/page/"))
        elif self.path == "/v1/examples":
            text = (EXAMPLES / "abstract.txt").read_text("utf-8")
            examples = [{"title": text.splitlines()[0], "text": text}]
            examples += [
                {"title": document.passages[0].text, "text": _plain(document)}
                for document in annotated()[:3]
            ]
            self._json({"examples": examples})
        elif self.path == "/v1/models":
            self._json({"models": [{"name": "small", "version": "0.1.0"}]})
        else:
            self._refuse(404, "There is no such address.")

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        problems = Problems()
        try:
            if self.path == "/v1/extract":
                self._send(_extracted(asked, _documents(asked, problems), problems))
            elif self.path == "/v1/extract/pmids":
                known = [document for document in annotated() if document.id in asked["pmids"]]
                if not known:
                    self._refuse(404, f"PubMed has no article {asked['pmids'][0]}.")
                else:
                    self._send(_extracted(asked, known, problems))
            else:
                content, lost = _converted(asked)
                self._send(content, "application/octet-stream", lost=lost)
        except RelatomeError as error:
            self._json({"error": _told(error)}, 422)

    def _file(self, name: str) -> None:
        path = PAGE / name
        if path.parent != PAGE or not path.is_file():
            self._refuse(404, "There is no such file.")
        else:
            self._send(path.read_bytes(), mimetypes.guess_type(name)[0] or "text/plain")

    def _refuse(self, status: int, what: str) -> None:
        error = {"code": "R000", "what": what, "next_step": "Look at the address.", "place": ""}
        self._json({"error": error}, status)

    def _json(self, value: object, status: int = 200) -> None:
        self._send(msgspec.json.encode(value), "application/json", status)

    def _send(
        self, body: bytes, type: str = "application/json", status: int = 200, lost: str = ""
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        if lost:
            self.send_header("X-Relatome-Lost", lost)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def _plain(document: Document) -> str:
    return "\n\n".join(passage.text for passage in document.passages)


def _documents(asked: dict[str, Any], problems: Problems) -> list[Document]:
    if "text" in asked:
        return [text_document(asked["text"])]
    return list(
        formats.read_stream(
            io.BytesIO(asked["content"].encode()),
            "content",
            schema=_pipeline("auto", None).schema,
            any_label=True,
            on_error=problems,
        )
    )


def _converted(asked: dict[str, Any]) -> tuple[bytes, str]:
    """A file, and what its format cannot hold."""
    lines = b"\n".join(msgspec.json.encode(document) for document in asked["documents"])
    stream = io.BytesIO()
    read = formats.read_stream(io.BytesIO(lines), "documents", format="jsonl")
    report = formats.write(read, stream, asked["format"])
    lost = "; ".join(f"{count} x {what}" for what, count in report.lost.items())
    return stream.getvalue(), lost
