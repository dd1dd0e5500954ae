"""Every error a user can meet: what happened, where, and what to do next.

The exceptions form one small tree::

    RelatomeError
    ├── UsageError      the request itself is wrong (command line exit code 2)
    └── WorkError       the request was right, the work failed (exit code 1)
        ├── InputError      a document, file or corpus cannot be used as it is
        ├── ModelError      a model folder is incomplete, altered or unsafe
        └── MissingExtraError    an optional part of relatome is not installed

Every message stands in this file once, as a `Message` with a stable code. Raise one with its
values and, where there is one, the place it happened::

    raise InputError(UNKNOWN_TYPE, at=Place(path, line=12, document="14510914"),
                     type="Protein", known="ChemicalEntity, …")
"""

from __future__ import annotations

from dataclasses import dataclass, replace

__all__ = [
    "InputError",
    "Message",
    "MissingExtraError",
    "ModelError",
    "Place",
    "RelatomeError",
    "UsageError",
    "WorkError",
    "first_line",
]


_LONGEST_VALUE = 600  # characters: lists of known names and of folders fit


@dataclass(frozen=True)
class Message:
    """A message template: a stable code, what happened, and the next step for the user."""

    code: str
    what: str
    next_step: str


@dataclass(frozen=True)
class Place:
    """Where something happened; every part is optional.

    `line` counts from 1, as editors do.
    """

    path: str | None = None
    line: int | None = None
    document: str | None = None

    def __str__(self) -> str:
        parts = [self.path or ""]
        if self.line is not None:
            parts[0] = f"{self.path}:{self.line}" if self.path else f"line {self.line}"
        if self.document is not None:
            parts.append(f"document {_clipped(self.document)}")
        return ", ".join(part for part in parts if part)

    def within(self, outer: Place) -> Place:
        """This place, with the parts it lacks taken from `outer`."""
        return Place(
            self.path if self.path is not None else outer.path,
            self.line if self.line is not None else outer.line,
            self.document if self.document is not None else outer.document,
        )


def _clipped(text: str) -> str:
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"


