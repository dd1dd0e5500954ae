"""Measures the matrix of recipes and seeds, the most informative first, as far as time allows.

    python benchmarks/matrix.py [--minutes 9] [--runs DIR] [--corpora DIR] [--results DIR] [--list]

Every recipe with its first seed, then every recipe with its second, and so on. After each run its
results are written, so whenever this stops they are those of the runs that are finished; the same
command goes on, inside a run at its last checkpoint. What cannot be measured here, for want of a
corpus or an encoder, is told and passed over. ``make gpu-results`` calls it in slices.
"""

from __future__ import annotations

import argparse
import logging
import signal
from pathlib import Path
from types import FrameType

from common import RESULTS
from recipes import SEEDS, compared, measured, relation_recipe, run_folder, single

from relatome.errors import RelatomeError
from relatome.recipes import Combination, Recipe, shipped
from relatome.training.folder import RESULTS_FILE

# The variants sized for a small encoder, which can be measured where there is no model hub. Those
# of the flagship stand before them, see `recipes_in_order`.
RECIPES = (
    "peer-atlop-minilm",
    "peer-biorex-minilm",
    "c-baseline-minilm",
    "c-coreference-minilm",
    "c-pair-typing-minilm",
    "c-adversarial-minilm",
    "c-joint-minilm",
    "d-baseline-minilm",
    "d-embre-minilm",
    "cd-minilm",
    "anchored-minilm",
    "a-ddi-target-document-minilm",
    "a-ddi-train-document-minilm",
    "a-ddi-staged-document-minilm",
    "a-ddi-source-document-minilm",
    "a-ddi-target-minilm",
    "a-ddi-target-cross-entropy-minilm",
    "a-ddi-target-no-prompt-minilm",
    "a-bc5cdr-target-document-minilm",
    "a-bc5cdr-train-document-minilm",
    "a-bc5cdr-staged-document-minilm",
    "a-bc5cdr-source-document-minilm",
    "a-drugprot-target-document-minilm",
    "a-drugprot-train-document-minilm",
    "a-drugprot-staged-document-minilm",
    "a-drugprot-source-document-minilm",
    "b-chemprot-baseline-minilm",
    "b-chemprot-attention-minilm",
    "b-chemprot-multitask-minilm",
    "b-chemprot-fgemr-minilm",
    "b-chemprot-cross-entropy-minilm",
    "b-drugprot-baseline-minilm",
    "b-chemprot-ensemble-minilm",
    "c-folds-minilm",
    "cd-folds-minilm",
)
FLAGSHIP = "flagship"
# What each idea is measured against: (without, with).
IDEAS = (
    ("a-ddi-target-document-minilm", "a-ddi-train-document-minilm"),
    ("a-ddi-target-no-prompt-minilm", "a-ddi-target-minilm"),
    ("a-ddi-target-cross-entropy-minilm", "a-ddi-target-minilm"),
    ("b-chemprot-cross-entropy-minilm", "b-chemprot-baseline-minilm"),
    ("b-chemprot-baseline-minilm", "b-chemprot-attention-minilm"),
    ("b-chemprot-baseline-minilm", "b-chemprot-multitask-minilm"),
    ("b-chemprot-baseline-minilm", "b-chemprot-fgemr-minilm"),
    ("b-chemprot-baseline-minilm", "b-chemprot-ensemble-minilm"),
    ("a-ddi-target-document-minilm", "a-ddi-staged-document-minilm"),
    ("a-bc5cdr-target-document-minilm", "a-bc5cdr-train-document-minilm"),
    ("a-bc5cdr-target-document-minilm", "a-bc5cdr-staged-document-minilm"),
    ("a-drugprot-target-document-minilm", "a-drugprot-train-document-minilm"),
    ("a-drugprot-target-document-minilm", "a-drugprot-staged-document-minilm"),
    ("c-baseline-minilm", "c-coreference-minilm"),
    ("c-baseline-minilm", "c-pair-typing-minilm"),
    ("c-baseline-minilm", "c-adversarial-minilm"),
    ("c-baseline-minilm", "c-joint-minilm"),
    ("c-baseline-minilm", "c-folds-minilm"),
    ("d-baseline-minilm", "d-embre-minilm"),
    ("c-baseline-minilm", "cd-minilm"),
    ("c-baseline-minilm", "anchored-minilm"),
    ("cd-minilm", "cd-folds-minilm"),
    ("c-baseline-minilm", "flagship"),
    ("c-joint-minilm", "flagship"),
    ("flagship-without-teacher", "flagship"),
    ("flagship-without-documents", "flagship"),
    ("flagship-without-tasks", "flagship"),
    ("flagship-ensemble-without-pool", "flagship-ensemble"),
    ("flagship-ensemble-without-joint", "flagship-ensemble"),
    ("flagship-ensemble-without-anchored", "flagship-ensemble"),
    ("flagship-ensemble", "flagship"),
)
# Systems of others and what stands against them; they differ in more than one idea.
PEERS = (
    ("peer-atlop-minilm", FLAGSHIP),
    ("peer-biorex-minilm", FLAGSHIP),
)


