"""What the service answers, through a real server on loopback."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest

from relatome import formats
from relatome.data import Document
from relatome.formats import jsonl
from relatome.pipeline import Pipeline
from tests import tiny

from .conftest import PAGE, TEXT, Running

DOCUMENT = tiny.document(
    "18439317",
    "{Abadol|C|D000001} relieves {migraine|D|D008881}, and {abadol|C|D000001} inhibits "
    "{ABC1|G|19}.",
    ("D000001", "D008881", "Negative_Correlation", True),
)
OWN = json.loads(jsonl.line(DOCUMENT))
CROWDED = json.loads(
    jsonl.line(tiny.document("crowd", " ".join(f"{{kcn{n}|G|{n}}}" for n in range(1, 252))))
)
PUBTATOR = (
    "7|t|Abadol relieves migraine.\n7|a|\n"
    "7\t0\t6\tAbadol\tChemicalEntity\tD000001\n"
    "7\t16\t24\tmigraine\tDiseaseOrPhenotypicFeature\tD008881\n\n"
)


def error(response: httpx2.Response, status: int, code: str) -> dict[str, str]:
    """What a response tells of a failure, which has the one shape all have."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/json"
    (told,) = response.json().values()
    assert set(response.json()) == {"error"}
    assert set(told) == {"code", "what", "next_step", "place"}
    assert told["code"] == code
    assert told["next_step"]
    assert "Traceback" not in response.text
    return told


def expected(pipeline: Pipeline, document: Document) -> list[dict[str, Any]]:
    """The relations that the pipeline itself finds, as JSON."""
    found = pipeline.under().extract(document)
    return msgspec.json.decode(msgspec.json.encode(found.relations))


# -------------------------------------------------------------------------------------- answers


def test_a_text_gets_the_relations_of_the_pipeline(
    client: httpx2.Client, pipeline: Pipeline
) -> None:
    answer = client.post("/v1/extract", json={"text": TEXT}).json()
    (document,) = answer["documents"]
    found = pipeline.under().extract(formats.text_document(TEXT))
    assert document["relations"] == expected(pipeline, formats.text_document(TEXT))
    assert [m["text"] for m in document["mentions"]] == [m.text for m in found.mentions]
    assert [e["id"] for e in document["entities"]] == [e.id for e in found.entities]
    assert all(
        document["mentions"][index]["entity_ids"].count(entity["id"])
        for entity in document["entities"]
        for index in entity["mentions"]
    )
    assert answer["model"]["name"] == "relatome-small"
    assert answer["summary"][0].startswith("1 document tagged")
    assert answer["problems"] == []
    assert document["url"] is None


def test_plain_text_is_a_text(client: httpx2.Client) -> None:
    as_text = client.post(
        "/v1/extract", content=TEXT.encode(), headers={"Content-Type": "text/plain; charset=UTF-8"}
    )
    assert as_text.json() == client.post("/v1/extract", json={"text": TEXT}).json()


def test_documents_keep_their_entities_and_identifiers_lead_to_pages(
    client: httpx2.Client, pipeline: Pipeline
) -> None:
    answer = client.post("/v1/extract", json={"documents": [OWN]}).json()
    (document,) = answer["documents"]
    assert document["relations"] == expected(pipeline, DOCUMENT)
    assert document["url"] == "https://pubmed.ncbi.nlm.nih.gov/18439317/"
    assert document["entities"][0] == {
        "id": "D000001",
        "type": "ChemicalEntity",
        "name": "Abadol",
        "mentions": [0, 2],
        "url": "https://meshb.nlm.nih.gov/record/ui?ui=D000001",
    }
    assert document["entities"][2]["url"] == "https://www.ncbi.nlm.nih.gov/gene/19"
    # What was answered may be sent again as it is.
    again = client.post("/v1/extract", json={"documents": answer["documents"]}).json()
    assert again["documents"] == answer["documents"]


@pytest.mark.parametrize("format", ["auto", "pubtator"])
def test_the_content_of_a_file(client: httpx2.Client, format: str) -> None:
    body = {"content": PUBTATOR, "format": format}
    (document,) = client.post("/v1/extract", json=body).json()["documents"]
    assert document["id"] == "7"
    assert [each["id"] for each in document["entities"]] == ["D000001", "D008881"]


