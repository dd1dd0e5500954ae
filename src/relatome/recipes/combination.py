"""A recipe of several runs that answer together: seeds, folds, and which of them says what."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from relatome.recipes.recipe import (
    Count,
    Published,
    Section,
    read_toml,
)


class Group(Section, frozen=True):
    """Runs of one recipe, each with one vote.

    Attributes:
        recipe: the name of the recipe of a single run, or the path of its TOML file.
        seeds: so many runs; their seeds follow one another from the recipe's own on.
        best: keep so many of them, those that score best on dev; 0: all.
        folds: instead of seeds, so many runs, each of which holds out another part of the training
            and dev documents together to select on (paper C, section on ensembles); 0: none.
    """

    recipe: str
    seeds: Count = 1
    best: Annotated[int, Meta(ge=0)] = 0
    folds: Annotated[int, Meta(ge=0)] = 0

    def __post_init__(self) -> None:
        if self.folds == 1:
            raise ValueError("one fold would leave nothing to learn from")
        if self.folds and (self.seeds > 1 or self.best):
            raise ValueError("a group has folds or seeds, not both")
        if self.best > self.seeds:
            raise ValueError(f"{self.seeds} seeds have no {self.best} best")


class Combination(Section, frozen=True):
    """Runs of several recipes and one answer of them all.

    Attributes:
        name: of the combination.
        title: what it is, in a line.
        test: the split that results are reported on; training never reads it.
        rule: the scoring rule.
        vote: ``majority``, the hard vote of `relatome.data.vote`, or ``mean``, the mean of class
            probabilities.
        relation: the runs that say which relations there are.
        novelty: the runs that say which of these are new; if there are none, those of `relation`.
        tagged: whether entities are to come from a tagger such as PubTator, so that predictions are
            made on a file of tagged documents.
        published: figures of a paper to stand beside ours.
    """

    name: str
    title: str
    test: str
    rule: str
    vote: Literal["majority", "mean"]
    relation: Annotated[list[Group], Meta(min_length=1)]
    tagged: bool = False
    novelty: list[Group] = msgspec.field(default_factory=list)
    published: list[Published] = msgspec.field(default_factory=list)


def load_combination(name: str, overrides: tuple[str, ...] = ()) -> Combination:
    """Read a combination by shipped name or by path; arguments and errors as for `load_recipe`."""
    return read_toml(name, overrides, Combination)
