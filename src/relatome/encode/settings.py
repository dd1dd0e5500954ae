"""All that is needed, besides weights and tokenizer, to read documents as a model was trained."""

from __future__ import annotations

import msgspec

from relatome.data import Schema
from relatome.encode.decode import Decoding
from relatome.encode.document import DocumentEncoding


class Settings(msgspec.Struct, frozen=True):
    """The task, the way in and the way back.

    Attributes:
        schema: entity types, labels, legal pairs.
        encoding: how documents become arrays.
        decoding: how scores become relations.
    """

    schema: Schema
    encoding: DocumentEncoding
    decoding: Decoding = Decoding()
