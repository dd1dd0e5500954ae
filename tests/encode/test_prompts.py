"""Prompts: paper A's question before the text, and BioREx's form of it."""

from __future__ import annotations

import msgspec
import pytest

from relatome.data import Document
from relatome.data.schema import BIORED, CORPUS_INFON, PROMPT_INFON
from relatome.data.schemas import DDI, SCHEMAS
from relatome.encode import PairEncoding, PairSequence
from relatome.encode.prompts import corpus_word
from tests.encode.readable import encode, read
from tests.tiny import document

PAIR = document("pair", "{Abadol|C|C1} relieves {pain|D|D1}, not {abadol acid|C|C1}.")


def sequence(
    prompt: str, markers: str = "boundary", length: int = 128, made: Document = PAIR
) -> tuple[PairSequence, str]:
    encoding = PairEncoding(markers, prompt, "window", length, "cls")
    encoded, tokenizer = encode(made, BIORED, encoding)
    return encoded.sequences[0], read(encoded.sequences[0], tokenizer)


C, D = "ChemicalEntity", "DiseaseOrPhenotypicFeature"
TEXT = f"[{C}] abadol [/{C}] relieves [{D}] pain [/{D}] , not [{C}] abadol acid [/{C}] . [SEP]"


def test_no_prompt() -> None:
    made, text = sequence("none")
    assert text == f"[CLS] {TEXT}"
    assert not made.segments.any()


def test_the_question_is_a_segment_of_its_own() -> None:
    made, text = sequence("question")
    question = f"what is biored between [{C}] abadol [/{C}] and [{D}] pain [/{D}] ? [SEP]"
    assert text == f"[CLS] {question} {TEXT}"
    assert made.segments.tolist() == [0] * 14 + [1] * (len(made.ids) - 14)
    assert made.text == (14, len(made.ids) - 1)


def test_markers_in_the_question_are_not_among_the_starts() -> None:
    made, _ = sequence("question", "typed")
    assert made.head_starts.tolist() == [14, 23]
    assert made.tail_starts.tolist() == [18]


def test_the_question_of_biorex_is_no_segment_and_takes_the_last_name() -> None:
    made, text = sequence("question-biorex", "biorex")
    assert text == (
        f"[CLS] what is [ biored ] between @{C}Src$ abadol acid @/{C}Src$ and @{D}Tgt$ pain "
        f"@/{D}Tgt$ ? [SEP] @{C}Src$ abadol @ chemicalentitysrc / $ relieves @{D}Tgt$ pain "
        "@ diseaseorphenotypicfeaturetgt / $ , not @ChemicalEntitySrc$ abadol acid "
        "@ chemicalentitysrc / $ . [SEP]"
    )
    assert not made.segments.any()


def test_the_word_of_a_pools_document_is_its_own() -> None:
    pooled = msgspec.structs.replace(PAIR, infons={CORPUS_INFON: "ddi", PROMPT_INFON: "DDI"})
    assert "what is ddi between" in sequence("question", made=pooled)[1]
    assert corpus_word(PAIR, DDI) == "DDI"
    assert corpus_word(pooled, BIORED) == "DDI"


def test_prompt_words_name_the_tasks() -> None:
    words = {name: schema.prompt_word for name, schema in SCHEMAS.items()}
    assert words["ddi"] == "DDI"
    assert words["bc5cdr"] == "BC5CDR"
    assert words["drugprot"] == "DrugProt"
    assert words["chemprot"] == "ChemProt"
    assert words["biored"] == "BioRED"
    assert words["hprd50-biorex"] == "HPRD50"


@pytest.mark.parametrize("prompt", ["none", "question", "question-biorex"])
def test_long_names_leave_room_for_the_text(prompt: str) -> None:
    name = " ".join(["acid"] * 60)
    long = document("long", f"one {{two {name} three|C|C1}} relieves {{pain|D|D1}} four")
    made, text = sequence(prompt, length=64, made=long)
    assert len(made.ids) <= 64
    assert made.shortened
    assert text.endswith(f"acid three [/{C}] relieves [{D}] pain [/{D}] four [SEP]")
    assert f"one [{C}] two acid" in text
    if prompt != "none":
        question = text.split(" ? [SEP] ")[0]
        assert f"[{C}] two acid" in question
        assert question.endswith(f"acid three [/{C}] and [{D}] pain [/{D}]")
