"""A user's own corpus: described in a file, used like a published one."""

from __future__ import annotations

from pathlib import Path

import pytest

from relatome.corpora import corpus, find_schema, load, parts
from relatome.data.schemas import BIORED
from relatome.errors import InputError, RelatomeError, UsageError

EXAMPLE = Path(__file__).parents[2] / "examples" / "own-corpus"
PUBTATOR = """\
@|t|KCN9 and pain.
@\t0\t4\tKCN9\tGene\t99
@\t9\t13\tpain\tDisease\tD1
@\tAssociation\t99\tD1\tNovel

"""
DESCRIPTION = """\
name = "ours"
schema = "biored"

[splits.train]
role = "train"
files = ["a.pubtator", "more/b.pubtator"]

[splits.held]
role = "test"
files = ["c.pubtator"]
"""


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    """A corpus of three documents in three files."""
    (tmp_path / "more").mkdir()
    for number, name in enumerate(("a", "more/b", "c"), 1):
        (tmp_path / f"{name}.pubtator").write_text(PUBTATOR.replace("@", str(number)))
    path = tmp_path / "ours.toml"
    path.write_text(DESCRIPTION)
    return path


def test_a_split_is_loaded_like_a_published_one(ours: Path) -> None:
    split = load(str(ours), "train")
    assert (split.name, split.role) == (f"{ours}:train", "train")
    assert [document.id for document in split.documents] == ["1", "2"]
    assert split.documents[0].mentions[0].type == "GeneOrGeneProduct"
    assert load(str(ours), "held").role == "test"


def test_references(ours: Path) -> None:
    entry, splits = parts(str(ours))
    assert entry == corpus(str(ours))
    assert (entry.title, entry.schema) == ("ours", BIORED)
    assert [split.name for split in splits] == ["train", "held"]
    assert [split.name for split in parts(f"{ours}:held")[1]] == ["held"]
    with pytest.raises(UsageError, match=r"has no split 'dev'.*train, held"):
        parts(f"{ours}:dev")


def test_a_document_in_two_files_is_a_problem(ours: Path) -> None:
    (ours.parent / "more" / "b.pubtator").write_text(PUBTATOR.replace("@", "1"))
    with pytest.raises(InputError, match=r"b\.pubtator, document 1: .*more than once"):
        load(str(ours), "train")
    problems: list[RelatomeError] = []
    split = load(str(ours), "train", on_error=problems.append)
    assert (len(split.documents), [p.code for p in problems]) == (1, ["R107"])


def test_the_example_has_a_schema_of_its_own() -> None:
    entry = corpus(str(EXAMPLE / "corpus.toml"))
    assert entry.schema == find_schema(str(EXAMPLE / "schema.toml"))
    assert (entry.schema.name, entry.schema.unit) == ("nutrients", "concept")
    train = load(entry.name, "train")
    assert [document.id for document in train.documents] == ["emulsifier", "green-tea", "oat-fibre"]


@pytest.mark.parametrize(
    ("old", "new", "code", "found"),
    [
        ('name = "ours"\n', "", "R822", "`name`"),
        ('schema = "biored"\n', "", "R822", "`schema`"),
        ('schema = "biored"', 'schema = "bioread"', "R814", "bioread"),
        ('schema = "biored"', 'schema = "no.toml"', "R101", "no.toml"),
        ('role = "test"', 'role = "exam"', "R822", "$.splits"),
        ('role = "test"', 'rolle = "test"', "R822", "rolle"),
        ('role = "test"', 'role = "test"\nformat = "docx"', "R822", "splits.held.format"),
        ('["c.pubtator"]', "[]", "R822", "$.splits"),
        ('["c.pubtator"]', '["d.pubtator"]', "R101", "d.pubtator"),
        ("[splits.held]", '[splits."a:b"]', "R822", "'a:b'"),
        ("[splits.held]", "[splits.held", "R824", "line 8"),
    ],
)
def test_a_description_that_is_wrong(ours: Path, old: str, new: str, code: str, found: str) -> None:
    ours.write_text(DESCRIPTION.replace(old, new))
    with pytest.raises(UsageError) as caught:
        corpus(str(ours))
    assert caught.value.code == code
    assert found in str(caught.value)
    assert str(ours.parent) in str(caught.value)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="R101"):
        corpus(str(tmp_path / "no.toml"))
    (tmp_path / "x.toml").write_bytes(b'name = "\xe4"')
    with pytest.raises(UsageError, match=r"R823.*not UTF-8"):
        corpus(str(tmp_path / "x.toml"))
    (tmp_path / "y.toml").mkdir()
    with pytest.raises(UsageError, match="R823"):
        corpus(str(tmp_path / "y.toml"))


def test_a_schema_file_names_itself_and_the_key(tmp_path: Path) -> None:
    path = tmp_path / "schema.toml"
    text = (EXAMPLE / "schema.toml").read_text()
    path.write_text(text.replace('head = "Microbe"', 'head = "Fungus"'))
    with pytest.raises(UsageError, match=r"schema\.toml: .*pairs\[1\]\.head: 'Fungus'"):
        find_schema(str(path))
    assert find_schema("biored") is BIORED
    with pytest.raises(UsageError, match=r"R814.*schema of your own"):
        find_schema("bioread")


TRIPLE = {
    "abstracts": "7\tKCN9 and TPO2.\tAbadol blocks KCN9.\n",
    "entities": "7\tT1\tCHEMICAL\t15\t21\tAbadol\n7\tT2\tGENE-Y\t29\t33\tKCN9\n",
    "relations": "7\tINHIBITOR\tArg1:T1\tArg2:T2\n",
}


def triple(folder: Path, **changes: str) -> str:
    """A corpus in the three files of DrugProt."""
    for kind, content in (TRIPLE | changes).items():
        (folder / f"my_{kind}.tsv").write_text(content)
    path = folder / "drugs.toml"
    files = ", ".join(f'"my_{kind}.tsv"' for kind in TRIPLE)
    path.write_text(
        'name = "drugs"\nschema = "drugprot"\n[splits.all]\nrole = "train"\n'
        f'format = "tsv-triple"\nfiles = [{files}]\n'
    )
    return str(path)


def test_the_three_files_of_drugprot(tmp_path: Path) -> None:
    (document,) = load(triple(tmp_path), "all").documents
    assert [(m.type, m.fine_type) for m in document.mentions] == [
        ("CHEMICAL", ""),
        ("GENE", "GENE-Y"),
    ]
    assert [(r.head, r.type, r.tail) for r in document.relations] == [("T1", "INHIBITOR", "T2")]


def test_what_is_wrong_with_three_files(tmp_path: Path) -> None:
    name = triple(tmp_path, entities=TRIPLE["entities"].replace("29\t33", "28\t32"))
    with pytest.raises(InputError, match=r"R104.*my_entities\.tsv:2, document 7"):
        load(name, "all")
    problems: list[RelatomeError] = []
    assert load(name, "all", on_error=problems.append).documents == ()
    assert [problem.code for problem in problems] == ["R104"]
    problems.clear()
    (tmp_path / "my_relations.tsv").write_bytes(b"\x1f\x8b damaged")
    assert load(name, "all", on_error=problems.append).documents == ()
    assert [problem.code for problem in problems] == ["R121"]
    assert "my_relations.tsv" in str(problems[0])
    path = Path(name)
    path.write_text(path.read_text().replace(', "my_relations.tsv"', ""))
    with pytest.raises(InputError, match="R148"):
        load(name, "all")
