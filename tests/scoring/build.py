"""Small documents for scoring tests."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import strategies as st

from relatome.data import Document, Mention, Passage, Relation
from relatome.data.schema import BIORED

# One letter per entity type, so that an identifier tells its type: G1 is a gene.
TYPES = {
    "D": "DiseaseOrPhenotypicFeature",
    "G": "GeneOrGeneProduct",
    "C": "ChemicalEntity",
    "V": "SequenceVariant",
}
ENTITIES = ("D1", "D2", "G1", "G2", "C1", "C2", "V1")

Row = tuple[str, str, str, bool | None]


def document(
    name: str,
    relations: Iterable[Row] = (),
    entities: Iterable[str] = ENTITIES,
    types: dict[str, str] = TYPES,
) -> Document:
    """A document whose text lists its entities, with relations as (head, tail, type, novel)."""
    mentions, text = [], ""
    for entity in entities:
        start, text = len(text), text + entity
        mentions.append(
            Mention(f"m-{entity}", start, len(text), entity, types[entity[0]], (entity,))
        )
        text += " "
    made = Document(
        name,
        (Passage("title", 0, text),),
        tuple(mentions),
        tuple(Relation(head, tail, type_, novel=novel) for head, tail, type_, novel in relations),
    )
    for mention in made.mentions:
        assert made.text[mention.start : mention.end] == mention.text
    return made


rows = st.tuples(
    st.sampled_from(ENTITIES),
    st.sampled_from(ENTITIES),
    st.sampled_from(BIORED.labels[:4]),
    st.sampled_from((True, False, None)),
)
judged_rows = rows.filter(lambda row: row[3] is not None)


def corpora(relations: st.SearchStrategy[Row]) -> st.SearchStrategy[list[Document]]:
    """Up to four documents, each with up to eight relations."""
    return st.lists(st.lists(relations, max_size=8), min_size=1, max_size=4).map(
        lambda each: [document(str(index), rows) for index, rows in enumerate(each)]
    )


def marked(
    name: str, types: dict[str, str], relations: Iterable[tuple[str, str, str]] = ()
) -> Document:
    """A document of a mention-level corpus: every mention is its own entity, named by its id."""
    mentions, text = [], ""
    for mention, type_ in types.items():
        start, text = len(text), text + mention
        mentions.append(Mention(mention, start, len(text), mention, type_, (mention,)))
        text += " "
    return Document(
        name,
        (Passage("abstract", 0, text),),
        tuple(mentions),
        tuple(Relation(head, tail, type_) for head, tail, type_ in relations),
    )
