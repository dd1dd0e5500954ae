"""A tagger learns from sources of several types; a run that was killed goes on to the same end."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import msgspec
import pytest

pytest.importorskip("torch")

from relatome import formats
from relatome.data import Document
from relatome.encode import DocumentEncoding
from relatome.encode.mention_tags import UNKNOWN
from relatome.errors import RelatomeError, UsageError
from relatome.recipes import Source, TaggerRecipe, load_tagger
from relatome.recipes.recipe import Encoder
from relatome.runtime import ModelFolder, Tagger
from relatome.training.adaptation.text import Evaluation
from relatome.training.ensemble import load_run
from relatome.training.export import export, export_run
from relatome.training.folder import last_checkpoint
from relatome.training.tagger import load_tagger_model, train_tagger
from relatome.training.tagger.sources import TagExamples
from tests.own_corpus import write_corpus
from tests.tiny import CHEMICAL, GENE, learnable, tokenizer


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of annotated text: genes only, and sentences."""
    folder = tmp_path_factory.mktemp("text")
    genes = [
        msgspec.structs.replace(
            each,
            id=f"genes-{index}",
            mentions=tuple(m for m in each.mentions if m.type == GENE),
            relations=(),
        )
        for index, each in enumerate(learnable(6, start=20))
    ]
    formats.write(genes, folder / "genes.jsonl", "jsonl")
    (folder / "drugs.iob").write_text("abadol\tB-drug\ntreats\tO\npain\tO\n\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def recipe(tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> TaggerRecipe:
    corpus = write_corpus(tmp_path_factory.mktemp("corpus"))
    shipped = load_tagger("tagger-minilm")
    training = msgspec.structs.replace(
        shipped.training,
        epochs=14,
        patience=14,
        batch_size=4,
        encoder_learning_rate=1e-2,
        head_learning_rate=1e-2,
        precision="fp32",
    )
    return msgspec.structs.replace(
        shipped,
        types=[GENE, CHEMICAL],
        dev=f"{corpus}:dev",
        test=f"{corpus}:test",
        encoder=Encoder(str(tiny_encoder)),
        encoding=DocumentEncoding(96, 32),
        training=training,
        sources=[
            Source(f"{corpus}:train", {GENE: [], CHEMICAL: []}),
            Source("genes.jsonl", {GENE: []}, share=0.5),
            Source("drugs.iob", {CHEMICAL: ["drug"]}),
        ],
    )


@pytest.fixture(scope="module")
def finished(recipe: TaggerRecipe, text: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "tagger"
    outcome = train_tagger(recipe, folder, text, resume=False)
    assert outcome.scores["all"] > 0.9
    return folder


def test_it_learns(finished: Path) -> None:
    tagger = load_tagger_model(finished / "model")
    (found,) = tagger.tag(learnable(1, start=30))
    assert [(m.text, m.type) for m in found.mentions] == [("abadol", CHEMICAL), ("kcn2", GENE)]


def test_what_it_came_to_is_told(finished: Path) -> None:
    results = json.loads((finished / "results.json").read_text())
    assert (results["protocol"], set(results["f1"])) == ("mentions", {"all", GENE, CHEMICAL})
    provenance = json.loads((finished / "provenance.json").read_text())
    assert [each["documents"] for each in provenance["sources"]][1:] == [6, 1]


def test_a_killed_run_goes_on_to_the_same_end(
    finished: Path, recipe: TaggerRecipe, text: Path, tmp_path: Path
) -> None:
    again = Path(shutil.copytree(finished, tmp_path / "again"))
    shutil.rmtree(again / "model")
    (again / "results.json").unlink()
    assert last_checkpoint(again) is not None
    train_tagger(recipe, again, text, resume=True)
    for name in ("model/model.safetensors", "results.json", "metrics.jsonl"):
        assert (again / name).read_bytes() == (finished / name).read_bytes()


def test_it_runs_without_torch_and_says_the_same(finished: Path, tmp_path: Path) -> None:
    export_run(finished, tmp_path / "model", None)
    folder = ModelFolder(tmp_path / "model")
    folder.verify()
    assert GENE in folder.tagger_card()
    documents = learnable(4, start=30)
    expected = load_tagger_model(finished / "model").tag(documents)
    tagger = Tagger(tmp_path / "model", "fp32")
    assert [tagger(each) for each in documents] == expected
    quantized = Tagger(tmp_path / "model")(documents[0])
    quantized.check()


def test_a_folder_holds_both(finished: Path, tiny_checkpoint: Path, tmp_path: Path) -> None:
    target = tmp_path / "model"
    export(tiny_checkpoint, target, "both", "1.0")
    alone = ModelFolder(target).manifest
    export_run(finished, target, None)
    both = ModelFolder(target)
    both.verify()
    assert both.manifest.name == "both"
    assert both.settings == alone.settings
    assert alone.files.items() < both.manifest.files.items()
    export(tiny_checkpoint, target, "both", "1.1")
    assert ModelFolder(target).tagger_settings == both.tagger_settings


def test_a_tagger_alone_has_no_relations(finished: Path, tmp_path: Path) -> None:
    from relatome.pipeline import Pipeline

    export_run(finished, tmp_path / "model", None, int8_only=True)
    with pytest.raises(RelatomeError) as caught:
        Pipeline(tmp_path / "model")
    assert caught.value.code == "R890"
    with pytest.raises(UsageError) as refused:
        load_run(finished)
    assert refused.value.code == "R712"


def test_no_tagger_is_told(tiny_model: Path) -> None:
    with pytest.raises(RelatomeError) as caught:
        Tagger(tiny_model)
    assert caught.value.code == "R891"


def test_unknown_is_not_negative(recipe: TaggerRecipe, text: Path) -> None:
    examples = TagExamples(recipe, tokenizer(), text, None, Evaluation(()))
    gene, chemical = 0, 1
    genes = [examples.windows[index] for index in examples.drawn[1][0]]
    assert all((window.tags[:, chemical] == UNKNOWN).all() for window in genes)
    assert all((window.tags[1:-1, gene] != UNKNOWN).all() for window in genes)


def test_unsure_is_neither(recipe: TaggerRecipe, text: Path) -> None:
    source = Source("genes.jsonl", {CHEMICAL: ["GeneOrGeneProduct"]}, unsure={GENE: []})
    changed = msgspec.structs.replace(recipe, sources=[source])
    examples = TagExamples(changed, tokenizer(), text, None, Evaluation(()))
    assert set(examples.windows[0].tags[:, 0].tolist()) == {UNKNOWN}


def test_evaluation_documents_are_left_out(recipe: TaggerRecipe, text: Path) -> None:
    first: Document = next(iter(formats.read(text / "genes.jsonl")))
    examples = TagExamples(recipe, tokenizer(), text, None, Evaluation([first]))
    assert examples.found[1].left_out == 1
    assert "1 left out" in str(examples.found[1])


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (Source("nosuch.jsonl", {GENE: []}), "R710"),
        (Source("genes.jsonl", {GENE: [], CHEMICAL: []}), "R711"),
    ],
)
def test_a_source_that_does_not_fit(
    source: Source, code: str, recipe: TaggerRecipe, text: Path, tmp_path: Path
) -> None:
    changed = msgspec.structs.replace(recipe, sources=[source])
    with pytest.raises(UsageError) as caught:
        train_tagger(changed, tmp_path / "run", text, resume=False)
    assert caught.value.code == code
    assert not (tmp_path / "run").exists()


def test_a_test_split_is_refused(recipe: TaggerRecipe, text: Path, tmp_path: Path) -> None:
    sources = [Source(recipe.test, {GENE: []})]
    changed = msgspec.structs.replace(recipe, sources=sources)
    with pytest.raises(UsageError, match="test"):
        train_tagger(changed, tmp_path / "run", text, resume=False)
