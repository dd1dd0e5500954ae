"""A recipe: a whole experiment as data, refused before any work if anything in it is wrong."""

from __future__ import annotations

import re
import tomllib
from difflib import get_close_matches
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta

from relatome.encode import DocumentEncoding, Encoding
from relatome.errors import (
    RECIPE_COMBINED,
    RECIPE_INVALID,
    RECIPE_MISSING,
    RECIPE_OVERRIDE,
    RECIPE_SYNTAX,
    Place,
    UsageError,
)

Fraction = Annotated[float, Meta(ge=0, lt=1)]
# Infinity is a number to TOML; a rate, norm or weight beyond this is a slip.
_MOST = 1e6
Positive = Annotated[float, Meta(gt=0, le=_MOST)]
Weight = Annotated[float, Meta(ge=0, le=_MOST)]
Count = Annotated[int, Meta(ge=1)]

_Kind = TypeVar("_Kind")

# A step of the path in msgspec's messages: a key, an index, or a key that it does not tell.
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]|(\[\.\.\.\])")


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of a recipe: a key it does not know is an error, and so is one it lacks."""


class Fold(Section, frozen=True):
    """One of equal parts of the training documents, held out.

    Attributes:
        fold: which, from 1 on.
        of: how many there are.
    """

    fold: Count
    of: Annotated[int, Meta(ge=2)]

    def __post_init__(self) -> None:
        if self.fold > self.of:
            raise ValueError(f"there is no fold {self.fold} of {self.of}")


class Data(Section, frozen=True):
    """Which documents to learn from and to select on, as ``corpus:split``.

    Attributes:
        train: splits to learn from, together.
        fraction: the share of their documents that is learnt from, drawn in strata by the seed of
            training; smaller shares are parts of larger ones.
        negatives: the share of the unrelated pairs that an epoch shows, drawn anew for each;
            where pairs share a pass, as under document and anchored encoding, all of them.
        dev: the split to select on, always whole; or, where a corpus has none, the share of the
            training documents to hold out for it, or the fold of them, the same ones whatever the
            seed. With 0 nothing is selected: the weights of the last epoch are kept, and the
            decision threshold is one half.
        test: the split that results are reported on; never learnt from. Where a paper selects on
            the split that it reports, so do the recipes after it: there it is `dev`, too.
        source: splits of other corpora to learn from besides, always whole (paper A, eq. 2).
    """

    train: Annotated[list[str], Meta(min_length=1)]
    fraction: Annotated[float, Meta(gt=0, le=1)]
    negatives: Annotated[float, Meta(gt=0, le=1)]
    dev: str | Fraction | Fold
    test: str
    source: list[str] = []


class Narrowing(Section, frozen=True):
    """Fewer candidates than the schema has, see `relatome.data.narrowing`.

    Attributes:
        sentence: only pairs that some sentence mentions together.
        interval: only pairs with so many mentions of the tail's type between the two, negative
            where the tail comes first (paper B, II.B); all if left out.
        everywhere: whether to ask only about such pairs after training too.
    """

    sentence: bool
    everywhere: bool
    interval: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        if self.interval is not None and self.interval[0] > self.interval[1]:
            raise ValueError("the interval ends before it begins")


class Encoder(Section, frozen=True):
    """The pre-trained encoder.

    Its name is a hub id, a folder written by ``save_pretrained``, or an adaptation: the name of one
    that relatome comes with, or the path of its TOML file.
    """

    name: str


class Model(Section, frozen=True):
    """What stands on the encoder.

    Attributes:
        dropout: of pair vectors.
        hidden: size of a hidden layer in the heads of relation and novelty (paper D); 0: none.
        readers: how many times pairs attend to the document again; not for the vectors ``cls`` and
            ``starts``.
    """

    dropout: Fraction
    hidden: Annotated[int, Meta(ge=0)] = 0
    readers: Annotated[int, Meta(ge=0, le=12)] = 0


class Definitions(Section, frozen=True):
    """What each label means, for the model to attend to (paper B, system 1).

    Attributes:
        source: whose definitions they are, put in other words.
        labels: a definition for every label of the schema.
    """

    source: str
    labels: dict[str, str]


class Novelty(Section, frozen=True):
    """Learning whether a relation is new, by cross-entropy with a weight in the sum of losses."""

    weight: Weight


class Direction(Section, frozen=True):
    """Learning which entity of a relation acts, by cross-entropy over related pairs."""

    weight: Weight


class Typing(Section, frozen=True):
    """Learning the types of entities, by cross-entropy, besides the relations (paper B, eq. 3).

    Attributes:
        balance: λ: the sum of losses is λ times all others plus 1 - λ times this one.
    """

    balance: Annotated[float, Meta(ge=0, le=1)]


class Coreference(Section, frozen=True):
    """Learning which mentions mean the same entity, by cross-entropy (paper C, eq. 2 and 3)."""

    weight: Weight


class Tagging(Section, frozen=True):
    """Learning to find the mentions in the pass that reads relations, by cross-entropy of tags.

    Needs an encoder that reads the bare text: ``encoding.types = "output"``.
    """

    weight: Weight


class PairTyping(Section, frozen=True):
    """Learning the types of the pair, by cross-entropy (paper C, eq. 4 and 5)."""

    weight: Weight


class Tasks(Section, frozen=True):
    """What is learnt besides relations; what is left out is not."""

    novelty: Novelty | None = None
    direction: Direction | None = None
    typing: Typing | None = None
    coreference: Coreference | None = None
    pair_typing: PairTyping | None = None
    tagging: Tagging | None = None


class Adversarial(Section, frozen=True):
    """A second pass of every step, over word embeddings moved to where the loss is higher.

    Attributes:
        epsilon: ε, by how much they are moved (paper C, eq. 7).
    """

    epsilon: Positive


class Distillation(Section, frozen=True):
    """Learning, besides what corpora say, the probabilities that other models give.

    Attributes:
        teacher: the recipe or combination whose finished run, in the folder of that name beside
            the run, is learnt from.
        weight: in the sum of losses.
        temperature: by which the logarithms of both sides' probabilities are divided.
        documents: splits to learn from besides, whose relations, if they have any, are not read.
    """

    teacher: str
    weight: Weight
    temperature: Positive
    documents: list[str] = []


class FineTypes(Section, frozen=True):
    """Telling the finer types of an entity type apart by an encoder of its own.

    It learns from the training documents before anything else, and what it says takes the place
    of the corpus's finer types in all documents (paper B, III.C), so that they are known, with the
    same errors, where the corpus does not give them. Seed, warmup, weight decay, gradient norm and
    precision are those of `Training`.

    Attributes:
        type: the entity type of the schema.
        fine: its finer types, spellings of it to the schema.
        encoder: the pre-trained encoder, as in `Encoder`.
        window: most tokens of a window of the document, the two special tokens included.
        overlap: least number of tokens neighbouring windows share.
        epochs: passes over the documents; the best on the tenth that is held out is kept.
        batch_size: documents per step.
        learning_rate: peak rate of all weights.
    """

    type: str
    fine: Annotated[tuple[str, ...], Meta(min_length=2)]
    encoder: str
    window: int
    overlap: int
    epochs: Count
    batch_size: Count
    learning_rate: Positive

    def __post_init__(self) -> None:
        if len(set(self.fine)) < len(self.fine):
            raise ValueError("fine names a type twice")
        _ = self.encoding  # refuses impossible windows

    @property
    def encoding(self) -> DocumentEncoding:
        """How its encoder reads a document."""
        return DocumentEncoding(self.window, self.overlap)


class Optimization(Section, frozen=True):
    """How the weights of any model are learnt.

    Attributes:
        seed: of initial weights, shuffling and dropout.
        epochs: passes over the training documents at most.
        patience: evaluations without a better dev score after which training stops.
        batch_size: documents per step, or pairs under pair encoding, or passes under anchored
            encoding, over all processes.
        encoder_learning_rate: peak rate of the pre-trained weights.
        head_learning_rate: peak rate of everything that starts fresh.
        warmup: fraction of all steps over which the rates rise; then they fall linearly.
        weight_decay: of AdamW.
        max_gradient_norm: longer gradients are scaled down to this length.
        precision: ``auto`` is bf16 where the machine computes with it, else fp32.
    """

    seed: Annotated[int, Meta(ge=0)]
    epochs: Count
    patience: Count
    batch_size: Count
    encoder_learning_rate: Positive
    head_learning_rate: Positive
    warmup: Fraction
    weight_decay: Weight
    max_gradient_norm: Positive
    precision: Literal["auto", "fp32", "bf16"]


class Training(Optimization, frozen=True):
    """How the weights of a relation model are learnt.

    Attributes, besides those of `Optimization`:
        evaluations: evaluations on dev in each epoch; what scores best is kept.
        mask_entities: chance that an entity's mentions are hidden in a training step, so that
            the model reads what stands around them; not under pair encoding.
        accumulation: passes in which the documents of a step are read one part after the other,
            for machines with little memory.
    """

    evaluations: Count
    mask_entities: Fraction
    accumulation: Count = 1


class Selection(Section, frozen=True):
    """Which evaluation's weights are kept: the best by this score of this rule on the dev split."""

    rule: str
    score: str


