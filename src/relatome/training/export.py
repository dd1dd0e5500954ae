"""A trained model as ONNX graphs, float and quantized, for the runtime without torch."""

from __future__ import annotations

import json
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.export import Dim

import relatome
from relatome.encode import PAIR_FEATURE_SIZES, PairEncoding, Settings
from relatome.errors import (
    COMBINATION_EXPORT,
    FINE_TYPES_EXPORT,
    NO_RELATION_HEAD,
    RUN_UNFINISHED,
    Place,
    UsageError,
)
from relatome.models import DocumentPairs, RelationModel
from relatome.recipes import Combination, TaggerRecipe, load_any
from relatome.runtime.folder import (
    ATTENTION,
    CARD,
    COREFERENCE,
    PAIRS,
    RELATION_FILES,
    TOKENIZER,
    encoder_file,
    make_room,
    write_manifest,
)
from relatome.training.card import CardScore, render_card, train_command
from relatome.training.checkpoint import load_model
from relatome.training.fine_types import FINE_TYPES_FOLDER
from relatome.training.folder import MODEL_FOLDER, PROVENANCE_FILE, RECIPE_FILE, RESULTS_FILE
from relatome.training.graphs import quantize, write_graph
from relatome.training.tagger.export import export_tagger

_READ = ("relation", "novelty", "direction")  # the heads that are exported, in this order


def export_run(run: Path, target: Path, name: str | None, *, int8_only: bool = False) -> None:
    """Export the model of a finished run, with a card of its dev scores.

    A folder may hold a relation model and a tagger; what it holds of the other kind stays.

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
    if isinstance(recipe, TaggerRecipe):
        export_tagger(run, recipe, target, name, int8_only=int8_only)
        return
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
            ``tokenizer.json`` and ``model.json``; and ``coreference.onnx`` if it learnt that under
            document encoding.
        name: the model's name.
        version: the model's version.
        int8_only: leave out the fp32 encoder.

    Returns:
        the model's settings, which the folder has too.

    Raises:
        UsageError: if `target` holds anything but earlier exports, or the model needs a second
            encoder.
        ModelError: if `run_model` is incomplete or altered.
        WorkError: if `target` cannot be written.
    """
    if (run_model / FINE_TYPES_FOLDER).exists():
        raise UsageError(FINE_TYPES_EXPORT, at=Place(str(run_model)))
    model, tokenizer, settings = load_model(run_model)
    if model.relation is None:
        raise UsageError(NO_RELATION_HEAD, at=Place(str(run_model)))
    before = make_room(target, RELATION_FILES)
    float_encoder = target / encoder_file("fp32")
    _export_encoder(model, float_encoder)
    if model.attention is not None:  # else the second graph would hold the encoder too
        model.attention.freeze(model.encoder)
    _export_pairs(model, settings, target / PAIRS)
    if model.coreference is not None and isinstance(model.pairs, DocumentPairs):
        _export_coreference(model, target / COREFERENCE)
    quantize(float_encoder, target / encoder_file("int8"))
    if int8_only:
        float_encoder.unlink()
    tokenizer.save(target / TOKENIZER)
    write_manifest(target, name, version, settings, before.tagger if before else None)
    return settings


class _Pairs(nn.Module):
    """The part of the model after the encoder, with positional inputs and outputs."""

    def __init__(self, model: RelationModel, *, attends: bool) -> None:
        """Build; `attends` says whether it also tells what each pair looked at."""
        super().__init__()
        self.model = model
        self.attends = attends

    def forward(self, token_vectors: Tensor, *pair_inputs: Tensor) -> tuple[Tensor, ...]:
        """What `outputs` names: logits of the heads, and the weights of all tokens."""
        vectors = self.model.pairs(token_vectors, *pair_inputs)
        scores = self.model.read(vectors, pair_inputs[self.model.pair_inputs.index("pair_rules")])
        found = [scores[task] for task in _READ if task in scores]
        return (*found, vectors.attention) if self.attends else tuple(found)

    @property
    def outputs(self) -> list[str]:
        """Names of what `forward` returns."""
        heads = (self.model.relation, self.model.novelty, self.model.direction)
        named = [task for task, head in zip(_READ, heads, strict=True) if head is not None]
        return [*named, ATTENTION] if self.attends else named


