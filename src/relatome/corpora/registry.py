"""The registry of published corpora: find a local copy, verify it, read a split."""

from __future__ import annotations

import gzip
import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import msgspec

from relatome import formats
from relatome.corpora.bc5cdr import BC5CDR, BC5CDR_SAMPLE
from relatome.corpora.biored import BC8, BIORED, BIOREDIRECT
from relatome.corpora.biorex import DISGENET, EMU, HPRD50_BIOREX, PHARMGKB
from relatome.corpora.chemprot import CHEMPROT, CHEMPROT_SAMPLE, DRUGPROT
from relatome.corpora.corpus import Corpus, CorpusFile, Source, SplitEntry
from relatome.corpora.ddi import DDI
from relatome.corpora.gene_disease import EUADR_FOLDS, EUADR_PAGE, EUADR_TARGETS, GAD
from relatome.corpora.own import is_own, own_corpus, pool_corpus
from relatome.corpora.places import ENVIRONMENT, directories, user_directory
from relatome.corpora.pool import POOLS
from relatome.corpora.ppi import AIMED, BIOINFER, HPRD50, IEPA, LLL
from relatome.corpora.reading import MOST_BYTES, read_own, read_sources
from relatome.data import Document, Split
from relatome.errors import (
    CORPUS_ALTERED,
    CORPUS_MISSING,
    CORPUS_UNREADABLE,
    UNKNOWN_CORPUS,
    UNKNOWN_SPLIT,
    InputError,
    Place,
    UsageError,
)

_ALL = (
    BIORED,
    BIOREDIRECT,
    BC8,
    BC5CDR,
    BC5CDR_SAMPLE,
    DRUGPROT,
    CHEMPROT,
    CHEMPROT_SAMPLE,
    DDI,
    AIMED,
    BIOINFER,
    HPRD50,
    IEPA,
    LLL,
    EUADR_PAGE,
    EUADR_TARGETS,
    EUADR_FOLDS,
    GAD,
    DISGENET,
    EMU,
    PHARMGKB,
    HPRD50_BIOREX,
)
CORPORA: dict[str, Corpus] = {corpus.name: corpus for corpus in _ALL}


class Copy(msgspec.Struct, frozen=True):
    """A local copy of a corpus file: plain, gzipped, or a member of a zip archive."""

    path: Path
    member: str | None = None

    def __str__(self) -> str:
        return f"{self.path}:{self.member}" if self.member else str(self.path)


def names() -> tuple[str, ...]:
    """All names that a corpus can be called by: of those published, and of pools."""
    return (*CORPORA, *POOLS)


def names_corpus(reference: str) -> bool:
    """Whether `reference` is meant as a corpus or a split of one, and not as a file of that name.

    A file is meant where there is one; a folder named like a published corpus is named by a path
    such as ``./biored``.
    """
    name = reference.rpartition(":")[0] or reference
    if is_own(reference) or is_own(name):
        return True
    return name.lower() in names() and not Path(reference).is_file()


def corpus(name: str, directory: Path | None = None) -> Corpus:
    """The registry's entry for `name`, the pool of that name, or the user's own corpus.

    Args:
        name: a name of `CORPORA` or of `POOLS`, or the path of the description of a user's own
            corpus.
        directory: where to look first for a pool that was built; see `directories`.

    Raises:
        UsageError: if there is no such corpus, the pool was not built, or a description is wrong.
    """
    if is_own(name):
        return own_corpus(name)
    name = name.lower()
    if name in POOLS:
        return pool_corpus(name, directory)
    try:
        return CORPORA[name]
    except KeyError:
        raise UsageError(UNKNOWN_CORPUS, name=name, known=", ".join(names())) from None


def parts(reference: str, directory: Path | None = None) -> tuple[Corpus, tuple[SplitEntry, ...]]:
    """A corpus and those of its splits that `reference` names.

    For example ``biored``, ``biored:test``, ``my/corpus.toml`` or ``my/corpus.toml:train``.

    Args:
        reference: as above.
        directory: as for `corpus`.

    Raises:
        UsageError: if there is no such corpus or split, the pool was not built, or a description
            is wrong.
    """
    # The last colon: a path may begin with a drive.
    name, colon, split = reference.rpartition(":")
    if not name or is_own(reference):
        name, colon = reference, ""
    entry = corpus(name, directory)
    if not colon:
        return entry, entry.splits
    for candidate in entry.splits:
        if candidate.name == split:
            return entry, (candidate,)
    known = ", ".join(s.name for s in entry.splits)
    raise UsageError(UNKNOWN_SPLIT, corpus=entry.name, split=split, known=known)


def copies(entry: Corpus, split: SplitEntry, directory: Path | None = None) -> list[Copy] | None:
    """Local copies of all files of a split, from the first folder that has them, or None.

    In each directory of `directories` the corpus lies in a folder of its name, such as
    ``DIR/biored``, and in it, tried in this order for ``BioRED/Train.PubTator``:

    1. the published archive: ``BIORED.zip``
    2. unpacked: ``BioRED/Train.PubTator``, also with ``.gz``
    3. the file alone: ``Train.PubTator``, also with ``.gz``
    """
    for parent in directories(directory):
        for folder in entry.folders:
            found = [_copy_in(parent / folder, entry, file) for file in split.files]
            if all(found):
                return [copy for copy in found if copy is not None]
    return None


