"""Coreference without torch: the same answers, one pass of the encoder, groups that are better."""

from __future__ import annotations

import shutil
from itertools import combinations
from pathlib import Path

import msgspec
import numpy as np
import pytest

pytest.importorskip("torch")

from relatome.data import Document
from relatome.entities import without_groups
from relatome.errors import ModelError
from relatome.runtime import Coreferent, Model, ModelFolder, Reading
from relatome.runtime import coreference as fitting
from relatome.runtime import model as model_module
from relatome.runtime.calibration import calibrate_folder
from relatome.runtime.card import calibration_section
from relatome.runtime.coreference import fit_coreference
from relatome.runtime.folder import COREFERENCE
from relatome.training import load_model
from relatome.training.dataset import tensors
from tests.tiny import DOCUMENTS, document, long_document

SIZES = (*DOCUMENTS, long_document("long", 12, genes=5))


@pytest.fixture(scope="module")
def model(coreferent_model: Path) -> Model:
    return Model(coreferent_model, "fp32")


def links(model: Model, source: Document, least: float = 0.0) -> list[Coreferent]:
    reading = model.read(source)
    assert reading is not None
    return model.coreferent(source, reading, least)


def test_the_probabilities_are_those_of_torch(model: Model, coreferent_checkpoint: Path) -> None:
    """Mentions that are groups by themselves: the bare head. Else the mean over the two groups."""
    import torch

    trained, tokenizer, settings = load_model(coreferent_checkpoint)
    kinds = {"alone": 0, "groups": 0}
    for source in SIZES:
        asked = model.encode(source)
        if asked is None:
            continue
        batch = tensors([asked], tokenizer.pad_id, settings.encoding)  # type: ignore[list-item]
        with torch.no_grad():
            trained.training = True  # coreference is scored, and no dropout is drawn
            same = trained(batch)["coreference"][0].softmax(-1)[..., 1].numpy()
        types = [mention.type for mention in source.mentions]
        alone = links(model, without_groups(source))
        pairs = combinations(range(len(types)), 2)
        assert [link[:2] for link in alone] == [(i, j) for i, j in pairs if types[i] == types[j]]
        for first, second, probability in alone:
            assert probability == pytest.approx(float(same[first, second]), abs=1e-4)
            kinds["alone"] += 1
        if any(len(m.entity_ids) != 1 for m in source.mentions):
            continue
        groups = {entity.mentions[0]: entity.mentions for entity in source.entities}
        for first, second, probability in links(model, source):
            every = [same[min(i, j), max(i, j)] for i in groups[first] for j in groups[second]]
            assert probability == pytest.approx(float(np.mean(every)), abs=1e-4)
            kinds["groups"] += 1
    assert min(kinds.values()) >= 10


