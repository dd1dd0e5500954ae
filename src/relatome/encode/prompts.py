"""What stands before the text of a pair: prompts by name."""

from __future__ import annotations

from dataclasses import dataclass

from relatome.data import Document, Schema
from relatome.data.schema import PROMPT_INFON


@dataclass(frozen=True)
class Prompt:
    """The question of paper A, eq. 5: ``What is [Corpus] between e1 and e2 ?``.

    Both names stand between the tags of the marker style.

    Attributes:
        begin: the words up to the head's name; ``{corpus}`` is the corpus word.
        between: the words between the names.
        end: the words after the tail's name.
        mention: which mention names an entity: 0 the first, -1 the last.
        segments: whether prompt and text are a pair of segments, told apart by segment ids.
    """

    begin: str = "What is {corpus} between"
    between: str = " and"
    end: str = " ?"
    mention: int = 0
    segments: bool = True


PROMPTS: dict[str, Prompt | None] = {
    "none": None,
    "question": Prompt(),
    # As BioREx's released code does it (ncbi/BioREx, dump_documents_2_bert_format): the corpus
    # word in brackets, which no tokenizer knows as a token, the name an entity has last, and
    # "[SEP]" written into the text. Tokenizers read that as the separator, but there is one text,
    # so one segment.
    "question-biorex": Prompt(begin="What is [{corpus}] between", mention=-1, segments=False),
}


def corpus_word(document: Document, schema: Schema) -> str:
    """The word for what is asked: of the document's own corpus in a pool, else of the schema."""
    return document.infons.get(PROMPT_INFON, schema.prompt_word)
