"""The model card: what a model was trained on, how, how good it is, where it ends."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from typing import Any

import msgspec

from relatome.encode import AnchoredEncoding, PairEncoding, Settings
from relatome.recipes import Recipe, load_recipe, shipped, to_plain
from relatome.recipes.recipe import Fold
from relatome.runtime.card import calibration_section

_APACHE_ENCODER = "sentence-transformers/all-MiniLM-L6-v2"
# By schema, the labels of which its training documents have a few dozen relations or fewer.
_RARE_LABELS = {
    "biored": ("Bind", "Comparison", "Cotreatment", "Conversion", "Drug_Interaction"),
}


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
    story = _encoder_story(recipe, provenance)
    hashes = "\n".join(f"- `{split}`: `{value}`" for split, value in provenance["data"].items())
    return f"""# {name} {version}

{recipe.title}.

{_what_it_does(settings)} Entities come with the document, or from the
tagger in the same folder, if there is one (`TAGGER.md`).

## Scores

{_scores_section(recipe, scores, command)}

{calibration_section(settings)}
## Data

{_data_story(recipe)} SHA-256 of the documents
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

{_limits(recipe, settings, scores)}
"""


def _what_it_does(settings: Settings) -> str:
    """What the model is given, and what it returns."""
    encoding = settings.encoding
    if isinstance(encoding, PairEncoding):
        read = "In one encoder pass for every pair of entities"
    elif isinstance(encoding, AnchoredEncoding):
        read = "In one encoder pass over a document for each of its entities"
    else:
        read = "In one encoder pass over a document and its entities"
    if not settings.relation:
        return f"{read}, it says of given relations whether the text presents them\nas new."
    told = ["a score"]
    if settings.direction:
        told.append("which of the two acts")
    if settings.judges_novelty:
        told.append("whether the text presents it as new")
    listed = " and ".join((", ".join(told[:-1]), told[-1])) if told[1:] else told[0]
    return f"{read}, it returns typed relations between these, each\nwith {listed}."


def _scores_section(recipe: Recipe, scores: Sequence[CardScore], command: str) -> str:
    """The table of scores, and what was fitted and selected on what."""
    rows = [row for row in scores if row.f1]
    dev = _dev(recipe)
    if not rows:
        return "There are none: " + (
            "nothing was measured." if dev else "no documents were held out."
        )
    columns = list(rows[0].f1)
    table = [
        "| protocol | documents | weights | " + " | ".join(columns) + " |",
        "| --- | --- | --- |" + " ---: |" * len(columns),
    ]
    for row in rows:
        cells = " | ".join(f"{100 * row.f1[column]:.1f}" for column in columns)
        table.append(f"| `{row.protocol}` | {row.split} | {row.weights} | {cells} |")
    fitted = f"the threshold was fitted on {dev}" if dev else "the threshold is one half"
    selected = " and nothing was\nselected on a test split."
    if recipe.data.dev == recipe.data.test:
        selected = ", which\nresults are reported on, too: expect less on other documents."
    return (
        f"F1 with gold entities, in per cent; {fitted}{selected}\n\n"
        + "\n".join(table)
        + f"\n\nRegenerate with `{command}`."
    )


def _dev(recipe: Recipe) -> str:
    """The documents that were selected on, in words; empty if none were."""
    dev = recipe.data.dev
    if isinstance(dev, str):
        return dev
    if isinstance(dev, Fold):
        return f"the held-out fold {dev.fold} of {dev.of} of the training documents"
    return f"a held-out {100 * dev:g} % of the training documents" if dev else ""


def _data_story(recipe: Recipe) -> str:
    """What was learnt from and selected on."""
    data, dev = recipe.data, _dev(recipe)
    share = f"{100 * data.fraction:g} % of " if data.fraction < 1 else ""
    source = f", with {', '.join(data.source)} besides" if data.source else ""
    selected = f"selected on {dev}" if dev else "nothing was selected: these are the last weights"
    start = (
        f" It starts from the model of `{recipe.start}`, which learnt before."
        if recipe.start
        else ""
    )
    trained = f"Trained on {share}{', '.join(data.train)}{source}{_lesson(recipe)}"
    return f"{trained}, {selected}.{start}" if dev else f"{trained}; {selected}.{start}"


def _limits(recipe: Recipe, settings: Settings, scores: Sequence[CardScore]) -> str:
    """Where the model ends, as a list."""
    data = recipe.data
    corpora = {name.rpartition(":")[0] for name in (*data.train, *data.source)}
    # A pool is several corpora by itself.
    one = len(corpora) == 1 and not settings.schema.negatives
    known = "English PubMed abstracts of " if settings.schema.name == "biored" else ""
    read = f"{known}{'one corpus' if one else 'the corpora named above'}"
    if recipe.start:
        read += f", and from what `{recipe.start}` did"
    limits = [
        f"It learnt from {read}; on full text, other languages or other\n"
        "  kinds of writing its scores are unknown."
    ]
    if settings.tagging:
        limits.append("What is neither marked nor found by its own tagger cannot be related.")
    else:
        limits.append("It does not find entities: what is not marked cannot be related.")
    if settings.relation and (rare := _RARE_LABELS.get(settings.schema.name)):
        limits.append(
            f"Rare labels ({', '.join(rare)}) have few training\n  examples and are unreliable."
        )
    shown = {row.weights for row in scores if row.f1}
    table = "; both are in the table above" if {"fp32", "int8"} <= shown else ""
    limits.append(f"int8 weights may change single relations against fp32{table}.")
    limits.append("Predictions are no medical advice, and an assertion in a text is no proof.")
    return "\n".join(f"- {limit}" for limit in limits)


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
