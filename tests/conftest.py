"""Fixtures that every test folder may use."""

from __future__ import annotations

import importlib.metadata
import os
import warnings
from pathlib import Path
from typing import Any

import pytest

# Models in tests are tiny: more threads would only wait for one another.
os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.fixture(scope="session")
def corpora_dir() -> Path:
    """The directory of published corpora; tests that need it are skipped where there is none."""
    named = os.environ.get("RELATOME_CORPORA")
    found = Path(named) if named else Path(__file__).parents[2] / "shared" / "corpora"
    if not found.is_dir():
        pytest.skip(f"no corpora at {found}; set RELATOME_CORPORA to a directory that has them")
    return found


@pytest.fixture(scope="session")
def tiny_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT of two layers as `save_pretrained` writes one; its weights are always the same."""
    pytest.importorskip("torch")
    from tests.tiny import save_encoder

    return save_encoder(tmp_path_factory.mktemp("encoder") / "tiny-bert")


@pytest.fixture(scope="session")
def tiny_checkpoint(tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ``model`` folder of a run, on the tiny encoder, with weights that are always the same."""
    from tests.tiny import save_model_folder

    return save_model_folder(tmp_path_factory.mktemp("checkpoint") / "model", tiny_encoder)


@pytest.fixture(scope="session")
def tiny_model(tiny_checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny model, exported; read only: copy it to change it."""
    return _exported(tiny_checkpoint, "tiny", tmp_path_factory)


@pytest.fixture(scope="session")
def coreferent_checkpoint(tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Like `tiny_checkpoint`, with a head of coreference."""
    from tests.tiny import save_model_folder

    folder = tmp_path_factory.mktemp("coreferent") / "model"
    return save_model_folder(folder, tiny_encoder, coreference=True)


@pytest.fixture(scope="session")
def coreferent_model(coreferent_checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """That model, exported; read only."""
    return _exported(coreferent_checkpoint, "coreferent", tmp_path_factory)


@pytest.fixture(scope="session")
def anchored_checkpoint(tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Like `tiny_checkpoint`, under anchored encoding, with a head of direction."""
    from tests.tiny import save_model_folder

    folder = tmp_path_factory.mktemp("anchored") / "model"
    return save_model_folder(folder, tiny_encoder, anchored=True)


@pytest.fixture(scope="session")
def anchored_model(anchored_checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """That model, exported; read only."""
    return _exported(anchored_checkpoint, "anchored", tmp_path_factory)


def _exported(checkpoint: Path, name: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from filelock import FileLock

    from relatome.training.export import export

    # Exporting takes longer than most tests: parallel workers share one.
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    folder = shared / f"{name}-model"
    card = folder / "README.md"
    with FileLock(shared / f"{name}-model.lock"):
        if not card.is_file():
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # the exporter's, about itself
                export(checkpoint, folder, name, "0.0.1")
            card.write_text(f"# {name} 0.0.1\n\nA model for tests.\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def biolink() -> dict[str, Any]:
    """The Biolink model's own file."""
    yaml = pytest.importorskip("yaml")
    try:
        package = importlib.metadata.distribution("biolink-model")
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("the Biolink model is not installed: pip install --no-deps biolink-model")
    path = Path(str(package.locate_file("biolink_model/schema/biolink_model.yaml")))
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    content: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), loader)
    return content