class _TimeIsUpError(BaseException):
    """The slice is over; what is running goes on in the next. No handler of errors catches it."""


def main() -> None:
    """Measure until everything is measured or time is up."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--minutes", type=float, help="stop after this long")
    parser.add_argument("--runs", type=Path, default=Path("runs"))
    parser.add_argument("--corpora", type=Path)
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--list", action="store_true", help="only say what is left to do")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    left = [
        (name, seed)
        for seed in SEEDS
        for name in recipes_in_order()
        # The members of a combination have seeds of their own.
        if seed == SEEDS[0] or isinstance(relation_recipe(name), Recipe)
        if not (run_folder(name, seed, options.runs) / RESULTS_FILE).is_file()
    ]
    print(f"{len(left)} runs left to do")
    if options.list:
        for name, seed in left:
            print(f"  {name}, seed {seed}")
        return
    if options.minutes:
        signal.signal(signal.SIGALRM, _stop)
        signal.alarm(max(1, round(60 * options.minutes)))
    try:
        for name, seed in left:
            try:
                measure(name, seed, options.runs, options.corpora, options.results)
            except RelatomeError as error:
                print(f"Not measured: {name}, seed {seed}: {error}")
    except _TimeIsUpError:
        print("Time is up; the same command goes on from here.")


def recipes_in_order() -> tuple[str, ...]:
    """What the matrix measures: the flagship, its teacher before it, its ablations, the rest.

    The flagship's recipes are those of that name on a small encoder.
    """
    small = [
        recipe.name for recipe in flagships() if "minilm" in single(recipe).encoder.name.lower()
    ]
    small.sort(key=lambda name: (name != f"{FLAGSHIP}-ensemble", name != FLAGSHIP, name))
    return (*small, *RECIPES)


def flagships() -> list[Recipe | Combination]:
    """Everything of the flagship: it, its parts, and what it is measured against."""
    names = (*shipped(), *shipped("combinations"))
    return [relation_recipe(name) for name in names if name.startswith(FLAGSHIP)]


def measure(name: str, seed: int, runs: Path, corpora: Path | None, results: Path) -> None:
    """Carry out one run, and bring up to date every result that it is a part of."""
    seeds = sorted({*_finished(name, runs), seed})
    measured(relation_recipe(name), seeds, runs, corpora, results)
    for without, with_ in (*IDEAS, *PEERS):
        both = sorted(set(_finished(without, runs)) & set(_finished(with_, runs)))
        if name in (without, with_) and both:
            pair = relation_recipe(without), relation_recipe(with_)
            compared(*pair, both, runs, corpora, results)


def _finished(name: str, runs: Path) -> list[int]:
    return [seed for seed in SEEDS if (run_folder(name, seed, runs) / RESULTS_FILE).is_file()]


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise _TimeIsUpError


if __name__ == "__main__":
    main()
