"""Corpora whose documents are spread over several files, or kept in a form of their own.

A layout is one function: the files of a split, verified, and the schema of the corpus go in,
documents come out, checked and reported as by `relatome.formats.read`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from relatome.corpora.corpus import Source
from relatome.corpora.layouts import (
    aimed,
    biorex,
    euadr_bigbio,
    euadr_bioc,
    placeholders,
    tsv_triple,
)
from relatome.data import Document, Schema
from relatome.formats import OnError

Layout = Callable[[Sequence[Source], Schema, OnError | None], Iterator[Document]]

LAYOUTS: dict[str, Layout] = {
    "tsv-triple": tsv_triple.read,
    "biorex-whole": biorex.read_whole,
    "biorex-part": biorex.read_part,
    "biorex-sentences": biorex.read_sentences,
    "aimed-d78": aimed.read,
    "euadr-bioc": euadr_bioc.read,
    "euadr-bigbio": euadr_bigbio.read,
    "placeholders": placeholders.read,
}
