"""The entity tagger: an encoder and, for every entity type, a choice of three tags per token."""

from __future__ import annotations

from torch import Tensor, nn
from transformers import PreTrainedModel

from relatome.encode import Tokenizer
from relatome.encode.mention_tags import TAGS, TaggerSettings
from relatome.models.sequences import SequenceEncoder


class TaggerModel(nn.Module):
    """Finds the mentions of entities.

    Every type has begin, inside and outside of its own, so that types do not compete for a token.
    """

    def __init__(
        self,
        backbone: PreTrainedModel,
        settings: TaggerSettings,
        tokenizer: Tokenizer,
        dropout: float = 0.0,
    ) -> None:
        """Build on an encoder.

        Args:
            backbone: the encoder.
            settings: the types to find.
            tokenizer: the encoder's.
            dropout: of token vectors.
        """
        super().__init__()
        self.encoder = SequenceEncoder(backbone)
        self.types = len(settings.types)
        self.dropout = nn.Dropout(dropout)
        self.classify = nn.Linear(self.encoder.hidden_size, self.types * TAGS)

    def forward(self, input_ids: Tensor, attention_mask: Tensor, segment_ids: Tensor) -> Tensor:
        """Logits of the tags, ``(windows, length, types, 3)``.

        All arguments are ``(windows, length)``, as `relatome.encode.window_batch` makes them.
        """
        vectors = self.encoder(input_ids, attention_mask, segment_ids)
        logits: Tensor = self.classify(self.dropout(vectors))
        return logits.view(*logits.shape[:-1], self.types, TAGS)
