"""The report as one HTML file that needs nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import resources
from typing import NamedTuple

from relatome.data import Document
from relatome.report import figures, listing
from relatome.report.history import History
from relatome.report.markup import Child, Markup, element, join
from relatome.report.scored import Scored, scored
from relatome.report.tables import NONE, table
from relatome.scoring import Rule

# Nothing is loaded and nothing is run, whatever a document holds.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_ALL_TYPES = "all"  # the score of a tagger over all types


class Answer(NamedTuple):
    """What is reported on: a run or predictions.

    Attributes:
        name: what to call it.
        predicted: its documents; None of a run that is not finished.
        facts: what it is and where it comes from, to be shown as it stands.
        history: the learning curves of a run.
    """

    name: str
    predicted: Sequence[Document] | None
    facts: Mapping[str, str]
    history: History


class _Section(NamedTuple):
    id: str
    title: str
    content: Markup


def report_page(
    gold: Sequence[Document],
    answers: Sequence[Answer],
    rule: Rule | None,
    facts: Mapping[str, str],
    *,
    show_errors: bool,
) -> str:
    """The HTML of a report on one answer, or on two side by side.

    Args:
        gold: annotated documents.
        answers: one or two, with names of their own.
        rule: the official scoring rule; None for taggers, which tell no relations.
        facts: what is true of the whole report, such as the documents and the command.
        show_errors: whether single errors may be seen, which those of a test split may not.

    Raises:
        UsageError, InputError: as `scored`.
    """
    predicted = {a.name: a.predicted for a in answers if a.predicted is not None}
    judged = [scored(name, gold, documents, rule) for name, documents in predicted.items() if rule]
    sections = _sections(gold, answers, predicted, judged, rule, show_errors)
    sections.append(_Section("about", "What this rests on", _facts(answers, facts)))
    title = " and ".join(answer.name for answer in answers)
    links = [element("li", element("a", s.title, href=f"#{s.id}")) for s in sections]
    body = element(
        "body",
        element(
            "header",
            element("p", "relatome report", class_="kicker"),
            element("h1", title),
            *(
                element("p", f"{answer.name} is not finished: it has no model to judge yet.")
                for answer in answers
                if answer.predicted is None
            ),
            figures.tiles(judged) if judged else None,
            element("nav", element("ul", *links), aria_label="Sections"),
        ),
        element(
            "main",
            *(element("section", element("h2", s.title), s.content, id=s.id) for s in sections),
        ),
    )
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", f"{title} – relatome report"),
        element("style", Markup("\n" + _style())),
    )
    return f"<!DOCTYPE html>\n{element('html', head, body, lang='en')}\n"


def _sections(
    gold: Sequence[Document],
    answers: Sequence[Answer],
    predicted: Mapping[str, Sequence[Document]],
    judged: Sequence[Scored],
    rule: Rule | None,
    show_errors: bool,
) -> list[_Section]:
    found: list[tuple[str, str, Markup | None]] = []
    if judged:
        found.append(("scores", "Scores", figures.scores(judged)))
    histories = {answer.name: answer.history for answer in answers}
    scores, main = (rule.scores, rule.primary) if rule else ((_ALL_TYPES,), _ALL_TYPES)
    found.append(("learning", "Learning curves", figures.learning(histories, scores, main)))
    if judged:
        found += [
            ("types", "Types taken for one another", figures.types(judged)),
            ("slices", "Where it is good and where not", figures.sliced(judged)),
            ("curves", "What scores are worth", figures.curves(judged)),
            ("errors", "Errors", listing.errors(judged, show=show_errors)),
        ]
    if predicted:
        content = listing.tagging(gold, predicted, taggers=rule is None, show=show_errors)
        found.append(("entities", "Entities missed by the tagger", content))
    return [_Section(id, title, content) for id, title, content in found if content is not None]


def _facts(answers: Sequence[Answer], facts: Mapping[str, str]) -> Markup:
    keys = dict.fromkeys(key for answer in answers for key in answer.facts)
    of_each: list[list[Child]] = [
        [key, *(answer.facts.get(key, NONE) for answer in answers)] for key in keys
    ]
    of_all: list[list[Child]] = [[key, value] for key, value in facts.items()]
    return join(
        table(None, ("", *(a.name for a in answers)), of_each, class_="facts words"),
        table(None, ("", "the report"), of_all, class_="facts words"),
    )


def _style() -> str:
    return resources.files("relatome.report").joinpath("style.css").read_text(encoding="utf-8")
