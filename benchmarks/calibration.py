"""How far the shipped model's scores can be believed, on documents they were not fitted to.

    python benchmarks/calibration.py [--model small] [--corpora DIR]

On dev the fit is crossed: five folds of documents, each scored by what was fitted to the other
four. On test, the model is as it is shipped, fitted to dev. Beside the error of calibration stand
what asking for a precision gives, and the precision of the surest part of what is returned. Writes
``benchmarks/results/calibration.json``.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from common import machine, write_result

from relatome import corpora
from relatome.data import Document, Split, folds
from relatome.encode import Settings
from relatome.pipeline import find_model
from relatome.runtime import Model
from relatome.runtime.calibration import Scores, calibrated, returned
from relatome.scoring.calibration import reliability

FOLDS, SEED = 5, 0
PRECISIONS = (0.7, 0.8, 0.9)
COVERAGES = (0.05, *(tenth / 10 for tenth in range(1, 11)))
COMMAND = "python benchmarks/calibration.py"


def main() -> None:
    """Score, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", default="small")
    parser.add_argument("--corpora", type=Path)
    options = parser.parse_args()
    model = Model(find_model(options.model))
    settings = model.settings
    if settings.calibration is None:
        raise SystemExit("This model is not calibrated: run `relatome models calibrate` first.")
    dev = corpora.load("biored", "dev", options.corpora)
    test = corpora.load("biored", "test", options.corpora)
    scored = {split.name: _scored(model, split) for split in (dev, test)}

    parts = []
    for others, fold in folds(dev.documents, FOLDS, SEED):
        fitted = calibrated(_of(scored[dev.name], others), settings, dev.name, model.weights)
        assert fitted is not None
        parts.append((_of(scored[dev.name], fold), fitted))
    rows = {
        f"{dev.name}, {FOLDS} folds": _measured(parts),
        test.name: _measured([(scored[test.name], settings)]),
    }
    for name, row in rows.items():
        print(name, row)
    write_result(
        "calibration",
        {
            "command": COMMAND,
            "model": f"{model.folder.manifest.name} {model.folder.manifest.version}",
            "weights": model.weights,
            "data": {split.name: corpora.data_hash(split.documents) for split in (dev, test)},
            "temperature": settings.decoding.temperature,
            "novelty_temperature": settings.decoding.novelty_temperature,
            "measured": rows,
            "machine": machine(),
        },
    )


def _scored(model: Model, split: Split) -> list[Scores]:
    asked = [model.encode(model.schema.conform(document)) for document in split.documents]
    answers = ((each, model.score(each)) for each in asked if each is not None)
    return [(each, scores.relation, scores.novelty) for each, scores in answers]


def _of(scored: Sequence[Scores], documents: Sequence[Document]) -> list[Scores]:
    wanted = {document.id for document in documents}
    return [each for each in scored if each[0].document.id in wanted]


def _measured(parts: Sequence[tuple[list[Scores], Settings]]) -> dict[str, object]:
    """Calibration error before and after, and what asking for a precision gives."""
    before, after, right = [], [], []
    kept: dict[float, list[list[bool]]] = {precision: [] for precision in PRECISIONS}
    for scored, settings in parts:
        found = returned(scored, settings)
        calibration = settings.calibration
        assert calibration is not None
        scores = found.scores(settings.decoding.temperature)
        before.append(found.scores(1.0))
        after.append(scores)
        right.append(found.right)
        names = [settings.schema.labels[label - 1] for label in found.label]
        for precision in PRECISIONS:
            level = calibration.level(precision)
            assert level is not None
            least = [calibration.thresholds(name).scores[level] for name in names]
            kept[precision].append(
                [
                    bound is not None and score >= bound
                    for score, bound in zip(scores, least, strict=True)
                ]
            )
    correct = np.concatenate(right)
    asked = {}
    for precision, masks in kept.items():
        mask = np.concatenate(masks).astype(bool)
        asked[f"{precision:.2f}"] = {
            "reached": round(float(correct[mask].mean()), 4) if mask.any() else None,
            "kept": int(mask.sum()),
            "kept_share": round(float(mask.mean()), 4),
            "right_kept_share": round(float(correct[mask].sum() / correct.sum()), 4),
        }
    return {
        "relations": len(correct),
        "right": int(correct.sum()),
        "error_before": reliability(np.concatenate(before), correct).error,
        "error_after": reliability(np.concatenate(after), correct).error,
        "precision": asked,
        "coverage": _curve(np.concatenate(after), correct),
    }


def _curve(scores: np.ndarray, right: np.ndarray) -> list[dict[str, float]]:
    """Precision among the relations of the highest scores, for growing shares of all returned."""
    order = np.argsort(-scores, kind="stable")
    rows = []
    for share in COVERAGES:
        first = order[: max(1, round(share * len(order)))]
        rows.append(
            {
                "kept_share": share,
                "least_score": round(float(scores[first[-1]]), 4),
                "reached": round(float(right[first].mean()), 4),
                "right_kept_share": round(float(right[first].sum() / right.sum()), 4),
            }
        )
    return rows


if __name__ == "__main__":
    main()
