"""The model card: what a model was trained on, how, how good it is, where it ends."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from typing import Any

import msgspec

from relatome.encode import Settings
from relatome.recipes import Recipe, load_recipe, shipped, to_plain
from relatome.runtime.card import calibration_section

_APACHE_ENCODER = "sentence-transformers/all-MiniLM-L6-v2"


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
    settings: Settings,
) -> str:
    """The card as Markdown.

    Args:
        name: the model's name.
        version: the model's version.
        recipe: what it was trained by.
        provenance: code version, machine and data hashes, from the run folder.
        scores: rows of the score table.
        command: the command that regenerates the scores.
        settings: of the model, with its calibration.
    """
    columns = list(scores[0].f1) if scores else []
    table = [
        "| protocol | documents | weights | " + " | ".join(columns) + " |",
        "| --- | --- | --- |" + " ---: |" * len(columns),
    ]
    for row in scores:
        cells = " | ".join(f"{100 * row.f1[column]:.1f}" for column in columns)
        table.append(f"| `{row.protocol}` | {row.split} | {row.weights} | {cells} |")
    story = _encoder_story(recipe, provenance)
    hashes = "\n".join(f"- `{split}`: `{value}`" for split, value in provenance["data"].items())
    return f"""# {name} {version}

{recipe.title}.

In one encoder pass over a document and its entities, it returns typed relations between these, each
with a score and whether the text presents it as new. Entities come with the document, or from the
tagger in the same folder, if there is one (`TAGGER.md`).

## Scores

F1 with gold entities, in per cent; the threshold was fitted on {recipe.data.dev} and nothing was
selected on a test split.

{chr(10).join(table)}

Regenerate with `{command}`.

{calibration_section(settings)}
## Data

Trained on {", ".join(recipe.data.train)}{_lesson(recipe)}, selected on {recipe.data.dev}. SHA-256 \
of the documents
as read:

{hashes}

## How it was made

{_teacher_command(recipe)}    {train_command(recipe)}
    relatome models export RUN MODEL

Seed {recipe.training.seed}, code {provenance["code"]}, on {provenance["machine"]["processor"]}
({provenance["machine"]["cores"]} cores), accelerator: {provenance["machine"]["accelerator"]}.
{story}

## Licence

{_licence(recipe, provenance)} No text of the training corpus is contained in this folder.

## Limits

- It learnt from English PubMed abstracts of one corpus; on full text, other languages or other
  kinds of writing its scores are unknown.
- It does not find entities: what is not marked cannot be related.
- Rare labels (Bind, Comparison, Cotreatment, Conversion, Drug_Interaction) have few training
  examples and are unreliable.
- int8 weights may change single relations against fp32; both are in the table above.
- Predictions are no medical advice, and an assertion in a text is no proof.
"""


def _lesson(recipe: Recipe) -> str:
    """What else was learnt from, if there was a teacher."""
    if recipe.distillation is None:
        return ""
    others = "".join(f" and of {name}" for name in recipe.distillation.documents)
    unread = ", whose relations were not read" if others else ""
    return f", on what `{recipe.distillation.teacher}` says of them{others}{unread}"


def _teacher_command(recipe: Recipe) -> str:
    """The command that trains the teacher where the student looks for it: beside its own run."""
    if recipe.distillation is None:
        return ""
    name = recipe.distillation.teacher
    return f"    relatome train {name} --output {name}  # RUN beside it learns what it says\n"


def train_command(recipe: Recipe) -> str:
    """The command that trains by this recipe, with what differs from the shipped one spelt out."""
    if recipe.name not in shipped():
        return "relatome train recipe.toml --output RUN"
    usual = _leaves(to_plain(load_recipe(recipe.name)))
    changed = {key: value for key, value in _leaves(to_plain(recipe)).items() if key in usual}
    overrides = [
        " --set " + shlex.quote(f"{key}={value if isinstance(value, str) else json.dumps(value)}")
        for key, value in changed.items()
        if value != usual[key]
    ]
    return f"relatome train {recipe.name} --output RUN{''.join(overrides)}"


def _leaves(table: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """The values of nested tables by dotted key."""
    leaves: dict[str, Any] = {}
    for key, value in table.items():
        leaves |= (
            _leaves(value, f"{prefix}{key}.")
            if isinstance(value, dict)
            else {f"{prefix}{key}": value}
        )
    return leaves


def _licence(recipe: Recipe, provenance: dict[str, Any]) -> str:
    """What is known of the terms of the weights: those of the encoder go on holding."""
    adapted = provenance.get("adaptations", [])
    encoder = adapted[0]["recipe"]["encoder"]["name"] if adapted else recipe.encoder.name
    if encoder != _APACHE_ENCODER:
        return f"The weights are under the terms of the encoder they start from, `{encoder}`."
    return "Weights: Apache-2.0, as the encoder they start from, all-MiniLM-L6-v2."


def _encoder_story(recipe: Recipe, provenance: dict[str, Any]) -> str:
    """Where the encoder comes from: a published one, or one adapted here from it."""
    adapted = provenance.get("adaptations", [])
    if not adapted:
        return f"Encoder: `{recipe.encoder.name}`."
    told = [f"The encoder is `{adapted[0]['recipe']['encoder']['name']}`, adapted before:"]
    for each in adapted:
        adaptation, data = each["recipe"], each["data"]
        what = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in data.items())
        told.append(f"- {adaptation['title']} (`relatome adapt {adaptation['name']}`): {what}.")
    return "\n" + "\n".join(told)