def test_what_is_less_probable_is_left_out(model: Model) -> None:
    every = links(model, SIZES[-1])
    middle = sorted(link.probability for link in every)[len(every) // 2]
    kept = links(model, SIZES[-1], middle)
    assert kept == [link for link in every if link.probability >= middle]
    assert 0 < len(kept) < len(every)


def test_the_order_of_the_mentions_means_nothing(model: Model) -> None:
    source = without_groups(SIZES[-1])
    turned = msgspec.structs.replace(source, mentions=source.mentions[::-1])
    last = len(source.mentions) - 1
    found = [(last - first, last - second) for first, second, _ in links(model, turned)]
    assert found == [(first, second) for first, second, _ in links(model, source)]


def test_blocks_change_nothing(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = links(model, SIZES[-1])
    monkeypatch.setattr(model_module, "_MOST_MENTION_PAIRS", 3 * len(SIZES[-1].mentions))
    parts = links(model, SIZES[-1])
    assert [link[:2] for link in parts] == [link[:2] for link in whole]
    assert [link[2] for link in parts] == pytest.approx([link[2] for link in whole], abs=1e-5)


@pytest.mark.parametrize("text", ["{KCN9|G} in mice.", "Nothing.", "{x|G} {y|D} {z|C}"])
def test_nothing_to_ask(text: str, model: Model) -> None:
    assert links(model, document("d", text)) == []


def test_no_token_is_no_reading(model: Model) -> None:
    assert model.read(document("blank", "   ")) is None


def test_a_reading_serves_relations_however_mentions_are_grouped(model: Model) -> None:
    for source in SIZES:
        reading = model.read(without_groups(source))
        asked, other = model.encode(source, reading), model.encode(source)
        if asked is None or other is None:
            assert asked is other
            continue
        for one, two in zip(model.score(asked, reading)[:2], model.score(other)[:2], strict=True):
            assert np.array_equal(one, two)
        assert model.relations(asked, reading) == model.relations(other)


def test_a_model_without_the_head_says_so(tiny_model: Path) -> None:
    model = Model(tiny_model, "fp32")
    assert not model.learnt_coreference
    assert not model.groups_mentions
    reading = model.read(DOCUMENTS[0])
    assert reading is not None
    with pytest.raises(ModelError, match=r"R970.*c-joint-minilm"):
        model.coreferent(DOCUMENTS[0], reading)


def test_an_altered_head_is_refused(coreferent_model: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(coreferent_model, tmp_path / "model"))
    (folder / COREFERENCE).write_bytes(b"else")
    with pytest.raises(ModelError, match=r"R510.*coreference\.onnx"):
        Model(folder, "fp32")


SYNONYMS = [
    document(f"d{n}", "{abadol|C|C1} or {becotin|C|C1} cures {fever|D|D1}, not {pain|D|D2}.")
    for n in range(4)
]


def saying(drugs: float, diseases: float) -> type:
    """A model that is so sure of the two drugs, and of the two diseases, of `SYNONYMS`."""

    class Said:
        def read(self, source: Document) -> Reading:
            return Reading(None, np.zeros(0))  # type: ignore[arg-type]

        def coreferent(self, source: Document, reading: Reading) -> list[Coreferent]:
            assert len(source.entities) == 4  # grouped by the rules
            return [Coreferent(0, 1, drugs), Coreferent(2, 3, diseases)]

    return Said


@pytest.mark.parametrize(
    ("drugs", "diseases", "threshold"),
    [
        (0.93, 0.85, 0.9),  # the highest that joins the drugs
        (0.85, 0.93, None),  # the diseases would be joined too: nothing is won
        (0.4, 0.1, None),  # never joined
        (1.0, 0.0, 0.999),
    ],
)
def test_the_threshold_is_the_one_with_the_best_groups(
    drugs: float, diseases: float, threshold: float | None
) -> None:
    assert fit_coreference(saying(drugs, diseases)(), SYNONYMS) == threshold


def test_calibrating_fits_it(
    coreferent_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(shutil.copytree(coreferent_model, tmp_path / "model"))
    before = ModelFolder(folder).manifest
    assert COREFERENCE in before.files
    assert not Model(folder, "fp32").groups_mentions
    monkeypatch.setattr(fitting, "THRESHOLDS", (0.75,))
    given = [
        msgspec.structs.replace(d, id=f"{n}{d.id}")
        for n in range(20)
        for d in (*DOCUMENTS, *SYNONYMS)
    ]
    settings = calibrate_folder(folder, given, "own:dev", "fp32")
    after = ModelFolder(folder).manifest
    assert (after.settings, after.files) == (settings, before.files)
    model = Model(folder, "fp32")
    assert settings.coreference_threshold == fit_coreference(model, given)
    assert model.groups_mentions == (settings.coreference_threshold is not None)


def test_the_card_says_it() -> None:
    from relatome.data.calibration import Calibration, Reliability, Thresholds
    from relatome.data.schemas import BIORED
    from relatome.encode import DocumentEncoding, Settings

    nothing = Reliability(0.0, ())
    pooled = Thresholds(9, 6, (0.5,), (9,))
    calibration = Calibration("dev", "fp32", nothing, nothing, (0.8,), {}, pooled)
    settings = Settings(BIORED, DocumentEncoding(96, 32), calibration=calibration)
    assert "coreference" not in calibration_section(settings)
    told = calibration_section(msgspec.structs.replace(settings, coreference_threshold=0.95))
    assert "probability of at least 0.95, by coreference" in told
    assert max(map(len, told.splitlines())) <= 110
