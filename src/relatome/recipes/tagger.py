"""Recipes for training an entity tagger on corpora that annotate different types."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from relatome.encode import DocumentEncoding
from relatome.recipes.recipe import Encoder, Fraction, Optimization, Section, read_toml


class Source(Section, frozen=True):
    """Documents whose mentions of some types are annotated.

    What is no mention of one of its types is a negative for these types, and unknown for all
    others.

    Attributes:
        documents: a split as ``corpus:split``, or a file in the folder of annotated text, which is
            given when the tagger is trained.
        types: the types that are annotated throughout, each with the names the source has for it
            besides.
        unsure: likewise for mentions that may or may not be of the type: neither positive nor
            negative.
        share: the share of the documents that an epoch reads, drawn anew for each.
    """

    documents: str
    types: Annotated[dict[str, list[str]], Meta(min_length=1)]
    unsure: dict[str, list[str]] = msgspec.field(default_factory=dict)
    share: Annotated[float, Meta(gt=0, le=1)] = 1.0

    @property
    def is_split(self) -> bool:
        """Whether it names a split of a corpus, and not a file."""
        return ":" in self.documents


class TaggerRecipe(Section, frozen=True):
    """Everything that decides the outcome of training a tagger.

    Attributes:
        name: of the recipe.
        title: what it is, in a line.
        types: the entity types to find.
        dev: the split to select the epoch on.
        test: the split that results are reported on; training never reads it.
        encoder: what to begin with; an adaptation, too.
        encoding: how documents are cut into windows.
        dropout: of token vectors.
        training: how the weights are learnt.
        sources: what to learn from.
    """

    name: str
    title: str
    types: Annotated[list[str], Meta(min_length=1)]
    dev: str
    test: str
    encoder: Encoder
    encoding: DocumentEncoding
    dropout: Fraction
    training: Optimization
    sources: Annotated[list[Source], Meta(min_length=1)]

    def __post_init__(self) -> None:
        for source in self.sources:
            for name in (*source.types, *source.unsure):
                if name not in self.types:
                    raise ValueError(f"{source.documents}: {name} is none of the types")


def load_tagger(name: str, overrides: tuple[str, ...] = ()) -> TaggerRecipe:
    """Read a tagger's recipe by shipped name or path; errors as for `load_recipe`."""
    return read_toml(name, overrides, TaggerRecipe)
