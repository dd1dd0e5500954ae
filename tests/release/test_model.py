"""The package holds what its model needs, and nothing that nothing would use."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import pytest

pytest.importorskip("torch")

from relatome.runtime import ModelFolder
from relatome.runtime.folder import COREFERENCE, write_manifest
from release.model import ship


@pytest.mark.parametrize("threshold", [None, 0.5])
def test_what_goes_into_the_package(
    threshold: float | None, coreferent_model: Path, tmp_path: Path
) -> None:
    made, package = tmp_path / "made", tmp_path / "package"
    shutil.copytree(coreferent_model, made)
    before = ModelFolder(made).manifest
    assert before.settings is not None
    settings = msgspec.structs.replace(before.settings, coreference_threshold=threshold)
    write_manifest(made, before.name, before.version, settings)
    package.mkdir()
    (package / "encoder.fp32.onnx").write_bytes(b"of an earlier one")
    ship(made, package)
    folder = ModelFolder(package)
    folder.verify()
    assert folder.weights == ["int8"]
    assert (COREFERENCE in folder.manifest.files) == (threshold is not None)
    assert set(folder.manifest.files) | {"model.json", "README.md"} == {
        path.name for path in package.iterdir()
    }
    assert folder.manifest.settings == settings
