"""What the commands that score share: the two sides of a score, and where the result goes."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import typer

from relatome.cli._options import Extra
from relatome.errors import (
    CANNOT_WRITE,
    GOLD_SPLITS,
    NO_TARGET,
    NOTHING_SHARED,
    InputError,
    Place,
    UsageError,
    WorkError,
)

if TYPE_CHECKING:
    from relatome.data import Document, Schema
    from relatome.scoring import Result, Rule


class Side(NamedTuple):
    """Documents, and what to say they are: a file or a corpus, with a checksum."""

    documents: list[Document]
    identity: dict[str, str]


def read_gold(reference: str, corpora: Path | None) -> Side:
    """The annotated documents of a file or of a split of a corpus such as ``drugprot:dev``.

    Raises:
        UsageError: if there is no such thing, or the corpus has several splits and none is named.
    """
    from relatome import formats
    from relatome.corpora import data_hash, load, names, names_corpus, parts

    if names_corpus(reference):
        entry, splits = parts(reference, corpora)
        if len(splits) > 1:
            known = ", ".join(f"{reference}:{split.name}" for split in splits)
            raise UsageError(GOLD_SPLITS, corpus=reference, known=known)
        documents = list(load(entry.name, splits[0].name, corpora).documents)
        return Side(documents, {"corpus": reference, "sha256": data_hash(documents)})
    path = Path(reference)
    if not path.exists():
        raise UsageError(NO_TARGET, name=reference, known=", ".join(names()))
    return Side(list(formats.read(path)), _file(path))


def read_to_fit(
    reference: str, corpora: Path | None, schema: Schema, purpose: str
) -> list[Document]:
    """The documents of a file or of a corpus, to fit something to: no test split.

    Args:
        reference: as for `read_gold`.
        corpora: where corpora lie; the usual places if None.
        schema: that a file's entity types and labels must be of.
        purpose: what for, to complete "cannot be used to …".
    """
    from relatome import formats
    from relatome.corpora import load, names, names_corpus, parts
    from relatome.data import require_not_test

    if not names_corpus(reference):
        if not Path(reference).exists():
            raise UsageError(NO_TARGET, name=reference, known=", ".join(names()))
        return list(formats.read(reference, schema=schema))
    entry, found = parts(reference, corpora)
    splits = [load(entry.name, each.name, corpora) for each in found]
    for split in splits:
        require_not_test(split, purpose)
    return [document for split in splits for document in split.documents]


def read_predictions(path: Path, gold: Side) -> Side:
    """The predicted documents of a file; an answer to a shared task takes its texts from `gold`."""
    from relatome import formats
    from relatome.formats.submissions import is_submission, read_submission

    if path.is_file() and is_submission(path):
        return Side(read_submission(path, gold.documents), _file(path))
    return Side(list(formats.read(path)), _file(path))


def score_sides(gold: Side, predicted: Side, rule: Rule, extra: Extra) -> Result:
    """Score one side against the other; gold that the rule cannot judge is named with its file.

    Raises:
        InputError: if they have no document in common, besides what `score` raises.
    """
    from relatome.scoring import score

    known, asked = ({document.id for document in side.documents} for side in (gold, predicted))
    if asked and known.isdisjoint(asked) and (extra == "ignore" or rule.extra == "ignore"):
        examples = ", ".join(sorted(asked)[:3])
        raise InputError(NOTHING_SHARED, count=len(asked), examples=examples)
    try:
        choice = None if extra == "rule" else extra
        return score(gold.documents, predicted.documents, rule, extra=choice)
    except InputError as error:
        # Readers name their file; what is left with only a document is gold no rule can judge.
        name = gold.identity.get("file") or gold.identity["corpus"]
        raise error.located(Place(name)) if error.place.document else error from None


def put(text: str, output: Path | None) -> None:
    """Print a result, or write it to a file.

    Raises:
        WorkError: if the file cannot be written.
    """
    if output is None:
        typer.echo(text, nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise WorkError(CANNOT_WRITE, path=output, reason=error.strerror) from None


def _file(path: Path) -> dict[str, str]:
    """Which file was read: its path, and the checksum of what it held."""
    if path.is_dir():
        return {"file": str(path)}
    with path.open("rb") as stream:
        return {"file": str(path), "sha256": hashlib.file_digest(stream, "sha256").hexdigest()}
