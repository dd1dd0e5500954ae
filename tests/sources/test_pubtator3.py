"""PubTator3: documents of ids, and what becomes of ids, mentions and relations that do not fit."""

from __future__ import annotations

import copy
import gzip
import json
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relatome.data import Document, Mention, Passage, Relation
from relatome.data.schema import BIORED
from relatome.errors import UsageError, WorkError
from relatome.formats import Problems, read
from relatome.sources import Cache, Client, FetchReport, pubtator3
from relatome.sources.client import Service
from relatome.sources.pubtator3 import PUBTATOR3

from . import service
from .service import Server, annotation, article, full_text, relation, send, status

Connect = Callable[[Service], Client]


class Fetch:
    """Fetches from the server, and keeps what it tells."""

    def __init__(self, connect: Connect, cache: Cache) -> None:
        self.client = connect(PUBTATOR3)
        self.cache = cache
        self.report = FetchReport()
        self.problems = Problems()

    def __call__(self, *ids: str, **options: Any) -> list[Document]:
        self.report = FetchReport()
        self.problems = Problems()
        given: dict[str, Any] = {"client": self.client, "cache": self.cache, "report": self.report}
        return list(pubtator3.fetch(ids, on_error=self.problems, **given | options))

    @property
    def told(self) -> list[tuple[str, str | None]]:
        return [(error.code, error.place.document) for error in self.problems.errors]


@pytest.fixture
def fetch(connect: Connect, cache: Cache) -> Fetch:
    return Fetch(connect, cache)


def ids_of(documents: list[Document]) -> list[str]:
    return [document.id for document in documents]


def with_annotations(pmid: str, text: str, *annotations: Any, **changes: Any) -> dict[str, Any]:
    passages = [
        {"infons": {"type": "title"}, "offset": 0, "text": text, "annotations": [*annotations]},
        {"infons": {"type": "abstract"}, "offset": len(text) + 1, "text": "Yes."},
    ]
    return article(pmid, passages=passages, **{"relations": []} | changes)


def test_an_article(server: Server, fetch: Fetch) -> None:
    server.abstracts = {"5": article("5")}
    (document,) = fetch("5")
    assert document == Document(
        "5",
        (
            Passage("title", 0, "KCN9 in cystic fibrosis", {"journal": "A Journal"}),
            Passage("abstract", 24, "KCN9 was raised."),
        ),
        (
            Mention("1", 0, 4, "KCN9", "Gene", ("10",), infons={"valid": "true"}),
            Mention(
                "2", 8, 23, "cystic fibrosis", "Disease", ("MESH:D003550",), (), {"valid": "true"}
            ),
            Mention("3", 24, 28, "KCN9", "Gene", ("10",), infons={"valid": "true"}),
        ),
        infons={
            "_id": "5|None",
            "pmid": "5",
            "date": "2020-01-01T00:00:00Z",
            "journal": "A Journal",
            "authors": '["A B"]',
        },
    )
    conformed = BIORED.conform(document)
    assert [m.type for m in conformed.mentions][:2] == [
        "GeneOrGeneProduct",
        "DiseaseOrPhenotypicFeature",
    ]
    assert fetch.report == FetchReport(documents=1)
    assert fetch.told == []
    (request,) = server.requests
    assert request.path == "/publications/export/biocjson"
    assert request.query == {"pmids": "5"}


def test_its_relations_on_request(server: Server, fetch: Fetch) -> None:
    server.abstracts = {"5": article("5")}
    (document,) = fetch("5", keep_relations=True)
    kept = {"role1": '{"identifier":"10"}', "role2": '{"identifier":"MESH:D003550"}'}
    assert document.relations == (Relation("10", "MESH:D003550", "Association", 0.75, infons=kept),)
    (without,) = fetch("5")
    assert without == document.with_relations(())


def test_a_relation_that_cannot_be_used_costs_nothing_else(server: Server, fetch: Fetch) -> None:
    broken = [relation("10", "11"), {"id": "R2", "infons": {"type": "Bind"}}, relation("10", "10")]
    server.abstracts = {"5": article("5", relations=broken)}
    (document,) = fetch("5", keep_relations=True)
    assert [(r.head, r.tail) for r in document.relations] == [("10", "10")]
    assert len(document.mentions) == 3
    assert fetch.report.relations_left_out == 2
    assert fetch.told == [("R316", "5"), ("R316", "5")]
    fetch("5")
    assert fetch.told == []