@pytest.mark.parametrize("format", ["bioc-json", "bioc-xml", "pubtator", "jsonl"])
def test_answers_in_other_formats_read_back(
    client: httpx2.Client, pipeline: Pipeline, tmp_path: Path, format: str
) -> None:
    response = client.post(f"/v1/extract?format={format}", json={"documents": [OWN]})
    assert response.status_code == 200
    path = tmp_path / "answer"
    path.write_bytes(response.content)
    (document,) = formats.read(path, format=format)
    found = pipeline.under().extract(DOCUMENT)
    assert [(r.head, r.tail, r.type) for r in document.relations] == [
        (r.head, r.tail, r.type) for r in found.relations
    ]
    assert "attachment" in response.headers["content-disposition"]


def test_a_table_says_what_it_cannot_hold(client: httpx2.Client) -> None:
    response = client.post("/v1/extract?format=tsv", json={"documents": [OWN]})
    assert response.headers["content-type"] == "text/tab-separated-values; charset=utf-8"
    assert response.text.splitlines()[0].startswith("document\thead_id\t")
    assert "4 x mention offset" in response.headers["x-relatome-lost"]


def test_options_do_what_those_of_the_command_do(client: httpx2.Client, pipeline: Pipeline) -> None:
    def types(**options: object) -> list[str]:
        body = {"text": TEXT, "options": options}
        answer = client.post("/v1/extract", json=body)
        assert answer.status_code == 200, answer.text
        return [each["type"] for each in answer.json()["documents"][0]["relations"]]

    every = types()
    assert len(every) > 1
    assert types(min_score=1.0) == []
    assert len(types(precision=0.9)) < len(every)
    named = types(predicates="biolink")
    assert len(named) == len(every)
    assert all(name.startswith("biolink:") for name in named)
    assert types(tagger="given") == []
    assert types() == every  # nothing stays of what others asked for


def test_local_tags_documents_that_bring_entities_along(client: httpx2.Client) -> None:
    body = {"documents": [OWN], "options": {"tagger": "local"}}
    (document,) = client.post("/v1/extract", json=body).json()["documents"]
    assert all(each["id"].startswith("local:") for each in document["entities"])


def test_types_of_entities_that_are_not_kept_are_not_judged(client: httpx2.Client) -> None:
    odd = {**OWN, "mentions": [{**OWN["mentions"][0], "type": "Protein"}], "relations": []}
    told = {
        tagger: client.post("/v1/extract", json={"documents": [odd], "options": {"tagger": tagger}})
        for tagger in ("auto", "local")
    }
    assert {tagger: answer.status_code for tagger, answer in told.items()} == {
        "auto": 422,
        "local": 200,
    }


def test_documents_that_cannot_be_used_are_told_of(client: httpx2.Client) -> None:
    wrong = {**OWN, "id": "wrong", "mentions": [{**OWN["mentions"][0], "text": "abacus"}]}
    body = {"documents": [wrong, OWN]}
    response = client.post("/v1/extract", json=body)
    assert response.status_code == 200
    answer = response.json()
    assert [each["id"] for each in answer["documents"]] == ["18439317"]
    (problem,) = answer["problems"]
    assert problem["code"] == "R104"
    assert problem["place"] == "documents:1, document wrong"
    as_file = client.post("/v1/extract?format=pubtator", json=body)
    assert as_file.headers["x-relatome-problems"] == "1 x R104"


def test_a_curators_decisions_come_out_as_a_file_to_train_on(
    client: httpx2.Client, tmp_path: Path
) -> None:
    answer = client.post("/v1/extract", json={"documents": [OWN]}).json()
    (document,) = answer["documents"]
    accepted = [r for r in document["relations"] if r["head"] == "D000001"][:1]
    body = {"documents": [{**document, "relations": accepted}], "format": "pubtator"}
    response = client.post("/v1/convert", json=body)
    assert response.status_code == 200, response.text
    path = tmp_path / "curated.pubtator"
    path.write_bytes(response.content)
    (read,) = formats.read(path)
    assert [(r.head, r.tail, r.type) for r in read.relations] == [
        (r["head"], r["tail"], r["type"]) for r in accepted
    ]


def test_what_it_says_of_itself(client: httpx2.Client, pipeline: Pipeline) -> None:
    answer = client.get("/v1/models").json()
    assert answer["graph"] is False
    (model,) = answer["models"]
    assert model["name"] == "relatome-small"
    assert 0.8 in model["precisions"]
    assert model["predicates"] == ["pubtator3", "biolink"]
    schema = client.get("/v1/schema").json()
    assert schema["entity_types"].keys() == pipeline.schema.entity_types.keys()
    assert tuple(schema["labels"]) == pipeline.schema.labels
    assert len(schema["pairs"]) == len(pipeline.schema.pairs)


