"""A model folder: what is in it, verified before use; nothing in it can execute."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal

import msgspec

from relatome.encode import Settings, Tokenizer
from relatome.encode.mention_tags import TaggerSettings
from relatome.errors import (
    CANNOT_WRITE,
    MODEL_ALTERED,
    MODEL_FILE_MISSING,
    MODEL_MANIFEST,
    MODEL_NO_RELATIONS,
    MODEL_NO_TAGGER,
    MODEL_PICKLE,
    MODEL_TARGET,
    MODEL_WEIGHTS,
    ModelError,
    Place,
    UsageError,
    WorkError,
)

# bf16 is not held: it is computed with, from either of the others.
Weights = Literal["fp32", "int8", "bf16"]

MANIFEST, TOKENIZER, PAIRS, CARD = "model.json", "tokenizer.json", "pairs.onnx", "README.md"
# Only of models that learnt coreference.
COREFERENCE = "coreference.onnx"
TAGGER_TOKENIZER, TAGGER_CARD = "tagger-tokenizer.json", "TAGGER.md"
_TOKENIZERS = (TOKENIZER, TAGGER_TOKENIZER)
# The output of the pair graph that tells what the model looked at; models of pair encoding, and
# those exported by relatome 0.1.0, have none.
ATTENTION = "attention"
_FORMAT = 1
# No separators, and nothing that begins with a dot.
_FILE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_PICKLES = (".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt")


def encoder_file(weights: Weights) -> str:
    """Name of the encoder's graph with these weights."""
    return f"encoder.{weights}.onnx"


def tagger_file(weights: Weights) -> str:
    """Name of the tagger's graph with these weights."""
    return f"tagger.{weights}.onnx"


_WEIGHTS: tuple[Weights, ...] = ("int8", "fp32")  # the fastest first
RELATION_FILES = (TOKENIZER, PAIRS, COREFERENCE, CARD, *map(encoder_file, _WEIGHTS))
TAGGER_FILES = (TAGGER_TOKENIZER, TAGGER_CARD, *map(tagger_file, _WEIGHTS))


class Manifest(msgspec.Struct, frozen=True):
    """``model.json``: what the model is, and the SHA-256 of each of its files.

    Attributes:
        name: of the model.
        version: of the model.
        settings: of the relation model; None where there is only a tagger.
        files: SHA-256 by name.
        format: of this file.
        tagger: settings of the tagger; None where there is none.
    """

    name: str
    version: str
    settings: Settings | None
    files: dict[str, str]
    format: int = _FORMAT
    tagger: TaggerSettings | None = None