def test_full_text(server: Server, fetch: Fetch) -> None:
    server.full_texts = {"5": full_text("5", "PMC6")}
    server.abstracts = {"7": article("7")}
    server.pmc = {"PMC6": full_text("5", "PMC6")}
    open_article, closed = fetch("5", "7", full_text=True)
    assert (open_article.id, closed.id) == ("5", "7")
    assert [(p.kind, p.offset) for p in open_article.passages] == [
        ("title", 0),
        ("abstract", 24),
        ("paragraph", 60),
    ]
    assert open_article.text[69:73] == open_article.mentions[3].text == "KCN9"
    assert open_article.infons["pmcid"] == "PMC6"
    (by_pmc,) = fetch("PMC6")
    assert (by_pmc.id, by_pmc.text) == ("PMC6", open_article.text)
    assert [(r.path, r.query) for r in server.requests] == [
        ("/publications/export/biocjson", {"pmids": "5,7", "full": "true"}),
        ("/publications/pmc_export/biocjson", {"pmcids": "PMC6"}),
    ]


def test_the_number_of_a_full_text_is_not_taken_for_a_pmid(server: Server, fetch: Fetch) -> None:
    server.full_texts = {"5": full_text("5", "PMC6"), "6": article("6")}
    first, second = fetch("6", "5", full_text=True)
    assert (first.id, len(first.passages)) == ("6", 2)
    assert (second.id, len(second.passages)) == ("5", 3)


def test_batches_keep_the_order_asked(server: Server, fetch: Fetch) -> None:
    ids = [str(n) for n in range(250, 0, -1)]
    server.abstracts = {id: article(id) for id in ids}
    server.pmc = {f"PMC{n}": full_text(str(n), f"PMC{n}") for n in range(1, 13)}
    asked = [*ids, *server.pmc, "250"]
    assert ids_of(fetch(*asked)) == asked[:-1]
    assert [len(request.ids) for request in server.requests] == [100, 100, 50, 10, 2]


def test_ids_that_give_nothing_are_told_one_by_one(server: Server, fetch: Fetch) -> None:
    empty = article("3", passages=[{"infons": {"type": "title"}, "offset": 0, "text": " "}])
    broken = article("4", passages=[{"text": "no offset"}])
    overlapping, endless = article("6"), article("7")
    overlapping["passages"][1]["offset"] = 5
    endless["passages"][1]["offset"] = 10**15
    server.abstracts = {"1": article("1"), "3": empty, "4": broken, "6": overlapping, "7": endless}
    assert ids_of(fetch("1", "2", "3", "4", "6", "7")) == ["1"]
    assert fetch.told == [
        ("R303", "2"),
        ("R304", "3"),
        ("R314", "4"),
        ("R314", "6"),
        ("R314", "7"),
    ]
    assert fetch.report.missing == ["2", "3", "4", "6", "7"]
    assert fetch.report.summary()[1] == "5 ids gave no document: 2, 3, 4, 6, 7."
    assert all(error.place.path == server.url for error in fetch.problems.errors)


def test_nothing_known_is_no_failure(server: Server, fetch: Fetch) -> None:
    assert fetch("1", "2", "PMC3") == []
    assert fetch.told == [("R303", "1"), ("R303", "2"), ("R303", "PMC3")]
    assert "open access" in fetch.problems.errors[2].next_step


def test_the_first_problem_is_raised_without_a_sink(
    server: Server, connect: Connect, cache: Cache
) -> None:
    server.abstracts = {"1": article("1"), "3": article("3")}
    with pytest.raises(WorkError) as caught:
        list(pubtator3.fetch(["1", "2", "3"], client=connect(PUBTATOR3), cache=cache))
    assert caught.value.code == "R303"
    documents = pubtator3.fetch(["1", "2"], client=connect(PUBTATOR3), cache=cache)
    assert next(documents).id == "1"


