"""A trained model as a folder: weights in safetensors, tokenizer, settings."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import msgspec
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from transformers import PreTrainedModel

from relatome.encode import Settings, Tokenizer
from relatome.errors import (
    CHECKPOINT_INCOMPLETE,
    CHECKPOINT_MISMATCH,
    ModelError,
    Place,
    first_line,
)
from relatome.models import FineTypeModel, RelationModel, TaggerModel, build_encoder

WEIGHTS, TOKENIZER, SETTINGS, ENCODER = (
    "model.safetensors",
    "tokenizer.json",
    "settings.json",
    "config.json",
)


_Settings = TypeVar("_Settings", bound=msgspec.Struct)
_Model = TypeVar("_Model", RelationModel, FineTypeModel, TaggerModel)


def save_model(
    model: RelationModel | FineTypeModel | TaggerModel,
    tokenizer: Tokenizer,
    settings: msgspec.Struct,
    folder: Path,
) -> None:
    """Write `folder`: weights, tokenizer, settings and the encoder's configuration."""
    folder.mkdir(parents=True, exist_ok=True)
    state = {name: value.detach().cpu().contiguous() for name, value in model.state_dict().items()}
    save_file(state, folder / WEIGHTS)
    tokenizer.save(folder / TOKENIZER)
    (folder / SETTINGS).write_bytes(msgspec.json.format(msgspec.json.encode(settings), indent=2))
    model.encoder.backbone.config.to_json_file(folder / ENCODER)


def load_model(folder: Path) -> tuple[RelationModel, Tokenizer, Settings]:
    """Read the relation model that `save_model` wrote; it is in evaluation mode.

    Raises:
        ModelError: if a file is missing, is no safetensors file, or does not fit the settings.
    """
    return read_model(folder, Settings, partial(RelationModel, dropout=0.0))


def read_model(
    folder: Path,
    kind: type[_Settings],
    build: Callable[[PreTrainedModel, _Settings, Tokenizer], _Model],
) -> tuple[_Model, Tokenizer, _Settings]:
    """Read what `save_model` wrote of a model of any kind; errors as for `load_model`.

    Args:
        folder: the folder.
        kind: of its settings.
        build: makes the model, with fresh weights, of encoder, settings and tokenizer.
    """
    for name in (WEIGHTS, TOKENIZER, SETTINGS, ENCODER):
        if not (folder / name).is_file():
            raise ModelError(CHECKPOINT_INCOMPLETE, at=Place(str(folder)), file=name)
    try:
        settings = msgspec.json.decode((folder / SETTINGS).read_bytes(), type=kind)
        tokenizer = Tokenizer.from_file(folder / TOKENIZER)
        model = build(build_encoder(folder), settings, tokenizer)
        model.load_state_dict(load_file(folder / WEIGHTS))
    except (msgspec.MsgspecError, SafetensorError, OSError, ValueError, RuntimeError) as error:
        place = Place(str(folder))
        raise ModelError(CHECKPOINT_MISMATCH, at=place, reason=first_line(error)) from None
    model.eval()
    return model, tokenizer, settings
