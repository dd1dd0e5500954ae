"""Plans, and what is written when they are carried out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import tomli_w

from relatome.recipes import load_recipe, to_plain
from relatome.training.sweep import Axis, Plan, carry_out_units, plan


def two_by_two(recipe: str) -> Plan:
    return plan([recipe], [], [Axis("losses.focal.gamma", ("0", "2"))], [13, 14])


def done(folder: Path, swept: Plan, *, resume: bool = False) -> dict[str, Any]:
    """Carry out all units, and what is written then."""
    for step in carry_out_units(swept, folder, resume=resume):
        assert step.error == ""
    return read(folder)


def read(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "sweep.json").read_text("utf-8"))
    return found


def another(recipe: str, name: str, *overrides: str, start: str = "") -> str:
    """The path of a recipe like another, of a name of its own."""
    changed = to_plain(load_recipe(recipe, (f"name={name}", f"start={start}", *overrides)))
    path = Path(recipe).with_name(f"{name}.toml")
    path.write_text(tomli_w.dumps(changed))
    return str(path)