def test_a_title_alone_is_a_document_and_told(server: Server, fetch: Fetch) -> None:
    server.abstracts = {"1": with_annotations("1", "KCN9"), "2": article("2")}
    server.abstracts["1"]["passages"][1]["text"] = ""
    assert ids_of(fetch("1", "2")) == ["1", "2"]
    assert fetch.report.without_abstract == ["1"]
    assert fetch.report.summary() == ["2 documents fetched.", "1 document without abstract: 1."]


def test_what_nobody_asked_for_is_counted(server: Server, fetch: Fetch) -> None:
    sent = [article("9"), article("1"), article("1"), {"nothing": True}]
    server.script = [service.exported(sent)]
    assert ids_of(fetch("1", "2")) == ["1"]
    assert fetch.report.surplus == 3
    assert fetch.told == [("R303", "2")]
    assert fetch("9", offline=True) == []


# ---------------------------------------------------------------------------------- mentions


def test_a_mention_in_another_spelling_gets_that_of_the_text(server: Server, fetch: Fetch) -> None:
    greek = annotation(1, "α‑ketoglutarate", 3, "Chemical")
    server.abstracts = {"1": with_annotations("1", "Of a-ketoglutarate", greek)}
    (document,) = fetch("1")
    (mention,) = document.mentions
    assert (mention.text, mention.start, mention.end) == ("a-ketoglutarate", 3, 18)
    assert mention.infons["as_sent"] == "α‑ketoglutarate"
    assert fetch.report.mended == 1
    assert fetch.told == []


@pytest.mark.parametrize(
    ("misfit", "says"),
    [
        (annotation(2, "KCN8", 0), "says 'KCN8', but the text there is 'KCN9'"),
        (annotation(2, "KCN9", 1), "the text there is 'CN9 '"),
        (annotation(2, "α-KCN9", 0, locations=[{"offset": 0, "length": 4}]), "says 'α-KCN9'"),
        (annotation(2, "KCN9", 900), "outside the document"),
        (annotation(2, "KCN9", -4), "outside the document"),
        (annotation(2, "KCN9", 0, locations=[]), "'KCN9' has no location"),
        (annotation(2, "KCN9", 0, infons={"identifier": "10"}), "'KCN9' has no type"),
        (annotation(2, "KCN9", 0) | {"text": None}, "Expected `str`, got `null`"),
        (annotation(2, "KCN9", 0, locations=[{"offset": "x"}]), "locations[0].offset"),
        ("KCN9", "Expected `object`"),
    ],
)
def test_a_mention_that_does_not_fit_is_left_out_alone(
    server: Server, fetch: Fetch, misfit: Any, says: str
) -> None:
    made = with_annotations("1", "KCN9 rose", annotation(1, "KCN9", 0), misfit)
    server.abstracts = {"1": made}
    (document,) = fetch("1")
    assert [mention.id for mention in document.mentions] == ["1"]
    assert fetch.report.mentions_left_out == 1
    assert fetch.told == [("R315", "1")]
    assert says in fetch.problems.errors[0].what
    assert len(list(pubtator3.fetch(["1"], client=fetch.client, cache=fetch.cache))) == 1


def test_a_relation_goes_with_its_last_mention(server: Server, fetch: Fetch) -> None:
    wrong = annotation(2, "CFTR", 0, identifier="20")
    made = with_annotations(
        "1", "KCN9 rose", annotation(1, "KCN9", 0), wrong, relations=[relation("10", "20")]
    )
    server.abstracts = {"1": made}
    (document,) = fetch("1", keep_relations=True)
    assert document.relations == ()
    assert fetch.told == [("R315", "1"), ("R316", "1")]


def test_ids_of_mentions_that_occur_twice_are_given_anew(server: Server, fetch: Fetch) -> None:
    twice = (annotation(1, "KCN9", 0), annotation(1, "rose", 5))
    server.abstracts = {"1": with_annotations("1", "KCN9 rose", *twice)}
    (document,) = fetch("1")
    assert [(mention.id, mention.text) for mention in document.mentions] == [
        ("M0", "KCN9"),
        ("M1", "rose"),
    ]


# ------------------------------------------------------------------------------------ failures


