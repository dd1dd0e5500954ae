"""Sections of the book of results: the recipes by corpus and protocol, and the peers."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from book_parts import blocks, by, missing, percent, result, spread, table
from matrix import FLAGSHIP, IDEAS, PEERS, flagships
from recipes import relation_recipe, single

from relatome.recipes import Combination, Recipe, load_recipe, shipped

Results = dict[str, dict[str, Any]]

_NOTES = {
    "ddi": "DDI 2013: complete; a tenth of the training abstracts is held out as dev, the same for "
    "all recipes that read the corpus itself, and for all that read it in the terms of the pool "
    "(`-document-`; there sentences are documents and all drugs are chemicals). The test "
    "relations are the same.",
    "biorex": "BioREx alone: no target label has been learnt, so the target's test split is judged "
    "in the pool's labels (protocol `relations`).",
    "chemprot": "ChemProt: complete. The `-minilm` recipes ask about pairs within a sentence only: "
    "relations across sentences are out of their reach and count as missed. A tenth of the "
    "training abstracts is held out as dev.",
    "drugprot": "DrugProt: the texts of 1,989 of the 3,500 training documents are at hand, and the "
    "test annotation is not public. Ours hold out a tenth of these as dev and are judged on the "
    "official dev; the papers chose their checkpoints on that split.",
    "biored": "BioRED: complete. See the card of relatome-small for the shipped weights.",
}
_HEADER = ("recipe", "protocol", "seeds", "dev", "test", "test, macro", "published")
# Beside the peers, on the same encoder, documents and protocol.
_OURS = (FLAGSHIP, f"{FLAGSHIP}-pool", "c-baseline-minilm")


def recipes(measured: list[dict[str, Any]], ideas: list[dict[str, Any]]) -> str:
    """The flagship with its ablations, every corpus, and what single ideas are worth."""
    rows = {row["recipe"]: row for row in measured}
    names = (*shipped(), *shipped("combinations"))
    others = [relation_recipe(n) for n in names if n in rows and not n.startswith(FLAGSHIP)]
    corpora = groupby(sorted(others, key=lambda r: (_corpus(r), r.name)), key=_corpus)
    return blocks(
        _flagship(rows, ideas),
        *(_section(corpus, list(group), rows) for corpus, group in corpora),
        _ideas(ideas),
    )


def _flagship(rows: Results, ideas: list[dict[str, Any]]) -> str:
    """The recipes of that name, and what each differs from another in."""
    named = flagships()
    there = [recipe for recipe in named if recipe.name in rows]
    lacking = [recipe for recipe in named if recipe.name not in rows]
    parts = [
        "### The flagship",
        "\n".join(f"- `{recipe.name}`: {recipe.title}." for recipe in named),
    ]
    if there:
        parts += [_table(there, rows), by(*(rows[recipe.name]["command"] for recipe in there))]
    parts += [missing(_measure(recipe.name), f"`{recipe.name}`") for recipe in lacking]
    parts.append(_teachers(result("teachers")))
    measured = {(idea["without"], idea["with"]): idea for idea in ideas}
    ablations = [pair for pair in IDEAS if any(name.startswith(FLAGSHIP) for name in pair)]
    if ablations:
        gains = [measured[pair] for pair in ablations if pair in measured]
        parts += [
            "What its parts are worth, as points of test F1 that the second recipe of a row gains:",
            _gains(gains) if gains else "",
            *(
                missing(_compare(*pair), f"`{pair[1]}` over `{pair[0]}`")
                for pair in ablations
                if pair not in measured
            ),
        ]
    return blocks(*parts)


def _teachers(study: dict[str, Any] | None) -> str:
    """How the flagship's teachers were chosen."""
    if study is None:
        return missing("python benchmarks/teachers.py", "Which models teach")
    chosen = sorted(study["sets"], key=lambda row: -row["f1"]["all"])
    scores = list(chosen[0]["f1"])
    cells = []
    for row in chosen:
        members = ", ".join(f"`{name}`" for name in row["members"])
        cells.append([members, *(percent(row["f1"][score]) for score in scores)])
    return blocks(
        f"Which models teach was chosen on dev (`{study['protocol']}`), where sets of them answer "
        "by the mean of their probabilities; single models' thresholds were fitted there.",
        table(("answering together, on dev", *scores), cells),
        by(study["command"]),
    )


def _measure(name: str) -> str:
    return f"python benchmarks/recipes.py {name} --seeds 13,14,15"


