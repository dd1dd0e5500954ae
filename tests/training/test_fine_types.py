"""Finer types by a model of their own: what is replaced, kept, refused, and gone on with."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

pytest.importorskip("torch")

from relatome.corpora import data_hash
from relatome.data import Document, Split
from relatome.encode import Asked, Decoding, encode
from relatome.errors import InputError, ModelError, RelatomeError, UsageError
from relatome.recipes import Recipe
from relatome.training import preflight, run
from relatome.training.dataset import Examples
from relatome.training.ensemble import load_run, predict
from relatome.training.export import export
from relatome.training.fine_types import Typer, load_typer
from relatome.training.fine_types_run import _TyperTrainer, judge
from tests.tiny import document, split
from tests.training.conftest import Tiny

# The package offers the function under the module's name.
run_module = sys.modules["relatome.training.run"]

TYPES = {"ChemicalEntity": "CHEMICAL", "GeneOrGeneProduct": "GENE"}
FINE = ("GENE-Y", "GENE-N")


def typed(source: Document, *fine: str) -> Document:
    """The document as ChemProt types it; `fine` are the finer types of its genes, in order."""
    left = iter(fine)
    mentions = tuple(
        msgspec.structs.replace(
            mention,
            type=TYPES[mention.type],
            fine_type=next(left, "") if mention.type == "GeneOrGeneProduct" else "",
        )
        for mention in source.mentions
    )
    relations = tuple(msgspec.structs.replace(r, type="CPR:4") for r in source.relations)
    return msgspec.structs.replace(source, mentions=mentions, relations=relations)


NAMES = {"GENE-Y": "kcn", "GENE-N": "tpo"}


def corpus(name: str, count: int) -> Split:
    """Documents in which a gene's name alone says which of the two it is."""
    documents = []
    for number in range(count):
        fine = [FINE[(number >> bit) % 2] for bit in (0, 1)]
        one, other = (f"{NAMES[each]}{number % 7}" for each in fine)
        text = f"The dose of {{abadol|C|C1}} inhibits {{{one}|G|G1}} in mice with {{{other}|G|G2}}."
        relations = (("C1", "G1", "", None),) if number % 3 else ()
        documents.append(typed(document(f"{name}-{number}", text, *relations), *fine))
    return split(name, documents, name)


TRAIN, DEV = corpus("train", 24), corpus("dev", 6)


def fine_types(documents: Sequence[Document]) -> list[str]:
    """The finer types of all genes."""
    return [m.fine_type for d in documents for m in d.mentions if m.type == "GENE"]


@pytest.fixture(scope="module")
def recipe(tiny: Tiny, tiny_encoder: Path) -> Recipe:
    return make(tiny, tiny_encoder)


def make(tiny: Tiny, tiny_encoder: Path, *overrides: str) -> Recipe:
    """Paper B's baseline with fine-grained markers."""
    return tiny(
        "training.epochs=1",
        'encoding.markers="typed-fine"',
        'fine_types.type="GENE"',
        'fine_types.fine=["GENE-Y", "GENE-N"]',
        f"fine_types.encoder={tiny_encoder}",
        "fine_types.window=64",
        "fine_types.overlap=16",
        "fine_types.epochs=6",
        "fine_types.batch_size=4",
        "fine_types.learning_rate=3e-3",
        *overrides,
        recipe="b-chemprot-baseline-minilm",
    )


