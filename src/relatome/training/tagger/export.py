"""A trained tagger as an ONNX graph, with its card."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from torch.export import Dim

import relatome
from relatome.recipes import TaggerRecipe
from relatome.runtime.folder import (
    TAGGER_CARD,
    TAGGER_FILES,
    TAGGER_TOKENIZER,
    make_room,
    tagger_file,
    write_manifest,
)
from relatome.training.folder import MODEL_FOLDER, PROVENANCE_FILE, RESULTS_FILE
from relatome.training.graphs import quantize, write_graph
from relatome.training.tagger.model import load_tagger_model

_INPUTS = ("input_ids", "attention_mask", "segment_ids")


def export_tagger(
    run: Path, recipe: TaggerRecipe, target: Path, name: str | None, *, int8_only: bool
) -> None:
    """Add the tagger of a finished run to a model folder, in place of any it had.

    Args:
        run: the run folder.
        recipe: what it was trained by.
        target: the model folder, made if it is not there.
        name: of the model; that which the folder has, or else the recipe's, if None.
        int8_only: leave out the fp32 weights.

    Raises:
        UsageError: if `target` holds anything but earlier exports.
        ModelError: if the run's model is incomplete or altered.
        WorkError: if `target` cannot be written.
    """
    model, tokenizer, settings = load_tagger_model(run / MODEL_FOLDER)
    before = make_room(target, TAGGER_FILES)
    model.cpu().encoder.backbone.set_attn_implementation("eager")  # as for the relation model
    example = tuple(torch.ones(2, 16, dtype=torch.long) for _ in _INPUTS)
    dynamic = {0: Dim("windows"), 1: Dim("length")}
    path = target / tagger_file("fp32")
    write_graph(
        model,
        example,
        path,
        inputs=list(_INPUTS),
        outputs=["tags"],
        dynamic=(dynamic,) * len(_INPUTS),
    )
    quantize(path, target / tagger_file("int8"))
    if int8_only:
        path.unlink()
    tokenizer.save(target / TAGGER_TOKENIZER)
    version = before.version if before else relatome.__version__
    name = name or (before.name if before else recipe.name)
    write_manifest(target, name, version, before.settings if before else None, settings)
    provenance = json.loads((run / PROVENANCE_FILE).read_text(encoding="utf-8"))
    results = json.loads((run / RESULTS_FILE).read_text(encoding="utf-8"))
    text = _card(recipe, provenance, results["f1"])
    (target / TAGGER_CARD).write_text(text, encoding="utf-8")


def _card(recipe: TaggerRecipe, provenance: dict[str, Any], scores: dict[str, float]) -> str:
    """What the tagger was trained on, how, how good it is."""
    rows = "\n".join(f"| {name} | {100 * value:.1f} |" for name, value in scores.items())
    sources = "\n".join(
        f"| {each['name']} | {each['documents']:,} | {each['left_out']:,} | "
        + ", ".join(f"{count:,} {type}" for type, count in each["mentions"].items())
        + " |"
        for each in provenance["sources"]
    )
    encoder = provenance["adaptations"]
    begun = encoder[0]["recipe"]["encoder"]["name"] if encoder else recipe.encoder.name
    adapted = ", then ".join(each["recipe"]["name"] for each in encoder)
    return f"""# Tagger of this model: {recipe.name}

{recipe.title}. It finds mentions and their types, in documents of any length; it gives them no
identifiers.

## Scores

F1 of mentions with the same span and type, in per cent, of the trained weights on {recipe.dev}, on
which the epoch was selected:

| type | F1 |
| --- | ---: |
{rows}

Those of the exported weights, on {recipe.dev} and {recipe.test}, are in `docs/tagging.md`.

## Data

A source says nothing of the types it does not annotate. Documents of {recipe.dev} and
{recipe.test} were left out of every source, by identifier and title.

| source | documents | left out | mentions |
| --- | ---: | ---: | --- |
{sources}

## How it was made

    relatome train {recipe.name} --output RUN --text FOLDER
    relatome models export RUN MODEL

Seed {recipe.training.seed}, code {provenance["code"]}, on {provenance["machine"]["processor"]}.
The encoder is `{begun}`{f", adapted by {adapted}" if adapted else ""}, whose licence goes on to
hold. No text of the sources is contained in this folder.
"""
