"""Abstracts as collections bring them along: objects with an id, a title and a text."""

from __future__ import annotations

from typing import Any

import msgspec

from relatome.data.document import Document, Passage

IDS = ("id", "pmid")
TEXTS = ("title", "abstract", "text")

# What a document has beside its passages means nothing without them.
_OF_PASSAGES = ("mentions", "relations", "infons")
_NOTHING: tuple[object, ...] = (None, "", [], {})


def abstract_document(given: dict[str, Any]) -> Document:
    """A document of the fields ``title``, ``abstract`` and ``text``, each there is a passage.

    Texts stay exactly as they are, one character apart. The id is ``id``, or else ``pmid``, text or
    a whole number. All other fields are infons: text as it is, everything else as its JSON text;
    empty ones are left out.

    Args:
        given: the object, as JSON is decoded.

    Raises:
        ValueError: with what is missing, or is not what it should be.
    """
    if all(given.get(name) is None for name in TEXTS):
        raise ValueError(f"it has none of `passages`, {', '.join(f'`{name}`' for name in TEXTS)}")
    for name in _OF_PASSAGES:
        if name in given:
            raise ValueError(f"it has `{name}`, but no `passages`")
    id_field = next((name for name in IDS if given.get(name) is not None), None)
    if id_field is None:
        raise ValueError(f"it has no {' or '.join(f'`{name}`' for name in IDS)}")
    infons = {
        name: value if isinstance(value, str) else msgspec.json.encode(value).decode()
        for name, value in given.items()
        if name != id_field and name not in TEXTS and value not in _NOTHING
    }
    return Document(_id(given[id_field], id_field), _passages(given), infons=infons)


def _id(value: object, name: str) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise ValueError(f"`{name}` is neither text nor a whole number")
    if not value.strip():
        raise ValueError(f"`{name}` is empty")
    return value


def _passages(given: dict[str, Any]) -> tuple[Passage, ...]:
    passages: list[Passage] = []
    for kind in TEXTS:
        text = given.get(kind)
        if text is None:
            continue
        if not isinstance(text, str):
            raise ValueError(f"`{kind}` is no text")
        if text.strip():
            offset = passages[-1].end + 1 if passages else 0
            passages.append(Passage(kind, offset, text))
    return tuple(passages)
