"""Starting from the weights of a model that was trained for something else (paper A, 2.4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch

from relatome.encode import Settings, Tokenizer, type_classes
from relatome.encode.mention_tags import TAGS
from relatome.models import DocumentPairs, RelationModel, TypedEncoder


class Trained(NamedTuple):
    """A model with what is needed to read its weights."""

    model: RelationModel
    tokenizer: Tokenizer
    settings: Settings


@torch.no_grad()
def transfer(source: Trained, target: Trained) -> list[str]:
    """Copy into `target` every weight of `source` that means the same there.

    Rows that stand for something with a name (a word piece or marker, a label, an entity type, a
    tag of one, a pair of types) are copied by that name, all others where name and shape agree. So
    a label, type or marker that only the target has keeps its fresh row.

    Returns:
        the parameters of which nothing was copied.
    """
    theirs = dict(source.model.named_parameters())
    their_rows, our_rows = _named_rows(source), _named_rows(target)
    fresh = []
    for name, ours in target.model.named_parameters():
        if name not in theirs:
            fresh.append(name)
            continue
        if name in our_rows:
            index = {row: i for i, row in enumerate(their_rows[name])}
            shared = [(i, index[row]) for i, row in enumerate(our_rows[name]) if row in index]
            if not shared or ours.shape[1:] != theirs[name].shape[1:]:
                fresh.append(name)
                continue
            into, out_of = (list(rows) for rows in zip(*shared, strict=True))
            ours[into] = theirs[name][out_of]
        elif ours.shape == theirs[name].shape:
            ours.copy_(theirs[name])
        else:
            fresh.append(name)
    return fresh


def _named_rows(trained: Trained) -> dict[str, Sequence[object]]:
    """What the rows of a parameter stand for, by the parameter's name."""
    model, tokenizer, settings = trained
    schema = settings.schema
    classes = ("", *schema.labels)
    rules = [(rule.head, rule.tail) for rule in schema.pairs]
    tags_of_types = [(name, tag) for name in schema.entity_types for tag in range(TAGS)]
    named: dict[str, Sequence[object]] = {
        # of one layer, or the last of two
        "relation.classify.weight": classes,
        "relation.classify.bias": classes,
        "relation.classify.2.weight": classes,
        "relation.classify.2.bias": classes,
        "pair_typing.classify.weight": rules,
        "pair_typing.classify.bias": rules,
        "typing.classify.weight": type_classes(schema),
        "typing.classify.bias": type_classes(schema),
        "tagging.classify.weight": tags_of_types,
        "tagging.classify.bias": tags_of_types,
    }
    if isinstance(model.pairs, DocumentPairs):
        named[f"pairs.features.{len(model.pairs.features) - 1}.weight"] = rules
    if isinstance(model.encoder, TypedEncoder):
        tags = [(name, part) for name in schema.entity_types for part in ("begin", "inside")]
        named["encoder.type_embeddings.weight"] = ["", *tags]
    words = model.encoder.backbone.get_input_embeddings().weight
    name = next(name for name, value in model.named_parameters() if value is words)
    # A spare row, which stands for no piece, goes to the spare row of its number.
    named[name] = [tokenizer.token(index) or index for index in range(len(words))]
    return named