def _export_encoder(model: RelationModel, path: Path) -> None:
    # Fused attention exports with a guard against rows that are masked whole, which costs a third
    # of the time at run time; no window is empty, so plain attention gives the same.
    model.encoder.backbone.set_attn_implementation("eager")
    windows, length = 2, 16
    example = tuple(torch.ones(windows, length, dtype=torch.long) for _ in model.encoder_inputs)
    dynamic = {0: Dim("windows"), 1: Dim("length")}
    write_graph(
        model.encoder,
        example,
        path,
        inputs=list(model.encoder_inputs),
        outputs=["vectors"],
        dynamic=(dynamic,) * len(example),
    )


# The sizes of each input of the part after the encoder. Every size of the example is at least two
# and no two are equal, or the exporter would fix or tie them; numbers are fixed.
_SIZES = ("windows", "length", "documents", "tokens", "mentions", "pieces", "entities", "most")
_EXAMPLE = {
    name: size
    for size, name in enumerate((*_SIZES, "pairs", "tail_most", "others", "other_pieces"), start=2)
}
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


_MENTION_SHAPES: dict[str, tuple[str | int, ...]] = {
    "token_source": ("documents", "tokens"),
    "mention_tokens": ("documents", "mentions", "pieces"),
    "other_tokens": ("documents", "others", "other_pieces"),
}


def _export_pairs(model: RelationModel, settings: Settings, path: Path) -> None:
    whole = isinstance(model.pairs, DocumentPairs)
    shapes = _DOCUMENT_SHAPES if whole else _SEQUENCE_SHAPES
    pairs = _Pairs(model, attends=not isinstance(settings.encoding, PairEncoding))
    wanted = {name: shapes[name] for name in model.pair_inputs}
    _write_after_encoder(pairs, model.encoder.hidden_size, path, wanted, pairs.outputs)


class _Coreference(nn.Module):
    """The head of coreference, with positional inputs."""

    def __init__(self, model: RelationModel) -> None:
        super().__init__()
        self.pairs = model.pairs
        self.head = model.coreference

    def forward(self, token_vectors: Tensor, *mention_inputs: Tensor) -> Tensor:
        """Logits ``(B, M, N, 2)`` of M mentions and N others."""
        assert self.head is not None
        source, *both = mention_inputs
        vectors = [
            self.pairs.mentions(token_vectors, {"token_source": source, "mention_tokens": tokens})
            for tokens in both
        ]
        logits: Tensor = self.head(*vectors)
        return logits


def _export_coreference(model: RelationModel, path: Path) -> None:
    head, hidden = _Coreference(model), model.encoder.hidden_size
    _write_after_encoder(head, hidden, path, _MENTION_SHAPES, ["coreference"])


def _write_after_encoder(
    module: nn.Module,
    hidden: int,
    path: Path,
    wanted: dict[str, tuple[str | int, ...]],
    outputs: list[str],
) -> None:
    """Write a graph that reads token vectors and, besides, integers of the given shapes."""
    dims = {name: Dim(name) for name in _EXAMPLE}

    def dynamic(shape: tuple[str | int, ...]) -> dict[int, Dim]:
        return {axis: dims[size] for axis, size in enumerate(shape) if isinstance(size, str)}

    vectors = torch.randn(_EXAMPLE["windows"], _EXAMPLE["length"], hidden)
    example = (
        vectors,
        *(
            torch.zeros(
                *(_EXAMPLE[size] if isinstance(size, str) else size for size in shape),
                dtype=torch.long,
            )
            for shape in wanted.values()
        ),
    )
    write_graph(
        module,
        example,
        path,
        inputs=["token_vectors", *wanted],
        outputs=outputs,
        dynamic=(
            dynamic(("windows", "length")),
            tuple(dynamic(shape) for shape in wanted.values()),
        ),
    )
