"""A trained model as a folder: weights in safetensors, tokenizer, settings."""

from __future__ import annotations

from pathlib import Path

import msgspec
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from relatome.encode import Settings, Tokenizer
from relatome.errors import CHECKPOINT_INCOMPLETE, CHECKPOINT_MISMATCH, ModelError, Place
from relatome.models import RelationModel, build_encoder

WEIGHTS, TOKENIZER, SETTINGS, ENCODER = (
    "model.safetensors",
    "tokenizer.json",
    "settings.json",
    "config.json",
)


def save_model(
    model: RelationModel, tokenizer: Tokenizer, settings: Settings, folder: Path
) -> None:
    """Write `folder`: weights, tokenizer, settings and the encoder's configuration."""
    folder.mkdir(parents=True, exist_ok=True)
    state = {name: value.detach().cpu().contiguous() for name, value in model.state_dict().items()}
    save_file(state, folder / WEIGHTS)
    tokenizer.save(folder / TOKENIZER)
    (folder / SETTINGS).write_bytes(msgspec.json.format(msgspec.json.encode(settings), indent=2))
    model.encoder.backbone.config.to_json_file(folder / ENCODER)


def load_model(folder: Path) -> tuple[RelationModel, Tokenizer, Settings]:
    """Read what `save_model` wrote; the model is in evaluation mode.

    Raises:
        ModelError: if a file is missing, is no safetensors file, or does not fit the settings.
    """
    for name in (WEIGHTS, TOKENIZER, SETTINGS, ENCODER):
        if not (folder / name).is_file():
            raise ModelError(CHECKPOINT_INCOMPLETE, at=Place(str(folder)), file=name)
    try:
        settings = msgspec.json.decode((folder / SETTINGS).read_bytes(), type=Settings)
        tokenizer = Tokenizer.from_file(folder / TOKENIZER)
        model = RelationModel(build_encoder(folder), settings, tokenizer, dropout=0.0)
        model.load_state_dict(load_file(folder / WEIGHTS))
    except (msgspec.MsgspecError, SafetensorError, OSError, ValueError, RuntimeError) as error:
        reason = str(error).strip().splitlines()[0]
        raise ModelError(CHECKPOINT_MISMATCH, at=Place(str(folder)), reason=reason) from None
    model.eval()
    return model, tokenizer, settings
