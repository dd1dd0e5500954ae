"""A corpus of one's own and a recipe for it, in a folder: everything training needs, in seconds."""

from __future__ import annotations

from pathlib import Path

from tests.tiny import DOCUMENTS, learnable

_DESCRIPTION = """\
name = "ours"
schema = "biored"
[splits.train]
role = "train"
files = ["train.jsonl"]
[splits.dev]
role = "dev"
files = ["dev.jsonl"]
[splits.test]
role = "test"
files = ["test.jsonl"]
"""


def write_corpus(folder: Path) -> Path:
    """Write the corpus ``ours`` of tiny documents, and return the path of its description."""
    from relatome import formats

    path = folder / "ours.toml"
    path.write_text(_DESCRIPTION, encoding="utf-8")
    formats.write([*DOCUMENTS, *learnable(6)], folder / "train.jsonl", "jsonl")
    formats.write(learnable(6, start=6), folder / "dev.jsonl", "jsonl")
    formats.write(learnable(3, start=12), folder / "test.jsonl", "jsonl")
    return path


def write_focal_recipe(folder: Path, encoder: Path) -> Path:
    """Write the corpus and a recipe for it, with the focal loss: three steps a run."""
    import tomli_w

    from relatome.recipes import load_recipe, to_plain

    corpus = write_corpus(folder)
    settings = (
        f'data.train=["{corpus}:train"]',
        f"data.dev={corpus}:dev",
        f"data.test={corpus}:test",
        f"encoder.name={encoder}",
        "encoding.window=96",
        "encoding.overlap=32",
        "training.epochs=1",
        "training.precision=fp32",
        "losses.focal={weight=1.0,gamma=2.0,alpha=1.0}",
    )
    plain = to_plain(load_recipe("small", settings))
    del plain["losses"]["cross_entropy"]
    path = folder / "focal.toml"
    path.write_text(tomli_w.dumps(plain), encoding="utf-8")
    return path
