"""The sections of the page that show figures: scores, learning, types, slices, score curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from relatome.data.schema import NO_RELATION
from relatome.report.charts import Bars, Series, axis_over, bar_chart, line_chart, share_axis
from relatome.report.confusion import confusion
from relatome.report.history import LOSS, History
from relatome.report.markup import Child, Markup, breakable, element, join
from relatome.report.score_curves import (
    Point,
    all_scored,
    at_least,
    precision_recall,
    score_reliability,
)
from relatome.report.scored import Scored
from relatome.report.slices import DISTANCE, LABEL, MENTIONS, SLICES, TYPE_PAIR, slices
from relatome.report.tables import (
    FIGURES,
    NONE,
    behind,
    figures_of,
    per_cent,
    probability,
    table,
)
from relatome.scoring import Counts, Result
from relatome.scoring.compare import RESAMPLES as COMPARISON_RESAMPLES
from relatome.scoring.compare import compare
from relatome.scoring.intervals import LEVEL, RESAMPLES, SEED, f1_intervals

_MOST_POINTS = 250
_THRESHOLDS = tuple(round(0.1 * step, 1) for step in range(1, 10))
_SLICE_TITLES = {
    LABEL: "By label",
    TYPE_PAIR: "By pair of entity types",
    DISTANCE: "By distance of the two entities where they are nearest",
    MENTIONS: "By mentions of the entity that is mentioned less often",
}


# ----------------------------------------------------------------------------------------- scores


def tiles(answers: Sequence[Scored]) -> Markup:
    """The main score of each answer, large."""
    made = []
    for each in answers:
        result = each.result
        interval = f1_intervals(result)[result.primary]
        middle = f"{LEVEL:.0%} interval {100 * interval.low:.1f} – {100 * interval.high:.1f}"
        whose = f"{each.name}: " if len(answers) > 1 else ""
        made.append(_tile(f"{100 * result.f1():.1f}", f"{whose}F1 of {result.primary}", middle))
        if not whose:
            counts = result.counts()
            for name, value, of in (
                ("precision", counts.precision, f"{counts.predicted:,} predicted"),
                ("recall", counts.recall, f"{counts.gold:,} annotated"),
            ):
                right = f"{counts.true_positive:,} right of {of}"
                made.append(_tile(f"{100 * value:.1f}", name, right))
    if len(answers) == 2:
        found = compare(answers[0].result, answers[1].result)
        made.append(
            _tile(
                f"{100 * found.difference:+.1f}",
                f"{answers[0].name} less {answers[1].name}",
                f"{LEVEL:.0%} interval {100 * found.low:+.1f} – {100 * found.high:+.1f}",
            )
        )
    return element("ul", *made, class_="tiles")


def _tile(figure: str, *below: str) -> Markup:
    return element("li", element("b", figure), *(element("span", line) for line in below))


def scores(answers: Sequence[Scored]) -> Markup:
    """Every score of the rule with its interval; of two answers also how they differ."""
    first = answers[0].result
    parts: list[Child] = [
        element("p", f"Rule {first.rule}: {first.about}."),
        element(
            "p",
            f"In per cent. Intervals: {LEVEL:.0%} of {RESAMPLES:,} bootstrap resamples over "
            f"documents, seed {SEED}.",
            class_="note",
        ),
    ]
    if len(answers) == 2:
        parts.append(_differences(*answers))
    for each in answers:
        if len(answers) > 1:
            parts.append(element("h3", each.name))
        rows: list[list[Child]] = _score_rows(each.result, "")
        if each.script is not None:
            rows += _score_rows(each.script, f"{each.script.rule}: ")
        parts.append(
            table(
                None,
                ("score", *FIGURES[:3], "interval of F1", *FIGURES[3:]),
                rows,
                main=each.result.scores.index(each.result.primary),
            )
        )
        notes = [element("li", f"{what}: {count:,}") for what, count in each.result.notes.items()]
        if notes:
            parts.append(element("ul", *notes, class_="note"))
    return join(*parts)


def _score_rows(result: Result, before: str) -> list[list[Child]]:
    intervals = f1_intervals(result)
    rows: list[list[Child]] = []
    for name in result.scores:
        figures = figures_of(result.counts(name))
        interval = f"{per_cent(intervals[name].low)} – {per_cent(intervals[name].high)}"
        rows.append([before + name, *figures[:3], interval, *figures[3:]])
    return rows


def _differences(first: Scored, second: Scored) -> Markup:
    rows: list[list[Child]] = []
    for name in first.result.scores:
        found = compare(first.result, second.result, name)
        rows.append(
            [
                name,
                per_cent(found.first),
                per_cent(found.second),
                f"{100 * found.difference:+.2f}",
                f"{100 * found.low:+.2f} – {100 * found.high:+.2f}",
                f"{found.p:.4f}",
                f"{found.differing:,}",
            ]
        )
    return table(
        f"F1 of both; the interval is a paired bootstrap over documents, p an approximate "
        f"randomisation test, {COMPARISON_RESAMPLES:,} resamples each",
        (
            "score",
            first.name,
            second.name,
            "difference",
            f"{LEVEL:.0%} interval",
            "p",
            "documents that differ",
        ),
        rows,
        main=first.result.scores.index(first.result.primary),
    )


# --------------------------------------------------------------------------------------- learning


def learning(histories: Mapping[str, History], scores: Sequence[str], main: str) -> Markup | None:
    """Training loss and dev scores over epochs; nothing where no answer is of a run.

    Args:
        histories: by name of the answer.
        scores: those of the rule, in its order; others come after them.
        main: the score to show of several answers.
    """
    known = {name: history for name, history in histories.items() if history}
    if not known:
        return None
    several = len(known) > 1
    losses = [Series(name, each[LOSS]) for name, each in known.items() if LOSS in each]
    dev = [
        Series(
            f"{name}: {score}" if several else score,
            [(epoch, 100 * value) for epoch, value in points],
        )
        for name, each in known.items()
        for score, points in sorted(each.items(), key=lambda entry: _place(entry[0], scores))
        if score != LOSS and (not several or score == main)
    ]
    charts = []
    for title, series in (("training loss", losses), ("dev score, F1 in per cent", dev)):
        if not series:
            continue
        epochs = axis_over("epoch", [x for each in series for x, _ in each.points], at_zero=True)
        values = axis_over(title, [y for each in series for _, y in each.points])
        times = sorted({x for each in series for x, _ in each.points})
        rows = [[f"{time:g}", *(_at(each, time) for each in series)] for time in times]
        figures = table(None, ("epoch", *(each.name for each in series)), rows)
        charts.append(
            behind(line_chart(f"{title} over epochs", epochs, values, series), title, figures)
        )
    return element("div", *charts, class_="pair")


def _place(score: str, scores: Sequence[str]) -> int:
    return scores.index(score) if score in scores else len(scores)


def _at(series: Series, x: float) -> str:
    return next((f"{y:.4g}" for time, y in series.points if time == x), NONE)


# ------------------------------------------------------------------------------------------ types


def types(answers: Sequence[Scored]) -> Markup:
    """The confusion matrix of each answer."""
    score = answers[0].typed_score
    parts: list[Child] = [
        element(
            "p",
            f"Rows are what is annotated, columns what was predicted, under {score}. {NO_RELATION} "
            "is no relation: its row holds what was invented, its column what was missed. The "
            "larger its part of the row, the stronger the colour of a cell.",
        )
    ]
    for each in answers:
        if len(answers) > 1:
            parts.append(element("h3", each.name))
        parts.append(_matrix(each))
    return join(*parts)


def _matrix(answer: Scored) -> Markup:
    found = confusion(answer.typed)
    head = element(
        "tr", element("td", ""), *(element("th", breakable(t), scope="col") for t in found.types)
    )
    rows = []
    for gold in found.types:
        whole = sum(found.counts[gold, other] for other in found.types) or 1
        cells = []
        for predicted in found.types:
            count = found.counts[gold, predicted]
            nothing = gold == predicted == NO_RELATION
            cells.append(
                element(
                    "td",
                    "" if nothing else f"{count:,}",
                    class_="right" if gold == predicted else None if count else "zero",
                    style=f"--share:{count / whole:.3f}",
                )
            )
        rows.append(element("tr", element("th", gold, scope="row"), *cells))
    made = element(
        "table",
        element("caption", f"{answer.name}: annotated in rows, predicted in columns"),
        element("thead", head),
        element("tbody", *rows),
        class_="matrix",
    )
    return element("div", made, class_="wide")


# ----------------------------------------------------------------------------------------- slices


def sliced(answers: Sequence[Scored]) -> Markup:
    """Scores by what relations are like."""
    primary, typed = answers[0].result.primary, answers[0].typed_score
    by_primary = [slices(each.documents, each.primary) for each in answers]
    by_typed = [
        by_primary[index] if typed == primary else slices(each.documents, each.typed)
        for index, each in enumerate(answers)
    ]
    parts = []
    for name in SLICES:
        # As official scores are: a label says nothing of novelty.
        score, every = (typed, by_typed) if name == LABEL else (primary, by_primary)
        parts.append(_slice(name, score, answers, [each[name] for each in every]))
    return element("div", *parts, class_="pair")


def _slice(
    name: str, score: str, answers: Sequence[Scored], counts: Sequence[Mapping[str, Counts]]
) -> Markup:
    title = f"{_SLICE_TITLES[name]}: F1 of {score} in per cent"
    groups = list(dict.fromkeys(group for each in counts for group in each))
    if len(groups) < 2:
        only = f" All are: {groups[0]}." if groups else ""
        return element(
            "figure",
            element("figcaption", title),
            element("p", f"There is nothing to compare.{only}", class_="note"),
        )
    rows = []
    cells: list[list[Child]] = []
    for group in groups:
        each = [found.get(group, Counts()) for found in counts]
        gold = max(count.gold for count in each)
        rows.append(
            Bars(group, [c.f1 if c.gold or c.predicted else None for c in each], f"{gold:,} gold")
        )
        cells.append([group, *(figure for count in each for figure in figures_of(count))])
    names = [each.name for each in answers]
    headings = [
        f"{figure} {name}" if len(names) > 1 else figure for name in names for figure in FIGURES
    ]
    return behind(
        bar_chart(title, names, rows),
        title,
        table(None, ("", *headings), cells),
    )


# ----------------------------------------------------------------------------------- score curves


def curves(answers: Sequence[Scored]) -> Markup:
    """Precision over recall, and how far scores can be believed."""
    unscored = [each.name for each in answers if not all_scored(each.documents)]
    with_scores = [each for each in answers if all_scored(each.documents)]
    parts: list[Child] = [
        element(
            "p",
            f"{name} has relations without a score, or none at all, so it has no curve of "
            "precision and recall and no reliability.",
        )
        for name in unscored
    ]
    if with_scores:
        parts.append(
            element(
                "p",
                "Relations below the threshold of the model are not in its prediction, so the "
                "curve ends where it stopped answering.",
                class_="note",
            )
        )
        parts.append(
            element("div", _precision_recall(with_scores), _reliability(with_scores), class_="pair")
        )
    return join(*parts)


def _precision_recall(answers: Sequence[Scored]) -> Markup:
    primary = answers[0].result.primary
    several = len(answers) > 1
    lines: dict[str, list[Point]] = {}
    for each in answers:
        for name in (primary,) if several else each.result.scores:
            label = f"{each.name}: {name}" if several else name
            lines[label] = precision_recall(each.documents, name)
    series = [
        Series(name, [(p.counts.recall, p.counts.precision) for p in _thinned(points)])
        for name, points in lines.items()
    ]
    rows: list[list[Child]] = []
    for name, points in lines.items():
        for threshold in _THRESHOLDS:
            point = at_least(points, threshold)
            if point is not None:
                rows.append([f"{name}, {threshold}", *figures_of(point.counts)])
    return behind(
        line_chart("precision over recall", share_axis("recall"), share_axis("precision"), series),
        "Precision and recall at every threshold",
        table("of the relations scored so or higher", ("score", *FIGURES), rows),
    )


def _thinned(points: Sequence[Point]) -> list[Point]:
    step = -(-len(points) // _MOST_POINTS) or 1
    kept = list(points[::step])
    return kept if not points or kept[-1] is points[-1] else [*kept, points[-1]]


def _reliability(answers: Sequence[Scored]) -> Markup:
    score = answers[0].typed_score
    series, errors = [], []
    rows: list[list[Child]] = []
    for each in answers:
        found = score_reliability(each.documents, score)
        some = [bin for bin in found.bins if bin.count]
        most = max((bin.count for bin in some), default=1)
        series.append(
            Series(
                each.name,
                [(bin.score, bin.right) for bin in some],
                [bin.count / most for bin in some],
            )
        )
        whose = f"{each.name}: " if len(answers) > 1 else ""
        errors.append(f"{whose}{found.error:.3f}")
        rows += [
            [
                f"{whose}{index / len(found.bins):.2f} – {(index + 1) / len(found.bins):.2f}",
                f"{bin.count:,}",
                probability(bin.score),
                probability(bin.right),
            ]
            for index, bin in enumerate(found.bins)
            if bin.count
        ]
    return behind(
        line_chart(
            f"share of relations that are right under {score} over their score",
            share_axis("score"),
            share_axis("share that is right"),
            series,
            diagonal=True,
        ),
        f"Reliability under {score}: expected calibration error {', '.join(errors)}",
        table(
            "by score; the larger a dot, the more relations",
            ("score", "relations", "mean score", "share right"),
            rows,
        ),
    )
