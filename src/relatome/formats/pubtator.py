"""PubTator: title and abstract on a line each, then tab-separated annotations.

::

    10491763|t|Title of the article.
    10491763|a|Its abstract.
    10491763⇥0⇥5⇥Title⇥DiseaseOrPhenotypicFeature⇥D003924
    10491763⇥Association⇥3175⇥D003924⇥Novel
    10491763⇥3175⇥D003924⇥Subject:3175

Offsets count characters of title, one separator, abstract. A document ends at a blank line, at
the end of the file, or where the id changes. Annotations may come in any order. Read strictly:
a line that fits none of the kinds is an error, never a guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO, NamedTuple, NoReturn

import msgspec

from relatome.data.document import Document, Mention, Passage, Relation
from relatome.errors import (
    PUBTATOR_LINE,
    PUBTATOR_NO_RELATION,
    PUBTATOR_SUBJECT,
    UNWRITABLE,
    InputError,
    Message,
    Place,
)
from relatome.formats.identifiers import (
    describes_variant,
    holds_identifiers,
    identifier_field,
    parse_argument,
    parse_identifiers,
)
from relatome.formats.records import Names, Record
from relatome.formats.report import (
    READS_BACK_DIFFERENTLY,
    Layout,
    WriteReport,
    lose_document_extras,
)
from relatome.formats.source import MAX_DOCUMENT_BYTES, Line, clipped, decoded, lines, too_long

TEXT_LINE = re.compile(r"([^|\t]*)\|([^|\t]*)\|(.*)", re.DOTALL)
_TITLE_LINE = re.compile(rb"([^|\t]*)\|t\|")
_NOVELTY = {"Novel": True, "No": False}
_SUBJECT = "Subject:"


def read(stream: BinaryIO, names: Names) -> Iterator[Record]:
    """Read the documents of a PubTator file one after the other."""
    for block in _blocks(stream):
        try:
            record = _Block(block, names).record()
        except InputError as error:
            record = Record(error, block[0].number)
        yield record


def _blocks(stream: BinaryIO) -> Iterator[list[Line]]:
    """The lines of each document."""
    block: list[Line] = []
    block_id = b""
    size = 0
    for line in lines(stream):
        blank = not line.content.strip()
        title = _TITLE_LINE.match(line.content)
        # A title line of another document begins it even without a blank line before it.
        if block and (blank or (title and title[1] != block_id)):
            yield block
            block = []
        if blank:
            continue
        if not block:
            size = 0
            block_id = re.split(rb"[|\t]", line.content, maxsplit=1)[0]
        size += len(line.content)
        if size > MAX_DOCUMENT_BYTES:
            raise too_long(line=line.number)
        block.append(line)
    if block:
        yield block


class _Role(NamedTuple):
    pair: frozenset[str]
    subject: str
    place: Place
    head: str
    tail: str


class _Block:
    """The lines of one document, sorted into text, mentions, relations and roles."""

    def __init__(self, block: list[Line], names: Names) -> None:
        self._names = names
        self._texts: dict[str, str] = {}
        self._mentions: list[tuple[list[str], Place]] = []
        self._relations: list[Relation] = []
        self._relation_lines: list[int] = []
        self._roles: list[_Role] = []
        self._id = ""
        for number, content in block:
            text = decoded(content, number)
            fields = text.split("\t")
            line_id = fields[0].partition("|")[0]
            self._id = self._id or line_id
            place = Place(line=number, document=clipped(self._id))
            if line_id != self._id:
                raise _unfit(f"it begins with {clipped(line_id)!r}, not the document's id", place)
            if "|" in fields[0]:
                self._add_text(text, place)
            else:
                self._add_annotation(fields, place)
        self._place = Place(line=block[0].number, document=clipped(self._id) or None)

    def record(self) -> Record:
        """The document.

        Raises:
            InputError: naming the line that cannot be used.
        """
        if not self._id:
            raise _unfit("it has no document id", self._place)
        if "t" not in self._texts:
            raise _unfit("the document has no title line", self._place)
        title = self._texts["t"]
        passages = [Passage("title", 0, title)]
        if "a" in self._texts:
            passages.append(Passage("abstract", len(title) + 1, self._texts["a"]))
        relations = self._with_roles()
        arguments = {argument for r in relations for argument in (r.head, r.tail)}
        mentions = tuple(self._mention(i, arguments) for i in range(len(self._mentions)))
        return Record(
            Document(self._id, tuple(passages), mentions, tuple(relations)),
            self._place.line,
            [place.line or 0 for _, place in self._mentions],
            self._relation_lines,
        )

    def _add_text(self, line: str, place: Place) -> None:
        match = TEXT_LINE.fullmatch(line)
        if match is None:
            raise _unfit("it has no passage letter between two bars", place)
        letter, text = match[2], match[3]
        if letter not in ("t", "a"):
            raise _unfit(f"passage {clipped(letter)!r} is neither t nor a", place)
        if letter in self._texts:
            raise _unfit(f"the document has a second line {letter!r}", place)
        if letter == "t" and "a" in self._texts:
            raise _unfit("the title stands after the abstract", place)
        self._texts[letter] = text

    def _add_annotation(self, fields: list[str], place: Place) -> None:
        count = len(fields)
        if count == 4 and fields[3].startswith(_SUBJECT):
            # Both arguments may be numeric (NCBI Gene): this test comes before the offsets'.
            self._add_role(fields, place)
        elif count in (5, 6, 7) and _is_offset(fields[1]) and _is_offset(fields[2]):
            self._mentions.append((fields, place))
        elif count in (4, 5) and not _is_offset(fields[1]):
            self._add_relation(fields, place)
        elif count in (6, 7):
            raise _unfit(
                f"{clipped(fields[1])!r} and {clipped(fields[2])!r} are not offsets", place
            )
        else:
            raise _unfit(f"it has {count} tab-separated fields", place)

    def _mention(self, index: int, arguments: set[str]) -> Mention:
        fields, place = self._mentions[index]
        if not fields[4]:
            raise _unfit("the mention has no type", place)
        raw = fields[5] if len(fields) > 5 else ""
        infons = {}
        if describes_variant(raw):
            infons["identifier"] = raw
        if len(fields) > 6 and fields[6]:
            infons["composite"] = fields[6]
        mention_id, ids = f"M{index}", parse_identifiers(raw, arguments)
        if self._names.by_mention:
            if len(ids) != 1:
                raise _unfit("its last field is not the id of the mention, as T1", place)
            (mention_id,) = ids
        return Mention(
            mention_id,
            int(fields[1]),
            int(fields[2]),
            fields[3],
            self._names.type(fields[4], place),
            ids,
            (),
            infons,
        )

    def _add_relation(self, fields: list[str], place: Place) -> None:
        novel = None
        if len(fields) == 5:
            if fields[4] not in _NOVELTY:
                raise _unfit(f"novelty is {clipped(fields[4])!r}, not Novel or No", place)
            novel = _NOVELTY[fields[4]]
        if not fields[1]:
            raise _unfit("the relation has no type", place)
        head, tail = parse_argument(fields[2]), parse_argument(fields[3])
        label = self._names.label(fields[1], place)
        self._relations.append(Relation(head, tail, label, novel=novel))
        self._relation_lines.append(place.line or 0)

    def _add_role(self, fields: list[str], place: Place) -> None:
        head, tail = parse_argument(fields[1]), parse_argument(fields[2])
        subject = parse_argument(fields[3].removeprefix(_SUBJECT))
        if subject not in (head, tail):
            raise _refused(PUBTATOR_SUBJECT, place, subject=subject, head=head, tail=tail)
        self._roles.append(_Role(frozenset((head, tail)), subject, place, head, tail))

    def _with_roles(self) -> list[Relation]:
        if not self._roles:
            return self._relations
        related = {frozenset((r.head, r.tail)) for r in self._relations}
        subjects: dict[frozenset[str], str] = {}
        for role in self._roles:
            if role.pair not in related:
                raise _refused(PUBTATOR_NO_RELATION, role.place, head=role.head, tail=role.tail)
            if subjects.setdefault(role.pair, role.subject) != role.subject:
                raise _unfit("another role line of the pair names the other subject", role.place)
        return [
            msgspec.structs.replace(r, subject=subjects.get(frozenset((r.head, r.tail))))
            for r in self._relations
        ]


# ------------------------------------------------------------------------------------- writing

_BREAKS = re.compile(r"[\t\r\n]")


def _write(document: Document, report: WriteReport) -> bytes:
    lose_document_extras(document, report)
    layout = _TextLayout(document, report)
    fields = _Fields(document.id, report)
    lines = [f"{fields.id}|t|{layout.title}"]
    if layout.abstract is not None:
        lines.append(f"{fields.id}|a|{layout.abstract}")
    arguments = {argument for r in document.relations for argument in (r.head, r.tail)}
    for index, mention in enumerate(document.mentions):
        report.lose("mention id", mention.id != f"M{index}")
        report.lose("gap in a discontinuous mention", max(0, len(mention.fragments) - 1))
        report.lose("finer entity type", bool(mention.fine_type))
        known = {"identifier", "composite"} & mention.infons.keys()
        report.lose("mention infon", len(mention.infons) - len(known))
        report.lose(READS_BACK_DIFFERENTLY, not holds_identifiers(mention, arguments))
        start, end = layout.position(mention.start), layout.position(mention.end - 1) + 1
        columns = [str(start), str(end), layout.text[start:end]]
        columns += [fields.require("entity type", mention.type), identifier_field(mention)]
        if "composite" in mention.infons:
            columns.append(mention.infons["composite"])
        lines.append(fields.line(columns))
    for relation in document.relations:
        lines.append(_relation_line(relation, fields, report))
    lines += _role_lines(document, fields, report)
    return "".join(line + "\n" for line in (*lines, "")).encode()


class _TextLayout:
    """The text of a document as title and abstract, and where its characters go.

    The first passage is the title if it says so, and everything after it the abstract. Without a
    title, the title line is empty, and all of the text the abstract.
    """

    def __init__(self, document: Document, report: WriteReport) -> None:
        passages = document.passages
        self._start = passages[0].offset if passages else 0
        rest = passages
        self.title = ""
        if passages and passages[0].kind == "title":
            self.title = passages[0].text
            rest = passages[1:]
        self._rest = rest[0].offset if rest else len(document.text) + 1
        self.abstract = document.text[self._rest :] if rest else None
        report.lose("passage joined to the abstract", max(0, len(rest) - 1))
        report.lose("passage kind", sum(p.kind != "abstract" for p in rest))
        moved = any(self.position(p.offset) != p.offset for p in passages)
        report.lose("document whose offsets moved", moved)
        written = (self.title, self.abstract or "")
        report.lose("tab or line break", sum(len(_BREAKS.findall(part)) for part in written))
        self.title = _BREAKS.sub(" ", self.title)
        if self.abstract is not None:
            self.abstract = _BREAKS.sub(" ", self.abstract)
        self.text = f"{self.title} {self.abstract or ''}"

    def position(self, offset: int) -> int:
        """Where the character at `offset` of the document stands in title and abstract."""
        if offset >= self._rest:
            return offset - self._rest + len(self.title) + 1
        return min(max(0, offset - self._start), len(self.title))


class _Fields:
    """The columns of annotation lines; what PubTator cannot hold in one is refused or counted."""

    def __init__(self, document_id: str, report: WriteReport) -> None:
        self._report = report
        self.id = document_id
        if not re.fullmatch(r"[^|\t\r\n]*[^|\s][^|\t\r\n]*", document_id):
            self.refuse("document id", document_id)

    def refuse(self, what: str, value: str) -> NoReturn:
        raise InputError(
            UNWRITABLE,
            at=Place(document=clipped(self.id)),
            what=what,
            value=clipped(value),
            format="pubtator",
        )

    def require(self, what: str, value: str) -> str:
        """`value`, if it can stand in a column that must not be empty."""
        if not value or _BREAKS.search(value):
            self.refuse(what, value)
        return value

    def line(self, columns: Sequence[str]) -> str:
        cleaned = [_BREAKS.sub(" ", column) for column in columns]
        changed = sum(old != new for old, new in zip(columns, cleaned, strict=True))
        self._report.lose("tab or line break", changed)
        return "\t".join((self.id, *cleaned))


def _relation_line(relation: Relation, fields: _Fields, report: WriteReport) -> str:
    report.lose("relation score", relation.score is not None)
    report.lose("novelty score", relation.novel_score is not None)
    report.lose("evidence span", len(relation.evidence))
    for argument in (relation.head, relation.tail):
        report.lose(READS_BACK_DIFFERENTLY, parse_argument(argument) != argument)
    label = fields.require("relation type", relation.type)
    if _is_offset(label):
        fields.refuse("relation type", label)
    columns = [label, relation.head, relation.tail]
    if relation.novel is not None:
        columns.append("Novel" if relation.novel else "No")
    elif relation.tail.startswith(_SUBJECT):
        fields.refuse("identifier", relation.tail)
    return fields.line(columns)


def _role_lines(document: Document, fields: _Fields, report: WriteReport) -> Iterator[str]:
    """One role line per pair: the subjects of a pair's relations must agree to be held."""
    subjects: dict[frozenset[str], set[str | None]] = {}
    for relation in document.relations:
        pair = frozenset((relation.head, relation.tail))
        subjects.setdefault(pair, set()).add(relation.subject)
    for relation in document.relations:
        found = subjects.pop(frozenset((relation.head, relation.tail)), {None})
        subject = relation.subject
        if found == {subject} and subject in (relation.head, relation.tail):
            yield fields.line((relation.head, relation.tail, f"{_SUBJECT}{subject}"))
        else:
            report.lose("subject role", len(found - {None}))


LAYOUT = Layout(_write)


# ------------------------------------------------------------------------------------- helpers


def _is_offset(field: str) -> bool:
    return field.isascii() and field.isdigit() and len(field) < 19


def _unfit(reason: str, place: Place) -> InputError:
    return _refused(PUBTATOR_LINE, place, reason=reason)


def _refused(message: Message, place: Place, **values: object) -> InputError:
    return InputError(message, at=place, **values)
