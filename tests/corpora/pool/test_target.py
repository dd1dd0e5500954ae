"""Pools for one corpus: it keeps its labels and its splits, and scores as it does by itself."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from relatome import formats
from relatome.cli import app
from relatome.corpora import find_schema, load
from relatome.corpora.overlap import Library
from relatome.corpora.pool import BIOREX, POOLS, Pool, PoolSource, find_pool
from relatome.corpora.pool.build import build, pool_schema
from relatome.corpora.pool.files import write_schema
from relatome.corpora.pool.harmonise import as_written, harmonised
from relatome.corpora.pool.read import load_split
from relatome.corpora.pool.target import towards
from relatome.corpora.registry import CORPORA, parts
from relatome.data import (
    Document,
    Mention,
    PairRule,
    Passage,
    Relation,
    Schema,
    Split,
    candidates,
)
from relatome.data.schemas import BIORED, DDI, DRUGPROT, SCHEMAS
from relatome.errors import UsageError
from relatome.scoring import score

CHEMICAL = "ChemicalEntity"
DISEASE = "DiseaseOrPhenotypicFeature"
TARGETS = [pool for pool in POOLS.values() if pool.target is not None]


def named(pool: Pool) -> str:
    """The name of a pool's target."""
    assert pool.target is not None
    return pool.target.source.name


# ---------------------------------------------------------------- the pools of BioREx


def test_pools_are_found_by_name_and_target() -> None:
    assert list(POOLS) == [
        "biorex",
        "biorex-biored",
        "biorex-ddi",
        "biorex-drugprot",
        "biorex-bc5cdr",
        "biorex-chemprot",
    ]
    assert not POOLS.keys() & CORPORA.keys()
    assert find_pool("BioREx") is BIOREX
    assert find_pool("biorex", ["DDI", "ddi"]) is POOLS["biorex-ddi"]
    assert find_pool("biorex-ddi") is find_pool("biorex-ddi", ["ddi"]) is POOLS["biorex-ddi"]


