"""PubTator3: articles with the entities NCBI has found in them.

https://www.ncbi.nlm.nih.gov/research/pubtator3/api. ``publications/export/biocjson`` takes up to
100 ``pmids`` and gives title and abstract, or with ``full=true`` the whole article where it is
open; ``publications/pmc_export/biocjson`` takes ``pmcids``. Unknown ids are missing in the answer,
which is refused if all are. The address may be changed by ``RELATOME_PUBTATOR3_URL``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from itertools import groupby
from typing import Any

import msgspec

from relatome.data.document import Document, Mention, Relation, check_mention
from relatome.errors import (
    MENTION_LEFT_OUT,
    MISSING_ENTITY,
    OFFSET_MISMATCH,
    RELATION_LEFT_OUT,
    InputError,
    Place,
)
from relatome.formats import bioc_json
from relatome.formats.bioc import Annotation
from relatome.formats.records import Names, Record, checked
from relatome.sources.cache import Cache
from relatome.sources.client import Client, Service
from relatome.sources.fetching import Answer, Fetcher, OnError, Question
from relatome.sources.ids import PMC, Kind, require_ids
from relatome.sources.report import FetchReport
from relatome.sources.spelling import same_but_for_spelling

PUBTATOR3 = Service(
    "PubTator3",
    "https://www.ncbi.nlm.nih.gov/research/pubtator3-api",
    "RELATOME_PUBTATOR3_URL",
)
AS_SENT = "as_sent"  # infon of a mention whose text was mended: the service's spelling

_BATCH = 100
_FULL_TEXT_BATCH = 10  # an article is a megabyte
_EXPORT = "publications/export/biocjson"
_PMC_EXPORT = "publications/pmc_export/biocjson"
_UNKNOWN = b"Could not retrieve publications"
_COLLECTIONS = ("PubTator3", "documents")
_NOT_OPEN = ", and full text is there for articles of PMC's open access subset only"


def fetch(
    ids: Iterable[str],
    *,
    full_text: bool = False,
    keep_relations: bool = False,
    client: Client | None = None,
    cache: Cache | None = None,
    offline: bool = False,
    report: FetchReport | None = None,
    on_error: OnError | None = None,
) -> Iterator[Document]:
    """Documents of PubTator3 with their mentions, one after the other, in the order asked.

    A document has the id it was asked for. Entity types are as PubTator3 writes them
    (`Schema.conform` gives them a schema's names). Passages of full text keep their own offsets.

    A mention whose text differs from the document's by spelling only (α for a) gets the document's,
    and keeps its own as infon ``as_sent``; one that does not fit at all is left out. `report`
    counts both, and `on_error`, if given, is told of the latter.

    Args:
        ids: PubMed ids, and ids of PMC (``PMC6207735``) for full text.
        full_text: give the full text for PubMed ids too, where there is one.
        keep_relations: keep PubTator3's own relations.
        client: what asks; by default one for `PUBTATOR3`.
        cache: where records are kept; by default that of the user.
        offline: ask nothing, and take from the cache what is there, however old.
        report: told what is met.
        on_error: called with each problem, of which there is one for every id that gives no
            document; reading goes on. By default the first problem is raised.

    Raises:
        UsageError: at once, if one of `ids` is none.
        WorkError: while fetching, unless `on_error` is given.
    """
    wanted = require_ids(ids, ("pmid", "pmcid"))
    fetcher = Fetcher(
        PUBTATOR3, client=client, cache=cache, offline=offline, report=report, on_error=on_error
    )
    return _documents(fetcher, wanted, full_text, keep_relations)


def _documents(
    fetcher: Fetcher, ids: Sequence[str], full_text: bool, keep_relations: bool
) -> Iterator[Document]:
    def read(id: str, record: bytes) -> Record:
        return _read(id, record, keep_relations, fetcher)

    questions: dict[Kind, Question] = {
        "pmcid": Question("pubtator3-pmc", _FULL_TEXT_BATCH, _ask_pmc, read, _NOT_OPEN),
        "pmid": Question("pubtator3-full", _FULL_TEXT_BATCH, _ask_full_text, read)
        if full_text
        else Question("pubtator3", _BATCH, _ask_abstracts, read),
    }
    with fetcher:
        for kind, group in groupby(ids, _kind):
            yield from fetcher.documents(tuple(group), questions[kind])


def _kind(id: str) -> Kind:
    return "pmcid" if id.startswith(PMC) else "pmid"


# ------------------------------------------------------------------------------------- asking


def _ask_abstracts(client: Client, ids: Sequence[str]) -> Answer:
    return _ask(client, _EXPORT, {"pmids": ",".join(ids)}, ids)


def _ask_full_text(client: Client, ids: Sequence[str]) -> Answer:
    return _ask(client, _EXPORT, {"pmids": ",".join(ids), "full": "true"}, ids)


def _ask_pmc(client: Client, ids: Sequence[str]) -> Answer:
    return _ask(client, _PMC_EXPORT, {"pmcids": ",".join(ids)}, ids)


def _ask(client: Client, path: str, parameters: Mapping[str, str], ids: Sequence[str]) -> Answer:
    sent = client.get(path, parameters, _collection, unknown=_UNKNOWN) or []
    id_of = _pmcid_of if _kind(ids[0]) == "pmcid" else _pmid_of
    found: dict[str, bytes] = {}
    for document in sent:
        id = id_of(document)
        if id in ids:
            found.setdefault(id, msgspec.json.encode(document))
    return Answer(found, len(sent) - len(found))


def _collection(body: bytes) -> list[dict[str, Any]]:
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(f"it is not JSON ({error})") from None
    found = value
    if isinstance(value, dict):
        found = next((value[key] for key in _COLLECTIONS if key in value), None)
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise ValueError("it is not a collection of documents")
    return found


def _pmid_of(document: Mapping[str, Any]) -> str:
    # The `id` of a full text is the number of its PMC id, which may be the PMID of another article.
    number = document.get("pmid") or _parts(document)[0] or document.get("id")
    return str(number)


def _pmcid_of(document: Mapping[str, Any]) -> str:
    number = document.get("pmcid") or _parts(document)[1] or document.get("id")
    return PMC + str(number).upper().removeprefix(PMC)


def _parts(document: Mapping[str, Any]) -> tuple[str, str]:
    """PMID and PMC id of ``_id``, as in ``29355051|PMC6207735`` or ``39780051|None``."""
    pmid, _, pmcid = str(document.get("_id") or "").partition("|")
    return ("" if pmid == "None" else pmid), ("" if pmcid == "None" else pmcid)


# ------------------------------------------------------------------------------------- reading


def _read(id: str, record: bytes, keep_relations: bool, fetcher: Fetcher) -> Record:
    """The document of a record; what does not fit in it is left out and told.

    Raises:
        InputError: if the record as a whole cannot be read.
    """
    value = msgspec.json.decode(record) | {"id": id}
    relations = _take_relations(value)
    _take_misshapen(value, id, fetcher)
    _number_anew(value)
    document = _document_of(value)
    if keep_relations and relations:
        document = _with_relations(document, value, relations, fetcher)
    return Record(_fitting(document, fetcher))


def _document_of(value: Mapping[str, Any]) -> Document:
    (record,) = bioc_json.read(BytesIO(msgspec.json.encode([value])), Names(None))
    if isinstance(record.content, InputError):
        raise record.content
    return record.content


def _holders(value: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The document, its passages and sentences: whatever may have annotations and relations."""
    yield value
    for key in ("passages", "sentences"):
        for part in _list(value.get(key)):
            if isinstance(part, dict):
                yield from _holders(part)


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _take_relations(value: dict[str, Any]) -> list[Any]:
    found = []
    for holder in _holders(value):
        found += _list(holder.get("relations"))
        holder["relations"] = []
    value.pop("relations_display", None)  # the same once more, by name
    return found


def _take_misshapen(value: dict[str, Any], id: str, fetcher: Fetcher) -> None:
    """Leave out annotations of which one cannot tell what and where they are."""
    for holder in _holders(value):
        fitting = []
        for annotation in _list(holder.get("annotations")):
            reason = _misshapen(annotation)
            if reason:
                fetcher.report.mentions_left_out += 1
                fetcher.note(MENTION_LEFT_OUT, id, reason)
            else:
                fitting.append(annotation)
        holder["annotations"] = fitting


def _misshapen(annotation: Any) -> str:
    try:
        node = msgspec.convert(annotation, Annotation)
    except msgspec.ValidationError as error:
        return f"{error}."
    if not node.locations:
        return f"{node.text!r} has no location."
    return "" if isinstance(node.infons.get("type"), str) else f"{node.text!r} has no type."


def _number_anew(value: dict[str, Any]) -> None:
    """Drop the ids of annotations where one occurs twice; the reader gives them new ones."""
    annotations = [a for holder in _holders(value) for a in _list(holder.get("annotations"))]
    if max(Counter(str(a.get("id")) for a in annotations).values(), default=1) > 1:
        for annotation in annotations:
            annotation["id"] = ""


def _with_relations(
    document: Document, value: dict[str, Any], relations: Sequence[Any], fetcher: Fetcher
) -> Document:
    """The document with the relations that can be read, one after the other."""
    kept: list[Relation] = []
    for relation in relations:
        # Without the mentions: a relation of PubTator3 names its entities itself.
        bare = {"id": value["id"], "passages": [], "relations": [relation]}
        try:
            kept += _document_of(bare).relations
        except InputError as error:
            _lose_relation(error, document.id, fetcher)
    return document.with_relations(tuple(kept))


def _lose_relation(error: InputError, id: str, fetcher: Fetcher) -> None:
    fetcher.report.relations_left_out += 1
    fetcher.note(RELATION_LEFT_OUT, id, error.what)


def _fitting(document: Document, fetcher: Fetcher) -> Document:
    """The document without what does not fit its text, or names no entity of it.

    Raises:
        InputError: if its passages do not fit together.
    """
    # Before its text is made: offsets that make no sense would fill the memory.
    bare = msgspec.structs.replace(document, mentions=(), relations=())
    list(checked(iter([Record(bare)]), "", None))
    mentions = []
    for mention in document.mentions:
        try:
            mentions.append(_mended(mention, document, fetcher))
        except InputError as error:
            fetcher.report.mentions_left_out += 1
            fetcher.note(MENTION_LEFT_OUT, document.id, error.what)
    carried = {id for mention in mentions for id in mention.entity_ids}
    relations = []
    for relation in document.relations:
        absent = [id for id in (relation.head, relation.tail) if id not in carried]
        if absent:
            missing = InputError(MISSING_ENTITY, type=relation.type, entity=absent[0])
            _lose_relation(missing, document.id, fetcher)
        else:
            relations.append(relation)
    return msgspec.structs.replace(document, mentions=tuple(mentions), relations=tuple(relations))


def _mended(mention: Mention, document: Document, fetcher: Fetcher) -> Mention:
    """The mention with the text that stands at its offsets, if that is the same text.

    Raises:
        InputError: if it is another text, or lies outside.
    """
    try:
        check_mention(mention, document.text, Place(document=document.id))
    except InputError as error:
        found = str(error.values.get("found", ""))
        if error.message is not OFFSET_MISMATCH or not same_but_for_spelling(mention.text, found):
            raise
        fetcher.report.mended += 1
        infons = mention.infons | {AS_SENT: mention.text}
        return msgspec.structs.replace(mention, text=found, infons=infons)
    return mention
