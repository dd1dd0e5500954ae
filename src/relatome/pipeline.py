"""Documents with entities in, documents with relations out, from interchangeable parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import resources
from pathlib import Path

import msgspec

from relatome.data import Document, Schema
from relatome.encode import units
from relatome.errors import MODEL_UNKNOWN, UsageError
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

    def summary(self) -> list[str]:
        """The tally in sentences, the remarkable ones only where they happened."""
        lines = [
            f"{counted(self.documents, 'document')}, {counted(self.mentions, 'mention')}, "
            f"{counted(self.candidates, 'candidate pair')}, "
            f"{counted(self.relations, 'relation')}."
        ]
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
    ) -> None:
        """Load the model.

        Args:
            model: a model folder, as ``relatome models export`` writes it.
            weights: int8 or fp32; the fastest the model has if not given.
            threads: processor threads; all cores if not given.
            min_score: relations with a lower score are left out.

        Raises:
            UsageError: if there is no such folder, or it lacks the weights.
            ModelError: if the model is incomplete or altered.
        """
        self.model = Model(model, weights, threads)
        self.min_score = min_score
        self.tally = Tally()

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
        kept = tuple(r for r in found.relations if (r.score or 0.0) >= self.min_score)
        self.tally.relations += len(kept)
        return found.with_relations(kept)

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
) -> Pipeline:
    """Load a model by name or folder; the arguments are those of `Pipeline`.

    Example::

        extract = relatome.load()
        document = extract.extract(document)
        for relation in document.relations:
            print(relation.head, relation.type, relation.tail, relation.score)
    """
    return Pipeline(find_model(model), weights=weights, threads=threads, min_score=min_score)