class Published(Section, frozen=True):
    """Figures of a paper to stand beside ours, with their protocol."""

    source: str
    protocol: str
    scores: dict[str, float]
    note: str = ""


class Measured(Section, frozen=True):
    """What a recipe reached on its test split when it was measured, in per cent.

    Attributes:
        protocol: the scoring rule.
        split: the documents.
        seeds: how many runs the scores are the mean of.
        scores: F1 by name.
    """

    protocol: str
    split: str
    seeds: Count
    scores: dict[str, float]


class Recipe(Section, frozen=True):
    """A whole experiment. Every number is written out in the file; what is left out is not done.

    Attributes:
        losses: of the relation head: their options, and `weight` in the sum, by name. A recipe
            without any learns to judge the novelty of given relations, and nothing else.
        start: a recipe that is carried out first, and whose model is the start of this one; empty
            if there is none.
    """

    name: str
    title: str
    schema: str
    data: Data
    encoding: Encoding
    encoder: Encoder
    model: Model
    training: Training
    selection: Selection
    losses: dict[str, dict[str, float]] = {}
    tasks: Tasks = Tasks()
    adversarial: Adversarial | None = None
    distillation: Distillation | None = None
    narrowing: Narrowing | None = None
    definitions: Definitions | None = None
    fine_types: FineTypes | None = None
    start: str = ""
    published: list[Published] = []


