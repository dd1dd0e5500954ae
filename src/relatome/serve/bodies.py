"""What clients send, and the documents in it."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import UNSET, Meta, UnsetType

from relatome import formats
from relatome.data import Document, Schema
from relatome.data.parts import parts
from relatome.data.predicates import Vocabulary
from relatome.errors import (
    SERVE_BODY,
    SERVE_NOTHING,
    SERVE_TOO_LONG,
    SERVE_TOO_MANY,
    InputError,
    Place,
    UsageError,
)
from relatome.formats import Problems, text_document
from relatome.pipeline import PART_CHARACTERS
from relatome.serve.limits import Limits

_Body = TypeVar("_Body", bound=msgspec.Struct)

# Of an answer, made of the rest of it; a client may send an answer back as it is.
_DERIVED = ("entities", "url")

OwnDocument = Annotated[
    dict[str, Any],
    Meta(
        description="A document as it stands in an answer, or on a line of JSON Lines; entities "
        "and url follow from the rest and are passed over.",
        extra_json_schema={"required": ["id", "passages"]},
    ),
]


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How to extract; the options of ``relatome extract``."""

    min_score: Annotated[float, Meta(ge=0, le=1)] = 0.0
    precision: Annotated[float, Meta(gt=0, le=1)] | None = None
    predicates: Vocabulary | None = None
    tagger: Literal["auto", "given", "local"] = "auto"


class Extract(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text, documents, or the content of a file."""

    text: str | UnsetType = UNSET
    documents: list[OwnDocument] | UnsetType = UNSET
    content: str | UnsetType = UNSET
    format: Literal["auto", "pubtator", "bioc-json", "bioc-xml", "jsonl", "text"] = "auto"
    options: Options = Options()

    def __post_init__(self) -> None:
        """Refuse a body with none of the three, or several."""
        if sum(each is not UNSET for each in (self.text, self.documents, self.content)) != 1:
            raise ValueError("it takes one of `text`, `documents` and `content`")


class Articles(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Articles by their ids of PubMed, or of PMC for full text."""

    pmids: Annotated[list[Annotated[str, Meta(max_length=40)]], Meta(min_length=1)]
    options: Options = Options()


class Convert(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Documents to be written in a format."""

    documents: list[OwnDocument]
    format: Literal["bioc-json", "bioc-xml", "pubtator", "tsv", "jsonl"]


def decoded(body: bytes, kind: type[_Body]) -> _Body:
    """The body as what is asked for.

    Raises:
        UsageError: with the reason, if it is something else.
    """
    try:
        return msgspec.json.decode(body, type=kind)
    except RecursionError:
        reason = "it is nested too deeply"
    except (msgspec.MsgspecError, ValueError) as error:
        reason = str(error)
    if not reason.startswith("JSON"):
        reason = reason[:1].lower() + reason[1:]
    raise UsageError(SERVE_BODY, reason=reason)


def plain_text(body: bytes) -> Extract:
    """A body of plain text as a request.

    Raises:
        UsageError: if it is not UTF-8.
    """
    try:
        return Extract(text=body.decode().removeprefix("\ufeff"))
    except UnicodeDecodeError as error:
        reason = f"byte {error.start} is not UTF-8"
    raise UsageError(SERVE_BODY, reason=reason)


def documents_of(
    body: Extract, schema: Schema | None, limits: Limits, problems: Problems
) -> list[Document]:
    """The documents of a request; those that cannot be used are left out and noted.

    Args:
        body: the request.
        schema: what mentions must fit; None if none of them is kept.
        limits: of the service.
        problems: takes note.

    Raises:
        UsageError: if there is nothing, or there are too many.
    """
    if isinstance(body.text, str):
        _require_some(body.text.strip(), "text")
        found = iter((text_document(body.text),))
    elif isinstance(body.content, str):
        _require_some(body.content.strip(), "content")
        found = formats.read_stream(
            BytesIO(body.content.encode()),
            "content",
            format=None if body.format == "auto" else body.format,
            schema=schema,
            any_label=True,
            on_error=problems,
        )
    else:
        assert not isinstance(body.documents, UnsetType)
        found = _own(body.documents, schema, problems)
    return bounded(found, limits, problems)


def documents_to_write(body: Convert, limits: Limits, problems: Problems) -> list[Document]:
    """The documents of a request for another format.

    Raises:
        UsageError: if there are none, or too many.
    """
    return bounded(_own(body.documents, None, problems), limits, problems)


def bounded(found: Iterator[Document], limits: Limits, problems: Problems) -> list[Document]:
    """The documents that are not too long.

    Raises:
        UsageError: if there are too many.
    """
    documents: list[Document] = []
    for document in found:
        if len(documents) == limits.documents:
            raise UsageError(SERVE_TOO_MANY, what="documents", limit=limits.documents)
        error = _excess(document, limits)
        if error is None:
            documents.append(document)
        else:
            problems(error)
    return documents


def _excess(document: Document, limits: Limits) -> InputError | None:
    """What a document has too much of."""
    place = Place(document=document.id)
    for what, limit, count in (
        ("characters", limits.characters, _characters),
        ("mentions", limits.mentions, _mentions),
        ("characters of mentions", limits.characters, _covered),
        (f"entities within {PART_CHARACTERS:,} characters", limits.entities, _crowd),
    ):
        if (found := count(document)) > limit:  # each is cheap once those before it are bounded
            return InputError(SERVE_TOO_LONG, at=place, count=found, what=what, limit=limit)
    return None


def _characters(document: Document) -> int:
    return len(document.text)


def _mentions(document: Document) -> int:
    return len(document.mentions)


def _covered(document: Document) -> int:
    return sum(mention.end - mention.start for mention in document.mentions)


def _crowd(document: Document) -> int:
    """The entities of the part that has most of them; their pairs grow as the square."""
    return max(len(part.document.entities) for part in parts(document, PART_CHARACTERS))


def _own(
    given: list[dict[str, Any]], schema: Schema | None, problems: Problems
) -> Iterator[Document]:
    """Documents of ours, read as lines of JSON Lines are: a place names the document's number."""
    _require_some(given, "document")
    lines = (
        msgspec.json.encode({key: value for key, value in each.items() if key not in _DERIVED})
        for each in given
    )
    return formats.read_stream(
        BytesIO(b"\n".join(lines)),
        "documents",
        format="jsonl",
        schema=schema,
        any_label=True,
        on_error=problems,
    )


def _require_some(given: object, what: str) -> None:
    if not given:
        raise UsageError(SERVE_NOTHING, what=what)
