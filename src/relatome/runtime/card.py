"""The part of a model's card that says what its scores mean; the rest is training's."""

from __future__ import annotations

import re

from relatome.data.calibration import Thresholds
from relatome.encode import Settings

_HEADING = "## Calibration"
_UNCALIBRATED = """\
Scores are softmax probabilities and not calibrated: there were no dev documents, or too few
relations in them. `relatome models calibrate MODEL CORPUS:SPLIT` does it."""
_SHOWN = (0.7, 0.8, 0.9)
# A heading up to the next one of its level, or the end.
_SECTION = re.compile(rf"^{_HEADING}\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)


def calibration_section(settings: Settings) -> str:
    """The section, as Markdown."""
    calibration, decoding = settings.calibration, settings.decoding
    if calibration is None:
        return f"{_HEADING}\n\n{_UNCALIBRATED}\n"
    pooled = calibration.pooled
    grouping = ""
    if (threshold := settings.coreference_threshold) is not None:
        grouping = (
            "\nMentions without identifiers are grouped by their names and, where the model "
            f"says so with a\nprobability of at least {threshold:g}, by coreference: fitted on the "
            "same documents to the best F1 of B³.\n"
        )
    novelty = ""
    if calibration.novelty_after is not None:
        novelty = (
            f"\nFor novelty the temperature is {decoding.novelty_temperature:.2f}, the error "
            f"{calibration.novelty_before:.3f} before and\n{calibration.novelty_after:.3f} after."
        )
    bins = calibration.after.bins
    reliability = [
        f"| {index / len(bins):.2f}–{(index + 1) / len(bins):.2f} | {found.count:,} "
        f"| {found.score:.2f} | {found.right:.2f} |"
        for index, found in enumerate(bins)
        if found.count
    ]
    shown = [index for index, level in enumerate(calibration.levels) if level in _SHOWN]
    asked = " | ".join(f"precision {calibration.levels[index]:.2f}" for index in shown)
    types = [
        f"| {name} | {found.relations:,} | {_percent(found.right, found.relations)} | "
        + " | ".join(_threshold(found, index) for index in shown)
        + " |"
        for name, found in (*calibration.types.items(), ("any other: all together", pooled))
    ]
    return f"""{_HEADING}

Fitted on {calibration.split} with {calibration.weights} weights, to the {pooled.relations:,} \
relations the model returns there.
A score is the probability that a returned relation holds with its type: the softmax at
temperature {decoding.temperature:.2f}. Which relations are returned does not depend on it. The \
expected
calibration error (15 bins) was {calibration.before.error:.3f} before and is \
{calibration.after.error:.3f} after.{novelty}

| score | relations | mean score | right |
| --- | ---: | ---: | ---: |
{chr(10).join(reliability)}

`--precision P` returns, of each type, what is scored at least as high as this; in brackets the
share of the returned relations that stays. All was read off the same documents, so expect somewhat
less on others.

| type | relations | right | {asked} |
| --- | ---: | ---: |{" ---: |" * len(shown)}
{chr(10).join(types)}
{grouping}"""


def _threshold(found: Thresholds, index: int) -> str:
    score = found.scores[index]
    if score is None:
        return "never"
    return f"{score:.2f} ({_percent(found.kept[index], found.relations)})"


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %"


def with_calibration(card: str, settings: Settings) -> str:
    """A card with this section in place of the one it has, or before the data, or at the end."""
    section = calibration_section(settings) + "\n"
    if _SECTION.search(card):
        return _SECTION.sub(lambda _: section, card, count=1).rstrip("\n") + "\n"
    before, data, after = card.partition("## Data\n")
    return f"{before.rstrip()}\n\n{section}{data}{after}".rstrip("\n") + "\n"
