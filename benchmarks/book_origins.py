"""Section of the book of results: machines, versions, seeds, data, commands, and what lacks."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from book_parts import COMMANDS, blocks, result, table
from common import RESULTS
from matrix import recipes_in_order
from recipes import relation_recipe, single

from relatome.recipes import Combination, load_any, shipped

_MATRIX = "make gpu-results"


def origins(measured: list[dict[str, Any]], ideas: list[dict[str, Any]]) -> str:
    """Where every figure comes from, and what could not be measured."""
    others = {
        path.stem: found
        for path in sorted(RESULTS.glob("*.json"))
        if (found := result(path.stem)) is not None
    }
    every = [*measured, *ideas, *others.values()]
    return blocks(
        _machines(every),
        "### Commands",
        "The code is the version with the commit; `-dirty`: files had been changed since.",
        table(
            ("result", "command", "code", "seeds"),
            [
                *(
                    [f"recipes/{row['recipe']}", f"`{row['command']}`", row["code"], _seeds(row)]
                    for row in measured
                ),
                *(
                    [
                        f"ideas/{row['without']}--{row['with']}",
                        f"`{row['command']}`",
                        row["code"],
                        _seeds(row),
                    ]
                    for row in ideas
                ),
                *(
                    [
                        name,
                        f"`{row.get('command', f'python benchmarks/{name}.py')}`",
                        row["code"],
                        "–",
                    ]
                    for name, row in others.items()
                ),
            ],
        ),
        "### Data",
        "SHA-256 of the documents as read.",
        table(
            ("documents", "SHA-256"),
            [[name, f"`{value}`"] for name, value in sorted(set(_hashes(every)))],
        ),
        "### Not measured here",
        _lacking({row["recipe"] for row in measured}),
    )


def _seeds(row: dict[str, Any]) -> str:
    return ", ".join(str(seed["seed"]) for seed in row["seeds"])


def _machines(results: list[dict[str, Any]]) -> str:
    """Every machine that something was measured on, with what was installed."""
    told = (machine for found in results for machine in _described(found))
    counts = Counter(json.dumps(machine, sort_keys=True) for machine in told)
    lines = []
    for text, count in sorted(counts.items()):
        machine = json.loads(text)
        libraries = ", ".join(f"{name} {v}" for name, v in machine["libraries"].items())
        lines.append(
            f"- {machine['processor']}, {machine['cores']} cores, {machine['memory_gib']} GiB, "
            f"accelerator: {machine['accelerator']}; Python {machine['python']}, {libraries} "
            f"({count} results)"
        )
    return blocks("### Machines", "\n".join(lines))


def _described(found: Any) -> Iterator[dict[str, Any]]:
    """The machines that a result names, as a whole or run by run."""
    if isinstance(found, list):
        for each in found:
            yield from _described(each)
    elif isinstance(found, dict):
        if "machine" in found:
            yield found["machine"]
        else:
            yield from _described(list(found.values()))


def _hashes(results: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Names and hashes of all documents that were learnt from or judged on."""
    for found in results:
        if "test" in found:
            yield found["test"]["split"], found["test"]["sha256"]
        yield from found.get("data", {}).items()
        for seed in found.get("seeds", ()):
            for part in seed.get("members", {"": seed}).values():
                yield from part.get("data", {}).items()


def _lacking(there: set[str]) -> str:
    """Recipes without a result, by what it would take."""
    matrix = [name for name in recipes_in_order() if name not in there]
    names = [name for name in (*shipped(), *shipped("combinations")) if name not in there]
    hub: dict[str, list[str]] = {}
    for name in names:
        if name not in matrix and _judged(name):
            hub.setdefault(_encoder(name), []).append(name)
    parts = [
        f"`{command}`, as said above." for name, command in COMMANDS.items() if result(name) is None
    ]
    if matrix:
        parts.append(
            f"`{_MATRIX}`, again and again, measures what is left of the matrix: "
            + ", ".join(f"`{name}`" for name in matrix)
            + "."
        )
    parts += [
        f"With the encoder `{encoder}`: `python benchmarks/recipes.py {' '.join(group)}`."
        for encoder, group in hub.items()
    ]
    return "\n".join(f"- {part}" for part in parts)


def _encoder(name: str) -> str:
    return single(relation_recipe(name)).encoder.name


def _judged(name: str) -> bool:
    """Whether there is a test split that the recipe can be measured on."""
    recipe = load_any(name)
    return not (isinstance(recipe, Combination) and recipe.tagged)