def test_a_failed_batch_loses_no_other(server: Server, fetch: Fetch) -> None:
    ids = [str(n) for n in range(1, 251)]
    server.abstracts = {id: article(id) for id in ids}
    server.script = [service.exported([article(id) for id in ids[:100]]), *[status(500)] * 5]
    assert ids_of(fetch(*ids)) == [*ids[:100], *ids[200:]]
    assert fetch.told == [("R307", id) for id in ids[100:200]]
    assert fetch.report.missing == ids[100:200]
    server.requests.clear()
    assert ids_of(fetch(*ids)) == ids
    assert (fetch.report.cached, len(server.requests)) == (150, 1)


def test_a_service_that_stays_away_is_left_alone(server: Server, fetch: Fetch) -> None:
    ids = [str(n) for n in range(1, 501)]
    fetch.cache.store(f"pubtator3-{fetch.client.key}", "450", json.dumps(article("450")).encode())
    server.script = [status(404)] * 9
    assert ids_of(fetch(*ids)) == ["450"]
    assert len(server.requests) == 3
    assert fetch.problems.by_code == {"R307": 300, "R312": 199}


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (service.HTML, "R308"),
        (send(b'{"PubTator3": [{"id": "1", "pass'), "R308"),
        (send(b'{"PubTator3": {}}'), "R308"),
        (send(b'{"error": "down"}'), "R308"),
        (send(b'{"PubTator3": [1]}'), "R308"),
        (send(b"\xff"), "R308"),
        (send(b"[" * 100_000), "R308"),
        (service.silent, "R306"),
    ],
)
def test_an_answer_that_is_none(server: Server, fetch: Fetch, answer: Any, code: str) -> None:
    server.script = [answer] * 5
    assert fetch("1") == []
    assert fetch.told == [(code, "1")]
    assert len(server.requests) == 5


def test_a_document_that_looks_like_a_collection(server: Server, fetch: Fetch) -> None:
    server.abstracts = {"1": article("1", documents=[article("2"), article("3")])}
    (document,) = fetch("1")
    assert document.id == "1"


