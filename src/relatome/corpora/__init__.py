"""Published corpora as data: where they are, their checksum, licence and splits."""

from relatome.corpora.corpus import Corpus
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
    "load",
    "parts",
    "present",
]
