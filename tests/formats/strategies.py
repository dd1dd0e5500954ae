"""Documents drawn by hypothesis, with everything a document can have."""

from __future__ import annotations

import string

import msgspec
from hypothesis import strategies as st

from relatome.data.document import Document, Mention, Passage, Relation, Span

# Every character that XML can hold; JSON holds them all.
_CHARACTERS = st.one_of(
    st.sampled_from("aZ09 .|&<>\"'\t\n\r;,-é🧬β\u05d0\u2028\x85"),
    st.characters(min_codepoint=32, max_codepoint=0xFFFD, exclude_categories=("Cs",)),
)
_WORDS = st.text(string.ascii_letters + "_", min_size=1, max_size=8)
_IDS = st.text(string.ascii_letters + string.digits + "._:", min_size=1, max_size=8)
_ENTITY_IDS = st.one_of(
    st.text(string.ascii_letters + string.digits, min_size=1, max_size=6),
    st.sampled_from(("MESH:D003924", "p|SUB|E|12|K", "c|DEL||30", "OMIM:604370", "10", "20")),
)
_INFONS = st.dictionaries(
    st.sampled_from(("note", "section_type", "p-value")), st.text(_CHARACTERS, max_size=5)
)
_SCORES = st.none() | st.floats(0, 1)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """A document: title, abstract and perhaps more, mentions passage by passage, relations."""
    passages = draw(_passages())
    mentions: list[Mention] = []
    for passage in passages:
        for _ in range(draw(st.integers(0, 2)) if passage.text else 0):
            mentions.append(draw(_mention(passage, f"T{len(mentions)}")))
    document = Document(draw(_IDS), passages, tuple(mentions), (), draw(_INFONS))
    entity_ids = sorted({entity_id for m in mentions for entity_id in m.entity_ids})
    if not entity_ids:
        return document
    relations = st.lists(_relation(entity_ids, len(document.text)), max_size=3)
    return document.with_relations(tuple(draw(relations)))


def files() -> st.SearchStrategy[list[Document]]:
    """The documents of a file, each with an id of its own."""
    return st.lists(documents(), min_size=1, max_size=3, unique_by=lambda document: document.id)


@st.composite
def _passages(draw: st.DrawFn) -> tuple[Passage, ...]:
    passages: list[Passage] = []
    offset = 0
    for kind in ("title", "abstract", "paragraph", "text")[: draw(st.integers(1, 4))]:
        text = draw(st.text(_CHARACTERS, max_size=20))
        passages.append(Passage(kind, offset, text, draw(_INFONS)))
        # PubTator has one character between title and abstract; the others may stand apart.
        offset += len(text) + (1 if kind == "title" else draw(st.integers(0, 3)))
    return tuple(passages)


@st.composite
def _mention(draw: st.DrawFn, passage: Passage, mention_id: str) -> Mention:
    cuts = st.integers(passage.offset, passage.end)
    ends = sorted(draw(st.lists(cuts, min_size=2, max_size=4, unique=True)))
    pairs = zip(ends[::2], ends[1::2], strict=False)
    spans = tuple(Span(start, end) for start, end in pairs)
    pieces = (passage.text[s.start - passage.offset : s.end - passage.offset] for s in spans)
    return Mention(
        mention_id,
        spans[0].start,
        spans[-1].end,
        " ".join(pieces),
        draw(_WORDS),
        tuple(draw(st.lists(_ENTITY_IDS, max_size=2, unique=True))),
        spans if len(spans) > 1 else (),
        draw(_INFONS),
        draw(st.just("") | _WORDS),
    )


@st.composite
def _relation(draw: st.DrawFn, entity_ids: list[str], length: int) -> Relation:
    head, tail = draw(st.sampled_from(entity_ids)), draw(st.sampled_from(entity_ids))
    spans = st.tuples(st.integers(0, length), st.integers(0, length)).map(sorted)
    return Relation(
        head,
        tail,
        draw(_WORDS),
        draw(_SCORES),
        draw(st.sampled_from((None, True, False))),
        draw(_SCORES),
        draw(st.sampled_from((None, head, tail))),
        tuple(Span(*span) for span in draw(st.lists(spans, max_size=2))),
        draw(_INFONS),
    )


def bare(document: Document) -> Document:
    """`document` without mention ids and passage infons."""
    replace = msgspec.structs.replace
    return replace(
        document,
        passages=tuple(replace(passage, infons={}) for passage in document.passages),
        mentions=tuple(replace(mention, id="") for mention in document.mentions),
    )