@pytest.fixture(scope="module")
def finished(recipe: Recipe, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that is finished; read only."""
    folder = tmp_path_factory.mktemp("finished") / "run"
    run(recipe, TRAIN, DEV, folder, resume=False)
    return folder


@pytest.fixture(scope="module")
def typer(finished: Path) -> Typer:
    found = load_typer(finished / "model")
    assert found is not None
    return found


def test_it_learns_what_can_be_learnt(finished: Path, typer: Typer) -> None:
    results = json.loads((finished / "fine-types" / "results.json").read_text())
    assert results == {
        "split": "train (held out)",
        "mentions": 4,
        "right": 4,
        "most": results["most"],
        "accuracy": 1.0,
    }
    judged = judge(DEV.documents, typer.replace(DEV.documents), typer.settings)
    assert judged.mentions == 12
    assert judged.accuracy == 1.0
    assert judged.most == 7


def test_only_finer_types_of_the_type_are_replaced(typer: Typer) -> None:
    bare = document("bare", "No effect of {abadol|C|C1}.")
    blank = document("blank", " ")
    given = [*DEV.documents, typed(bare), typed(blank)]
    found = typer.replace(given)
    for before, after in zip(given, found, strict=True):
        assert [m.fine_type for m in after.mentions if m.type != "GENE"] == [""] * sum(
            mention.type != "GENE" for mention in before.mentions
        )
        undone = tuple(
            msgspec.structs.replace(mention, fine_type=original.fine_type)
            for mention, original in zip(after.mentions, before.mentions, strict=True)
        )
        assert msgspec.structs.replace(after, mentions=undone) == before
    assert found[-2:] == given[-2:]
    assert typer.replace([]) == []


def without(documents: Sequence[Document]) -> list[Document]:
    """The documents as a development set has them: GENE, no finer type."""
    return [
        msgspec.structs.replace(
            d, mentions=tuple(msgspec.structs.replace(m, fine_type="") for m in d.mentions)
        )
        for d in documents
    ]


def turned(documents: Sequence[Document]) -> list[Document]:
    """The documents with each finer type in place of the other."""
    other = {FINE[0]: FINE[1], FINE[1]: FINE[0], "": ""}
    return [
        msgspec.structs.replace(
            d,
            mentions=tuple(
                msgspec.structs.replace(m, fine_type=other[m.fine_type]) for m in d.mentions
            ),
        )
        for d in documents
    ]


def test_finer_types_of_the_corpus_do_not_show_through(typer: Typer) -> None:
    found = typer.replace(DEV.documents)
    assert typer.replace(without(DEV.documents)) == found
    assert typer.replace(turned(DEV.documents)) == found


def test_a_document_is_typed_alike_alone_and_among_others(typer: Typer) -> None:
    names = [NAMES[FINE[i % 2]] for i in range(40)]
    long = typed(
        document(
            "long",
            " ".join(f"{{{name}{i % 7}|G|G{i}}} in mice" for i, name in enumerate(names)),
        )
    )
    assert len(typer.tokenizer(long.text)) > 2 * typer.settings.encoding.window
    given = [long, *DEV.documents]
    alone = [each for source in given for each in typer.replace([source])]
    assert typer.replace(given) == alone
    assert fine_types(alone[:1]) == [FINE[i % 2] for i in range(40)]


def test_the_relation_model_never_sees_the_types_of_the_corpus(
    recipe: Recipe, finished: Path, typer: Typer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Split] = []

    def recorded(split: Split, *arguments: Any) -> Examples:
        seen.append(split)
        return Examples(split, *arguments)

    monkeypatch.setattr(run_module, "Examples", recorded)
    # One gene of the training documents is typed as no reader of the text would type it, and the
    # development documents have no finer types, as DrugProt's.
    first, *others = TRAIN.documents
    train = split("train", [*turned([first]), *others])
    dev = split("dev", without(DEV.documents), "dev")
    run(recipe, train, dev, tmp_path / "run", resume=False)
    read = load_typer(tmp_path / "run" / "model")
    assert read is not None
    assert [list(part.documents) for part in seen] == [
        read.replace(train.documents),
        read.replace(dev.documents),
    ]
    assert fine_types(seen[0].documents) == fine_types(TRAIN.documents)
    assert fine_types(seen[1].documents) == fine_types(DEV.documents)
    provenance = json.loads((tmp_path / "run" / "provenance.json").read_text())
    assert provenance["data"] == {
        "train": data_hash(train.documents),
        "dev": data_hash(dev.documents),
    }


def test_documents_are_typed_before_their_relations_are_predicted(
    finished: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Document] = []

    def recorded(document: Document, *arguments: Any) -> Asked | None:
        seen.append(document)
        return encode(document, *arguments)

    monkeypatch.setattr("relatome.training.ensemble.encode", recorded)
    loaded = load_run(finished)
    given = turned(DEV.documents)
    # The lowest of thresholds, so that something is asserted.
    settings = msgspec.structs.replace(loaded.settings, decoding=Decoding(0.0))
    found = predict([loaded._replace(settings=settings)], given)
    assert fine_types(seen) == fine_types(DEV.documents)
    assert any(document.relations for document in found)
    # What is given back is what was given, with relations.
    assert [d.with_relations(()) for d in found] == [d.with_relations(()) for d in given]
    plain = predict([loaded._replace(settings=settings)], DEV.documents)
    assert [d.relations for d in plain] == [d.relations for d in found]


FILES = (
    "fine-types/model.safetensors",
    "fine-types/settings.json",
    "fine-types/tokenizer.json",
    "fine-types/config.json",
)
SAME = (
    *FILES,
    *(f"model/{name}" for name in FILES),
    "fine-types/metrics.jsonl",
    "fine-types/results.json",
    "fine-types/provenance.json",
    "model/model.safetensors",
    "metrics.jsonl",
    "results.json",
)


def assert_same(one: Path, other: Path) -> None:
    for name in SAME:
        assert (one / name).read_bytes() == (other / name).read_bytes(), name


def test_the_same_seed_gives_the_same_files(recipe: Recipe, finished: Path, tmp_path: Path) -> None:
    run(recipe, TRAIN, DEV, tmp_path / "again", resume=False)
    assert_same(finished, tmp_path / "again")


class Killed(BaseException):
    """What ends a run in the middle."""


@pytest.mark.parametrize("epoch", [1, 3])
def test_a_stage_that_was_killed_goes_on(
    epoch: int, recipe: Recipe, finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    evaluations = iter(range(1, epoch + 1))
    evaluate = _TyperTrainer.evaluate

    def dying(self: _TyperTrainer, *arguments: Any, **named: Any) -> dict[str, float]:
        if next(evaluations) == epoch:
            raise Killed
        return evaluate(self, *arguments, **named)

    with monkeypatch.context() as patched:
        patched.setattr(_TyperTrainer, "evaluate", dying)
        with pytest.raises(Killed):
            run(recipe, TRAIN, DEV, tmp_path / "run", resume=False)
    assert not (tmp_path / "run" / "fine-types" / "results.json").exists()
    run(recipe, TRAIN, DEV, tmp_path / "run", resume=True)
    assert_same(finished, tmp_path / "run")


def interrupted(finished: Path, folder: Path) -> Path:
    """A copy of a finished run, as if it had been killed right after its first stage."""
    shutil.copytree(finished, folder)
    for name in ("model", "checkpoints"):
        shutil.rmtree(folder / name)
    for name in ("results.json", "provenance.json", "metrics.jsonl"):
        (folder / name).unlink()
    return folder


def test_a_stage_that_is_finished_is_not_repeated(
    recipe: Recipe, finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed = interrupted(finished, tmp_path / "run")
    monkeypatch.delattr("relatome.training.fine_types_run._TyperTrainer")
    run(recipe, TRAIN, DEV, killed, resume=True)
    assert_same(finished, killed)


def test_a_stage_of_other_documents_cannot_go_on(
    recipe: Recipe, finished: Path, tmp_path: Path
) -> None:
    killed = interrupted(finished, tmp_path / "run")
    fewer = split("train", TRAIN.documents[:-1])
    with pytest.raises(UsageError, match=r"R615.*train"):
        run(recipe, fewer, DEV, killed, resume=True)


def test_a_model_without_finer_types_has_no_typer(tiny_checkpoint: Path) -> None:
    assert load_typer(tiny_checkpoint) is None


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "settings.json"])
def test_a_typer_that_is_not_whole_is_refused(name: str, finished: Path, tmp_path: Path) -> None:
    model = Path(shutil.copytree(finished / "model", tmp_path / "model"))
    (model / "fine-types" / name).unlink()
    with pytest.raises(ModelError, match=rf"R505.*fine-types.*{name}"):
        load_typer(model)


def test_weights_of_another_model_are_refused(finished: Path, tmp_path: Path) -> None:
    model = Path(shutil.copytree(finished / "model", tmp_path / "model"))
    shutil.copy(model / "model.safetensors", model / "fine-types")
    with pytest.raises(ModelError, match="R506"):
        load_typer(model)


def test_such_a_model_is_not_exported(finished: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"R634.*predict"):
        export(finished / "model", tmp_path / "exported", "fine", "1")
    assert not (tmp_path / "exported").exists()


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ('encoding.markers="typed"', "R631 .*'typed-fine'"),
        (
            'encoding={kind = "document", window = 64, overlap = 16}\ndata.negatives=1.0',
            "R631 .*'typed-fine'",
        ),
        ('fine_types.type="PROTEIN"', "R632 .*fine_types.type names 'PROTEIN'.*CHEMICAL, GENE"),
        ('fine_types.type="CHEMICAL"', "R632 .*fine_types.fine names 'GENE-Y'.*It has: none"),
        ('fine_types.fine=["GENE-Y", "GENE"]', "R632 .*names 'GENE',.*GENE-Y, GENE-N"),
    ],
)
def test_what_fits_neither_schema_nor_markers_is_refused(
    override: str, expected: str, tiny: Tiny, tiny_encoder: Path
) -> None:
    chosen = make(tiny, tiny_encoder, *override.split("\n"))
    with pytest.raises(UsageError, match=expected.replace(" .*", ".*", 1)):
        preflight(chosen)


def refusal(recipe: Recipe, train: Split, folder: Path) -> RelatomeError:
    """The error of a run that must not begin."""
    with pytest.raises(RelatomeError) as caught:
        run(recipe, train, DEV, folder, resume=False)
    assert not folder.exists(), "a refused run leaves nothing behind"
    return caught.value


def test_documents_without_finer_types_teach_nothing(recipe: Recipe, tmp_path: Path) -> None:
    error = refusal(recipe, split("train", without(TRAIN.documents)), tmp_path / "run")
    assert isinstance(error, InputError)
    assert error.code == "R633"
    assert "0 documents of train have a mention of the type GENE-Y" in str(error)


def test_one_document_is_not_enough_to_learn_and_to_select(recipe: Recipe, tmp_path: Path) -> None:
    genes = [d for d in TRAIN.documents if set(fine_types([d])) == {"GENE-Y"}]
    proteins = [d for d in TRAIN.documents if set(fine_types([d])) == {"GENE-N"}]
    error = refusal(recipe, split("train", [*genes, proteins[0]]), tmp_path / "run")
    assert "1 documents of train have a mention of the type GENE-N" in str(error)


def test_windows_longer_than_the_encoder_reads_are_refused(
    tiny: Tiny, tiny_encoder: Path, tmp_path: Path
) -> None:
    error = refusal(make(tiny, tiny_encoder, "fine_types.window=512"), TRAIN, tmp_path / "run")
    assert error.code == "R614"
    assert "fine_types.window is 512" in str(error)


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ('fine_types.fine=["GENE-Y", "GENE-Y"]', "fine names a type twice"),
        ('fine_types.fine=["GENE-Y"]', "fine_types.fine"),
        ("fine_types.overlap=64", "overlap of 64"),
        ("fine_types.seed=1", "seed"),
    ],
)
def test_impossible_values_are_refused(
    override: str, expected: str, tiny: Tiny, tiny_encoder: Path
) -> None:
    with pytest.raises(UsageError, match=f"R603.*{expected}"):
        make(tiny, tiny_encoder, override)
