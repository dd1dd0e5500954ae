"""KeBioLM's published checkpoint as a plain BERT.

KeBioLM (Yuan et al. 2021, doi:10.18653/v1/2021.bionlp-1.20; the encoder of paper B, system 4) is
a BERT in two halves. Its first layers, eight of twelve, read text alone. From their vectors a
detector finds mentions, a linker finds their entities in a memory of UMLS, and the entities'
embeddings are added to the text; a layer normalisation follows, and then the fusion layers.

Where no mention is detected the fusion layers read the normalised text alone, and this is what a
plain BERT can do: it takes the embeddings and all layers in their order. What finds, links and
adds entities is left out. The normalisation between the halves has no place of its own in a BERT
and is folded into the one before it.
"""

from __future__ import annotations

import logging
from collections import Counter
from typing import Any

import torch
from torch import nn
from transformers import BertConfig, BertModel, PreTrainedModel

logger = logging.getLogger(__name__)

# What its configuration says beyond a BERT's. The number of entities has no default: it is always
# there, and shows the layout.
_MARK = "num_entities"
_OWN_SETTINGS = (
    _MARK,
    "num_context_layers",
    "entity_size",
    "max_mentions",
    "max_candidate_entities",
)

# Where they differ from a BERT's defaults, its own need not be written down.
_TYPE_VOCABULARY = 16
_TEXT_LAYERS = 8


def is_kebiolm(settings: dict[str, Any]) -> bool:
    """Whether these settings, the content of a ``config.json``, are KeBioLM's."""
    return _MARK in settings


def plain_config(settings: dict[str, Any]) -> BertConfig:
    """The configuration of the plain BERT in a KeBioLM of these settings."""
    shared = {name: value for name, value in settings.items() if name not in _OWN_SETTINGS}
    bert = {"model_type": "bert", "architectures": ["BertModel"]}
    return BertConfig.from_dict({"type_vocab_size": _TYPE_VOCABULARY} | shared | bert)


def load_plain(
    source: str, settings: dict[str, Any], config: BertConfig
) -> tuple[PreTrainedModel, dict[str, Any]]:
    """The plain BERT in KeBioLM's weights, and the library's report of its loading.

    Args:
        source: folder or hub id.
        settings: the content of its ``config.json``.
        config: as from `plain_config`.

    Raises:
        ValueError: if the settings name an impossible number of text layers.
        Exception: as ``from_pretrained``.
    """
    text_layers = settings.get("num_context_layers", _TEXT_LAYERS)
    layers = range(1, config.num_hidden_layers + 1)
    if not isinstance(text_layers, int) or text_layers not in layers:
        raise ValueError(
            f"its num_context_layers is {text_layers!r}, but it has {len(layers)} layers"
        )
    names = {r"\bcontext_encoder\.layer\.": "encoder.layer."}
    for layer in range(text_layers, config.num_hidden_layers):
        fusion = rf"\brecontext_encoder\.layer\.{layer - text_layers}\."
        names[fusion] = f"encoder.layer.{layer}."
    halves, report = _Halves.from_pretrained(
        source,
        config=config,
        dtype=torch.float32,
        key_mapping=names,
        ignore_mismatched_sizes=True,
        output_loading_info=True,
    )
    between = halves.layer_norm
    del halves.layer_norm
    _fold(halves.encoder.layer[text_layers - 1].output.LayerNorm, between)
    plain = BertModel(config, add_pooling_layer=False)
    plain.load_state_dict(halves.state_dict())
    return plain.eval(), report


def list_left_out(name: str, plain: PreTrainedModel, report: dict[str, Any]) -> None:
    """Say which parts of KeBioLM were not taken, and keep the list in the configuration.

    Args:
        name: the encoder's name.
        plain: the plain BERT; its ``config.left_out`` becomes the number of tensors by part.
        report: as from `load_plain`.
    """
    parts = Counter(key.removeprefix("bert.").split(".")[0] for key in report["unexpected_keys"])
    plain.config.left_out = dict(sorted(parts.items()))
    listed = ", ".join(f"{part} ({count})" for part, count in plain.config.left_out.items())
    logger.warning(
        "Encoder %s: KeBioLM is read as a plain BERT. Left out (tensors): %s.", name, listed
    )


class _Halves(BertModel):  # type: ignore[misc]  # the library is not typed
    """A BERT with the normalisation between KeBioLM's halves, by the name it is published under."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__(config, add_pooling_layer=False)
        self.layer_norm = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)
        self.post_init()


@torch.no_grad()
def _fold(first: nn.LayerNorm, second: nn.LayerNorm) -> None:
    """Let `first` do about what `first` and then `second` do.

    The first gives y = w z + b of a normalised z; the second subtracts y's mean over the
    dimensions and divides by its deviation, which differ a little from token to token. Here every
    token gets those expected where z's dimensions are independent.
    """
    deviation = (first.weight.square().mean() + first.bias.var(correction=0)).sqrt()
    scale = second.weight / deviation
    first.bias.copy_(scale * (first.bias - first.bias.mean()) + second.bias)
    first.weight.mul_(scale)
