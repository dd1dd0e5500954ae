"""An adaptation as the encoder of a recipe: made if it can be, asked for if it cannot."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
import tomli_w

pytest.importorskip("torch")

from relatome.errors import InputError, UsageError
from relatome.recipes import MaskedEntities, Recipe, load_adaptation, load_recipe, to_plain
from relatome.training import carry_out
from relatome.training.adaptation import (
    adapt_to_entities,
    prepared_encoder,
    published_encoder,
)
from tests.own_corpus import write_focal_recipe


@pytest.fixture
def adaptation(tiny_encoder: Path, tmp_path: Path) -> Path:
    """An adaptation to the entities of a tiny corpus."""
    recipe = load_recipe(str(write_focal_recipe(tmp_path, tiny_encoder)))
    sizes = ("epochs=1", "batch_size=4", "length=64", "overlap=8")
    changes = (f"encoder.name={tiny_encoder}", *sizes)
    plain = to_plain(load_adaptation("embre-minilm", changes))
    plain |= {"name": "masked", "train": recipe.data.train}
    path = tmp_path / "masked.toml"
    path.write_text(tomli_w.dumps(plain), encoding="utf-8")
    return path


def recipe_on(encoder: object, folder: Path) -> Recipe:
    return load_recipe(str(folder / "focal.toml"), (f"encoder.name={encoder}",))


def test_a_recipe_makes_the_adaptation_it_begins_with_once(
    adaptation: Path, tmp_path: Path
) -> None:
    recipe = recipe_on(adaptation, tmp_path)
    carry_out(recipe, tmp_path / "runs" / "one", resume=False)
    made = tmp_path / "runs" / "masked" / "encoder" / "model.safetensors"
    before = made.stat().st_mtime_ns
    provenance = json.loads((tmp_path / "runs" / "one" / "provenance.json").read_text("utf-8"))
    assert [each["recipe"]["name"] for each in provenance["adaptations"]] == ["masked"]
    assert "encoder" in provenance["data"]
    seeded = load_recipe(
        str(tmp_path / "focal.toml"), (f"encoder.name={adaptation}", "training.seed=7")
    )
    carry_out(seeded, tmp_path / "runs" / "two", resume=False)
    assert made.stat().st_mtime_ns == before


def test_another_encoder_cannot_go_on(adaptation: Path, tmp_path: Path) -> None:
    recipe = recipe_on(adaptation, tmp_path)
    carry_out(recipe, tmp_path / "runs" / "one", resume=False)
    (tmp_path / "runs" / "one" / "results.json").unlink()
    weights = tmp_path / "runs" / "masked" / "encoder" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-4] + b"abcd")
    with pytest.raises(UsageError, match=r"R615.*encoder"):
        carry_out(recipe, tmp_path / "runs" / "one", resume=True)


def test_an_encoder_of_another_recipe_is_refused(adaptation: Path, tmp_path: Path) -> None:
    recipe = recipe_on(adaptation, tmp_path)
    carry_out(recipe, tmp_path / "runs" / "one", resume=False)
    changed = to_plain(load_adaptation(str(adaptation), ("epochs=2",)))
    adaptation.write_text(tomli_w.dumps(changed), encoding="utf-8")
    with pytest.raises(UsageError, match=r"R608.*masked"):
        carry_out(recipe, tmp_path / "runs" / "two", resume=False)


def test_an_adaptation_that_needs_files_is_asked_for(adaptation: Path, tmp_path: Path) -> None:
    changed = to_plain(load_adaptation(str(adaptation), ("files=true",)))
    adaptation.write_text(tomli_w.dumps(changed), encoding="utf-8")
    with pytest.raises(UsageError, match="R691"):
        prepared_encoder(str(adaptation), tmp_path / "runs")


@pytest.mark.parametrize("part", ["test", "dev"])
def test_it_never_learns_from_what_is_judged_on(
    part: str, adaptation: Path, tmp_path: Path
) -> None:
    recipe = load_adaptation(str(adaptation))
    assert isinstance(recipe, MaskedEntities)
    (train,) = recipe.train
    other = train.replace(":train", f":{part}")
    judged = msgspec.structs.replace(recipe, train=[other])
    error = UsageError if part == "test" else InputError  # of dev, nothing is left
    with pytest.raises(error, match="R201" if part == "test" else "R694"):
        adapt_to_entities(judged, (), tmp_path / "run", None, resume=False)
    assert not (tmp_path / "run").exists()


def test_an_adaptation_to_text_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="R691") as caught:
        prepared_encoder("minilm-biomedical", tmp_path)
    assert f"relatome adapt minilm-biomedical TEXT... --output {tmp_path}" in str(caught.value)


def test_what_is_no_adaptation_is_left_alone(tiny_encoder: Path, tmp_path: Path) -> None:
    for name in (str(tiny_encoder), "someone/encoder"):
        assert prepared_encoder(name, tmp_path) == ""
        assert published_encoder(name) == name


def test_an_adaptation_that_begins_with_itself_is_refused(adaptation: Path) -> None:
    plain = to_plain(load_adaptation(str(adaptation), (f"encoder.name={adaptation}",)))
    adaptation.write_text(tomli_w.dumps(plain), encoding="utf-8")
    with pytest.raises(UsageError, match="R692"):
        published_encoder(str(adaptation))
