"""A sweep: recipes carried out with every combination of some values, by several seeds each."""

from relatome.training.sweep.grid import Axis, read_axis, read_seeds
from relatome.training.sweep.plan import Plan, plan
from relatome.training.sweep.summary import spreads
from relatome.training.sweep.units import carry_out_units

__all__ = [
    "Axis",
    "Plan",
    "carry_out_units",
    "plan",
    "read_axis",
    "read_seeds",
    "spreads",
]