class ModelFolder:
    """A folder of ONNX graphs, tokenizer and manifest, whose every file is checked when read."""

    def __init__(self, path: Path) -> None:
        """Open a model folder.

        Raises:
            UsageError: if there is no such folder.
            ModelError: if it is no model folder, or holds pickled weights instead.
        """
        self.path = path
        self._place = Place(str(path))
        if not (path / MANIFEST).is_file():
            pickles = (f.name for f in _files(path) if f.suffix.lower() in _PICKLES)
            if (pickle := next(pickles, None)) is not None:
                raise ModelError(MODEL_PICKLE, at=self._place, file=pickle)
            raise ModelError(MODEL_FILE_MISSING, at=self._place, file=MANIFEST)
        try:
            content = (path / MANIFEST).read_bytes()
            self.manifest = msgspec.json.decode(content, type=Manifest)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise ModelError(MODEL_MANIFEST, at=self._place, reason=error) from None
        if self.manifest.format != _FORMAT:
            reason = f"format {self.manifest.format}, this version reads {_FORMAT}"
            raise ModelError(MODEL_MANIFEST, at=self._place, reason=reason)
        for name in self.manifest.files:
            if not _FILE_NAME.fullmatch(name):
                reason = f"it lists {name!r}, which is no file of this folder"
                raise ModelError(MODEL_MANIFEST, at=self._place, reason=reason)

    @property
    def weights(self) -> list[Weights]:
        """The weights the folder holds, the fastest first; at least one.

        Raises:
            ModelError: if the folder has no encoder at all.
        """
        return self._held(encoder_file)

    @property
    def tagger_weights(self) -> list[Weights]:
        """Likewise for the tagger."""
        return self._held(tagger_file)

    def _held(self, file: Callable[[Weights], str]) -> list[Weights]:
        found = [each for each in _WEIGHTS if file(each) in self.manifest.files]
        if not found:
            raise ModelError(MODEL_FILE_MISSING, at=self._place, file=file(_WEIGHTS[0]))
        return found

    @property
    def settings(self) -> Settings:
        """What the relation model needs besides its weights.

        Raises:
            ModelError: if the folder holds none.
        """
        if self.manifest.settings is None:
            raise ModelError(MODEL_NO_RELATIONS, at=self._place)
        return self.manifest.settings

    @property
    def tagger_settings(self) -> TaggerSettings:
        """What the tagger needs besides its weights.

        Raises:
            ModelError: if the folder holds none.
        """
        if self.manifest.tagger is None:
            raise ModelError(MODEL_NO_TAGGER, at=self._place)
        return self.manifest.tagger

    def tokenizer(self) -> Tokenizer:
        """The tokenizer the model was trained with."""
        return Tokenizer.from_bytes(self.read(TOKENIZER), place=Place(str(self.path / TOKENIZER)))

    def tagger_tokenizer(self) -> Tokenizer:
        """The tokenizer the tagger was trained with."""
        place = Place(str(self.path / TAGGER_TOKENIZER))
        return Tokenizer.from_bytes(self.read(TAGGER_TOKENIZER), place=place)

    def encoder(self, weights: Weights) -> bytes:
        """The encoder's ONNX graph.

        Raises:
            UsageError: if the folder does not hold it with these weights.
        """
        return self._graph(encoder_file, weights)

    def tagger(self, weights: Weights) -> bytes:
        """The tagger's ONNX graph.

        Raises:
            UsageError: if the folder does not hold it with these weights.
        """
        return self._graph(tagger_file, weights)

    def _graph(self, file: Callable[[Weights], str], weights: Weights) -> bytes:
        if weights == "bf16":
            weights = self._held(file)[-1]
        if weights not in (known := self._held(file)):
            names = ", ".join(known)
            raise UsageError(MODEL_WEIGHTS, at=self._place, weights=weights, known=names)
        return self.read(file(weights))

    @property
    def size(self) -> int:
        """Bytes of all listed files.

        Raises:
            ModelError: if one is missing.
        """
        return sum(self._listed(name).stat().st_size for name in self.manifest.files)

    def verify(self) -> None:
        """Read and check every listed file.

        Raises:
            ModelError: naming the first that is missing or altered.
        """
        for name in self.manifest.files:
            self.read(name)

    def card(self) -> str:
        """The model card: data, licence, scores, limits.

        Raises:
            ModelError: if the folder has none.
        """
        return self._card(CARD)

    def tagger_card(self) -> str:
        """The tagger's card; errors as for `card`."""
        return self._card(TAGGER_CARD)

    def _card(self, name: str) -> str:
        path = self.path / name
        if not path.is_file():
            raise ModelError(MODEL_FILE_MISSING, at=self._place, file=name)
        # Cards are for people to edit, so the manifest does not vouch for them.
        return path.read_text(encoding="utf-8", errors="replace")

    def read(self, name: str) -> bytes:
        """The bytes of one file, if they are those the manifest vouches for.

        Raises:
            ModelError: if the file is missing, not listed, or not what was exported.
        """
        content = self._listed(name).read_bytes()
        if hashlib.sha256(content).hexdigest() != self.manifest.files[name]:
            raise ModelError(MODEL_ALTERED, at=self._place, file=name)
        return content

    def _listed(self, name: str) -> Path:
        path = self.path / name
        if name not in self.manifest.files or not path.is_file():
            raise ModelError(MODEL_FILE_MISSING, at=self._place, file=name)
        return path


def make_room(target: Path, files: Iterable[str]) -> Manifest | None:
    """Make `target` a folder without `files`, and without anything that was not exported there.

    Returns:
        The manifest of an earlier export, if there was one.

    Raises:
        UsageError: if the folder holds anything else.
        ModelError: if its manifest cannot be read.
        WorkError: if it cannot be written.
    """
    try:
        target.mkdir(parents=True, exist_ok=True)
        present = sorted(path.name for path in target.iterdir())
        ours = (MANIFEST, *RELATION_FILES, *TAGGER_FILES)
        if foreign := [name for name in present if name not in ours]:
            raise UsageError(MODEL_TARGET, at=Place(str(target)), file=foreign[0])
        before = ModelFolder(target).manifest if MANIFEST in present else None
        for name in files:
            (target / name).unlink(missing_ok=True)
    except OSError as error:
        raise WorkError(CANNOT_WRITE, path=target, reason=error.strerror) from None
    return before


def write_manifest(
    folder: Path,
    name: str,
    version: str,
    settings: Settings | None,
    tagger: TaggerSettings | None = None,
) -> None:
    """Write ``model.json`` over the graphs and tokenizers that lie in `folder`."""
    listed = [p for p in _files(folder) if p.suffix == ".onnx" or p.name in _TOKENIZERS]
    manifest = Manifest(
        name=name,
        version=version,
        settings=settings,
        files={path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in listed},
        tagger=tagger,
    )
    _write(folder, manifest)


def write_settings(folder: ModelFolder, settings: Settings) -> None:
    """Write ``model.json`` anew with other settings, and what it vouches for as it was.

    Raises:
        WorkError: if it cannot be written.
    """
    try:
        _write(folder.path, msgspec.structs.replace(folder.manifest, settings=settings))
    except OSError as error:
        raise WorkError(CANNOT_WRITE, path=folder.path / MANIFEST, reason=error.strerror) from None


def _write(folder: Path, manifest: Manifest) -> None:
    pretty = msgspec.json.format(msgspec.json.encode(manifest), indent=2)
    temporary = folder / f".{MANIFEST}.part"
    temporary.write_bytes(pretty + b"\n")
    temporary.replace(folder / MANIFEST)  # never seen half-written


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise UsageError(MODEL_FILE_MISSING, at=Place(str(folder)), file=MANIFEST)
    return sorted(path for path in folder.iterdir() if path.is_file())
