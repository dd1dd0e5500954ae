"""Fitting what a model's scores mean, on documents with annotated relations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from relatome.data import Document
from relatome.data.calibration import Calibration
from relatome.encode import ILLEGAL, Asked, Settings, assertions, softmax
from relatome.encode.decode import FloatArray
from relatome.encode.targets import Gold, relation_targets
from relatome.errors import CALIBRATION_FEW, CANNOT_WRITE, Place, UsageError, WorkError
from relatome.runtime.card import with_calibration
from relatome.runtime.coreference import fit_coreference
from relatome.runtime.folder import CARD, Weights, write_settings
from relatome.runtime.model import Model
from relatome.scoring.calibration import (
    LEVELS,
    fit_temperature,
    precision_thresholds,
    reliability,
)

# Of fewer relations nothing is fitted: neither a temperature, nor the thresholds of one type.
FEWEST_RETURNED = 30
FEWEST_OF_TYPE = 30

Scores = tuple[Asked, FloatArray | None, FloatArray | None]


class Returned(NamedTuple):
    """The candidates that a model asserts and the annotation judges, and what it asserts of them.

    Attributes:
        logits: ``(n, labels+1)``.
        gold: ``(n, labels+1)``.
        row: ``(m,)``, of every assertion its candidate.
        label: ``(m,)``, of every assertion its class.
        novelty: ``(k, 2)``, logits of those candidates that are related in the gold and judged.
        novelty_gold: ``(k, 2)``.
    """

    logits: FloatArray
    gold: Gold
    row: npt.NDArray[np.int64]
    label: npt.NDArray[np.int64]
    novelty: FloatArray
    novelty_gold: Gold

    @property
    def right(self) -> npt.NDArray[np.bool_]:
        """Of every assertion, whether it is right, ``(m,)``."""
        return self.gold[self.row, self.label]

    def scores(self, temperature: float) -> FloatArray:
        """Of every assertion its score, ``(m,)``."""
        return softmax(self.logits / np.float32(temperature))[self.row, self.label]


def calibrated(
    scored: Iterable[Scores], settings: Settings, split: str, weights: str
) -> Settings | None:
    """The settings with temperatures and thresholds fitted to what the model returns.

    A score is to be the probability that a relation holds with its type, given that the model
    returned it. So the temperature is the one that makes the gold classes of the returned pairs
    most probable; what is returned does not depend on it. The temperature of novelty is fitted to
    those of them that are related in the gold.

    Args:
        scored: documents with annotated relations, and the logits of their candidates: relation
            ``(P, labels+1)`` and novelty ``(P, 2)``, None where there is no such head.
        settings: of the model; what was fitted before is replaced.
        split: what the documents are called.
        weights: what scored them.

    Returns:
        None where the model returned fewer than `FEWEST_RETURNED` relations that the annotation
        judges, or finds none itself.
    """
    schema = settings.schema
    found = returned(scored, settings) if settings.relation else None
    if found is None or len(found.row) < FEWEST_RETURNED:
        return None
    temperature = fit_temperature(found.logits, found.gold)
    scores, right = found.scores(temperature), found.right
    of_type = {name: found.label == 1 + schema.labels.index(name) for name in schema.asserting}
    calibration = Calibration(
        split=split,
        weights=weights,
        before=reliability(found.scores(1.0), right),
        after=reliability(scores, right),
        levels=LEVELS,
        types={
            name: precision_thresholds(scores[mask], right[mask])
            for name, mask in of_type.items()
            if mask.sum() >= FEWEST_OF_TYPE
        },
        pooled=precision_thresholds(scores, right),
    )
    decoding = msgspec.structs.replace(
        settings.decoding, temperature=temperature, novelty_temperature=1.0
    )
    if len(found.novelty) >= FEWEST_RETURNED:
        hot = fit_temperature(found.novelty, found.novelty_gold)
        novel = found.novelty_gold[:, 1]
        decoding = msgspec.structs.replace(decoding, novelty_temperature=hot)
        calibration = msgspec.structs.replace(
            calibration,
            novelty_before=reliability(softmax(found.novelty)[:, 1], novel).error,
            novelty_after=reliability(softmax(found.novelty / np.float32(hot))[:, 1], novel).error,
        )
    return msgspec.structs.replace(settings, decoding=decoding, calibration=calibration)


def returned(scored: Iterable[Scores], settings: Settings) -> Returned:
    """What a model asserts of documents, beside the gold; arguments as for `calibrated`."""
    schema = settings.schema
    classes = 1 + len(schema.labels)
    logits, gold = [np.zeros((0, classes), np.float32)], [np.zeros((0, classes), np.bool_)]
    novelty, novelty_gold = [np.zeros((0, 2), np.float32)], [np.zeros((0, 2), np.bool_)]
    rows: list[int] = []
    labels: list[int] = []
    count = 0
    for asked, relation, novel in scored:
        assert relation is not None, "the model has a head for relations"
        true, truly_novel = relation_targets(asked, schema)
        # Pairs that the annotation does not judge say nothing of the model.
        asserted = assertions(asked, relation, schema, settings.decoding)
        judged = [each for each in asserted if true[each.row].any()]
        of_pair = sorted({each.row for each in judged})
        place = {row: count + index for index, row in enumerate(of_pair)}
        count += len(of_pair)
        rows += [place[each.row] for each in judged]
        labels += [each.label for each in judged]
        logits.append(np.where(asked.legal, relation, np.float32(ILLEGAL))[of_pair])
        gold.append(true[of_pair])
        if novel is not None:
            told = [row for row in of_pair if truly_novel[row].any()]
            novelty.append(novel[told])
            novelty_gold.append(truly_novel[told])
    return Returned(
        np.concatenate(logits),
        np.concatenate(gold),
        np.array(rows, dtype=np.int64),
        np.array(labels, dtype=np.int64),
        np.concatenate(novelty),
        np.concatenate(novelty_gold),
    )


def calibrate_folder(
    path: Path, documents: Sequence[Document], split: str, weights: Weights | None = None
) -> Settings:
    """Fit the scores of a model folder and write them into its ``model.json`` and its card.

    Where the model learnt coreference, the threshold of that is fitted too.

    Args:
        path: the model folder.
        documents: with annotated relations, none of them learnt from.
        split: what the documents are called.
        weights: that are to be fitted; the fastest the folder holds if None.

    Returns:
        the settings that were written.

    Raises:
        UsageError: if there is no such folder, or the model returns too few relations to fit to.
        InputError: at a document with an entity type or a label the model does not know.
        ModelError: if the model is incomplete or altered.
        WorkError: if the folder cannot be written.
    """
    model = Model(path, weights)
    model.folder.verify()
    schema = model.schema

    def scored() -> Iterable[Scores]:
        for document in documents:
            for relation in document.relations:
                schema.require_label(relation.type, Place(document=document.id))
            asked = model.encode(schema.conform(document))
            if asked is not None:
                found = model.score(asked)
                yield asked, found.relation, found.novelty

    settings = calibrated(scored(), model.settings, split, model.weights)
    if settings is None:
        raise UsageError(CALIBRATION_FEW, at=Place(str(path)), split=split, needed=FEWEST_RETURNED)
    if model.learnt_coreference:
        threshold = fit_coreference(model, [schema.conform(document) for document in documents])
        settings = msgspec.structs.replace(settings, coreference_threshold=threshold)
    write_settings(model.folder, settings)
    card = path / CARD
    if card.is_file():
        try:
            text = with_calibration(model.folder.card(), settings)
            card.write_text(text, encoding="utf-8")
        except OSError as error:
            raise WorkError(CANNOT_WRITE, path=card, reason=error.strerror) from None
    return settings
