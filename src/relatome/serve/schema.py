"""What the service says of itself: its model, the types and labels, the examples."""

from __future__ import annotations

import msgspec

from relatome.data.predicates import VOCABULARIES, Vocabulary, require_predicates
from relatome.errors import UsageError
from relatome.pipeline import Pipeline
from relatome.serve.page import Example


class ModelInfo(msgspec.Struct, frozen=True):
    """A model that is loaded.

    Attributes:
        name: of the model.
        version: of the model.
        schema: name of the schema it was trained for.
        weights: it computes with.
        precisions: that may be asked for, lowest first; none if it was never calibrated.
        predicates: vocabularies its relations can be named by.
    """

    name: str
    version: str
    schema: str
    weights: str
    precisions: list[float]
    predicates: list[Vocabulary]


class Models(msgspec.Struct, frozen=True):
    """The models of the service, and whether it has a graph of many documents to be asked about."""

    models: list[ModelInfo]
    graph: bool


class Pair(msgspec.Struct, frozen=True):
    """Types that may be related, and the labels legal for them."""

    head: str
    tail: str
    labels: tuple[str, ...]


class SchemaAnswer(msgspec.Struct, frozen=True):
    """What the model finds: entity types with their other spellings, labels, legal pairs."""

    name: str
    entity_types: dict[str, tuple[str, ...]]
    labels: tuple[str, ...]
    pairs: list[Pair]
    ordered: bool
    novelty: bool
    direction: bool


class Examples(msgspec.Struct, frozen=True):
    """Texts to try the service with."""

    examples: list[Example]


def models_of(pipeline: Pipeline, *, graph: bool) -> Models:
    """The model of a pipeline, and whether there is a graph beside it."""
    model = pipeline.model
    calibration = model.settings.calibration
    manifest = model.folder.manifest
    info = ModelInfo(
        manifest.name,
        manifest.version,
        pipeline.schema.name,
        model.weights,
        sorted(calibration.levels) if calibration is not None else [],
        [vocabulary for vocabulary in VOCABULARIES if _has(pipeline, vocabulary)],
    )
    return Models([info], graph)


def schema_of(pipeline: Pipeline) -> SchemaAnswer:
    """The schema of a pipeline's model."""
    schema = pipeline.schema
    return SchemaAnswer(
        schema.name,
        schema.entity_types,
        schema.asserting,
        [Pair(rule.head, rule.tail, rule.labels) for rule in schema.pairs],
        schema.ordered,
        schema.novelty,
        schema.direction,
    )


def _has(pipeline: Pipeline, vocabulary: Vocabulary) -> bool:
    try:
        require_predicates(pipeline.schema, vocabulary)
    except UsageError:
        return False
    return True
