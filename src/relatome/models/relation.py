"""The relation model: encoder, pair vectors, heads."""

from __future__ import annotations

from torch import Tensor, nn
from transformers import PreTrainedModel

from relatome.encode import (
    AnchoredEncoding,
    PairEncoding,
    Settings,
    Tokenizer,
    inputs,
    type_classes,
    type_tags,
)
from relatome.models.definitions import RelationAttention
from relatome.models.encoder import AnchoredEncoder, TypedEncoder
from relatome.models.heads import (
    CoreferenceHead,
    DirectionHead,
    NoveltyHead,
    RelationHead,
    TaggingHead,
    TypingHead,
)
from relatome.models.pairs import DocumentPairs, PairVectors, flat_rows
from relatome.models.sequences import ClassificationVector, SequenceEncoder, StartMarkers

# Logits of a batch by task: relation ``(B, P, labels+1)``, novelty ``(B, P, 2)``, direction
# ``(B, P, 3)``, head_type and tail_type ``(B, P, types)``, pair_typing ``(B, P, pair rules)``, and
# in training coreference ``(B, M, M, 2)`` and tagging ``(B, T, types, 3)``; those the model has no
# head for are left out.
Scores = dict[str, Tensor]


class RelationModel(nn.Module):
    """Batches of units in, scores of every candidate pair out.

    The encoding decides what the encoder reads (one pass per document, per entity or per pair) and
    how a pair vector comes about; the heads are the same for all.
    """

    def __init__(
        self, backbone: PreTrainedModel, settings: Settings, tokenizer: Tokenizer, dropout: float
    ) -> None:
        """Build on an encoder.

        Args:
            backbone: with an embedding for every marker of the encoding.
            settings: task, encoding, and which parts the model has.
            tokenizer: the encoder's.
            dropout: of pair vectors.
        """
        super().__init__()
        schema = settings.schema
        self.encoder_inputs, self.pair_inputs = inputs(settings.encoding)
        self.encoder, self.pairs = _readers(backbone, settings, dropout)
        size, hidden = self.pairs.size, self.encoder.hidden_size
        self.attention = None
        if settings.definitions:
            definitions = [settings.definitions[label] for label in schema.labels]
            self.attention = RelationAttention(size, hidden, definitions, tokenizer)
            size = self.attention.size
        width = settings.hidden
        self.relation = RelationHead(size, schema, width) if settings.relation else None
        self.novelty = NoveltyHead(size, width) if settings.judges_novelty else None
        self.direction = None
        if settings.direction:
            pooled = isinstance(self.pairs, DocumentPairs)
            self.direction = DirectionHead(hidden, context=pooled, dropout=dropout)
        self.typing = TypingHead(hidden, len(type_classes(schema))) if settings.typing else None
        self.pair_typing = (
            TypingHead(self.pairs.size, len(schema.pairs)) if settings.pair_typing else None
        )
        self.coreference = CoreferenceHead(hidden) if settings.coreference else None
        self.tagging = None
        if settings.tagging:
            self.tagging = TaggingHead(hidden, len(schema.entity_types), dropout)

    def forward(self, batch: dict[str, Tensor]) -> Scores:
        """Score a batch made of `relatome.encode.unit_batch`."""
        tags = None
        if self.tagging is not None and self.training:  # else the bare text is asked about alone
            assert isinstance(self.encoder, TypedEncoder)
            bare = self.encoder.bare(batch["input_ids"], batch["attention_mask"])
            tags = self.tagging(flat_rows(bare, batch["token_source"]))
            token_vectors = self.encoder.typed(bare, batch["type_tags"])
        else:
            token_vectors = self.encoder(*(batch[name] for name in self.encoder_inputs))
        scores = self.score(token_vectors, *(batch[name] for name in self.pair_inputs))
        if tags is not None:
            scores["tagging"] = tags
        if self.coreference is not None and self.training:  # else mentions are asked about alone
            mentions = self.pairs.mentions(token_vectors, batch)
            scores["coreference"] = self.coreference(mentions, mentions)
        return scores

    def score(self, token_vectors: Tensor, *pair_inputs: Tensor) -> Scores:
        """Score pairs from token vectors: the part after the encoder.

        Args:
            token_vectors: ``(windows or sequences, length, hidden)``.
            pair_inputs: the arrays `pair_inputs` names, in that order.
        """
        pair_rules = pair_inputs[self.pair_inputs.index("pair_rules")]
        return self.read(self.pairs(token_vectors, *pair_inputs), pair_rules)

    def read(self, vectors: PairVectors, pair_rules: Tensor) -> Scores:
        """What the heads say of the pairs, whose rules are ``(B, P)``."""
        pair = vectors.pair
        if self.attention is not None:
            pair = self.attention(pair, self.encoder)
        scores = {}
        if self.relation is not None:
            scores["relation"] = self.relation(pair, pair_rules)
        if self.novelty is not None:
            scores["novelty"] = self.novelty(pair)
        if self.direction is not None:
            ends = vectors.head, vectors.tail
            scores["direction"] = self.direction(*ends, vectors.context)
        if self.typing is not None:
            scores["head_type"] = self.typing(vectors.head)
            scores["tail_type"] = self.typing(vectors.tail)
        if self.pair_typing is not None:
            # What was added for the types would give the answer away.
            scores["pair_typing"] = self.pair_typing(vectors.untyped)
        return scores


def _readers(
    backbone: PreTrainedModel, settings: Settings, dropout: float
) -> tuple[TypedEncoder | SequenceEncoder, DocumentPairs | ClassificationVector | StartMarkers]:
    """The encoder as the encoding feeds it, and what makes pair vectors of its output."""
    schema, encoding = settings.schema, settings.encoding
    if not isinstance(encoding, PairEncoding):
        tags = type_tags(schema)
        typed = (
            AnchoredEncoder(backbone, tags)
            if isinstance(encoding, AnchoredEncoding)
            else TypedEncoder(backbone, tags, at_output=encoding.types == "output")
        )
        return typed, DocumentPairs(typed.hidden_size, len(schema.pairs), dropout, settings.readers)
    plain = SequenceEncoder(backbone)
    if encoding.vector == "cls":
        return plain, ClassificationVector(plain.hidden_size, dropout)
    if encoding.vector == "starts":
        return plain, StartMarkers(plain.hidden_size, dropout)
    return plain, DocumentPairs(plain.hidden_size, len(schema.pairs), dropout, settings.readers)
