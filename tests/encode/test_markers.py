"""Marker styles: what stands around the mentions of a pair, and what the tokenizer must know."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from relatome.data import Document, Mention, Passage, Schema
from relatome.data.schema import BIORED
from relatome.data.schemas import BC5CDR, DRUGPROT, SCHEMAS
from relatome.encode import PairEncoding, Tokenizer
from relatome.encode.markers import MARKERS
from relatome.encode.sequences import encode_pairs, pair_tokenizer
from tests.encode.readable import TOKENIZER, encode, read
from tests.tiny import document

# Two chemicals that hold a gene between them; the first is named twice.
PAIR = document("pair", "{Abadol|C|C1} binds {KCN|G|G1} and {abadol|C|C1}.")


def text(markers: str, made: Document = PAIR, schema: Schema = BIORED) -> str:
    encoded, tokenizer = encode(made, schema, PairEncoding(markers, "none", "window", 128, "cls"))
    return read(encoded.sequences[0], tokenizer)


@pytest.mark.parametrize(
    ("markers", "expected"),
    [
        (
            "typed",
            "[CLS] [S:ChemicalEntity] abadol [/S:ChemicalEntity] binds [O:GeneOrGeneProduct] kcn "
            "[/O:GeneOrGeneProduct] and [S:ChemicalEntity] abadol [/S:ChemicalEntity] . [SEP]",
        ),
        (
            "typed-fine",  # the schema has no finer types for these mentions
            "[CLS] [S:ChemicalEntity] abadol [/S:ChemicalEntity] binds [O:GeneOrGeneProduct] kcn "
            "[/O:GeneOrGeneProduct] and [S:ChemicalEntity] abadol [/S:ChemicalEntity] . [SEP]",
        ),
        (
            "boundary",
            "[CLS] [ChemicalEntity] abadol [/ChemicalEntity] binds [GeneOrGeneProduct] kcn "
            "[/GeneOrGeneProduct] and [ChemicalEntity] abadol [/ChemicalEntity] . [SEP]",
        ),
        ("concept", "[CLS] @E abadol E/@ binds @E kcn E/@ and @E abadol E/@ . [SEP]"),
        (
            "biorex",  # the closing tags are no tokens, and this tokenizer parts at / and $
            "[CLS] @ChemicalEntitySrc$ abadol @ chemicalentitysrc / $ binds "
            "@GeneOrGeneProductTgt$ kcn @ geneorgeneproducttgt / $ and "
            "@ChemicalEntitySrc$ abadol @ chemicalentitysrc / $ . [SEP]",
        ),
    ],
)
def test_each_style(markers: str, expected: str) -> None:
    assert text(markers) == expected


def drugprot(*fine_types: str) -> Document:
    """A chemical and genes of these finer types."""
    named = [("abadol", "CHEMICAL", ""), *(("kcn", "GENE", fine) for fine in fine_types)]
    words = " ".join(name for name, _, _ in named)
    starts = [sum(len(name) + 1 for name, _, _ in named[:i]) for i in range(len(named))]
    mentions = tuple(
        Mention(f"T{i}", start, start + len(name), name, type, (f"T{i}",), fine_type=fine)
        for i, (start, (name, type, fine)) in enumerate(zip(starts, named, strict=True))
    )
    return Document("d", (Passage("abstract", 0, words),), mentions)


@pytest.mark.parametrize(
    ("fine", "shown"), [("GENE-Y", "GENE-Y"), ("GENE-N", "GENE-N"), ("", "GENE"), ("x", "GENE")]
)
def test_fine_types_are_those_the_schema_knows(fine: str, shown: str) -> None:
    expected = f"[CLS] [S:CHEMICAL] abadol [/S:CHEMICAL] [O:{shown}] kcn [/O:{shown}] [SEP]"
    assert text("typed-fine", drugprot(fine), DRUGPROT) == expected
    assert "[O:GENE] kcn" in text("typed", drugprot(fine), DRUGPROT)


def test_the_tokens_of_each_style() -> None:
    assert MARKERS["typed"].tokens(BC5CDR) == (
        "[S:Chemical]",
        "[/S:Chemical]",
        "[O:Disease]",
        "[/O:Disease]",
    )
    assert MARKERS["boundary"].tokens(BC5CDR) == (
        "[Chemical]",
        "[/Chemical]",
        "[Disease]",
        "[/Disease]",
    )
    assert MARKERS["concept"].tokens(BIORED) == ("@E", "E/@")
    assert MARKERS["biorex"].tokens(BC5CDR) == (
        "@ChemicalSrc$",
        "@/ChemicalSrc$",
        "@DiseaseTgt$",
        "@/DiseaseTgt$",
    )
    fine = set(MARKERS["typed-fine"].tokens(DRUGPROT)) - set(MARKERS["typed"].tokens(DRUGPROT))
    assert fine == {"[O:GENE-Y]", "[/O:GENE-Y]", "[O:GENE-N]", "[/O:GENE-N]"}


@pytest.mark.parametrize("markers", MARKERS)
@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=lambda schema: schema.name)
def test_every_marker_is_one_token_after_saving(
    markers: str, schema: Schema, tmp_path: Path
) -> None:
    encoding = PairEncoding(markers, "none", "window", 128, "cls")
    pair_tokenizer(TOKENIZER, schema, encoding).save(tmp_path / "tokenizer.json")
    again = Tokenizer.from_file(tmp_path / "tokenizer.json")
    names = MARKERS[markers].tokens(schema)
    ids = [again.id_of(name) for name in names]
    assert len(set(ids)) == len(names)
    assert min(ids) >= TOKENIZER.vocabulary_size
    assert again.vocabulary_size == TOKENIZER.vocabulary_size + len(names)
    for name, index in zip(names, ids, strict=True):
        assert again.token(index) == name
        assert index not in again(f"pain {name} fever").ids  # spelled in a text, it is text


def test_a_mention_of_both_entities() -> None:
    both = document("both", "{KCN|G|G1,G2} in mice")
    gene = "GeneOrGeneProduct"
    inner = f"[O:{gene}] kcn [/O:{gene}]"
    assert text("typed", both) == f"[CLS] [S:{gene}] {inner} [/S:{gene}] in mice [SEP]"
    # Marked alike for both, it is marked once.
    assert text("boundary", both) == f"[CLS] [{gene}] kcn [/{gene}] in mice [SEP]"
    encoded, _ = encode(both, BIORED, PairEncoding("concept", "none", "window", 64, "starts"))
    (sequence,) = encoded.sequences
    assert sequence.head_starts.tolist() == sequence.tail_starts.tolist() == [1]
    assert sequence.head_spans.tolist() == sequence.tail_spans.tolist() == [[2, 3]]


def test_a_marker_missing_in_the_tokenizer_is_named() -> None:
    from relatome.errors import ModelError

    with pytest.raises(ModelError, match=r"R517.*\[S:ChemicalEntity\]"):
        encode_pairs(PAIR, BIORED, TOKENIZER, PairEncoding("typed", "none", "window", 128, "cls"))


def test_types_of_a_users_own_schema_may_have_any_name() -> None:
    odd = msgspec.structs.replace(
        BC5CDR,
        entity_types={"a {b}": (), "Genes & Molecules": ()},
        pairs=(msgspec.structs.replace(BC5CDR.pairs[0], head="a {b}", tail="Genes & Molecules"),),
    )
    assert MARKERS["typed"].tokens(odd)[0] == "[S:a {b}]"
    tokenizer = TOKENIZER.with_markers(MARKERS["typed"].tokens(odd))
    assert tokenizer.token(tokenizer.id_of("[/O:Genes & Molecules]")) == "[/O:Genes & Molecules]"
