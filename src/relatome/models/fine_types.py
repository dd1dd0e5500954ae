"""A classifier of mentions that tells the finer types of one entity type apart."""

from __future__ import annotations

from torch import Tensor, nn
from transformers import PreTrainedModel

from relatome.models.encoder import TypedEncoder
from relatome.models.pairs import flat_rows, gather_rows, mean_rows


class FineTypeModel(nn.Module):
    """An encoder of its own, and a linear layer over mentions (paper B, section III.C).

    Paper B gives the type encoder "a sequence of tokens with coarse-grained entity type markers".
    Here the coarse types are embeddings added to the tokens of the mentions (`TypedEncoder`), which
    say the same, and leave the text as long as it is: all mentions of a document are marked and
    classified in one pass, where marker tokens would push a long abstract out of the encoder's
    reach. The paper does not say which vector is classified; here it is the mean of the mention's
    word pieces.
    """

    def __init__(self, backbone: PreTrainedModel, type_tags: int, classes: int) -> None:
        """Build on an encoder.

        Args:
            backbone: the encoder.
            type_tags: tags of the coarse types, `relatome.encode.type_tags`.
            classes: finer types to tell apart.
        """
        super().__init__()
        self.encoder = TypedEncoder(backbone, type_tags)
        self.classify = nn.Linear(self.encoder.hidden_size, classes)

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor,
        type_tags: Tensor,
        token_source: Tensor,
        mention_tokens: Tensor,
    ) -> Tensor:
        """Logits of the finer types of all mentions, whatever their coarse type.

        Args:
            input_ids: ``(windows, length)``, as `relatome.encode.encoder_batch` makes them.
            attention_mask: ``(windows, length)``, likewise.
            type_tags: ``(windows, length)``, likewise.
            token_source: ``(B, T)``, as `relatome.encode.mention_batch` makes it.
            mention_tokens: ``(B, M, K)``, likewise.

        Returns:
            ``(B, M, classes)``; the rows of padded mentions mean nothing.
        """
        window_vectors = self.encoder(input_ids, attention_mask, type_tags)
        tokens = flat_rows(window_vectors, token_source)
        mentions = mean_rows(gather_rows(tokens, mention_tokens), mention_tokens >= 0)
        logits: Tensor = self.classify(mentions)
        return logits
