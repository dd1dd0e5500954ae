"""The model card: what it says is what was done."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch")

import tomli_w

from relatome.corpora import find_schema
from relatome.data.schemas import BIORED
from relatome.encode import DocumentEncoding, Settings
from relatome.recipes import load_adaptation, load_recipe, to_plain
from relatome.training.card import CardScore, render_card, train_command
from relatome.training.run import model_settings

PROVENANCE: dict[str, object] = {
    "code": "0.1.0+abc",
    "data": {"own:train": "1" * 64, "own:dev": "2" * 64},
    "machine": {"processor": "Some processor", "cores": 2, "accelerator": "none"},
}


def card(
    *overrides: str,
    scores: tuple[CardScore, ...] = (),
    provenance: dict[str, object] = PROVENANCE,
) -> str:
    recipe = load_recipe("small", overrides)
    settings = Settings(BIORED, DocumentEncoding(96, 32))
    return render_card("tiny", "0.1.0", recipe, provenance, scores, "make figures", settings)


def test_the_command_spells_out_what_differs_from_the_shipped_recipe() -> None:
    assert train_command(load_recipe("small")) == "relatome train small --output RUN"
    changed = ("training.seed=7", "encoder.name=some folder/encoder", 'data.train=["own:train"]')
    command = train_command(load_recipe("small", changed))
    assert command == (
        "relatome train small --output RUN --set 'data.train=[\"own:train\"]'"
        " --set 'encoder.name=some folder/encoder' --set training.seed=7"
    )
    import shlex

    arguments = shlex.split(command)
    overrides = tuple(arguments[i + 1] for i, word in enumerate(arguments) if word == "--set")
    assert load_recipe("small", overrides) == load_recipe("small", changed)


def test_the_command_of_a_recipe_of_ones_own(tmp_path: Path) -> None:
    plain = to_plain(load_recipe("small")) | {"name": "mine"}
    path = tmp_path / "mine.toml"
    path.write_text(tomli_w.dumps(plain))
    assert train_command(load_recipe(str(path))) == "relatome train recipe.toml --output RUN"


def test_a_student_names_its_teacher_and_what_it_learnt_from_besides() -> None:
    settings = Settings(BIORED, DocumentEncoding(96, 32))
    recipe = load_recipe("flagship", ('distillation.documents=["more.toml:train"]',))
    text = render_card("tiny", "0.1.0", recipe, PROVENANCE, (), "make figures", settings)
    assert (
        "Trained on biored:train, on what `flagship-ensemble` says of them and of more.toml:train, "
        "whose relations were not read, selected on biored:dev."
    ) in text
    assert "    relatome train flagship-ensemble --output flagship-ensemble" in text
    assert "teacher" not in card()


def test_it_holds_scores_and_hashes() -> None:
    rows = (
        CardScore("biored-8", "test", "int8", {"pair": 0.6666, "all": 0.3333}),
        CardScore("biored-5", "test", "fp32", {"pair": 1.0, "all": 0.0}),
    )
    text = card(scores=rows)
    assert "| `biored-8` | test | int8 | 66.7 | 33.3 |" in text
    assert "| `biored-5` | test | fp32 | 100.0 | 0.0 |" in text
    for value in ("1" * 64, "2" * 64, "0.1.0+abc", "Some processor", "make figures"):
        assert str(value) in text


def test_it_says_that_scores_were_not_calibrated() -> None:
    assert "not calibrated" in card().split("## Calibration")[1].split("## Data")[0]


def test_the_licence_is_that_of_the_encoder(tmp_path: Path) -> None:
    minilm = "encoder.name=sentence-transformers/all-MiniLM-L6-v2"
    assert "Weights: Apache-2.0" in card(minilm)
    other = card("encoder.name=someone/encoder")
    assert "Apache-2.0" not in other
    assert "`someone/encoder`" in other


def test_an_adapted_encoder_tells_its_story() -> None:
    words = to_plain(load_adaptation("minilm-pubmed"))
    entities = to_plain(load_adaptation("embre-minilm"))
    data = {"sha256": "3" * 64, "texts": 1234, "left_out_evaluation_documents": 56}
    adapted = [{"recipe": words, "data": data}, {"recipe": entities, "data": {"documents": 78}}]
    text = card("encoder.name=embre-minilm", provenance=PROVENANCE | {"adaptations": adapted})
    assert words["encoder"]["name"] in text
    for told in ("1234", "56", "3" * 64, "78", "`relatome adapt minilm-pubmed`", entities["title"]):
        assert told in text
    assert "Weights: Apache-2.0" in text


def card_of(name: str, scores: tuple[CardScore, ...] = (), *overrides: str) -> str:
    """The card of a shipped recipe's model."""
    recipe = load_recipe(name, overrides)
    settings = model_settings(recipe, find_schema(recipe.schema, None))
    return render_card("tiny", "0.1.0", recipe, PROVENANCE, scores, "make figures", settings)


TORCH = (CardScore("chemprot", "held out", "torch", {"micro": 0.5}),)


def test_of_pairs_without_novelty_it_says_neither_documents_nor_novelty() -> None:
    text = card_of("b-chemprot-baseline-minilm", TORCH)
    assert "In one encoder pass for every pair of entities" in text
    for other in ("over a document", "as new", "on 0.1", "Bind", "both are in the table"):
        assert other not in text
    assert text.count("a held-out 10 % of the training documents") == 2
    assert "each\nwith a score." in text


def test_where_nothing_was_selected_there_is_no_table() -> None:
    text = card_of("c-relation-all", (CardScore("biored-8", "", "torch", {}),))
    assert "on 0" not in text
    assert "| protocol |" not in text
    assert "nothing was selected" in text


def test_it_names_sources_and_start() -> None:
    source = card('data.source=["biorex-biored:source"]')
    assert "Trained on biored:train, with biorex-biored:source besides" in source
    assert "of the corpora named above" in source
    assert "starts from the model of `c-baseline-minilm`" in card_of("anchored-minilm")
    assert "starts from" not in card_of("small")


def test_a_model_that_finds_entities_does_not_deny_it() -> None:
    assert "It does not find entities" not in card_of("one-pass-minilm")
    assert "It does not find entities" in card_of("small")


def test_a_fold_and_a_share_are_told_in_words() -> None:
    text = card_of("small", TORCH, "data.dev={fold = 2, of = 5}", "data.fraction=0.25")
    assert "fold 2 of 5 of the training documents" in text
    assert "Trained on 25 % of biored:train" in text


def test_selection_on_what_is_reported_is_not_denied() -> None:
    text = card_of("small", TORCH, "data.dev=biored:test")
    assert "nothing was\nselected on a test split" not in text
    assert "reported on" in text


def test_a_model_of_novelty_alone_returns_no_relations() -> None:
    text = card_of("c-novelty-alone")
    assert "returns typed relations" not in text
    assert "Rare labels" not in text


def test_the_shipped_card_keeps_its_sentences() -> None:
    scores = tuple(CardScore("biored-8", "test", each, {"all": 0.3}) for each in ("fp32", "int8"))
    text = card_of("flagship", scores)
    for told in (
        "In one encoder pass over a document and its entities, it returns typed relations between "
        "these, each\nwith a score and whether the text presents it as new.",
        "the threshold was fitted on biored:dev and nothing was\nselected on a test split.",
        "- It learnt from English PubMed abstracts of one corpus;",
        "- Rare labels (Bind, Comparison, Cotreatment, Conversion, Drug_Interaction) have few",
        "- int8 weights may change single relations against fp32; both are in the table above.",
    ):
        assert told in text
