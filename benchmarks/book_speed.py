"""Section of the book of results: speed, memory, start-up, and time of training."""

from __future__ import annotations

from typing import Any

from book_parts import COMMANDS, blocks, by, missing, percent, result, table


def speed() -> str:
    """Speed of extraction, of both encodings, of scans, and of training."""
    return blocks(_shipped(), _memory(), _encodings(), _workers(), _training())


def _shipped() -> str:
    """The shipped model, one process on all cores."""
    found = result("speed")
    if found is None:
        return missing("python benchmarks/speed.py")
    rates = found["abstracts_per_second"]
    starts = [
        [name, f"{figures['seconds_median']:.2f}", f"{figures['peak_mb']:.0f}"]
        for name, figures in found["start_up"].items()
    ]
    return blocks(
        "### The shipped model",
        f"relatome-small on {found['machine']['cores']} cores; {found['protocol']}; bf16 by "
        "OpenVINO. *Bare passes* are those of the encoder alone, *one sequence per pair* the same "
        "encoder as pair encoding would ask it.",
        table(
            ("reading", "abstracts a second"),
            # `sample` is what one sequence per pair is compared with.
            [[name, f"{rate:.2f}"] for name, rate in rates.items() if name != "sample"],
        ),
        table(
            ("ratio", "value"), [[name, f"{ratio:.2f}"] for name, ratio in found["ratios"].items()]
        ),
        table(("cold start of", "seconds", "peak MB"), starts),
        by(found["command"]),
    )


def _memory() -> str:
    found = result("memory")
    if found is None:
        return missing("python benchmarks/memory.py", "Memory over many documents")
    rows = [
        [f"{int(after):,}", f"{figures['now_mb']:.0f}", f"{figures['peak_mb']:.0f}"]
        for after, figures in found["after_documents"].items()
    ]
    return blocks(table(("raw texts read", "MB now", "MB at most"), rows), by(found["command"]))


def _encodings() -> str:
    """Document and pair encoding by weights and cores."""
    found = result("ways_of_reading")
    head = "### Document and pair encoding, by weights and cores"
    if found is None:
        return blocks(head, missing(COMMANDS["ways_of_reading"]))
    rows = [
        [
            f"{way['encoding']} (`{way['recipe']}`)",
            way["weights"],
            str(way["cores"]),
            f"{way['documents_per_second']:.2f}",
            f"{way['start_seconds']:.2f}",
            f"{way['peak_mb']:.0f}",
            str(way["documents"]),
        ]
        for way in found["ways"]
    ]
    header = ("encoding", "weights", "cores", "abstracts a second", "first answer after, s")
    return blocks(
        head,
        f"{found['protocol']}.",
        table((*header, "peak MB", "abstracts"), rows),
        by(found["command"]),
    )


def _workers() -> str:
    """A scan by one worker and by two, each on a core of its own."""
    found = result("scan")
    head = "### One and two cores, from raw text"
    if found is None:
        return blocks(head, missing("python benchmarks/scan.py"))
    rows = [
        [name, f"{way['documents_per_second']:.2f}", f"{way['peak_worker_mb']['all']:.0f}"]
        for name, way in found["ways"].items()
    ]
    return blocks(
        head,
        f"`relatome scan`, {found['protocol']}.",
        table(("workers, a core each", "abstracts a second", "peak MB of a worker"), rows),
        by(found["command"]),
    )


def _training() -> str:
    """Seconds until dev reached a score."""
    found = result("training_time")
    head = "### Training time to a dev score"
    if found is None:
        return blocks(head, missing(COMMANDS["training_time"]))
    rows = [_trained(row) for row in found["runs"]]
    reached = f"seconds to {percent(found['reach'])}"
    return blocks(
        head,
        f"`{found['protocol']}`, {found['score']}. Seconds of work, evaluations included; whatever "
        "else the machine did makes them longer.",
        table(("run", "encoding", "accelerator", reached, "seconds in all", "best dev"), rows),
        by(found["command"]),
    )


def _trained(row: dict[str, Any]) -> list[str]:
    seconds = row["seconds_to_reach"]
    return [
        f"`{row['run']}`",
        row["encoding"],
        row["machine"]["accelerator"],
        "–" if seconds is None else f"{seconds:.0f}",
        f"{row['seconds']:.0f}",
        percent(row["best"]),
    ]
