"""What every registered rule must keep, whichever corpus it is for."""

from __future__ import annotations

import pytest

from relatome.data.schemas import SCHEMAS
from relatome.scoring import RULES, Rule, score

from .build import document


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_describes_itself(rule: Rule) -> None:
    assert RULES[rule.name] is rule
    assert rule.about
    assert "\n" not in rule.about
    assert rule.primary in rule.scores
    for scores in rule.breakdowns.values():
        assert set(scores) <= set(rule.scores)
    if rule.script is not None:
        program = RULES[rule.script]
        assert program.script is None
        assert program.scores == rule.scores


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_judges_a_document_without_relations(rule: Rule) -> None:
    empty = document("1")
    judgement = rule.judge(empty, empty)
    assert set(judgement.gold) == set(judgement.predicted) == set(rule.scores)
    assert not any(judgement.gold.values())
    assert not judgement.notes
    assert score([empty], [empty], rule).rule == rule.name


def test_every_schema_names_a_registered_rule() -> None:
    assert {schema.rule for schema in SCHEMAS.values()} <= set(RULES)
