"""PubMed: title and abstract of articles, without annotations (NCBI's E-utilities, efetch).

https://www.ncbi.nlm.nih.gov/books/NBK25499/. Unknown ids are missing in the answer. The address may
be changed by ``RELATOME_PUBMED_URL``; a key in ``NCBI_API_KEY`` is sent along, and the rate stays
that of a user without one.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO

from relatome.data.document import Document
from relatome.errors import PUBMED_INVALID, InputError, Place
from relatome.formats.pubmed_xml import COLLECTIONS, RECORDS, read
from relatome.formats.records import Names, Record
from relatome.formats.xml_stream import Element, elements, etree
from relatome.sources.cache import Cache
from relatome.sources.client import Client, Service
from relatome.sources.fetching import Answer, Fetcher, OnError, Question
from relatome.sources.ids import require_ids
from relatome.sources.report import FetchReport

PUBMED = Service("PubMed", "https://eutils.ncbi.nlm.nih.gov/entrez/eutils", "RELATOME_PUBMED_URL")
KEY = "NCBI_API_KEY"

_BATCH = 100
_PATH = "efetch.fcgi"
_UNKNOWN = b"ID list is empty"
_WHOLE = b"<PubmedArticleSet>%s</PubmedArticleSet>"


def fetch(
    ids: Iterable[str],
    *,
    client: Client | None = None,
    cache: Cache | None = None,
    offline: bool = False,
    report: FetchReport | None = None,
    on_error: OnError | None = None,
) -> Iterator[Document]:
    """Documents of PubMed, one after the other, in the order asked.

    A retracted article is a document with the infon ``retracted``, one without an abstract a
    document of its title; `report` names both.

    Args:
        ids: PubMed ids.
        client: what asks; by default one for `PUBMED`.
        cache: where records are kept; by default that of the user.
        offline: ask nothing, and take from the cache what is there, however old.
        report: told what is met.
        on_error: called with each problem, of which there is one for every id that gives no
            document; reading goes on. By default the first problem is raised.

    Raises:
        UsageError: at once, if one of `ids` is no PubMed id.
        WorkError: while fetching, unless `on_error` is given.
    """
    wanted = require_ids(ids, ("pmid",))
    fetcher = Fetcher(
        PUBMED, client=client, cache=cache, offline=offline, report=report, on_error=on_error
    )
    question = Question("pubmed", _BATCH, _ask, _read)
    return _documents(fetcher, wanted, question)


def _documents(fetcher: Fetcher, ids: Sequence[str], question: Question) -> Iterator[Document]:
    with fetcher:
        yield from fetcher.documents(ids, question)


def _ask(client: Client, ids: Sequence[str]) -> Answer:
    parameters = {"db": "pubmed", "retmode": "xml", "tool": "relatome", "id": ",".join(ids)}
    if os.environ.get(KEY):
        parameters["api_key"] = os.environ[KEY]
    sent = client.get(_PATH, parameters, _records, unknown=_UNKNOWN) or []
    found: dict[str, bytes] = {}
    for id, record in sent:
        if id in ids:
            found.setdefault(id, record)
    return Answer(found, len(sent) - len(found))


def _records(body: bytes) -> list[tuple[str, bytes]]:
    """Each record by its PMID, as XML of its own."""
    found = []
    try:
        for element in elements(BytesIO(body), COLLECTIONS, RECORDS, _invalid):
            # The first in a record is its own; others are of articles it mentions.
            pmid = element.findtext(".//PMID") or ""
            found.append((pmid.strip(), etree.tostring(element, with_tail=False)))
    except InputError as error:
        raise ValueError(error.what.removesuffix(".")) from None
    return found


def _invalid(reason: str, element: Element) -> InputError:
    return InputError(PUBMED_INVALID, at=Place(line=element.sourceline), reason=reason)


def _read(id: str, record: bytes) -> Record:
    return next(read(BytesIO(_WHOLE % record), Names(None)))
