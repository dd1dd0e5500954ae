"""Long documents in parts: nothing is lost, no mention is cut, what is found is put together."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relatome.data import Document, Mention, Passage, Relation, Span
from relatome.data.parts import parts, put_together
from tests.tiny import DOCUMENTS, long_document


@pytest.mark.parametrize("made", DOCUMENTS, ids=lambda made: made.id)
def test_a_short_document_is_its_own_part(made: Document) -> None:
    ((offset, same),) = parts(made, 8000)
    assert offset == 0
    assert same is made


@given(st.integers(1, 60), st.integers(40, 900))
def test_parts_hold_everything_once(sentences: int, most: int) -> None:
    whole = long_document("long", sentences)
    found = parts(whole, most)
    mentions = []
    for offset, part in found:
        part.check()
        assert len(part.text) <= most
        assert part.text == whole.text[offset : offset + len(part.text)]
        mentions += [(m.start + offset, m.end + offset, m.id, m.entity_ids) for m in part.mentions]
    assert mentions == [(m.start, m.end, m.id, m.entity_ids) for m in whole.mentions]
    covered = [offset + i for offset, part in found for i in range(len(part.text))]
    assert len(covered) == len(set(covered))
    missing = set(range(len(whole.text))) - set(covered)
    assert all(whole.text[index].isspace() for index in missing)


def test_parts_end_where_passages_and_sentences_do() -> None:
    title, first, second = "A title.", "One sentence here. Another one.", "A second passage."
    whole = Document(
        "d",
        (
            Passage("title", 0, title),
            Passage("abstract", 9, first),
            Passage("abstract", 41, second),
        ),
    )
    found = parts(whole, 45)
    assert [[passage.text for passage in part.passages] for _, part in found] == [
        [title, first],
        [second],
    ]
    cut = [passage.text.strip() for _, part in parts(whole, 22) for passage in part.passages]
    assert cut == [title, "One sentence here.", "Another one.", second]


@given(st.integers(5, 30))
def test_a_sentence_without_end_is_cut_behind_a_space(most: int) -> None:
    whole = Document("d", (Passage("text", 0, "word " * 40),))
    found = parts(whole, most)
    assert "".join(part.text for _, part in found) == whole.text
    assert all(set(part.text.split()) == {"word"} for _, part in found if most > 5)


def test_a_mention_is_never_cut() -> None:
    name = "a very long name of a thing"
    whole = Document(
        "d", (Passage("text", 0, f"{name} and more"),), (Mention("m", 0, len(name), name, "Gene"),)
    )
    found = parts(whole, 8)
    assert found[0].document.mentions == whole.mentions
    assert sum(len(part.mentions) for _, part in found) == 1


def test_the_surest_part_is_believed() -> None:
    weak = Relation("a", "b", "Bind", score=0.4, evidence=(Span(1, 3),))
    sure = Relation("b", "a", "Association", score=0.9, evidence=(Span(2, 5),))
    other = Relation("a", "c", "Bind", score=0.6)
    (first, second) = put_together([(0, (weak, other)), (100, (sure,))], several=False)
    moved = msgspec.structs.replace(sure, evidence=(Span(102, 105),))
    assert (first, second) == (moved, other)
    assert put_together([(0, (weak, other)), (100, (sure,))], several=True) == (moved, other, weak)
