"""Documents with entities in, documents with relations out, from interchangeable parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import resources
from pathlib import Path

import msgspec

from relatome.data import Document, Relation, Schema
from relatome.encode import units
from relatome.errors import CALIBRATION_MISSING, MODEL_UNKNOWN, PRECISION_RANGE, UsageError
from relatome.formats.report import counted
from relatome.runtime import Model, Weights

DEFAULT_MODEL = "small"


class Tally(msgspec.Struct):
    """What a pipeline has met so far, so that nothing is passed over in silence."""

    documents: int = 0
    without_candidates: int = 0
    mentions: int = 0
    mentions_without_id: int = 0
    entities: int = 0
    candidates: int = 0
    windows: int = 0
    relations: int = 0
    replaced: int = 0
    unknown_types: int = 0
    unsure: int = 0
    precision: str = ""

    def summary(self) -> list[str]:
        """The tally in sentences, the remarkable ones only where they happened."""
        lines = [
            f"{counted(self.documents, 'document')}, {counted(self.mentions, 'mention')}, "
            f"{counted(self.candidates, 'candidate pair')}, "
            f"{counted(self.relations, 'relation')}."
        ]
        if self.precision:
            lines.append(f"{self.precision} {counted(self.unsure, 'relation')} left out for it.")
        if self.mentions_without_id:
            lines.append(
                f"{counted(self.mentions_without_id, 'mention')} without identifier took no part."
            )
        if self.without_candidates:
            lines.append(
                f"{counted(self.without_candidates, 'document')} without a pair of entities that "
                "may be related."
            )
        if self.replaced:
            unknown = f", {self.unknown_types:,} of types the model does not know"
            lines.append(
                f"{counted(self.replaced, 'relation')} of the input replaced"
                f"{unknown if self.unknown_types else ''}."
            )
        return lines


class Pipeline:
    """Extracts relations between the entities that the documents bring along.

    Example::

        extract = Pipeline(Path("my-model"))
        for document in extract(relatome.read("annotated.pubtator")):
            print(document.id, document.relations)
    """

    def __init__(
        self,
        model: Path,
        *,
        weights: Weights | None = None,
        threads: int | None = None,
        min_score: float = 0.0,
        precision: float | None = None,
    ) -> None:
        """Load the model.

        Args:
            model: a model folder, as ``relatome models export`` writes it.
            weights: int8 or fp32; the fastest the model has if not given.
            threads: processor threads; all cores if not given.
            min_score: relations with a lower score are left out.
            precision: the share of right relations, 0 to 1, that those of each type shall reach:
                left out is what has a lower score than the one that reached it on dev.

        Raises:
            UsageError: if there is no such folder, or it lacks the weights; if the precision was
                not measured, or is none.
            ModelError: if the model is incomplete or altered.
        """
        self.model = Model(model, weights, threads)
        self.min_score = min_score
        self.tally = Tally()
        self._least: dict[str, float | None] = dict.fromkeys(self.schema.labels, min_score)
        if precision is not None:
            self._ask(precision)

    @property
    def schema(self) -> Schema:
        """Entity types and labels of the model."""
        return self.model.schema

    def __call__(self, documents: Iterable[Document]) -> Iterator[Document]:
        """The documents in the order given, one at a time, with the model's relations.

        Relations they had are replaced.

        Raises:
            InputError: at a document with an entity type the model does not know.
        """
        for document in documents:
            yield self.extract(document)

    def extract(self, document: Document) -> Document:
        """One document with the model's relations in place of its own."""
        document = self.schema.conform(document)
        encoded = self.model.encode(document)
        self._count(document)
        if encoded is None:
            self.tally.without_candidates += 1
            return document.with_relations(())
        self.tally.candidates += len(encoded.candidates)
        self.tally.windows += sum(unit.windows for unit in units(encoded))
        found = self.model.relations(encoded)
        kept = tuple(r for r in found.relations if self._keeps(r))
        self.tally.relations += len(kept)
        return found.with_relations(kept)

    def _keeps(self, relation: Relation) -> bool:
        score = relation.score or 0.0
        if score < self.min_score:
            return False
        least = self._least[relation.type]
        sure = least is not None and score >= least
        self.tally.unsure += not sure
        return sure

    def _ask(self, precision: float) -> None:
        """Take the thresholds with which each type reached a precision on dev."""
        calibration = self.model.settings.calibration
        if calibration is None:
            raise UsageError(CALIBRATION_MISSING, precision=precision, model=self.model.folder.path)
        number = isinstance(precision, int | float) and not isinstance(precision, bool)
        level = calibration.level(precision) if number and precision > 0 else None
        if level is None:
            most = max(calibration.levels)
            raise UsageError(PRECISION_RANGE, precision=precision, most=most)
        labels = self.schema.asserting
        scores = {label: calibration.thresholds(label).scores[level] for label in labels}
        self._least = dict(scores)
        never = [label for label, score in scores.items() if score is None]
        pooled = [label for label in labels if label not in calibration.types]
        parts = [
            f"Precision {calibration.levels[level]:.2f} as measured on {calibration.split}.",
            f"Never reached, so not returned: {', '.join(never)}." if never else "",
            f"Too rare there, so judged by all types together: {', '.join(pooled)}."
            if pooled
            else "",
        ]
        self.tally.precision = " ".join(part for part in parts if part)

    def _count(self, document: Document) -> None:
        self.tally.documents += 1
        self.tally.entities += len(document.entities)
        self.tally.mentions += len(document.mentions)
        self.tally.mentions_without_id += sum(not m.entity_ids for m in document.mentions)
        self.tally.replaced += len(document.relations)
        known = self.schema.labels
        self.tally.unknown_types += sum(r.type not in known for r in document.relations)


def shipped_models() -> dict[str, Path]:
    """The models that come with relatome, by name."""
    folder = Path(str(resources.files("relatome.runtime"))) / "weights"
    if not folder.is_dir():
        return {}
    return {path.name: path for path in sorted(folder.iterdir()) if path.is_dir()}


def find_model(name: str | Path) -> Path:
    """The folder of a shipped model by name, or a model folder by path.

    Raises:
        UsageError: if there is neither.
    """
    shipped = shipped_models()
    if str(name) in shipped:
        return shipped[str(name)]
    if not Path(name).is_dir():
        raise UsageError(MODEL_UNKNOWN, name=str(name), known=", ".join(shipped) or "none")
    return Path(name)


def load(
    model: str | Path = DEFAULT_MODEL,
    *,
    weights: Weights | None = None,
    threads: int | None = None,
    min_score: float = 0.0,
    precision: float | None = None,
) -> Pipeline:
    """Load a model by name or folder; the arguments are those of `Pipeline`.

    Example::

        extract = relatome.load()
        document = extract.extract(document)
        for relation in document.relations:
            print(relation.head, relation.type, relation.tail, relation.score)
    """
    return Pipeline(
        find_model(model),
        weights=weights,
        threads=threads,
        min_score=min_score,
        precision=precision,
    )
