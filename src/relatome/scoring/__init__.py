"""Official scores: one rule per file, the counting shared.

`score` compares predicted documents with annotated ones under a rule from `RULES`.
"""

from relatome.scoring.counts import Counts
from relatome.scoring.registry import RULES, find_rule
from relatome.scoring.result import Result
from relatome.scoring.rule import Items, Judgement, Rule
from relatome.scoring.scorer import score

__all__ = [
    "RULES",
    "Counts",
    "Items",
    "Judgement",
    "Result",
    "Rule",
    "find_rule",
    "score",
]
