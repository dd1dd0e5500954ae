"""A user's dictionary."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from relatome.data import Document, Mention
from relatome.data.schemas import BIORED
from relatome.entities import Dictionary
from relatome.errors import RelatomeError
from tests.tiny import GENE

TABLE = """id\ttype\tnames
# kidney channels
9\tGene\tKCN9|potassium channel 9 | KCN-9
10\tGene\tAKT|protein kinase B

11\tGene\tAkt|PKB
12\tDisease\tketosis
MESH:D003924\tDisease\ttype 2 diabetes mellitus
12\tDisease\tketoses
"""


def dictionary(folder: Path, table: str | bytes = TABLE) -> Dictionary:
    path = folder / "names.tsv"
    path.write_bytes(table.encode() if isinstance(table, str) else table)
    return Dictionary.read(path)


def link(made: Dictionary, name: str, type: str = "Gene") -> tuple[str, ...]:
    return made.link(Mention("m", 0, len(name), name, type), Document("d", ()))


@pytest.mark.parametrize(
    ("name", "type", "identifiers"),
    [
        ("KCN9", "Gene", ("9",)),
        ("kcn 9", "Gene", ("9",)),
        ("Potassium channel-9", "Gene", ("9",)),
        ("KCN9", "Disease", ()),
        ("KCN8", "Gene", ()),
        ("AKT", "Gene", ("10",)),
        ("Akt", "Gene", ("11",)),
        ("Type II diabetes", "Disease", ("MESH:D003924",)),
        ("ketosis", "Disease", ("12",)),
        ("Ketosis disease", "Disease", ("12",)),
    ],
)
def test_names(tmp_path: Path, name: str, type: str, identifiers: tuple[str, ...]) -> None:
    assert link(dictionary(tmp_path), name, type) == identifiers


def test_an_ambiguous_name_is_not_linked_and_counted(tmp_path: Path) -> None:
    made = dictionary(tmp_path)
    assert made.find("akt", "Gene") == ("10", "11")
    assert link(made, "akt") == ()
    assert link(made, "a-k-t") == ()
    assert link(made, "AKT") == ("10",)
    assert made.ambiguous == 2


def test_what_there_is(tmp_path: Path) -> None:
    made = dictionary(tmp_path)
    assert made.types == ("Gene", "Disease")
    assert made.entities == 6


def test_types_are_those_of_the_schema(tmp_path: Path) -> None:
    path = tmp_path / "names.tsv"
    path.write_text(TABLE, "utf-8")
    made = Dictionary.read(path, BIORED.canonical_type)
    assert made.types == (GENE, "DiseaseOrPhenotypicFeature")
    path.write_text(TABLE + "13\tPlant\tfern\n", "utf-8")
    with pytest.raises(RelatomeError) as raised:
        Dictionary.read(path, BIORED.canonical_type)
    assert raised.value.code == "R103"
    assert raised.value.place.line == 10


def test_gzip_byte_order_mark_and_line_ends(tmp_path: Path) -> None:
    table = b"\xef\xbb\xbf" + TABLE.replace("\n", "\r\n").encode()
    assert link(dictionary(tmp_path, gzip.compress(table)), "KCN9") == ("9",)
    assert dictionary(tmp_path, table).entities == 6


@pytest.mark.parametrize(
    ("table", "code", "line"),
    [
        ("", "R352", None),
        ("id\ttype\tnames\n", "R352", None),
        ("# nothing\n", "R352", None),
        ("9\tGene\n", "R351", 1),
        ("9\tGene\tKCN9\tmore\n", "R351", 1),
        ("9\tGene\tKCN9\n\n\tGene\tAKT\n", "R351", 3),
        ("9\t\tKCN9\n", "R351", 1),
        ("9\tGene\t | \n", "R351", 1),
        ("9,10\tGene\tKCN9\n", "R351", 1),
        ("9\tGene\tKCN9\nid\ttype\tnames\textra\n", "R351", 2),
        (b"9\tGene\tKCN9\n10\tGene\t\xe9\n", "R122", 2),
        (gzip.compress(TABLE.encode(), mtime=0)[:-20], "R123", None),
        (gzip.compress(TABLE.encode(), mtime=0)[:12] + b"\xff" * 40, "R121", None),
    ],
)
def test_what_cannot_be_read_is_named(
    tmp_path: Path, table: str | bytes, code: str, line: int | None
) -> None:
    with pytest.raises(RelatomeError) as raised:
        dictionary(tmp_path, table)
    assert raised.value.code == code
    assert raised.value.place.line == line
    assert raised.value.place.path == str(tmp_path / "names.tsv")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RelatomeError) as raised:
        Dictionary.read(tmp_path / "none.tsv")
    assert raised.value.code == "R101"
    with pytest.raises(RelatomeError) as raised:
        Dictionary.read(tmp_path)
    assert raised.value.code == "R127"
