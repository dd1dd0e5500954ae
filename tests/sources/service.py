"""Both services on 127.0.0.1: the documented interfaces, and everything that can go wrong."""

from __future__ import annotations

import contextlib
import http.server
import json
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

Answer = Callable[[BaseHTTPRequestHandler], None]

_MOST_IDS = 100


class Request(NamedTuple):
    """What was asked, and when, in seconds."""

    at: float
    path: str
    query: dict[str, str]
    agent: str

    @property
    def ids(self) -> list[str]:
        (asked,) = (self.query[key] for key in ("pmids", "pmcids", "id") if key in self.query)
        return asked.split(",")


class Server(http.server.ThreadingHTTPServer):
    """Answers as the services do, after the answers of `script` have been given in turn."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script: list[Answer] = []
        self.requests: list[Request] = []
        self.abstracts: dict[str, dict[str, Any]] = {}
        self.full_texts: dict[str, dict[str, Any]] = {}  # by PMID
        self.pmc: dict[str, dict[str, Any]] = {}
        self.pubmed: dict[str, str] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def answer(self, request: Request) -> Answer:
        if len(request.ids) > _MOST_IDS:
            return send(b'{"detail":"Too many publications"}', code=400)
        if request.path == "/publications/export/biocjson":
            held = self.abstracts | (self.full_texts if request.query.get("full") else {})
            return exported([held[id] for id in request.ids if id in held])
        if request.path == "/publications/pmc_export/biocjson":
            return exported([self.pmc[id] for id in request.ids if id in self.pmc])
        if request.path == "/efetch.fcgi" and request.query["retmode"] == "xml":
            return records([self.pubmed[id] for id in request.ids if id in self.pubmed])
        return status(404)


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        request = Request(time.monotonic(), parts.path, query, self.headers["User-Agent"])
        self.server.requests.append(request)
        script = self.server.script
        answer = script.pop(0) if script else self.server.answer(request)
        with contextlib.suppress(OSError):  # the client has gone
            answer(self)

    def log_message(self, *_: object) -> None:
        pass


# ------------------------------------------------------------------------------------ answers


def send(content: bytes, *, code: int = 200, claim: int | None = None, **headers: Any) -> Answer:
    """A body; `claim` is the length announced, if it is not the true one."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(code)
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.send_header("Content-Length", str(len(content) if claim is None else claim))
        request.end_headers()
        request.wfile.write(content)

    return answer


def status(code: int, **headers: Any) -> Answer:
    """An empty answer with a status."""
    return send(b"", code=code, **headers)


def exported(documents: list[dict[str, Any]]) -> Answer:
    """What PubTator3 sends for `documents`."""
    if not documents:
        return send(b'{"detail":"Could not retrieve publications"}', code=400)
    return send(json.dumps({"PubTator3": documents}).encode())


def records(found: list[str]) -> Answer:
    """What efetch sends for `found`."""
    head = (
        '<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC '
        '"-//NLM//DTD PubMedArticle, 1st January 2025//EN" '
        '"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n'
    )
    return send(f"{head}<PubmedArticleSet>{''.join(found)}</PubmedArticleSet>".encode())


def silent(request: BaseHTTPRequestHandler) -> None:
    """No answer for longer than the tests wait."""
    time.sleep(0.6)


def trickling(request: BaseHTTPRequestHandler) -> None:
    """A byte now and then, and never the end."""
    request.send_response(200)
    request.end_headers()
    for _ in range(3000):
        request.wfile.write(b" ")
        time.sleep(0.01)


def endless(request: BaseHTTPRequestHandler) -> None:
    """No length, no end."""
    request.send_response(200)
    request.end_headers()
    while True:
        request.wfile.write(b" " * 1_000_000)


def hanging_up(request: BaseHTTPRequestHandler) -> None:
    """The connection is closed without a word."""
    request.close_connection = True


HTML = send(b"<!DOCTYPE html><html><body>Scheduled maintenance</body></html>")

# ---------------------------------------------------------------------------------- documents


def annotation(
    number: int, text: str, offset: int, type: str = "Gene", identifier: str = "10", **more: Any
) -> dict[str, Any]:
    """An annotation of PubTator3's dialect."""
    return {
        "id": str(number),
        "infons": {"identifier": identifier, "type": type, "valid": True},
        "text": text,
        "locations": [{"offset": offset, "length": len(text)}],
    } | more


def relation(head: str, tail: str, type: str = "Association") -> dict[str, Any]:
    """A relation of PubTator3's dialect."""
    roles = {"role1": {"identifier": head}, "role2": {"identifier": tail}}
    return {"id": "R1", "infons": {"score": "0.75", "type": type} | roles, "nodes": []}


def article(pmid: str, *, pmcid: str | None = None, **changes: Any) -> dict[str, Any]:
    """An article of ours, as PubTator3 exports its title and abstract."""
    return {
        "_id": f"{pmid}|{pmcid}",
        "id": pmid,
        "infons": {},
        "passages": [
            {
                "infons": {"type": "title", "journal": "A Journal"},
                "offset": 0,
                "text": "KCN9 in cystic fibrosis",
                "sentences": [],
                "annotations": [
                    annotation(1, "KCN9", 0),
                    annotation(2, "cystic fibrosis", 8, "Disease", "MESH:D003550"),
                ],
                "relations": [],
            },
            {
                "infons": {"type": "abstract"},
                "offset": 24,
                "text": "KCN9 was raised.",
                "sentences": [],
                "annotations": [annotation(3, "KCN9", 24)],
                "relations": [],
            },
        ],
        "relations": [relation("10", "MESH:D003550")],
        "pmid": int(pmid),
        "pmcid": pmcid,
        "meta": {},
        "date": "2020-01-01T00:00:00Z",
        "journal": "A Journal",
        "authors": ["A B"],
        "relations_display": [{"name": "associate|@GENE_KCN9|@DISEASE_Cystic_Fibrosis"}],
    } | changes


def full_text(pmid: str, pmcid: str) -> dict[str, Any]:
    """The same article with a section more, under the number of its PMC id."""
    made = article(pmid, pmcid=pmcid, id=pmcid.removeprefix("PMC"))
    made["passages"][0]["infons"]["type"] = "front"
    section = {
        "infons": {"section_type": "RESULTS", "type": "paragraph"},
        "offset": 60,
        "text": "We found KCN9.",
        "annotations": [annotation(4, "KCN9", 69)],
    }
    made["passages"].append(section)
    return made


def pubmed_record(pmid: str, *, abstract: str = "It rose.", type: str = "Journal Article") -> str:
    """A record of ours, as efetch sends it."""
    text = f"<Abstract><AbstractText>{abstract}</AbstractText></Abstract>" if abstract else ""
    return (
        f'<PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="1">{pmid}</PMID>'
        f"<Article><ArticleTitle>Of <i>KCN9</i> and α.</ArticleTitle>{text}"
        f"<PublicationTypeList><PublicationType>{type}</PublicationType></PublicationTypeList>"
        "</Article><CommentsCorrectionsList><CommentsCorrections RefType='Cites'><PMID>77</PMID>"
        "</CommentsCorrections></CommentsCorrectionsList></MedlineCitation><PubmedData/>"
        "</PubmedArticle>\n"
    )
