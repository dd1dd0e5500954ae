"""IOB: sentences with a label for every token, as corpora of mentions are often passed on.

One token a line, then its labels (``O``, ``B-Gene``, ``I-Gene``), all separated by tabs; a blank
line after each sentence. Several label columns annotate the sentence several times over. There is
no text to have offsets in, so one is made: the tokens with a space between them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from relatome.data import Document, Mention, Passage
from relatome.errors import IOB_LINE, InputError, Place
from relatome.formats.source import decoded, lines, open_path, require_file, unpacked


def read_iob(path: Path) -> Iterator[Document]:
    """Each sentence as a document of one passage, named after the file and counted from 1.

    Lines that begin with ``#split`` tell the part of the corpus, which goes into the document's
    ``infons``.

    Raises:
        UsageError: if there is no such file.
        InputError: at a line with no label, or other columns than the line before; if the file
            cannot be read.
    """
    require_file(path)
    name = path.name.partition(".")[0]
    split, count = "", 0
    rows: list[list[str]] = []
    try:
        with open_path(path) as stream:
            for number, content in lines(unpacked(stream)[1]):
                fields = decoded(content, number).split("\t")
                if len(fields) == 1 and fields[0].startswith("#split "):
                    split = fields[0].removeprefix("#split ").strip()
                elif fields != [""]:
                    if len(fields) < 2 or (rows and len(fields) != len(rows[0])):
                        raise InputError(IOB_LINE, at=Place(line=number))
                    rows.append(fields)
                elif rows:
                    count += 1
                    yield _document(f"{name}:{count}", rows, split)
                    rows = []
    except InputError as error:
        raise error.located(Place(str(path))) from None
    if rows:
        yield _document(f"{name}:{count + 1}", rows, split)


def _document(id: str, rows: list[list[str]], split: str) -> Document:
    starts, text = [], ""
    for token, *_ in rows:
        text += " " * bool(text)
        starts.append(len(text))
        text += token
    ends = [start + len(row[0]) for start, row in zip(starts, rows, strict=True)]
    spans = [
        (starts[first], ends[last - 1], type)
        for labels in list(zip(*rows, strict=True))[1:]
        for first, last, type in _spans(labels)
    ]
    mentions = tuple(
        Mention(f"T{number}", start, end, text[start:end], type)
        for number, (start, end, type) in enumerate(sorted(spans), start=1)
    )
    infons = {"split": split} if split else {}
    return Document(id, (Passage("sentence", 0, text),), mentions, infons=infons)


def _spans(labels: tuple[str, ...]) -> Iterator[tuple[int, int, str]]:
    """Tokens ``[first, last)`` and type of what a column annotates.

    What is inside without a beginning, or of another type than what stands before, begins.
    """
    begun, type = 0, ""
    for index, label in enumerate((*labels, "O")):
        tag, _, name = label.partition("-")
        if type and not (tag == "I" and name == type):
            yield begun, index, type
            type = ""
        if tag in ("B", "I") and not type:
            begun, type = index, name
