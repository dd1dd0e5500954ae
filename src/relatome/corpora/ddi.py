"""The DDI corpus of 2013 (SemEval task 9): drug-drug interactions in DrugBank and MEDLINE texts."""

from __future__ import annotations

from relatome.corpora.corpus import Corpus, CorpusFile, Download, SplitEntry
from relatome.data.schemas import DDI as SCHEMA

_ARCHIVE = CorpusFile(
    "DDICorpus-2013.zip", "87fc63e32ebce20d9841c372e0c594ec72d60882ab5621550ca73c3eaf80ab60"
)

DDI = Corpus(
    name="ddi",
    title="DDI 2013: drug-drug interactions of four types, sentence by sentence",
    citation=(
        "Herrero-Zazo M, Segura-Bedmar I, Martinez P, Declerck T. The DDI corpus: an annotated "
        "corpus with pharmacological substances and drug-drug interactions. Journal of Biomedical "
        "Informatics 46(5), 914-920, 2013. doi:10.1016/j.jbi.2013.07.011"
    ),
    licence="CC BY-NC 4.0",
    terms=(
        "May be shared and adapted with credit to the authors, and NOT for commercial purposes. "
        "Whether a model trained on it is bound in the same way is for you to judge."
    ),
    licence_url="https://creativecommons.org/licenses/by-nc/4.0/",
    homepage="https://github.com/isegura/DDICorpus",
    schema=SCHEMA,
    format="ddi-xml",
    splits=(
        SplitEntry("train", "train", 714, (_ARCHIVE,), "DDICorpus/Train/*/*.xml"),
        SplitEntry(
            "test", "test", 191, (_ARCHIVE,), "DDICorpus/Test/Test for DDI Extraction task/*/*.xml"
        ),
        # Annotated with drugs only: all of its pairs are "false", which says nothing.
        SplitEntry(
            "test-ner", "test", 112, (_ARCHIVE,), "DDICorpus/Test/Test for DrugNER task/*/*.xml"
        ),
    ),
    folders=("ddi", "ddi2013"),
    downloads=(
        Download(
            "https://raw.githubusercontent.com/isegura/DDICorpus/"
            "819b0fa538ed83ab2a8b4f5417bba3c03249b7f3/DDICorpus-2013.zip",
            _ARCHIVE.sha256,
            1_545_162,
        ),
    ),
)
