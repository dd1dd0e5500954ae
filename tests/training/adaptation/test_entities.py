"""Adapting to entities: what is masked in which documents, resuming, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

pytest.importorskip("torch")

from relatome.data import Document
from relatome.errors import InputError, UsageError
from relatome.models import load_encoder
from relatome.recipes import MaskedEntities, load_adaptation
from relatome.training.adaptation import Evaluation, mask_entities
from relatome.training.adaptation.entities import EntityWindows
from relatome.training.trainer import MetricsFile
from tests.tiny import document, tokenizer

TOKENIZER = tokenizer()
NOBODY = Evaluation(())
DOCUMENTS = [
    document("1", "{kcn9|G|99} causes {pain|D|D1}, and {kcn9|G|99} raises {fever|D|D2}."),
    document("2", "{abadol|C|C1} cures {fever|D|D2} in {mice|O}."),
    document("3", "{kcn9|G|99} alone."),
    document("4", "{abadol|C} cures {Abadol|C} and {fever|D}."),
]


@pytest.fixture
def recipe(tiny_encoder: Path) -> MaskedEntities:
    settings = ("epochs=3", "batch_size=2", "length=64", "overlap=8", "save_steps=1")
    overrides = (f"encoder.name={tiny_encoder}", "train=[]", *settings, "learning_rate=1e-3")
    found = load_adaptation("embre-minilm", overrides)
    assert isinstance(found, MaskedEntities)
    return found


def test_windows_have_their_entities(recipe: MaskedEntities) -> None:
    made = EntityWindows(DOCUMENTS, recipe, TOKENIZER, NOBODY)
    assert made.identifiers == ["99", "C1", "D1", "D2"]
    assert made.documents == 4
    first, second, fourth = made.windows  # nothing could stay of the third
    assert first.entity_mentions.tolist() == [[0, 2], [1, -1], [3, -1]]
    assert [made.identifiers[i] for i in first.identifiers] == ["99", "D1", "99", "D2"]
    assert [made.types[i][:4] for i in first.types] == ["Gene", "Dise", "Gene", "Dise"]
    assert second.identifiers.tolist()[2] == -1
    assert fourth.entity_mentions.tolist() == [[0, 1], [2, -1]], "one name, one entity"
    for window, source in zip(
        made.windows, (DOCUMENTS[0], DOCUMENTS[1], DOCUMENTS[3]), strict=True
    ):
        for mention, row in zip(source.mentions, window.mention_tokens, strict=True):
            wanted = TOKENIZER(mention.text).ids.tolist()
            assert window.ids[row[row >= 0]].tolist() == wanted


def test_the_ids_of_mentions_identify_nothing(recipe: MaskedEntities) -> None:
    (given,) = [DOCUMENTS[0]]
    mentions = tuple(msgspec.structs.replace(m, entity_ids=(m.id,)) for m in given.mentions)
    by_mention = msgspec.structs.replace(given, id="7", mentions=mentions)
    made = EntityWindows([by_mention, DOCUMENTS[1]], recipe, TOKENIZER, NOBODY)
    assert made.identifiers == ["C1", "D2"]
    assert made.windows[0].entity_mentions.tolist() == [[0, 2], [1, -1], [3, -1]]


def test_impossible_windows_are_refused(tiny_encoder: Path) -> None:
    with pytest.raises(UsageError, match="overlap"):
        load_adaptation("embre-minilm", ("length=64", "overlap=62"))


def test_long_documents_are_cut_and_no_mention_with_them(recipe: MaskedEntities) -> None:
    text = " ".join(f"{{kcn{n}|G|{n}}} raises {{fever|D|D1}} in mice." for n in range(30))
    long = document("1", text)
    made = EntityWindows([long], recipe, TOKENIZER, NOBODY)
    assert len(made) > 3
    wanted = {m.text: TOKENIZER(m.text).ids.tolist() for m in long.mentions}
    for window in made.windows:
        assert len(window.ids) <= 64
        for row, identifier in zip(window.mention_tokens, window.identifiers, strict=True):
            name = made.identifiers[identifier]
            expected = wanted["fever" if name == "D1" else f"kcn{name}"]
            assert window.ids[row[row >= 0]].tolist() == expected


def test_types_are_the_recipes_own_where_it_names_them(recipe: MaskedEntities) -> None:
    named = msgspec.structs.replace(
        recipe, types={"Gene": ["geneorgeneproduct"], "Illness": ["DiseaseOrPhenotypicFeature"]}
    )
    made = EntityWindows(DOCUMENTS, named, TOKENIZER, NOBODY)
    assert made.types == ["Gene", "Illness"]
    assert made.identifiers == ["99", "D1", "D2"], "other mentions are text"


def test_evaluation_documents_are_left_out_by_id_and_title(recipe: MaskedEntities) -> None:
    titled = document("9", "A title. {kcn9|G|99} causes {pain|D|D1}.", title=8)
    judged = document("8", "A Title: no more.", title=7)
    made = EntityWindows(
        [*DOCUMENTS, titled], recipe, TOKENIZER, Evaluation([judged, DOCUMENTS[1]])
    )
    assert (made.documents, made.left_out) == (3, 2)
    assert "C1" not in made.identifiers


def test_it_learns_and_resumes_to_the_same_encoder(
    recipe: MaskedEntities, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = mask_entities(recipe, DOCUMENTS, NOBODY, tmp_path / "whole", resume=False)
    backbone, _ = load_encoder(str(whole))
    assert backbone.config.hidden_size == 32
    provenance = json.loads((tmp_path / "whole" / "provenance.json").read_text(encoding="utf-8"))
    assert provenance["data"]["documents"] == 4
    assert provenance["data"]["windows"] == 3
    assert mask_entities(recipe, DOCUMENTS, NOBODY, tmp_path / "whole", resume=True) == whole

    def killed(self: object, *rest: object, **named: object) -> None:
        if len(list((tmp_path / "again" / "checkpoints").glob("checkpoint-4"))):
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(MetricsFile, "on_step_begin", killed)
        with pytest.raises(KeyboardInterrupt):
            mask_entities(recipe, DOCUMENTS, NOBODY, tmp_path / "again", resume=False)
    assert not (tmp_path / "again" / "encoder").exists()
    again = mask_entities(recipe, DOCUMENTS, NOBODY, tmp_path / "again", resume=True)
    assert (again / "model.safetensors").read_bytes() == (whole / "model.safetensors").read_bytes()
    with pytest.raises(UsageError, match="R615"):
        mask_entities(recipe, DOCUMENTS[:2], NOBODY, tmp_path / "again", resume=True)


@pytest.mark.parametrize(
    ("documents", "code"),
    [
        ([], "R694"),
        ([document("1", "No entity.")], "R694"),
        ([document("1", "{kcn9|G} causes {pain|D}.")], "R695"),
        ([document("1", "{kcn9|G|99} alone.")], "R696"),
    ],
)
def test_documents_with_nothing_to_mask_are_refused(
    documents: list[Document], code: str, recipe: MaskedEntities, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=code):
        mask_entities(recipe, documents, NOBODY, tmp_path / "run", resume=False)
    assert not (tmp_path / "run").exists()
