"""Published corpora as data – where they are, checksum, licence, splits – and a user's own."""

from relatome.corpora.corpus import Corpus
from relatome.corpora.own import find_schema
from relatome.corpora.registry import (
    CORPORA,
    copies,
    corpus,
    data_hash,
    directories,
    find,
    load,
    parts,
    present,
)

__all__ = [
    "CORPORA",
    "Corpus",
    "copies",
    "corpus",
    "data_hash",
    "directories",
    "find",
    "find_schema",
    "load",
    "parts",
    "present",
]