def first_line(error: Exception) -> str:
    """What an error of a library says, in a line."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]


class RelatomeError(Exception):
    """Base of all errors relatome raises on purpose. Catch this to catch them all."""

    exit_code = 1

    def __init__(self, message: Message, *, at: Place | None = None, **values: object) -> None:
        self.message = message
        self.place = at if at is not None else Place()
        self.values = values
        super().__init__(str(self))

    @property
    def code(self) -> str:
        """Stable code of the message, for example ``R103``."""
        return self.message.code

    @property
    def what(self) -> str:
        """What happened, in one sentence."""
        return self.message.what.format(**self._shown)

    @property
    def next_step(self) -> str:
        """What the user can do about it."""
        return self.message.next_step.format(**self._shown)

    @property
    def _shown(self) -> dict[str, object]:
        # A value may be a line of megabytes; the message must stay one that can be read.
        return {
            name: _clipped(str(value)) if isinstance(value, str | Exception) else value
            for name, value in self.values.items()
        }

    def located(self, outer: Place) -> RelatomeError:
        """The same error, its place completed by `outer` (a reader adds the path, say)."""
        return type(self)(self.message, at=self.place.within(outer), **self.values)

    def __str__(self) -> str:
        where = str(self.place)
        prefix = f"{where}: " if where else ""
        return f"[{self.code}] {prefix}{self.what} {self.next_step}".rstrip()

    def __reduce__(self) -> tuple[object, ...]:
        # Exceptions pickle by their args; ours carry keyword values (process pools need this).
        return (_rebuild, (type(self), self.message, self.place, self.values))


def _rebuild(
    kind: type[RelatomeError], message: Message, place: Place, values: dict[str, object]
) -> RelatomeError:
    return kind(message, at=replace(place), **values)


class UsageError(RelatomeError):
    """The request itself is wrong: an unknown name, an impossible value, a missing file."""

    exit_code = 2


class WorkError(RelatomeError):
    """The request was right, but the work could not be done."""


class InputError(WorkError):
    """A document, file or corpus cannot be used as it is."""


class ModelError(WorkError):
    """A model folder is incomplete, altered or unsafe."""


class MissingExtraError(WorkError):
    """An optional part of relatome is needed and not installed."""


# ---------------------------------------------------------------- R1xx: files and documents

FILE_MISSING = Message("R101", "there is no file or folder {path}.", "Check the path.")
UNKNOWN_TYPE = Message(
    "R103",
    "unknown entity type {type!r}.",
    "Known types: {known}. Correct the type, or add it to the schema as an alias; `extract` and "
    "`scan` find all entities anew with --tagger local.",
)
OFFSET_MISMATCH = Message(
    "R104",
    "mention {start}-{end} says {expected!r}, but the text there is {found!r}.",
    "Offsets are characters from the start of the document, end exclusive; correct the offsets "
    "or the text.",
)
OFFSET_OUTSIDE = Message(
    "R105",
    "span {start}-{end} lies outside the document of {length} characters.",
    "Offsets are characters from the start of the document, end exclusive; correct them.",
)
MISSING_ENTITY = Message(
    "R106",
    "relation {type} refers to {entity!r}, which no mention of the document carries.",
    "Add a mention with that identifier, or remove the relation.",
)
DUPLICATE_DOCUMENT = Message(
    "R107",
    "document id {document!r} occurs more than once.",
    "Give every document its own id, or remove the copy; the id of a text file is its name, so "
    "rename files of the same name.",
)
DUPLICATE_MENTION_ID = Message(
    "R108", "mention id {id!r} occurs more than once.", "Give every mention its own id."
)
PASSAGE_OVERLAP = Message(
    "R109",
    "passage at offset {offset} begins before the previous one ends, at {end}.",
    "Passages must follow one another on one character axis; correct the offsets.",
)
UNKNOWN_LABEL = Message(
    "R110",
    "unknown relation type {type!r}.",
    "Known types: {known}. Correct the type, or add it to the schema.",
)

CANNOT_WRITE = Message(
    "R111", "{path} cannot be written: {reason}.", "Check that its folder exists and is yours."
)

# ---------------------------------------------------------------- R12x-R14x: file formats

FILE_EMPTY = Message("R120", "the file is empty.", "Check that it was written or fetched whole.")
FILE_UNREADABLE = Message("R121", "the file cannot be read: {reason}.", "Check the file.")
NOT_UTF8 = Message(
    "R122",
    "{what} is not UTF-8.",
    "Convert the file, for example: iconv -f LATIN1 -t UTF-8 OLD > NEW",
)
OUTPUT_FAILED = Message(
    "R119",
    "standard output cannot be written: {reason}.",
    "Make room, or write to another place; what was written so far is not whole.",
)
FILE_TRUNCATED = Message(
    "R123",
    "the file ends in the middle: {reason}.",
    "Fetch or write it again; the documents before this place were read.",
)
FORMAT_UNRECOGNIZED = Message(
    "R124",
    "the content is none of the formats relatome reads; it begins {start!r}.",
    "It reads {known}. If the content is one of these, say so: relatome convert --from FORMAT, or "
    "format= in Python.",
)
FORMAT_UNKNOWN = Message("R125", "there is no {direction} format {name!r}.", "Known: {known}.")
DOCUMENT_TOO_LONG = Message(
    "R126",
    "a document is longer than {limit}.",
    "Divide it, or check that the file is in the format it was read as.",
)
NOT_A_FILE = Message("R127", "{path} is a folder, not a file.", "Name one file.")
TEXT_ENCODING = Message(
    "R128",
    "the text is {encoding}, not UTF-8.",
    "Convert the file, for example: iconv -f {encoding} -t UTF-8 OLD > NEW; or save it again, with "
    "UTF-8 as the encoding.",
)
NOT_TEXT = Message(
    "R129",
    "this is {what}, and relatome reads text.",
    "Export its text as a file of plain text (.txt, UTF-8), and give that.",
)
PUBTATOR_LINE = Message(
    "R130",
    "this is not a line of PubTator: {reason}.",
    "A line is ID|t|title, ID|a|abstract, or tab-separated: ID start end text type identifiers "
    "(mention), ID type identifier identifier [Novel|No] (relation), "
    "ID identifier identifier Subject:identifier (role).",
)
PUBTATOR_NO_RELATION = Message(
    "R131",
    "a role line names {head!r} and {tail!r}, between which there is no relation.",
    "Add the relation line, or remove the role line.",
)
PUBTATOR_SUBJECT = Message(
    "R132",
    "subject {subject!r} is neither {head!r} nor {tail!r}.",
    "The subject of a role line is one of its two identifiers.",
)
BIOC_INVALID = Message(
    "R133",
    "this is not BioC: {reason}.",
    "relatome reads a collection of documents with passages, annotations and relations, as in "
    "docs/formats.md; correct this place.",
)
XML_INVALID = Message("R134", "the XML is not well-formed: {reason}.", "Correct it here.")
XML_ENTITY = Message(
    "R135",
    "the XML uses or declares an entity of its own, {name!r}, which relatome never expands.",
    "Write the character itself, or a numeric reference such as &#945;.",
)
JSON_INVALID = Message("R136", "the JSON cannot be read: {reason}.", "Correct it here.")
JSONL_INVALID = Message(
    "R137",
    "this line is not a document: {reason}.",
    "One line is one document as JSON, or an object with id, title and abstract or text, as in "
    "docs/formats.md; correct the line.",
)
UNWRITABLE = Message(
    "R140",
    "{what} {value!r} cannot be written as {format}.",
    "Rename it, or choose another format (jsonl holds everything).",
)
ONE_DOCUMENT_ONLY = Message(
    "R141",
    "plain text holds one document per file, and there are more.",
    "Convert one document at a time, or choose another format (jsonl holds everything).",
)
FORMAT_UNNAMED = Message(
    "R142",
    "the name {name!r} does not say which format to write.",
    "Give the output one of these endings: {endings}; or name the format with --to.",
)
OUTPUT_THERE = Message(
    "R143",
    "{path} is there already, and may be an input that stands last.",
    "Name the file to write after all inputs; if it is this one, remove it first.",
)
NO_CHARACTER = Message(
    "R740",
    "at character {offset} the text has half of a surrogate pair, which is no character.",
    "Decode the text again from its bytes, as UTF-8 or with errors='replace'.",
)

# ---------------------------------------------------------------- R14x: layouts of corpora

PUBMED_INVALID = Message(
    "R157",
    "this is no PubMed XML: {reason}.",
    "relatome reads PubmedArticleSet and MedlineCitationSet, as efetch and the yearly files have "
    "them; download the file again.",
)
SENTENCE_XML_INVALID = Message(
    "R145",
    "this is not a corpus in sentence XML: {reason}.",
    "relatome reads documents of <sentence id text> with <entity id charOffset type text> and "
    "<interaction e1 e2 type> or <pair e1 e2 ddi type>; correct this place.",
)
UNKNOWN_MENTION = Message(
    "R146",
    "a relation names mention {id!r}, which is not annotated there.",
    "Add the mention, or remove the relation.",
)
TSV_TRIPLE_LINE = Message(
    "R147",
    "this line does not belong into a file of {what}: {reason}.",
    "Its columns, separated by tabs: {columns}.",
)
TSV_TRIPLE_FILES = Message(
    "R148",
    "abstracts, entities and relations must be one file each; there are: {found}.",
    "Name the three files; `abstrac`, `entities` and `relations` in their names tell them apart.",
)
TSV_TRIPLE_DOCUMENT = Message(
    "R149",
    "this document has annotations, but no abstract.",
    "Add its line to the file of abstracts, or remove its annotations.",
)
BIOREX_LINE = Message(
    "R162",
    "this is not a line of BioREx's table: {reason}.",
    "A line has ten columns: document, two types, two identifiers, same sentence, distance, "
    "question [SEP] marked text, tokens, label.",
)

PLACEHOLDER_LINE = Message(
    "R160",
    "this is no line of a fold of sentences with placeholders: {reason}.",
    "Its columns are index, sentence with one @GENE$ and one @DISEASE$, and label 0 or 1.",
)
BIGBIO_INVALID = Message(
    "R161",
    "this is no page of documents in BigBio's schema: {reason}.",
    "Fetch the file again; `rows` holds the documents.",
)

# ---------------------------------------------------------------- R15x: BRAT

BRAT_LINE = Message(
    "R150",
    "this is not a line of BRAT: {reason}.",
    "A line is T1⇥Type start end⇥text, R1⇥Type Arg1:T1 Arg2:T2, N1⇥Reference T1 RESOURCE:id⇥name, "
    "A1⇥Name R1 value or #1⇥AnnotatorNotes T1⇥text (⇥ is a tab).",
)
BRAT_NOT_HELD = Message(
    "R151",
    "{what} {name} is not held: relatome's documents have entities and relations between two.",
    "Make it relations of two arguments, or take it out; the rest of the document was read.",
)
BRAT_NO_IDENTIFIER = Message(
    "R152",
    "relation {relation} names {mention}, which has no identifier.",
    "Give it one (N1⇥Reference {mention} RESOURCE:id⇥name), or read the file with a schema whose "
    'unit is "mention".',
)
BRAT_PAIR = Message(
    "R153",
    "there is no {missing} beside it.",
    "A BRAT document is NAME.txt with NAME.ann beside it, which is empty where nothing is "
    "annotated.",
)
BRAT_NO_DOCUMENT = Message(
    "R154",
    "{path} is a folder without .ann files.",
    "Name its files, such as {path}/*.txt, or a folder of BRAT documents (NAME.txt and NAME.ann).",
)
BRAT_STREAM = Message(
    "R155", "BRAT keeps a document in two files, not in a stream.", "Name a file or a folder."
)
FOLDER_FULL = Message(
    "R156", "{path} is there already and not empty.", "Name a new folder, or remove this one."
)

# ---------------------------------------------------------------- R17x: answers to shared tasks

SUBMISSION_LINE = Message(
    "R170",
    "the line {line!r} is not like the lines before it.",
    "Each line of this answer is {shape} (⇥ is a tab); correct it.",
)

# ---------------------------------------------------------------- R2xx: splits and candidates

TEST_SPLIT = Message(
    "R201",
    "split {split!r} is marked test and cannot be used to {purpose}.",
    "Use a train or dev split; a test split is only for `relatome evaluate`.",
)
SPLIT_OVERLAP = Message(
    "R202",
    "{count} documents are in both {left!r} and {right!r}, for example {examples}.",
    "Remove them from the training side before you train.",
)
TOO_MANY_FOLDS = Message(
    "R203",
    "{folds} folds were asked of {documents} documents.",
    "Ask for at least 2 and at most as many folds as there are documents.",
)

# ---------------------------------------------------------------- R21x: voting

VOTE_MEMBERS = Message(
    "R211",
    "{count} prediction was given to vote.",
    "Name at least two files, each with the predictions of one system or seed.",
)
VOTE_TWICE = Message(
    "R212",
    "{path} was named more than once.",
    "Every file has one vote: name it once.",
)
VOTE_THRESHOLD = Message(
    "R213",
    "a threshold of {threshold:g} is not possible.",
    "A mean score is compared with it: give a number above 0 and at most 1.",
)
VOTE_THRESHOLD_UNUSED = Message(
    "R214",
    "a majority is counted, and --threshold has no effect on it.",
    "Add --by mean, or leave --threshold out.",
)
VOTE_DOCUMENTS = Message(
    "R215",
    "documents of {other} are missing here: {count}, for example {examples}.",
    "A vote is on the same documents: predict all files from the same input, or leave one out.",
)
VOTE_TEXT = Message(
    "R216",
    "the text differs from that in {other}.",
    "A vote is on the same documents: predict both files from the same input, or leave one out.",
)
VOTE_MENTIONS = Message(
    "R217",
    "mention {mention}, is only {where}.",
    "A vote is on the same entities: predict both files from the same input. If the files only "
    "spell an entity type differently, name the schema (--schema).",
)
VOTE_ORDER = Message(
    "R218",
    "{head} is related to {tail} here, and elsewhere {tail} to {head}.",
    "Name the schema (--schema), which tells whether the order of arguments means anything.",
)
VOTE_ONE_LABEL = Message(
    "R219",
    "{head} and {tail} are related by {labels}, but the schema allows one label per pair.",
    "Leave one of them, or vote with a schema that has `multi_label = true`.",
)
VOTE_SCORE = Message(
    "R220",
    "{type} of {head} and {tail} has {score}, which is no probability.",
    "Predict again with scores (jsonl keeps them), or take a majority (--by majority).",
)
VOTE_ANSWER = Message(
    "R221",
    "{path} is an answer to a shared task, which has relations without texts.",
    "Name the annotated documents with --gold, a file or a split of a corpus.",
)
MENTIONS_DIFFER = Message(
    "R350",
    "the annotated {what} ({count}) are not those whose groups are judged ({other}).",
    "B³ compares groups of the same mentions: group the mentions of the annotated documents.",
)
DICTIONARY_LINE = Message(
    "R351",
    "this is not a line of a dictionary: {reason}.",
    "A line is id, type and names, separated by tabs; names are separated by |.",
)
DICTIONARY_EMPTY = Message(
    "R352",
    "the dictionary has no names.",
    "Give it lines of id, type and names, separated by tabs.",
)
COREFERENT_MENTION = Message(
    "R353",
    "mentions {pair} are said to corefer, and the document has {mentions}.",
    "Pairs are indices into the mentions of the document, counted from 0.",
)

# ---------------------------------------------------------------- R3xx: live services

ID_INVALID = Message(
    "R301",
    "{id!r} is no {kind}.",
    "Write it as {examples}; divide several by commas or spaces, or put them into a file: @FILE.",
)
NO_IDS = Message("R302", "there is no {kind} to ask for.", "Give at least one, such as {examples}.")
ID_UNKNOWN = Message(
    "R303",
    "{service} has no record of {id}.",
    "Check the id. A very new article may not be there yet{more}.",
)
RECORD_EMPTY = Message(
    "R304",
    "the record of {service} has neither title nor abstract.",
    "There is nothing to read: leave the id out.",
)
NOT_CACHED = Message(
    "R305",
    "{id} of {service} is not in the cache at {folder}, and nothing is fetched offline.",
    "Fetch it once with a network connection, then repeat.",
)
SERVICE_UNREACHABLE = Message(
    "R306",
    "{service} cannot be reached: {reason}.",
    "Check the network connection or proxy and repeat: what has arrived is kept in the cache.",
)
SERVICE_REFUSED = Message(
    "R307",
    "{service} refused the request: {status}.",
    "Repeat later: what has arrived is kept in the cache. If it stays so, ask for fewer ids at "
    "once, which shows the one it cannot answer.",
)
SERVICE_ANSWER = Message(
    "R308",
    "{service} sent no usable answer: {reason}.",
    "Repeat later: what has arrived is kept in the cache. If it stays so, check the address.",
)
SERVICE_REDIRECT = Message(
    "R309",
    "{service} refers to another server, {target}, which is not followed.",
    "Name the new address with {variable} if you trust it.",
)
SERVICE_TOO_LONG = Message(
    "R310",
    "the answer of {service} is longer than {limit}.",
    "Ask for fewer ids at once.",
)
SERVICE_BUSY = Message(
    "R311",
    "{service} asks to be left alone for {seconds} seconds.",
    "Repeat after that: what has arrived is kept in the cache.",
)
SERVICE_GIVEN_UP = Message(
    "R312",
    "{id} was not asked for: the last {failures} requests to {service} have failed.",
    "Repeat later: what has arrived is kept in the cache.",
)
SERVICE_URL = Message(
    "R313",
    "{url!r} is no address of a service.",
    "Set {variable} to one that begins with https:// or http://, or unset it.",
)
RECORD_UNREADABLE = Message(
    "R314",
    "the record of {service} cannot be used: {reason}",
    "Leave the id out, or repeat later: the service may have mended it.",
)
MENTION_LEFT_OUT = Message(
    "R315",
    "a mention of {service} was left out: {reason}",
    "The rest of the document was read.",
)
RELATION_LEFT_OUT = Message(
    "R316",
    "a relation of {service} was left out: {reason}",
    "The rest of the document was read.",
)
NOTHING_ASKED = Message(
    "R345",
    "there is nothing to read.",
    "Name files, - for standard input, or articles with --pmid or --pmcid.",
)
IDS_TAGGER = Message(
    "R346",
    "full text of PMC comes from PubTator3 alone, with its entities.",
    "Leave out --tagger, or ask for abstracts with --pmid.",
)
RELATIONS_KEPT = Message(
    "R347",
    "only articles that PubTator3 annotates have relations of its own.",
    "Ask for them by --pmid or --pmcid, without --tagger local.",
)
PUBTATOR3_IDS = Message(
    "R348",
    "PubTator3 annotates articles by their ids, and none is given.",
    "Name them with --pmid or --pmcid, or use --tagger local for a text.",
)

# ---------------------------------------------------------------- R4xx: scoring

UNKNOWN_RULE = Message("R401", "there is no scoring rule {rule!r}.", "Known rules: {known}.")
UNKNOWN_SCORE = Message(
    "R402", "rule {rule!r} has no score {score!r}.", "Scores of this rule: {known}."
)
NO_GOLD = Message(
    "R403", "there is no annotated document to score against.", "Check the gold file."
)
GOLD_SPLITS = Message(
    "R410",
    "the corpus {corpus} has several splits, and a score is that of one.",
    "Name one: {known}.",
)
NOTHING_SHARED = Message(
    "R411",
    "none of the {count} predicted documents is in the gold, for example {examples}.",
    "Check that prediction and gold belong together, and that ids are written alike.",
)
EXTRA_DOCUMENTS = Message(
    "R404",
    "{count} predicted documents are not in the gold, for example {examples}.",
    "Check that prediction and gold belong together; to score only the shared documents, say so "
    "(`--extra ignore` of evaluate and compare).",
)
BAD_FOLDS = Message(
    "R406",
    "document {document!r} is in {count} folds.",
    "Every document of the result belongs to exactly one fold; make them with relatome.data.folds.",
)
NOT_COMPARABLE = Message(
    "R407",
    "two results under {first} and {second} cannot be compared.",
    "Score both systems by the same rule, against the same documents.",
)
BAD_RESAMPLES = Message(
    "R405",
    "a bootstrap of {resamples} resamples with seed {seed} is not possible.",
    "Ask for at least 1 resample (1,000 is usual) and a seed of 0 or more.",
)

# ---------------------------------------------------------------- R5xx: models

TOKENIZER_INVALID = Message(
    "R501",
    "the tokenizer cannot be read: {reason}.",
    "Use the tokenizer.json that was saved with the model.",
)
TOKENIZER_SPECIALS = Message(
    "R502",
    "the tokenizer has neither [CLS]/[SEP]/[PAD]/[MASK] nor <s>/</s>/<pad>/<mask>.",
    "Use an encoder of the BERT, RoBERTa, DeBERTa, ELECTRA or ModernBERT families.",
)
TOKENIZER_MARKER = Message(
    "R517",
    "the tokenizer has no token {name}.",
    "Use the tokenizer.json that was saved with the model: it has the markers of its pairs.",
)
PAIR_LENGTH = Message(
    "R518",
    "a sequence of {length} tokens has no room for two entities beside prompt and markers, which "
    "take {taken}.",
    "Raise the length of the encoding.",
)

# ---------------------------------------------------------------- R8xx: corpora

UNKNOWN_CORPUS = Message("R801", "there is no corpus {name!r}.", "Known corpora: {known}.")
UNKNOWN_SPLIT = Message("R802", "corpus {corpus} has no split {split!r}.", "Its splits: {known}.")
CORPUS_MISSING = Message(
    "R803",
    "corpus {name} was not found: looked for {files} in {folders}.",
    "{how}, or name the directory above your copy's folder with --corpora or {environment}.",
)
CORPUS_ALTERED = Message(
    "R804",
    "this is not the published file of {name}: its SHA-256 is {found}, expected {expected}.",
    "Fetch the corpus again; a file of your own is read by its path, not by the corpus's name.",
)
CORPUS_UNREADABLE = Message(
    "R805",
    "the copy of {name} cannot be read: {reason}.",
    "Fetch the corpus again, or remove the damaged file.",
)
NO_DOWNLOAD = Message(
    "R806",
    "no address with a known checksum is registered for {name}.",
    "Download it by hand from {homepage} and put {files} into {folder}; docs/corpora.md says which "
    "copy is meant.",
)
LICENCE_NOT_ACCEPTED = Message(
    "R807",
    "the terms of {name} were not accepted, so nothing was fetched.",
    "Read them at {url}, then repeat with --accept-licence.",
)
DOWNLOAD_FAILED = Message(
    "R808",
    "the download failed: {reason}.",
    "Check the network connection or proxy and repeat: what has arrived is kept. Or download the "
    "file by hand into {folder}.",
)
DOWNLOAD_REFUSED = Message(
    "R809",
    "the server refused: {status}.",
    "Look at the address in a browser; if the file has moved, download it by hand into {folder}.",
)
DOWNLOAD_CHANGED = Message(
    "R810",
    "the file is not the one that was published: {found}; nothing was stored.",
    "Try again later; if it stays so, the publisher has changed the file and relatome's registry "
    "needs an update. {folder} is as it was.",
)
ARCHIVE_UNREADABLE = Message(
    "R811",
    "the archive cannot be unpacked: {reason}.",
    "Remove it and fetch the corpus again.",
)
ARCHIVE_UNSAFE = Message(
    "R812",
    "member {member!r} is a link or leads out of the archive's folder; nothing was unpacked.",
    "Do not trust this archive.",
)
ARCHIVE_TOO_LARGE = Message(
    "R813",
    "the archive holds {files} files of {bytes} bytes, more than the bound of {most_files} files "
    "and {most_bytes} bytes; nothing was unpacked.",
    "Do not trust this archive.",
)
UNKNOWN_SCHEMA = Message(
    "R814",
    "there is no schema {name!r}.",
    "Known schemas: {known}; or give the path of a schema of your own, a .toml file.",
)
PLOT_CORPUS = Message(
    "R817", "--plot draws one corpus.", "Name it: relatome corpora stats CORPUS --plot FILE.svg"
)
PLOT_FORMAT = Message(
    "R816",
    "{path} does not end in .svg.",
    "The picture is written as SVG, which every browser shows and vector programs turn into PNG.",
)
NO_TARGET = Message(
    "R815",
    "there is neither a file nor a corpus {name!r}.",
    "Check the path; known corpora: {known}.",
)

# ---------------------------------------------------------------- R82x: a user's own corpus

SCHEMA_INVALID = Message(
    "R821",
    "the schema cannot be used: {reason}.",
    "Correct the key named there ($ is the top of the file); docs/own-corpus.md lists every key.",
)
DESCRIPTION_INVALID = Message(
    "R822",
    "the description of the corpus cannot be used: {reason}.",
    "Correct the key named there ($ is the top of the file); docs/own-corpus.md lists every key.",
)
DESCRIPTION_MISSING = Message("R823", "the file cannot be read: {reason}.", "Check the file.")
TOML_SYNTAX = Message("R824", "the file is not valid TOML: {reason}.", "Correct the line.")
UNKNOWN_POOL = Message("R825", "there is no pool {name!r}.", "Known pools: {known}.")
POOL_MISSING = Message(
    "R827",
    "the pool {name} was not built: there is none in {folders}.",
    "Run `relatome corpora build {name}`; it takes a minute and needs the corpora it is made of.",
)
NOTHING_TO_FETCH = Message(
    "R828",
    "{name} is no published corpus, so there is nothing to fetch.",
    "Use a corpus of your own as it is; make a pool with `relatome corpora build`.",
)
SCHEMA_OF_CORPUS = Message(
    "R829",
    "{name} is a corpus and has its own schema.",
    "Leave --schema out, or name the files of the corpus by their path.",
)
UNKNOWN_SOURCE = Message("R826", "the pool has no source {name!r}.", "Its sources: {known}.")
UNKNOWN_TARGET = Message(
    "R830",
    "the pool {pool} cannot be made for {name!r}, whose labels would stay its own.",
    "It can be made for: {known}.",
)
SEVERAL_TARGETS = Message(
    "R831",
    "a pool is for one target, and {names} are named.",
    "Make one pool for each: run the command once with every --target.",
)
EVALUATION_UNKNOWN = Message(
    "R832",
    "{split} is of no source of the pool, so nothing says what its labels are in the pool's.",
    "Name a split of one of these corpora: {known}.",
)
EVALUATION_REFUSED = Message(
    "R833",
    "the pool cannot be evaluated on {split}: it is for training, or in the pool already.",
    "Name a split that is for selection or testing and not in the pool, such as ddi:test.",
)

ENCODER_UNAVAILABLE = Message(
    "R503",
    "encoder {name!r} cannot be loaded: {reason}.",
    "Give a folder written by save_pretrained, or a hub id the machine can reach.",
)
ENCODER_FAMILY = Message(
    "R504",
    "encoder {name!r} is of family {family!r}, which relatome does not know.",
    "Known families: {known}.",
)
ENCODER_WEIGHTS = Message(
    "R519",
    "the weights of encoder {name!r} are not those of the {family} in its config.json: {reason}.",
    "Give a folder with the config.json, weights and tokenizer of one model, as published.",
)
CHECKPOINT_INCOMPLETE = Message(
    "R505",
    "the model folder lacks {file}.",
    "Give the `model` folder of a finished run; if it was copied, copy all of its files.",
)
CHECKPOINT_MISMATCH = Message(
    "R506",
    "the model's files do not fit together: {reason}",
    "Copy the whole `model` folder again, or train the recipe again.",
)
MODEL_FILE_MISSING = Message(
    "R507",
    "the model folder lacks {file}.",
    "Give a folder written by `relatome models export`, with all of its files.",
)
MODEL_PICKLE = Message(
    "R508",
    "the folder offers {file}, a pickled file, which could run code when it is loaded.",
    "relatome loads ONNX and safetensors only; convert the weights where you trust them.",
)
MODEL_MANIFEST = Message(
    "R509",
    "model.json cannot be used: {reason}.",
    "Export the model again with this version of relatome.",
)
MODEL_ALTERED = Message(
    "R510",
    "{file} is not the file that was exported: its SHA-256 differs from model.json.",
    "Copy the model folder again from where it was made.",
)
MODEL_WEIGHTS = Message("R511", "the model folder has no {weights} weights.", "It has: {known}.")
MODEL_NO_RELATIONS = Message(
    "R890",
    "the folder holds a tagger, and no relation model.",
    "Name it with --tagger, and a relation model with --model.",
)
MODEL_NO_TAGGER = Message(
    "R891",
    "the folder holds no tagger.",
    "Name a folder with one, add one with relatome models export, or give documents with entities.",
)
TAGGING_TYPES = Message(
    "R971",
    "tasks.tagging has to find the mentions whose types encoding.types gives to the encoder.",
    'Write types = "output" under [encoding], or leave the task out.',
)
TAGGING_UNLEARNT = Message(
    "R972",
    "the model did not learn to find mentions.",
    "Train one by a recipe with [tasks.tagging], such as one-pass-minilm.",
)
MODEL_NO_COREFERENCE = Message(
    "R970",
    "the model did not learn which mentions are of one entity.",
    "Train one by a recipe with [tasks.coreference], such as c-joint-minilm, and export it.",
)
MODEL_GRAPH = Message(
    "R512", "a graph of the model cannot be loaded: {reason}", "Export the model again."
)
MODEL_UNKNOWN = Message(
    "R513",
    "there is no model {name!r}.",
    "Give a model folder, or one of the models relatome comes with: {known}.",
)
TAGGER_UNKNOWN = Message(
    "R525",
    "there is no tagger {name!r}.",
    "Say auto, local, given or, for ids, pubtator3; or give a model folder with a tagger, or one "
    "of the models relatome comes with: {known}.",
)
MODEL_SCORES = Message(
    "R514",
    "the model's scores are not numbers.",
    "If this is training, it has diverged: lower the learning rates. Otherwise copy or export the "
    "model again.",
)
MODEL_TARGET = Message(
    "R516",
    "the folder holds something else, for example {file}.",
    "Give a new folder, or that of an earlier export, which is replaced.",
)
MODEL_RUN = Message(
    "R515",
    "the model could not be run: {reason}",
    "Divide the document if memory ran out; otherwise export the model again.",
)
CALIBRATION_MISSING = Message(
    "R850",
    "nothing says which score of this model reaches a precision of {precision}.",
    "Fit it once to documents that it did not learn from: relatome models calibrate {model} "
    "CORPUS:SPLIT; or leave out what is scored low by --min-score.",
)
PRECISION_RANGE = Message(
    "R851",
    "{precision!r} is no precision that can be asked for.",
    "Give a number above 0 and up to {most}; the weights to compute with are chosen by --weights "
    "int8 or --weights fp32.",
)
CALIBRATE_SHIPPED = Message(
    "R853",
    "the model {name} came with relatome and stays as it is.",
    "Give the calibrated model a folder of its own: --output DIR.",
)
CALIBRATION_FEW = Message(
    "R852",
    "of what the model returns for {split}, fewer than {needed} relations can be judged, too few "
    "to fit its scores to.",
    "Give more documents with annotated relations.",
)
PREDICATES_SCHEMA = Message(
    "R380",
    "there is no {vocabulary} predicate for {label} between {head} and {tail} of schema {schema}.",
    "Leave --predicates out, or use a model with the labels of BioRED.",
)
PREDICATES_ANSWER = Message(
    "R381",
    "an answer in the format {format} has the labels of its task.",
    "Leave --predicates out, or write another format, such as jsonl.",
)

# ---------------------------------------------------------------- R6xx: recipes and training

RECIPE_MISSING = Message(
    "R601",
    "there is no recipe {name!r}.",
    "Give the path of a TOML file, or a recipe that `relatome recipes` lists, such as {known}.",
)
RECIPE_SYNTAX = Message("R602", "the recipe is not valid TOML: {reason}.", "Correct the line.")
RECIPE_INVALID = Message(
    "R603",
    "the recipe cannot be used: {reason}.",
    "Correct the key named there ($ is the top of the file); docs/recipes.md lists every key.",
)
RECIPE_COMBINED = Message(
    "R605",
    "the recipe combines the runs of others, and one of a single run is needed here.",
    "Name one that it combines: {recipes}.",
)
RECIPE_OVERRIDE = Message(
    "R604",
    "--set {override!r} does not read as key=value.",
    "Write it as table.key=value, for example --set training.seed=7.",
)
LOSS_UNKNOWN = Message(
    "R606", "losses.{key} asks for {name!r}, which is no loss.", "Known losses: {known}."
)
NOVELTY_MISSING = Message(
    "R607",
    "the recipe is selected by score {score}, and without [tasks.novelty] nothing would have it.",
    "Add the table, or set selection.score to 'pair' or 'pair+type'.",
)
NOTHING_LEARNT = Message(
    "R626",
    "the recipe has neither a loss for relations nor [tasks.novelty], so nothing would be learnt.",
    "Add a table such as [losses.cross_entropy].",
)
TEST_LEARNT = Message(
    "R629",
    "{key} names {split}, which data.test names too: what is learnt from cannot be reported on.",
    "Take it out of {key}, or name another split in data.test.",
)
RELATION_MISSING = Message(
    "R628",
    "the recipe is selected by score {score}, and without a loss for relations it finds none.",
    "Add a table such as [losses.cross_entropy], or, to learn only to judge the novelty of given "
    "relations, set selection.score to 'pair+novelty'.",
)
BATCH_PARTS = Message(
    "R627",
    "training.batch_size {batch_size} cannot be divided into {parts} equal parts "
    "(training.accumulation, times the processes).",
    "Set it to a multiple of them.",
)
NOVELTY_UNKNOWN = Message(
    "R618",
    "the recipe has [tasks.novelty], but schema {schema} does not judge novelty.",
    "Leave the table out.",
)
NEEDS_ENCODING = Message(
    "R619",
    "{key} works with encoding.kind = {kind} only.",
    "Change the encoding, or set the key to the value that switches it off.",
)
TYPING_VECTOR = Message(
    "R620",
    "[tasks.typing] needs vectors of the entities, and encoding.vector = 'cls' makes none.",
    "Set encoding.vector to 'starts' or 'pooled', or leave the table out.",
)
DIRECTION_UNKNOWN = Message(
    "R870",
    "the recipe has [tasks.direction], but schema {schema} does not name the entity that acts.",
    "Leave the table out, or learn from a corpus that names it, such as bioredirect.",
)
DIRECTION_VECTOR = Message(
    "R871",
    "[tasks.direction] needs vectors of the entities, and encoding.vector = 'cls' makes none.",
    "Set encoding.vector to 'starts' or 'pooled', or leave the table out.",
)
DIRECTION_MISSING = Message(
    "R872",
    "the recipe is selected by score {score}, which compares who acts, and without "
    "[tasks.direction] the model never says.",
    "Add the table, or set selection.score to 'pair+type'.",
)
DIRECTION_ALONE = Message(
    "R873",
    "the recipe has [tasks.direction] and no loss for relations, and direction is told of the "
    "relations that a model finds.",
    "Add a table such as [losses.cross_entropy], or leave [tasks.direction] out.",
)
DEFINITION_MISSING = Message(
    "R621",
    "[definitions.labels] says nothing of label {label} of schema {schema}.",
    "Define every label, or leave [definitions] out.",
)
DEFINITION_FOREIGN = Message(
    "R622",
    "[definitions.labels] defines {label!r}, which is no label of schema {schema}.",
    "Leave it out, or correct the name.",
)
START_CYCLE = Message(
    "R624",
    "recipe {name} starts, in the end, from itself.",
    "Correct the key `start` of one of the recipes.",
)
DEFINITION_LONG = Message(
    "R625",
    "the definition of {label} has {length} tokens, but encoder {name!r} reads at most {most}.",
    "Shorten definitions.labels.{label}.",
)
LOSS_WEIGHT = Message(
    "R623",
    "losses.{name}.weight is not given, or is no number above 0.",
    "Give the loss its weight in the sum.",
)
RUN_DIFFERS = Message(
    "R608",
    "the folder holds a run of another recipe or with other overrides.",
    "Resume with the recipe and the overrides it was started with, or use another folder.",
)
RUN_EXISTS = Message(
    "R609",
    "the folder is not empty.",
    "Add --resume to go on with the run it holds, or use another folder.",
)
CORPUS_SPLIT_NAME = Message(
    "R610",
    "{name!r} names no split of a corpus.",
    "Write it as corpus:split, for example biored:train.",
)
RUN_UNFINISHED = Message(
    "R611",
    "this is no finished run: {file} is missing.",
    "Give the --output folder of `relatome train`; go on with a stopped run by --resume.",
)
WINDOW_TOO_LONG = Message(
    "R614",
    "{key} is {window}, but encoder {name!r} reads at most {most} tokens.",
    "Lower it, for example --set {key}={most}.",
)
RUN_DATA_DIFFERS = Message(
    "R615",
    "the run was started with another {what}.",
    "Resume with the same data, or start again in another folder.",
)
RUN_NONE = Message(
    "R617",
    "this is no run to go on with but {reason}.",
    "Give the --output folder of the run that was stopped.",
)
NOTHING_TO_LEARN = Message(
    "R616",
    "no document of {split} has a pair of entities that may be related.",
    "Check the documents: `relatome check` tells which entity types and pairs they have.",
)
TEXT_LINE = Message(
    "R612",
    "the line is no JSON object with id, title and abstract or text: {reason}.",
    'Write one object a line: {{"id": "PMID:1", "title": "…", "abstract": "…"}}.',
)
IOB_LINE = Message(
    "R164",
    "the line is no token with its labels, as many as in the line before.",
    "Write a token and its labels a line, separated by tabs, and a blank line after a sentence.",
)
TAGGER_TEXT = Message(
    "R710",
    "the tagger learns from {file}, which is not in {folder}.",
    "Name the folder of annotated text with --text, or leave the source out of the recipe.",
)
TAGGER_SOURCE = Message(
    "R711",
    "{source} has no mention of {type}.",
    "Give its own name of the type under `types`; it has: {known}.",
)
TEXT_TOO_SHORT = Message(
    "R613",
    "the text makes {blocks} blocks, fewer than a batch of {needed}.",
    "Give more text, or lower batch_size or length.",
)
VOCABULARY_KIND = Message(
    "R720",
    "[vocabulary] learns word pieces, and the tokenizer of {name} is of another kind, {kind}.",
    "Begin with an encoder whose tokenizer is WordPiece, as those of BERT and ELECTRA are, or "
    "leave the table out to keep the tokenizer.",
)
VOCABULARY_SMALL = Message(
    "R721",
    "the new vocabulary would have {pieces} pieces; the special tokens and single characters of "
    "{name} need {least}.",
    "Set vocabulary.size to {least} or more; if it is, lower vocabulary.minimum or give more text.",
)
EXTRA_MISSING = Message(
    "R701",
    "this needs {module}, which is not installed.",
    "Install it with: pip install 'relatome[{extra}]'",
)

# ---------------------------------------------------------------- R63x: fine types

FINE_TYPES_MARKERS = Message(
    "R631",
    "[fine_types] replaces markers, and the encoding has none that tell finer types apart.",
    "Set encoding.kind to 'pair' and encoding.markers to {known}, or leave the table out.",
)
FINE_TYPES_UNKNOWN = Message(
    "R632",
    "fine_types.{key} names {name!r}, which schema {schema} does not have there.",
    "It has: {known}.",
)
FINE_TYPES_UNSEEN = Message(
    "R633",
    "{count} documents of {split} have a mention of the type {name}, and 2 are needed: to learn "
    "from, and to select on.",
    "Train on documents with finer types, or leave [fine_types] out.",
)
FINE_TYPES_EXPORT = Message(
    "R634",
    "the model reads finer types, which an encoder of its own has to tell first, and only one "
    "encoder can be exported.",
    "Use it with `relatome predict`, or train without [fine_types] to export.",
)

# ---------------------------------------------------------------- R65x: losses

LOSS_OPTION_UNKNOWN = Message(
    "R651", "losses.{key}.{option} is no option of loss {name}.", "Its options: {known}."
)
LOSS_OPTION_VALUE = Message(
    "R652",
    "losses.{key}.{option} is {value!r}.",
    "Give a number from {least:g} to {most:g}.",
)

# ---------------------------------------------------------------- R66x: prediction and sweeps

ENSEMBLE_DIFFERS = Message(
    "R661",
    "{one} and {other} differ in {what}.",
    "Probabilities are averaged over the same candidates and labels; give runs of the same schema "
    "and narrowing, or predict with each and combine the predictions with `relatome vote`.",
)
TEACHER_MISSING = Message(
    "R760",
    "the teacher {name} has no finished run here.",
    "Train it first: `relatome train {name} --output {folder}`.",
)
TEACHER_DIFFERS = Message(
    "R761",
    "this teacher's schema is {teacher}, the student's {student}.",
    "Name a teacher in distillation.teacher that was trained for the same schema.",
)
TEACHER_ALONE = Message(
    "R762",
    "there are no losses, so nothing that a teacher says of relations is learnt.",
    "Add a loss of the relation head, or leave out the table distillation.",
)
TEACHER_NARROWS = Message(
    "R764",
    "this teacher is not asked about the same pairs as the student learns from: [narrowing] leaves "
    "others out.",
    "Give both the same [narrowing] with everywhere = true for the teacher, or leave it out of "
    "both.",
)
READERS_VECTOR = Message(
    "R763",
    "model.readers is {readers}, but with the pair vector {vector!r} nothing is read again.",
    "Choose encoding.vector = 'pooled' or another encoding, or leave out model.readers.",
)
ENSEMBLE_TWICE = Message("R662", "run {path} is named more than once.", "Name each run once.")
COMBINATION_MEMBER = Message(
    "R672",
    "the run is a combination of others and has no model of its own.",
    "Name it alone, or name the runs it combines, which lie beside it.",
)
COMBINATION_EXPORT = Message(
    "R677",
    "the run is a combination of others, and there is no single model to export.",
    "Use it with `relatome predict {run} ...`, or export one of the runs that lie beside it.",
)
TAGGER_RUN = Message(
    "R712",
    "the run is one of a tagger, which finds mentions and no relations.",
    "Export it into a model folder with `relatome models export {run} MODEL`.",
)
MEMBER_MISSING = Message(
    "R679",
    "the combination needs the run {name} beside it, and there is no finished one.",
    "Keep the runs of a combination in one folder, or go on by `relatome train ... --resume`.",
)
MEMBERS_DIFFER = Message(
    "R680",
    "recipe {one} is of schema {one_schema}, {other} of schema {other_schema}.",
    "Combine recipes of one schema.",
)
MEMBER_LEARNS_TEST = Message(
    "R685",
    "the recipe would learn from {test}, which the combination is reported on.",
    "Name another split as `test`, or take seeds in place of folds, which learn from dev too.",
)
MEMBERS_NARROWED = Message(
    "R684",
    "the recipes differ in narrowing, and the mean is over the same candidates.",
    "Give all the same [narrowing], or set vote to 'majority'.",
)
NO_RELATION_HEAD = Message(
    "R681",
    "it learnt to judge the novelty of relations only, and finds none itself.",
    "Use it in [[novelty]] of a combination, beside a recipe that finds relations.",
)
NO_NOVELTY_HEAD = Message(
    "R682",
    "it did not learn to judge novelty.",
    "Name a recipe with [tasks.novelty], or leave [[novelty]] out.",
)
BEST_WITHOUT_DEV = Message(
    "R683",
    "the recipe selects on no documents (data.dev = 0), so none of its runs is the best.",
    "Leave `best` out, or give the recipe a dev split.",
)
ANSWER_SCHEMA = Message(
    "R678",
    "an answer in the format {format} cannot hold what is predicted by schema {schema}: {what}.",
    "Predict with a model of schema {task}, or write another format, such as jsonl.",
)
SWEEP_GRID = Message(
    "R663",
    "--grid {grid!r} does not read as key=value,value.",
    "Write it as table.key=value,value with values in TOML notation, for example "
    "--grid losses.focal.gamma=0,1,2; - removes the key; a text with a comma, bracket or quotation "
    "mark stands in quotes.",
)
SWEEP_SEEDS = Message(
    "R664",
    "--seeds {seeds!r} is neither a number of seeds nor a list of different ones.",
    "Write --seeds 3 for 13, 14 and 15, --seeds 7,8 for these two, --seeds 2024, for this one.",
)
SWEEP_SEED = Message(
    "R665", "{key} cannot be set for a sweep: every point has several seeds.", "Give --seeds."
)
SWEEP_FIXED = Message(
    "R666",
    "{key} decides how a point of the grid is judged, so it cannot vary from point to point.",
    "Change it for all points with --set.",
)
SWEEP_KEY = Message(
    "R667",
    "{key} stands in the grid more than once, or a table stands there beside a key of its own.",
    "Give each key one --grid with all its values; to vary a whole table, write it as a value: "
    "losses.abstention_ranking=-,{{weight=1.0,margin=0.1}}",
)
SWEEP_SAME = Message(
    "R668",
    "{one} and {other} are the same recipe.",
    "Leave out one of the two values; a key that is removed must be in the recipe.",
)
SWEEP_NOTHING = Message(
    "R669", "the recipe has no {key} that could be removed.", "Correct the key, or leave it out."
)
SWEEP_DEV = Message(
    "R670",
    "{one} and {other} are judged on different documents, so their scores do not compare.",
    "Name a split of a corpus as data.dev: what is held out of the training documents changes with "
    "data.train.",
)
NAMES_TWICE = Message(
    "R674",
    "two recipes have the name {name}.",
    "Name each recipe once, and give each a name of its own: it names the folders of its runs.",
)
SWEEP_JUDGED = Message(
    "R675",
    "{one} is selected by score {one_score} of rule {one_rule}, {other} by score {other_score} of "
    "rule {other_rule}, so they do not compare.",
    "Sweep them apart, or give all the same with --set selection.rule=... and --set "
    "selection.score=...",
)
SWEEP_LACKS = Message(
    "R676",
    "{recipe} has no {key}, and {other} has it.",
    "Leave the key out of the grid, leave the recipe out, or add the key to its file.",
)
SWEEP_UNJUDGED = Message(
    "R673",
    "the recipe selects on no documents (data.dev = 0), so its points cannot be compared.",
    "Give it a dev split, or a share to hold out: --set data.dev=0.1",
)
SWEEP_FAILED = Message(
    "R671",
    "{failed} of {units} units failed: {names}.",
    "The reasons are above and in sweep.json; remove them and repeat with --resume.",
)

# ---------------------------------------------------------------- R69x: adaptation

ADAPTATION_FIRST = Message(
    "R691",
    "the encoder {name} is an adaptation to text, which has not been made in {folder}.",
    "Make it first: relatome adapt {name} TEXT... --output {folder}",
)
ADAPTATION_CYCLE = Message(
    "R692",
    "adaptation {name} begins, in the end, with itself.",
    "Correct encoder.name in one of the files.",
)
ADAPTATION_INPUT = Message(
    "R693",
    "the adaptation {name} is to {kind}, and no {kind} is given.",
    "Name files or folders: relatome adapt {name} FILE... --output RUN",
)
ENTITIES_NONE = Message(
    "R694",
    "no document has a mention of a type to be told apart.",
    "Give annotated documents, or name their types in [types] of the adaptation.",
)
IDENTIFIERS_NONE = Message(
    "R695",
    "no mention has an identifier, and entities are hidden by identifier.",
    "Add documents whose entities are identified, as those of BioRED are.",
)
ENTITIES_SINGLE = Message(
    "R696",
    "no window has two entities, one to hide and one to stay.",
    "Give documents with more entities, or raise length.",
)
REPORT_RULE = Message(
    "R960",
    "rule {rule} moves relations between documents, so a report cannot say which of them are "
    "wrong.",
    "Use --rule {instead}; the figures of {rule} stand beside its own.",
)
REPORT_GOLD = Message(
    "R961",
    "{name} does not say what it is to be judged against.",
    "Give the annotated documents with --gold, and for predictions --rule, as to relatome "
    "evaluate.",
)
REPORT_RULE_MISSING = Message(
    "R962",
    "there is no rule to score {name} by.",
    "Name the official rule of the corpus with --rule, for example --rule biored-8.",
)
REPORT_TWO = Message(
    "R963",
    "a report is of one or two runs or predictions, and {count} are given.",
    "Name one, or two to see side by side.",
)
REPORT_MIXED = Message(
    "R964",
    "{first} and {second} are judged by different {what}: {one} and {other}.",
    "Report on each by itself, or name one for both with {option}.",
)
REPORT_SPLIT = Message(
    "R965",
    "--split and --gold both say what to judge against.",
    "Leave one of them out: --split names a split of the run's own recipe.",
)
REPORT_NO_SPLIT = Message(
    "R966",
    "{name} has no {split} documents in its recipe.",
    "Give annotated documents with --gold.",
)
REPORT_TWICE = Message(
    "R967",
    "{path} is named more than once.",
    "Name each answer once, and another file with -o.",
)
SCAN_NO_INPUT = Message(
    "R900",
    "{name} holds no file that relatome reads.",
    "Name files, folders, patterns or @LIST; of a folder, those with an ending such as .xml.gz, "
    ".jsonl, .pubtator or .txt are taken.",
)
SCAN_INPUT_MISSING = Message(
    "R901", "there is no file, folder or list {name}, and no file of that pattern.", "Check it."
)
SCAN_UNREADABLE = Message(
    "R902", "{path} cannot be read: {reason}.", "Check that it is there and that you may read it."
)
SCAN_BRAT = Message(
    "R903",
    "{path} is a file of BRAT, which keeps every document in several.",
    "Convert its folder first: relatome convert {folder} FILE.jsonl",
)
SCAN_LOCKED = Message(
    "R904",
    "another scan is writing to {folder}.",
    "Wait until it ends, stop it, or give another folder with --out.",
)
SCAN_VERSION = Message(
    "R905",
    "{path} is of {found}; this is {known}.",
    "Go on with the version that began it, begin anew with --fresh, or give another folder.",
)
SCAN_CHANGED = Message(
    "R906",
    "{folder} was begun with another {what}: {changes}.",
    "Repeat the command as it was, begin anew with --fresh, or give another folder.",
)
SCAN_INPUT_CHANGED = Message(
    "R907",
    "the input {path} is no longer what the scan was begun with: {reason}.",
    "Restore it; or, if it was corrected, begin anew with --fresh, or give another folder.",
)
SCAN_ORDER = Message(
    "R908",
    "the new input {path} stands before {other}, which is part of the scan already.",
    "Later inputs replace earlier ones, so name new ones after all others, begin anew with "
    "--fresh, or give another folder.",
)
SCAN_DISK_FULL = Message(
    "R909",
    "there is no room left to write {path}: {reason}.",
    "Make room and repeat the command; the shards that are done are kept.",
)
SCAN_ERRORS = Message(
    "R910",
    "{errors} of {records} documents could not be used, more than --max-error-rate {rate}; the "
    "last: {last}",
    "See the errors tables; correct the input and begin anew with --fresh, or go on as it is with "
    "a higher --max-error-rate.",
)
SCAN_FAILED = Message(
    "R911",
    "{failed} of {shards} shards could not be done: {names}. The first: {first}",
    "Remove the reason and repeat the command; what is done is kept.",
)
SCAN_WORKER_LOST = Message(
    "R912",
    "the workers on {path} died {times} times, the last time because it {reason}.",
    "Mostly memory is short: give fewer --workers, and repeat the command.",
)
SCAN_WORKER_START = Message(
    "R913",
    "workers die as they start, the last one because it {reason}.",
    "Mostly memory is short: give fewer --workers, and repeat the command.",
)
DEVICE_MISSING = Message(
    "R914",
    "{weights} weights cannot be computed on {device} here.",
    "Install onnxruntime-gpu in place of onnxruntime, with the CUDA libraries it names, as in "
    "docs/scale.md; bf16 is for processors only.",
)
SCAN_WORKER_MODEL = Message(
    "R915",
    "a worker on {host} cannot begin: {reason}",
    "Every machine needs the model, relatome and the inputs in the same place.",
)
SCAN_UNEXPECTED = Message(
    "R916", "an error nobody expected, {kind}: {reason}.", "Please report it with the document."
)
SCAN_FOLDER = Message(
    "R917",
    "{folder} holds something else than a scan.",
    "Give --out a new folder, or one of an earlier scan.",
)
SCAN_CLUSTER = Message(
    "R918",
    "Ray gives no worker: {reason}.",
    "See `ray status`; start a cluster as in docs/scale.md, or use --engine local.",
)
SCAN_GPUS_ENGINE = Message(
    "R919", "--gpus-per-worker is for workers that Ray places.", "Add --engine ray."
)

# ---------------------------------------------------------------- R92x-R93x: knowledge graphs

GRAPH_NO_SCAN = Message(
    "R920",
    "{path} is not the folder of a scan: it has no scan.json.",
    "Name the folder that `relatome scan --out` wrote.",
)
GRAPH_SCAN_FORMAT = Message(
    "R921",
    "the scan has format {found}, and this version of relatome reads format {expected}.",
    "Scan again into a new folder, or build the graph with the version that scanned.",
)
GRAPH_SCAN_EMPTY = Message(
    "R922",
    "no shard of {path} is done.",
    "Run the scan to its end, or for as long as it takes to finish one input file.",
)
GRAPH_SCAN_TWICE = Message("R923", "{path} is named twice.", "Name each scan once.")
SHARD_DAMAGED = Message(
    "R924",
    "the file cannot be read: {reason}.",
    "Remove the shard's file in shards/ and repeat the scan: it makes this shard again.",
)
SHARD_MISSING = Message(
    "R925",
    "the shard is said to be done, and this table of it is missing.",
    "Remove the shard's file in shards/ and repeat the scan: it makes this shard again.",
)
SHARD_TABLE = Message(
    "R926",
    "the table is not as this version of relatome writes it; the difference: {columns}.",
    "Scan again into a new folder with this version.",
)
SHARD_ROWS = Message(
    "R927",
    "the table has {what}.",
    "Remove the shard's file in shards/ and repeat the scan: it makes this shard again.",
)
GRAPH_MEMORY = Message(
    "R928",
    "{memory!r} is not enough memory to build a graph with, or no size at all.",
    "Write a size of at least {least}, such as --memory 1GB.",
)
GRAPH_OUT_OF_MEMORY = Message(
    "R929", "the memory does not suffice: {reason}.", "Give more with --memory, such as 2GB."
)
GRAPH_FOLDER = Message(
    "R930",
    "{path} is no finished graph: it has no {file}.",
    "Name a folder that `relatome graph build --out` wrote.",
)
GRAPH_FORMAT = Message(
    "R931",
    "the graph has format {found}, and this version of relatome reads format {expected}.",
    "Build it again from its scan with this version.",
)
GRAPH_DAMAGED = Message(
    "R932",
    "the graph is damaged or was altered: {reason}.",
    "Build it again from its scan, or copy it again from where it is whole.",
)
GRAPH_UNKNOWN = Message(
    "R933",
    "the graph has no entity {name!r}.{close}",
    "Write a name or an identifier as the graph has it, such as MESH:D001241.",
)
GRAPH_AMBIGUOUS = Message(
    "R934",
    "{name!r} names {count} entities: {found}.",
    "Write the identifier of the one you mean.",
)
GRAPH_TYPE = Message(
    "R935",
    "the graph has no relations of type {type!r}; it has: {known}.",
    "Write one of these.",
)
GRAPH_OPTIONS = Message("R936", "{what}.", "{instead}")
GRAPH_PATH_SAME = Message(
    "R937", "{name!r} is both ends of the path.", "Name two different entities."
)
GRAPH_PLACE = Message(
    "R938",
    "the database of a graph cannot stand at {path}: it takes what follows a ? for options.",
    "Name a folder whose path has no ?.",
)
SERVE_NOT_FOUND = Message(
    "R940", "there is nothing at {path}.", "The list of what there is: GET /docs"
)
SERVE_METHOD = Message("R941", "{method} is not possible at {path}.", "Possible: {allowed}.")
SERVE_TYPE = Message(
    "R942",
    "a body of {type} cannot be read.",
    "Send application/json, or a text as text/plain, in UTF-8 and not compressed.",
)
SERVE_TOO_LARGE = Message(
    "R943",
    "the request is larger than {limit}.",
    "Send it in parts, or start the service with a larger --max-body.",
)
SERVE_SLOW = Message(
    "R944",
    "the request did not arrive within {seconds:g} seconds, or paused for {pause:g}.",
    "Send it again, or in parts.",
)
SERVE_BODY = Message(
    "R945", "the body is not what is asked for: {reason}.", "What it may hold: GET /openapi.json"
)
SERVE_PARAMETER = Message(
    "R946", "parameter {name!r} of the address: {reason}.", "What it may be: GET /openapi.json"
)
SERVE_TOO_MANY = Message("R947", "the request has more than {limit} {what}.", "Divide it.")
SERVE_TOO_LONG = Message(
    "R948",
    "the document has {count} {what}, where {limit} is the most.",
    "Divide it, or use relatome extract, which has no such bound.",
)
SERVE_BUSY = Message(
    "R949",
    "too much is waiting already: {what}.",
    "Try again in {seconds} seconds, as Retry-After says.",
)
SERVE_TIMEOUT = Message(
    "R950",
    "there was no answer within {seconds:g} seconds.",
    "Send fewer or shorter documents, or start the service with a longer --timeout.",
)
SERVE_KEY = Message(
    "R951",
    "{reason}.",
    "Send one of the service's keys: Authorization: Bearer KEY, or X-API-Key: KEY",
)
SERVE_FAILED = Message(
    "R952",
    "the service failed at this request ({reason}).",
    "Try again; if it fails again, the service's log names the place.",
)
SERVE_NO_GRAPH = Message(
    "R953",
    "the service has no graph.",
    "Start it with one: relatome serve --graph KG, made by relatome graph build.",
)
SERVE_STOPPING = Message(
    "R954", "the service is being stopped.", "Try again when it has been started again."
)
SERVE_KEYS = Message(
    "R955",
    "{path} cannot serve as list of keys: {reason}.",
    "Write one key of at least 16 characters on each line; a line that begins with # is a comment.",
)
SERVE_ADDRESS = Message(
    "R956",
    "the service cannot listen on {host} port {port}: {reason}.",
    "Choose another with --host and --port.",
)
SERVE_NOTHING = Message(
    "R957",
    "the request has no {what}.",
    "Send one of text, documents and content, and at least one document.",
)
SERVE_HTTP = Message("R958", "this is not a request of HTTP/1.1.", "Correct the client.")
SERVE_ORIGIN = Message(
    "R959",
    "{origin} is no origin of a page.",
    "Write it as a browser does, without a path: https://example.org",
)