VALUES: st.SearchStrategy[Any] = st.sampled_from(
    (None, True, -1, 7, 10**15, 0.5, "", "x", [], ["x"], [[]], {}, {"id": "x"})
)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every place in nested values, as its holder and key."""
    keys: list[Any] = list(value) if isinstance(value, dict) else []
    keys = list(range(len(value))) if isinstance(value, list) else keys
    return [place for key in keys for place in ((value, key), *places(value[key]))]


@given(st.data())
@settings(deadline=None, max_examples=100)
def test_whatever_an_article_holds_it_is_a_document_or_a_problem(data: st.DataObject) -> None:
    changed = full_text("1", "PMC6")
    for _ in range(data.draw(st.integers(1, 3))):
        holder, key = data.draw(st.sampled_from(places(changed)))
        holder[key] = copy.deepcopy(data.draw(VALUES))
    problems = Problems()
    with tempfile.TemporaryDirectory() as folder:
        cache, client = Cache(Path(folder)), Client(PUBTATOR3, "http://127.0.0.1:1")
        cache.store(f"pubtator3-{client.key}", "1", json.dumps(changed).encode())
        options: dict[str, Any] = {"client": client, "cache": cache, "offline": True}
        found = list(pubtator3.fetch(["1"], keep_relations=True, on_error=problems, **options))
    assert len(found) == 1 or problems.errors[-1].code in {"R304", "R314"}
    for document in found:
        document.check()
        assert document.id == "1"


@pytest.mark.parametrize("ids", [["x"], ["1", "@file"], ["PMCx"], ["0"]])
def test_what_is_no_id_is_refused_at_once(ids: list[str]) -> None:
    with pytest.raises(UsageError):
        pubtator3.fetch(ids)


# --------------------------------------------------------------------------------------- cache


def test_what_is_kept_is_not_asked_for_again(server: Server, fetch: Fetch) -> None:
    server.abstracts = {"1": article("1"), "2": article("2")}
    server.full_texts = {"1": full_text("1", "PMC6")}
    first = fetch("1")
    assert fetch("1", "2")[:1] == first
    assert [request.ids for request in server.requests] == [["1"], ["2"]]
    assert fetch.report.cached == 1
    assert fetch.report.summary() == ["2 documents fetched, 1 from the cache."]
    (full,) = fetch("1", full_text=True)
    assert len(full.passages) == 3


def test_what_is_old_or_damaged_is_asked_for_again(server: Server, fetch: Fetch) -> None:
    server.abstracts = {"1": article("1")}
    first = fetch("1")
    assert fetch("1", cache=Cache(fetch.cache.folder, max_age=timedelta(0))) == first
    (path,) = fetch.cache.folder.rglob("1.gz")
    path.write_bytes(path.read_bytes()[:-30])
    assert fetch("1") == first
    assert len(server.requests) == 3
    assert fetch("1") == first
    assert len(server.requests) == 3


def test_offline_is_the_cache_and_nothing_else(server: Server, fetch: Fetch) -> None:
    server.abstracts = {"1": article("1"), "2": article("2")}
    fetch("1")
    server.requests.clear()
    old = Cache(fetch.cache.folder, max_age=timedelta(0))
    assert ids_of(fetch("1", "2", offline=True, cache=old)) == ["1"]
    assert server.requests == []
    assert fetch.told == [("R305", "2")]
    assert "offline" in fetch.problems.errors[0].what


def test_a_cache_that_cannot_be_written_is_said_once(
    server: Server, fetch: Fetch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    server.abstracts = {"1": article("1"), "2": article("2")}
    assert ids_of(fetch("1", "2", cache=Cache(tmp_path / "file"))) == ["1", "2"]
    assert fetch.told == []
    assert "cannot be written" in fetch.report.summary()[-1]


def test_by_environment(server: Server, monkeypatch: pytest.MonkeyPatch, own_cache: Path) -> None:
    """As the command line uses it: no client, no cache of its own."""
    server.abstracts = {"1": article("1")}
    monkeypatch.setenv("RELATOME_PUBTATOR3_URL", server.url)
    assert ids_of(list(pubtator3.fetch(["1"]))) == ["1"]
    assert len(list(own_cache.rglob("1.gz"))) == 1
    monkeypatch.delenv("RELATOME_PUBTATOR3_URL")
    with pytest.raises(WorkError, match="offline"):
        list(pubtator3.fetch(["1"], offline=True))  # kept apart from the records of NCBI


# -------------------------------------------------------------------------------- real answers


def test_a_real_export(server: Server, fetch: Fetch, corpora_dir: Path) -> None:
    path = corpora_dir / "pubtator_samples" / "pubtator3_200.biocjson.gz"
    sent = json.loads(gzip.decompress(path.read_bytes()))["PubTator3"]
    server.abstracts = {document["id"]: document for document in sent}
    found = fetch(*server.abstracts)
    assert ids_of(found) == list(server.abstracts)
    assert sum(len(document.mentions) for document in found) == 4116
    assert not any(document.relations for document in found)
    assert fetch.report.mended == 6
    assert fetch.told == []
    mended = {d.id for d in found for m in d.mentions if "as_sent" in m.infons}
    assert mended == {"40376969", "40543756"}
    for document in found:
        BIORED.conform(document)

    related = fetch(*server.abstracts, keep_relations=True)
    assert sum(len(document.relations) for document in related) == 773
    assert fetch.told == [("R316", "41024483")] * 3
    # The reader of files leaves three of them out; the others are the same document for document.
    read_whole = {d.id: d for d in read(path, on_error=lambda error: None)}
    for document in related:
        if document.id in read_whole:
            whole = read_whole[document.id]
            assert (document.mentions, document.relations, document.text) == (
                whole.mentions,
                whole.relations,
                whole.text,
            )


def test_other_real_documents(server: Server, fetch: Fetch, corpora_dir: Path) -> None:
    folder = corpora_dir / "pubtator_samples"
    for path in sorted((folder / "pubtator3_documents").iterdir()):
        document = json.loads(path.read_text("utf-8"))
        server.abstracts[str(document["pmid"])] = document
    (single,) = json.loads((folder / "pubtator3.37026113_240614.json").read_text("utf-8"))[
        "PubTator3"
    ]
    server.abstracts["37026113"] = single
    found = fetch(*server.abstracts, keep_relations=True)
    assert ids_of(found) == list(server.abstracts)
    assert all(document.relations for document in found)
    assert fetch.told == []
