"""Plain text for adaptation: read strictly, kept clear of evaluation documents, cut into blocks."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

pytest.importorskip("torch")

from relatome.data import Document, Passage
from relatome.errors import InputError, UsageError
from relatome.training.adaptation.text import Abstract, Blocks, Evaluation, read_texts
from tests.tiny import tokenizer

TOKENIZER = tokenizer()
NONE = Evaluation(())
TEXTS = [
    Abstract(str(n), f"the dose {n}", "pain in the liver of mice " * (n + 1)) for n in range(6)
]


def line(**values: object) -> bytes:
    return json.dumps(values).encode() + b"\n"


def test_files_and_folders_plain_and_packed(tmp_path: Path) -> None:
    (tmp_path / "b.jsonl").write_bytes(line(id="2", title="B", abstract="two"))
    packed = gzip.compress(line(id="PMID:1", title="A", text="one") + line(id=3, title="", text=""))
    (tmp_path / "a.jsonl.gz").write_bytes(packed)
    (tmp_path / "b.jsonl.problems.txt").write_bytes(b"not this")
    wanted = [Abstract("PMID:1", "A", "one"), Abstract("3", "", ""), Abstract("2", "B", "two")]
    assert list(read_texts([tmp_path])) == wanted
    assert list(read_texts([tmp_path / "b.jsonl", tmp_path / "a.jsonl.gz"])) == [
        wanted[2],
        *wanted[:2],
    ]


@pytest.mark.parametrize(
    "bad",
    [
        b"{",
        b"[]",
        b"7",
        line(id="1"),
        line(title="A", text="x"),
        line(id="1", title=7, text="x"),
        line(id="1", title="A", text=["x"]),
        b'{"id": "1", "title": "\xe9", "text": ""}',
        b"[" * 100_000,
    ],
)
def test_a_line_that_is_none_is_named(bad: bytes, tmp_path: Path) -> None:
    path = tmp_path / "texts.jsonl"
    path.write_bytes(line(id="0", title="", text="") + bad)
    with pytest.raises(InputError) as caught:
        list(read_texts([path]))
    assert caught.value.code == "R612"
    assert f"{path}:2" in str(caught.value)


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "texts.jsonl.gz"
    for content in (b"no gzip", gzip.compress(line(id="1", title="", text="x" * 999))[:40]):
        path.write_bytes(content)
        with pytest.raises(InputError, match=r"R121.*texts\.jsonl\.gz"):
            list(read_texts([path]))
    with pytest.raises(UsageError, match="R101"):
        list(read_texts([tmp_path / "nowhere"]))


@pytest.mark.parametrize(
    ("id", "title", "is_evaluation"),
    [
        ("77", "Something else", True),
        ("PMID:77", "Something else", True),
        ("pubmed: 77", "Something else", True),
        ("177", "Something else", False),
        ("79", "Something else", True),
        ("PMID:79", "Something else", True),
        ("train.iob:1", "Something else", False),
        ("test.iob:1", "Something else", True),
        ("1", "KCN9 in ketosis.", True),
        ("1", "kcn9 in Ketosis", True),
        ("1", "KCN9 in ketosis of mice", False),
        ("1", "", False),
    ],
)
def test_evaluation_documents_are_known_by_id_and_title(
    id: str, title: str, is_evaluation: bool
) -> None:
    judged = Evaluation(
        [
            Document("77", (Passage("title", 0, "KCN9 in ketosis."),)),
            Document("78", (Passage("title", 0, ""),)),
            Document("PMID:79", ()),
            Document("test.iob:1", ()),
        ]
    )
    assert (Abstract(id, title, "text") in judged) is is_evaluation


def test_blocks_hold_the_texts_end_to_end() -> None:
    blocks = Blocks(TEXTS, TOKENIZER, 18, NONE)
    whole: list[int] = []
    for text in TEXTS:
        whole += [*TOKENIZER(f"{text.title} {text.text}".strip()).ids.tolist(), TOKENIZER.sep_id]
    assert blocks.blocks.shape == (len(whole) // 16, 16)
    assert blocks.blocks.flatten().tolist() == whole[: blocks.blocks.size]
    first = blocks[0]["input_ids"].tolist()
    assert (first[0], first[-1], len(first)) == (TOKENIZER.cls_id, TOKENIZER.sep_id, 18)
    assert first[1:-1] == whole[:16]


def test_evaluation_documents_are_left_out_and_counted() -> None:
    judged = Evaluation([Document("3", ())])
    blocks = Blocks(TEXTS, TOKENIZER, 18, judged)
    kept = Blocks([text for text in TEXTS if text.id != "3"], TOKENIZER, 18, NONE)
    assert (blocks.texts, blocks.left_out) == (5, 1)
    assert blocks.digest == kept.digest != Blocks(TEXTS, TOKENIZER, 18, NONE).digest
    assert (blocks.blocks == kept.blocks).all()


def test_no_text_makes_no_block() -> None:
    assert len(Blocks([], TOKENIZER, 18, NONE)) == 0
