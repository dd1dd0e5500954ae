"""Sections of the book of results: few documents, what scores mean, and from raw text."""

from __future__ import annotations

import re
from importlib import resources

from book_parts import COMMANDS, blocks, by, missing, percent, result, table
from raw_text import entities, relations

from relatome.report.charts import Axis, Series, axis_over, line_chart, share_axis


def low_resource() -> str:
    """Scores over the share of documents that is learnt from."""
    found = result("low_resource")
    if found is None:
        return missing(COMMANDS["low_resource"])
    score = found["score"]
    rows = []
    for point in found["points"]:
        spread = point["scores"][score]
        documents = sorted({row["documents"] for row in point["seeds"]})
        rows.append(
            [
                f"`{point['values']['recipe']}`",
                f"{100 * float(point['values']['data.fraction']):g} %",
                "–".join(f"{count:,}" for count in dict.fromkeys((documents[0], documents[-1]))),
                str(len(point["seeds"])),
                f"{percent(spread['mean'])} ({percent(spread['least'])}–{percent(spread['most'])})",
            ]
        )
    order = list(found["grid"]["recipe"])
    rows.sort(key=lambda row: (order.index(row[0].strip("`")), float(row[1].split()[0])))
    return blocks(
        f"Test F1 (`{found['protocol']}`, {score}) over the share of the target's training "
        "documents; mean and, in brackets, lowest and highest seed. What a recipe learns from "
        "other corpora, before or beside, stays whole.",
        table(("recipe", "share", "documents learnt from", "seeds", "test"), rows),
        "![Test F1 over the share of training documents](images/low-resource.svg)",
        by(found["command"]),
    )


def calibration() -> str:
    """Calibration error, what asking for a precision gives, precision over coverage."""
    found = result("calibration")
    if found is None:
        return missing("python benchmarks/calibration.py")
    measured = found["measured"]
    errors = [
        [
            name,
            str(row["relations"]),
            str(row["right"]),
            percent(row["error_before"]),
            percent(row["error_after"]),
        ]
        for name, row in measured.items()
    ]
    asked = [
        [
            f"{name}, asked for {percent(float(level))}",
            percent(got["reached"]),
            percent(got["kept_share"]),
            percent(got["right_kept_share"]),
        ]
        for name, row in measured.items()
        for level, got in row["precision"].items()
    ]
    curve = [
        [
            f"{100 * point['kept_share']:.0f} %",
            *(percent(row["coverage"][n]["reached"]) for row in measured.values()),
        ]
        for n, point in enumerate(next(iter(measured.values()))["coverage"])
    ]
    return blocks(
        f"{found['model']}, {found['weights']}. A score is to be the probability that a relation "
        "is right. The error is the expected calibration error, in per cent, before and after the "
        f"temperature ({found['temperature']:.2f}) was fitted. On dev the fit is crossed by folds.",
        table(("documents", "relations", "right", "error before", "error after"), errors),
        "Asking for a precision, and what one gets: the precision, the share of all returned "
        "relations that is kept, and the share of the right ones.",
        table(("documents", "precision", "kept", "right ones kept"), asked),
        "Precision of the surest part of what is returned:",
        table(("coverage", *measured), curve),
        f"![Precision over coverage: {_lines()}](images/coverage.svg)",
        by(found["command"]),
    )


def _lines() -> str:
    """The lines of the chart, told in words."""
    found = result("calibration")
    names = list(found["measured"]) if found else []
    looks = ("the unbroken line", "the broken line")
    return ", ".join(f"{name} {look}" for name, look in zip(names, looks, strict=False))


def coverage_chart() -> str:
    """Precision over coverage as an SVG file of its own."""
    found = result("calibration")
    measured = found["measured"] if found else {}
    series = [
        Series(name, [(point["kept_share"], point["reached"]) for point in row["coverage"]])
        for name, row in measured.items()
    ]
    values = [y for each in series for _, y in each.points]
    precision: Axis = axis_over("precision", values)
    drawn = line_chart(
        f"Precision over coverage: {_lines()}", share_axis("share kept"), precision, series
    )
    picture = re.search(r"<svg.*?</svg>", drawn, re.DOTALL)
    assert picture is not None
    style = resources.files("relatome.report").joinpath("style.css").read_text(encoding="utf-8")
    return (
        picture[0]
        .replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
        .replace("</title>", f"</title><style>{style}</style>", 1)
        + "\n"
    )


def raw_text() -> str:
    """Entities and relations from text alone, and what each step costs."""
    found = result("raw_text")
    if found is None:
        return missing("python benchmarks/raw_text.py")
    splits = found["splits"]
    return blocks(
        f"{found['protocol']}. Mentions with the same span and type, in per cent; then relations "
        "between found and between annotated entities. [How it works](tagging.md).",
        entities(splits),
        relations(splits),
        by(found["command"]),
        _grouping(),
    )


def _grouping() -> str:
    """What grouping mentions to entities costs, with annotated mentions."""
    found = result("grouping")
    if found is None:
        return missing("python benchmarks/grouping.py", "Grouping")
    rows = [
        [f"{part['split']}, {way}", *(percent(value) for value in figures["f1"].values())]
        for part in found["scores"]
        for way, figures in part["relations"].items()
    ]
    scores = list(found["scores"][0]["relations"]["predicted groups"]["f1"])
    grouped = "; ".join(f"{part['split']} {percent(part['all']['f1'])}" for part in found["scores"])
    return blocks(
        f"Grouping annotated mentions into entities: B³ F1 {grouped}. Relations between the groups "
        "(`biored-8`, test F1 and dev F1):",
        table(("mentions, groups", *scores), rows),
        by(found["command"]),
    )