def present(directory: Path | None = None) -> list[tuple[Corpus, SplitEntry]]:
    """The splits of all corpora that have a local copy, in the registry's order."""
    return [
        (entry, split)
        for entry in CORPORA.values()
        for split in entry.splits
        if copies(entry, split, directory)
    ]


def _copy_in(folder: Path, entry: Corpus, file: CorpusFile) -> Copy | None:
    for download in entry.downloads:
        archive = download.name.endswith(".zip") and download.name != file.path
        if archive and (folder / download.name).is_file():
            return Copy(folder / download.name, file.path)
    for path in dict.fromkeys((file.path, file.path.rsplit("/", 1)[-1])):
        for suffix in ("", ".gz"):
            if (folder / (path + suffix)).is_file():
                return Copy(folder / (path + suffix))
    return None


def load(
    name: str,
    split: str,
    directory: Path | None = None,
    *,
    on_error: formats.OnError | None = None,
) -> Split:
    """Read a split of a corpus; that of a published one is verified against its checksum.

    Args:
        name: as for `corpus`.
        split: a split of that corpus, such as ``train``.
        directory: where to look first; see `directories` and `copies` for the search order.
        on_error: as for `relatome.formats.read`.

    Returns:
        The split, named ``corpus:split``, its types in the schema's own spelling.

    Raises:
        UsageError: if there is no such corpus or split, or no local copy of it.
        InputError: if the copy is damaged or is not what was published; at a document that
            cannot be used, unless `on_error` is given.
    """
    entry, (chosen,) = parts(f"{name}:{split}", directory)
    if entry.base is not None:
        return _split(entry, chosen, read_own(entry, entry.base, chosen, on_error))
    found = copies(entry, chosen, directory)
    if found is None:
        raise _missing(entry, (chosen,), directory)
    sources = [
        source
        for file, copy in zip(chosen.files, found, strict=True)
        for source in _sources(str(copy), _verified(entry, file, copy), chosen.members)
    ]
    return _split(entry, chosen, read_sources(entry, chosen, sources, on_error))


def _split(entry: Corpus, chosen: SplitEntry, documents: Iterable[Document]) -> Split:
    return Split(f"{entry.name}:{chosen.name}", chosen.role, tuple(documents))


def _sources(name: str, content: bytes, members: str) -> Iterator[Source]:
    """The file itself, or those members of it that are asked for, in the archive's order."""
    if not members:
        yield Source(name, content)
        return
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for member in archive.namelist():
            if fnmatchcase(member, members):
                yield Source(f"{name}:{member}", archive.read(member))


def _verified(entry: Corpus, file: CorpusFile, copy: Copy) -> bytes:
    """The content of a copy; refused unless it is, byte for byte, what was published."""
    place = Place(str(copy))
    try:
        content = _read(copy)
    # zipfile reports encryption and unknown compression as RuntimeError.
    except (OSError, EOFError, KeyError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise InputError(CORPUS_UNREADABLE, at=place, reason=error, name=entry.name) from error
    found = hashlib.sha256(content).hexdigest()
    if found != file.sha256:
        raise InputError(
            CORPUS_ALTERED, at=place, found=found, expected=file.sha256, name=entry.name
        )
    return content


def _read(copy: Copy) -> bytes:
    if copy.member is not None:
        with zipfile.ZipFile(copy.path) as archive, archive.open(copy.member) as member:
            return member.read(MOST_BYTES)
    if copy.path.suffix == ".gz":
        with gzip.open(copy.path) as stream:
            return stream.read(MOST_BYTES)
    with copy.path.open("rb") as stream:
        return stream.read(MOST_BYTES)


def _missing(entry: Corpus, splits: Iterable[SplitEntry], directory: Path | None) -> UsageError:
    names = [download.name for download in entry.downloads]
    names += [file.path for split in splits for file in split.files]
    folders = [parent / folder for parent in directories(directory) for folder in entry.folders]
    how = (
        f"Run `relatome corpora get {entry.name}`"
        if entry.downloads
        else f"Download it from {entry.homepage} into {user_directory() / entry.folders[0]}"
    )
    return UsageError(
        CORPUS_MISSING,
        name=entry.name,
        files=" or ".join(dict.fromkeys(names)),
        folders=", ".join(str(folder) for folder in folders),
        how=how,
        environment=ENVIRONMENT,
    )


def data_hash(documents: Iterable[Document]) -> str:
    """SHA-256 of documents, in their order, over their canonical JSON; hexadecimal.

    Names the data of a run: equal hashes mean equal texts, mentions and relations, whatever
    file or machine they were read from.
    """
    digest = hashlib.sha256()
    for line in _canonical(documents):
        digest.update(line)
    return digest.hexdigest()


def _canonical(documents: Iterable[Document]) -> Iterator[bytes]:
    encoder = msgspec.json.Encoder(order="sorted")
    for document in documents:
        # An empty fine type is left out, so that hashes published before there were any hold.
        # (Inside a JSON string the quotes would be escaped.)
        yield encoder.encode(document).replace(b',"fine_type":""', b"") + b"\n"
