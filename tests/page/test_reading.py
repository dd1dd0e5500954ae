"""From text to a curated file, as a curator goes about it."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest

import relatome
from relatome.corpora import load
from relatome.data import Document
from relatome.serve.page import examples
from tests.page.conftest import ABSTRACT, EXAMPLES, Opener, annotated, answer, extracted
from tests.tiny import document

pytestmark = pytest.mark.timeout(120)


def saved(page: Any, folder: Path, what: str, format: str) -> Path:
    """The file that the export dialog saves."""
    page.click("#open-export")
    page.check(f"#export-form [name=what][value={what}]")
    page.check(f"#export-form [name=format][value={format}]")
    with page.expect_download() as download:
        page.click("#export-save")
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def pairs(document: Document) -> set[tuple[str, str, str]]:
    return {(each.head, each.type, each.tail) for each in document.relations}


def names(page: Any) -> list[str]:
    """The pairs of the list of relations, as they are read."""
    return [" ".join(text.split()) for text in page.locator("#relations .pair").all_inner_texts()]


def test_paste_extract_filter_highlight_accept_export(opened: Opener, tmp_path: Path) -> None:
    page = opened()
    page.fill("#text", ABSTRACT)
    page.click("#submit")
    rows = page.locator(".relation")
    rows.first.wait_for()
    expected = extracted(ABSTRACT)
    assert rows.count() == len(expected.relations)
    marks = page.locator(".mention").all_inner_texts()
    assert sorted(marks) == sorted(mention.text for mention in expected.mentions)

    # Filter: by type, and back.
    page.locator("#relation-types .chip", has_text="Positive correlation").click()
    kept = [each for each in expected.relations if each.type != "Positive_Correlation"]
    assert rows.count() == len(kept)
    page.locator("#relation-types .chip", has_text="Positive correlation").click()
    assert rows.count() == len(expected.relations)

    # Highlight: the list lights up the text.
    rows.first.hover()
    surest = max(expected.relations, key=lambda each: each.score or 0)
    lit = {name.lower() for name in page.locator(".mention.lit").all_inner_texts()}
    wanted = {
        mention.text.lower()
        for mention in expected.mentions
        if {surest.head, surest.tail} & set(mention.entity_ids)
    }
    assert lit == wanted

    # Accept the first, reject the second, and take the curated file home.
    rows.nth(0).locator(".decide.accepted").click()
    rows.nth(1).locator(".decide.rejected").click()
    assert page.inner_text("#progress").startswith("1 accepted · 1 rejected")
    (curated,) = relatome.read(saved(page, tmp_path, "curated", "pubtator"))
    assert pairs(curated) == {(surest.head, surest.type, surest.tail)}


@pytest.mark.parametrize("format", ["jsonl", "bioc-json", "bioc-xml", "pubtator"])
def test_every_format_is_read_back(opened: Opener, tmp_path: Path, format: str) -> None:
    documents = annotated()[:2]
    page = opened(documents)
    page.keyboard.press("j")
    page.keyboard.press("a")
    page.keyboard.press("r")
    path = saved(page, tmp_path, "all", format)
    again = list(relatome.read(path))
    assert [document.text.split() for document in again] == [d.text.split() for d in documents]
    assert [pairs(document) for document in again] == [pairs(document) for document in documents]
    if format != "pubtator":
        decisions = [each.infons.get("curation") for each in again[0].relations]
        assert decisions == ["accepted", "rejected", *[None] * (len(decisions) - 2)]

    (curated,) = relatome.read(saved(page, tmp_path, "curated", format))
    first = documents[0].relations[0]
    assert curated.id == documents[0].id
    assert pairs(curated) == {(first.head, first.type, first.tail)}


def test_a_table_of_what_the_filters_show(opened: Opener, tmp_path: Path) -> None:
    document = annotated()[0]
    page = opened([document])
    page.select_option("#novelty", "known")
    lines = saved(page, tmp_path, "shown", "tsv").read_text("utf-8").splitlines()
    assert len(lines) - 1 == sum(each.novel is False for each in document.relations)
    said = page.inner_text("#saved-text")
    assert said.startswith("Saved relations.tsv. The format has no place for: ")
    assert "1 × text of a document" in said


def test_the_export_says_what_it_leaves_out(opened: Opener) -> None:
    documents = annotated()[:2]
    page = opened(documents)
    page.keyboard.press("a")
    page.keyboard.press("r")
    page.click("#open-export")
    page.check("[name=what][value=curated]")
    left = len(documents[0].relations) - 2
    note = page.inner_text("#export-note")
    assert note.startswith("1 document, 1 relation. 1 rejected left out.")
    assert f"{left} undecided left out" in note
    assert note.endswith("1 document without any decision left out.")


def test_decisions_outlive_the_page(opened: Opener) -> None:
    documents = annotated()[:1]
    page = opened(documents)
    page.keyboard.press("a")
    page.reload()
    page.wait_for_selector("body.ready")
    page.fill("#text", "again")
    page.click("#submit")
    page.locator(".relation.accepted").wait_for()
    assert page.locator(".relation.accepted").count() == 1


def test_filters_by_probability_novelty_and_decision(opened: Opener) -> None:
    page = opened()
    page.fill("#text", ABSTRACT)
    page.click("#submit")
    rows = page.locator(".relation")
    rows.first.wait_for()
    relations = extracted(ABSTRACT).relations
    page.locator("#least").fill("60")
    assert rows.count() == sum((each.score or 0) >= 0.6 for each in relations)
    page.select_option("#novelty", "novel")
    assert rows.count() == sum((each.score or 0) >= 0.6 and bool(each.novel) for each in relations)
    page.select_option("#decision", "rejected")
    assert page.locator("#no-relations").is_visible()
    page.click("#no-relations button")
    assert rows.count() == len(relations)


def test_an_example_is_extracted_at_a_click(opened: Opener) -> None:
    page = opened()
    page.locator(".example").first.click()
    page.locator(".relation").first.wait_for()
    assert page.inner_text("#text-body h2") == examples()[0].title


def test_several_documents_by_their_ids(opened: Opener) -> None:
    page = opened(routes={"**/v1/extract/pmids": answer(annotated()[:3])})
    page.check("[name=source][value=ids]")
    page.fill("#ids", "PMID:11, 12\nPMC13")
    with page.expect_request("**/v1/extract/pmids") as asked:
        page.click("#submit")
    assert asked.value.post_data_json["pmids"] == ["11", "12", "PMC13"]
    page.locator(".relation").first.wait_for()
    assert page.locator(".document").count() == 3
    page.locator(".document").nth(1).click()
    assert page.inner_text("#text-body h2") == annotated()[1].passages[0].text


def test_a_file_with_a_document_that_cannot_be_read(opened: Opener, tmp_path: Path) -> None:
    path = tmp_path / "two.pubtator"
    good = (EXAMPLES / "annotated.pubtator").read_text("utf-8").split("\n\n")[0]
    path.write_text(f"{good}\n\nbad|t|Title.\nbad|a|\nbad\t0\t3\tTit\n", encoding="utf-8")
    page = opened()
    page.check("[name=source][value=file]")
    page.set_input_files("#file", path)
    page.locator(".relation").first.wait_for()
    assert page.inner_text("#problem-count") == "1 problem in the input"
    page.click("#problem-count")
    assert page.locator("#problem-list li").inner_text().strip()


def test_a_file_is_known_by_what_it_holds(opened: Opener, tmp_path: Path) -> None:
    page = opened()
    packed = tmp_path / "packed.txt"
    packed.write_bytes(gzip.compress(ABSTRACT.encode()))
    page.check("[name=source][value=file]")
    page.set_input_files("#file", packed)
    page.locator(".relation").first.wait_for()
    assert page.inner_text("#text-body h2") == ABSTRACT.splitlines()[0]
    other = tmp_path / "other.txt"
    other.write_bytes("Naïve patients took aspirin.".encode("latin-1"))
    page.click("#again")
    page.set_input_files("#file", other)
    page.locator("#error", has_text="other.txt is no text in UTF-8").wait_for()


def test_a_dropped_file_is_read_wherever_it_is_dropped(opened: Opener) -> None:
    page = opened()
    page.click("#view-graph")
    page.evaluate(
        """text => {
            const data = new DataTransfer();
            data.items.add(new File([text], "dropped.txt"));
            document.body.dispatchEvent(
                new DragEvent("drop", { dataTransfer: data, bubbles: true }));
        }""",
        ABSTRACT,
    )
    page.locator("#text-body h2").wait_for()
    assert page.inner_text("#text-body h2") == ABSTRACT.splitlines()[0]


def test_errors_are_told_in_words(opened: Opener) -> None:
    page = opened(failing="/v1/extract/pmids")
    page.click("#submit")
    assert "There is no text yet." in page.inner_text("#error")
    page.check("[name=source][value=ids]")
    page.fill("#ids", "999")
    page.click("#submit")
    page.locator("#error", has_text="999").wait_for()
    assert "R305" in page.inner_text("#error")
    assert "null" not in page.inner_text("#error")


def test_the_service_may_be_gone(opened: Opener) -> None:
    page = opened(failing="/v1/extract")
    page.route("**/v1/extract", lambda route: route.abort())
    page.fill("#text", ABSTRACT)
    page.click("#submit")
    page.locator("#error", has_text="not answer").wait_for()
    assert page.input_value("#text") == ABSTRACT


def test_work_is_shown_and_can_be_stopped(opened: Opener) -> None:
    page = opened()
    page.route("**/v1/extract", lambda route: None)
    page.fill("#text", ABSTRACT)
    page.click("#submit")
    assert page.inner_text("#submit") == "Extracting…"
    assert page.locator("#submit").is_disabled()
    page.click("#cancel")
    page.locator("#submit", has_text="Extract relations").wait_for()
    assert page.locator("#error").is_hidden()
    assert page.inner_text("#status") == "Stopped."


def test_a_large_document_is_drawn_in_part(opened: Opener) -> None:
    marked = " ".join(f"{{g{i}|G|{i}}}" for i in range(70))
    relations = [("0", str(i), "Association", None) for i in range(1, 70)]
    page = opened([document("large", marked, *relations)])
    assert page.locator(".relation").count() == 69
    assert page.inner_text("#network-count") == "the 60 surest of 69"
    page.locator("#network canvas").first.wait_for()
    drawn = "document.getElementById('network').cytoscape.edges().length"
    assert page.evaluate(drawn) == 60


def test_nothing_found(opened: Opener) -> None:
    page = opened([Document("empty", annotated()[0].passages)])
    assert "nothing to relate" in page.inner_text("#no-relations")
    assert page.locator("#no-network").is_visible()


def test_what_is_lit_in_one_pane_is_lit_in_the_others(opened: Opener) -> None:
    document = annotated()[0]
    page = opened([document])
    page.locator("#network canvas").first.wait_for()
    mention = page.locator('.mention[data-mention="0"]')
    mention.hover()
    about = [each for each in document.relations if "10599" in (each.head, each.tail)]
    assert page.locator(".relation.lit").count() == len(about)
    lit = "document.getElementById('network').cytoscape.edges('.lit').length"
    assert page.evaluate(lit) == len(about)
    assert page.inner_text("#entity-card bdi") == "SLCO1B1"
    gene = page.locator('#entity-card a[href="https://www.ncbi.nlm.nih.gov/gene/10599"]')
    assert gene.inner_text() == "NCBI Gene 10599"
    page.locator(".relation").nth(2).hover()
    assert page.evaluate(lit) == 1


def test_the_page_is_usable_within_a_second(opened: Opener) -> None:
    page = opened()
    taken = []
    for _ in range(3):
        page.reload()
        page.wait_for_selector("body.ready")
        taken.append(page.evaluate("performance.now()"))
    assert min(taken) < 1000


def test_a_curated_file_is_a_corpus(opened: Opener, tmp_path: Path) -> None:
    document = annotated()[0]
    page = opened([document])
    for relation in document.relations:
        page.keyboard.press("a" if relation.novel else "r")
    saved(page, tmp_path, "curated", "jsonl")
    description = tmp_path / "mine.toml"
    split = '[splits.train]\nrole = "train"\nfiles = ["curated.jsonl"]\n'
    description.write_text(f'name = "mine"\nschema = "biored"\n{split}', encoding="utf-8")
    (read,) = load(str(description), "train").documents
    accepted = {(r.head, r.type, r.tail) for r in document.relations if r.novel}
    assert pairs(read) == accepted
    assert len(read.mentions) == len(document.mentions)
