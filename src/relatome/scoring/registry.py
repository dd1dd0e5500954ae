"""The scoring rules by name."""

from __future__ import annotations

from relatome.errors import UNKNOWN_RULE, UsageError
from relatome.scoring.biored import BC8, BIORED_5, BIORED_8
from relatome.scoring.rule import Rule

RULES: dict[str, Rule] = {rule.name: rule for rule in (BIORED_8, BIORED_5, BC8)}


def find_rule(name: str) -> Rule:
    """The rule called `name`.

    Raises:
        UsageError: if there is none, with the names there are.
    """
    if name not in RULES:
        raise UsageError(UNKNOWN_RULE, rule=name, known=", ".join(RULES))
    return RULES[name]
