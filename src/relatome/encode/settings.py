"""All that is needed, besides weights and tokenizer, to read documents as a model was trained."""

from __future__ import annotations

import msgspec

from relatome.data import Schema
from relatome.data.calibration import Calibration
from relatome.data.narrowing import Narrowing
from relatome.encode.decode import Decoding
from relatome.encode.units import Encoding


class Settings(msgspec.Struct, frozen=True):
    """The task, the way in, the model's parts and the way back.

    Attributes:
        schema: entity types, labels, legal pairs.
        encoding: how documents become arrays.
        decoding: how scores become relations.
        narrowing: which of the schema's candidates to ask about.
        relation: whether the model tells relations; else it only judges the novelty of given ones.
        novelty: whether it judges novelty, in a schema that has it.
        direction: whether it tells which entity of a relation acts.
        typing: whether it also learnt to tell the types of entities.
        pair_typing: whether it also learnt to tell the types of pairs.
        coreference: whether it also learnt to tell mentions of one entity.
        coreference_threshold: how probable that must be for two to be grouped; None where it was
            not fitted, or no threshold made better groups.
        tagging: whether it also learnt to find mentions, in the same pass.
        hidden: size of the hidden layer of the heads of relation and novelty; 0: none.
        readers: how many times pairs look at the document again before they are classified.
        definitions: what each label means, for models that attend to definitions.
        calibration: how far the scores can be believed, where that was measured.
    """

    schema: Schema
    encoding: Encoding
    decoding: Decoding = Decoding()
    narrowing: Narrowing = Narrowing()
    relation: bool = True
    novelty: bool = True
    direction: bool = False
    typing: bool = False
    pair_typing: bool = False
    coreference: bool = False
    coreference_threshold: float | None = None
    tagging: bool = False
    hidden: int = 0
    readers: int = 0
    definitions: dict[str, str] = {}
    calibration: Calibration | None = None

    @property
    def judges_novelty(self) -> bool:
        """Whether the model says of relations if they are new."""
        return self.novelty and self.schema.novelty
