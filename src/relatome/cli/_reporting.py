"""What a report is made of: the answers, what they are judged against, and where both are from."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from relatome import __version__
from relatome.cli._options import require_distinct
from relatome.cli._scoring import Side, put, read_gold, read_predictions, score_sides
from relatome.data import Document, Schema
from relatome.data.schemas import BIORED, SCHEMAS
from relatome.entities.identifiers import is_local
from relatome.errors import (
    CANNOT_WRITE,
    EXTRA_MISSING,
    FILE_MISSING,
    REPORT_GOLD,
    REPORT_MIXED,
    REPORT_NO_SPLIT,
    REPORT_RULE_MISSING,
    REPORT_SPLIT,
    REPORT_TWICE,
    REPORT_TWO,
    InputError,
    MissingExtraError,
    UsageError,
    WorkError,
)
from relatome.recipes import Combination, Recipe, TaggerRecipe, load_any
from relatome.report.history import read_history
from relatome.report.page import Answer, report_page
from relatome.scoring import Rule, find_rule
from relatome.scoring.biored import BioRED
from relatome.scoring.mapping import with_gold_ids

# As `relatome.training.folder` names them, which a light install cannot import.
_RECIPE, _PROVENANCE, _RESULTS = "recipe.toml", "provenance.json", "results.json"

AnyRecipe = Recipe | Combination | TaggerRecipe


class Request(NamedTuple):
    """The command's arguments."""

    answers: tuple[Path, ...]
    gold: str | None
    rule: str | None
    split: str | None
    corpora: Path | None
    output: Path

    @property
    def command(self) -> str:
        """The command line that was asked, to repeat it."""
        options = (
            ("--gold", self.gold),
            ("--rule", self.rule),
            ("--split", self.split),
            ("--corpora", self.corpora),
            ("-o", self.output),
        )
        words = ["relatome", "report", *map(str, self.answers)]
        words += [str(w) for name, value in options if value is not None for w in (name, value)]
        return shlex.join(words)


class _Gold(NamedTuple):
    """What answers are judged against, and whether its errors may be read."""

    side: Side
    is_test: bool


def write_report(request: Request) -> None:
    """Read or predict everything and write the page.

    Raises:
        UsageError, InputError, ModelError, MissingExtraError, WorkError: if that cannot be done.
    """
    paths = request.answers
    if len(paths) > 2:
        raise UsageError(REPORT_TWO, count=len(paths))
    require_distinct([*paths, request.output], REPORT_TWICE)
    if not request.output.parent.is_dir():  # better said before a run predicts than after
        raise WorkError(CANNOT_WRITE, path=request.output, reason="there is no such folder")
    if request.split is not None and request.gold is not None:
        raise UsageError(REPORT_SPLIT)
    for path in paths:
        if not path.exists():
            raise UsageError(FILE_MISSING, path=path)
    recipes = {path: load_any(str(path / _RECIPE)) for path in paths if (path / _RECIPE).is_file()}
    rule = _rule(request, recipes)
    gold = _gold(request, recipes)
    schema = _schema(rule)
    documents = _conformed(gold.side.documents, schema)
    names = _names(paths)
    answers = [
        _answer(path, names[path], recipes.get(path), gold, documents, rule, schema)
        for path in paths
    ]
    facts = {
        "judged against": " · ".join(f"{k} {v}" for k, v in gold.side.identity.items()),
        "documents": f"{len(documents):,}",
        "rule": "mentions by span and type" if rule is None else rule.name,
        "relatome": __version__,
        "command": request.command,
    }
    put(
        report_page(documents, answers, rule, facts, show_errors=not gold.is_test),
        request.output,
    )


def _names(paths: Sequence[Path]) -> dict[Path, str]:
    """The last part of each path, or all of it where two end alike."""
    short = [path.resolve().name for path in paths]
    return {
        path: name if short.count(name) == 1 else str(path)
        for path, name in zip(paths, short, strict=True)
    }


# ------------------------------------------------------------------------- what to judge by, and on


def _rule(request: Request, recipes: dict[Path, AnyRecipe]) -> Rule | None:
    """The rule asked for, or that of the recipes; None for taggers."""
    if request.rule is not None:
        return find_rule(request.rule)
    taggers = [recipe for recipe in recipes.values() if isinstance(recipe, TaggerRecipe)]
    if len(taggers) == len(request.answers):
        return None
    named = {
        path: recipe.rule if isinstance(recipe, Combination) else recipe.selection.rule
        for path, recipe in recipes.items()
        if not isinstance(recipe, TaggerRecipe)
    }
    if not named:
        raise UsageError(REPORT_RULE_MISSING, name=request.answers[0])
    return find_rule(_agreed(named, "rules", "--rule"))


def _gold(request: Request, recipes: dict[Path, AnyRecipe]) -> _Gold:
    from relatome.corpora import names_corpus, parts

    if request.gold is not None:
        side = read_gold(request.gold, request.corpora)
        is_test = names_corpus(request.gold) and any(
            split.role == "test" for split in parts(request.gold, request.corpora)[1]
        )
        return _Gold(side, is_test)
    if not recipes:
        raise UsageError(REPORT_GOLD, name=request.answers[0])
    which = request.split or "dev"
    named = {path: _split_name(path, recipe, which) for path, recipe in recipes.items()}
    name = _agreed(named, "documents", "--gold")
    recipe = next(iter(recipes.values()))
    if which == "dev" and isinstance(recipe, Recipe) and not isinstance(recipe.data.dev, str):
        return _Gold(_held_out(recipe, request.corpora), False)
    return _Gold(read_gold(name, request.corpora), which == "test")


