"""Fills the figures of README.md and of pages of docs/ from benchmarks/results; nothing there is
typed by hand.

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
    """Write the pages, or with --check only say whether their figures are those of the results.

    The check leaves out what the demo prints: the last digit of an int8 score differs between
    processors.
    """
    check = "--check" in sys.argv[1:]
    figures = {
        README: {"scores": scores(), "speed": speed()},
        ROOT / "docs" / "serve.md": {"load": load()},
        ROOT / "docs" / "graph.md": {"build": build()},
    }
    if not check:
        figures[README]["demo"] = demo()
    for page, blocks in figures.items():
        current = page.read_text(encoding="utf-8")
        if not check:
            page.write_text(filled(current, blocks), encoding="utf-8")
            print(f"Wrote {page.name}")
        elif current != filled(current, blocks):
            sys.exit(f"{page.name} is not of benchmarks/results: run python benchmarks/tables.py")


def filled(page: str, blocks: dict[str, str]) -> str:
    """The page with the marked blocks made anew."""
    for name, block in blocks.items():
        page = _with_block(page, name, block)
    return page


def _with_block(page: str, name: str, block: str) -> str:
    pattern = re.compile(f"(<!-- {name}:begin -->\n).*?(<!-- {name}:end -->)", re.DOTALL)
    return pattern.sub(lambda found: f"{found[1]}{block}\n{found[2]}", page)


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


def load() -> str:
    """What the service does under load in a few sentences."""
    result = _result("serve")
    seconds, idle, memory = result["seconds"], result["idle_seconds"], result["memory_mb"]
    before, (middle, after), end = memory["idle"], list(memory.items())[1], memory["end"]
    failed = sum(result["errors"].values())
    return (
        f"{result['clients']} clients at once on the same {result['machine']['cores']} cores, "
        f"{result['requests']:,} requests of one abstract each: {failed} failed, "
        f"{result['refused_with_429']} were refused with 429. "
        f"{result['abstracts_per_second']:.1f} abstracts a second, "
        f"{100 * result['share_of_offline']:.0f} % of what the pipeline alone does with them in "
        f"the same run. Half were answered within {seconds['p50']:.1f} s, 99 % within "
        f"{seconds['p99']:.1f} s; when idle, within {1000 * idle['p50']:.0f} and "
        f"{1000 * idle['p99']:.0f} ms. Memory: {before:.0f} MB before, {after:.0f} MB after "
        f"{int(middle.removeprefix('after_')):,} requests, {end:.0f} MB at the end "
        f"(`{result['command']}`)."
    )


def build() -> str:
    """What a large graph takes in a few sentences."""
    result = _result("graph")
    counts, made, sent = result["counts"], result["build"], result["export_kgx_jsonl"]
    return (
        f"A build of {counts['relations']:,} synthetic relations in {counts['documents']:,} "
        f"documents to {counts['edges']:,} took {made['processor_seconds']:.0f} s of processor "
        f"time and {made['peak_mb']:.0f} MB of memory, its export to KGX JSON Lines "
        f"{sent['processor_seconds']:.0f} s and {sent['peak_mb']:.0f} MB "
        f"(`{result['command']}`)."
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
