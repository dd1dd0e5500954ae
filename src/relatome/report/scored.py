"""An answer with everything the page says of its relations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from relatome.data import Document
from relatome.errors import REPORT_RULE, UsageError
from relatome.report.judged import Judged, judge
from relatome.report.outcomes import Outcome, outcomes
from relatome.scoring import Result, Rule, find_rule, score
from relatome.scoring.rule import CrossDocumentRule

_TYPED = "pair+type"


class Scored(NamedTuple):
    """One answer judged by the rule of its corpus.

    Attributes:
        name: whose it is.
        result: the official score.
        script: the same under the rule that counts as the organisers' program, if that differs.
        documents: annotation and prediction, relation by relation.
        primary: what became of each relation under the rule's main score.
        typed: the same under the score that asks for entities and type alone, if there is one; else
            under the main score.
        typed_score: the name of that score.
    """

    name: str
    result: Result
    script: Result | None
    documents: list[Judged]
    primary: list[Outcome]
    typed: list[Outcome]
    typed_score: str


def scored(
    name: str, gold: Sequence[Document], predicted: Sequence[Document], rule: Rule
) -> Scored:
    """Score an answer; predicted documents that the gold does not have are left out.

    Raises:
        UsageError: if the rule moves items between documents, so that they have no relation.
        InputError: as `relatome.scoring.score`.
    """
    if isinstance(rule, CrossDocumentRule):
        raise UsageError(REPORT_RULE, rule=rule.name, instead=rule.name.removesuffix("-script"))
    documents = judge(gold, predicted, rule)
    script, typed = rule.script, _TYPED if _TYPED in rule.scores else rule.primary
    primary = outcomes(documents, rule.primary)
    return Scored(
        name,
        score(gold, predicted, rule, extra="ignore"),
        None if script is None else score(gold, predicted, find_rule(script), extra="ignore"),
        documents,
        primary,
        primary if typed == rule.primary else outcomes(documents, typed),
        typed,
    )
