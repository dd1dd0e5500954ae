"""Pools: one training corpus made of several, with their labels, types and negatives in accord."""

from relatome.corpora.pool.biorex import BIOREX
from relatome.corpora.pool.source import Negatives, Pool, PoolSource

POOLS: dict[str, Pool] = {pool.name: pool for pool in (BIOREX,)}

__all__ = ["BIOREX", "POOLS", "Negatives", "Pool", "PoolSource"]