def test_every_example_has_relations(client: httpx2.Client) -> None:
    examples = client.get("/v1/examples").json()["examples"]
    assert len(examples) >= 3
    for example in examples:
        assert example["text"].startswith(example["title"])
        (document,) = client.post("/v1/extract", json={"text": example["text"]}).json()["documents"]
        assert document["passages"][0]["text"] == example["title"]
        assert len(document["relations"]) >= 2


def test_health_readiness_and_counts(client: httpx2.Client) -> None:
    assert client.get("/health").text == "ok\n"
    assert client.get("/ready").text == "ready\n"

    def count(name: str) -> float:
        lines = client.get("/metrics").text.splitlines()
        return sum(float(each.split()[-1]) for each in lines if each.startswith(name))

    before = count("relatome_documents_total")
    answer = client.post("/v1/extract", json={"documents": [OWN]}).json()
    assert count("relatome_documents_total") == before + 1
    assert count("relatome_relations_total") >= len(answer["documents"][0]["relations"])
    assert count('relatome_requests_total{method="POST",route="/v1/extract",status="200"}') >= 1
    assert count("relatome_queue_documents ") == 0
    # A client cannot make the counts grow without end.
    client.get("/v1/made-up")
    assert "made-up" not in client.get("/metrics").text


def test_the_description_lists_every_address(client: httpx2.Client) -> None:
    described = client.get("/openapi.json").json()
    page = client.get("/docs").text
    assert {"/v1/extract", "/v1/extract/pmids", "/v1/convert"} <= described["paths"].keys()
    for path in described["paths"]:
        assert path in page
    assert "<script" not in page
    assert "http" not in page.replace("charset", "")


# ----------------------------------------------------------------------------------- the page


def test_the_files_of_the_page(client: httpx2.Client) -> None:
    index = client.get("/")
    assert index.text == PAGE["index.html"]
    assert index.headers["content-type"] == "text/html; charset=utf-8"
    script = client.get("/page/main.js")
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    assert client.get("/page/vendored/style.css").headers["content-type"].startswith("text/css")
    same = client.get("/page/main.js", headers={"If-None-Match": script.headers["etag"]})
    assert same.status_code == 304


@pytest.mark.parametrize(
    "path",
    [
        "/page/notes.md",
        "/page/",
        "/page/../secret.txt",
        "/page/%2e%2e/secret.txt",
        "/page/..%2fsecret.txt",
        "/page/....//secret.txt",
        "/page//etc/passwd",
        "/page/main.js%00.html",
        "/../../etc/passwd",
        "/v1/extract/",
        "/%ff",
    ],
)
def test_there_is_nothing_else(running: Running, path: str) -> None:
    # Raw, since clients tidy such addresses up.
    import http.client

    connection = http.client.HTTPConnection(running.url.removeprefix("http://"), timeout=20)
    connection.putrequest("GET", path, skip_host=False)
    connection.endheaders()
    response = connection.getresponse()
    assert response.status == 404
    assert json.loads(response.read())["error"]["code"] == "R940"
    connection.close()


