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


_BIORED = ("pair", "pair+type", "pair+novelty", "all")
_DIRECTED = (*_BIORED[:3], "pair+type+novelty", "pair+type+direction", "all")
_BY_LABEL = {"label": ("pair+type",)}
_BY_BOTH = {"label": ("pair+type",), "type pair": ("pair", "pair+type")}
_OF_BIORED = {"label": ("pair+type",), "type pair": ("pair", "pair+type", "all")}
_OF_DIRECTED = {
    "label": ("pair+type+direction",),
    "type pair": ("pair", "pair+type+direction", "all"),
}

# Scores, the primary one, breakdowns, documents that the gold lacks, the organisers' program.
PROTOCOLS = {
    "biored-8": (_BIORED, "all", _OF_BIORED, "refuse", None),
    "biored-5": (_BIORED, "all", _OF_BIORED, "refuse", None),
    "bc8": (_BIORED, "all", _OF_BIORED, "refuse", None),
    "biored-direction": (_DIRECTED, "all", _OF_DIRECTED, "refuse", None),
    "drugprot": (("pair+type",), "pair+type", _BY_LABEL, "ignore", "drugprot-script"),
    "drugprot-script": (("pair+type",), "pair+type", _BY_LABEL, "ignore", None),
    "chemprot": (("pair+type",), "pair+type", _BY_LABEL, "refuse", None),
    "ddi": (("pair", "pair+type"), "pair+type", _BY_LABEL, "refuse", None),
    "bc5cdr-cid": (("pair",), "pair", {}, "refuse", "bc5cdr-cid-script"),
    "bc5cdr-cid-script": (("pair",), "pair", {}, "refuse", None),
    "ppi": (("pair",), "pair", {}, "refuse", None),
    "relations": (("pair", "pair+type"), "pair+type", _BY_BOTH, "refuse", None),
    "relations-ordered": (("pair", "pair+type"), "pair+type", _BY_BOTH, "refuse", None),
}


def test_the_protocols() -> None:
    assert {
        name: (rule.scores, rule.primary, rule.breakdowns, rule.extra, rule.script)
        for name, rule in RULES.items()
    } == PROTOCOLS
    assert list(RULES) == list(PROTOCOLS)


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
