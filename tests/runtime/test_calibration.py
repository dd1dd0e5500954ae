"""Calibrating a model folder: what is fitted, what is written, what stays as it was."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest

pytest.importorskip("torch")  # the tiny model is made with it

from relatome.data import Negative
from relatome.data.schemas import BIORED
from relatome.encode import Asked, Decoding, DocumentEncoding, Settings, encode
from relatome.errors import InputError, ModelError, UsageError
from relatome.pipeline import load
from relatome.runtime import ModelFolder
from relatome.runtime.calibration import calibrate_folder, calibrated, returned
from relatome.runtime.card import calibration_section, with_calibration
from tests.tiny import CHEMICAL, GENE, document, learnable, tokenizer

SETTINGS = Settings(BIORED, DocumentEncoding(96, 32), Decoding(0.4))


def scored(
    right: int, wrong: int, logit: float, label: str = "Association", novel: float = 1.0
) -> list[tuple[Asked, np.ndarray, np.ndarray]]:
    """Documents of one pair, for which the model prefers a label by so much over no relation."""
    made = []
    for number in range(right + wrong):
        relations = (("C1", "G1", label, number % 4 > 0),) if number < right else ()
        source = document(f"d{number}", "{x|C|C1} {y|G|G1}", *relations)
        asked = encode(source, BIORED, tokenizer(), SETTINGS.encoding, SETTINGS.narrowing)
        assert asked is not None
        row = np.full((1, 1 + len(BIORED.labels)), -30.0, dtype=np.float32)
        row[0, 0] = 0
        row[0, 1 + BIORED.labels.index(label)] = logit
        made.append((asked, row, np.array([[0.0, novel]], dtype=np.float32)))
    return made


def test_the_score_becomes_the_share_that_is_right() -> None:
    settings = calibrated(scored(40, 10, 4.0), SETTINGS, "dev", "int8")
    assert settings is not None
    found = settings.calibration
    assert found is not None
    assert (found.split, found.weights) == ("dev", "int8")
    # All alike, four fifths right: the odds are 4, so T = 4 / ln 4; of novelty three in four.
    assert settings.decoding.temperature == pytest.approx(4 / np.log(4), abs=1e-2)
    assert settings.decoding.novelty_temperature == pytest.approx(1 / np.log(3), abs=1e-2)
    assert found.before.error == pytest.approx(1 / (1 + np.exp(-4)) - 0.8, abs=1e-3)
    assert found.after.error == pytest.approx(0, abs=1e-3)
    assert found.novelty_before == pytest.approx(abs(1 / (1 + np.exp(-1)) - 0.75), abs=1e-3)
    assert found.novelty_after == pytest.approx(0, abs=1e-3)
    assert found.types.keys() == {"Association"}
    assert found.types["Association"] == found.pooled
    assert (found.pooled.relations, found.pooled.right) == (50, 40)
    assert found.pooled.kept == (50,) * 7 + (0,) * 3  # 0.50 to 0.80
    assert settings.decoding.threshold == 0.4


def test_it_begins_anew_each_time() -> None:
    cases = scored(40, 10, 4.0)
    once = calibrated(cases, SETTINGS, "dev", "int8")
    assert once is not None
    assert calibrated(cases, once, "dev", "int8") == once


def test_rare_types_take_the_thresholds_of_all() -> None:
    cases = scored(40, 10, 4.0) + scored(5, 5, 4.0, "Positive_Correlation")
    settings = calibrated(cases, SETTINGS, "dev", "int8")
    assert settings is not None
    found = settings.calibration
    assert found is not None
    assert found.types.keys() == {"Association"}
    assert found.pooled.relations == 60
    assert found.thresholds("Positive_Correlation") == found.pooled


def test_what_is_not_returned_has_no_say() -> None:
    returned_only = calibrated(scored(40, 10, 4.0), SETTINGS, "dev", "int8")
    unsure = scored(0, 100, -1.0)
    assert calibrated(scored(40, 10, 4.0) + unsure, SETTINGS, "dev", "int8") == returned_only


def test_what_is_not_judged_has_no_say() -> None:
    # In a pool, of which one corpus annotates such pairs and the other does not.
    negatives = (Negative("biored", CHEMICAL, GENE, "None"),)
    pool = msgspec.structs.replace(BIORED, negatives=negatives)
    settings = msgspec.structs.replace(SETTINGS, schema=pool)

    def judged(corpus: str) -> int:
        cases = [
            (
                replace(
                    asked,
                    document=msgspec.structs.replace(asked.document, infons={"corpus": corpus}),
                ),
                *logits,
            )
            for asked, *logits in scored(0, 3, 4.0)
        ]
        return len(returned(cases, settings).row)

    assert (judged("biored"), judged("ddi")) == (3, 0)


@pytest.mark.parametrize(("right", "wrong"), [(0, 0), (20, 9)])
def test_too_few_are_no_basis(right: int, wrong: int) -> None:
    assert calibrated(scored(right, wrong, 4.0), SETTINGS, "dev", "int8") is None


def test_several_labels_of_a_pair_are_several_relations() -> None:
    schema = msgspec.structs.replace(BIORED, multi_label=True)
    settings = msgspec.structs.replace(
        SETTINGS, schema=schema, decoding=Decoding(0.4, second_threshold=0.3)
    )
    cases = []
    for asked, row, novel in scored(40, 0, 4.0):
        row[0, 1 + BIORED.labels.index("Positive_Correlation")] = 4.0
        cases.append((asked, row, novel))
    found = returned(cases, settings)
    assert (len(found.logits), len(found.row), found.right.sum()) == (40, 80, 40)


@pytest.fixture
def folder(tiny_model: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_model, tmp_path / "model"))


DOCUMENTS = learnable(60)


def test_only_manifest_and_card_change(folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    settings = calibrate_folder(folder, DOCUMENTS, "own:dev", "fp32")
    assert settings.calibration is not None
    assert settings.calibration.weights == "fp32"
    after = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert after.keys() == before.keys()
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"model.json", "README.md"}
    opened = ModelFolder(folder)
    opened.verify()
    assert opened.manifest.settings == settings
    assert opened.manifest.files == json.loads(before["model.json"])["files"]
    assert "own:dev" in opened.card()
    assert opened.card().startswith("# tiny 0.0.1")


def test_the_same_relations_with_other_scores(folder: Path, tiny_model: Path) -> None:
    calibrate_folder(folder, DOCUMENTS, "own:dev", "fp32")
    one = load(tiny_model, weights="fp32", threads=1)
    other = load(folder, weights="fp32", threads=1)
    differ = 0
    for made in DOCUMENTS:
        pairs = [
            {(r.head, r.tail, r.type, r.novel): r.score for r in extract.extract(made).relations}
            for extract in (one, other)
        ]
        assert pairs[0].keys() == pairs[1].keys()
        differ += pairs[0] != pairs[1]
    assert differ > 0


def test_it_is_calibrated_afterwards(folder: Path) -> None:
    settings = calibrate_folder(folder, DOCUMENTS, "own:dev")
    assert settings.calibration is not None
    assert settings.calibration.weights == "int8"
    extract = load(folder, threads=1, precision=settings.calibration.levels[0])
    assert "own:dev" in " ".join(extract.tally.summary())


def test_too_few_documents_change_nothing(folder: Path) -> None:
    before = hashlib.sha256((folder / "model.json").read_bytes()).hexdigest()
    with pytest.raises(UsageError, match=r"R852.*own:dev"):
        calibrate_folder(folder, DOCUMENTS[:3], "own:dev")
    assert hashlib.sha256((folder / "model.json").read_bytes()).hexdigest() == before


def test_an_altered_folder_is_not_vouched_for(folder: Path) -> None:
    (folder / "encoder.int8.onnx").write_bytes(b"else")
    with pytest.raises(ModelError, match=r"R510.*encoder\.int8\.onnx"):
        calibrate_folder(folder, DOCUMENTS, "own:dev", "fp32")


def test_labels_of_another_schema_are_refused(folder: Path) -> None:
    odd = document("odd", "{x|C|C1} {y|G|G1}", ("C1", "G1", "INHIBITOR", None))
    with pytest.raises(InputError, match=r"R110.*document odd.*INHIBITOR"):
        calibrate_folder(folder, (odd,), "own:dev", "fp32")


def test_old_manifests_are_read(folder: Path) -> None:
    manifest = json.loads((folder / "model.json").read_text())
    for key in ("temperature", "novelty_temperature"):
        del manifest["settings"]["decoding"][key]
    del manifest["settings"]["calibration"]
    (folder / "model.json").write_text(json.dumps(manifest))
    settings = ModelFolder(folder).manifest.settings
    assert settings.decoding.temperature == settings.decoding.novelty_temperature == 1
    assert settings.calibration is None


def test_the_section_of_the_card() -> None:
    settings = calibrated(scored(38, 12, 4.0), SETTINGS, "own:dev", "int8")
    assert settings is not None
    section = calibration_section(settings)
    assert "Fitted on own:dev with int8 weights, to the 50 relations" in section
    assert f"temperature {settings.decoding.temperature:.2f}" in section
    assert "| 0.73–0.80 | 50 | 0.76 | 0.76 |" in section
    assert "| Association | 50 | 76 % | 0.76 (100 %) | never | never |" in section
    assert max(map(len, section.splitlines())) <= 110


@pytest.mark.parametrize(
    "card",
    [
        "# a\n\n## Scores\n\none\n\n## Data\n\ntwo\n",
        "# a\n\n## Scores\n\none\n\n## Calibration\n\nold\n\n## Data\n\ntwo\n",
    ],
)
def test_the_section_stands_before_the_data(card: str) -> None:
    section = calibration_section(SETTINGS)
    assert with_calibration(card, SETTINGS) == (
        f"# a\n\n## Scores\n\none\n\n{section}\n## Data\n\ntwo\n"
    )


@pytest.mark.parametrize("card", ["# a\n\nany text\n", "# a\n\nany text\n\n## Calibration\n\nold"])
def test_a_card_of_another_kind_gets_it_at_the_end(card: str) -> None:
    section = calibration_section(SETTINGS)
    assert with_calibration(card, SETTINGS) == f"# a\n\nany text\n\n{section}"