@pytest.mark.parametrize(
    ("name", "targets", "message"),
    [
        ("none", [], r"R825.*'none'.*biorex, biorex-biored, biorex-ddi"),
        ("biorex", ["emu"], r"R830.*biorex cannot.*'emu'.*biored, ddi, drugprot, bc5cdr, chemprot"),
        ("biorex", ["ddi", "bc5cdr"], r"R831.*one target, and ddi and bc5cdr are named.*once"),
        ("biorex-ddi", ["bc5cdr"], r"R831.*ddi and bc5cdr"),
    ],
)
def test_other_names_and_targets_are_refused(name: str, targets: list[str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        find_pool(name, targets)
    words = [word for target in targets for word in ("--target", target)]
    error = CliRunner().invoke(app, ["corpora", "build", name, *words]).exception
    assert isinstance(error, UsageError)


@pytest.mark.parametrize("pool", TARGETS, ids=named)
def test_the_schema_is_the_pools_with_the_targets_labels(pool: Pool) -> None:
    assert pool.target is not None
    source, task = pool.target.source, SCHEMAS[pool.target.source.name]
    schema = pool_schema(pool, pool.learnt_from, "keep")
    nones = [n.label for n in schema.negatives if n.label != "None"]
    assert schema.labels == (
        *dict.fromkeys((*BIOREX.schema.labels, *task.labels)),
        *dict.fromkeys(nones),
    )
    assert (schema.multi_label, schema.rule) == (task.multi_label, task.rule)
    assert schema.prompt_word == source.prompt_word == task.prompt_word
    assert (schema.ordered, schema.unit, schema.scope) == (False, "concept", "document")
    for rule in task.pairs:
        pair = schema.pair_rule(source.types[rule.head], source.types[rule.tail])
        assert pair is not None
        assert set(rule.labels) <= set(pair.labels)
        if task.ordered:  # heads stay heads in a schema without order
            assert (pair.head, pair.tail) == (source.types[rule.head], source.types[rule.tail])
    own = {(source.types[rule.head], source.types[rule.tail]) for rule in task.pairs}
    for pair in schema.pairs:
        assert (pair.head, pair.tail) in own or not set(pair.labels) & set(task.labels)
    # Its unrelated pairs are what they are in the pool.
    assert {n.label for n in schema.negatives if n.corpus == source.name} == {
        {"bc5cdr": "None-CID", "biored": "None"}.get(source.name, f"None-{task.prompt_word}")
    }


@pytest.mark.parametrize("pool", TARGETS, ids=named)
def test_the_splits_are_the_targets_own(pool: Pool) -> None:
    assert pool.target is not None
    target, corpus = pool.target, CORPORA[pool.target.source.name]
    assert target.source.train == (f"{corpus.name}:train",)
    for name, role in target.splits.items():
        assert parts(name)[1][0].role == role
    assert pool.splits == {
        "source": "train",
        **{s.name: s.role for s in corpus.splits if s.name in ("train", "dev", "test")},
    }
    assert corpus.name not in [source.name for source in pool.sources]
    assert set(corpus.schema.labels) <= target.source.labels.keys()
    others = [s for s in BIOREX.sources if s.name != corpus.name]
    assert list(pool.sources) == others


def test_unrelated_pairs_of_the_target_remain() -> None:
    pool = POOLS["biorex-ddi"]
    dropped = pool_schema(pool, pool.learnt_from, "drop")
    assert {n.corpus for n in dropped.negatives} == {"ddi", "biored"}
    assert {n.label for n in dropped.negatives} == {"None"}


# ---------------------------------------------------------------- scores


def guessed(documents: tuple[Document, ...], schema: Schema, seed: int) -> list[Document]:
    """Predictions: about half of what is annotated, some of it with another label, and more."""
    draw = random.Random(seed)
    made = []
    for document in documents:
        found = [r for r in document.relations if draw.random() < 0.6]
        entities = document.entities
        for asked in candidates(document, schema):
            if draw.random() < 0.05:
                head, tail = entities[asked.head].id, entities[asked.tail].id
                found.append(Relation(head, tail, draw.choice(asked.rule.labels)))
        changed = [
            msgspec.structs.replace(r, type=draw.choice(schema.labels))
            if draw.random() < 0.2
            else r
            for r in found
        ]
        made.append(document.with_relations(tuple(changed)))
    return made


@pytest.mark.parametrize(
    ("pool", "split"),
    [
        pytest.param(pool, split, id=split)
        for pool in TARGETS
        if pool.target is not None
        for split in pool.target.splits
    ],
)
def test_a_target_scores_as_by_itself(pool: Pool, split: str, corpora_dir: Path) -> None:
    assert pool.target is not None
    source, task = pool.target.source, SCHEMAS[pool.target.source.name]
    schema = pool_schema(pool, pool.learnt_from, "keep")
    documents = load_split(split, corpora_dir).documents

    def converted(originals: tuple[Document, ...] | list[Document]) -> list[Document]:
        counted: Counter[tuple[str, str]] = Counter()
        whole = [harmonised(document, source, counted) for document in originals]
        return list(as_written(whole, source, schema))

    gold = converted(documents)
    assert sum(len(d.relations) for d in gold) == sum(len(d.relations) for d in documents)
    for rule in (task.rule, *((f"{task.rule}-script",) if source.name == "drugprot" else ())):
        perfect = score(gold, gold, rule)
        assert perfect.f1() == 1
        assert perfect.counts() == score(documents, documents, rule).counts()
        predicted = guessed(documents, task, seed=1)
        before = score(documents, predicted, rule)
        after = score(gold, converted(predicted), rule)
        assert 0.2 < after.f1() < 0.9
        assert [after.counts(name) for name in after.scores] == [
            before.counts(name) for name in before.scores
        ]
        assert after.notes == before.notes
    # Nothing that the corpus asks about is lost, and its heads are heads.
    asked = {
        (d.infons.get("document", d.id), e[c.head].id, e[c.tail].id)
        for d in gold
        for e in (d.entities,)
        for c in candidates(d, schema)
    }
    if task.ordered:
        originals = {
            (d.id, e[c.head].id, e[c.tail].id)
            for d in documents
            for e in (d.entities,)
            for c in candidates(d, task)
        }
        assert originals <= asked
    else:
        assert len(asked) == sum(len(candidates(d, task)) for d in documents)


# ---------------------------------------------------------------- a pool of our own


def trial(id: str, *sentences: str, relations: tuple[Relation, ...] = ()) -> Document:
    """A document whose drugs are the words in capitals; each sentence is a passage."""
    passages, mentions, offset = [], [], 0
    for sentence in sentences:
        passages.append(Passage("sentence", offset, sentence))
        for word in dict.fromkeys(sentence.strip(".").split()):
            if word.isupper():
                start = offset + sentence.index(word)
                name = f"{id}.{word.lower()}{len(passages)}"
                mentions.append(Mention(name, start, start + len(word), word, "brand", (name,)))
        offset += len(sentence) + 1
    made = Document(id, tuple(passages), tuple(mentions), relations)
    made.check()
    return made


def relation(id: str, pair: str, type: str) -> Relation:
    """A relation of two drugs, such as ``a1-b1``: A and B of the first sentence."""
    head, tail = pair.split("-")
    return Relation(f"{id}.{head}", f"{id}.{tail}", type)


def abstract(id: str, text: str, type: str = "Association") -> Document:
    """A document that relates the chemical X to pain."""
    start = text.index("pain")
    return Document(
        id,
        (Passage("text", 0, text),),
        (
            Mention("M0", text.index("X"), text.index("X") + 1, "X", "Chemical", ("C1",)),
            Mention("M1", start, start + 4, "pain", "Disease", ("D1",)),
        ),
        (Relation("C1", "D1", type),),
    )


def corpus(folder: Path, name: str, schema: str, **splits: tuple[Document, ...]) -> str:
    """A described corpus of JSON Lines; its path."""
    lines = [f'name = "{name}"', f'schema = "{schema}"']
    for split, documents in splits.items():
        file = folder / f"{name}-{split}.jsonl"
        formats.write(documents, file, "jsonl")
        lines += [f"[splits.{split}]", f'role = "{split}"', f'files = ["{file.name}"]']
    path = folder / f"{name}.toml"
    path.write_text("\n".join(lines) + "\n")
    return str(path)


@pytest.fixture
def ours(tmp_path: Path) -> Pool:
    """A pool for `drugs`, which shares documents with its own test split and with `habits`."""
    with_untyped = (*DDI.labels, "untyped")
    pairs = tuple(PairRule(rule.head, rule.tail, with_untyped) for rule in DDI.pairs)
    annotated = msgspec.structs.replace(DDI, labels=with_untyped, pairs=pairs)
    write_schema(annotated, tmp_path / "drugs-schema.toml")
    drugs = corpus(
        tmp_path,
        "drugs",
        "drugs-schema.toml",
        train=(
            trial(
                "t1",
                "A raises B.",
                "C was new.",
                "D with E and F.",
                relations=(
                    relation("t1", "a1-b1", "effect"),
                    relation("t1", "d3-e3", "advise"),
                    relation("t1", "d3-f3", "untyped"),
                ),
            ),
            trial("t2", "G and H, as ever.", "I and J, as ever.", "K met L."),
            trial("twin", "M raises N."),
            trial("shared", "Q and R."),
        ),
        test=(
            trial("e1", "A spares B.", "S alone.", relations=(relation("e1", "b1-a1", "int"),)),
            trial("e2", "M raises N."),
        ),
    )
    habits = corpus(
        tmp_path,
        "habits",
        "biored",
        train=(
            abstract("h1", "X and pain, once."),
            abstract("h2", "X and pain, twice."),
            abstract("shared", "X and pain under an id that drugs has."),
        ),
        test=(abstract("h2", "X and pain, twice.", "Negative_Correlation"),),
    )
    either = {"Association": "Association", "Negative_Correlation": "Association"}
    plain = PoolSource(
        name="habits",
        prompt_word="Habits",
        train=(f"{habits}:train",),
        labels=either,
        types={CHEMICAL: CHEMICAL, DISEASE: DISEASE},
        annotated=((CHEMICAL, DISEASE),),
        negative="None",
    )
    target = PoolSource(
        name="drugs",
        prompt_word="Drugs",
        train=(),
        labels=dict.fromkeys(with_untyped, "Association"),
        types=dict.fromkeys(DDI.entity_types, CHEMICAL),
        annotated=((CHEMICAL, CHEMICAL),),
        negative="None-drugs",
        by_sentence=True,
    )
    schema = msgspec.structs.replace(BIORED, name="both", rule="relations")
    pool = Pool("both", "Ours", "Nobody, 2026.", schema, (plain,))
    return towards(pool, target, DDI, (f"{drugs}:train",), {f"{drugs}:test": "test"})


def test_a_pool_for_a_target(ours: Pool, tmp_path: Path) -> None:
    report = build(ours, tmp_path / "pool", against=[])
    assert (ours.name, report.pool, report.target) == ("both-drugs", "both-drugs", "drugs")
    path = str(tmp_path / "pool" / "both-drugs.toml")
    schema = find_schema(str(tmp_path / "pool" / "schema.toml"))
    assert schema == pool_schema(ours, ours.learnt_from, "keep")
    source, train, test = (load(path, name) for name in ("source", "train", "test"))
    assert [split.role for split in (source, train, test)] == ["train", "train", "test"]
    # A document of both is the target's, and what the target tests on is in neither.
    assert [d.id for d in source.documents] == ["h1", "h2"]
    assert [d.id for d in train.documents] == [
        *("t1.s0", "t1.s2", "t2.s0", "t2.s1", "t2.s2"),
        "shared.s0",
    ]
    assert [d.id for d in test.documents] == ["e1.s0", "e2.s0"]
    drugs, habits = report.sources
    assert [(d.document, d.reason) for d in drugs.dropped] == [
        ("twin", "in a split for evaluation")
    ]
    assert [(d.document, d.reason, d.where) for d in habits.dropped] == [
        ("shared", "in the target's training documents", "drugs")
    ]
    assert report.shared == 0
    Split.joined([source, train])

    third = train.documents[1]
    assert [(r.type, r.infons) for r in third.relations] == [
        ("advise", {}),
        ("Association", {"label": "untyped"}),
    ]
    assert third.infons == {"corpus": "drugs", "prompt_word": "Drugs", "document": "t1"}
    assert {m.type for d in test.documents for m in d.mentions} == {CHEMICAL}
    assert {m.fine_type for d in test.documents for m in d.mentions} == {"brand"}
    (pair,) = [c.rule for c in candidates(third, schema)][:1]
    assert schema.unrelated(third, pair) == "None-drugs"
    assert [r.type for d in test.documents for r in d.relations] == ["int"]


def test_what_is_reported_of_a_target(ours: Pool, tmp_path: Path) -> None:
    report = build(ours, tmp_path / "pool", against=[])
    told = {split.name: split for split in report.splits}
    assert list(told) == ["source", "train", "test"]
    train, test = told["train"], told["test"]
    assert (train.documents_read, train.documents) == (3, 6)
    # D, E and F make three pairs, the other sentences one each.
    assert (train.candidates, train.examples, train.unreachable) == (8, 8, 0)
    assert train.relations == {"effect": 1, "advise": 1, "Association": 1}
    assert (test.role, test.documents_read, test.candidates) == ("test", 2, 2)
    assert (test.relations, test.cut_apart) == ({"int": 1}, 0)
    drugs = report.sources[0]
    assert drugs.labels == {
        "effect": {"effect": 1},
        "advise": {"advise": 1},
        "untyped": {"Association": 1},
    }
    page = (tmp_path / "pool" / "report.md").read_text()
    assert "| test | test | 2 | 2 | 2 | 2 | 1 | 0 |" in page
    assert "| train | advise | 1 |" in page


def test_relations_of_two_sentences_are_counted_as_lost(ours: Pool, tmp_path: Path) -> None:
    assert ours.target is not None
    far = trial("e3", "A fell.", "B rose.", relations=(relation("e3", "a1-b2", "int"),))
    path = corpus(tmp_path, "far", "ddi", test=(far, trial("e4", "A or B.")))
    target = msgspec.structs.replace(ours.target, splits={f"{path}:test": "test"})
    pool = msgspec.structs.replace(ours, target=target)
    report = build(pool, tmp_path / "pool", against=[])
    (test,) = [split for split in report.splits if split.name == "test"]
    assert (test.documents, test.relations, test.cut_apart) == (1, {}, 1)
    assert (
        "(lost: cut apart by the sentence split) | 1 |"
        in (tmp_path / "pool" / "report.md").read_text()
    )


def test_a_sentence_that_is_tested_on_is_not_learnt_from(ours: Pool, tmp_path: Path) -> None:
    assert ours.target is not None
    told = "The dose of A was the same as that of B in all patients."
    here = "Since nothing of the kind had been seen before, C and D were given by mouth at noon."
    there = "In a second group of healthy men we gave neither E nor F for a month or more."
    train = trial("t", told, here, relations=(relation("t", "a1-b1", "int"),))
    path = corpus(tmp_path, "told", "ddi", train=(train,), test=(trial("e", there, told),))
    source = msgspec.structs.replace(ours.target.source, train=(f"{path}:train",))
    target = msgspec.structs.replace(ours.target, source=source, splits={f"{path}:test": "test"})
    report = build(msgspec.structs.replace(ours, target=target), tmp_path / "pool", against=[])
    (drugs, _) = report.sources
    assert drugs.dropped == ()
    assert [(d.document, d.where, d.by) for d in drugs.sentences_dropped] == [
        ("t.s0", f"{path}:test", "text")
    ]
    assert (drugs.documents_kept, drugs.documents_written) == (1, 1)
    assert (drugs.relations, drugs.cut_apart, drugs.without_pair) == ({}, 0, 0)
    (compared,) = report.evaluation
    assert (compared.dropped, compared.sentences, compared.shared) == (0, 1, 0)
    page = (tmp_path / "pool" / "report.md").read_text()
    assert f"| drugs | a sentence in a split for evaluation | {path}:test | text | 1 |" in page


def test_a_pair_of_a_target_keeps_all_its_labels() -> None:
    pool = POOLS["biorex-drugprot"]
    assert pool.target is not None
    document = Document(
        "1",
        (Passage("abstract", 0, "Drugolin blocks KCN9."),),
        (
            Mention("T1", 0, 8, "Drugolin", "CHEMICAL", ("T1",)),
            Mention("T2", 16, 20, "KCN9", "GENE", ("T2",)),
        ),
        (Relation("T1", "T2", "INHIBITOR"), Relation("T1", "T2", "SUBSTRATE")),
    )
    found = harmonised(document, pool.target.source, Counter())
    assert found.relations == document.relations
    assert pool.schema.multi_label
    assert set(DRUGPROT.labels) <= set(pool.schema.labels)


def test_splits_for_evaluation_on_request(ours: Pool, tmp_path: Path) -> None:
    habits = ours.sources[0].train[0].removesuffix(":train")
    report = build(ours, tmp_path / "pool", against=[], evaluate=[f"{habits}:test"])
    assert list(report.splits)[-1].name == "habits-test"
    path = str(tmp_path / "pool" / "both-drugs.toml")
    evaluated = load(path, "habits-test")
    assert evaluated.role == "test"
    (document,) = evaluated.documents
    assert [r.type for r in document.relations] == ["Association"]
    assert document.infons["prompt_word"] == "Habits"
    # What is to be evaluated on is no longer learnt from.
    assert [d.id for d in load(path, "source").documents] == ["h1"]
    assert not list(Library([evaluated]).shared(load(path, "source")))
    assert [c.split.rpartition("/")[2] for c in report.evaluation] == [
        "drugs.toml:test",
        "habits.toml:test",
    ]


def test_splits_that_the_pool_cannot_be_evaluated_on(ours: Pool, tmp_path: Path) -> None:
    assert ours.target is not None
    other = corpus(tmp_path, "other", "ddi", test=(trial("o", "A or B."),))
    for reference, message in (
        (ours.sources[0].train[0], "R833.*train.*for training"),
        (next(iter(ours.target.splits)), "R833.*in the pool already"),
        (f"{other}:test", "R832.*other.toml:test is of no source"),
        (f"{other}:dev", "R802.*no split 'dev'"),
        ("aimed:d78", "R833"),
    ):
        with pytest.raises(UsageError, match=message):
            build(ours, tmp_path / "pool", against=[], evaluate=[reference])
    assert not (tmp_path / "pool").exists()


def test_without_its_corpora_a_pool_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RELATOME_CORPORA", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    with pytest.raises(UsageError, match=r"R803.*ddi.*relatome corpora get ddi"):
        build(POOLS["biorex-ddi"], tmp_path / "pool")
    with pytest.raises(UsageError, match=r"R827.*relatome corpora build biorex-ddi"):
        load("biorex-ddi", "train")
    assert not (tmp_path / "pool").exists()


def test_the_command(corpora_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("RELATOME_CORPORA", str(corpora_dir))
    command = ["corpora", "build", "biorex", "--target", "bc5cdr", "--against", "bc5cdr:test"]
    command += ["--source", "hprd50", "--evaluate", "biored:test"]
    result = CliRunner().invoke(app, command, catch_exceptions=False)
    assert result.exit_code == 0
    assert "recipes: biorex-bc5cdr:source, biorex-bc5cdr:train, biorex-bc5cdr:dev" in result.stdout
    assert "| bc5cdr:dev | 500 | 0 | 0 | 0 |" in result.stdout
    train, dev, test = (load("biorex-bc5cdr", name) for name in ("train", "dev", "test"))
    assert (len(dev.documents), len(test.documents)) == (500, 500)
    biored = load("biorex-bc5cdr", "biored-test")
    assert not list(Library([dev, test, biored]).shared(train))
    assert {r.type for d in train.documents for r in d.relations} == {"CID"}
    listed = CliRunner().invoke(app, ["corpora", "list"]).stdout
    assert "biorex-bc5cdr" in listed
    assert "biorex-ddi" not in listed


@pytest.mark.slow
@pytest.mark.parametrize("pool", TARGETS, ids=named)
def test_the_whole_of_a_target(pool: Pool, corpora_dir: Path, tmp_path: Path) -> None:
    report = build(pool, tmp_path / "pool", directory=corpora_dir)
    assert report.shared == 0
    assert report.not_compared == ()
    path = str(tmp_path / "pool" / f"{pool.name}.toml")
    splits = {name: load(path, name) for name in pool.splits}
    assert {name: split.role for name, split in splits.items()} == pool.splits
    learnt = Split.joined([splits["source"], splits["train"]])
    for document in learnt.documents:
        document.check()
    assert pool.target is not None
    whole = [load_split(name, corpora_dir) for name in pool.target.splits]
    originals = {d.infons.get("document", d.id): d for d in learnt.documents}
    assert not {i for i in originals if any(i in split.ids for split in whole)}
    for split in report.splits:
        assert split.documents == len(splits[split.name].documents)
        assert split.cut_apart == 0 or split.name == "source"
    # The figures of docs/pooling.md.
    page = (Path(__file__).parents[3] / "docs" / "pooling.md").read_text("utf-8")
    rows = [
        f"| `{pool.name}` | {s.name} | {s.documents_read:,} | {s.documents:,} | {s.candidates:,} "
        f"| {s.examples:,} | {sum(s.relations.values()):,} |"
        for s in report.splits
    ]
    shown = [row for row in page.splitlines() if row.startswith(f"| `{pool.name}` |")]
    assert shown == ([] if named(pool) == "chemprot" else rows)