def to_plain(recipe: msgspec.Struct) -> dict[str, Any]:
    """A recipe as plain dictionaries, lists and numbers, without what is None."""
    plain: dict[str, Any] = _without_none(msgspec.to_builtins(recipe))
    return plain


def shipped(kind: str = "") -> dict[str, Path]:
    """The recipes that come with relatome, by name.

    Args:
        kind: "" for those of a single run, "adaptations", "combinations" or "taggers".
    """
    folder = Path(str(resources.files("relatome.recipes"))) / kind
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}


def measured() -> dict[str, Measured]:
    """The figures measured with the shipped recipes, by name; `docs/results.md` says how."""
    path = Path(str(resources.files("relatome.recipes"))) / "measured.json"
    return msgspec.json.decode(path.read_bytes(), type=dict[str, Measured])


def source(name: str) -> Path:
    """The file of a shipped recipe by name, or the path `name` itself."""
    every = shipped() | shipped("adaptations") | shipped("combinations") | shipped("taggers")
    return every.get(name) or Path(name)


def load_recipe(name: str, overrides: tuple[str, ...] = ()) -> Recipe:
    """Read a recipe by shipped name or by path, apply ``key=value`` overrides and validate it.

    Args:
        name: a shipped recipe's name, or the path of a TOML file.
        overrides: as from ``--set``: dotted keys with values in TOML notation
            (``training.seed=7``); a value that is no TOML is taken as a string.

    Raises:
        UsageError: naming the key that is unknown, missing or has an impossible value.
    """
    return read_toml(name, overrides, Recipe)


def read_toml(name: str, overrides: tuple[str, ...], kind: type[_Kind]) -> _Kind:
    """Read a recipe of any kind; arguments and errors as for `load_recipe`."""
    path = source(name)
    place = Place(str(path))
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError:
        names = (*shipped(), *shipped("combinations"))
        close = get_close_matches(name, names, cutoff=0.5) or ["small"]
        raise UsageError(RECIPE_MISSING, name=name, known=" or ".join(close)) from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(RECIPE_SYNTAX, at=place, reason=str(error)) from None
    if kind is Recipe and "relation" in raw:
        groups = [*_tables(raw, "relation"), *_tables(raw, "novelty")]
        members = dict.fromkeys(str(group.get("recipe", "?")) for group in groups)
        raise UsageError(RECIPE_COMBINED, at=place, recipes=", ".join(members))
    for override in overrides:
        _apply(raw, override)
    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError as error:
        reason = _with_keys(str(error), raw, kind)
        raise UsageError(RECIPE_INVALID, at=place, reason=reason) from None


def _tables(raw: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """What stands under ``[[key]]``, if tables do."""
    found = raw.get(key, [])
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _with_keys(reason: str, raw: dict[str, Any], kind: type) -> str:
    """The message of a failed conversion with the keys for which msgspec writes ``[...]``."""
    message, root, path = reason.rpartition("`$")
    table: Any = raw
    named = ""
    for name, index, other in _STEP.findall(path):
        key = int(index) if index else name or _fails_alone(reason, raw, kind, table)
        named += f"[{key}]" if index else f".{key}" if key else other
        table = table[key] if key in table or index else {}
    return f"{message}{root}{named}`" if root else reason


def _fails_alone(reason: str, raw: dict[str, Any], kind: type, table: dict[str, Any]) -> str:
    """The key of a table within `raw` that alone fails to convert for this reason; else empty."""
    for key in list(table):
        others = {name: table.pop(name) for name in list(table) if name != key}
        try:
            msgspec.convert(raw, kind)
        except msgspec.ValidationError as error:
            if str(error) == reason:
                return key
        finally:
            table.update(others)
    return ""


def _apply(raw: dict[str, Any], override: str) -> None:
    key, equals, value = override.partition("=")
    parts = key.strip().split(".")
    if not equals or not all(parts):
        raise UsageError(RECIPE_OVERRIDE, override=override)
    table = raw
    for part in parts[:-1]:
        inner = table.setdefault(part, {})
        if not isinstance(inner, dict):
            raise UsageError(RECIPE_OVERRIDE, override=override)
        table = inner
    try:
        table[parts[-1]] = tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        table[parts[-1]] = value.strip()


def _without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_none(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list | tuple):  # as TOML reads it
        return [_without_none(inner) for inner in value]
    return value
