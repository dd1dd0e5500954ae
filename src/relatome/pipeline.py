"""Text in, entities and relations out, from interchangeable parts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from copy import copy
from importlib import resources
from pathlib import Path
from threading import Lock
from typing import overload

import msgspec

from relatome.data import Document, Mention, Relation, Schema
from relatome.data.parts import Part, parts, put_together
from relatome.encode import units
from relatome.entities import Linker, group
from relatome.errors import (
    CALIBRATION_MISSING,
    MODEL_UNKNOWN,
    PRECISION_RANGE,
    TAGGER_UNKNOWN,
    Message,
    UsageError,
)
from relatome.formats import text_document
from relatome.formats.report import counted
from relatome.runtime import (
    Device,
    Model,
    ModelFolder,
    Reading,
    Tagger,
    Weights,
    cores,
    in_order,
)

DEFAULT_MODEL = "small"

# Where mentions come from: the tagger for documents that bring none along; the documents, always;
# the tagger, always.
AUTO, GIVEN, LOCAL = "auto", "given", "local"

# Longer documents are read in parts. It is above any abstract of the corpora at hand.
PART_CHARACTERS = 8000
# Of more parts the encoder's output is not kept from grouping to relations, but made again: memory
# must not grow with the document.
_MOST_READINGS = 8


class Tally(msgspec.Struct):
    """What a pipeline has met so far, so that nothing is passed over in silence.

    Of documents whose entities a linker was to name (`looked_up`): `unidentified` entities, those
    that no mention brought an identifier along for, `linked` of them, and `ambiguous` mentions.
    Records of scans hold tallies, so a new field needs a default.
    """

    documents: int = 0
    tagged: int = 0
    in_parts: int = 0
    without_candidates: int = 0
    mentions: int = 0
    mentions_without_id: int = 0
    entities: int = 0
    candidates: int = 0
    windows: int = 0
    relations: int = 0
    replaced: int = 0
    unknown_types: int = 0
    foreign_mentions: int = 0
    unsure: int = 0
    looked_up: int = 0
    unidentified: int = 0
    linked: int = 0
    ambiguous: int = 0
    precision: str = ""

    def add(self, other: Tally) -> None:
        """Count what another tally counted."""
        for name in self.__struct_fields__:
            if isinstance(counted := getattr(other, name), int):
                setattr(self, name, getattr(self, name) + counted)

    def summary(self) -> list[str]:
        """The tally in sentences, the remarkable ones only where they happened."""
        lines = [
            f"{counted(self.documents, 'document')}{self._tagged()}, "
            f"{counted(self.mentions, 'mention')}, "
            f"{counted(self.candidates, 'candidate pair')}, "
            f"{counted(self.relations, 'relation')}."
        ]
        if self.precision:
            lines.append(f"{self.precision} {counted(self.unsure, 'relation')} left out for it.")
        if self.in_parts:
            lines.append(
                f"{counted(self.in_parts, 'long document')} read in parts of {PART_CHARACTERS:,} "
                "characters at most; relations hold within one."
            )
        if self.foreign_mentions:
            lines.append(
                f"{counted(self.foreign_mentions, 'mention')} of types the model does not relate "
                "left out."
            )
        if self.mentions_without_id:
            lines.append(
                f"{counted(self.mentions_without_id, 'mention')} without identifier took no part."
            )
        if self.looked_up:
            lines.append(self._linked())
        if self.without_candidates:
            lines.append(
                f"{counted(self.without_candidates, 'document')} without a pair of entities that "
                "may be related."
            )
        if self.replaced:
            unknown = f", {self.unknown_types:,} of types the model does not know"
            lines.append(
                f"{counted(self.replaced, 'relation')} of the input replaced"
                f"{unknown if self.unknown_types else ''}."
            )
        return lines

    def _linked(self) -> str:
        if not self.unidentified:
            return "The dictionary had no entity to identify."
        several = ""
        if self.ambiguous:
            verb = "fits" if self.ambiguous == 1 else "fit"
            several = f"; {counted(self.ambiguous, 'mention')} {verb} several"
        of = "entity" if self.unidentified == 1 else "entities"
        return f"The dictionary identified {self.linked:,} of {self.unidentified:,} {of}{several}."

    def _tagged(self) -> str:
        if not self.tagged:
            return ""
        return " tagged" if self.tagged == self.documents else f" ({self.tagged:,} tagged)"


class Pipeline:
    """Extracts relations between the entities of documents.

    Documents that bring no mentions along are tagged first, and mentions without any identifier
    grouped into entities (`relatome.entities`).

    Example::

        extract = Pipeline(Path("my-model"))
        document = extract("Metformin improved insulin resistance.")
        for document in extract(relatome.read("annotated.pubtator")):
            print(document.id, document.relations)
    """

    def __init__(
        self,
        model: Path,
        *,
        tagger: str | Path | Callable[[Document], Document] = AUTO,
        linker: Linker | None = None,
        weights: Weights | None = None,
        threads: int | None = None,
        min_score: float = 0.0,
        precision: float | None = None,
        device: Device = "cpu",
    ) -> None:
        """Load the model.

        Args:
            model: a model folder, as ``relatome models export`` writes it.
            tagger: what finds mentions: ``auto`` is the tagger of the model folder, or else of the
                default model, for documents that bring none along; ``local`` the same for all
                documents; ``given`` none. Another model folder, or anything that gives a document
                its mentions, is used for all documents.
            linker: names the entities of mentions that bring no identifier along, such as a
                `relatome.entities.Dictionary`.
            weights: int8, fp32 or bf16; the fastest the model has if not given. bf16 needs the
                extra `fast`.
            threads: documents that are worked on at a time; one for each core if not given.
            min_score: relations with a lower score are left out.
            precision: the share of right relations, 0 to 1, that those of each type shall reach:
                left out is what has a lower score than the one that reached it on dev.
            device: cpu, or cuda with ONNX Runtime's build for it.

        Raises:
            UsageError: if there is no such folder, or it lacks the weights; if the precision was
                not measured, or is none; if there is no such device.
            ModelError: if the model is incomplete or altered.
        """
        self.model = Model(model, weights, device)
        self.min_score = min_score
        self.linker = linker
        self.tally = Tally()
        self._tagging, self._weights, self._device = tagger, weights, device
        self.threads = threads or cores()
        self._tagger: Callable[[Document], Document] | None = None
        self._loading = Lock()
        self._linking = Lock()
        self._counting = Lock()
        self._least: dict[str, float | None] = dict.fromkeys(self.schema.labels, min_score)
        if precision is not None:
            self._ask(precision)

    @property
    def schema(self) -> Schema:
        """Entity types and labels of the model."""
        return self.model.schema

    @property
    def input_schema(self) -> Schema | None:
        """What mentions of the input must fit; None if none of them is kept."""
        return self.schema if self._tagging in (AUTO, GIVEN) else None

    @property
    def tagger(self) -> Callable[[Document], Document]:
        """What finds mentions; loaded when it is first needed.

        Raises:
            UsageError: if there is no such folder, or it lacks the weights.
            ModelError: if it holds no tagger, or one that is incomplete or altered.
        """
        with self._loading:
            if self._tagger is None:
                self._tagger = self._load_tagger()
            return self._tagger

    def _load_tagger(self) -> Callable[[Document], Document]:
        asked = self._tagging
        if not isinstance(asked, str | Path):
            return asked
        return Tagger(tagger_folder(self.model.folder, asked), self._weights, self._device)

    @overload
    def __call__(self, documents: str) -> Document: ...

    @overload
    def __call__(self, documents: Iterable[Document]) -> Iterator[Document]: ...

    def __call__(self, documents: str | Iterable[Document]) -> Document | Iterator[Document]:
        """A text as a document with entities and relations; or documents, one after the other.

        Documents come in the order given, one at a time, and relations they had are replaced.

        Raises:
            InputError: at a document with an entity type the model does not know.
        """
        if isinstance(documents, str):
            return self.extract(text_document(documents))
        return self._all(documents)

    def _all(self, documents: Iterable[Document]) -> Iterator[Document]:
        for document, met in in_order(self._extract, documents, self.threads):
            self.tally.add(met)
            yield document

    def extract(self, document: Document) -> Document:
        """One document with the model's relations in place of its own.

        Several threads may ask at once.
        """
        found, met = self._extract(document)
        with self._counting:
            self.tally.add(met)
        return found

    def under(
        self, *, tagger: str = AUTO, min_score: float = 0.0, precision: float | None = None
    ) -> Pipeline:
        """The same models, loaded once, under options of their own, and with a tally of its own.

        Args:
            tagger: ``given`` for documents that bring all mentions along, ``local`` for the tagger
                of this pipeline and all documents, ``auto`` for it and those without mentions.
            min_score: as for `Pipeline`.
            precision: as for `Pipeline`.

        Raises:
            UsageError: if the precision was not measured, or is none.
        """
        other = copy(self)
        if tagger != GIVEN:
            other._tagger = self.tagger
        other._tagging, other.min_score, other.tally = tagger, min_score, Tally()
        other._least = dict.fromkeys(self.schema.labels, min_score)
        if precision is not None:
            other._ask(precision)
        return other

    def _extract(self, document: Document) -> tuple[Document, Tally]:
        """Several threads do this at once, so nothing is kept but in what is returned."""
        known = self.schema.labels
        met = Tally(
            documents=1,
            replaced=len(document.relations),
            unknown_types=sum(r.type not in known for r in document.relations),
        )
        document, readings = self._identify(document, met)
        met.entities = len(document.entities)
        met.mentions = len(document.mentions)
        met.mentions_without_id = sum(not m.entity_ids for m in document.mentions)
        whole = parts(document, PART_CHARACTERS)
        met.in_parts = len(whole) > 1
        relations = [
            (part.offset, self._relations(part.document, met, readings.get(index)))
            for index, part in enumerate(whole)
        ]
        met.without_candidates = not met.candidates
        found = relations[0][1]
        if met.in_parts:
            found = put_together(relations, several=self.schema.multi_label)
        kept = tuple(relation for relation in found if self._keeps(relation, met))
        met.relations = len(kept)
        return document.with_relations(kept), met

    def _relations(
        self, document: Document, met: Tally, reading: Reading | None
    ) -> tuple[Relation, ...]:
        encoded = self.model.encode(document, reading)
        if encoded is None:
            return ()
        met.candidates += len(encoded.candidates)
        met.windows += sum(unit.windows for unit in units(encoded))
        return self.model.relations(encoded, reading).relations

    def identify(self, document: Document) -> Document:
        """One document with its entities: tagged if need be, and mentions grouped.

        Where some mentions have identifiers, those that have none were left without on purpose.
        """
        return self._identify(document, Tally())[0]

    def _identify(self, document: Document, met: Tally) -> tuple[Document, dict[int, Reading]]:
        """The document, and of its parts what the encoder made of them if it had to be asked."""
        if self._tagging != GIVEN and (self._tagging != AUTO or not document.mentions):
            found = self.tagger(document)
            # Mentions of types that the model does not relate.
            known = tuple(m for m in found.mentions if self.schema.knows_type(m.type))
            met.tagged, met.foreign_mentions = 1, len(found.mentions) - len(known)
            document = msgspec.structs.replace(found, mentions=known)
        document = self.schema.conform(document)
        identified = any(mention.entity_ids for mention in document.mentions)
        if self.linker is None and identified:
            return document, {}
        same: list[tuple[int, int]] = []
        readings: dict[int, Reading] = {}
        if self.model.groups_mentions and not identified:
            same, readings = self._coreferent(document)
        if self.linker is None:
            return group(document, coreferent=same), readings
        with self._linking:  # a linker of the user's need not stand several threads
            return _linked(document, self.linker, same, met), readings

    def _coreferent(self, document: Document) -> tuple[list[tuple[int, int]], dict[int, Reading]]:
        """Mentions that the model says are of one entity, within each part; and its readings."""
        threshold = self.model.settings.coreference_threshold
        assert threshold is not None
        document = group(document)  # by the rules, whose groups the model is asked about
        whole = parts(document, PART_CHARACTERS)
        same: list[tuple[int, int]] = []
        readings: dict[int, Reading] = {}
        for index, (part, places) in enumerate(_placed(document, whole)):
            types = [entity.type for entity in part.entities]
            if len(set(types)) == len(types):  # nothing to ask
                continue
            reading = self.model.read(part)
            if reading is None:
                continue
            if len(whole) <= _MOST_READINGS:
                readings[index] = reading
            links = self.model.coreferent(part, reading, threshold)
            same += [(places[link.first], places[link.second]) for link in links]
        return same, readings

    def _keeps(self, relation: Relation, met: Tally) -> bool:
        score = relation.score or 0.0
        if score < self.min_score:
            return False
        least = self._least[relation.type]
        sure = least is not None and score >= least
        met.unsure += not sure
        return sure

    def _ask(self, precision: float) -> None:
        """Take the thresholds with which each type reached a precision on dev."""
        calibration = self.model.settings.calibration
        if calibration is None:
            raise UsageError(CALIBRATION_MISSING, precision=precision, model=self.model.folder.path)
        number = isinstance(precision, int | float) and not isinstance(precision, bool)
        level = calibration.level(precision) if number and precision > 0 else None
        if level is None:
            most = max(calibration.levels)
            raise UsageError(PRECISION_RANGE, precision=precision, most=most)
        labels = self.schema.asserting
        scores = {label: calibration.thresholds(label).scores[level] for label in labels}
        self._least = dict(scores)
        never = [label for label, score in scores.items() if score is None]
        pooled = [label for label in labels if label not in calibration.types]
        said = [
            f"Precision {calibration.levels[level]:.2f} as measured on {calibration.split}.",
            f"Never reached, so not returned: {', '.join(never)}." if never else "",
            f"Too rare there, so judged by all types together: {', '.join(pooled)}."
            if pooled
            else "",
        ]
        self.tally.precision = " ".join(each for each in said if each)


class _Counting:
    """A linker that remembers which identifiers it gave."""

    def __init__(self, linker: Linker) -> None:
        self._linker = linker
        self.given: set[str] = set()

    def link(self, mention: Mention, document: Document) -> tuple[str, ...]:
        found = tuple(self._linker.link(mention, document))
        self.given.update(found)
        return found


def _linked(
    document: Document, linker: Linker, same: list[tuple[int, int]], met: Tally
) -> Document:
    """The document grouped with the help of a linker, and counted what that could say."""
    before = {each for mention in document.mentions for each in mention.entity_ids}
    asked = _Counting(linker)
    ambiguous = getattr(linker, "ambiguous", 0)  # a dictionary counts them, others may not
    found = group(document, asked, same)
    without = [entity.id for entity in found.entities if entity.id not in before]
    met.looked_up, met.unidentified = 1, len(without)
    met.linked = len(asked.given.intersection(without))
    met.ambiguous = getattr(linker, "ambiguous", 0) - ambiguous
    return found


def _placed(document: Document, whole: list[Part]) -> Iterator[tuple[Document, list[int]]]:
    """Each part, and of each of its mentions the index in the document."""
    if len(whole) == 1:
        yield document, list(range(len(document.mentions)))
        return
    order = sorted(range(len(document.mentions)), key=lambda i: document.mentions[i].start)
    first = 0
    for part in whole:
        last = first + len(part.document.mentions)
        yield part.document, order[first:last]
        first = last


def shipped_models() -> dict[str, Path]:
    """The models that come with relatome, by name."""
    folder = Path(str(resources.files("relatome.runtime"))) / "weights"
    if not folder.is_dir():
        return {}
    return {path.name: path for path in sorted(folder.iterdir()) if path.is_dir()}


def find_model(name: str | Path, missing: Message = MODEL_UNKNOWN) -> Path:
    """The folder of a shipped model by name, or a model folder by path.

    Raises:
        UsageError: the message, if there is neither.
    """
    shipped = shipped_models()
    if str(name) in shipped:
        return shipped[str(name)]
    if not Path(name).is_dir():
        raise UsageError(missing, name=str(name), known=", ".join(shipped) or "none")
    return Path(name)


def tagger_folder(model: ModelFolder, asked: str | Path) -> Path:
    """The folder of the tagger that a pipeline of this model loads.

    Args:
        model: the relation model.
        asked: ``auto``, ``local`` or ``given`` (which `Pipeline.under` may turn into one of
            those): its own, or else that of the default model; or a name or folder.

    Raises:
        UsageError: if there is no such folder.
    """
    if asked not in (AUTO, GIVEN, LOCAL):
        return find_model(asked, TAGGER_UNKNOWN)
    return model.path if model.manifest.tagger else find_model(DEFAULT_MODEL)


def load(
    model: str | Path = DEFAULT_MODEL,
    *,
    tagger: str | Path | Callable[[Document], Document] = AUTO,
    linker: Linker | None = None,
    weights: Weights | None = None,
    threads: int | None = None,
    min_score: float = 0.0,
    precision: float | None = None,
    device: Device = "cpu",
) -> Pipeline:
    """Load a model by name or folder; the arguments are those of `Pipeline`.

    Example::

        extract = relatome.load()
        document = extract("Metformin improved insulin resistance in patients with diabetes.")
        for relation in document.relations:
            print(relation.head, relation.type, relation.tail, relation.score)
    """
    return Pipeline(
        find_model(model),
        tagger=tagger,
        linker=linker,
        weights=weights,
        threads=threads,
        min_score=min_score,
        precision=precision,
        device=device,
    )
