"""A trained model as ONNX graphs, float and quantized, for the runtime without torch."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process
from torch import Tensor, nn
from torch.export import Dim

import relatome
from relatome.encode import PAIR_FEATURE_SIZES, Settings
from relatome.errors import (
    CANNOT_WRITE,
    COMBINATION_EXPORT,
    FINE_TYPES_EXPORT,
    MODEL_TARGET,
    NO_RELATION_HEAD,
    RUN_UNFINISHED,
    Place,
    UsageError,
    WorkError,
)
from relatome.models import DocumentPairs, RelationModel
from relatome.recipes import Combination, load_any
from relatome.runtime.folder import CARD, MANIFEST, PAIRS, TOKENIZER, encoder_file, write_manifest
from relatome.training.card import CardScore, render_card, train_command
from relatome.training.checkpoint import load_model
from relatome.training.fine_types import FINE_TYPES_FOLDER
from relatome.training.folder import MODEL_FOLDER, PROVENANCE_FILE, RECIPE_FILE, RESULTS_FILE

_OPSET = 20


def export_run(run: Path, target: Path, name: str | None, *, int8_only: bool = False) -> None:
    """Export the model of a finished run, with a card of its dev scores.

    Args:
        run: a run folder.
        target: folder to write; see `export`.
        name: the model's name; the recipe's if not given.
        int8_only: leave out the fp32 encoder, which is four times as large.

    Raises:
        UsageError: if `run` is no finished run, or one of several models.
        ModelError: if its model is incomplete or altered.
    """
    needed = (RECIPE_FILE, PROVENANCE_FILE, RESULTS_FILE)
    if missing := [file for file in needed if not (run / file).is_file()]:
        raise UsageError(RUN_UNFINISHED, at=Place(str(run)), file=missing[0])
    recipe = load_any(str(run / RECIPE_FILE))
    if isinstance(recipe, Combination):
        raise UsageError(COMBINATION_EXPORT, at=Place(str(run)), run=run)
    name = name or recipe.name
    settings = export(run / MODEL_FOLDER, target, name, relatome.__version__, int8_only=int8_only)
    provenance = json.loads((run / PROVENANCE_FILE).read_text(encoding="utf-8"))
    results = json.loads((run / RESULTS_FILE).read_text(encoding="utf-8"))
    row = CardScore(results["protocol"], results["split"], "torch", results["f1"])
    text = render_card(
        name, relatome.__version__, recipe, provenance, [row], train_command(recipe), settings
    )
    (target / CARD).write_text(text, encoding="utf-8")


def export(
    run_model: Path, target: Path, name: str, version: str, *, int8_only: bool = False
) -> Settings:
    """Write the ONNX model folder of a trained model.

    Args:
        run_model: the ``model`` folder of a run.
        target: folder to write: ``encoder.fp32.onnx``, ``encoder.int8.onnx``, ``pairs.onnx``,
            ``tokenizer.json`` and ``model.json``.
        name: the model's name.
        version: the model's version.
        int8_only: leave out the fp32 encoder.

    Returns:
        the model's settings, which the folder has too.

    Raises:
        UsageError: if `target` holds anything but an earlier export, or the model needs a second
            encoder.
        ModelError: if `run_model` is incomplete or altered.
        WorkError: if `target` cannot be written.
    """
    if (run_model / FINE_TYPES_FOLDER).exists():
        raise UsageError(FINE_TYPES_EXPORT, at=Place(str(run_model)))
    model, tokenizer, settings = load_model(run_model)
    if model.relation is None:
        raise UsageError(NO_RELATION_HEAD, at=Place(str(run_model)))
    _clear(target)
    float_encoder = target / encoder_file("fp32")
    _export_encoder(model, float_encoder)
    if model.attention is not None:  # else the second graph would hold the encoder too
        model.attention.freeze(model.encoder)
    _export_pairs(model, settings, target / PAIRS)
    _quantize(float_encoder, target / encoder_file("int8"))
    if int8_only:
        float_encoder.unlink()
    tokenizer.save(target / TOKENIZER)
    write_manifest(target, name, version, settings)
    return settings


def _clear(target: Path) -> None:
    """Make `target` an empty folder; only an earlier export is removed."""
    ours = (MANIFEST, TOKENIZER, PAIRS, CARD, encoder_file("fp32"), encoder_file("int8"))
    try:
        target.mkdir(parents=True, exist_ok=True)
        present = sorted(target.iterdir())
        if foreign := [path.name for path in present if path.name not in ours]:
            raise UsageError(MODEL_TARGET, at=Place(str(target)), file=foreign[0])
        for path in present:
            path.unlink()
    except OSError as error:
        raise WorkError(CANNOT_WRITE, path=target, reason=error.strerror) from None


class _Pairs(nn.Module):
    """The part of the model after the encoder, with positional inputs and outputs."""

    def __init__(self, model: RelationModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, token_vectors: Tensor, *pair_inputs: Tensor) -> tuple[Tensor, ...]:
        """As `RelationModel.score`: relation, and novelty where there is such a head."""
        scores = self.model.score(token_vectors, *pair_inputs)
        return tuple(scores[task] for task in ("relation", "novelty") if task in scores)


def _export_encoder(model: RelationModel, path: Path) -> None:
    # Fused attention exports with a guard against rows that are masked whole, which costs a third
    # of the time at run time; no window is empty, so plain attention gives the same.
    model.encoder.backbone.set_attn_implementation("eager")
    windows, length = 2, 16
    example = tuple(torch.ones(windows, length, dtype=torch.long) for _ in model.encoder_inputs)
    dynamic = {0: Dim("windows"), 1: Dim("length")}
    _export(
        model.encoder,
        example,
        path,
        inputs=list(model.encoder_inputs),
        outputs=["vectors"],
        dynamic=(dynamic,) * 3,
    )


# The sizes of each input of the part after the encoder. Every size of the example is at least two
# and no two are equal, or the exporter would fix or tie them; numbers are fixed.
_SIZES = ("windows", "length", "documents", "tokens", "mentions", "pieces", "entities", "most")
_EXAMPLE = {name: size for size, name in enumerate((*_SIZES, "pairs", "tail_most"), start=2)}
_DOCUMENT_SHAPES: dict[str, tuple[str | int, ...]] = {
    "token_source": ("documents", "tokens"),
    "mention_tokens": ("documents", "mentions", "pieces"),
    "entity_mentions": ("documents", "entities", "most"),
    "distances": ("documents", "entities", "tokens"),
    "pairs": ("documents", "pairs", 2),
    "pair_rules": ("documents", "pairs"),
    "pair_features": ("documents", "pairs", len(PAIR_FEATURE_SIZES)),
}
_SEQUENCE_SHAPES: dict[str, tuple[str | int, ...]] = {
    "head_starts": ("windows", "most"),
    "tail_starts": ("windows", "tail_most"),
    "pair_rules": ("windows", 1),
}


def _export_pairs(model: RelationModel, settings: Settings, path: Path) -> None:
    whole = isinstance(model.pairs, DocumentPairs)
    shapes = _DOCUMENT_SHAPES if whole else _SEQUENCE_SHAPES
    dims = {name: Dim(name) for name in _EXAMPLE}

    def dynamic(shape: tuple[str | int, ...]) -> dict[int, Dim]:
        return {axis: dims[size] for axis, size in enumerate(shape) if isinstance(size, str)}

    wanted = [shapes[name] for name in model.pair_inputs]
    vectors = torch.randn(_EXAMPLE["windows"], _EXAMPLE["length"], model.encoder.hidden_size)
    example = (
        vectors,
        *(
            torch.zeros(
                *(_EXAMPLE[size] if isinstance(size, str) else size for size in shape),
                dtype=torch.long,
            )
            for shape in wanted
        ),
    )
    _export(
        _Pairs(model),
        example,
        path,
        inputs=["token_vectors", *model.pair_inputs],
        outputs=["relation", "novelty"] if settings.judges_novelty else ["relation"],
        dynamic=(dynamic(("windows", "length")), tuple(dynamic(shape) for shape in wanted)),
    )


def _export(
    module: nn.Module,
    example: tuple[Tensor, ...],
    path: Path,
    *,
    inputs: list[str],
    outputs: list[str],
    dynamic: tuple[object, ...],
) -> None:
    module.eval()
    with torch.no_grad():
        torch.onnx.export(
            module,
            example,
            str(path),
            input_names=inputs,
            output_names=outputs,
            dynamic_shapes=dynamic,
            opset_version=_OPSET,
            dynamo=True,
            external_data=False,
            verbose=False,
        )
    onnx.checker.check_model(str(path))


def _quantize(source: Path, target: Path) -> None:
    """Weights of matrix products and embeddings to int8, activations at run time."""
    with tempfile.TemporaryDirectory() as folder:
        prepared = Path(folder) / source.name
        # Shape inference and folding, which the quantizer expects to have been done.
        quant_pre_process(str(source), str(prepared), skip_symbolic_shape=True)
        quantize_dynamic(
            str(prepared),
            str(target),
            weight_type=QuantType.QInt8,
            per_channel=True,
            extra_options={"MatMulConstBOnly": True},
        )