def test_nothing_may_run_in_a_page_but_its_own_files(client: httpx2.Client) -> None:
    for path in ("/", "/page/main.js", "/v1/schema", "/nothing", "/docs"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'; script-src 'self';" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "access-control-allow-origin" not in headers
        assert "server" not in headers


# -------------------------------------------------------------------------------------- refusals


def test_other_addresses_and_methods(client: httpx2.Client) -> None:
    assert "/v1/x" in error(client.get("/v1/x"), 404, "R940")["what"]
    refused = client.put("/v1/extract", json={})
    error(refused, 405, "R941")
    assert refused.headers["allow"] == "POST"
    error(client.request("DELETE", "/"), 405, "R941")
    error(client.options("/v1/extract"), 405, "R941")


@pytest.mark.parametrize(
    "type",
    ["application/xml", "", "text/plain; charset=latin-1", "multipart/form-data; boundary=x"],
)
def test_other_types_of_body(client: httpx2.Client, type: str) -> None:
    headers = {"Content-Type": type} if type else {}
    error(client.post("/v1/extract", content=b"text", headers=headers), 415, "R942")


def test_compressed_bodies(client: httpx2.Client) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    error(client.post("/v1/extract", content=b"\x1f\x8b", headers=headers), 415, "R942")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "truncated"),
        (b"{", "truncated"),
        (b'{"text": "a"} b', "not what is asked for: json is malformed"),
        (b"[]", "expected `object`"),
        (b'{"text": 3}', "expected `str`"),
        (b'{"text": null}', "expected `str`"),
        (b"{}", "one of `text`"),
        (b'{"text": "a", "content": "b"}', "one of `text`"),
        (b'{"text": "a", "temperature": 1}', "unknown field `temperature`"),
        (b'{"text": "a", "options": {"min-score": 1}}', "unknown field `min-score`"),
        (b'{"text": "a", "options": {"min_score": 2}}', "<= 1"),
        (b'{"text": "a", "options": {"min_score": NaN}}', "malformed"),
        (b'{"text": "a", "options": {"precision": -1}}', "> 0"),
        (b'{"text": "a", "options": {"tagger": "/etc/passwd"}}', "invalid enum"),
        (b'{"content": "a", "format": "brat"}', "invalid enum"),
        (b'{"text": "\xff"}', "utf-8"),
        (b'{"text": "\\ud800"}', "not what is asked for"),
        (b'{"documents": [' + b'{"infons":' * 100_000, "nested too deeply"),
        (b'{"documents": [1]}', "expected `object`"),
    ],
)
def test_bodies_that_are_something_else(client: httpx2.Client, body: bytes, reason: str) -> None:
    response = client.post(
        "/v1/extract", content=body, headers={"Content-Type": "application/json"}
    )
    told = error(response, 422, "R945")
    assert reason in told["what"].lower().replace("utf8", "utf-8")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"text": ""}, 422, "R957"),
        ({"text": " \n\t"}, 422, "R957"),
        ({"documents": []}, 422, "R957"),
        ({"content": ""}, 422, "R957"),
        ({"content": '{"documents": []}', "format": "bioc-json"}, 422, "R957"),
        ({"content": "7\t1\t2\tx", "format": "pubtator"}, 422, "R130"),
        ({"content": "<collection>", "format": "bioc-xml"}, 422, "R123"),
        ({"content": "%PDF-1.4 \0"}, 422, "R129"),
        ({"documents": [{"id": "1"}]}, 422, "R137"),
        ({"documents": [{**OWN, "comment": 1}]}, 422, "R137"),
        ({"documents": [OWN, OWN], "options": {"precision": 1.0}}, 422, "R851"),
        ({"text": "a" * 500_001}, 413, "R948"),
        ({"documents": [CROWDED]}, 413, "R948"),
        ({"documents": [{**OWN, "id": str(n)} for n in range(201)]}, 413, "R947"),
    ],
)
def test_what_cannot_be_done(
    client: httpx2.Client, body: dict[str, object], status: int, code: str
) -> None:
    response = client.post("/v1/extract", json=body)
    assert response.status_code == status, response.text
    error(response, status, code)


def test_plain_text_that_is_not_utf8(client: httpx2.Client) -> None:
    headers = {"Content-Type": "text/plain"}
    told = error(client.post("/v1/extract", content=b"caf\xe9", headers=headers), 422, "R945")
    assert "byte 3" in told["what"]


def test_passages_with_absurd_offsets_do_not_fill_the_memory(client: httpx2.Client) -> None:
    far = [
        {"id": str(n), "passages": [{"kind": "a", "offset": 60_000_000, "text": "b"}]}
        for n in range(5)
    ]
    error(client.post("/v1/extract", json={"documents": far}), 413, "R948")


@pytest.mark.parametrize(
    "query", ["?format=docx", "?format=", "?formats=json", "?format=json&x=1", "?format=../tsv"]
)
def test_parameters_that_are_unknown(client: httpx2.Client, query: str) -> None:
    error(client.post(f"/v1/extract{query}", json={"text": TEXT}), 422, "R946")


def test_unknown_parameters_of_any_route(client: httpx2.Client) -> None:
    for path in ("/", "/health", "/v1/models", "/page/main.js", "/openapi.json"):
        error(client.get(f"{path}?file=/etc/passwd"), 422, "R946")


def test_text_with_everything_in_it(client: httpx2.Client) -> None:
    text = "<b onclick='x'>&amp; \x00\x1b[31m aspirin treats pain \u202eolleh \U0001f9ec\r\n"
    (document,) = client.post("/v1/extract", json={"text": text}).json()["documents"]
    assert document["passages"][0]["text"] == text
    for mention in document["mentions"]:
        assert text[mention["start"] : mention["end"]] == mention["text"]
