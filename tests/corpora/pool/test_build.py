"""Pools as they are written: nothing that is evaluated on, everything accounted for."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from relatome.cli import app
from relatome.corpora import corpus, find_schema, load, parts
from relatome.corpora.overlap import Library
from relatome.corpora.places import user_directory
from relatome.corpora.pool import BIOREX, POOLS, Pool, PoolSource
from relatome.corpora.pool.build import build, pool_schema
from relatome.corpora.pool.read import divided
from relatome.data import Document, Passage
from relatome.data.schemas import BIORED
from relatome.errors import UsageError

GENE, DISEASE = "GeneOrGeneProduct", "DiseaseOrPhenotypicFeature"


def record(id: str, text: str, related: bool = True) -> str:
    """A PubTator record about KCN9 and pain, which stand in the text."""
    lines = [f"{id}|t|{text}"]
    for name, kind, identifier in (("KCN9", "Gene", "99"), ("pain", "Disease", "D1")):
        start = text.index(name)
        lines.append(f"{id}\t{start}\t{start + len(name)}\t{name}\t{kind}\t{identifier}")
    if related:
        lines.append(f"{id}\tAssociation\tD1\t99")
    return "\n".join(lines) + "\n\n"


LONG = "It has been shown by others before us that carriers of {} report pain of many kinds."


def described(folder: Path, name: str, **splits: str) -> str:
    """A corpus of PubTator records; the path of its description."""
    lines = [f'name = "{name}"', 'schema = "biored"']
    for split, content in splits.items():
        (folder / f"{name}-{split}.pubtator").write_text(content)
        lines += [f"[splits.{split}]", f'role = "{split}"', f'files = ["{name}-{split}.pubtator"]']
    path = folder / f"{name}.toml"
    path.write_text("\n".join(lines) + "\n")
    return str(path)


def source(path: str, name: str, **changes: object) -> PoolSource:
    plain = PoolSource(
        name=name,
        prompt_word=name.upper(),
        train=(f"{path}:train",),
        labels={"Association": "Association"},
        types={GENE: GENE, DISEASE: DISEASE},
        annotated=((DISEASE, GENE),),
        negative=f"None-{name}",
    )
    return msgspec.structs.replace(plain, **changes)


@pytest.fixture
def ours(tmp_path: Path) -> Pool:
    """A pool of two corpora that share documents with one another and with a test split."""
    first = described(
        tmp_path,
        "first",
        train=record("1", "KCN9 and pain, first.")
        + record("2", "KCN9 and pain, second.", related=False)
        + record("3", "KCN9 and pain, third."),
        test=record("3", "Another text on KCN9 and pain."),
    )
    second = described(
        tmp_path,
        "second",
        train=record("1", "KCN9 and pain under the same id.")
        + record("21", LONG.format("KCN9 (variants)"))
        + record("22", "KCN9 and pain, second!")
        + "".join(record(str(n), f"KCN9 and pain, number {n}.") for n in range(30, 40)),
        test=record("x", "Prelude. " + LONG.format("KCN9 variants") + " KCN9 hurts."),
    )
    return Pool(
        name="both",
        title="Two of ours",
        citation="Nobody, 2026.",
        schema=msgspec.structs.replace(BIORED, name="both", rule="relations"),
        sources=(
            source(first, "first", negative="None"),
            source(second, "second", divided=0.2),
        ),
    )


def test_what_is_dropped_and_why(ours: Pool, tmp_path: Path) -> None:
    tests = [f"{s.train[0].removesuffix(':train')}:test" for s in ours.sources]
    report = build(ours, tmp_path / "pool", against=tests, seed=2)
    first, second = report.sources
    assert [(d.document, d.reason, d.by) for d in first.dropped] == [
        ("3", "in a split for evaluation", "id")
    ]
    assert {(d.document, d.reason, d.by) for d in second.dropped} == {
        ("1", "in an earlier source", "id"),
        ("21", "in a split for evaluation", "text"),
        ("22", "in an earlier source", "text"),
    }
    assert second.documents_held_out == round(0.2 * 13)
    kept = second.documents_kept + second.documents_held_out + len(second.dropped)
    assert kept == second.documents_read == 13
    assert report.shared == 0
    assert [c.split for c in report.evaluation] == [*tests, "second, held out"]
    assert sum(c.dropped for c in report.evaluation) == sum(
        d.reason != "in an earlier source" for s in report.sources for d in s.dropped
    )


def test_the_pool_is_a_corpus(ours: Pool, tmp_path: Path) -> None:
    report = build(ours, tmp_path / "pool", against=[], seed=1)
    path = str(tmp_path / "pool" / "both.toml")
    entry = corpus(path)
    assert entry.schema == pool_schema(ours, ours.sources, "keep")
    train, test = load(path, "train"), load(path, "test")
    assert (train.role, test.role) == ("train", "test")
    assert len(train.documents) == sum(s.documents_written for s in report.sources)
    assert len(test.documents) == sum(s.held_out_written for s in report.sources)
    assert {d.infons["corpus"] for d in train.documents} == {"first", "second"}
    assert {d.infons["prompt_word"] for d in test.documents} == {"SECOND"}
    assert not list(Library([test]).shared(train))
    assert json.loads((tmp_path / "pool" / "report.json").read_text())["seed"] == 1
    assert "| second | " in (tmp_path / "pool" / "report.md").read_text()


@pytest.fixture
def named(ours: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pool:
    """The pool under its name; the search path is empty but for its own directories."""
    monkeypatch.setitem(POOLS, "both", ours)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("RELATOME_CORPORA", str(tmp_path / "environment"))
    return ours


def test_a_pool_that_was_built_is_known_by_its_name(named: Pool, tmp_path: Path) -> None:
    places = [tmp_path / "argument", tmp_path / "environment", user_directory()]
    for seed, place in reversed(list(enumerate(places))):
        build(named, place / "both", against=[], seed=seed)
        train = load("both", "train", places[0])
        assert (train.name, train.role) == ("both:train", "train")
        assert train.documents == load(str(place / "both/both.toml"), "train").documents
    kept = pool_schema(named, named.sources, "keep")
    assert find_schema("both") == find_schema("both", places[0]) == kept
    assert [split.name for split in parts("Both:test")[1]] == ["test"]
    assert corpus("both").name == "both"


def test_a_pool_that_was_not_built_says_how(named: Pool, tmp_path: Path) -> None:
    build(named, tmp_path / "elsewhere/both", against=[])
    message = r"R827.*both was not built.*environment/both.*`relatome corpora build both`"
    with pytest.raises(UsageError, match=message):
        load("both", "train")
    with pytest.raises(UsageError, match=message):
        find_schema("both")
    assert find_schema("both", tmp_path / "elsewhere").name == "both"
    with pytest.raises(UsageError, match=r"R814.*'neither'.*both"):
        find_schema("neither")


def test_build_stores_where_commands_look(named: Pool, tmp_path: Path) -> None:
    def run(*words: str) -> str:
        result = CliRunner().invoke(app, ["corpora", *words], catch_exceptions=False)
        assert result.exit_code == 0
        return result.stdout

    assert str(user_directory() / "both") not in "".join(run("list").split())
    assert "Splits for recipes: both:train, both:test\n" in run("build", "both")
    assert str(user_directory() / "both") in "".join(run("list").split())
    assert json.loads(run("stats", "both:test", "--format", "json"))[0]["name"] == "both:test"
    # The first copy found stands in the way of a later one.
    put_first = tmp_path / "environment" / "both"
    assert "recipes: both:train" in run("build", "both", "--out", str(put_first))
    elsewhere = str(tmp_path / "elsewhere" / "both")
    assert f"recipes: {elsewhere}/both.toml:train" in run("build", "both", "--out", elsewhere)
    check = CliRunner().invoke(app, ["check", "both:test"], catch_exceptions=False)
    assert "both:test" in check.stdout


def test_the_folder_may_be_the_one_we_are_in(
    ours: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "new").mkdir()
    monkeypatch.chdir(tmp_path / "new")
    build(ours, Path(), against=[])
    assert (tmp_path / "new" / "both.toml").is_file()


def test_the_same_seed_gives_the_same_files(ours: Pool, tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("a", "b", "c")]
    for folder, seed in zip(folders, (3, 3, 4), strict=True):
        build(ours, folder, against=[], seed=seed)
    a, b, c = (
        {path.relative_to(f): path.read_bytes() for path in sorted(f.rglob("*")) if path.is_file()}
        for f in folders
    )
    assert a == b
    assert a[Path("test/second.jsonl")] != c[Path("test/second.jsonl")]


def test_what_becomes_of_unrelated_pairs(ours: Pool) -> None:
    kept = pool_schema(ours, ours.sources, "keep")
    assert kept.labels == (*BIORED.labels, "None-second")
    assert kept.asserting == BIORED.labels
    assert [(n.corpus, n.label) for n in kept.negatives] == [
        ("first", "None"),
        ("second", "None-second"),
    ]
    rule = kept.pair_rule(DISEASE, GENE)
    assert rule is not None
    assert rule.labels[-1] == "None-second"
    merged = pool_schema(ours, ours.sources, "merge")
    assert merged.labels == BIORED.labels
    assert [n.label for n in merged.negatives] == ["None", "None"]
    dropped = pool_schema(ours, ours.sources, "drop")
    assert [n.corpus for n in dropped.negatives] == ["first"]
    one, other = (
        Document("1", (Passage("text", 0, "x"),), infons={"corpus": name})
        for name in ("first", "second")
    )
    assert [kept.unrelated(d, rule) for d in (one, other)] == ["None", "None-second"]
    assert [dropped.unrelated(d, rule) for d in (one, other)] == ["None", None]
    # A document of no pool is annotated completely.
    assert kept.unrelated(Document("1", ()), rule) == "None"


def test_a_division_is_by_document_and_whole() -> None:
    documents = [Document(str(n), ()) for n in range(23)]
    rest, held = divided(documents, 0.2, 5)
    assert len(held) == 5
    assert sorted((*rest, *held), key=lambda d: int(d.id)) == documents
    assert divided(documents[::-1], 0.2, 5)[1] == held[::-1]
    assert divided(documents, 0.2, 6)[1] != held


def test_misuse(ours: Pool, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").write_text("")
    with pytest.raises(UsageError, match="not empty"):
        build(ours, tmp_path / "full", against=[])
    with pytest.raises(UsageError, match=r"no source 'third'.*first, second"):
        build(ours, tmp_path / "pool", against=[], sources=["third"])
    with pytest.raises(UsageError, match="R801"):
        build(ours, tmp_path / "pool", against=["nothing"])
    assert not (tmp_path / "pool").exists()
    error = CliRunner().invoke(app, ["corpora", "build", "nothing", "--out", "x"]).exception
    assert isinstance(error, UsageError)
    assert error.code == "R825"


def test_some_sources_of_biorex(corpora_dir: Path, tmp_path: Path) -> None:
    command = ["corpora", "build", "biorex", "--out", str(tmp_path / "pool")]
    command += ["--corpora", str(corpora_dir), "--against", "biored:test", "--against"]
    command += ["bc5cdr:test", "--source", "biored", "--source", "hprd50", "--source", "emu"]
    result = CliRunner().invoke(app, command, catch_exceptions=False)
    assert result.exit_code == 0
    # The 53 documents of BioRED's training split that BC5CDR tests on.
    assert "| biored | 400 | 0 | 53 | 347 | 347 | 3,682 | 16,154 |" in result.stdout
    assert "| bc5cdr:test | 500 | 53 | 0 | 0 |" in result.stdout
    entry = corpus(str(tmp_path / "pool" / "biorex.toml"))
    train = load(entry.name, "train")
    hprd50 = [d for d in train.documents if d.infons["corpus"] == "hprd50"]
    assert all(len(d.passages) == 1 and "document" in d.infons for d in hprd50)
    assert {r.type for d in hprd50 for r in d.relations} == {"HPRD50-Association"}
    evaluated = [load(name, "test", corpora_dir) for name in ("biored", "bc5cdr")]
    assert not list(Library(evaluated).shared(train))


@pytest.mark.slow
def test_the_whole_of_biorex(corpora_dir: Path, tmp_path: Path) -> None:
    report = build(BIOREX, tmp_path / "pool", directory=corpora_dir)
    assert report.shared == 0
    assert report.not_compared == ()
    dropped = Counter((s.name, d.where) for s in report.sources for d in s.dropped)
    # The overlaps that are known: BioRED's test split with BC5CDR, and the reverse.
    assert dropped["bc5cdr", "biored:test"] == 21
    assert dropped["biored", "bc5cdr:test"] + dropped["bc5cdr", "biored:dev"] == 53 + 16
    assert dropped["pharmgkb", "pharmgkb:test20"] == 24
    for each in report.sources:
        kept = each.documents_kept + each.joined + len(each.dropped)
        held = each.documents_held_out if each.divided else 0
        assert kept + held == each.documents_read, each.name
        assert sum(n for group in each.labels.values() for n in group.values())
    # The figures of docs/pooling.md.
    assert sum(s.documents_kept for s in report.sources) == 3887
    assert sum(s.documents_written for s in report.sources) == 7700
    assert sum(n for s in report.sources for n in s.relations.values()) == 15880
    assert dropped["drugprot", "chemprot:dev"] + dropped["drugprot", "chemprot:test"] == 992
    train = load(str(tmp_path / "pool" / "biorex.toml"), "train")
    assert len(train.documents) == sum(s.documents_written for s in report.sources)
    assert len(train.ids) == len(train.documents)
    for document in train.documents:
        document.check()