def _compare(without: str, with_: str) -> str:
    return f"python benchmarks/recipes.py --compare {without} {with_} --seeds 13,14,15"


def _corpus(recipe: Recipe | Combination) -> str:
    """The corpus a recipe is judged on, be it by itself or as the target of a pool."""
    return single(recipe).schema.removeprefix("biorex-")


def _section(corpus: str, group: Sequence[Recipe | Combination], rows: Results) -> str:
    commands = [rows[recipe.name]["command"] for recipe in group]
    return blocks(f"### {corpus}", _NOTES.get(corpus, ""), _table(group, rows), by(*commands))


def _table(group: Sequence[Recipe | Combination], rows: Results) -> str:
    return table(_HEADER, [_row(recipe, rows[recipe.name]) for recipe in group])


def _row(recipe: Recipe | Combination, row: dict[str, Any]) -> list[str]:
    score = row["primary"]
    published = "; ".join(
        f"{source.scores[score]:.1f} {source.source} ({source.note})"
        for source in recipe.published
        if score in source.scores
    )
    # The members of a combination by folds were selected on documents of their own.
    dev = percent(row["mean"]["dev"][score]) if row["mean"]["dev"] else "–"
    macro = [seed["test"]["macro_f1"].get(score) for seed in row["seeds"]]
    return [
        f"`{recipe.name}`",
        f"`{row['protocol']}`, {score}",
        str(len(row["seeds"])),
        dev,
        spread(row, score),
        "–" if None in macro else percent(statistics.mean(macro)),
        published or "–",
    ]


def _ideas(ideas: list[dict[str, Any]]) -> str:
    told = [
        idea
        for idea in ideas
        if (idea["without"], idea["with"]) in IDEAS
        and not any(idea[key].startswith(FLAGSHIP) for key in ("with", "without"))
    ]
    if not told:
        return ""
    return blocks(
        "### What an idea is worth",
        "The second recipe of a row differs from the first in the idea alone. Points of test F1 it "
        "gains, seed by seed, with the 95 % interval over resampled documents.",
        _gains(told),
        by(*(idea["command"] for idea in told)),
    )


def _gains(ideas: Sequence[dict[str, Any]]) -> str:
    rows = []
    for idea in ideas:
        seeds = "; ".join(
            f"{100 * seed['difference']:+.1f} ({100 * seed['interval_95'][0]:+.1f} to "
            f"{100 * seed['interval_95'][1]:+.1f})"
            for seed in idea["seeds"]
        )
        judged = f"`{idea['protocol']}`, {idea['score']}"
        mean = f"{100 * idea['mean']:+.1f}"
        rows.append([f"`{idea['with']}`", f"`{idea['without']}`", judged, seeds, mean])
    return table(("with", "without", "score", "gain per seed", "mean"), rows)


def peers(measured: list[dict[str, Any]], ideas: list[dict[str, Any]]) -> str:
    """Published kinds of system and ours on one encoder, one training split, one protocol."""
    rows = {row["recipe"]: row for row in measured}
    known = shipped()
    names = [*(name for name in _OURS if name in known), *(peer for peer, _ in PEERS)]
    there = [name for name in names if name in rows]
    scores = list(rows[there[0]]["mean"]["test"]) if there else []
    cells = [
        [f"`{name}`", str(len(rows[name]["seeds"])), *(spread(rows[name], s) for s in scores)]
        for name in there
    ]
    published = [
        f"- `{recipe.name}`, elsewhere: "
        + "; ".join(
            f"{', '.join(f'{n} {v:.1f}' for n, v in source.scores.items())} under "
            f"`{source.protocol}`, {source.source} ({source.note})"
            for source in recipe.published
        )
        + "."
        for recipe in map(load_recipe, names)
        if recipe.published
    ]
    gains = [idea for idea in ideas if (idea["without"], idea["with"]) in PEERS]
    return blocks(
        "The same encoder (`minilm-pubmed`), BioRED and protocol `biored-8`, test F1. The flagship "
        "learns from further corpora too.",
        "\n".join(f"- `{name}`: {load_recipe(name).title}." for name in names),
        table(("recipe", "seeds", *scores), cells) if cells else "",
        *(missing(_measure(name), f"`{name}`") for name in names if name not in rows),
        "\n".join(published),
        _gains(gains) if gains else "",
        by(*(rows[name]["command"] for name in there)) if there else "",
    )
