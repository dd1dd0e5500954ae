"""Make relatome-small of its two finished runs: what the package holds, and what is beside it.

    python -m release.model [--runs runs] [--corpora DIR]

Into `dist/` go `relatome-small-onnx`, with weights in fp32 and int8, calibrated on BioRED dev and
scored, and `relatome-small-torch`, the safetensors to train on from; each with its cards, and as a
zip archive. The package gets the int8 weights. The runs are those of the commands that the cards
name; `runs/` holds them by the names that `benchmarks/recipes.py` gives.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

import relatome
from relatome import corpora
from relatome.pipeline import find_model
from relatome.runtime import ModelFolder
from relatome.runtime.calibration import calibrate_folder
from relatome.runtime.folder import (
    CARD,
    COREFERENCE,
    MANIFEST,
    TAGGER_CARD,
    encoder_file,
    tagger_file,
    write_manifest,
)
from relatome.training.export import export_run
from relatome.training.folder import MODEL_FOLDER

ROOT = Path(__file__).parents[1]
DIST = ROOT / "dist"
NAME = "relatome-small"
RUN, TAGGER_RUN = "flagship-13", "tagger-minilm-13"
SPLIT = "dev"


def main() -> None:
    """Export, calibrate, score, ship."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--runs", type=Path, default=ROOT / "runs")
    parser.add_argument("--corpora", type=Path)
    options = parser.parse_args()
    onnx, torch = DIST / f"{NAME}-onnx", DIST / f"{NAME}-torch"
    run, tagger = options.runs / RUN, options.runs / TAGGER_RUN
    for each in (run, tagger):
        export_run(each, onnx, NAME)
    dev = corpora.load("biored", SPLIT, options.corpora)
    calibrate_folder(onnx, list(dev.documents), dev.name, "int8")
    score = [sys.executable, "benchmarks/gold_entities.py", "--model", onnx, "--run", run]
    directory = ["--corpora", options.corpora] if options.corpora else []
    subprocess.run([*score, *directory], cwd=ROOT, check=True)
    shutil.rmtree(torch, ignore_errors=True)
    shutil.copytree(run / MODEL_FOLDER, torch)
    shutil.copytree(tagger / MODEL_FOLDER, torch / "tagger")
    for card in (CARD, TAGGER_CARD):
        shutil.copy(onnx / card, torch)
    shipped = find_model("small")
    ship(onnx, shipped)
    for folder in (onnx, torch):
        archive = shutil.make_archive(f"{folder}-{relatome.__version__}", "zip", folder)
        print(f"Wrote {archive}")
    size = sum(path.stat().st_size for path in shipped.iterdir()) / 1e6
    print(f"Wrote {shipped.relative_to(ROOT)}: {size:.1f} MB")


def ship(source: Path, target: Path) -> None:
    """Put what `source` holds into the package, without what nothing there would use."""
    manifest = ModelFolder(source).manifest
    assert manifest.settings is not None
    unused = {MANIFEST, encoder_file("fp32"), tagger_file("fp32")}
    if manifest.settings.coreference_threshold is None:
        unused.add(COREFERENCE)
    shutil.rmtree(target)
    shutil.copytree(source, target, ignore=lambda _, names: unused.intersection(names))
    write_manifest(target, NAME, manifest.version, manifest.settings, manifest.tagger)


if __name__ == "__main__":
    main()
