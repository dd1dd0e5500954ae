"""A pool for one corpus that keeps its own labels, to learn from it and from the others at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from relatome.corpora.pool.source import Pool, PoolSource, Role, Target
from relatome.data import PairRule, Schema


def towards(
    pool: Pool,
    source: PoolSource,
    task: Schema,
    train: Sequence[str],
    splits: Mapping[str, Role],
) -> Pool:
    """The pool for a target, called ``POOL-TARGET``.

    Its schema is that of the pool with the target's labels, legal for the pairs of types that the
    target has them for; labels of the same name are the same. It is judged as the target is.

    Args:
        pool: the pool; if the target is one of its sources, the others remain.
        source: how documents of the target become the pool's. Of its labels only those that the
            task has not, such as DDI's interactions without type, become what they are there.
        task: the target's own schema.
        train: the target's splits to learn from.
        splits: its splits for selection and testing, and which of the two each is for.
    """
    labels = source.labels | {label: label for label in task.labels}
    target = msgspec.structs.replace(source, train=tuple(train), labels=labels, keeps_labels=True)
    return msgspec.structs.replace(
        pool,
        name=f"{pool.name}-{source.name}",
        title=f"{pool.title}; for {task.prompt_word}, which keeps its own labels",
        schema=_merged(pool.schema, source, task),
        sources=tuple(other for other in pool.sources if other.name != source.name),
        target=Target(target, dict(splits)),
    )


def _merged(schema: Schema, source: PoolSource, task: Schema) -> Schema:
    legal = {
        (schema.pair_rule(source.types[rule.head], source.types[rule.tail]), label)
        for rule in task.pairs
        for label in rule.labels
    }

    def rule(pair: PairRule) -> PairRule:
        own = (label for label in task.labels if (pair, label) in legal)
        return PairRule(pair.head, pair.tail, tuple(dict.fromkeys((*pair.labels, *own))))

    return msgspec.structs.replace(
        schema,
        name=f"{schema.name}-{source.name}",
        labels=tuple(dict.fromkeys((*schema.labels, *task.labels))),
        pairs=tuple(map(rule, schema.pairs)),
        multi_label=task.multi_label,
        prompt_word=task.prompt_word,
        rule=task.rule,
    )
