"""The scoring rules by name."""

from __future__ import annotations

from relatome.errors import UNKNOWN_RULE, UsageError
from relatome.scoring.bc5cdr import BC5CDR_CID, BC5CDR_CID_SCRIPT
from relatome.scoring.biored import BC8, BIORED_5, BIORED_8
from relatome.scoring.biored_direction import BIORED_DIRECTION
from relatome.scoring.chemprot import CHEMPROT
from relatome.scoring.ddi import DDI_2013
from relatome.scoring.drugprot import DRUGPROT, DRUGPROT_SCRIPT
from relatome.scoring.ppi import INTERACTION
from relatome.scoring.relations import RELATIONS, RELATIONS_ORDERED
from relatome.scoring.rule import Rule

_ALL: tuple[Rule, ...] = (
    BIORED_8,
    BIORED_5,
    BC8,
    BIORED_DIRECTION,
    DRUGPROT,
    DRUGPROT_SCRIPT,
    CHEMPROT,
    DDI_2013,
    BC5CDR_CID,
    BC5CDR_CID_SCRIPT,
    INTERACTION,
    RELATIONS,
    RELATIONS_ORDERED,
)
RULES: dict[str, Rule] = {rule.name: rule for rule in _ALL}


def find_rule(name: str) -> Rule:
    """The rule called `name`.

    Raises:
        UsageError: if there is none, with the names there are.
    """
    if name not in RULES:
        raise UsageError(UNKNOWN_RULE, rule=name, known=", ".join(RULES))
    return RULES[name]
