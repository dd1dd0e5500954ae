"""Pools: one training corpus made of several, with their labels, types and negatives in accord."""

from __future__ import annotations

from collections.abc import Sequence

from relatome.corpora.pool.biorex import BIOREX, BIOREX_TARGETS
from relatome.corpora.pool.source import Negatives, Pool, PoolSource, Target
from relatome.errors import SEVERAL_TARGETS, UNKNOWN_POOL, UNKNOWN_TARGET, UsageError

POOLS: dict[str, Pool] = {pool.name: pool for pool in (BIOREX, *BIOREX_TARGETS)}

__all__ = ["BIOREX", "POOLS", "Negatives", "Pool", "PoolSource", "Target", "find_pool"]


def find_pool(name: str, targets: Sequence[str] = ()) -> Pool:
    """The pool of that name, for a target if one is named.

    Args:
        name: a name of `POOLS`.
        targets: the corpus that keeps its own labels; one at most. With it ``biorex`` is
            ``biorex-ddi``, say.

    Raises:
        UsageError: if there is no such pool or target, or several targets are named.
    """
    pool = POOLS.get(name.lower())
    if pool is None:
        raise UsageError(UNKNOWN_POOL, name=name, known=", ".join(POOLS))
    own = () if pool.target is None else (pool.target.source.name,)
    named = tuple(dict.fromkeys((*own, *(target.lower() for target in targets))))
    if len(named) > 1:
        raise UsageError(SEVERAL_TARGETS, names=" and ".join(named))
    if named == own:
        return pool
    for_target = {
        each.target.source.name: each
        for each in POOLS.values()
        if each.target is not None and each.name == f"{pool.name}-{each.target.source.name}"
    }
    if named[0] not in for_target:
        known = ", ".join(for_target) or "none"
        raise UsageError(UNKNOWN_TARGET, pool=pool.name, name=named[0], known=known)
    return for_target[named[0]]
