"""Published corpora as data: where they are, their checksum, licence and splits."""

from relatome.corpora.corpus import Corpus
from relatome.corpora.registry import CORPORA, corpus, data_hash, directories, find, load

__all__ = ["CORPORA", "Corpus", "corpus", "data_hash", "directories", "find", "load"]