def _split_name(path: Path, recipe: AnyRecipe, which: str) -> str:
    """The split of a recipe, or, of a share or fold held out, a name that says which."""
    found: object
    if which == "test":
        found = recipe.data.test if isinstance(recipe, Recipe) else recipe.test
    elif isinstance(recipe, Recipe):
        dev = recipe.data.dev
        found = dev if isinstance(dev, str) or not dev else f"{dev} of {recipe.data.train}"
    else:
        found = recipe.dev if isinstance(recipe, TaggerRecipe) else ""
    if not found:
        raise UsageError(REPORT_NO_SPLIT, name=path, split=which)
    return str(found)


def _held_out(recipe: Recipe, corpora: Path | None) -> Side:
    """The share or the fold of its training documents that a run selected on."""
    from relatome.corpora import data_hash

    try:
        from relatome.training.documents import learning_splits
    except ModuleNotFoundError as error:
        raise MissingExtraError(EXTRA_MISSING, module=error.name, extra="train") from None
    _, dev = learning_splits(recipe, corpora)
    assert dev is not None
    documents = list(dev.documents)
    return Side(documents, {"corpus": dev.name, "sha256": data_hash(documents)})


def _agreed(named: dict[Path, str], what: str, option: str) -> str:
    (first, one), *others = named.items()
    for second, other in others:
        if other != one:
            raise UsageError(
                REPORT_MIXED,
                first=first,
                second=second,
                what=what,
                one=one,
                other=other,
                option=option,
            )
    return one


# ----------------------------------------------------------------------------------------- answers


def _answer(
    path: Path,
    name: str,
    recipe: AnyRecipe | None,
    gold: _Gold,
    documents: list[Document],
    rule: Rule | None,
    schema: Schema | None,
) -> Answer:
    if recipe is None:
        side = read_predictions(path, gold.side)
        facts = {"answer": "predictions", **side.identity}
        predicted = side.documents
    else:
        facts = {"answer": "run", "folder": str(path), **_run_facts(path, recipe)}
        if not (path / _RESULTS).is_file():
            return Answer(name, None, facts, read_history(path))
        predicted = _predicted(path, recipe, gold.side.documents)
    if rule is not None:
        # Refuses what cannot be scored, and names the file it stands in.
        score_sides(gold.side, Side(predicted, {}), rule, "rule")
    facts["predicted documents"] = f"{len(predicted):,}"
    facts["predicted relations"] = f"{sum(len(d.relations) for d in predicted):,}"
    predicted = _conformed(predicted, schema)
    if any(is_local(id) for d in predicted for m in d.mentions for id in m.entity_ids):
        by_id = {document.id: document for document in documents}
        ordered = schema is not None and schema.ordered
        predicted = [
            with_gold_ids(d, by_id[d.id], ordered=ordered) if d.id in by_id else d
            for d in predicted
        ]
        facts["entities"] = "local identifiers, compared under those the annotation gives them"
    return Answer(name, predicted, facts, read_history(path) if recipe is not None else {})


def _predicted(run: Path, recipe: AnyRecipe, documents: list[Document]) -> list[Document]:
    """What a finished run says of documents."""
    try:
        from relatome.training.folder import MODEL_FOLDER
        from relatome.training.members import predict_run
        from relatome.training.tagger.model import load_tagger_model
    except ModuleNotFoundError as error:
        raise MissingExtraError(EXTRA_MISSING, module=error.name, extra="train") from None
    if isinstance(recipe, TaggerRecipe):
        return load_tagger_model(run / MODEL_FOLDER).tag(documents)
    return predict_run(run, documents)


def _run_facts(path: Path, recipe: AnyRecipe) -> dict[str, str]:
    facts = {"recipe": recipe.name, "title": recipe.title}
    if isinstance(recipe, Recipe | TaggerRecipe):
        facts |= {"encoder": recipe.encoder.name, "seed": str(recipe.training.seed)}
    provenance = path / _PROVENANCE
    if not provenance.is_file():
        return facts
    try:
        known: dict[str, Any] = json.loads(provenance.read_text(encoding="utf-8"))
    except ValueError:
        return {**facts, "provenance": "cannot be read"}
    machine = known.get("machine", {})
    libraries = machine.get("libraries", {})
    facts["code"] = known.get("code", "")
    facts["machine"] = ", ".join(
        str(machine[key]) for key in ("processor", "system", "accelerator") if key in machine
    )
    facts["versions"] = ", ".join(f"{name} {version}" for name, version in libraries.items())
    facts |= {f"sha256 of {name}": hash for name, hash in known.get("data", {}).items()}
    return facts


# ------------------------------------------------------------------------------------------- types


def _schema(rule: Rule | None) -> Schema | None:
    """The schema whose spelling of entity types both sides are brought to, if one is known."""
    if rule is None or isinstance(rule, BioRED):
        return BIORED
    return next((schema for schema in SCHEMAS.values() if schema.rule == rule.name), None)


def _conformed(documents: Sequence[Document], schema: Schema | None) -> list[Document]:
    """The documents with entity types as the schema spells them; as they are if it has others."""
    if schema is None:
        return list(documents)
    try:
        return [schema.conform(document) for document in documents]
    except InputError:
        return list(documents)
