from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relatome.data import Document, Mention, Passage, Span, sentence_of, sentences


def split(text: str, mentions: tuple[Mention, ...] = ()) -> list[str]:
    document = Document("1", (Passage("abstract", 0, text),), mentions)
    return [text[span.start : span.end] for span in sentences(document)]


# Each case is its sentences, written with a bar at every border.
TRICKY = [
    "Growth of E. coli and S. aureus was slower.|L. monocytogenes was not affected.",
    "Jones et al. (2003) saw it, and so did Smith et al. [3].|We did not.",
    "Mice were given 5 mg/kg i.v. twice, then p.o. for 3 days.|None died.",
    "The dose was approx. 2-fold that of controls, cf. Fig. 2A and Figs. 3-4.|It was safe.",
    "IL-2 rose vs. placebo.|IL-4, i.e. the other one, did not (e.g. on day 3).",
    "It was lower (P = 0.05.) in both groups.|It was higher in none.",
    "It was lower (P = 0.05. N = 12) in both groups.|It was higher in none.",
    "Survival differed (P < 0. 05).|Age did not (P = .3).",
    "p53 was mutated.|mRNA of it rose.|miR-21 fell.",
    "It fell to 3.5 kb.|In 1.2% of cases it rose.",
    "Dr. J. R. Smith saw all patients.|They were well.",
    "1. Aspirin was given.|2. Ibuprofen was not.",
    "Candida spp. and Streptococcus sp. were found.|They grew.",
    "Does it bind?|Yes!|It does.",
    "The pathway [4] was known.|Kinase activity [5] was not.",
    "He got hepatitis B.|She did not.",
    "Tablets were given b.i.d. for 3 wk, no. 3 to none.|That was all.",
    "β-Catenin binds α-actinin (𝛼).|The rest does not.",
]


@pytest.mark.parametrize("marked", TRICKY)
def test_tricky_biomedical_text(marked: str) -> None:
    assert split(marked.replace("|", " ")) == marked.split("|")


def test_sentences_are_offsets_into_the_document() -> None:
    document = Document(
        "1", (Passage("title", 0, "One thing."), Passage("abstract", 11, " Two.  Three. "))
    )
    assert sentences(document) == (Span(0, 10), Span(12, 16), Span(18, 24))


def test_passages_of_kind_sentence_are_the_sentences() -> None:
    document = Document(
        "1",
        (
            Passage("sentence", 0, "A. Two. In one"),
            Passage("sentence", 15, " \n"),
            Passage("sentence", 18, " b\n"),
        ),
    )
    assert sentences(document) == (Span(0, 14), Span(19, 20))


def test_a_sentence_ends_with_its_passage() -> None:
    document = Document("1", (Passage("title", 0, "No full stop"), Passage("a", 13, "here")))
    assert sentences(document) == (Span(0, 12), Span(13, 17))


def test_a_mention_is_not_cut() -> None:
    text = "It is St. John. Wort that helps. Not X."
    assert split(text) == ["It is St. John.", "Wort that helps.", "Not X."]
    mention = Mention("m", 6, 20, "St. John. Wort", "Chemical")
    assert split(text, (mention,)) == ["It is St. John. Wort that helps.", "Not X."]


def test_the_sentence_of_a_span() -> None:
    spans = (Span(2, 10), Span(12, 20))
    assert [sentence_of(spans, Span(*s)) for s in ((2, 10), (5, 6), (12, 20))] == [0, 0, 1]
    assert [sentence_of(spans, Span(*s)) for s in ((0, 3), (9, 13), (10, 11), (19, 21))] == [
        None
    ] * 4


def test_nothing_has_no_sentences() -> None:
    assert sentences(Document("1", ())) == ()
    assert split("") == split(" \n ") == []


prose = st.text(alphabet=st.sampled_from("aA1. ()[?!\n-<=α𝛼e"), max_size=60)


@given(st.lists(st.tuples(st.sampled_from(["p", "sentence"]), prose), max_size=4))
def test_every_character_but_space_is_in_exactly_one_sentence(parts: list[tuple[str, str]]) -> None:
    passages: list[Passage] = []
    for kind, text in parts:
        offset = passages[-1].end + 1 if passages else 0
        passages.append(Passage(kind, offset, text))
    document = Document("1", tuple(passages))
    spans = sentences(document)
    covered = [offset for span in spans for offset in range(span.start, span.end)]
    assert covered == sorted(set(covered))
    outside = set(range(len(document.text))) - set(covered)
    assert all(document.text[offset].isspace() for offset in outside)
    for span in spans:
        assert sum(p.offset <= span.start and span.end <= p.end for p in passages) == 1


def test_much_text_without_a_sentence_end_is_split_in_good_time() -> None:
    assert len(split("a. " * 100_000)) == 1
    assert len(split("It is. " * 100_000)) == 100_000
