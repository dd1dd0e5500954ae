"""Published corpora as data – where they are, checksum, licence, splits – and a user's own."""

from relatome.corpora.annotated import Annotated, read_annotated
from relatome.corpora.corpus import Corpus
from relatome.corpora.own import find_schema
from relatome.corpora.places import directories
from relatome.corpora.registry import (
    CORPORA,
    copies,
    corpus,
    data_hash,
    load,
    names,
    names_corpus,
    parts,
    present,
)

__all__ = [
    "CORPORA",
    "Annotated",
    "Corpus",
    "copies",
    "corpus",
    "data_hash",
    "directories",
    "find_schema",
    "load",
    "names",
    "names_corpus",
    "parts",
    "present",
    "read_annotated",
]
