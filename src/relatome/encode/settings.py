"""All that is needed, besides weights and tokenizer, to read documents as a model was trained."""

from __future__ import annotations

import msgspec

from relatome.data import Schema
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
        typing: whether the model also learnt to tell the types of entities.
        definitions: what each label means, for models that attend to definitions.
    """

    schema: Schema
    encoding: Encoding
    decoding: Decoding = Decoding()
    narrowing: Narrowing = Narrowing()
    typing: bool = False
    definitions: dict[str, str] = {}
