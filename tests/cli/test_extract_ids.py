"""``relatome extract --pmid``, ``--pmcid`` and ``--tagger``: from ids and texts to relations."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch")  # the tiny model is made with it

from relatome.formats import read
from tests.cli.conftest import Ran, Relatome
from tests.sources.conftest import no_waiting, own_cache, server  # noqa: F401 - fixtures
from tests.sources.service import Server, article, full_text, pubmed_record, status

TEXT = "KCN9 in fever\n\nAbadol treats fever in mice.\n"


@pytest.fixture
def extract(
    relatome: Relatome,
    tiny_model: Path,
    server: Server,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> Relatome:
    """``relatome extract`` with the tiny model, asking the server of the tests."""
    monkeypatch.setenv("RELATOME_PUBTATOR3_URL", server.url)
    monkeypatch.setenv("RELATOME_PUBMED_URL", server.url)
    server.abstracts |= {"111": article("111"), "222": article("222")}
    server.pmc["PMC7"] = full_text("333", "PMC7")
    server.pubmed["444"] = pubmed_record("444")

    def run(*arguments: object, stdin: bytes = b"") -> Ran:
        return relatome("extract", *arguments, "--model", tiny_model, stdin=stdin)

    return run


def test_ids_come_with_the_entities_of_pubtator3(extract: Relatome, tmp_path: Path) -> None:
    target = tmp_path / "out.jsonl"
    ran = extract("--pmid", "222,111", "-o", target)
    assert ran.code == 0, ran.err
    found = list(read(target))
    assert [document.id for document in found] == ["222", "111"]
    assert {entity.id for entity in found[0].entities} == {"10", "MESH:D003550"}
    assert "2 documents fetched" in ran.err
    assert "tagged" not in ran.err


def test_the_relations_of_pubtator3_are_kept_on_request(extract: Relatome, tmp_path: Path) -> None:
    kept = tmp_path / "theirs.jsonl"
    ran = extract("--pmid", "111", "--pubtator3-relations", kept, "-o", tmp_path / "ours.jsonl")
    assert ran.code == 0, ran.err
    (theirs,) = read(kept)
    assert [(r.head, r.tail, r.type) for r in theirs.relations] == [
        ("10", "MESH:D003550", "Association")
    ]


def test_full_text_has_its_own_offsets(extract: Relatome, tmp_path: Path) -> None:
    target = tmp_path / "out.jsonl"
    assert extract("--pmcid", "PMC7", "-o", target).code == 0
    (found,) = read(target)
    found.check()
    assert len(found.passages) > 2


def test_the_local_tagger_reads_the_text_of_pubmed(extract: Relatome, tmp_path: Path) -> None:
    target = tmp_path / "out.jsonl"
    ran = extract("--pmid", "444", "--tagger", "local", "-o", target)
    assert ran.code == 0, ran.err
    assert "1 document tagged" in ran.err
    (found,) = read(target)
    assert found.text
    assert all(id.startswith("local:") for m in found.mentions for id in m.entity_ids)


def test_what_was_fetched_is_there_offline(
    extract: Relatome,
    server: Server,  # noqa: F811
    tmp_path: Path,
) -> None:
    assert extract("--pmid", "111", "-o", tmp_path / "a.jsonl").code == 0
    server.script += [status(500)] * 20
    ran = extract("--pmid", "111", "--offline", "-o", tmp_path / "b.jsonl")
    assert ran.code == 0, ran.err
    assert (tmp_path / "a.jsonl").read_bytes() == (tmp_path / "b.jsonl").read_bytes()
    refused = extract("--pmid", "222", "--offline")
    assert refused.code == 1
    assert "222" in refused.err


def test_an_unknown_id_is_told_and_the_others_are_read(extract: Relatome, tmp_path: Path) -> None:
    target = tmp_path / "out.jsonl"
    ran = extract("--pmid", "111,999", "--on-error", "report", "-o", target)
    assert ran.code == 0, ran.err
    assert [document.id for document in read(target)] == ["111"]
    assert "999" in ran.err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((), "R345"),
        (("--pmid", "KCN9"), "R3"),
        (("--pmcid", "PMC7", "--tagger", "local"), "R346"),
        (("--pmid", "111", "--tagger", "local", "--pubtator3-relations", "x.jsonl"), "R347"),
        (("text.txt", "--tagger", "pubtator3"), "R348"),
        (("text.txt", "--dictionary", "nosuch.tsv"), "R"),
        (("text.txt", "--tagger", "nosuch"), "R"),
    ],
)
def test_misuse(
    arguments: tuple[str, ...],
    code: str,
    extract: Relatome,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("text.txt").write_text(TEXT, encoding="utf-8")
    ran = extract(*arguments)
    assert ran.code == 2, ran.err
    assert f"[{code}" in ran.err


def test_a_text_from_standard_input(extract: Relatome, tmp_path: Path) -> None:
    names = tmp_path / "names.tsv"
    names.write_text("D005334\tDisease\tfever\n", encoding="utf-8")
    target = tmp_path / "out.jsonl"
    ran = extract("-", "--dictionary", names, "-o", target, stdin=TEXT.encode())
    assert ran.code == 0, ran.err
    (found,) = read(target)
    assert [passage.text for passage in found.passages] == TEXT.split("\n\n")
    found.check()


@pytest.mark.parametrize(
    "text",
    [
        "\x00\x01 KCN9 \x07 treats fever",
        "KCN9 🧬 treats fever 🤒 in mice",
        "KCN9 \u202etreats\u202c fever",
        "KCN9 treats\r\nfever\r\n\r\nin mice",
        "<html><body><p>KCN9 treats fever</p></body></html>",
        "Das Fieber sank unter KCN9 bei Mäusen.",
        "発熱はKCN9で治療された。",
        "KCN9 " * 3000,
    ],
    ids=["controls", "emoji", "right-to-left", "crlf", "html", "german", "japanese", "again"],
)
def test_any_text_gives_offsets_into_it(text: str, extract: Relatome, tmp_path: Path) -> None:
    target = tmp_path / "out.jsonl"
    ran = extract("-", "-o", target, stdin=text.encode())
    assert ran.code in (0, 1), ran.err
    if ran.code == 0:
        (found,) = read(target)
        assert found.text == text
        found.check()
    else:
        assert "error: [R" in ran.err


@pytest.mark.parametrize("content", [b"", b"  \n", b"%PDF-1.7\n\x80\x81\xff binary"])
def test_what_is_no_text(content: bytes, extract: Relatome) -> None:
    ran = extract("-", stdin=content)
    assert ran.code in (0, 1)
    assert "Traceback" not in ran.err
    assert ran.err
