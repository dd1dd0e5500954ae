"""The model card: what a model was trained on, how, how good it is, where it ends."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from relatome.recipes import Recipe, load_adaptation
from relatome.training.folder import PROVENANCE_FILE, RECIPE_FILE


class CardScore(msgspec.Struct, frozen=True):
    """A row of the card's table: protocol, split, precision of the weights, F1 by score name."""

    protocol: str
    split: str
    weights: str
    f1: dict[str, float]


def render_card(
    name: str,
    version: str,
    recipe: Recipe,
    provenance: dict[str, Any],
    scores: Sequence[CardScore],
    command: str,
) -> str:
    """The card as Markdown.

    Args:
        name: the model's name.
        version: the model's version.
        recipe: what it was trained by.
        provenance: code version, machine and data hashes, from the run folder.
        scores: rows of the score table.
        command: the command that regenerates the scores.
    """
    columns = list(scores[0].f1) if scores else []
    table = [
        "| protocol | documents | weights | " + " | ".join(columns) + " |",
        "| --- | --- | --- |" + " ---: |" * len(columns),
    ]
    for row in scores:
        cells = " | ".join(f"{100 * row.f1[column]:.1f}" for column in columns)
        table.append(f"| `{row.protocol}` | {row.split} | {row.weights} | {cells} |")
    story = _encoder_story(recipe)
    hashes = "\n".join(f"- `{split}`: `{value}`" for split, value in provenance["data"].items())
    return f"""# {name} {version}

{recipe.title}.

It reads documents whose entities are already marked and identified, in one encoder pass, and
returns typed relations between them with a score and whether the text presents them as new.

## Scores

F1 with gold entities, in per cent; the threshold was fitted on {recipe.data.dev} and nothing was
selected on a test split.

{chr(10).join(table)}

Regenerate with `{command}`.

## Data

Trained on {", ".join(recipe.data.train)}, selected on {recipe.data.dev}. SHA-256 of the documents
as read:

{hashes}

## How it was made

    relatome train {recipe.name} --output RUN
    relatome models export RUN MODEL

Seed {recipe.training.seed}, code {provenance["code"]}, on {provenance["machine"]["processor"]}
({provenance["machine"]["cores"]} cores), accelerator: {provenance["machine"]["accelerator"]}.
{story}

## Licence

Weights and code: Apache-2.0. The encoder it starts from, all-MiniLM-L6-v2, is Apache-2.0. No text
of the training corpus is contained in this folder.

## Limits

- It learnt from English PubMed abstracts of one corpus; on full text, other languages or other
  kinds of writing its scores are unknown.
- It does not find entities: what is not marked cannot be related.
- Scores are softmax probabilities, not yet calibrated. Rare labels (Bind, Comparison,
  Cotreatment, Conversion, Drug_Interaction) have few training examples and are unreliable.
- int8 weights may change single relations against fp32; both are in the table above.
- Predictions are no medical advice, and an assertion in a text is no proof.
"""


def _encoder_story(recipe: Recipe) -> str:
    """Where the encoder comes from: a published one, or one adapted here from it."""
    run = Path(recipe.encoder.name).parent
    if not (run / PROVENANCE_FILE).is_file():
        return f"Encoder: `{recipe.encoder.name}`."
    adaptation = load_adaptation(str(run / RECIPE_FILE))
    data = json.loads((run / PROVENANCE_FILE).read_text(encoding="utf-8"))["data"]
    return f"""
The encoder is `{adaptation.encoder.name}`, adapted before by

    relatome adapt {adaptation.name} TEXT --output {run}

to {data["texts"]:,} biomedical abstracts (SHA-256 of the text `{data["sha256"]}`), of which
{adaptation.steps:,} steps of {adaptation.batch_size} × {adaptation.length} tokens read a part;
{data["left_out_evaluation_documents"]:,} texts were left out as documents of dev or test splits."""
