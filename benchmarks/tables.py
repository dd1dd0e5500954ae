"""Fills the figures of README.md from benchmarks/results; nothing there is typed by hand.

python benchmarks/tables.py [--check]
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
RESULTS = Path(__file__).parent / "results"


def main() -> None:
    """Write README.md, or with --check only say whether its figures are those of the results.

    The check leaves out what the demo prints: the last digit of an int8 score differs between
    processors.
    """
    current = README.read_text(encoding="utf-8")
    figures = {"scores": scores(), "speed": speed()}
    if "--check" in sys.argv[1:]:
        if current != filled(current, figures):
            sys.exit("README.md differs from benchmarks/results: run python benchmarks/tables.py")
        return
    README.write_text(filled(current, {"demo": demo(), **figures}), encoding="utf-8")
    print("Wrote README.md")


def filled(page: str, blocks: dict[str, str]) -> str:
    """The page with the marked blocks made anew."""
    for name, block in blocks.items():
        pattern = re.compile(f"(<!-- {name}:begin -->\n).*?(<!-- {name}:end -->)", re.DOTALL)
        page = pattern.sub(lambda found, text=block: f"{found[1]}{text}\n{found[2]}", page)
    return page


def scores() -> str:
    """Test scores of the shipped weights, one row per protocol."""
    result = _result("gold_entities")
    rows = [
        row
        for row in result["scores"]
        if row["split"] == "biored:test" and row["weights"] == "int8"
    ]
    names = list(rows[0]["f1"])
    lines = [
        "| protocol | " + " | ".join(names) + " |",
        "| --- |" + " --- |" * len(names),
    ]
    for row in rows:
        cells = []
        for name in names:
            low, high = row["interval_95"][name]
            cells.append(f"{100 * row['f1'][name]:.1f} ({100 * low:.1f}–{100 * high:.1f})")
        lines.append(f"| `{row['protocol']}`, 100 test abstracts | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def speed() -> str:
    """Throughput, ratio, start-up and memory in a few sentences."""
    result = _result("speed")
    rate = result["abstracts_per_second"]
    start = result["start_up"]["relatome extract, one text"]
    machine = result["machine"]
    ratio = result["ratios"]["given entities to one sequence per pair"]
    (first, low), (last, high) = _result("memory")["after_documents"].items()
    text, given = (f"{rate[name]:.0f}" for name in ("raw text", "given entities"))
    fast = [f"{rate[f'{name}, bf16']:.0f}" for name in ("raw text", "given entities")]
    return (
        f"On {machine['cores']} cores ({machine['processor']}) it reads {text} raw abstracts a "
        f"second, or {given} with given entities; with OpenVINO in bf16 (`pip install "
        f"'relatome[fast]'`, `--weights bf16`) {fast[0]} and {fast[1]}. One sequence per pair "
        f"through the same encoder would take {ratio:.0f} times as long. From a cold start, one "
        f"raw abstract takes {start['seconds_median']:.1f} s. Memory peaks at "
        f"{low['peak_mb']:.0f} MB in {int(first):,} documents, and at {high['peak_mb']:.0f} MB in "
        f"{int(last):,}."
    )


def demo() -> str:
    """What the second command prints, its first document."""
    command = [
        str(Path(sys.executable).parent / "relatome"),
        "extract",
        str(ROOT / "examples" / "abstract.txt"),
    ]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    first_table, end, _ = done.stdout.partition("┘\n")
    lines = [line.rstrip() for line in (first_table + end).splitlines()]
    return "```\n" + "\n".join(lines) + "\n```"


def _result(name: str) -> dict[str, Any]:
    result: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
    return result


if __name__ == "__main__":
    main()
